// The folder of a dataset: an append-only journal while it is made, from which everything else is written.
import { createWriteStream, existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ToolwrightError } from "../errors.js";
import { firstLine, refuseDifferent } from "../parameters.js";
import { Journal, type JournalLine, readJournal } from "../traces/index.js";
import type { Candidate, Figures, Lesson, Parameters, SetAside } from "./record.js";

export const format = 1;

/** What is written of a journal, into the same folder. */
export const outputNames = {
  dataset: "dataset.jsonl",
  candidates: "candidates.jsonl",
  report: "report.json",
  page: "report.html",
  card: "README.md",
} as const;

/** Longest text of a journal's line, in bytes; the journal allows 128 KiB. */
const LONGEST = 120 * 1024;

/** What one passage came to: the unit that is done or not done. */
export interface PassageEntry {
  readonly document: number;
  readonly part: number;
  readonly lesson: Lesson;
  readonly figures: { readonly [tool: string]: Figures };
  readonly candidates: readonly Candidate[];
}

export type Entry =
  | ({ readonly kind: "passage" } & PassageEntry)
  | ({ readonly kind: "set-aside"; readonly part: number } & SetAside)
  /** The corpus came to its end, or to the limit of documents. */
  | { readonly kind: "end"; readonly documents: number };

/** A dataset in the making. */
export class TeachingStore {
  readonly folder: string;
  readonly #journal: Journal;

  private constructor(folder: string, journal: Journal) {
    this.folder = folder;
    this.#journal = journal;
  }

  /**
   * Starts a dataset, or goes on with one. Holds a lock until it is closed. What is refused is as it was.
   * @throws ToolwrightError `output-exists` (without `resume`, or files that are no part of a dataset), `parameters-differ`,
   *   `dataset-newer`, `not-a-dataset`, `trace-in-use`, `trace-changed`, `trace-unwritable`
   */
  static async open(folder: string, parameters: Parameters, options: { readonly resume: boolean }): Promise<TeachingStore> {
    const file = journalOf(folder);
    const other = existsSync(file) ? undefined : Object.values(outputNames).find((name) => existsSync(join(folder, name)));
    if (other !== undefined) throw taken(`${join(folder, other)} is there already, and the dataset has a file of that name.`);
    const { journal } = await Journal.open(file, `"kind":"teach","parameters":${JSON.stringify(parameters)}`, ({ bytes }) => {
      if (!options.resume) throw taken(`${folder} has a dataset already.`);
      refuseDifferent(folder, parametersIn(folder, firstLine(bytes)), parameters, { remedy: "teach into another folder" });
    });
    return new TeachingStore(folder, journal);
  }

  /**
   * Puts a passage, or what was set aside, into the journal. It counts from its last line on: half of one never does.
   * @throws ToolwrightError `passage-too-long` (nothing is written then), `trace-unwritable`
   */
  append(entry: Entry): void {
    const lines = linesOf(entry);
    const longest = Math.max(...lines.map((line) => Buffer.byteLength(line)));
    if (longest > LONGEST) {
      throw new ToolwrightError(
        "passage-too-long",
        `A record of ${longest} bytes does not fit the journal, which takes ${LONGEST}.`,
        "Ask for a smaller --window, or leave out `meta`.",
      );
    }
    try {
      for (const line of lines) this.#journal.append(line);
    } catch (error) {
      throw resumable(error);
    }
  }

  async close(): Promise<void> {
    try {
      await this.#journal.close();
    } catch (error) {
      throw resumable(error);
    }
  }
}

/** A passage's candidates each on a line, then the passage. */
function linesOf(entry: Entry): string[] {
  if (entry.kind !== "passage") return [membersOf(entry)];
  const { candidates, ...rest } = entry;
  return [...candidates.map((candidate) => membersOf({ kind: "candidate", ...candidate })), membersOf(rest)];
}

function membersOf(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}

function journalOf(folder: string): string {
  return join(folder, "journal.jsonl");
}

/** @throws ToolwrightError `not-a-dataset`, `dataset-newer`, `trace-changed` */
export async function headerOf(folder: string): Promise<Parameters> {
  const file = journalOf(folder);
  if (!existsSync(file)) throw notADataset(folder, "has no journal.jsonl");
  for await (const line of readJournal(file, { torn: "leave" })) return parametersIn(folder, line);
  throw notADataset(folder, "has a journal without a first line");
}

function parametersIn(folder: string, first: Record<string, unknown>): Parameters {
  const { kind, parameters } = first;
  if (kind !== "teach" || typeof parameters !== "object" || parameters === null)
    throw notADataset(folder, "holds a journal of something else");
  const known = parameters as Parameters;
  if (known.format === format) return known;
  throw new ToolwrightError(
    "dataset-newer",
    `${folder} was made in format ${String(known.format)}; this toolwright writes and reads format ${format}.`,
    "Use the toolwright that made it, or teach anew into another folder.",
    { exitCode: 2 },
  );
}

function notADataset(folder: string, why: string): ToolwrightError {
  return new ToolwrightError("not-a-dataset", `${folder} ${why}.`, "Name a folder that `toolwright teach --out` wrote.", { exitCode: 2 });
}

function taken(message: string): ToolwrightError {
  return new ToolwrightError("output-exists", message, "Name another folder with --out, or go on with a dataset by --resume.", {
    exitCode: 2,
  });
}

/** A failure to write, with what to do about it here. */
function resumable(error: unknown): unknown {
  if (!(error instanceof ToolwrightError) || error.code !== "trace-unwritable") return error;
  return new ToolwrightError(error.code, error.message, ROOM, { cause: error.cause });
}

const ROOM = "Nothing that was done is lost. Make room, then go on with --resume.";

/** What is done, in the order of the corpus. Lines after the last whole entry do not count. */
export async function* entriesOf(folder: string): AsyncGenerator<Entry> {
  let candidates: Candidate[] = [];
  for await (const line of readJournal(journalOf(folder), { torn: "leave" })) {
    const { i: _index, prev: _prev, digest: _digest, kind, ...rest } = line as JournalLine & { kind: string };
    if (kind === "candidate") candidates.push(rest as unknown as Candidate);
    else if (kind === "passage") {
      const entry = { kind, ...rest, candidates } as unknown as Extract<Entry, { kind: "passage" }>;
      // A writer that was stopped in the middle of this passage left some of its candidates; the next one wrote them all again.
      const own = entry.candidates.slice(-total(entry));
      yield { ...entry, candidates: total(entry) === 0 ? [] : own };
      candidates = [];
    } else if (kind === "set-aside" || kind === "end") {
      candidates = [];
      yield { kind, ...rest } as unknown as Entry;
    }
  }
}

function total({ figures }: PassageEntry): number {
  return Object.values(figures).reduce((sum, { candidates }) => sum + candidates, 0);
}

/** Writes a file whole or not at all. */
export async function writeWhole(file: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const partial = `${file}.${process.pid}.partial`; // Two that write the same at once do not meet in it.
  try {
    await pipeline(Readable.from(pieces), createWriteStream(partial));
    await rename(partial, file);
  } catch (cause) {
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new ToolwrightError("trace-unwritable", `${file} cannot be written: ${cause.message}`, ROOM, { cause });
  }
}
