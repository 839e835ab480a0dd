// What an evaluation is of: plain data, as it stands in results files.
import type { CallRecord } from "../agent/index.js";
import type { ModelIdentity, Usage } from "../models/index.js";
import type { MatchRule } from "./match.js";
import type { WordingRule } from "./wordings/index.js";

/** Of results files. */
export const format = 1;

/** The two ends of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** A question whose answer is known. */
export interface Task {
  /** Its own, or the number of its line. Pairs results with one another. */
  readonly id: string;
  readonly question: string;
  /** All that are right; one is enough. */
  readonly accepted: readonly string[];
  /** The clock that tools see, an ISO date or date-time; one without an offset is of the evaluation's time zone. */
  readonly now?: string;
  /** No call is of any use to it. */
  readonly needless?: true;
  /** Of a question that is asked in several wordings. */
  readonly wording?: WordingOf;
}

/** Which wording of which question it is. */
export interface WordingOf {
  /** The id of the question. */
  readonly of: string;
  readonly rule: WordingRule;
}

/** What is the same for all configurations of an evaluation. */
export interface Parameters {
  readonly format: number;
  /** Of toolwright. */
  readonly version: string;
  /** `digest` is of ids, questions, answers and clocks. */
  readonly tasks: { readonly name: string; readonly count: number; readonly digest: string };
  /** Each question in several wordings; `typos` is the share of words that are mistyped. Not there: each as it is. */
  readonly paraphrases?: { readonly typos: number };
  readonly match: MatchRule;
  readonly protocol: "marker" | "native";
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
  readonly topK: number;
  readonly instructions: string;
  /** Digest of prompts of one's own. */
  readonly prompts?: string;
  readonly timeZone: string;
  /** The clock of tasks that have none: ISO. */
  readonly now: string;
}

/** One way of answering the same questions. */
export interface Configuration {
  /** Unique within an evaluation. */
  readonly name: string;
  readonly strategy: string;
  /** Names; none: without tools. */
  readonly tools: readonly string[];
  /** Files, as they were given. */
  readonly adapters: readonly string[];
  /** Nats that a second of a call must be worth; absent where calls are free. */
  readonly costWeight?: number | "fit";
  readonly model: ModelIdentity;
}

/** A call as its run told of it, its output cut at 2,000 characters. */
export type ResultCall = CallRecord;

/** One question answered under one configuration. */
export interface Result {
  readonly configuration: string;
  readonly id: string;
  /** Where the question was asked in several wordings. */
  readonly wording?: WordingOf;
  /** Of the task: no call is of any use to it. */
  readonly needless?: true;
  readonly question: string;
  readonly accepted: readonly string[];
  /** Null when the run ended with an error. */
  readonly answer: string | null;
  /** What of the answer was judged or found; null for nothing. */
  readonly read: string | null;
  readonly correct: boolean;
  /** Of several chains: how many gave the answer, of how many that answered. */
  readonly agreement?: { readonly votes: number; readonly of: number };
  readonly calls: readonly ResultCall[];
  /** Calls that were written and did not run: cut off or ill-formed; to a tool that there is not; with arguments that do not fit, or not approved. */
  readonly malformed: number;
  readonly unknown: number;
  readonly refused: number;
  /** Calls that were begun and not made, since they were not worth their cost. Absent for none. */
  readonly spared?: number;
  readonly usage: Usage;
  /** From the question's turn in the queue to its answer. */
  readonly ms: number;
  readonly error?: { readonly code: string; readonly message: string };
  /** Path of the run's trace, where one was recorded. */
  readonly trace?: string;
}

/** What was worked in one go, for the speed. */
export interface Sitting {
  readonly configuration: string;
  readonly seconds: number;
  /** Taken in and written; what was in memory already does not count. */
  readonly tokens: number;
}
