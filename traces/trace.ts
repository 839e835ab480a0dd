import { stat } from "node:fs/promises";
import { z } from "zod";
import { ToolwrightError } from "../errors.js";
import { noDigest, unseal } from "./chain.js";
import { changed, missing, moved, notATrace, torn, unlawful } from "./damage.js";
import type { ReplayedRun, ReplayRunsOptions } from "./drive.js";
import { readHeader } from "./header.js";
import { countLines, type Line, linesFrom, startOfLast } from "./lines.js";
import { loadPart } from "./parts.js";
import { part, type TraceHeader, type TraceRecord, traceRecord } from "./record.js";

/** A place in a trace's file from which its records can be read. */
interface Place {
  readonly offset: number;
  /** Of the record that starts there, and the digest before it; undefined: whatever stands there is believed. */
  readonly index?: number;
  readonly prev?: string;
}

/** A run as it begins in a trace. */
export interface TraceRun {
  readonly run: string;
  /** Its first record: the input `run`, whatever was recorded of it. */
  readonly first: TraceRecord;
  readonly place: Place;
}

/** What `Trace.verify` found in a trace that is whole. */
export interface Verification {
  readonly records: number;
  readonly runs: number;
  /** Runs without an end: still going on, stopped with their process, or cut off with the end of the file. */
  readonly unfinished: readonly string[];
}

/**
 * Opens a trace for reading, also while it is being written. Only its header is read.
 * @throws ToolwrightError `trace-not-found`, `not-a-trace`, `trace-newer`, `trace-changed`, `trace-missing`, `trace-torn`
 */
export async function openTrace(file: string): Promise<Trace> {
  let size: number;
  let line: Line | undefined;
  try {
    size = (await stat(file)).size;
    for await (const batch of linesFrom(file)) {
      line = batch[0];
      break;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return new Trace(file, size, readHeader(file, line));
}

function unreadable(file: string, error: unknown): ToolwrightError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EISDIR") return notATrace(file, "it is a folder");
  const why = code === "ENOENT" ? "There is no such file" : `It cannot be read: ${message}`;
  const remedy = "Give the path of a trace; `toolwright trace list` shows them.";
  return new ToolwrightError("trace-not-found", `${file}: ${why}.`, remedy, { cause: error, exitCode: 2 });
}

/** A recorded trace. Nothing is held open or in memory; every reading goes through the file and checks what it passes. */
export class Trace {
  readonly file: string;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  readonly header: TraceHeader;

  constructor(file: string, size: number, header: TraceHeader) {
    this.file = file;
    this.size = size;
    this.header = header;
  }

  /**
   * All records after the header, in the order in which they were written.
   * @throws ToolwrightError after the last record that is whole: `trace-changed`, `trace-missing`, `trace-moved` (exit code 3),
   * `trace-torn`, `trace-invalid`
   */
  async *records(): AsyncGenerator<TraceRecord> {
    for await (const { record } of this.#walk({ offset: 0, index: 0, prev: noDigest })) yield record;
  }

  /** The last `count` records (or all), read from the file's end. Checked among themselves, as `records` does. */
  async *tail(count: number): AsyncGenerator<TraceRecord> {
    if (count < 1) return;
    for await (const { record } of this.#walk({ offset: await startOfLast(this.file, count) })) yield record;
  }

  /** The runs, as they begin. */
  async *runs(): AsyncGenerator<TraceRun> {
    const going = new Set<string>();
    for await (const { record, offset } of this.#walk({ offset: 0, index: 0, prev: noDigest })) {
      const { run, kind, i, prev } = record;
      if (!going.has(run)) yield { run, first: record, place: { offset, index: i, prev } };
      if (kind === "end") going.delete(run);
      else going.add(run);
    }
  }

  /** The records of one run, with their data, to its `end` or the end of the trace. */
  async *run({ run, place }: TraceRun): AsyncGenerator<TraceRecord> {
    for await (const { record } of this.#walk(place)) {
      if (record.run !== run) continue;
      yield { ...record, data: await this.data(record) };
      if (record.kind === "end") return;
    }
  }

  /**
   * The data of a record, fetched from beside the trace where it is kept there.
   * @throws ToolwrightError `trace-part-missing`, `trace-part-changed`
   */
  async data({ i, data }: TraceRecord): Promise<unknown> {
    if (typeof data !== "object" || data === null || !("$part" in data)) return data;
    const { data: reference, error } = part.safeParse(data);
    if (reference === undefined) throw unlawful(this.file, i + 1, z.prettifyError(error));
    return loadPart(this.file, reference, i + 1);
  }

  /**
   * Drives the agent from the record and compares what it makes; needs neither model nor tools.
   * @throws ToolwrightError with exit code 3 at the first difference; see `replayTrace`
   */
  async replay(options: ReplayRunsOptions = {}): Promise<ReplayedRun[]> {
    const { replayRuns } = await import("./drive.js"); // Reading a trace loads no agent.
    return replayRuns(this, options);
  }

  /** Reads everything, parts too. Throws as `records` and `data` do. */
  async verify(): Promise<Verification> {
    const going = new Set<string>();
    let records = 0;
    let runs = 0;
    for await (const record of this.records()) {
      await this.data(record);
      records++;
      if (!going.has(record.run)) runs++;
      if (record.kind === "end") going.delete(record.run);
      else going.add(record.run);
    }
    return { records, runs, unfinished: [...going] };
  }

  async *#walk(from: Place): AsyncGenerator<{ readonly record: TraceRecord; readonly offset: number }> {
    let { index, prev } = from;
    for await (const batch of linesFrom(this.file, from.offset)) {
      for (const { bytes, offset, ended } of batch) {
        const sealed = unseal(bytes);
        if (sealed === undefined) {
          index ??= await countLines(this.file, offset);
          throw ended ? changed(this.file, index + 1) : torn(this.file, index + 1, bytes.length);
        }
        index ??= sealed.i;
        prev ??= sealed.prev;
        if (sealed.i !== index) throw await this.#misplaced(index, sealed.i, offset);
        if (sealed.prev !== prev) throw changed(this.file, index); // Whole in itself, but not what this one followed.
        if (index > 0) yield { record: this.#lawful(sealed), offset };
        index++;
        prev = sealed.digest;
      }
    }
  }

  #lawful(sealed: { readonly i: number }): TraceRecord {
    const { data, error } = traceRecord.safeParse(sealed);
    if (data === undefined) throw unlawful(this.file, sealed.i + 1, z.prettifyError(error));
    return data;
  }

  /** Record `found` stands where `index` should: one of them was moved, or records are missing. The rest of the file tells. */
  async #misplaced(index: number, found: number, offset: number): Promise<ToolwrightError> {
    if (found < index) return moved(this.file, index + 1, found);
    let line = index + 1;
    for await (const batch of linesFrom(this.file, offset)) {
      for (const { bytes } of batch) {
        if (unseal(bytes)?.i === index) return moved(this.file, line, index);
        line++;
      }
    }
    return missing(this.file, index + 1, index, found - 1);
  }
}
