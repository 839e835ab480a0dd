// Which passages a tool is tried on: the paper's rules for the calculator and the calendar; any other tool is tried on all.
import { createHash } from "node:crypto";
import type { Passage } from "./record.js";

/** Whether a tool is tried on a passage, and why: a short reason that the report counts, such as "an equals sign and a number". */
export interface Decision {
  readonly tried: boolean;
  readonly reason: string;
}

export type Heuristic = (passage: Passage) => Decision;

/** The rule of a tool that has none. */
export const everyPassage: Heuristic = () => ({ tried: true, reason: "every passage" });

/** The calendar is tried where the date of the text is known: its results depend on it. */
export function calendarHeuristic(): Heuristic {
  return ({ date }) => (date === undefined ? { tried: false, reason: "no date is known" } : { tried: true, reason: "a date is known" });
}

/** The rule for a tool by its name: `Calculator`, `Calendar`; `everyPassage` for others. `seed` decides the calculator's random share. */
export function heuristicFor(tool: { readonly name: string }, seed: number): Heuristic {
  if (tool.name === "Calculator") return calculatorHeuristic({ seed });
  if (tool.name === "Calendar") return calendarHeuristic();
  return everyPassage;
}

/** Followed by a number, perhaps with a sign or a currency. White space is bounded, so that the search stays linear. */
const ANNOUNCED = /(=|\bequals|\bequal\s{1,4}to|\btotal\s{1,4}of|\baverage\s{1,4}of)\s{0,8}[-−+]?\p{Sc}?\s{0,2}\.?\d/iu;

/**
 * The paper's rules for the calculator. A passage is tried when its text (of a record with a solution: the solution) has
 * 1. three numbers within 100 tokens, one of which is the sum, difference, product or quotient of the other two; or
 * 2. `=`, `equals`, `equal to`, `total of` or `average of`, followed by a number; or
 * 3. three numbers, for a random share of the passages that have no more than that.
 *
 * A token of the first rule is a word, a number or a punctuation mark, not one of the model's. Numbers are written in digits, with
 * thousands separators (`1,234`), decimals, a currency or `%` (20% is 20 or 0.2). Signs are left out: what holds with signs holds for
 * the magnitudes with + or −. A whole number must be the result exactly, one with decimals may be the result rounded.
 * @param options.seed of the third rule, which depends on it and the passage's id alone; default 0
 * @param options.share of the third rule, 0 to 1; default 0.01
 */
export function calculatorHeuristic({ seed = 0, share = 0.01 }: { readonly seed?: number; readonly share?: number } = {}): Heuristic {
  const percent = `${Number((share * 100).toPrecision(3))}%`;
  return ({ id, text }) => {
    const announced = ANNOUNCED.exec(text)?.[1]?.toLowerCase().replace(/\s+/g, " ");
    if (announced !== undefined) {
      return { tried: true, reason: `${announced === "=" ? "an equals sign" : `"${announced}"`} and a number` };
    }
    const numbers = numbersOf(text);
    if (numbers.length < 3) return { tried: false, reason: "fewer than three numbers" };
    if (hasResult(numbers)) return { tried: true, reason: "a number that is the result of two others near it" };
    return fraction(`${seed}\0${id}`) < share
      ? { tried: true, reason: `three numbers, of which a random ${percent} is tried` }
      : { tried: false, reason: `three numbers, outside the random ${percent}` };
  };
}

/** 0 to 1, from a digest of the text. */
function fraction(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** What a number may stand for, with how many decimals it is written. */
interface Reading {
  readonly value: number;
  readonly decimals: number;
}

interface NumberInText {
  /** Tokens before it. */
  readonly token: number;
  readonly readings: readonly Reading[];
}

/** Dates and versions, which are no numbers; numbers; words, also such as `H2O`; punctuation. Groups are bounded: the search is linear. */
const TOKEN =
  /\d{4}-\d\d-\d\d(?!\d)|\d+(?:\.\d+){2,}|(?<number>(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3}){1,6}(?!,?\d)|\d+)(?:\.\d+)?|\.\d+)|[\p{L}\p{M}_][\p{L}\p{M}\p{N}_'’]*|\S/gu;
const ORDINAL = /^(?:st|nd|rd|th)\b/i;
const PERCENT = /^\s?(?:%|percent\b)/i;

function numbersOf(text: string): NumberInText[] {
  const numbers: NumberInText[] = [];
  let token = 0;
  for (const match of text.matchAll(TOKEN)) {
    const written = match.groups?.["number"]?.replace(/[,\u00a0\u2009\u202f]/g, "");
    const end = match.index + match[0].length;
    const after = text.slice(end, end + 9);
    if (written !== undefined && !ORDINAL.test(after)) {
      const value = Number(written);
      const decimals = written.includes(".") ? written.length - written.indexOf(".") - 1 : 0;
      const readings = [{ value, decimals }];
      if (PERCENT.test(after)) readings.push({ value: value / 100, decimals: decimals + 2 });
      numbers.push({ token, readings });
    }
    token++;
  }
  return numbers;
}

/** Tokens from the first of three numbers to the last. */
const WINDOW = 100;
/** Decimals beyond these are not told apart. */
const MOST_DECIMALS = 6;

/**
 * Whether one of three numbers within the window is the result of an operation on the other two. Each pair within the window is looked
 * at once, and its results are looked up: the work grows with the text times the window, not with the cube of the numbers.
 */
function hasResult(numbers: readonly NumberInText[]): boolean {
  const places = placesOf(numbers);
  for (const [first, { token: from, readings }] of numbers.entries()) {
    for (let second = first + 1; second < numbers.length && numbers[second]!.token - from < WINDOW; second++) {
      const to = numbers[second]!.token;
      const isThird = (place: number) => {
        const { token } = numbers[place]!;
        return place !== first && place !== second && token > to - WINDOW && token < from + WINDOW;
      };
      for (const a of readings) {
        for (const b of numbers[second]!.readings) {
          if (resultsOf(a.value, b.value).some((result) => standsAt(result, places, (found) => nearby(found, first, isThird)))) return true;
        }
      }
    }
  }
  return false;
}

function resultsOf(a: number, b: number): number[] {
  return [a + b, Math.abs(a - b), a * b, ...(b === 0 ? [] : [a / b]), ...(a === 0 ? [] : [b / a])];
}

/** By decimals, and by the value in units of the last one: the places of the numbers written so, in order. */
type Places = ReadonlyMap<number, ReadonlyMap<number, readonly number[]>>;

function placesOf(numbers: readonly NumberInText[]): Places {
  const places = new Map<number, Map<number, number[]>>();
  for (const [place, { readings }] of numbers.entries()) {
    for (const { value, decimals } of readings) {
      const kept = Math.min(decimals, MOST_DECIMALS);
      const units = Math.round(value * 10 ** kept);
      if (!Number.isSafeInteger(units)) continue;
      const ofDecimals = places.get(kept) ?? new Map<number, number[]>();
      places.set(kept, ofDecimals);
      const found = ofDecimals.get(units) ?? [];
      ofDecimals.set(units, found);
      found.push(place);
    }
  }
  return places;
}

function standsAt(result: number, places: Places, fits: (found: readonly number[]) => boolean): boolean {
  for (const [decimals, ofDecimals] of places) {
    const units = result * 10 ** decimals;
    const rounded = Math.round(units);
    if (decimals === 0 && Math.abs(units - rounded) > 1e-9 * Math.max(1, rounded)) continue;
    const found = ofDecimals.get(rounded);
    if (found !== undefined && fits(found)) return true;
  }
  return false;
}

/** Whether a place among those in order, looked for outwards from `near`, fits. Those that fit are neighbours of `near` but for the pair itself. */
function nearby(found: readonly number[], near: number, fits: (place: number) => boolean): boolean {
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (found[middle]! < near) low = middle + 1;
    else high = middle;
  }
  // The nearest before, and after it at most the pair itself and one more.
  for (let at = low - 1; at <= low + 2; at++) {
    const place = found[at];
    if (place !== undefined && fits(place)) return true;
  }
  return false;
}
