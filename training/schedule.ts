export const schedules = ["constant", "linear", "cosine"] as const;
export type ScheduleName = (typeof schedules)[number];

export interface Schedule {
  readonly name: ScheduleName;
  /** The highest learning rate. */
  readonly peak: number;
  /** Steps in which it rises from nothing to the peak, linearly. */
  readonly warmup: number;
  /** All steps, those of the warm-up included. */
  readonly steps: number;
}

/**
 * The learning rate of a step, from 1 on. After the warm-up it stays (constant), or falls to nothing right after the last step, in a
 * line or in half a cosine.
 */
export function learningRate({ name, peak, warmup, steps }: Schedule, step: number): number {
  if (step <= warmup) return (peak * step) / warmup;
  const done = Math.min(1, (step - 1 - warmup) / Math.max(1, steps - warmup));
  switch (name) {
    case "constant":
      return peak;
    case "linear":
      return peak * (1 - done);
    case "cosine":
      return (peak * (1 + Math.cos(Math.PI * done))) / 2;
  }
}
