import { ToolwrightError } from "../../errors.js";
import type { Duration, Unit } from "./moment.js";

const UNITS: Record<string, readonly [unit: Unit, times: number]> = {
  minute: ["minute", 1],
  min: ["minute", 1],
  hour: ["hour", 1],
  hr: ["hour", 1],
  day: ["day", 1],
  week: ["week", 1],
  wk: ["week", 1],
  fortnight: ["week", 2],
  month: ["month", 1],
  quarter: ["month", 3],
  year: ["year", 1],
  yr: ["year", 1],
  decade: ["year", 10],
  century: ["year", 100],
  centuries: ["year", 100],
};

const TEENS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety";
const NUMBER_WORDS = numberWords();

function numberWords(): ReadonlyMap<string, number> {
  const words = new Map(TEENS.split(" ").map((word, index) => [word, index]));
  const ones = [...words].slice(1, 10);
  for (const [index, ten] of TENS.split(" ").entries()) {
    const value = 20 + 10 * index;
    words.set(ten, value);
    for (const [one, digit] of ones) words.set(`${ten}-${one}`, value + digit).set(`${ten} ${one}`, value + digit);
  }
  return words.set("a", 1).set("an", 1).set("a couple of", 2).set("a hundred", 100).set("one hundred", 100);
}

const longestFirst = (words: Iterable<string>) => [...words].sort((a, b) => b.length - a.length).join("|");
const UNIT = `(?:${longestFirst(Object.keys(UNITS))})s?\\b`;
const AMOUNT = "\\d[\\d,]*(?:\\.\\d+)?";
const PART = `${AMOUNT} ?${UNIT}`;

/** Source of a pattern without groups: `45 days`, `1 month and 3 days`. */
export const DURATION = `${PART}(?:(?:,? and |, | )${PART})*`;

const PARTS = new RegExp(`(${AMOUNT}) ?(${UNIT})`, "g");
const AMOUNT_IN_WORDS = new RegExp(`\\b(${longestFirst(NUMBER_WORDS.keys())}) (?=${UNIT})`, "g");

/** Of `two weeks before may 5`, `2 weeks before may 5`: done once, the words stay out of every pattern with a duration in it. */
export function withDigits(text: string): string {
  return text.replace(AMOUNT_IN_WORDS, (_, words: string) => `${NUMBER_WORDS.get(words)} `);
}

function unitOf(name: string): readonly [unit: Unit, times: number] {
  return UNITS[name] ?? UNITS[name.replace(/s$/, "")]!;
}

/**
 * Reads text that `DURATION` matches.
 * @throws ToolwrightError `amount-not-whole` for a part of a day, week, month or year
 */
export function readDuration(text: string): Duration {
  const duration: Partial<Record<Unit, number>> = {};
  for (const [part, amount, name] of text.matchAll(PARTS)) {
    const [unit, times] = unitOf(name!);
    const count = Number(amount!.replaceAll(",", "")) * times;
    if (!Number.isInteger(count) && unit !== "hour") {
      throw new ToolwrightError(
        "amount-not-whole",
        `"${part}" is not a whole number.`,
        "Use whole numbers of smaller units, such as 10 days.",
      );
    }
    duration[unit] = (duration[unit] ?? 0) + count;
  }
  return duration;
}
