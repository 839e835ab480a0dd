// ROUGE-L (Lin 2004) as the package rouge_score computes it without stemming: the F-measure of the longest common subsequence.

/** Lower-case runs of a–z and 0–9; all else parts them. */
export function rougeTokens(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** The text of an index that is most like another. */
export interface Nearest {
  /** ROUGE-L F, from 0 (nothing in common) to 1. */
  readonly score: number;
  /** Place of the text in the index; −1 where none has anything in common with it. */
  readonly index: number;
}

interface Posting {
  readonly texts: number[];
  readonly counts: number[];
}

/**
 * Texts that others are compared with. `nearest` is exact and takes well under a millisecond for thousands of short texts: the
 * words in common bound the subsequence, so most texts are passed over, and of the rest it is found 32 words at a time.
 */
export class RougeIndex {
  readonly #words = new Map<string, number>();
  readonly #postings: Posting[] = [];
  readonly #texts: Int32Array[] = [];

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text);
  }

  add(text: string): void {
    const tokens = rougeTokens(text);
    const ids = new Int32Array(tokens.length);
    for (const [i, token] of tokens.entries()) {
      let id = this.#words.get(token);
      if (id === undefined) {
        id = this.#postings.length;
        this.#words.set(token, id);
        this.#postings.push({ texts: [], counts: [] });
      }
      ids[i] = id;
    }
    for (const [id, count] of countsOf(ids)) {
      this.#postings[id]!.texts.push(this.#texts.length);
      this.#postings[id]!.counts.push(count);
    }
    this.#texts.push(ids);
  }

  /** Of several that are equally near, any, and always the same. */
  nearest(text: string): Nearest {
    const tokens = rougeTokens(text).map((token) => this.#words.get(token) ?? -1);
    const overlap = this.#overlap(tokens);
    // 2PR / (P + R) with P = lcs / n and R = lcs / m is 2 lcs / (n + m), and lcs is at most the words in common.
    const most = (index: number) => (2 * overlap[index]!) / (tokens.length + this.#texts[index]!.length);
    let first = -1;
    let bound = 0;
    for (let i = 0; i < overlap.length; i++) {
      if (overlap[i]! > 0 && most(i) > bound) [first, bound] = [i, most(i)];
    }
    if (first < 0) return { score: 0, index: -1 };
    const places = placesOf(tokens);
    const score = (index: number) => {
      const other = this.#texts[index]!;
      return (2 * commonLength(places, tokens.length, other)) / (tokens.length + other.length);
    };
    // The one that may be nearest first: it puts most of the others out.
    let best = { score: score(first), index: first };
    for (let i = 0; i < overlap.length; i++) {
      if (i === first || overlap[i] === 0 || most(i) <= best.score) continue;
      const one = score(i);
      if (one > best.score) best = { score: one, index: i };
    }
    return best;
  }

  /** How many words each text of the index has in common with these, repeated ones as often as both have them. */
  #overlap(tokens: readonly number[]): Int32Array {
    const overlap = new Int32Array(this.#texts.length);
    for (const [id, count] of countsOf(tokens)) {
      if (id < 0) continue;
      const { texts, counts } = this.#postings[id]!;
      for (let i = 0; i < texts.length; i++) overlap[texts[i]!]! += Math.min(count, counts[i]!);
    }
    return overlap;
  }
}

function countsOf(ids: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** For each word, the bits of its places. */
function placesOf(tokens: readonly number[]): Map<number, Uint32Array> {
  const places = new Map<number, Uint32Array>();
  for (const [i, token] of tokens.entries()) {
    let bits = places.get(token);
    if (bits === undefined) places.set(token, (bits = new Uint32Array((tokens.length + 31) >>> 5)));
    bits[i >>> 5]! |= 1 << (i & 31);
  }
  return places;
}

/**
 * Length of the longest common subsequence, a column of the table at a time (Hyyrö 2004, "Bit-parallel LCS-length computation
 * revisited"): V' = (V + (V & M)) | (V & ~M), whose zeros are the rows at which the column rises.
 */
function commonLength(places: ReadonlyMap<number, Uint32Array>, length: number, other: Int32Array): number {
  const column = new Uint32Array((length + 31) >>> 5).fill(0xffffffff);
  for (let i = 0; i < other.length; i++) {
    const bits = places.get(other[i]!);
    if (bits === undefined) continue;
    let carry = 0;
    for (let word = 0; word < column.length; word++) {
      const value = column[word]!;
      const mask = bits[word]!;
      const sum = value + ((value & mask) >>> 0) + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      column[word] = sum | (value & ~mask);
    }
  }
  let ones = 0;
  for (let value of column) for (; value !== 0; value = (value & (value - 1)) >>> 0) ones++;
  return 32 * column.length - ones;
}
