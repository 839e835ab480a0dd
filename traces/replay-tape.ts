import { type InputKind, liveTape, type MadeKind, type Tape } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { firstDifference, pathText, shorten, shortenApart } from "./comparison.js";
import { errorOf, failureOf } from "./failure.js";
import { failure, isInput, type TraceRecord } from "./record.js";

/** Which input a replay takes anew: results of tools, or output of the model. */
export type LiveInput = "tools" | "model";

const liveKind = { tools: "result", model: "output" } as const satisfies Record<LiveInput, InputKind>;

/** How long something took is never the same twice: a new input may differ from the recorded one in it. */
const timings = ["ms"];

export interface ReplayTapeOptions {
  /** The trace's file, for messages. */
  readonly file: string;
  readonly run: string;
  /** Takes this input anew and compares it with the record. */
  readonly live?: LiveInput;
  /** Gets everything too, what is replayed and what comes after it: the tape of a new trace. */
  readonly onto?: Tape;
  /** Goes live after the event with this sequence number. */
  readonly forkAfter?: number;
}

/**
 * Drives the loop from the records of a run: inputs are given to it, what it makes is compared. The first difference ends the replay:
 * it is thrown from wherever the loop stands, and from every later use of the tape. Where the run's consumer had left, the tape
 * throws ToolwrightError `run-left`, on which the loop ends as it did.
 */
export class ReplayTape implements Tape {
  readonly #options: ReplayTapeOptions;
  readonly #records: AsyncIterator<TraceRecord>;
  /** Records read ahead: what the loop is to make next, up to the next input or the end. */
  readonly #ahead: TraceRecord[] = [];
  /** Why nothing can be read any more, after what is ahead. */
  #exhausted: ToolwrightError | undefined;
  #failure: ToolwrightError | undefined;
  readonly #accepted = new Set<MadeKind>();
  #live = false;
  /** The record that says that the run's consumer left, once the replay has come to it. */
  #left: TraceRecord | undefined;
  /** The line last used, for messages. */
  #line = 0;

  /** @param records of one run, with their data, as `Trace.run` gives them */
  constructor(records: AsyncIterable<TraceRecord>, options: ReplayTapeOptions) {
    this.#records = records[Symbol.asyncIterator]();
    this.#options = options;
  }

  /** The difference that ended the replay, whatever the loop made of it. */
  get failure(): ToolwrightError | undefined {
    return this.#failure;
  }

  /** What the loop makes of this kind may differ from the record: it is known to, and says nothing of the run. */
  accept(kind: MadeKind): void {
    this.#accepted.add(kind);
  }

  async input<T>(kind: InputKind, take: () => T | Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#live) return this.#onto.input(kind, take);
    if (this.#ahead.length === 0) await this.#readAhead();
    const record = this.#next(`asked for its next input, ${kind},`);
    if (record.kind === "abort" && kind !== "abort") throw this.#leaveAt(record);
    if (record.kind !== kind) throw this.#differs(record, `asked for its next input, ${kind},`);
    if (this.#options.live !== undefined && liveKind[this.#options.live] === kind) await this.#takeAnew(record, take);
    await this.#readAhead();
    const recorded = (): T => {
      if (record.failed) throw errorOf(failure.parse(record.data));
      return record.data as T;
    };
    return this.#onto.input(kind, recorded);
  }

  /** Asked for only where the replay is live: otherwise the record says what came of each chain. */
  branch(index: number): Tape {
    return this.#onto.branch(index);
  }

  made(kind: MadeKind, value: unknown): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#live) {
      this.#onto.made(kind, value);
      return;
    }
    const record = this.#next(`made ${kind} ${shorten(value)}`);
    if (record.kind === "abort") throw this.#leaveAt(record);
    if (record.kind !== kind) throw this.#differs(record, `made ${kind} ${shorten(value)}`);
    const difference = this.#accepted.has(kind) ? undefined : firstDifference(record.data, value);
    if (difference !== undefined) {
      const [recorded, made] = shortenApart(difference.a, difference.b);
      throw this.#fail(
        "replay-differs",
        `${this.#at(record)}: the loop made another ${kind} than the record has: ${pathText(difference.path)} was ${recorded}, and is now ${made}.`,
      );
    }
    this.#onto.made(kind, value);
    const { forkAfter } = this.#options;
    if (forkAfter !== undefined && kind === "event" && (value as { n?: unknown }).n === forkAfter) this.#live = true;
  }

  async end(): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      if (!this.#live) await this.#checkEnd();
    } finally {
      await this.#records.return?.();
      const left = this.#left;
      if (left !== undefined) await this.#onto.input("abort", () => left.data);
      await this.#onto.end();
    }
  }

  /** The replay is broken off: what the loop does from here on, and what is left of the record, is no difference. */
  async leave(): Promise<void> {
    this.#live = true;
    await this.#records.return?.();
  }

  /** Nobody listened to the recorded run from here on: the error ends the loop, and is no difference. */
  #leaveAt(record: TraceRecord): ToolwrightError {
    this.#left = record;
    this.#live = true;
    return new ToolwrightError("run-left", `${this.#at(record)}: the run was left here.`, "Ask again to see it to its end.");
  }

  async #checkEnd(): Promise<void> {
    const { file, run, forkAfter } = this.#options;
    if (this.#ahead.length === 0) await this.#readAhead();
    const record = this.#next("ended");
    if (record.kind !== "end") throw this.#differs(record, "ended");
    if (forkAfter !== undefined) throw new Error(`${file}: run ${run} has no event ${forkAfter}`); // Looked up before the replay began.
  }

  get #onto(): Tape {
    return this.#options.onto ?? liveTape;
  }

  async #takeAnew(record: TraceRecord, take: () => unknown): Promise<void> {
    let value: unknown;
    let failed: true | undefined;
    try {
      value = await take();
    } catch (thrown) {
      value = failureOf(thrown);
      failed = true;
    }
    const difference = failed === record.failed ? firstDifference(record.data, value, timings) : { path: [], a: record.data, b: value };
    if (difference === undefined) return;
    const [recorded, taken] = shortenApart(difference.a, difference.b);
    const message = `${this.#at(record)}: the ${record.kind} differs: ${pathText(difference.path)} was ${recorded}, and is now ${taken}.`;
    throw this.#fail("live-differs", message, "Fork the trace before it (--from N) to see what the run makes of it.");
  }

  /** Reads up to the next input, so that `made`, which cannot wait, finds its records. */
  async #readAhead(): Promise<void> {
    while (this.#exhausted === undefined) {
      try {
        const next = await this.#records.next();
        if (next.done) {
          const { file, run } = this.#options;
          const message = `${file}: the record of run ${run} stops after line ${this.#line}: its process was stopped, or the file was cut.`;
          const remedy = "Fork it from its last event (--from N) to let the run go on.";
          this.#exhausted = new ToolwrightError("trace-unfinished", message, remedy, { exitCode: 3 });
          return;
        }
        this.#ahead.push(next.value);
        this.#line = next.value.i + 1;
        if (next.value.kind === "end" || isInput(next.value.kind)) return;
      } catch (error) {
        if (!(error instanceof ToolwrightError)) throw error;
        this.#exhausted = error; // Damage of the trace: what comes before it is replayed first.
      }
    }
  }

  #next(what: string): TraceRecord {
    const record = this.#ahead.shift();
    if (record !== undefined) return record;
    if (this.#exhausted === undefined) throw new Error(`The loop ${what} before its first input`);
    this.#failure = this.#exhausted;
    throw this.#failure;
  }

  #differs(record: TraceRecord, what: string): ToolwrightError {
    const recorded = record.kind === "end" ? "ends" : `goes on with ${record.kind} ${shorten(record.data)}`;
    return this.#fail("replay-differs", `${this.#at(record)}: the loop ${what} where the record of the run ${recorded}.`);
  }

  #fail(
    code: string,
    message: string,
    remedy = "The agent's code, prompts or options have changed since the run was recorded.",
  ): ToolwrightError {
    this.#failure = new ToolwrightError(code, message, remedy, { exitCode: 3 });
    return this.#failure;
  }

  #at(record: TraceRecord): string {
    return `${this.#options.file}, line ${record.i + 1} (run ${this.#options.run})`;
  }
}
