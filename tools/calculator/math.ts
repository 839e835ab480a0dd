// The mathjs of the calculator: decimal numbers of fixed precision and bounded size, and the units that mathjs lacks. Only what runs in the
// worker imports this.
import { createRequire } from "node:module";
import type { BigNumber, MathJsInstance } from "mathjs";
import { NEW_UNITS } from "./vocabulary.js";

/** Significant digits: 2^256 and 50! are exact. */
export const PRECISION = 128;
/** Larger numbers become infinite and smaller ones zero, so that a huge exponent costs neither time nor memory. */
const LARGEST_EXPONENT = 1000;

// The bundle is one file where the package is a thousand: it loads in a tenth of the time.
export const math = createRequire(import.meta.url)("mathjs/lib/browser/math.js") as MathJsInstance;
math.config({ number: "BigNumber", precision: PRECISION });

type DecimalClass = { new (value: number | string): BigNumber; config(limits: { maxE: number; minE: number }): void };
/** The class of its numbers, one of decimal.js; mathjs's types do not name it. */
export const Decimal = (math as unknown as { BigNumber: DecimalClass }).BigNumber;
Decimal.config({ maxE: LARGEST_EXPONENT, minE: -LARGEST_EXPONENT });

// Its default system takes up the units that it meets, and a result would depend on the calls before.
math.Unit.setUnitSystem("si");
for (const [name, unit] of Object.entries(NEW_UNITS)) math.createUnit(name, unit, { override: true });
