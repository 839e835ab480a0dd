// Datasets made of datasets, without the model: judged anew with another τf, or put together from shards.
import { ToolwrightError } from "../errors.js";
import { noFigures } from "./figures.js";
import { verdictOf } from "./filter.js";
import { lessonOf } from "./merge.js";
import type { Candidate, Figures, Parameters } from "./record.js";
import { type Entry, entriesOf, headerOf, type PassageEntry, TeachingStore } from "./store.js";

/** A dataset that stands for others. */
export interface Redone {
  readonly parameters: Parameters;
  /** Can be read many times. */
  entries(): AsyncIterable<Entry>;
  /**
   * Makes it a dataset of its own: a journal in a new folder.
   * @throws ToolwrightError `output-exists`, `trace-unwritable`
   */
  save(folder: string): Promise<void>;
}

export interface Refiltered extends Redone {
  /** Candidates that a lower τf might keep, but that were given up before they were weighed in full. */
  undecided(): Promise<number>;
}

/**
 * The dataset of a folder with another τf for all of its tools.
 * @throws ToolwrightError `not-a-dataset`, `dataset-newer`, `trace-changed`
 */
export async function refilter(folder: string, tauF: number): Promise<Refiltered> {
  const before = await headerOf(folder);
  const parameters: Parameters = { ...before, tools: before.tools.map((tool) => ({ ...tool, tauF })) };
  const tools = parameters.tools.map(({ name }) => name);
  async function* entries(): AsyncGenerator<Entry> {
    for await (const entry of entriesOf(folder)) yield entry.kind === "passage" ? refiltered(entry, tools, tauF) : entry;
  }
  return {
    ...redone(parameters, entries),
    async undecided() {
      let count = 0;
      for await (const entry of entriesOf(folder)) {
        if (entry.kind === "passage") count += entry.candidates.filter((candidate) => isUndecided(candidate, tauF)).length;
      }
      return count;
    },
  };
}

function redone(parameters: Parameters, entries: () => AsyncIterable<Entry>): Redone {
  return {
    parameters,
    entries,
    async save(folder) {
      const store = await TeachingStore.open(folder, parameters, { resume: false });
      try {
        for await (const entry of entries()) store.append(entry);
      } finally {
        await store.close();
      }
    },
  };
}

function isUndecided({ verdict, bound, margin, losses }: Candidate, tauF: number): boolean {
  if (verdict === "hopeless") return bound !== undefined && bound >= tauF;
  return losses !== undefined && losses.call === undefined && margin !== undefined && margin >= tauF;
}

function refiltered(entry: PassageEntry, tools: readonly string[], tauF: number): Entry {
  const { lesson } = entry;
  const candidates = entry.candidates.map((candidate): Candidate => {
    const { losses, margin } = candidate;
    if (losses === undefined || margin === undefined || candidate.verdict === "unrelated") return candidate;
    return { ...candidate, verdict: verdictOf(margin, losses.call !== undefined, tauF) };
  });
  const kept = candidates.filter(({ verdict }) => verdict === "kept");
  const passage = { ...lesson, before: "" };
  const again = lessonOf(passage, kept, { tools, now: lesson.date });
  const figures: Record<string, Figures> = {};
  for (const [name, sums] of Object.entries({ ...Object.fromEntries(tools.map((tool) => [tool, noFigures()])), ...entry.figures })) {
    figures[name] = {
      ...sums,
      kept: kept.filter(({ tool }) => tool === name).length,
      calls: again.calls.filter(({ tool }) => tool === name).length,
    };
  }
  return { kind: "passage", document: entry.document, part: entry.part, lesson: again, candidates, figures };
}

/**
 * One dataset of several: in the order of the corpus, as one process would have made it.
 * @throws ToolwrightError `parameters-differ` (they are not shards of one run, or not of the same documents), `shard-missing`,
 *   `shard-twice`, `shard-unfinished`
 */
export async function mergeShards(folders: readonly string[]): Promise<Redone> {
  const headers = await Promise.all(folders.map(headerOf));
  const bare = ({ shard: _shard, ...parameters }: Parameters) => parameters;
  const first = bare(headers[0]!);
  const of = headers[0]!.shard?.of ?? 1;
  headers.forEach((header, index) => {
    if (JSON.stringify(bare(header)) !== JSON.stringify(first) || (header.shard?.of ?? 1) !== of) {
      throw refused("parameters-differ", `${folders[index]} was not made as ${folders[0]} was.`, "Merge the shards of one run only.");
    }
  });
  const seen = headers.map(({ shard }) => shard?.index ?? 1);
  for (let index = 1; index <= of; index++) {
    if (!seen.includes(index)) throw refused("shard-missing", `Shard ${index} of ${of} is not among the folders.`, "Name all shards.");
  }
  const twice = seen.find((index, at) => seen.indexOf(index) !== at);
  if (twice !== undefined) throw refused("shard-twice", `Shard ${twice} of ${of} is there twice.`, "Name each shard once.");
  const ends = await Promise.all(folders.map(endOf));
  const documents = Math.max(...ends);
  ends.forEach((end, at) => {
    const index = seen[at]!;
    const expected = documents < index ? 0 : documents - ((documents - index) % of);
    if (end !== expected) {
      const message = `${folders[at]} ends at document ${end}, of a corpus that others read up to document ${documents}.`;
      throw refused("parameters-differ", message, "Go on with it by --resume and the same corpus and --limit as the others.");
    }
  });
  return redone(first, () => inOrder(folders.map(entriesOf)));
}

/** Up to which document a shard goes, its last one included. */
async function endOf(folder: string): Promise<number> {
  let last: Entry | undefined;
  for await (const entry of entriesOf(folder)) last = entry;
  if (last?.kind === "end") return last.documents;
  throw refused("shard-unfinished", `${folder} is not finished.`, "Finish it with --resume first.");
}

function refused(code: string, message: string, remedy: string): ToolwrightError {
  return new ToolwrightError(code, message, remedy, { exitCode: 2 });
}

/** Entries of all, by document and part; the ends are one. */
async function* inOrder(sources: readonly AsyncGenerator<Entry>[]): AsyncGenerator<Entry> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
  let documents = 0;
  for (;;) {
    let lowest: (typeof heads)[number] | undefined;
    for (const head of heads) {
      while (!head.next.done && head.next.value.kind === "end") {
        documents = Math.max(documents, head.next.value.documents);
        head.next = await head.source.next();
      }
      if (head.next.done) continue;
      if (lowest === undefined || before(head.next.value, lowest.next.value as Entry)) lowest = head;
    }
    if (lowest === undefined) break;
    yield lowest.next.value as Entry;
    lowest.next = await lowest.source.next();
  }
  yield { kind: "end", documents };
}

function before(one: Entry, other: Entry): boolean {
  if (one.kind === "end" || other.kind === "end") return one.kind !== "end";
  return one.document === other.document ? one.part < other.part : one.document < other.document;
}
