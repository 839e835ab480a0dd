// What a rewording must have before it is worth an answer. Functions of texts only; what they let pass may still ask for something else.
import { numbersIn, sameNumber, type WrittenNumber } from "../../evaluation/index.js";

/** Why a rewording falls, in the order in which it is asked. */
export const FAULTS = ["numbers", "relations", "units", "things", "question", "length", "alike"] as const;
export type Fault = (typeof FAULTS)[number];

/** Least share of words that differ from the question, a demonstration, or another rewording that was kept. */
const LEAST_DISTANCE = 0.3;

/** Words of characters: a rewording is between so many times as long as the question. */
const LENGTHS = { least: 0.3, most: 1.5 };

/** What is said of quantities without a number: where one comes or goes, the answer is mostly another. */
const RELATIONS =
  /\b(?:half|halves|twice|double[sd]?|thrice|triple[sd]?|dozens?|quarters?|thirds?|fourths?|fifths?|tenths?|percent|average|left|remain\w*|more|fewer|less|than(?: the)? \w+|times|each|every|\w+er(?= than)|older|younger|ago|later|before|after)\b/gi;

export interface Reworded {
  readonly question: string;
  readonly solution: string;
}

/**
 * The first fault of a rewording; undefined for none.
 * @param problem the question it rewords, and its solution, which goes with the rewording too
 * @param others demonstrations, and rewordings of the same question that were taken before
 */
export function faultOf(rewording: string, { question, solution }: Reworded, others: readonly string[]): Fault | undefined {
  if (!sameNumbers(question, rewording)) return "numbers";
  if (relationsOf(question) !== relationsOf(rewording)) return "relations";
  if (!sameUnits(question, rewording)) return "units";
  if (!sameThings({ question, solution }, rewording)) return "things";
  if (!isOneQuestion(rewording)) return "question";
  const length = rewording.length / question.length;
  if (length < LENGTHS.least || length > LENGTHS.most || repeats(rewording)) return "length";
  if ([question, ...others].some((other) => wordDistance(other, rewording) < LEAST_DISTANCE)) return "alike";
  return undefined;
}

/** The numbers of a text, in digits and in words. */
export function allNumbers(text: string): readonly WrittenNumber[] {
  const digits = numbersIn(text);
  if (!/\d/.test(text)) return digits;
  let rest = text;
  for (const { start, end } of digits) rest = rest.slice(0, start) + "-".repeat(end - start) + rest.slice(end);
  return [...digits, ...numbersIn(rest.replace(/\d/g, "-"))];
}

/** Whether both have the same numbers, each as often. */
export function sameNumbers(a: string, b: string): boolean {
  const left = [...allNumbers(b)];
  for (const number of allNumbers(a)) {
    const at = left.findIndex((other) => sameNumber(number, other));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** One that ends in its only question mark, or that tells one what to do, that asks once and has no letters for numbers. */
export function isOneQuestion(text: string): boolean {
  if (/\b[b-hj-zB-HJ-Z]\b(?!['’])/.test(text)) return false; // An unknown of algebra, or half a word.
  if ((text.match(/\b(?:how|what|which|who)\b/gi)?.length ?? 0) > 1) return false;
  const marks = text.match(/\?/g)?.length ?? 0;
  if (marks > 0) return marks === 1 && /\S\?$/.test(text) && /^["'$\p{Lu}\d]/u.test(text);
  return /(?:^|[.!] )(?:find|tell|say|state|work out|calculate|determine|give|name|define|explain)\b[^.!]*[.!]$/i.test(text);
}

/** Words that are put in, left out or changed on the way from one text to the other, of the longer one's words: 0 to 1. */
export function wordDistance(a: string, b: string): number {
  const [x, y] = [wordsOf(a), wordsOf(b)];
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (const [i, word] of x.entries()) {
    const next = [i + 1];
    for (const [j, other] of y.entries()) next.push(Math.min(row[j]! + (word === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row.at(-1)! / Math.max(1, x.length, y.length);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’.,][\p{L}\p{N}]+)*/gu) ?? [];

/** A word without the endings of number and person. */
const stem = (word: string) =>
  word
    .replace(/'s$/, "")
    .replace(/(?<=..)(?:es|s)$/, "")
    .replace(/e$/, "");

const relationsOf = (text: string) =>
  [...new Set(Array.from(text.matchAll(RELATIONS), ([found]) => found.toLowerCase().replace(" the ", " ")))].sort().join();

/** Whether each number in digits is of the same thing: the word after it, where there is one in its clause. Of money it is the word before it. */
function sameUnits(question: string, rewording: string): boolean {
  const of = (text: string) =>
    Array.from(text.matchAll(/(?<![$€£\d.,])(\d+(?:[.,]\d+)*)%?(?: (?:of the |of )?(\p{L}+))?/gu), ([, number, unit]) => ({
      number,
      unit: unit && stem(unit.toLowerCase()),
    }));
  if (/\d,? \d/.test(rewording) && !/\d,? \d/.test(question)) return false;
  const spent = (text: string) =>
    Array.from(text.matchAll(/(\p{L}+) ([$€£][\d.,]*\d)/gu), ([, word, sum]) => `${stem(word!.toLowerCase())} ${sum}`);
  const there = of(rewording);
  if (!spent(question).every((sum) => spent(rewording).includes(sum))) return false;
  return of(question).every(
    ({ number, unit }) => unit === undefined || there.some((other) => other.number === number && other.unit === unit),
  );
}

/** Words that any question may have. */
const COMMON = new Set(
  "many much what which have does will would they them their with from that this then when there here need total altogether find tell were into your been after just only"
    .split(" ")
    .map(stem),
);

/** Least share of the question's words that a rewording has too, and most words that it has of its own. */
const WORDS = { carried: 0.6, own: 1 };

/** The words of a text that say what it is about. */
const contentOf = (text: string) =>
  new Set(
    wordsOf(text)
      .filter((word) => /^\p{L}{4,}/u.test(word))
      .map(stem)
      .filter((word) => !COMMON.has(word)),
  );

/** Words that are written large, but for those that begin a sentence as any word may. */
function namesIn(text: string): string[] {
  const large = Array.from(text.matchAll(/\p{Lu}\p{Ll}+/gu), ([name]) => name);
  return [...new Set(large)].filter((name) => !STARTERS.has(name.toLowerCase()) && !COMMON.has(stem(name.toLowerCase())));
}

const STARTERS = new Set(
  "the an in on at if of for and so but how after before each every one some suppose find out please now out hey hello she he they it we her his more".split(
    " ",
  ),
);

/** Whether it is about the same: it has the words that the solution's last sentence says again, most of the others, and few of its own. */
function sameThings({ question, solution }: Reworded, rewording: string): boolean {
  const last = contentOf(
    solution
      .trim()
      .split(/(?<=[.!?])\s+/)
      .at(-1)!,
  );
  const [asked, given] = [contentOf(question), contentOf(rewording)];
  const carried = [...asked].filter((word) => given.has(word));
  if ([...last].some((word) => asked.has(word) && !given.has(word))) return false;
  if (carried.length < WORDS.carried * asked.size || given.size - carried.length > WORDS.own) return false;
  const known = namesIn(question);
  return namesIn(rewording).every((name) => known.includes(name)) && (known.length < 2 || known.every((name) => rewording.includes(name)));
}

/** Whether it says three words twice. */
function repeats(text: string): boolean {
  const words = wordsOf(text);
  const runs = words.slice(2).map((_, at) => words.slice(at, at + 3).join(" "));
  return new Set(runs).size < runs.length;
}
