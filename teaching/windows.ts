import { isWhite, splitSentences } from "./sentences.js";

/** A part of a text, and what stands before it as far as it is read as context. */
export interface Window {
  readonly before: string;
  readonly text: string;
}

export interface WindowSizes {
  readonly countTokens: (text: string) => number;
  /** Most tokens of a window's text. A single character that has more is a window all the same. */
  readonly window: number;
  /** Most tokens of what is read before it. */
  readonly overlap: number;
}

/** A sentence, or a piece of one that does not fit. */
interface Unit {
  readonly text: string;
  readonly tokens: number;
}

/** Sentences are looked for in blocks of this many characters; one that is longer is not waited for. */
const BLOCK = 32_768;
/** Most characters to a token: what counts as few tokens, such as spaces, still ends. */
const TOKEN_LENGTH = 64;
/** A sentence that does not fit is cut into pieces of this part of a window, so that windows get filled. */
const PIECE = 1 / 8;

/**
 * A text cut at sentence ends into windows, each with as many sentences as fit. A sentence longer than a window is cut at white space,
 * failing that between any two characters. The windows' texts, joined, are the text; `before` is the last whole sentences before a
 * window that fit the overlap.
 *
 * The text may come in pieces of any size, of which the windows do not depend; some 64 Ki characters and a window are held. Tokens are
 * counted of each character a fixed number of times, about three.
 */
export async function* windowsOf(pieces: AsyncIterable<string> | Iterable<string>, sizes: WindowSizes): AsyncGenerator<Window> {
  const { countTokens, window, overlap } = sizes;
  let held: Unit[] = [];
  let behind: Unit[] = [];
  let tokens = 0;
  let characters = 0;

  const hold = (units: readonly Unit[]): void => {
    held = [...units];
    tokens = sum(units);
    characters = joined(units).length;
  };
  /** The window of the units held, less the last ones where those together have more tokens than apart. */
  const close = (counted: number): Window => {
    let count = held.length;
    for (let whole = counted; whole > window && count > 1; whole = countTokens(joined(held.slice(0, count)))) count--;
    const units = held.slice(0, count);
    const result = { before: contextOf(behind, sizes), text: joined(units) };
    behind = lastOf([...behind, ...units], overlap);
    hold(held.slice(count));
    return result;
  };

  for await (const units of unitsOf(pieces, sizes)) {
    for (const unit of units) {
      while (held.length > 0 && (tokens + unit.tokens > window || characters + unit.text.length > window * TOKEN_LENGTH)) {
        // Together they may have fewer tokens than apart: count again, while that makes enough room to be worth it.
        const counted = held.length > 1 ? countTokens(joined(held)) : tokens;
        const room = tokens - counted >= Math.max(1, window / 16) && counted + unit.tokens <= window;
        tokens = counted;
        if (!room) yield close(counted);
      }
      held.push(unit);
      tokens += unit.tokens;
      characters += unit.text.length;
    }
  }
  while (held.length > 0) yield close(held.length > 1 ? countTokens(joined(held)) : tokens);
}

/** The units of a text, those of a block at a time. */
async function* unitsOf(pieces: AsyncIterable<string> | Iterable<string>, sizes: WindowSizes): AsyncGenerator<readonly Unit[]> {
  let rest = "";
  let first = true;
  for await (const { text, last } of blocksOf(pieces)) {
    if (first && last && text.length <= sizes.window * TOKEN_LENGTH) {
      const tokens = sizes.countTokens(text);
      if (tokens <= sizes.window) {
        yield [{ text, tokens }];
        return;
      }
    }
    first = false;
    const split = splitSentences(rest + text, last);
    rest = split.rest;
    if (rest.length >= BLOCK) {
      // The first half of a surrogate pair at the end waits for the other.
      const end = hasGap(rest) ? wordEnd(rest, 0, rest.length - 1) : rest.length - (/[\ud800-\udbff]$/.test(rest) ? 1 : 0);
      split.sentences.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    yield split.sentences.flatMap((sentence) => [...cut(sentence, sizes)]);
  }
}

/** The same text in blocks of one size, which do not depend on how it came; a last one may be shorter, and only an empty text has none. */
async function* blocksOf(
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<{ readonly text: string; readonly last: boolean }> {
  let held: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    if (piece === "") continue;
    held.push(piece);
    length += piece.length;
    if (length <= BLOCK) continue; // One that is just full may be the last.
    const text = held.join("");
    let from = 0;
    for (; length > BLOCK; length -= BLOCK) yield { text: text.slice(from, (from += BLOCK)), last: false };
    held = [text.slice(from)];
  }
  if (length > 0) yield { text: held.join(""), last: true };
}

function* cut(text: string, sizes: WindowSizes): Generator<Unit> {
  const longest = sizes.window * TOKEN_LENGTH;
  const tokens = sizes.countTokens(text);
  if ((tokens <= sizes.window && text.length <= longest) || characterEnd(text, 1) === text.length) {
    yield { text, tokens };
    return;
  }
  const part = Math.min((sizes.window / tokens) * text.length, longest) * PIECE;
  const size = Math.max(1, Math.min(Math.floor(part), text.length >> 1));
  const words = hasGap(text);
  for (let from = 0; from < text.length; ) {
    const end = words ? wordEnd(text, from, from + size) : characterEnd(text, from + size);
    yield* cut(text.slice(from, end), sizes);
    from = end;
  }
}

/** The last beginning of a word after `from` and up to `wanted`; failing that the next one after; failing that the end. */
function wordEnd(text: string, from: number, wanted: number): number {
  if (wanted >= text.length) return text.length;
  for (let at = wanted; at > from; at--) if (beginsWord(text, at)) return at;
  for (let at = wanted + 1; at < text.length; at++) if (beginsWord(text, at)) return at;
  return text.length;
}

function beginsWord(text: string, at: number): boolean {
  return isWhite(text, at - 1) && !isWhite(text, at);
}

/** Whether white space stands between two words. */
function hasGap(text: string): boolean {
  return /\S\s+\S/.test(text);
}

/** `wanted`, or one more where that is inside a surrogate pair. */
function characterEnd(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  return /[\ud800-\udbff]/.test(text[wanted - 1]!) && /[\udc00-\udfff]/.test(text[wanted]!) ? wanted + 1 : wanted;
}

/** The last units that have at most so many tokens, each counted alone. */
function lastOf(units: readonly Unit[], most: number): Unit[] {
  let from = units.length;
  let tokens = 0;
  let characters = 0;
  for (; from > 0; from--) {
    const unit = units[from - 1]!;
    tokens += unit.tokens;
    characters += unit.text.length;
    if (tokens > most || characters > most * TOKEN_LENGTH) break;
  }
  return units.slice(from);
}

/** What is read before a window, of at most the overlap's tokens when counted together. */
function contextOf(behind: readonly Unit[], { countTokens, overlap }: WindowSizes): string {
  for (let from = 0; from < behind.length; from++) {
    const text = joined(behind.slice(from));
    if (countTokens(text) <= overlap) return text;
  }
  return "";
}

function joined(units: readonly Unit[]): string {
  return units.map(({ text }) => text).join("");
}

function sum(units: readonly Unit[]): number {
  return units.reduce((total, { tokens }) => total + tokens, 0);
}
