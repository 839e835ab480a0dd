// What need not be computed, since it could not be kept: bounds on how much a result can help at a place.
import type { Example } from "../tools/index.js";
import { readMarked } from "./marked.js";
import { LONGEST_CALL } from "./model.js";
import type { Place } from "./places.js";
import { WEIGHTS } from "./weights.js";

/**
 * How much of the loss of a token that a result does not have may still go, by what the result says of the rest. Measured: docs/LOG.md,
 * "Self-teaching".
 */
const OTHERS = 0.5;

/** What a number follows that is below zero. */
const NEGATIVE = /(^|[\s(=$€£¥])[-−][$€£¥]?$/;
/** A number, with thousands separators and a fraction; or a word. */
const RUNS = /\d[\d,]*(?:\.\d+)?|\p{L}[\p{L}\p{M}'’]*/gu;

/** What follows a place, for bounds. */
export interface Ahead {
  /** Text and log p of each weighed token, and the word or number that it belongs to, as far as it goes with it. */
  readonly tokens: readonly { readonly logprob: number; readonly run?: string; readonly upTo?: string; readonly runStart?: number }[];
}

/** @param logprobs of the weighed tokens without a call */
export function aheadOf(text: string, place: Place, logprobs: readonly number[]): Ahead {
  const last = place.offsets.at(-1)!;
  // The words and numbers from the one that the position stands in to the last that a weighed token touches.
  const rest = text.slice(place.position, last + 40);
  const runs = Array.from(rest.matchAll(RUNS), ({ 0: run, index }) => ({
    run,
    start: place.position + index,
    end: place.position + index + run.length,
  }));
  return {
    tokens: logprobs.map((logprob, index) => {
      const start = place.offsets[index]!;
      const end = place.offsets[index + 1]!;
      const found = runs.find((run) => run.start < end && run.end > start);
      if (found === undefined) return { logprob };
      const sign = isNumber(found.run) && NEGATIVE.test(text.slice(0, found.start)) ? "-" : "";
      const upTo = sign + text.slice(found.start, Math.min(end, found.end));
      return { logprob, run: sign + found.run, upTo, runStart: found.start };
    }),
  };
}

/** At most how much any result can lower the loss: what of the text it may stand for, all of it, and a part of the rest. */
export function ceiling(ahead: Ahead, results: RegExp | undefined): number {
  return bound(ahead, ({ run }) => results === undefined || (run !== undefined && results.test(run)));
}

/** The same for this result: it can only stand for words and numbers that it has. */
export function ceilingFor(ahead: Ahead, result: string): number {
  const has = contentsOf(result);
  return bound(ahead, ({ run, upTo }) => {
    if (run === undefined || upTo === undefined) return false;
    if (!isNumber(run)) return has.words.has(run.toLowerCase());
    return has.numbers.some((number) => isEqual(number, run) || beginsAlike(number, run, upTo));
  });
}

/**
 * Whether a result has the word or number that comes first after the place. A number may be rounded to the decimals that it is written
 * with (33.33 for 33.333333); one without decimals is a whole number, which 3.333333 is not 3.
 */
export function isRelated(ahead: Ahead, result: string): boolean {
  const run = ahead.tokens.find((token) => token.run !== undefined)?.run;
  if (run === undefined) return false;
  return isIn(contentsOf(result), run);
}

/** Whether a result has the word or number that a text has first from a position on. */
export function isUsed(text: string, position: number, result: string): boolean {
  const found = text.slice(position).match(new RegExp(RUNS, "u"));
  if (found === null) return false;
  const negative = isNumber(found[0]) && NEGATIVE.test(text.slice(0, position + found.index!));
  return isIn(contentsOf(result), `${negative ? "-" : ""}${found[0]}`);
}

/** Whether a result of this kind can have what comes first after the place. */
export function canRelate(ahead: Ahead, results: RegExp | undefined): boolean {
  const run = ahead.tokens.find((token) => token.run !== undefined)?.run;
  return run !== undefined && (results === undefined || results.test(run));
}

interface Contents {
  readonly words: ReadonlySet<string>;
  readonly numbers: readonly string[];
}

function isIn(has: Contents, run: string): boolean {
  return isNumber(run) ? has.numbers.some((number) => isSame(number, run)) : has.words.has(run.toLowerCase());
}

function contentsOf(result: string): Contents {
  const runs = Array.from(result.matchAll(RUNS), ({ 0: run, index }) => ({ run, negative: NEGATIVE.test(result.slice(0, index)) }));
  return {
    words: new Set(runs.filter(({ run }) => !isNumber(run)).map(({ run }) => run.toLowerCase())),
    numbers: runs.filter(({ run }) => isNumber(run)).map(({ run, negative }) => `${negative ? "-" : ""}${run.replaceAll(",", "")}`),
  };
}

function isNumber(run: string): boolean {
  return /^-?\d/.test(run);
}

/** Whether a result's number is the one in the text, perhaps rounded there. */
function isEqual(number: string, run: string): boolean {
  const written = run.replaceAll(",", "");
  const places = /\.(\d+)$/.exec(written)?.[1]?.length ?? 0;
  return Math.abs(Number(number) - Number(written)) <= 0.500001 * 10 ** -places;
}

/** The same, but that a number without decimals is never one that was rounded. */
function isSame(number: string, run: string): boolean {
  if (run.includes(".")) return isEqual(number, run);
  const written = Number(run.replaceAll(",", ""));
  return Math.abs(Number(number) - written) <= 1e-9 * Math.abs(written);
}

/** Whether it is of the same size, and begins with the digits of the text up to here. */
function beginsAlike(number: string, run: string, upTo: string): boolean {
  const size = (text: string) => text.replaceAll(",", "").split(".")[0]!.length;
  return size(number) === size(run) && number.startsWith(upTo.replaceAll(",", ""));
}

/** Where the first thing stands that a result may stand for: places with the same one look for the same result. */
export function targetOf(ahead: Ahead, results: RegExp | undefined): number | undefined {
  return ahead.tokens.find(({ run }) => run !== undefined && (results === undefined || results.test(run)))?.runStart;
}

function bound({ tokens }: Ahead, explained: (token: Ahead["tokens"][number]) => boolean): number {
  return tokens.reduce((sum, token, index) => sum - WEIGHTS[index]! * token.logprob * (explained(token) ? 1 : OTHERS), 0);
}

/** Tokens of a sample after which it is given up: twice as many as the longest call that was demonstrated has, and 16 at least. */
export function longestCall(
  { name, examples }: { readonly name: string; readonly examples: readonly Example[] },
  countTokens: (text: string) => number,
): number {
  const inputs = examples.flatMap(({ text }) => readMarked(text, [name]).calls).filter(({ tool }) => tool === name);
  const longest = Math.max(0, ...inputs.map(({ input }) => countTokens(input)));
  return Math.min(LONGEST_CALL, Math.max(16, 2 * longest));
}
