// Where sentences end. The rules are those of Unicode's UAX #29, kept to ends that white space or an ideographic full stop shows,
// with abbreviations and wrapped lines seen to. Intl.Segmenter knows neither, answers differently from one ICU to the next, and takes
// a time that grows with the square of the text: it reads 1.5 MB/s in blocks of 32 KiB.

/** A full stop or line break with all that closes the sentence behind it, and the white space after it. */
const CANDIDATE = /[\p{STerm}…]+[\p{Pe}\p{Pf}\p{Pi}"'*_]*\s*|[\n\r\u0085\u2028\u2029]\s*/gu;
/** Ends a sentence without white space after it. */
const IDEOGRAPHIC = /[。！？｡．﹒]/;
/** Stands between a sentence's end and the first letter of the next. */
const OPENS = /["'*_\p{Ps}\p{Pi}]/u;
/** Letters with stops between: `e.g`, `U.S`. */
const INITIALS = /^(?:\p{L}\.)+\p{L}$/u;
const DIGITS = /^\d*$/;
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  (
    "Mr Mrs Ms Mx Dr Prof Rev Hon St Sr Jr Gen Col Capt Lt Sgt Gov Sen Rep Mt Ave Blvd Rd vs viz cf ca al approx dept est " +
    "No Nos Nr Fig Figs Eq Sec Ch Vol p pp ed eds Hr Fr Sra Mme Mlle Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
  ).split(" "),
);
/** How far back a word is looked for. */
const LONGEST_WORD = 16;

/**
 * The whole sentences at the beginning of a text, each with the white space after it, and what is left: a last sentence that more text
 * may lengthen, empty where `last` says that nothing follows. Joined, they are the text.
 */
export function splitSentences(text: string, last: boolean): { readonly sentences: string[]; readonly rest: string } {
  const sentences: string[] = [];
  let from = 0;
  CANDIDATE.lastIndex = 0;
  for (let found = CANDIDATE.exec(text); found !== null; found = CANDIDATE.exec(text)) {
    const end = CANDIDATE.lastIndex;
    if (end === text.length) break; // What follows decides, or nothing does.
    if (!endsSentence(text, from, found.index, end)) continue;
    sentences.push(text.slice(from, end));
    from = end;
  }
  if (!last) return { sentences, rest: text.slice(from) };
  if (from < text.length) sentences.push(text.slice(from));
  return { sentences, rest: "" };
}

/** Whether the sentence that begins at `from` ends with the marks and the white space from `index` to `end`. */
function endsSentence(text: string, from: number, index: number, end: number): boolean {
  const lines = lineBreaks(text, index, end);
  if (lines > 1) return true;
  if (isWhite(text, index)) return !goesOn(text, end); // The end of a line, which may be wrapped within a sentence.
  if (!isWhite(text, end - 1)) return IDEOGRAPHIC.test(text.slice(index, end));
  if (text[index] !== "." && text[index] !== "…") return true;
  if (goesOn(text, end)) return false;
  return lines > 0 || text[index] === "…" || text[index + 1] === "." || !isShortened(text, from, index);
}

function lineBreaks(text: string, from: number, end: number): number {
  let count = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 0x85 || code === 0x2028 || code === 0x2029 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count++;
  }
  return count;
}

/** Whether a small letter comes next, opening marks aside. */
function goesOn(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && OPENS.test(text[at]!)) at++;
  const letter = text.charAt(at);
  return letter.toUpperCase() !== letter;
}

/** Whether the full stop at `index` shortens the word before it, or is that of a list's number, such as `1. `. */
function isShortened(text: string, from: number, index: number): boolean {
  let begin = index;
  while (begin > from && index - begin <= LONGEST_WORD && !isWhite(text, begin - 1)) begin--;
  while (begin < index && OPENS.test(text[begin]!)) begin++;
  const word = text.slice(begin, index);
  if (word.length === 1 && word.toLowerCase() !== word) return true; // The initial of a name.
  if (word[1] === "." && INITIALS.test(word)) return true;
  return ABBREVIATIONS.has(word) || (begin === from && DIGITS.test(word));
}

/** Whether the character there is white space; told by its code, which is many times faster than by an expression. */
export function isWhite(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || (code >= 9 && code <= 13) || (code >= 0x80 && /\s/.test(text.charAt(at)));
}
