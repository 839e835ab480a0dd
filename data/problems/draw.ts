// Seeded choice. A problem's draw depends on the seed and its own number alone, so that a longer corpus begins with the shorter one.

export interface Draw {
  /** A whole number, both ends possible. */
  integer(least: number, most: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** One of a list that is not empty, the heavier the likelier. */
  weighted<T>(list: readonly (readonly [weight: number, item: T])[]): T;
  /** In a random order. */
  shuffle<T>(list: readonly T[]): T[];
}

/** The same seed, the same draws (xoshiro128** over a hash of the seed). */
export function drawFrom(seed: string): Draw {
  const state = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef].map((salt) => hash(seed, salt)) as [number, number, number, number];
  const next = () => {
    const [a, b, c, d] = state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    state[0] = a ^ fourth;
    state[1] = b ^ third;
    state[2] = third ^ (b << 9);
    state[3] = rotate(fourth, 11);
    return result / 2 ** 32;
  };
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError("Nothing to pick from.");
    return list[Math.floor(next() * list.length)]!;
  };
  return {
    integer,
    pick,
    chance: (p) => next() < p,
    weighted(list) {
      let rest = next() * list.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, item] of list) if ((rest -= weight) < 0) return item;
      return list.at(-1)![1];
    },
    shuffle(list) {
      const copy = [...list];
      for (let last = copy.length - 1; last > 0; last--) {
        const other = integer(0, last);
        [copy[last], copy[other]] = [copy[other]!, copy[last]!];
      }
      return copy;
    },
  };
}

function hash(text: string, salt: number): number {
  let value = salt;
  for (const character of text) {
    value = Math.imul(value ^ character.codePointAt(0)!, 0x85ebca6b);
    value = rotate(value, 13) ^ (value >>> 16);
  }
  value = Math.imul(value ^ (value >>> 16), 0xc2b2ae35);
  return value ^ (value >>> 13);
}

const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
