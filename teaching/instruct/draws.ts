import { createHash } from "node:crypto";

/** A number from 0 to 2^32 − 1 that depends on the path alone, such as `(seed, batch, "instances", 3)`. */
export function seedOf(...path: readonly (string | number)[]): number {
  return createHash("sha256").update(JSON.stringify(path)).digest().readUInt32LE();
}

/** Random choices that are the same for a path on every machine: none depends on how many were made elsewhere. */
export class Draws {
  #state: number;

  constructor(...path: readonly (string | number)[]) {
    this.#state = seedOf(...path);
  }

  /** A whole number from 0 to `limit` − 1 (mulberry32; the bias of the remainder is below limit / 2^32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** So many different items, or all where there are fewer, in random order. */
  sample<Item>(items: readonly Item[], count: number): Item[] {
    const rest = [...items];
    const drawn: Item[] = [];
    while (drawn.length < count && rest.length > 0) {
      const at = this.below(rest.length);
      drawn.push(rest[at]!);
      rest[at] = rest.at(-1)!; // Constant time: what is left needs no order.
      rest.pop();
    }
    return drawn;
  }
}
