// Where the tokens of a text lie in it, told from how a server shows each of them. Servers count offsets in characters, code points or
// bytes, and a token that is a part of a character cannot be shown at all; so the offsets are worked out here, over UTF-8.

/** Where a token lies, in bytes of UTF-8. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

const SPACE = 0x20;
const REPLACEMENT = "\ufffd";
/** At most so many bytes begin a character without ending it. */
const LONGEST_PART = 3;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Lays tokens along a text. A token is shown as its own text; the parts of a character as replacement characters, as nothing, or as
 * nothing until the last part, which is shown as the whole character; and SentencePiece tokens by some without their leading space.
 * The first one may be a BOS, which has no room in the text.
 * @param shown how each token is shown; undefined where it is not
 * @param extra how many tokens there may be at the end that do not belong to the text
 * @returns undefined when the tokens do not make up the text
 */
export function alignTokens(shown: readonly (string | undefined)[], text: Uint8Array, extra: number): Span[] | undefined {
  // For each token where it may end, how it then begins, and how unlikely that is with all before it. Nearly always that is one place.
  const steps: Map<number, Place>[] = [];
  let places = new Map<number, Place>([[0, { begin: 0, cost: 0 }]]);
  let whole = -1;
  for (const [index, token] of shown.entries()) {
    const step = new Map<number, Place>();
    const put = (end: number, begin: number, cost: number) => {
      if (cost < (step.get(end)?.cost ?? Number.POSITIVE_INFINITY)) step.set(end, { begin, cost });
    };
    const own = Buffer.from(token ?? "");
    for (const [begin, { cost }] of places) {
      for (const [end, more] of token === undefined ? everyEnd(text, begin) : ends(token, own, text, begin)) put(end, begin, cost + more);
    }
    if (index === 0) put(0, 0, LAST_RESORT);
    if (step.size === 0) break;
    steps.push((places = step));
    if (step.has(text.length)) whole = index;
  }
  if (whole < 0 || shown.length - 1 - whole > extra) return undefined;
  const spans: Span[] = new Array(whole + 1);
  for (let index = whole, end = text.length; index >= 0; index--) {
    const { begin } = steps[index]!.get(end)!;
    spans[index] = { begin, end };
    end = begin;
  }
  return spans;
}

interface Place {
  readonly begin: number;
  readonly cost: number;
}

// Where there is a choice, what is shown stands there as it is; else tokens are the likelier, the fewer characters they are parts of.
const PART = 1;
const ACROSS = 2;
const NO_ROOM = 3;
const LEFT_OUT = 10;
/** A BOS, a lost space. */
const LAST_RESORT = 100;

function* everyEnd(text: Uint8Array, begin: number): Generator<[end: number, cost: number]> {
  for (let end = begin; end <= text.length; end++) yield [end, 0];
}

/** Where a token that begins at some byte may end. `own` is what is shown of it in UTF-8. */
function* ends(token: string, own: Uint8Array, text: Uint8Array, begin: number): Generator<[end: number, cost: number]> {
  if (holds(text, begin, own)) yield [begin + own.length, token === "" ? NO_ROOM : 0];
  if (text[begin] === SPACE && token !== "" && holds(text, begin + 1, own)) yield [begin + 1 + own.length, LAST_RESORT];
  const last = Math.min(text.length, begin + own.length + 2 * LONGEST_PART);
  if (text.subarray(begin, last).every((byte) => byte < 0x80)) return;
  let cost = PART;
  for (let end = begin + 1; end <= last; end++) {
    if (end - 1 > begin && (text[end - 1]! & 0xc0) !== 0x80) cost += ACROSS;
    const decoded = decoder.decode(text.subarray(begin, end));
    if (!decoded.includes(REPLACEMENT)) continue;
    if (decoded === token) yield [end, cost];
    else if (decoded.replaceAll(REPLACEMENT, "") === token) yield [end, token === "" ? cost : cost + LEFT_OUT];
  }
}

function holds(text: Uint8Array, begin: number, own: Uint8Array): boolean {
  if (begin + own.length > text.length) return false;
  for (let i = 0; i < own.length; i++) if (text[begin + i] !== own[i]) return false;
  return true;
}

/** For each byte of a text in UTF-8, and for its end: where the byte's character begins, in UTF-16 units. */
export function unitsOfBytes(text: string): Uint32Array {
  const units = new Uint32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const next = byte + Buffer.byteLength(character);
    units.fill(unit, byte, next);
    byte = next;
    unit += character.length;
  }
  units[byte] = unit;
  return units;
}
