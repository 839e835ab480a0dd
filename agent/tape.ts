/**
 * What comes from outside the loop and must be recorded before it is acted on: the question with clock and seed (`run`), what
 * the model gave (`output`), what a tool gave (`result`), what the user allowed (`approval`), how much of a chat's past fits
 * (`limit`), what was counted (`usage`), what came of one of several chains (`chain`), and that the
 * consumer left (`abort`).
 */
export type InputKind = "run" | "output" | "result" | "approval" | "limit" | "usage" | "chain" | "abort";

/** What the loop makes of its inputs: recorded to be compared on replay. */
export type MadeKind = "prompt" | "splice" | "event";

/**
 * What stands between the loop and the world, so that one loop runs live, recorded and replayed.
 * - live: `input` calls `take`; `made` does nothing
 * - recording: `input` writes what `take` gave (or the error that it threw), then returns (or throws) it; `made` writes
 * - replaying: `input` returns what was recorded and does not call `take`; `made` compares
 * Values are plain JSON. Calls come in the loop's own order, one at a time.
 */
export interface Tape {
  input<T>(kind: InputKind, take: () => T | Promise<T>): Promise<T>;
  made(kind: MadeKind, value: unknown): void;
  /** The tape of a run that is a part of this one: of its chain `index`. It ends before this one does. */
  branch(index: number): Tape;
  /** The run is over; called once, in every case. */
  end(): Promise<void>;
}

export interface RecordingTape extends Tape {
  /** Path of the trace. */
  readonly file: string;
}

/** What records runs: all into one trace, or each into one of its own. */
export interface Recorder {
  /** A tape for one run, and the trace that it is in. Runs may go on at the same time. */
  tape(): RecordingTape | Promise<RecordingTape>;
  close(): Promise<void>;
}

/** Records nothing. */
export const liveTape: Tape = {
  input: async (_kind, take) => take(),
  made: () => {},
  branch: () => liveTape,
  end: async () => {},
};
