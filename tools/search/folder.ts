import { open } from "node:fs/promises";
import { join } from "node:path";
import type MiniSearch from "minisearch";
import type { SearchResult as Hit, Options, Query } from "minisearch";
import { messageOf, ToolwrightError } from "../../errors.js";
import { digestOf, type FileEntry, loadIndex, saveIndex } from "./index-store.js";
import { type Passage, passageId, passagesOf, sourceOf } from "./passages.js";
import { readDocuments } from "./readers.js";
import type { OpenedSource } from "./result.js";
import { type FileState, type Skipped, scanFolder } from "./scan.js";
import { queryWords, stem, words } from "./words.js";

/** What an index holds, and what the last look at the folder did. */
export interface IndexReport {
  readonly files: number;
  readonly passages: number;
  /** Files that were new or changed and were read. */
  readonly read: number;
  /** Not indexed, or only in part. */
  readonly skipped: readonly Skipped[];
}

/** A passage that matches a query. */
export interface PassageHit {
  readonly passage: Passage;
  readonly score: number;
  /** The share of the query's words that it has, 0 to 1. */
  readonly coverage: number;
}

const MIB = 1024 * 1024;
/** Bytes of one file that are read; the rest is reported. */
const MOST_OF_A_FILE = 4 * MIB;
/** Bytes of all files together. Beyond this a server is the right place; see `IndexReport.skipped`. */
const MOST_OF_A_FOLDER = 64 * MIB;
/** A file changed less than this many milliseconds before it was read is read again: file times are coarse. */
const SETTLED = 2000;

const INDEX_OPTIONS: Options<Passage> = {
  fields: ["title", "text"],
  storeFields: ["title", "text", "url"],
  tokenize: words,
  processTerm: stem,
  searchOptions: { tokenize: queryWords, boost: { title: 1.5 }, prefix: (term) => term.length >= 4 },
};

/** A folder of documents with its index (BM25+), which follows the files: each use looks for changes first. */
export class Folder {
  private readonly path: string;
  private readonly file: string | undefined;
  private readonly note: (note: string) => void;
  private readonly noted = new Set<string>();
  private index: MiniSearch<Passage> | undefined;
  private entries = new Map<string, FileEntry>();
  private current: Promise<IndexReport> = Promise.resolve({ files: 0, passages: 0, read: 0, skipped: [] });
  private next: Promise<IndexReport> | undefined;
  private saving: Promise<void> | undefined;
  private unsaved = false;

  /**
   * @param path its real path
   * @param cache the folder in which the index is kept; undefined: in memory only
   * @param note is told, once each, what could not be read or kept
   */
  constructor(path: string, cache: string | undefined, note: (note: string) => void) {
    this.path = path;
    this.file = cache === undefined ? undefined : join(cache, `${digestOf(path).slice(0, 16)}.index`);
    this.note = note;
  }

  /** Brings the index up to date. Uses that wait at the same time share one look at the folder that begins after all of them. */
  refresh(): Promise<IndexReport> {
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.current = this.update();
        return this.current;
      });
    return this.next;
  }

  /**
   * The passages that match, best first. With `within`, passages must have words of both.
   * @throws ToolwrightError `folder-unreadable`
   */
  async find(query: string, limit: number, within?: string): Promise<PassageHit[]> {
    await this.refresh();
    const index = await this.openIndex();
    const asked: Query = within === undefined ? query : { combineWith: "AND", queries: [within, query] };
    const exact = index.search(asked);
    // A mistyped word is looked for by likeness only where nothing has it as it is.
    const hits = exact.length > 0 ? exact : index.search(asked, { fuzzy: 0.2, maxFuzzy: 2 });
    const wanted = new Set(queryWords(`${within ?? ""} ${query}`).map(stem));
    return hits
      .map((hit) => this.hit(hit, wanted.size))
      .sort((a, b) => b.score - a.score || (a.passage.id < b.passage.id ? -1 : 1))
      .slice(0, limit);
  }

  /** Opens a passage by its id, or a whole file by its path; undefined where there is none. */
  async open(id: string): Promise<OpenedSource | undefined> {
    await this.refresh();
    const index = await this.openIndex();
    const passage = this.passage(id, index);
    if (passage !== undefined) return { source: sourceOf(passage), text: passage.text };
    const path = id.replace(/^\.\//, "");
    const entry = this.entries.get(path);
    if (entry === undefined) return undefined;
    const passages = Array.from({ length: entry.passages }, (_, at) => this.passage(passageId(path, at + 1), index));
    return { source: { id, title: path }, text: passages.map((each) => each?.text ?? "").join("\n\n") };
  }

  /** Waits until the index is kept. */
  async close(): Promise<void> {
    await this.next?.catch(() => undefined);
    await this.current.catch(() => undefined);
    await this.saving;
  }

  private hit({ id, score, queryTerms, ...stored }: Hit, wanted: number): PassageHit {
    const { title, text, url } = stored as unknown as Omit<Passage, "id">;
    // Sums of floats differ in their last digits with the order in which files came: rounded, ties are ties.
    return { passage: { id, title, text, url }, score: Number(score.toFixed(4)), coverage: new Set(queryTerms).size / Math.max(1, wanted) };
  }

  private passage(id: string, index: MiniSearch<Passage>): Passage | undefined {
    const stored = index.getStoredFields(id);
    return stored === undefined ? undefined : ({ id, ...stored } as unknown as Passage);
  }

  private async openIndex(): Promise<MiniSearch<Passage>> {
    if (this.index !== undefined) return this.index;
    const { default: Index } = await import("minisearch");
    const { index: stored, problem } = this.file === undefined ? {} : await loadIndex(this.file, this.path);
    try {
      this.index = stored === undefined ? new Index(INDEX_OPTIONS) : await Index.loadJSAsync(stored.words, INDEX_OPTIONS);
      this.entries = new Map(stored?.files.map((entry) => [entry.path, entry]));
      if (problem !== undefined) this.say(`The search index of ${this.path} (${this.file}) ${problem}; the folder is read anew.`);
    } catch (failure) {
      this.say(`The search index of ${this.path} (${this.file}) cannot be used (${messageOf(failure)}); the folder is read anew.`);
      this.index = new Index(INDEX_OPTIONS);
    }
    return this.index;
  }

  private async update(): Promise<IndexReport> {
    const index = await this.openIndex();
    const { files, skipped } = await scanFolder(this.path).catch((cause: unknown) => {
      throw new ToolwrightError(
        "folder-unreadable",
        `The folder ${this.path} cannot be read: ${messageOf(cause)}`,
        "Check that it exists and may be read.",
        { cause },
      );
    });
    const problems = [...skipped];
    const present = new Set<string>();
    let read = 0;
    let room = MOST_OF_A_FOLDER;
    for (const file of files) {
      room -= Math.min(file.size, MOST_OF_A_FILE);
      if (room < 0) {
        problems.push({
          path: file.path,
          reason: `the folder has more than ${MOST_OF_A_FOLDER / MIB} MiB of text; this file and those after it are not indexed`,
        });
        break;
      }
      const known = this.entries.get(file.path);
      if (known !== undefined && !known.fresh && known.size === file.size && known.modified === file.modified) {
        present.add(file.path);
        if (known.problem !== undefined) problems.push({ path: file.path, reason: known.problem });
        continue;
      }
      const entry = await this.take(file, known, index).catch((failure: unknown) => {
        problems.push({ path: file.path, reason: `cannot be read (${messageOf(failure)})` });
        return undefined;
      });
      if (entry === undefined) continue;
      present.add(file.path);
      if (entry.digest !== known?.digest) read += 1;
      if (entry.problem !== undefined) problems.push({ path: file.path, reason: entry.problem });
    }
    for (const [path, entry] of this.entries) {
      if (present.has(path)) continue;
      this.forget(entry, index);
      this.unsaved = true;
    }
    if (this.unsaved) this.save(index);
    for (const { path, reason } of problems) this.say(`${join(this.path, path)}: ${reason}.`);
    return { files: this.entries.size, passages: index.documentCount, read, skipped: problems };
  }

  /** Reads a file that is new or may have changed, and replaces its passages if it has. */
  private async take(file: FileState, known: FileEntry | undefined, index: MiniSearch<Passage>): Promise<FileEntry> {
    const fresh = Date.now() - file.modified < SETTLED;
    const bytes = await readStart(join(this.path, file.path));
    const digest = digestOf(bytes);
    if (known?.digest === digest) {
      const entry = { ...known, size: file.size, modified: file.modified, fresh };
      if (known.size !== file.size || known.modified !== file.modified || known.fresh !== fresh) this.unsaved = true;
      this.entries.set(file.path, entry);
      return entry;
    }
    const reading = await readDocuments(file.path, bytes);
    const passages = reading === undefined ? [] : passagesOf(file.path, reading.documents);
    const reasons = reading === undefined ? ["not text"] : [...reading.problems];
    if (file.size > MOST_OF_A_FILE && reading !== undefined) reasons.push(`only its first ${MOST_OF_A_FILE / MIB} MiB are indexed`);
    if (known !== undefined) this.forget(known, index);
    await index.addAllAsync(passages, { chunkSize: 50 });
    const entry: FileEntry = {
      path: file.path,
      size: file.size,
      modified: file.modified,
      digest,
      passages: passages.length,
      fresh,
      ...(reasons.length === 0 ? {} : { problem: reasons.join("; ") }),
    };
    this.entries.set(file.path, entry);
    this.unsaved = true;
    return entry;
  }

  private forget(entry: FileEntry, index: MiniSearch<Passage>): void {
    for (let number = 1; number <= entry.passages; number += 1) {
      // `remove`, not `discard`, which would leave the words behind and give the same folder other scores.
      const passage = this.passage(passageId(entry.path, number), index);
      if (passage !== undefined) index.remove(passage);
    }
    this.entries.delete(entry.path);
  }

  /** In the background: an answer does not wait for the disk. */
  private save(index: MiniSearch<Passage>): void {
    const { file } = this;
    if (file === undefined || this.saving !== undefined) return;
    this.saving = (async () => {
      try {
        while (this.unsaved) {
          // Between two looks at the folder: never a file that is half indexed.
          await this.current.catch(() => undefined);
          this.unsaved = false;
          await saveIndex(file, this.path, { files: [...this.entries.values()], words: index.toJSON() });
        }
      } catch (failure) {
        this.say(`The search index of ${this.path} cannot be kept in ${file} (${messageOf(failure)}); it is made anew by each process.`);
      } finally {
        this.saving = undefined;
      }
    })();
  }

  private say(note: string): void {
    if (this.noted.has(note)) return;
    this.noted.add(note);
    this.note(note);
  }
}

/** The first `MOST_OF_A_FILE` bytes, to the end of a line where there is more. */
async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size <= MOST_OF_A_FILE) return await file.readFile();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_OF_A_FILE), 0, MOST_OF_A_FILE, 0);
    const end = buffer.lastIndexOf(10, bytesRead - 1);
    return buffer.subarray(0, end > 0 ? end : bytesRead);
  } finally {
    await file.close();
  }
}
