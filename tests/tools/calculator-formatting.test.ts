import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { evaluate } from "../../tools/calculator/evaluation.js";
import { formatNumber } from "../../tools/calculator/formatting.js";
import { Decimal } from "../../tools/calculator/math.js";

/** digits * 10^exponent */
interface Scientific {
  readonly digits: bigint;
  readonly exponent: number;
}

const numbers = fc.record({
  digits: fc.oneof(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(-9999n, 9999n), fc.constantFrom(5n, 15n, 25n, 999_999n, 9_999_995n)),
  exponent: fc.integer({ min: -40, max: 12 }),
});

const sizeOf = (number: bigint) => (number < 0n ? -number : number);

/** The digits that a number has when its last place is 10^place: half away from zero. */
function roundTo({ digits, exponent }: Scientific, place: number): bigint {
  if (exponent >= place) return digits * 10n ** BigInt(exponent - place);
  const unit = 10n ** BigInt(place - exponent);
  const rounded = (2n * sizeOf(digits) + unit) / (2n * unit);
  return digits < 0n ? -rounded : rounded;
}

function parse(text: string): Scientific {
  const [, sign, whole, decimals = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text)!;
  return { digits: BigInt(`${sign}${whole}${decimals}`), exponent: Number(power) - decimals.length };
}

const isSame = (number: Scientific, digits: bigint, place: number) => {
  const lowest = Math.min(number.exponent, place);
  return number.digits * 10n ** BigInt(number.exponent - lowest) === digits * 10n ** BigInt(place - lowest);
};

const format = ({ digits, exponent }: Scientific, rounding: "natural" | "published") =>
  formatNumber(new Decimal(`${digits}e${exponent}`), rounding);

test("natural: six decimals, or six significant digits below 1", () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const leading = sizeOf(number.digits).toString().length - 1 + number.exponent;
      const place = leading >= 0 ? -6 : leading - 5;
      const text = format(number, "natural");
      assert.ok(isSame(parse(text), roundTo(number, place), place), `${number.digits}e${number.exponent} is written ${text}`);
    }),
    { numRuns: 2000 },
  );
});

test("published: two decimals", () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const text = format(number, "published");
      assert.ok(isSame(parse(text), roundTo(number, -2), -2), `${number.digits}e${number.exponent} is written ${text}`);
    }),
    { numRuns: 1000 },
  );
});

test("no trailing zeros, no sign on zero, an exponent only below 1e-6", () => {
  fc.assert(
    fc.property(numbers, fc.constantFrom("natural" as const, "published" as const), (number, rounding) => {
      const text = format(number, rounding);
      assert.match(text, /^(?:0|-?(?:0\.\d*[1-9]|[1-9]\d*(?:\.\d*[1-9])?(?:e-\d+)?))$/);
      assert.is(text.includes("e"), text !== "0" && Math.abs(Number(text)) < 1e-6);
    }),
    { numRuns: 1000 },
  );
});

test("an integer of up to 100 digits is exact", () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 100n) + 1n, 10n ** 100n - 1n),
      (integer) => formatNumber(new Decimal(String(integer)), "natural") === String(integer),
    ),
  );
});

test("the value of a/b, times b, is a", () => {
  const integers = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(integers, integers.filter(Boolean), (a, b) => {
      const { text, value = text } = evaluate(`${a} / ${b}`, "natural");
      assert.is(evaluate(`${value} * ${b}`, "natural").text, String(a));
    }),
  );
});

for (const [expression, text] of [
  ["400/1400", "0.285714"],
  ["2/3", "0.666667"],
  ["1234567.891", "1234567.891"],
  ["0.1 + 0.2", "0.3"],
  ["2^100", "1267650600228229401496703205376"],
  ["50!", "30414093201713378043612608166064768844377641568960512000000000000"],
  ["100!", "9.33262e+157"],
  ["1e-9", "1e-9"],
  ["0.000001", "0.000001"],
  ["0.00001234", "0.00001234"],
  ["0.9999999", "1"],
  ["3.0000005", "3.000001"],
  ["-7/2", "-3.5"],
  ["1 - 1", "0"],
  ["sin(pi)", "0"],
  ["5 > 3", "true"],
  ["5 km < 3 miles", "false"],
  ["sqrt(-4)", "2i"],
  ["(-8)^(1/3)", "1 + 1.732051i"],
  ["3 - i", "3 - i"],
  ["e^(i*pi)", "-1"],
  ["[1, 2, 3] / 3", "[0.333333, 0.666667, 1]"],
  ["[[1, 2], [3, 4]]^-1", "[[-2, 1], [1.5, -0.5]]"],
  ["mode(1, 2, 2)", "2"],
  ["hex(255)", "0xff"],
  ["1/2 + 1/3 as a fraction", "5/6"],
  ["simplify 12/4", "3"],
  ["sqrt(2) as a fraction", "1.414214"],
] as const) {
  test(`${expression} is written ${text}`, () => {
    assert.is(evaluate(expression, "natural").text, text);
  });
}

for (const [expression, text] of [
  ["1.609344 km to miles", "1 mile"],
  ["5 km to mile", "3.106856 miles"],
  ["12 inches to foot", "1 foot"],
  ["3 yards to foot", "9 feet"],
  ["72 F to C", "22.222222 °C"],
  ["72 fahrenheit to celsius", "22.222222 °C"],
  ["(pi/6) rad to deg", "30°"],
  ["100 km/h to mph", "62.137119 mph"],
  ["10 m/s to km/h", "36 km/h"],
  ["10 km / 50 minutes", "0.2 km/minute"],
  ["1 / (5 s)", "0.2/s"],
  ["3 ft * 4 ft", "12 ft²"],
  ["3 feet * 4 inches", "1 square foot"],
  ["2 m * 3 m * 4 m", "24 m³"],
  ["2 kg * 3 m/s^2", "6 N"],
  ["1500 m", "1500 m"],
  ["5 gallons / 20 miles", "0.25 gallons/mile"],
] as const) {
  test(`${expression} is written ${text}`, () => {
    assert.is(evaluate(expression, "natural").text, text);
  });
}

test("a unit that came before does not change the next result", () => {
  evaluate("500 kJ to kcal", "natural");
  assert.is(evaluate("100 W * 2 hours", "natural").text, "720000 J");
});

test("the value of a quantity reads back as the same quantity", () => {
  for (const expression of ["72 F to C", "100 km/h to mph", "1 / (5 s)", "3 ft * 4 ft", "-2 m", "2 kg * 3 m/s^2"]) {
    const { text, value = text } = evaluate(expression, "natural");
    assert.is(evaluate(value, "natural").text, text);
  }
});

test.run();
