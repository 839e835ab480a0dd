// Intervals and tests. All is seeded: the same results give the same figures.
import type { Interval } from "./record.js";

const RESAMPLES = 10_000;
const SEED = 20230209;

/** The 95 % percentile interval of a mean: the values drawn anew, with replacement, 10,000 times. Undefined for no values. */
export function bootstrapMean(values: ArrayLike<number>, { resamples = RESAMPLES, seed = SEED } = {}): Interval | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const random = mulberry32(seed);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let sum = 0;
    for (let j = 0; j < count; j++) sum += values[Math.floor(random() * count)]!;
    means[i] = sum / count;
  }
  means.sort();
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

/** Linear between neighbours, as NumPy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}

/**
 * McNemar's exact test (two-sided): how likely wins and losses are to be at least this unequal if neither side were better. 1 when there
 * are none.
 */
export function mcnemar(wins: number, losses: number): number {
  const pairs = wins + losses;
  if (pairs === 0) return 1;
  let tail = 0;
  let logChoose = 0; // Of pairs choose 0.
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    if (k > 0) logChoose += Math.log((pairs - k + 1) / k);
    tail += Math.exp(logChoose - pairs * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}

/** From 0 to below 1 (Tommy Ettinger's generator of 32 bits of state, which is enough to draw places in a list). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
