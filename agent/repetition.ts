// A small model that has lost its thread writes the same words over and over until its limit. That is noticed and ended.

/** Characters of the tail that are looked at. */
const WINDOW = 480;
/** A period shorter than this is not prose: rules, dots, spaces. */
const LEAST = 4;
const TIMES = 4;

/**
 * Where the repeating part begins when the text ends in at least four copies of one passage (at least 60 characters of them
 * together); undefined when it does not.
 */
export function repetitionStart(text: string): number | undefined {
  const tail = text.slice(-WINDOW);
  for (let period = LEAST; period * TIMES <= tail.length; period++) {
    let same = 0;
    while (same + period < tail.length && tail[tail.length - 1 - same] === tail[tail.length - 1 - same - period]) same++;
    const length = same + period;
    if (same >= period * (TIMES - 1) && length >= 60) return text.length - length;
  }
  return undefined;
}
