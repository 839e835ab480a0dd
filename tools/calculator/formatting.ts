// How results are written: for a reader, and in full for a call that encloses this one.
import type { BigNumber, Complex, Matrix, Unit } from "mathjs";
import type { ToolOutput } from "../tool.js";
import { failure } from "./failure.js";
import { Decimal, math } from "./math.js";
import { amountOf, tidyUnit, unitSuffix } from "./quantity.js";

/**
 * - `"natural"`: rounded to six decimals, and below 1 to six significant digits
 * - `"published"`: rounded to two decimals, as in the Toolformer paper
 *
 * Both round half away from zero and write no trailing zeros.
 */
export type Rounding = "natural" | "published";

const LONGEST_INTEGER = 100;
/** Smaller numbers have an exponent. */
const SMALLEST_PLAIN = "1e-6";
/** Fewer than are calculated with, so that the error of the last ones does not show. */
const FULL_DIGITS = 120;
const LARGEST_DENOMINATOR = 1e9;
const MOST_ENTRIES = 100;

type NumberWriter = (number: BigNumber) => string;

/**
 * @param fraction write a number as a fraction where it is one
 * @throws ToolwrightError `calculator-undefined`, `calculator-limit`
 */
export function writeResult(result: unknown, { rounding, fraction }: { rounding: Rounding; fraction: boolean }): ToolOutput {
  const forReader: NumberWriter = (number) => (fraction && fractionOf(number)) || formatNumber(number, rounding);
  const forCall: NumberWriter = (number) => (fraction && fractionOf(number)) || writeFully(number);
  const text = writeForReader(result, forReader);
  const value = writeForCall(result, forCall);
  return value === text ? { text } : { text, value };
}

/** A finite number as a person writes it. Integers of up to 100 digits are exact; what is longer, or below 1e-6, has an exponent. */
export function formatNumber(number: BigNumber, rounding: Rounding): string {
  const rounded =
    rounding === "published" ? number.toDecimalPlaces(2) : number.abs().lt(1) ? number.toSignificantDigits(6) : number.toDecimalPlaces(6);
  if (rounded.isZero()) return "0";
  if (rounded.e >= LONGEST_INTEGER) return rounded.toSignificantDigits(6).toExponential();
  return rounded.abs().lt(SMALLEST_PLAIN) ? rounded.toExponential() : rounded.toFixed();
}

function writeForReader(result: unknown, write: NumberWriter): string {
  if (math.isUnit(result)) {
    const unit = tidyUnit(result as Unit);
    const amount = writeForReader(amountOf(unit), write);
    return amount + unitSuffix(unit, amount === "1");
  }
  return writePlain(result, write, (entry) => writeForReader(entry, write));
}

/** In brackets where a sign or an operator could bind to what stands around it. */
function writeForCall(result: unknown, write: NumberWriter): string {
  if (math.isUnit(result)) {
    const unit = tidyUnit(result as Unit);
    return `(${writePlain(amountOf(unit), write, String)} ${unit.formatUnits()})`;
  }
  const text = writePlain(result, write, (entry) => writeForCall(entry, write));
  return /^[\w.]+$|^\[/.test(text) ? text : `(${text})`;
}

function writePlain(result: unknown, write: NumberWriter, writeEntry: (entry: unknown) => string): string {
  if (math.isBigNumber(result)) return write(finite(result as BigNumber));
  if (typeof result === "number") return write(finite(new Decimal(result)));
  if (typeof result === "boolean" || typeof result === "string") return String(result);
  if (math.isComplex(result)) return writeComplex(result as Complex, write);
  if (math.isMatrix(result)) return writeList((result as Matrix).toArray(), writeEntry);
  if (Array.isArray(result)) return result.length === 1 ? writeEntry(result[0]) : writeList(result, writeEntry);
  throw failure("undefined", "The expression has no result that can be written.", "Give an expression whose result is a number.");
}

/** The parts are floating-point numbers; what is small beside the whole is their error. */
function writeComplex({ re, im }: Complex, write: NumberWriter): string {
  const error = 1e-12 * Math.hypot(re, im);
  const [real, imaginary] = [re, im].map((part) => finite(new Decimal(Math.abs(part) < error ? 0 : part))) as [BigNumber, BigNumber];
  if (imaginary.isZero()) return write(real);
  const size = imaginary.abs().eq(1) ? "i" : `${write(imaginary.abs())}i`;
  if (real.isZero()) return imaginary.isNegative() ? `-${size}` : size;
  return `${write(real)} ${imaginary.isNegative() ? "-" : "+"} ${size}`;
}

function writeList(list: unknown[], writeEntry: (entry: unknown) => string): string {
  const entries = list.flat(Infinity).length;
  if (entries > MOST_ENTRIES) {
    throw failure("limit", `The result has ${entries} entries.`, `Ask for at most ${MOST_ENTRIES}, or for their sum.`);
  }
  return `[${list.map((entry) => (Array.isArray(entry) ? writeList(entry, writeEntry) : writeEntry(entry))).join(", ")}]`;
}

function writeFully(number: BigNumber): string {
  const full = number.toSignificantDigits(FULL_DIGITS);
  return Math.abs(full.e) < LONGEST_INTEGER ? full.toFixed() : full.toExponential();
}

function fractionOf(number: BigNumber): string | undefined {
  const [numerator, denominator] = number.toFraction(LARGEST_DENOMINATOR) as [BigNumber, BigNumber];
  const error = numerator.div(denominator).minus(number).abs();
  if (error.gt(number.abs().times(`1e-${FULL_DIGITS}`))) return undefined;
  return denominator.eq(1) ? numerator.toFixed() : `${numerator.toFixed()}/${denominator.toFixed()}`;
}

function finite(number: BigNumber): BigNumber {
  if (number.isNaN()) throw failure("undefined", "The result is not a number.", "Check the arguments.");
  if (!number.isFinite()) throw failure("limit", "The result is infinite or has more than 1,000 digits.", "Use smaller numbers.");
  return number;
}
