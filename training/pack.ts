// Several short examples in one sequence, in place of padding.
import { type Random, random } from "../engine/index.js";
import type { Example } from "./example.js";

/** Examples side by side. The mask is causal within an example and closed between them. */
export interface Pack {
  readonly tokens: Int32Array;
  /** RoPE position of each token, from 0 in each example. */
  readonly positions: Int32Array;
  /** Where each example begins, ascending. */
  readonly starts: Int32Array;
  /** The token to predict after each; it means something where `weights[i] > 0`. */
  readonly targets: Int32Array;
  /** Loss weight of predicting `targets[i]` from position `i`. 0: no output layer there. */
  readonly weights: Float32Array;
}

export function packOf(examples: readonly Example[]): Pack {
  const length = examples.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const pack: Pack = {
    tokens: new Int32Array(length),
    positions: new Int32Array(length),
    starts: new Int32Array(examples.length),
    targets: new Int32Array(length),
    weights: new Float32Array(length),
  };
  let at = 0;
  examples.forEach(({ tokens, weights }, index) => {
    pack.starts[index] = at;
    pack.tokens.set(tokens, at);
    pack.targets.set(tokens.subarray(1), at);
    pack.weights.set(weights.subarray(1), at);
    for (let i = 0; i < tokens.length; i++) pack.positions[at + i] = i;
    at += tokens.length;
  });
  return pack;
}

/** Packs that are open at once: more fill them better, and let an example stray further from its place in the order. */
const OPEN = 16;

/**
 * Which examples go together: in a shuffled order each goes into the first open pack that has room; when none has and no more may be
 * opened, the fullest is closed. The same seed gives the same packs.
 * @param lengths in tokens, none above `size`
 * @param seed undefined: in their order, not shuffled
 * @returns indices of examples, pack by pack
 */
export function packing(lengths: readonly number[], size: number, seed?: number): readonly (readonly number[])[] {
  const order = Array.from(lengths, (_, index) => index);
  if (seed !== undefined) shuffle(order, random(seed));
  const closed: number[][] = [];
  const open: { readonly members: number[]; used: number }[] = [];
  for (const index of order) {
    const length = lengths[index]!;
    const fitting = open.find(({ used }) => used + length <= size);
    if (fitting !== undefined) {
      fitting.members.push(index);
      fitting.used += length;
      continue;
    }
    if (open.length === OPEN) {
      const fullest = open.reduce((best, { used }, i) => (used > open[best]!.used ? i : best), 0);
      closed.push(open.splice(fullest, 1)[0]!.members);
    }
    open.push({ members: [index], used: length });
  }
  return [...closed, ...open.map(({ members }) => members)];
}

/** Fisher–Yates. */
export function shuffle<T>(items: T[], draw: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}
