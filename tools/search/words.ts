// Text as the search tool compares it: folded words, stop words, stems.

/** Lower case, without Latin accents, typographic apostrophes made plain; `ﬁ` becomes `fi`. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]+/g, "")
    .normalize("NFC")
    .replace(/[’‘ʻ`´]/g, "'")
    .toLowerCase();
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that put no space between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
let segmenter: Intl.Segmenter | undefined;

/** The folded words of a text, in order. A possessive `'s` and the dots of `U.S.` are dropped. */
export function words(text: string): string[] {
  const plain = fold(text)
    .replace(/'s\b/g, "")
    .replace(/\b(?:\p{L}\.){2,}/gu, (initials) => initials.replaceAll(".", ""));
  const found = plain.match(WORD) ?? [];
  return UNSPACED.test(plain) ? found.flatMap((word) => (UNSPACED.test(word) ? segment(word) : [word])) : found;
}

function segment(run: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  return [...segmenter.segment(run)].filter((part) => part.isWordLike).map((part) => part.segment);
}

/** Harman's S-stemmer: plural and singular meet, nothing else is touched. */
export function stem(word: string): string {
  if (word.length < 4 || !word.endsWith("s") || /(?:us|ss|is)$/.test(word)) return word;
  if (/[^ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|z|ss)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** Words that carry a question but not what it asks about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be been but by can could did do does for from give had has have he her him his how i if in is it its know me " +
    "my of on or our please say she so tell that the their them there these they this those to was we were what whats when where " +
    "which who whom whose why will with would you your about into than then find search look show"
  ).split(" "),
);

/** The words of a query that say what it is about; all of its words when it has no other. */
export function queryWords(query: string): string[] {
  const all = [...new Set(words(query))];
  const telling = all.filter((word) => !STOP_WORDS.has(word));
  return telling.length > 0 ? telling : all;
}
