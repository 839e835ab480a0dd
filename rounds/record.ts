// What rounds come to and what decides them: plain data, as it stands in `rounds.jsonl`.
import type { MatchRule } from "../evaluation/index.js";
import type { TrainOptions } from "../training/index.js";

/** Of `rounds.jsonl`. */
export const roundsFormat = 1;

export type Stage = "teach" | "answers" | "train" | "evaluate";

/** What a set of held-out questions came to. */
export interface SetFigures {
  readonly name: string;
  readonly n: number;
  readonly correct: number;
  /** Calls that ran or were refused. */
  readonly calls: number;
  /** Right answers with tools off: of the base only. */
  readonly withoutTools?: number;
}

/** A line of the table: round 0 is the base. */
export interface RoundFigures {
  readonly round: number;
  /** Texts that calls were put into, and calls that were kept in them. */
  readonly texts: number;
  readonly calls: number;
  /** Lessons from the model's own right answers. */
  readonly answers: number;
  /** Lessons that were trained on, those for validation included. */
  readonly lessons: number;
  /** The lowest one in validation, nats a token; null where nothing was kept for validation, and of the base. */
  readonly loss: number | null;
  readonly sets: readonly SetFigures[];
  /** Of all sets together, with tools. */
  readonly n: number;
  readonly correct: number;
  /** Of work, all stages; what a kill cost does not count. */
  readonly seconds: number;
}

/** Of the training of each round. */
export type TrainingSettings = Omit<
  TrainOptions,
  "dataset" | "out" | "model" | "resume" | "init" | "seed" | "signal" | "openNetwork" | "threads" | "licence"
>;

/** What decides the rounds besides the machine; how many there are at most does not. */
export interface RoundsParameters {
  readonly format: number;
  /** SHA-256 of the model's file. */
  readonly model: string;
  readonly exact: boolean;
  readonly corpus: {
    readonly digest: string;
    readonly documents: number;
    /** Most documents of round 1, and of later ones. */
    readonly first?: number;
    readonly limit?: number;
  };
  /** Digest by name. */
  readonly tasks: { readonly [name: string]: string };
  readonly tools: readonly object[];
  /** Answers to a question; undefined: no lessons are made of answers. */
  readonly samples?: number;
  readonly match: MatchRule;
  readonly seed: number;
  readonly maxTokens: number;
  readonly training: TrainingSettings;
}
