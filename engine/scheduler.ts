// One model, many sequences: whatever all sequences ask for at a moment is served by one `llama_decode`. A sequence hands over
// tokens and gets the logits after the last of them; it does not know who else is in the step.
import { setImmediate as nextTurn } from "node:timers/promises";
import { ToolwrightError } from "../errors.js";
import { Cells } from "./cells.js";
import { type Context, MAX_SEQUENCES } from "./context.js";
import { PROMPTS, planStep, REPEATABLE, type SchedulerOptions, SHORT, SMALL, shareOf } from "./plan.js";
import { handOut } from "./rows.js";
import {
  type Counts,
  type EngineSequence,
  type EvaluateOptions,
  listen,
  longestPrefix,
  type OpenOptions,
  type Request,
  Sequence,
  type Waiting,
} from "./sequence.js";

/** Sequence of a second token, and a second row, beside a repeatable step's only one. */
const PADDING = MAX_SEQUENCES - 1;

export class Scheduler {
  readonly counts: Counts = { steps: 0, tokens: 0, rows: 0 };
  private readonly cells: Cells;
  private readonly width: number;
  private readonly stepTime: number;
  private readonly sequences = new Set<Sequence>();
  private readonly freeIds = Array.from({ length: PADDING }, (_, i) => PADDING - 1 - i);
  private requests: Request[] = [];
  private waiting: Waiting[] = [];
  private deferred: (() => void)[] = [];
  private exclusive: (() => Promise<void>)[] = [];
  private busy = false;
  private stepping: Promise<void> | undefined;
  private closed = false;
  private freed = false;
  private running = 0;
  private reserved = 0;
  private perToken = 1; // milliseconds; corrected by every larger step

  constructor(
    private readonly context: Context,
    private readonly options: SchedulerOptions,
  ) {
    this.cells = new Cells(context.cells);
    this.width = Math.min(options.width ?? 64, 128);
    this.stepTime = options.stepTime ?? 50;
  }

  /** Sequences that run now, and cells in use; for figures and tests. */
  get load(): { running: number; waiting: number; parked: number; cells: number } {
    return { running: this.running, waiting: this.waiting.length, parked: this.sequences.size - this.running, cells: this.cells.used };
  }

  /** Most tokens of one sequence. */
  get longest(): number {
    return Math.min(this.options.longest, this.context.cells);
  }

  /** How many tokens of this beginning are in memory already. */
  held(tokens: readonly number[]): number {
    return longestPrefix(this.sequences, [...tokens, -1]).length;
  }

  /** @throws ToolwrightError `context-full` when it could never fit; the signal's reason while it waits. */
  open(options: OpenOptions = {}): Promise<EngineSequence> {
    const need = (options.tokens?.length ?? 0) + 1;
    const limit = this.longest;
    if (need > limit) {
      return Promise.reject(
        new ToolwrightError(
          "context-full",
          `The text has ${need - 1} tokens; the context holds ${limit}.`,
          "Shorten the text, or ask for a larger context if the model was trained for one.",
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.waiting = this.waiting.filter((one) => one !== entry);
        reject(signal!.reason);
      };
      const entry: Waiting = {
        options,
        admit: (sequence) => {
          unlisten();
          resolve(sequence);
        },
        refuse: (error) => {
          unlisten();
          reject(error);
        },
      };
      const unlisten = listen(signal, onAbort);
      this.waiting.push(entry);
      this.admit();
    });
  }

  /** Saves the state of a sequence's evaluated tokens; `llama_state_seq_save_file`. */
  save(sequence: EngineSequence, file: string): Promise<void> {
    const { id, tokens, evaluated } = sequence as Sequence;
    return this.alone(() => this.context.save(file, id, tokens.slice(0, evaluated)));
  }

  /** Opens a sequence from a saved state. @returns undefined when the file is not of this model, or its tokens are not these. */
  async restore(file: string, tokens: readonly number[]): Promise<EngineSequence | undefined> {
    const sequence = (await this.open({ reserve: tokens.length })) as Sequence;
    const restored = await this.alone(() => this.context.restore(file, sequence.id, tokens.length + 1));
    if (restored && restored.length === tokens.length && restored.every((token, i) => token === tokens[i])) {
      sequence.tokens = restored;
      this.added(sequence, restored.length);
      return sequence;
    }
    sequence.close();
    return undefined;
  }

  /** Ends everything: outstanding requests fail with `engine-closed`; resolves when native memory is free. */
  async dispose(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const error = new ToolwrightError(
      "engine-closed",
      "The model was closed while work was under way.",
      "Close it when its runs have ended.",
    );
    for (const entry of this.waiting.splice(0)) entry.refuse(error);
    for (const request of this.requests.splice(0)) this.settle(request, error);
    await this.stepping;
    this.freed = true;
    this.context.free();
  }

  evaluate(sequence: Sequence, tokens: readonly number[], options: EvaluateOptions = {}): Promise<void> {
    if (sequence.state !== "running" || this.closed)
      return Promise.reject(new Error(`the sequence is ${this.closed ? "closed" : sequence.state}`));
    if (sequence.request) return Promise.reject(new Error("the sequence is being evaluated already"));
    const { signal, outputs = 1 } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    for (const token of tokens) sequence.tokens.push(token);
    const limit = this.longest;
    if (sequence.tokens.length > limit) {
      return Promise.reject(
        new ToolwrightError(
          "context-full",
          `The text has grown to ${sequence.tokens.length} tokens; the context holds ${limit}.`,
          "Ask for fewer tokens, or shorten the prompt.",
        ),
      );
    }
    if (sequence.evaluated === sequence.tokens.length) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.drop(request);
        this.settle(request, signal!.reason);
      };
      const request: Request = {
        sequence,
        from: sequence.tokens.length - outputs,
        onRow: options.onRow,
        resolve,
        reject,
        unlisten: listen(signal, onAbort),
      };
      sequence.request = request;
      this.requests.push(request);
      this.wake();
    });
  }

  truncate(sequence: Sequence, length: number): void {
    if (sequence.request) throw new Error("the sequence is being evaluated");
    sequence.tokens.length = Math.min(sequence.tokens.length, length);
    if (sequence.evaluated <= length) return;
    this.cells.keep(sequence.holding, length);
    sequence.evaluated = length;
    this.whenIdle(() => {
      if (this.remove(sequence, length)) return;
      // A recurrent state has no past: it is built anew by the next evaluate.
      this.remove(sequence, -1);
      this.cells.keep(sequence.holding, 0);
      sequence.evaluated = 0;
    });
  }

  park(sequence: Sequence): void {
    if (sequence.state !== "running") return;
    this.stop(sequence);
    sequence.state = "parked";
    // Last in the set is the latest parked; the first is evicted first.
    this.sequences.delete(sequence);
    this.sequences.add(sequence);
    this.admit();
  }

  close(sequence: Sequence): void {
    if (sequence.state === "closed") return;
    if (sequence.state === "running") this.stop(sequence);
    this.release(sequence);
    this.admit();
  }

  private stop(sequence: Sequence): void {
    const { request } = sequence;
    if (request) {
      this.drop(request);
      this.settle(
        request,
        new ToolwrightError("aborted", "The sequence was closed while it was evaluated.", "Wait for its run to end before closing it."),
      );
    }
    this.running--;
    this.reserved -= sequence.reserve;
    sequence.reserve = 0;
  }

  private release(sequence: Sequence): void {
    sequence.state = "closed";
    this.sequences.delete(sequence);
    this.cells.keep(sequence.holding, 0);
    this.whenIdle(() => this.remove(sequence, -1));
    this.freeIds.push(sequence.id); // Whoever gets the id next acts after the removal: memory changes keep their order.
  }

  private remove({ id }: { readonly id: number }, from: number): boolean {
    this.counts.record?.push({ remove: [id, from] });
    return this.context.remove(id, from);
  }

  /** Lets in whoever waits, in order, while there is room; parked sequences make room, the longest unused first. */
  private admit(): void {
    while (this.waiting.length > 0 && this.running < this.width) {
      const entry = this.waiting[0]!;
      const tokens = entry.options.tokens ?? [];
      const source = longestPrefix(this.sequences, tokens);
      const room = Math.min(tokens.length - source.length + (entry.options.reserve ?? 256), this.context.cells - source.length);
      const parked = [...this.sequences].filter((one) => one.state === "parked" && one !== source.sequence);
      while ((this.freeIds.length === 0 || this.cells.free - this.reserved < room) && parked.length > 0) this.release(parked.shift()!);
      // Alone, it is let in even if its reserve does not fit: it may never need it.
      if (this.freeIds.length === 0 || (this.cells.free - this.reserved < room && this.running > 0)) return;
      this.waiting.shift();
      const sequence = new Sequence(this.freeIds.pop()!, this);
      sequence.tokens = [...tokens];
      sequence.reserve = Math.max(0, room);
      this.reserved += sequence.reserve;
      this.running++;
      this.sequences.add(sequence);
      if (source.sequence) this.fork(source.sequence, sequence, source.length);
      entry.admit(sequence);
    }
  }

  private fork(from: Sequence, to: Sequence, length: number): void {
    this.cells.share(from.holding, to.holding, length);
    to.evaluated = length;
    this.whenIdle(() => {
      this.counts.record?.push({ copy: [from.id, to.id, length] });
      this.context.copy(from.id, to.id, length);
    });
  }

  private added(sequence: Sequence, count: number): void {
    this.cells.append(sequence.holding, count);
    sequence.evaluated += count;
    const used = Math.min(sequence.reserve, count);
    sequence.reserve -= used;
    this.reserved -= used;
  }

  private settle(request: Request, error?: unknown): void {
    request.unlisten();
    if (request.sequence.request === request) request.sequence.request = undefined;
    if (error === undefined) request.resolve();
    else request.reject(error);
  }

  /** Memory may not be touched while a step is on another thread: what changes it waits for the step's end, in order. */
  private whenIdle(work: () => void): void {
    if (this.freed) return;
    if (this.busy) this.deferred.push(work);
    else work();
  }

  private flush(): void {
    for (const work of this.deferred.splice(0)) work();
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.exclusive.push(() => work().then(resolve, reject));
      this.wake();
    });
  }

  private wake(): void {
    this.stepping ??= this.loop().finally(() => {
      this.stepping = undefined;
      if ((this.requests.length > 0 || this.exclusive.length > 0) && !this.closed) this.wake();
    });
  }

  private async loop(): Promise<void> {
    while (this.requests.length > 0 || this.exclusive.length > 0) {
      await nextTurn(); // Everybody whose token has just come may ask for the next one.
      if (this.closed) return;
      this.busy = true;
      try {
        for (const work of this.exclusive.splice(0)) await work();
        this.flush();
        await this.step();
      } finally {
        this.busy = false;
        this.flush();
      }
    }
  }

  private async step(): Promise<void> {
    const { repeatable, rowCost } = this.options;
    const step = this.stepTime / this.perToken;
    const limits = repeatable ? REPEATABLE : { step, prompts: PROMPTS * step, short: SHORT };
    const budget = { ...limits, batch: this.context.batchSize, rowCost };
    const { slots, parts } = planStep(this.requests, budget);
    if (slots.length === 0) return;
    const padded = repeatable === true && (slots.length === 1 || slots.filter(({ output }) => output).length === 1);
    this.evict(slots.length + (padded ? 1 : 0));
    if (padded) slots.push({ token: slots[0]!.token, position: 0, sequence: PADDING, output: true });
    // Counted before it is done: whatever is changed meanwhile is changed on top of it, after the step.
    for (const { request, count } of parts) this.added(request.sequence, count);
    const started = performance.now();
    let rows: Float32Array[];
    try {
      rows = await this.context.decode(slots);
    } catch (error) {
      for (const { request, first } of parts) {
        const { sequence } = request;
        this.drop(request);
        this.settle(request, error);
        if (sequence.state !== "closed") this.truncate(sequence, first);
      }
      return;
    }
    const work = slots.length + rows.length * this.options.rowCost;
    if (slots.length >= SMALL) this.perToken += ((performance.now() - started) / work - this.perToken) * 0.3;
    this.counts.steps++;
    this.counts.tokens += slots.length;
    this.counts.rows += rows.length;
    this.counts.record?.push({ step: [...parts.map(shareOf), ...(padded ? [[PADDING, 1, 1] as const] : [])] });
    if (padded) this.remove({ id: PADDING }, -1);
    for (const [request, failure] of await handOut(parts, rows, this.context.pointer)) {
      if (request.sequence.request !== request) continue; // aborted meanwhile
      this.drop(request);
      this.settle(request, failure);
    }
  }

  private drop(request: Request): void {
    this.requests = this.requests.filter((one) => one !== request);
  }

  /** Frees all parked sequences. */
  forget(): void {
    for (const sequence of [...this.sequences]) if (sequence.state === "parked") this.release(sequence);
  }

  /** Frees parked sequences, the longest unused first, until `count` cells are free or none is left. */
  private evict(count: number): void {
    for (const sequence of [...this.sequences]) {
      if (this.cells.free >= count) return;
      if (sequence.state === "parked") this.release(sequence);
    }
    this.flush();
  }
}
