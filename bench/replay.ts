// What the engine was asked for, done again by the bare library with nothing above it.
import type { Context, Slot } from "../engine/context.js";
import type { Work } from "../engine/index.js";
import { type Row, time } from "./measure.js";

/**
 * Milliseconds that the work takes. Tokens are not those that were, which is the same work. What it found in memory when it began is
 * there before the clock starts.
 * @param lengths tokens of each sequence that is in the context, changed as it goes on
 */
export async function replayed(context: Context, work: readonly Work[], lengths: Map<number, number> = new Map()): Promise<number> {
  for (const [sequence, tokens] of foundIn(work, lengths)) {
    for (let taken = 0; taken < tokens; taken += context.batchSize) {
      await context.decode(slots(sequence, Math.min(context.batchSize, tokens - taken), 0, lengths));
    }
  }
  return time(async () => {
    for (const one of work) {
      if ("copy" in one) {
        const [from, to, length] = one.copy;
        context.copy(from, to, length);
        lengths.set(to, length);
      } else if ("remove" in one) {
        const [sequence, from] = one.remove;
        context.remove(sequence, from);
        lengths.set(sequence, Math.max(0, from));
      } else {
        await context.decode(one.step.flatMap(([sequence, tokens, rows]) => slots(sequence, tokens, rows, lengths)));
      }
    }
  });
}

/** Sequences that the work copies from and did not compute, with as many tokens as it takes of each: the shared beginnings. */
function foundIn(work: readonly Work[], lengths: ReadonlyMap<number, number>): Map<number, number> {
  const known = new Set(lengths.keys());
  const found = new Map<number, number>();
  for (const one of work) {
    if ("step" in one) for (const [sequence] of one.step) known.add(sequence);
    else if ("remove" in one) known.add(one.remove[0]);
    else {
      const [from, to, length] = one.copy;
      if (!known.has(from)) found.set(from, Math.max(found.get(from) ?? 0, length));
      known.add(to);
    }
  }
  return found;
}

function slots(sequence: number, tokens: number, rows: number, lengths: Map<number, number>): Slot[] {
  const start = lengths.get(sequence) ?? 0;
  lengths.set(sequence, start + tokens);
  return Array.from({ length: tokens }, (_, index) => ({
    token: 1000 + ((index * 7) % 5000),
    position: start + index,
    sequence,
    output: index >= tokens - rows,
  }));
}

export function tokensIn(work: readonly Work[]): number {
  return work.reduce((sum, one) => sum + ("step" in one ? one.step.reduce((tokens, [, count]) => tokens + count, 0) : 0), 0);
}

/**
 * The row of work against its replay: both in milliseconds, for the same tokens.
 * @param share our tokens/s as a part of the replay's
 * @param settings what is the same on both sides
 */
export function replayRow(
  work: string,
  { ours, raw, tokens, share, least }: Readonly<Record<"ours" | "raw" | "tokens" | "share" | "least", number>>,
  figures: Row["figures"] = {},
  settings = "same file and context settings",
): Row {
  return {
    work,
    against: `raw \`llama_decode\` replaying the recorded steps, ${settings}`,
    wanted: `≥ ${least} of its tokens/s`,
    measured: share.toFixed(2),
    holds: share >= least,
    figures: {
      "ours, tokens/s": Math.round((tokens / ours) * 1000),
      "raw, tokens/s": Math.round((tokens / raw) * 1000),
      ...figures,
    },
  };
}
