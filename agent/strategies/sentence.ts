/** A point after these ends no sentence: a short word with a capital (`Dr.`, `St.`, `J.`), or one that has points inside (`U.S.`, `e.g.`). */
const ABBREVIATED = /(?:^|[\s("])(?:\p{Lu}\p{Ll}{0,2}|(?:\p{L}\.)+\p{L})$/u;

/** A line up to the end of its first sentence. */
export function firstSentence(line: string): string {
  for (const { index } of line.matchAll(/[.!?](?=\s)/g)) {
    if (line[index] === "." && ABBREVIATED.test(line.slice(0, index))) continue;
    return line.slice(0, index + 1);
  }
  return line;
}
