// Where in a text a call may begin.
import { leads } from "./marked.js";
import type { Reading } from "./model.js";
import { WEIGHTS, weightedLoss } from "./weights.js";

/** A token boundary before a word or a number. */
export interface Place {
  /** Index of the token that begins there; with its offset, in UTF-16 units. */
  readonly index: number;
  readonly at: number;
  /** Offset of the first character that is no blank: what stands there the result should help with. */
  readonly position: number;
  /** Index of the first weighed token, and the offsets of the weighed ones, with where they end. */
  readonly first: number;
  readonly offsets: readonly number[];
}

/** What a word or a number may follow directly, besides white space: a blank goes between it and the marker. */
const OPENS = /[\s(=]$/;
/** A word or a number, with what belongs to it. */
const BEGINS = /^ ?[$€£¥+\-−]?[\p{L}\p{N}]/u;

/**
 * @param taken spans in which no call may be put: what looks like a marker in the text itself
 */
export function placesOf(
  text: string,
  reading: Pick<Reading, "offsets">,
  taken: readonly { readonly start: number; readonly end: number }[],
): Place[] {
  const { offsets } = reading;
  const end = (index: number) => offsets[index + 1] ?? text.length;
  return offsets.flatMap((at, token) => {
    // A token that begins inside a character has its offset twice; only the first of them is a boundary.
    if (at === offsets[token - 1] || at === text.length) return [];
    // After a blank that is a token of its own the place is before that blank.
    const opens = at === 0 || text.charAt(at) === " " || (OPENS.test(text.slice(at - 1, at)) && text.charAt(at - 1) !== " ");
    if (!opens || !BEGINS.test(text.slice(at, at + 4)) || taken.some(({ start, end: stop }) => at >= start && at < stop)) return [];
    const position = text.charAt(at) === " " ? at + 1 : at;
    // Where a tokenizer makes a token of the blank or the sign before a number, weighing begins with the number: that is what a result
    // helps with.
    const begin = at + /^[\s$€£¥+\-−]*/u.exec(text.slice(at, at + 8))![0].length;
    const from = offsets.indexOf(begin, token);
    const first = from >= 0 ? from : offsets.findLastIndex((offset) => offset < begin);
    const weighed = offsets.slice(first, first + WEIGHTS.length);
    // Of several blanks within a line the call comes before all, as `markText` puts it.
    let index = token;
    if (!leads(text, at)) while (index > 0 && /^[^\S\r\n]+$/.test(text.slice(offsets[index - 1], at))) index--;
    return [{ index, at: offsets[index]!, position, first, offsets: [...weighed, end(first + weighed.length - 1)] }];
  });
}

/** The texts of the weighed tokens. */
export function tokensAt(text: string, { offsets }: Place): string[] {
  return offsets.slice(0, -1).map((offset, index) => text.slice(offset, offsets[index + 1]));
}

/** log p of the weighed tokens without any call. */
export function logprobsAt({ logprobs }: Reading, { first }: Place): number[] {
  return logprobs.slice(first, first + WEIGHTS.length);
}

export function lossAt(reading: Reading, place: Place): number {
  return weightedLoss(logprobsAt(reading, place));
}
