// Measuring: medians of rounds taken in turn, so that a machine that changes its speed changes both sides alike.

/** Milliseconds that something takes. */
export async function time(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Runs two pieces of work in turn, A B A B …, after one uncounted round of each.
 * @returns the median milliseconds of each, and the median of the ratios A / B of neighbours
 */
export async function inTurn(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number; b: number; ratio: number }> {
  await a();
  await b();
  const as: number[] = [];
  const bs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    as.push(await a());
    bs.push(await b());
  }
  return { a: median(as), b: median(bs), ratio: median(as.map((value, i) => value / bs[i]!)) };
}

/** One line of the table. */
export interface Row {
  readonly work: string;
  readonly against: string;
  /** The bound in words. */
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
  /** The figures behind it. */
  readonly figures: Readonly<Record<string, number | string>>;
}
