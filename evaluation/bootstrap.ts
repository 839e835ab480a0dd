// Intervals. All is seeded: the same results give the same figures.
import { mulberry32 } from "./random.js";
import type { Interval } from "./record.js";

const RESAMPLES = 10_000;
const SEED = 20230209;

/** The 95 % percentile interval of a mean: the values drawn anew, with replacement, 10,000 times. Undefined for no values. */
export function bootstrapMean(values: ArrayLike<number>, options: Options = {}): Interval | undefined {
  const count = values.length;
  return intervalOf(count, options, (next) => {
    let sum = 0;
    for (let j = 0; j < count; j++) sum += values[next()]!;
    return sum / count;
  });
}

/**
 * The 95 % percentile interval of a share of sums: groups drawn anew, with replacement, each with its part and its whole. For groups of one
 * it is that of the mean. Undefined for no groups.
 */
export function bootstrapGroups(
  groups: readonly { readonly part: number; readonly whole: number }[],
  options: Options = {},
): Interval | undefined {
  return intervalOf(groups.length, options, (next) => {
    let [part, whole] = [0, 0];
    for (let j = 0; j < groups.length; j++) {
      const group = groups[next()]!;
      part += group.part;
      whole += group.whole;
    }
    return part / whole;
  });
}

interface Options {
  readonly resamples?: number;
  readonly seed?: number;
}

/** Of a figure of `count` things: `next` draws one of them. */
function intervalOf(
  count: number,
  { resamples = RESAMPLES, seed = SEED }: Options,
  figure: (next: () => number) => number,
): Interval | undefined {
  if (count === 0) return undefined;
  const random = mulberry32(seed);
  const next = () => Math.floor(random() * count);
  const figures = Float64Array.from({ length: resamples }, () => figure(next)).sort();
  return [quantile(figures, 0.025), quantile(figures, 0.975)];
}

/** Linear between neighbours, as NumPy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}
