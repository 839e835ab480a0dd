import { stem, words } from "./words.js";

/** Where a sentence may end: a stop, closing quotes, white space and a beginning; or a stop of a script without spaces. */
const STOP = /[.!?…]+["'”’»)\]]*\s+(?=["'“‘«([]?[\p{Lu}\p{Lt}\p{Lo}\p{N}])|[。！？]+[」』”]*/gu;
/** After these a full stop does not end a sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|No|vs|etc|e\.g|i\.e|cf|approx|ca|Fig|\p{Lu})\.\s*$/u;

/** The sentences of a text, trimmed, with white space made single; a blank line ends one. Linear in time, which `Intl.Segmenter` is not. */
export function sentences(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const plain = paragraph.replace(/\s+/g, " ").trim();
    const found: string[] = [];
    let start = 0;
    for (const stop of plain.matchAll(STOP)) {
      const end = stop.index + stop[0].length;
      if (ABBREVIATION.test(plain.slice(Math.max(start, end - 12), end))) continue;
      found.push(plain.slice(start, end).trim());
      start = end;
    }
    if (start < plain.length) found.push(plain.slice(start));
    return found;
  });
}

/** How many of the wanted words a text has; plural and singular are one. */
function matches(text: string, wanted: ReadonlySet<string>): number {
  const present = new Set(words(text).map(stem));
  let count = 0;
  for (const word of wanted) if (present.has(word)) count += 1;
  return count;
}

/**
 * The part of a text that says most about some words: the first sentence with most of them, and as many sentences after
 * and before it as fit. At most `limit` characters.
 */
export function excerpt(text: string, about: readonly string[], limit: number): string {
  const all = sentences(text);
  if (all.length === 0) return "";
  const wanted = new Set(about.map(stem));
  const scores = all.map((sentence) => matches(sentence, wanted));
  let first = scores.indexOf(Math.max(...scores));
  let last = first;
  let taken = all[first] ?? "";
  if (taken.length > limit) return clipAround(taken, wanted, limit);
  for (let grown = true; grown; ) {
    grown = false;
    const after = all[last + 1];
    if (after !== undefined && taken.length + 1 + after.length <= limit) {
      taken = `${taken} ${after}`;
      last += 1;
      grown = true;
      continue;
    }
    const before = all[first - 1];
    if (before !== undefined && taken.length + 1 + before.length <= limit) {
      taken = `${before} ${taken}`;
      first -= 1;
      grown = true;
    }
  }
  return taken;
}

/** An excerpt, with the title before it where the excerpt itself does not say what it is about. */
export function titledExcerpt(title: string, text: string, about: readonly string[], limit: number): string {
  const taken = excerpt(text, about, Math.max(40, limit - title.length - 2));
  const said = new Set(words(taken));
  return words(title).every((word) => said.has(word)) ? taken : `${title}: ${taken}`;
}

/**
 * The sentences of a text that have most of the words, word for word, in their order, as many as fit; undefined where no
 * sentence has any of them.
 */
export function quotation(text: string, about: readonly string[], limit: number): string | undefined {
  const wanted = new Set(about.map(stem));
  const all = sentences(text);
  const scores = all.map((sentence) => matches(sentence, wanted));
  const best = Math.max(0, ...scores);
  if (best === 0) return undefined;
  let taken = "";
  for (const [at, sentence] of all.entries()) {
    if (scores[at] !== best) continue;
    if (taken === "") taken = sentence.length > limit ? clipAround(sentence, wanted, limit) : sentence;
    else if (taken.length + 1 + sentence.length <= limit) taken = `${taken} ${sentence}`;
  }
  return taken;
}

/** Cuts at a word's end, with an ellipsis where something is left out. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, Math.max(1, limit - 1));
  const space = cut.lastIndexOf(" ");
  return `${(space > limit / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:]+$/, "").replace(/[\ud800-\udbff]$/, "")}…`;
}

/** A window of a long sentence that begins a few words before the first wanted word. */
function clipAround(sentence: string, wanted: ReadonlySet<string>, limit: number): string {
  const parts = sentence.split(" ");
  const hit = parts.findIndex((part) => words(part).some((word) => wanted.has(stem(word))));
  let start = Math.max(0, hit - 8);
  // The end of the sentence is shown whole rather than a short rest of it.
  while (start > 0 && parts.slice(start - 1).join(" ").length < limit) start -= 1;
  const rest = parts.slice(start).join(" ");
  return start === 0 ? clip(rest, limit) : `…${clip(rest, limit - 1)}`;
}
