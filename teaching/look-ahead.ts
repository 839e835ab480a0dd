// The rule for tools that return stored text: a result that is the text to come, or comes from the same document, teaches to look
// things up in what is being written.
import type { Source } from "../tools/index.js";
import type { Passage } from "./record.js";

/** Words in a row that a result may not share with the text to come. */
const SHARED = 8;

/**
 * Why a result is dropped, for reading ahead; undefined where it is not. Only results with sources, stored text, are: what was
 * computed is never dropped for being right.
 *
 * - Its source is the document itself: by the passage's id, its file (whole, or the line that is the document), or `meta.url` or
 *   `meta.title`. Where the output names its sources as `(id)`, those that it does not name were not used.
 * - It shares eight or more words in a row with the passage's text from the position on, whatever the case and punctuation. A word is
 *   letters and digits; in scripts that are written without spaces, one character.
 * @param position offset in `passage.text`
 */
export function looksAhead(
  result: { readonly output: string; readonly sources?: readonly Source[] },
  passage: Passage,
  position: number,
): string | undefined {
  const { output, sources } = result;
  if (sources === undefined) return undefined;
  const named = sources.filter(({ id }) => output.includes(`(${id})`));
  const same = (named.length > 0 ? named : sources).find((source) => isDocument(source, passage, output));
  if (same !== undefined) return `its source is the document itself (${same.id})`;
  const shared = sharedWords(output, passage.text.slice(position));
  return shared === undefined ? undefined : `it has words of the text to come: ${shared}`;
}

/** `FILE` or `FILE, line 12`, as `Passage.source` has it. */
const LINE = /^(.*), line (\d+)$/s;
/** What a search tool's ids end with: the number of the passage in the file. */
const NUMBER = /#(\d+)$/;

function isDocument({ id, title, url }: Source, passage: Passage, output: string): boolean {
  const own = passage.part === 0 ? passage.id : passage.id.replace(/#\d+$/, "");
  const { url: address, title: heading } = passage.meta ?? {};
  if (title === own || title === heading || (url !== undefined && url === address)) return true;
  const files = [id, id.replace(NUMBER, ""), ...(url === undefined ? [] : [url])];
  if (files.some((name) => isSameFile(name, own))) return true;
  const [, file = passage.source, line] = LINE.exec(passage.source) ?? [];
  if (!files.some((name) => isSameFile(name, file))) return false;
  if (line === undefined) return true;
  // A record of a file of records. The number is its line's where records are short; otherwise it shows in the words.
  const { question = "", before, text } = passage;
  return NUMBER.exec(id)?.[1] === line || sharedWords(output, `${question}\n${before}${text}`) !== undefined;
}

/** Whether two names mean one file as far as they can tell: the one is the other, or its end from a folder on. */
function isSameFile(one: string, other: string): boolean {
  const [short, long] = [pathOf(one), pathOf(other)].sort((a, b) => a.length - b.length) as [string, string];
  return short !== "" && (long === short || long.endsWith(`/${short}`));
}

function pathOf(name: string): string {
  return name
    .replaceAll("\\", "/")
    .replace(/^(?:\.?\/)+/, "")
    .replace(/\.gz$/i, "");
}

/** One character of a script that puts no space between words, or a run of letters, marks and digits. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}])+/gu;

function wordsOf(text: string): string[] {
  return text.normalize("NFC").toLowerCase().match(WORD) ?? [];
}

/** The first eight words in a row that two texts share; undefined where there are none. The work grows with the texts' lengths. */
function sharedWords(one: string, other: string): string | undefined {
  const ids = new Map<string, number>();
  const numbers = wordsOf(other).map((word) => {
    const id = ids.get(word) ?? ids.size;
    ids.set(word, id);
    return id;
  });
  const rows = new Set<string>();
  for (let at = 0; at + SHARED <= numbers.length; at++) rows.add(numbers.slice(at, at + SHARED).join());
  const words = wordsOf(one);
  for (let at = 0; at + SHARED <= words.length; at++) {
    const row = words.slice(at, at + SHARED);
    if (rows.has(row.map((word) => ids.get(word) ?? -1).join())) return row.join(" ");
  }
  return undefined;
}
