// Whether the loss goes where it should.

/** What is remembered between steps; plain numbers, for checkpoints. */
export interface Watched {
  /** Exponential mean of the loss over about the last twenty steps, and its lowest value once it means something. */
  readonly smoothed?: number;
  readonly lowest?: number;
}

/** Weight of the newest loss in the mean. */
const NEWEST = 1 / 20;
/** Steps before the mean means something. */
const SETTLED = 20;

/** The loss is rising when its mean is above `FACTOR` times its lowest and `NATS` more. */
const FACTOR = 1.5;
const NATS = 0.5;

/** @returns what is remembered next; `trouble` says why training should stop */
export function watch(before: Watched, step: number, loss: number): Watched & { readonly trouble?: string } {
  if (!Number.isFinite(loss)) return { ...before, trouble: `the loss of step ${step} is ${loss}` };
  const smoothed = before.smoothed === undefined ? loss : before.smoothed + NEWEST * (loss - before.smoothed);
  // The first losses are those of a few texts: a mean of them may be far below that of all.
  if (step <= SETTLED) return { smoothed };
  const lowest = Math.min(before.lowest ?? smoothed, smoothed);
  const now = { smoothed, lowest };
  if (smoothed <= FACTOR * lowest + NATS) return now;
  return { ...now, trouble: `the loss has risen to ${smoothed.toFixed(2)}, from ${lowest.toFixed(2)} at its best (step ${step})` };
}
