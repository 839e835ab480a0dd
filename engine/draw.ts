// Drawing from one row of logits for many texts that stand at the same place.
import { cumulate } from "./logits.js";

/** Numbers from 0 (included) to 1 (not included), the same ones for the same seed. */
export type Random = () => number;

/** 32-bit; the generator is splitmix32: small, and its sequences from neighbouring seeds have nothing to do with each other. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

// Draws in a row that all hit what is not allowed. After so many what is allowed has next to no probability.
const MOST_REFUSALS = 20_000;

let sums = new Float64Array(0);

/**
 * Draws a token at temperature 1 for each stream. One that is not allowed is drawn again, from the same stream: the tokens are
 * distributed as the allowed ones are, and no stream's token depends on the others being there.
 * @returns a token a stream; −1 where nothing allowed was met
 */
export function draw(row: Float32Array, streams: readonly Random[], allows: (token: number) => boolean): number[] {
  if (sums.length < row.length) sums = new Float64Array(row.length);
  const sum = cumulate(row, sums);
  const known = new Map<number, boolean>();
  const allowed = (token: number): boolean => {
    let answer = known.get(token);
    if (answer === undefined) known.set(token, (answer = allows(token)));
    return answer;
  };
  return streams.map((stream) => {
    for (let refusals = 0; refusals < MOST_REFUSALS; refusals++) {
      const token = find(stream() * sum, row.length);
      if (allowed(token)) return token;
    }
    return -1;
  });
}

/** The first index whose sum is above the target. */
function find(target: number, length: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
