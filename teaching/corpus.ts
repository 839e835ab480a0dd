import { ToolwrightError } from "../errors.js";
import { decodeLine, Input, stopped, Unfit } from "./corpus-bytes.js";
import { type CorpusFile, filesOf } from "./corpus-files.js";
import { type CorpusRecord, frontMatterDate, noQuestion, readRecord } from "./corpus-records.js";
import type { Passage, SetAside } from "./record.js";
import { windowsOf } from "./windows.js";

export interface CorpusOptions {
  /** Of the model; called on pieces of each text, some three times for every character of it. */
  readonly countTokens: (text: string) => number;
  /** Most tokens of a passage's text, at least 1. */
  readonly window: number;
  /** Most tokens of what is read before it. */
  readonly overlap: number;
  /**
   * `text` joins a question and its solution to one text; `chat` takes only records that have both; `question` only those whose answer is
   * known, each one passage however long it is, and without a solution the answer is its text. Default: each as it is.
   */
  readonly as?: "chat" | "text" | "question";
  /** Ends the reading with an error `aborted`. */
  readonly signal?: AbortSignal;
  /** Most documents, those set aside and those of other shards included. Default: all. */
  readonly limit?: number;
  /** Every `of`-th document only, from the `index`-th on; `index` counts from 1. Default: all. */
  readonly shard?: { readonly index: number; readonly of: number };
}

/** Bytes of the longest line that is read. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** A document that has its place in the corpus and has not been looked into. */
interface Found {
  readonly id: string;
  readonly source: string;
  /** For messages. */
  readonly place: string;
  /** @throws Unfit when it cannot be read, at any moment */
  passages(): AsyncGenerator<Content>;
}

/** What a document says of a passage; its id and place are the same for all. */
type Content = Omit<Passage, "document" | "part" | "source" | "id"> & { readonly id?: string };

/**
 * The passages of a corpus, in order, and what was set aside of it; apart they are told by `"code" in item`. It is streamed: a file of
 * any size, even of one line, is read in the memory of a few blocks of it.
 *
 * Paths are files, folders (the `.txt`, `.md` and `.jsonl` files in them, at any depth, and gzip of each) and `"-"`, standard input.
 * `.txt` and `.md` files are a document each, a Markdown file dated by the `date` of its front matter; a line of a `.jsonl` file is one:
 * `{text}` or `{question, solution}`, with an optional `id` (a text or a number), `date` (ISO) and `meta` (an object). Standard input and
 * files of other names hold lines of JSON where they begin with `{`, else a text. Encodings: UTF-8, UTF-16 with a byte order mark, and
 * Windows-1252, told document by document.
 *
 * Documents are numbered over all paths; a file without any counts as one that is set aside. Ids are a record's own, or file and line;
 * records of several paths may have the same. What cannot be taught on is set aside with a code:
 * - `not-text`: binary, or nothing but white space
 * - `bad-line`: not JSON, or not a record
 * - `line-too-long`: a line of more than 16 MiB
 * - `too-long`: its question has more tokens than a passage may have
 * - `no-question`: a text, where `as` is `chat` or `question`
 * - `no-answer`: a record without a known answer, where `as` is `question`
 * - `file-unreadable`: the file system refused, or its gzip is damaged. Passages before the damage have been given.
 * @throws ToolwrightError `bad-option`, `corpus-not-found`, `corpus-empty` (all exit code 2), before the first passage; `aborted`;
 * whatever `countTokens` throws
 */
export async function* readCorpus(paths: string | readonly string[], options: CorpusOptions): AsyncGenerator<Passage | SetAside> {
  check(options);
  const { limit = Number.POSITIVE_INFINITY, shard = { index: 1, of: 1 }, signal } = options;
  let document = 0;
  for await (const file of filesOf(typeof paths === "string" ? [paths] : paths)) {
    if (document >= limit) return;
    for await (const found of documentsOf(file, options)) {
      if (signal?.aborted) throw stopped(signal);
      if (document % shard.of === shard.index - 1) yield* numbered(found, document, signal);
      if (++document >= limit) return;
    }
  }
}

/** A document's passages with its number, and a failure in them as what it is: the document, or the rest of it, set aside. */
async function* numbered(found: Found, document: number, signal?: AbortSignal): AsyncGenerator<Passage | SetAside> {
  const { source } = found;
  let part = 0;
  try {
    for await (const { id = found.id, ...content } of found.passages()) {
      yield { document, part, id: part === 0 ? id : `${id}#${part}`, source, ...content };
      part++;
      if (signal?.aborted) throw stopped(signal);
    }
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    yield { document, id: found.id, source, code: error.code, message: error.message };
  }
}

async function* documentsOf(file: CorpusFile, options: CorpusOptions): AsyncGenerator<Found> {
  const { id, source, name: place, unreadable } = file;
  const whole = { id, source, place };
  if (unreadable !== undefined) {
    yield { ...whole, passages: () => refused(new Unfit("file-unreadable", unreadable)) };
    return;
  }
  const chat = options.as === "chat" || options.as === "question";
  if (file.kind === "text" || file.kind === "markdown") {
    yield { ...whole, passages: () => (chat ? refused(noQuestion(place)) : passagesOfFile(file, options)) };
    return;
  }
  try {
    await using input = await Input.open(file.path, place, options.signal);
    if (input.looksLikeArray) throw new Unfit("bad-line", `${place} holds a JSON array; a record on each line is read.`);
    if (file.kind === "unknown" && !input.looksLikeRecords) {
      yield { ...whole, passages: () => (chat ? refused(noQuestion(place)) : passagesOfText(input, file, options)) };
      return;
    }
    if (!input.looksLikeRecords && input.looksBinary) throw new Unfit("not-text", `${place} holds bytes that are no text.`);
    let line = 0;
    let count = 0;
    for await (const bytes of input.lines(LONGEST_LINE)) {
      line++;
      if (bytes !== undefined && isBlank(bytes)) continue;
      const lineOf = { id: `${id}:${line}`, source: `${source}, line ${line}`, place: `${place}, line ${line}` };
      count++;
      yield { ...lineOf, passages: () => passagesOfLine(bytes, lineOf.place, options) };
    }
    if (count === 0) throw empty(place);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    yield { ...whole, passages: () => refused(error) };
  }
}

// biome-ignore lint/correctness/useYield: a document that has no passages
async function* refused(why: Unfit): AsyncGenerator<never> {
  throw why;
}

async function* passagesOfFile(file: CorpusFile, options: CorpusOptions): AsyncGenerator<Content> {
  await using input = await Input.open(file.path, file.name, options.signal);
  yield* passagesOfText(input, file, options);
}

async function* passagesOfText(input: Input, file: CorpusFile, options: CorpusOptions): AsyncGenerator<Content> {
  const date = file.kind === "markdown" ? frontMatterDate(decodeLine(input.head)) : undefined;
  let blank: Content | undefined;
  let count = 0;
  for await (const window of windowsOf(input.text(), options)) {
    const content = date === undefined ? window : { ...window, date };
    // A text of white space alone is none; one that only begins so is.
    if (count === 0 && window.text.trim() === "") blank = content;
    else {
      if (blank !== undefined) yield blank;
      blank = undefined;
      yield content;
    }
    count++;
  }
  if (count === 0 || blank !== undefined) throw empty(input.name);
}

async function* passagesOfLine(bytes: Buffer | undefined, place: string, options: CorpusOptions): AsyncGenerator<Content> {
  if (bytes === undefined) throw new Unfit("line-too-long", `${place} is longer than ${LONGEST_LINE / 1024 / 1024} MiB.`);
  const record = readRecord(decodeLine(bytes), place, options.as);
  if (record.question !== undefined && options.countTokens(record.question) > options.window) {
    throw new Unfit("too-long", `${place}: its question has more than ${options.window} tokens.`);
  }
  const said = known(record);
  if (options.as === "question") {
    yield { ...said, before: "", text: record.text };
    return;
  }
  for await (const window of windowsOf([record.text], options)) yield { ...said, ...window };
}

/** What a record says besides its text, without what it does not say. */
function known({ id, question, answer, date, meta }: CorpusRecord): Omit<Content, "before" | "text"> {
  return {
    ...(id === undefined ? {} : { id }),
    ...(question === undefined ? {} : { question }),
    ...(answer === undefined ? {} : { answer }),
    ...(date === undefined ? {} : { date }),
    ...(meta === undefined ? {} : { meta }),
  };
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
}

function empty(place: string): Unfit {
  return new Unfit("not-text", `${place} holds no text.`);
}

function check({ window, overlap, limit, shard }: CorpusOptions): void {
  const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  const wrong = (message: string, remedy: string) => new ToolwrightError("bad-option", message, remedy, { exitCode: 2 });
  if (!whole(window, 1)) throw wrong(`A window of ${window} tokens holds nothing.`, "Give a whole number from 1.");
  if (!whole(overlap, 0)) throw wrong(`An overlap of ${overlap} tokens is none.`, "Give a whole number from 0.");
  if (limit !== undefined && !whole(limit, 0)) throw wrong(`A limit of ${limit} documents is none.`, "Give a whole number from 0.");
  if (shard !== undefined && !(whole(shard.of, 1) && whole(shard.index, 1) && shard.index <= shard.of)) {
    throw wrong(`There is no shard ${shard.index}/${shard.of}.`, "Give a part and the number of parts, such as 1/4 to 4/4.");
  }
}
