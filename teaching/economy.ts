// What need not be computed, since it could not be kept: bounds on how much a result can help at a place.
import type { Place } from "./places.js";
import { WEIGHTS } from "./weights.js";

/**
 * How much of the loss of a token that a result does not have may still go, by what the result says of the rest. Measured: docs/LOG.md,
 * "Self-teaching".
 */
const OTHERS = 0.15;

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
      return found === undefined
        ? { logprob }
        : { logprob, run: found.run, upTo: text.slice(found.start, Math.min(end, found.end)), runStart: found.start };
    }),
  };
}

/** At most how much any result can lower the loss: what of the text it may stand for, all of it, and a part of the rest. */
export function ceiling(ahead: Ahead, results: RegExp | undefined): number {
  return bound(ahead, ({ run }) => results === undefined || (run !== undefined && results.test(run)));
}

/** The same for this result: it can only stand for words and numbers that it has. */
export function ceilingFor(ahead: Ahead, result: string): number {
  const words = new Set<string>();
  const numbers: string[] = [];
  for (const [run] of result.matchAll(RUNS)) {
    if (/^\d/.test(run)) numbers.push(run.replaceAll(",", ""));
    else words.add(run.toLowerCase());
  }
  return bound(ahead, ({ run, upTo }) => {
    if (run === undefined || upTo === undefined) return false;
    if (!/^\d/.test(run)) return words.has(run.toLowerCase());
    return numbers.some((number) => stands(number, run.replaceAll(",", ""), upTo.replaceAll(",", "")));
  });
}

/** Whether a number explains the first digits of another: it is the other, perhaps rounded there; or of its size, and begins alike. */
function stands(number: string, other: string, digits: string): boolean {
  const places = /\.(\d+)$/.exec(other)?.[1]?.length ?? 0;
  if (Math.abs(Number(number) - Number(other)) <= 0.500001 * 10 ** -places) return true;
  const size = (text: string) => text.split(".")[0]!.length;
  return size(number) === size(other) && number.startsWith(digits);
}

/** Where the first thing stands that a result may stand for: places with the same one look for the same result. */
export function targetOf(ahead: Ahead, results: RegExp | undefined): number | undefined {
  return ahead.tokens.find(({ run }) => run !== undefined && (results === undefined || results.test(run)))?.runStart;
}

function bound({ tokens }: Ahead, explained: (token: Ahead["tokens"][number]) => boolean): number {
  return tokens.reduce((sum, token, index) => sum - WEIGHTS[index]! * token.logprob * (explained(token) ? 1 : OTHERS), 0);
}
