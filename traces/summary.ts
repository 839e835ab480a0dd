import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, ToolwrightError } from "../errors.js";
import { event, runInput } from "./contents.js";
import { runEnd, type TraceParent } from "./record.js";
import { openTrace, type Trace } from "./trace.js";

/** What a list of traces shows of one, from its first and last records. */
export interface TraceSummary {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly created: Date;
  readonly parent?: TraceParent;
  /** The first question. */
  readonly question?: string;
  readonly model?: string;
  /** Runs and their calls; undefined when the trace does not end with the end of a run and is too long to tell from its last records. */
  readonly runs?: number;
  readonly calls?: number;
  /** The last answer. */
  readonly answer?: string;
  /** Whether the last run has ended. */
  readonly ended: boolean;
}

/** A file in a folder of traces that is not a whole trace. */
export interface DamagedTrace {
  readonly file: string;
  readonly problem: ToolwrightError;
}

/** Records read from the end: enough for a run's last events, of which the answer is one. */
const tailLength = 64;

/**
 * The traces of a folder (`.jsonl`, not in folders below it), the newest first; damaged ones come last.
 * @throws ToolwrightError `trace-folder` when the folder cannot be read; one that does not exist has no traces
 */
export async function listTraces(folder: string): Promise<(TraceSummary | DamagedTrace)[]> {
  const traces: TraceSummary[] = [];
  const damaged: DamagedTrace[] = [];
  for (const name of await namesIn(folder)) {
    const file = join(folder, name);
    try {
      traces.push(await summarise(await openTrace(file)));
    } catch (error) {
      if (!(error instanceof ToolwrightError)) throw error;
      damaged.push({ file, problem: error });
    }
  }
  return [...traces.sort((a, b) => b.created.getTime() - a.created.getTime()), ...damaged];
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    const message = `The folder of traces ${folder} cannot be read: ${(error as Error).message}`;
    throw new ToolwrightError("trace-folder", message, "Give a folder that you may read.", { cause: error, exitCode: 2 });
  }
}

/** Reads the head and the tail of a trace. A torn last line is no obstacle: the trace has not ended then. */
export async function summarise(trace: Trace): Promise<TraceSummary> {
  const { file, size, header } = trace;
  const summary = { file, size, created: new Date(header.created), parent: header.parent };
  return { ...summary, ...(await readHead(trace)), ...(await readTail(trace)) };
}

async function readHead(trace: Trace): Promise<Pick<TraceSummary, "question" | "model">> {
  for await (const record of unlessTorn(trace.records())) {
    const { data } = runInput.safeParse(record.kind === "run" ? await trace.data(record) : undefined);
    return { question: data?.question, model: data?.model.name };
  }
  return {};
}

async function readTail(trace: Trace): Promise<Pick<TraceSummary, "runs" | "calls" | "answer" | "ended">> {
  let counts: { runs: number; calls: number } | undefined;
  let answer: string | undefined;
  let ended = false;
  for await (const record of unlessTorn(trace.tail(tailLength))) {
    if (record.i === 1) counts = { runs: 0, calls: 0 };
    ended = record.kind === "end";
    if (record.kind === "end") counts = runEnd.safeParse(record.data).data;
    else if (record.kind === "run" && counts !== undefined) counts.runs += isChain(record.data) ? 0 : 1;
    else if (record.kind === "event") {
      const { data } = event.safeParse(await trace.data(record));
      if (data?.type === "answer") answer = data.text;
      if (data?.type === "call" && counts !== undefined) counts.calls++;
    }
  }
  return { ...counts, answer, ended };
}

/** Whether a run is a part of another one. */
export function isChain(input: unknown): boolean {
  return typeof (input as { chain?: unknown } | null)?.chain === "number";
}

async function* unlessTorn<T>(records: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* records;
  } catch (error) {
    if (!(error instanceof ToolwrightError) || error.code !== "trace-torn") throw error;
  }
}
