// Intervals and tests. All is seeded: the same results give the same figures.
import { mulberry32 } from "./random.js";
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

/**
 * The 95 % percentile interval of a share of sums: groups drawn anew, with replacement, each with its part and its whole. For groups of one
 * it is that of the mean. Undefined for no groups.
 */
export function bootstrapGroups(
  groups: readonly { readonly part: number; readonly whole: number }[],
  { resamples = RESAMPLES, seed = SEED } = {},
): Interval | undefined {
  const count = groups.length;
  if (count === 0) return undefined;
  const random = mulberry32(seed);
  const shares = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let [part, whole] = [0, 0];
    for (let j = 0; j < count; j++) {
      const group = groups[Math.floor(random() * count)]!;
      part += group.part;
      whole += group.whole;
    }
    shares[i] = part / whole;
  }
  shares.sort();
  return [quantile(shares, 0.025), quantile(shares, 0.975)];
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
