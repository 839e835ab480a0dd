// Reads a conversion anew and reckons it in exact fractions, from the definitions of the units.
import { add, type Fraction, minus, over, read, times, whole } from "./fraction.js";

const INCH = read("0.0254");
const POUND = read("0.45359237");
/** 231 cubic inches, in liters. */
const GALLON = times(times(times(INCH, INCH), times(INCH, whole(231))), whole(1000));

/** Each kind in one unit: meters, kilograms, liters, seconds. */
const SIZES: Readonly<Record<string, readonly [kind: string, size: Fraction]>> = Object.fromEntries(
  (
    [
      ["mm millimeter millimeters millimetre millimetres", "length", read("0.001")],
      ["cm centimeter centimeters centimetre centimetres", "length", read("0.01")],
      ["in inch inches", "length", INCH],
      ["ft foot feet", "length", times(INCH, whole(12))],
      ["yd yard yards", "length", times(INCH, whole(36))],
      ["m meter meters metre metres", "length", whole(1)],
      ["km kilometer kilometers kilometre kilometres", "length", whole(1000)],
      ["mi mile miles", "length", times(INCH, whole(63_360))],
      ["g gram grams", "weight", read("0.001")],
      ["oz ounce ounces", "weight", over(POUND, whole(16))],
      ["lb pound pounds", "weight", POUND],
      ["kg kilogram kilograms", "weight", whole(1)],
      ["ml milliliter milliliters millilitre millilitres", "volume", read("0.001")],
      ["cup cups", "volume", over(GALLON, whole(16))],
      ["pt pint pints", "volume", over(GALLON, whole(8))],
      ["l liter liters litre litres", "volume", whole(1)],
      ["gal gallon gallons", "volume", GALLON],
      ["s sec second seconds", "time", whole(1)],
      ["min minute minutes", "time", whole(60)],
      ["h hr hour hours", "time", whole(3600)],
      ["day days", "time", whole(86_400)],
      ["week weeks", "time", whole(604_800)],
    ] as const
  ).flatMap(([names, kind, size]) => names.split(" ").map((name) => [name, [kind, size]])),
);

const N = String.raw`(-?\d[\d,]*(?:\.\d+)?)`;
const signed = (text: string) => (text.startsWith("-") ? minus(whole(0), read(text.slice(1))) : read(text));

/** The value that is asked for; undefined where the question cannot be read. @param question with its numbers in digits */
export function unitsAnswer(question: string): Fraction | undefined {
  const degrees = RegExp(`${N} ?(?:degrees |°)(Celsius|C|Fahrenheit|F)\\b`, "i").exec(question);
  if (degrees) {
    const value = signed(degrees[1]!);
    return degrees[2]!.toUpperCase().startsWith("F")
      ? over(times(minus(value, whole(32)), whole(5)), whole(9))
      : add(over(times(value, whole(9)), whole(5)), whole(32));
  }
  const [, amount, from] = RegExp(`${N} ?([a-z]+)\\b`, "i").exec(question) ?? [];
  const to = /\bin ([a-z]+)[.?]/i.exec(question)?.[1];
  if (amount === undefined || from === undefined || to === undefined) return undefined;
  const [source, target] = [SIZES[from.toLowerCase()], SIZES[to.toLowerCase()]];
  if (source === undefined || target === undefined || source[0] !== target[0]) return undefined;
  return over(times(signed(amount), source[1]), target[1]);
}
