import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { InputKind, Recorder, Tape } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { exists, unwritable } from "./damage.js";
import { errorOf, failureOf } from "./failure.js";
import { headerMembers, readHeader } from "./header.js";
import { Journal } from "./journal.js";
import { storePart } from "./parts.js";
import { largestData, type RecordKind, runEnd, runId, type TraceParent } from "./record.js";
import { type Redact, redactor } from "./redaction.js";
import { isChain } from "./summary.js";
import { openTrace } from "./trace.js";

export interface RecordOptions {
  /** Names of environment variables and of object keys to redact beside those that are named like secrets. */
  readonly redact?: readonly string[];
}

/** The tape of one run that is being recorded. */
export interface RecordingTape extends Tape {
  readonly run: string;
  /** The trace that the run is in. */
  readonly file: string;
}

/**
 * Records runs into one trace, a new one or one that grows. A line that an earlier writer was stopped in is removed first.
 * @param options.parent for a fork; the file must be new then
 * @throws ToolwrightError `trace-in-use`, `trace-unwritable`, `trace-exists`, `not-a-trace`, `trace-newer`, `trace-changed`
 */
export async function recordTo(file: string, options: RecordOptions & { readonly parent?: TraceParent } = {}): Promise<TraceRecorder> {
  const created = new Date();
  const header = headerMembers(created, options.parent);
  const redact = redactor(options.redact);
  if (options.parent !== undefined) {
    const journal = Journal.create(file, header);
    if (journal === undefined) throw exists(file);
    return new TraceRecorder(journal, created, redact);
  }
  let since = created;
  const { journal, last } = await Journal.open(file, header, (first) => {
    since = new Date(readHeader(file, first).created);
  });
  try {
    return new TraceRecorder(journal, since, redact, last && (await countsOf(file, last)));
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * Records each run into a trace of its own in a folder, which is made when the first run starts. Names begin with the date.
 */
export function recordIn(folder: string, options: RecordOptions = {}): FolderRecorder {
  return new FolderRecorder(folder, redactor(options.redact));
}

/** Counts to go on from. The last record has them, unless its writer was stopped during a run. */
async function countsOf(file: string, last: Readonly<Record<string, unknown>>): Promise<{ runs: number; calls: number }> {
  const end = last["kind"] === "end" ? runEnd.safeParse(last["data"]) : undefined;
  if (end?.data !== undefined) return end.data;
  const counts = { runs: 0, calls: 0 };
  const going = new Set<string>();
  for await (const { run, kind, data } of (await openTrace(file)).records()) {
    if (!going.has(run) && !isChain(data)) counts.runs++;
    going.add(run);
    if (kind === "end") going.delete(run);
    if (kind === "event" && isCall(data)) counts.calls++;
  }
  return counts;
}

const isCall = (event: unknown): boolean => (event as { type?: unknown } | null)?.type === "call";

/** One trace that runs are recorded into. Made by `recordTo`. */
export class TraceRecorder implements Recorder {
  readonly #journal: Journal;
  readonly #created: number;
  readonly #redact: Redact;
  readonly #counts: { runs: number; calls: number };
  readonly #going = new Set<string>();

  constructor(journal: Journal, created: Date, redact: Redact, counts = { runs: 0, calls: 0 }) {
    this.#journal = journal;
    this.#created = created.getTime();
    this.#redact = redact;
    this.#counts = counts;
  }

  get file(): string {
    return this.#journal.file;
  }

  /**
   * The tape of a new run. Runs may go on at the same time.
   * @param run its name, new in the trace: letters, digits, `_ . -`, at most 64. Default: a random one
   * @param options `part`: it is a chain of another run, and not counted as one
   */
  tape(run = newRunId(), { part = false } = {}): RecordingTape {
    checkRunId(run);
    if (this.#going.has(run))
      throw new ToolwrightError("run-exists", `${this.file}: run ${run} is going on.`, "Give each run its own name.");
    if (!part) this.#counts.runs++;
    return this.#tape(run);
  }

  #tape(run: string): RecordingTape {
    this.#going.add(run);
    return {
      run,
      file: this.file,
      input: (kind, take) => this.#input(run, kind, take),
      made: (kind, value) => {
        if (kind === "event" && isCall(value)) this.#counts.calls++;
        this.#write(run, kind, value);
      },
      branch: (index) => {
        checkRunId(`${run}.${index}`);
        return this.#tape(`${run}.${index}`);
      },
      end: async () => {
        this.#going.delete(run);
        this.#write(run, "end", this.#counts);
        this.#journal.sync();
      },
    };
  }

  async #input<T>(run: string, kind: InputKind, take: () => T | Promise<T>): Promise<T> {
    let value: T;
    try {
      value = this.#redact(await take());
    } catch (thrown) {
      throw this.#fail(run, kind, thrown);
    }
    this.#write(run, kind, value);
    return value;
  }

  /** Records an input that ended with an error, and gives the error as the loop may see it. */
  #fail(run: string, kind: InputKind, thrown: unknown): unknown {
    const failure = failureOf(thrown);
    const clean = this.#redact(failure);
    this.#write(run, kind, clean, ',"failed":true');
    return clean === failure ? thrown : errorOf(clean);
  }

  #write(run: string, kind: RecordKind, data: unknown, further = ""): void {
    const t = Math.max(0, Date.now() - this.#created);
    this.#journal.append(`"t":${t},"run":"${run}","kind":"${kind}","data":${this.#json(data)}${further}`);
  }

  #json(data: unknown): string {
    const json = JSON.stringify(data) ?? "null";
    const large = json.length * 3 > largestData && Buffer.byteLength(json) > largestData;
    const mistakable = json.startsWith("{") && Object.hasOwn(data as object, "$part"); // Would be read as a reference to a part.
    if (!large && !mistakable) return json;
    try {
      return JSON.stringify(storePart(this.file, json));
    } catch (error) {
      throw unwritable(this.file, error);
    }
  }

  /** To be called when all runs have ended: frees the file for other writers and waits until it is on the disk. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A folder that gets a trace a run. Made by `recordIn`. */
export class FolderRecorder implements Recorder {
  readonly folder: string;
  readonly #redact: Redact;
  readonly #closing = new Set<Promise<void>>();
  #failure: unknown;

  constructor(folder: string, redact: Redact) {
    this.folder = folder;
    this.#redact = redact;
  }

  /** The tape of a new run, in a new trace; `run` as in `TraceRecorder.tape`. */
  tape(run = newRunId()): RecordingTape {
    checkRunId(run);
    if (this.#failure !== undefined) throw this.#failure;
    const created = new Date();
    const file = join(this.folder, `${created.toISOString().slice(0, 19).replace(/\D/g, "-")}-${run}.jsonl`);
    const journal = this.#create(file, created);
    const recorder = new TraceRecorder(journal, created, this.#redact);
    const tape = recorder.tape(run);
    return {
      ...tape,
      end: async () => {
        try {
          await tape.end();
        } finally {
          this.#close(recorder);
        }
      },
    };
  }

  #create(file: string, created: Date): Journal {
    const journal = Journal.create(file, headerMembers(created));
    if (journal === undefined) throw exists(file);
    return journal;
  }

  /** Does not wait: the next run need not wait for the disk. */
  #close(recorder: TraceRecorder): void {
    const closing: Promise<void> = recorder
      .close()
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** Waits until the runs that have ended are on the disk. */
  async close(): Promise<void> {
    await Promise.all(this.#closing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const newRunId = (): string => randomBytes(6).toString("hex");

function checkRunId(run: string): void {
  const { success } = runId.safeParse(run);
  if (success) return;
  throw new ToolwrightError("bad-run-name", `"${run}" cannot name a run.`, "Use letters, digits, _ . and -, at most 64.", { exitCode: 2 });
}
