// The folder of a dataset: an append-only journal while it is made, from which everything else is written.
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ToolwrightError } from "../errors.js";
import { Journal, type JournalLine, readJournal } from "../traces/index.js";
import type { Candidate, Figures, Lesson, Parameters, SetAside } from "./record.js";

export const format = 1;

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
   * Starts a dataset, or goes on with one. Holds a lock until it is closed.
   * @throws ToolwrightError `output-exists` (without `resume`), `parameters-differ`, `dataset-newer`, `not-a-dataset`, `trace-in-use`,
   *   `trace-changed`, `trace-unwritable`
   */
  static async open(folder: string, parameters: Parameters, options: { readonly resume: boolean }): Promise<TeachingStore> {
    const file = journalOf(folder);
    if (existsSync(file)) {
      if (!options.resume) {
        throw new ToolwrightError(
          "output-exists",
          `${folder} has a dataset already.`,
          "Go on with it by --resume, or name another folder with --out.",
          { exitCode: 2 },
        );
      }
      compatible(folder, await headerOf(folder), parameters);
    }
    await mkdir(folder, { recursive: true }).catch((cause: Error) => {
      throw new ToolwrightError("trace-unwritable", `${folder} cannot be made: ${cause.message}`, "Choose a place that you may write to.", {
        cause,
      });
    });
    const { journal } = await Journal.open(file, `"kind":"teach","parameters":${JSON.stringify(parameters)}`, () => {});
    return new TeachingStore(folder, journal);
  }

  /** Puts a passage, or what was set aside, into the journal. It counts from its last line on: half of one never does. */
  append(entry: Entry): void {
    if (entry.kind !== "passage") {
      this.#journal.append(membersOf(entry));
      return;
    }
    const { candidates, ...rest } = entry;
    const lines = [...candidates.map((candidate) => membersOf({ kind: "candidate", ...candidate })), membersOf(rest)];
    const longest = Math.max(...lines.map((line) => Buffer.byteLength(line)));
    if (longest > LONGEST) {
      throw new ToolwrightError(
        "passage-too-long",
        `${entry.lesson.source}: a record of ${longest} bytes does not fit the journal, which takes ${LONGEST}.`,
        "Ask for a smaller --window, or leave out `meta`.",
      );
    }
    for (const line of lines) this.#journal.append(line);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

function membersOf(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}

function journalOf(folder: string): string {
  return join(folder, "journal.jsonl");
}

/** @throws ToolwrightError `not-a-dataset`, `dataset-newer` */
export async function headerOf(folder: string): Promise<Parameters> {
  const file = journalOf(folder);
  const no = (why: string) =>
    new ToolwrightError("not-a-dataset", `${folder} ${why}.`, "Name a folder that `toolwright teach --out` wrote.", { exitCode: 2 });
  if (!existsSync(file)) throw no("has no journal.jsonl");
  for await (const line of readJournal(file, { torn: "leave" })) {
    if (line["kind"] !== "teach") throw no("holds a journal of something else");
    const parameters = line["parameters"] as Parameters;
    if (parameters.format !== format) {
      throw new ToolwrightError(
        "dataset-newer",
        `${folder} was made in format ${String(parameters.format)}; this toolwright writes and reads format ${format}.`,
        "Use the toolwright that made it, or teach anew into another folder.",
        { exitCode: 2 },
      );
    }
    return parameters;
  }
  throw no("has a journal without a first line");
}

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

/** Settings that may differ between the start of a run and its resumption: none of them decides what a passage gives. */
function compatible(folder: string, before: Parameters, now: Parameters): void {
  const flat = (value: unknown, path = ""): [string, string][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, member]) => flat(member, path === "" ? name : `${path}.${name}`))
      : value === undefined
        ? []
        : [[path, String(value)]];
  const [was, is] = [new Map(flat(before)), new Map(flat(now))];
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  if (differing.length === 0) return;
  const list = differing.map((name) => `${name}: ${was.get(name) ?? "not set"}, now ${is.get(name) ?? "not set"}`).join("; ");
  throw new ToolwrightError(
    "parameters-differ",
    `${folder} was begun with other parameters (${list}).`,
    "Resume with the same ones, or teach into another folder.",
    { exitCode: 2 },
  );
}

/** Writes a file whole or not at all. */
export async function writeWhole(file: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(partial));
    await rename(partial, file);
  } catch (cause) {
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new ToolwrightError(
      "trace-unwritable",
      `${file} cannot be written: ${cause.message}`,
      "Make room, or choose another place; then --resume.",
      { cause },
    );
  }
}
