// A text in the engine's memory, as whoever uses the scheduler sees it.
import { setMaxListeners } from "node:events";
import { Holding } from "./cells.js";
import type { Scheduler } from "./scheduler.js";
import type { Pointer } from "./structs.js";

/** Logits after one token. Valid only until `onRow` returns. */
export interface Row {
  readonly logits: Float32Array;
  readonly context: Pointer;
  /** Which token of the step, for native samplers. */
  readonly index: number;
}

export interface EvaluateOptions {
  /** For how many of the last tokens logits are wanted. Default 1. */
  readonly outputs?: number;
  /** Called once per wanted row, in order, synchronously while the row is valid. `position` is the token's. */
  readonly onRow?: (row: Row, position: number) => void;
  readonly signal?: AbortSignal;
}

export interface OpenOptions {
  /** The text so far. What an existing sequence has of it is shared, the rest is taken in by the first `evaluate`. */
  readonly tokens?: readonly number[];
  /** Tokens it is going to add, so that it is not let in where it could not finish. Default 256. */
  readonly reserve?: number;
  readonly signal?: AbortSignal;
}

/** What the engine has done; for figures and tests. */
export interface Counts {
  steps: number;
  /** Tokens taken in by all steps. */
  tokens: number;
  /** Rows of logits that were read. */
  rows: number;
  /** Set to an array to have what the native library is asked for recorded in order, so that it can be done again without all this. */
  record?: Work[];
}

/** Something that the native library was asked for. */
export type Work =
  /** A step: for each sequence its tokens, and how many of the last of them with logits. */
  | { readonly step: readonly (readonly [sequence: number, tokens: number, rows: number])[] }
  | { readonly copy: readonly [from: number, to: number, length: number] }
  /** Everything from a position on; −1: all. */
  | { readonly remove: readonly [sequence: number, from: number] };

/** A text in the engine's memory. Close it, or `park` it to keep its state for others as long as there is room. */
export interface EngineSequence {
  /** All tokens, those not yet evaluated included. */
  readonly tokens: readonly number[];
  /** How many of them are in memory. */
  readonly evaluated: number;
  /** Adds tokens and evaluates all that is outstanding. One call at a time. @throws `context-full`, or the signal's reason */
  evaluate(tokens: readonly number[], options?: EvaluateOptions): Promise<void>;
  /** Forgets all but the first `length` tokens. */
  truncate(length: number): void;
  /** Stops running but keeps its state for later sequences that begin alike, until the room is needed. */
  park(): void;
  close(): void;
}

/** What the scheduler keeps of an evaluation under way. */
export interface Request {
  readonly sequence: Sequence;
  readonly from: number; // position of the first wanted row
  readonly onRow?: EvaluateOptions["onRow"];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly unlisten: () => void;
}

/** The scheduler's own side of a sequence. */
export class Sequence implements EngineSequence {
  tokens: number[] = [];
  evaluated = 0;
  reserve = 0;
  state: "running" | "parked" | "closed" = "running";
  request: Request | undefined;
  readonly holding = new Holding();
  constructor(
    readonly id: number,
    readonly scheduler: Scheduler,
  ) {}

  evaluate(tokens: readonly number[], options?: EvaluateOptions): Promise<void> {
    return this.scheduler.evaluate(this, tokens, options);
  }
  truncate(length: number): void {
    this.scheduler.truncate(this, length);
  }
  park(): void {
    this.scheduler.park(this);
  }
  close(): void {
    this.scheduler.close(this);
  }
}

/** What the scheduler keeps of one who waits to be let in. */
export interface Waiting {
  readonly options: OpenOptions;
  readonly admit: (sequence: EngineSequence) => void;
  readonly refuse: (error: unknown) => void;
}

/** The sequence that has the longest beginning of these tokens in memory. At least one token is left to evaluate. */
export function longestPrefix(sequences: Iterable<Sequence>, tokens: readonly number[]): { sequence?: Sequence; length: number } {
  let best: { sequence?: Sequence; length: number } = { length: 0 };
  for (const sequence of sequences) {
    const limit = Math.min(sequence.evaluated, tokens.length - 1);
    let length = 0;
    while (length < limit && sequence.tokens[length] === tokens[length]) length++;
    if (length > best.length) best = { sequence, length };
  }
  return best;
}

/**
 * As many listen to a signal as there are sequences at work: that is no leak, whatever Node's limit.
 * @returns what ends the listening
 */
export function listen(signal: AbortSignal | undefined, onAbort: () => void): () => void {
  if (signal === undefined) return () => {};
  setMaxListeners(0, signal);
  signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}
