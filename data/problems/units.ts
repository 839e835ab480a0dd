// Conversions between units, as they are asked for, by the factors that define them.
import type { Draw } from "./draw.js";
import { plain, withCommas } from "./english.js";
import type { Problem } from "./problem.js";
import { expand, usable } from "./scene.js";

interface Unit {
  readonly many: string;
  readonly one: string;
  readonly short?: string;
  /** In metres, kilograms, liters, seconds or meters a second. */
  readonly size: number;
}

const FOOT = 0.3048;
const POUND = 0.45359237;
const GALLON = 3.785411784;

const unit = (many: string, size: number, short?: string, one = many.slice(0, -1)): Unit => ({ many, one, size, ...(short && { short }) });

/** Each in its order of size. */
const MEASURES: readonly (readonly Unit[])[] = [
  [
    unit("millimeters", 0.001, "mm"),
    unit("centimeters", 0.01, "cm"),
    unit("inches", FOOT / 12, undefined, "inch"),
    unit("feet", FOOT, "ft", "foot"),
    unit("yards", 3 * FOOT),
    unit("meters", 1, "m"),
    unit("kilometers", 1000, "km"),
    unit("miles", 5280 * FOOT),
  ],
  [unit("grams", 0.001, "g"), unit("ounces", POUND / 16, "oz"), unit("pounds", POUND, "lb"), unit("kilograms", 1, "kg")],
  [unit("milliliters", 0.001, "ml"), unit("cups", GALLON / 16), unit("pints", GALLON / 8), unit("liters", 1), unit("gallons", GALLON)],
  [unit("seconds", 1), unit("minutes", 60), unit("hours", 3600), unit("days", 86_400), unit("weeks", 604_800)],
];

const ASKS = [
  "How many {t} are {n} {f}?",
  "How many {t} are [there |]in {n} {f}?",
  "How many {t} is {n} {f}?",
  "Convert {n} {f} to {t}.",
  "Convert {n} {f} into {t}.",
  "What is {n} {f} in {t}?",
  "How much is {n} {f} in {t}?",
  "[Turn|Change] {n} {f} into {t}.",
  "{n} {f} in {t}",
  "*Express {n} {f} in {t}.",
  "*I have {n} {f}. What does that come to in {t}?",
];

/** Celsius and Fahrenheit have different zeros, so they are no sizes. */
const DEGREES = [
  { from: "Fahrenheit", to: "Celsius", of: (f: number) => ((f - 32) * 5) / 9, sign: "°C" },
  { from: "Celsius", to: "Fahrenheit", of: (c: number) => (c * 9) / 5 + 32, sign: "°F" },
];

function temperature(draw: Draw, held: boolean) {
  const { from, to, of, sign } = draw.pick(DEGREES);
  const degrees = from === "Celsius" ? draw.integer(-3, 24) * 5 : 32 + 9 * draw.integer(-3, 20);
  const ask = draw.pick(
    usable(
      [
        "Convert {n} degrees {f} to {t}.",
        "What is {n} degrees {f} in {t}?",
        "How many degrees {t} are {n} degrees {f}?",
        "How warm is {n} degrees {f} in {t}?",
        "*A thermometer shows {n} degrees {f}. What would one in {t} show?",
      ],
      held,
    ),
  );
  const result = plain(of(degrees));
  return {
    ask,
    question: ask.replace("{n}", String(degrees)).replace("{f}", from).replace("{t}", to),
    solution: `${degrees} degrees ${from} is ${result} ${sign}.`,
    answer: result,
  };
}

function measure(draw: Draw, held: boolean) {
  const units = draw.pick(MEASURES);
  const from = draw.pick(units);
  const to = draw.pick(units.filter((each) => each !== from && each.size / from.size < 2000 && from.size / each.size < 10_000));
  const amount = draw.chance(0.25) ? draw.integer(11, 199) / 10 : draw.integer(2, draw.pick([12, 60, 300]));
  const ask = expand(draw.pick(usable(ASKS, held)), { draw, held });
  const shown = draw.chance(0.5) ? withCommas(plain(amount)) : plain(amount);
  const result = plain((amount * from.size) / to.size);
  const brief = from.short !== undefined && draw.chance(0.2) ? from.short : from.many;
  return {
    ask,
    question: ask.replace("{n}", shown).replace("{f}", brief).replace("{t}", to.many),
    solution: `${plain(amount)} ${from.many} is ${result} ${result === "1" ? to.one : to.many}.`,
    answer: result,
  };
}

export function units(draw: Draw, held: boolean): Problem {
  const { ask, question, solution, answer } = draw.chance(0.2) ? temperature(draw, held) : measure(draw, held);
  return {
    question,
    solution,
    answer,
    skeleton: ask.replace(/\{[nft]\}/g, "#"),
    meta: { situation: "units", unknown: "converted", steps: 1, operations: [], distractor: false, register: "plain" },
  };
}
