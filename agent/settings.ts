import type { LanguageModel, Message, Usage } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import type { Budget } from "./budget.js";
import type { CostBook } from "./cost.js";
import type { Approve, SharedResults } from "./dispatch.js";
import type { PromptBook } from "./prompts.js";
import type { ChainStrategy, RunStrategy } from "./strategy.js";
import type { Tape } from "./tape.js";

/** All that a run needs; `createAgent` fills it in. */
export interface RunSettings {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  readonly instructions: string;
  readonly prompts: PromptBook;
  readonly strategy: RunStrategy;
  /** Where another strategy chose that one: its name, and the kind of question. */
  readonly chosen?: { readonly by: string; readonly kind: string };
  readonly protocol: "marker" | "native";
  readonly temperature: number;
  readonly seed?: number;
  readonly topK: number;
  /** Nats that a second of a call must be worth: a call starts when its margin is more than this times its cost. 0: all are made. */
  readonly costWeight: number;
  /** Each call says its margin, though none is taken back for it. */
  readonly margins: boolean;
  readonly costs: CostBook;
  readonly budget: Budget;
  /** Most tokens of one answer, as they were asked for. */
  readonly maxTokens?: number;
  readonly approve?: Approve;
  readonly clock: () => Date;
  readonly timeZone: string;
  readonly tape: Tape;
  readonly signal?: AbortSignal;
  /** Earlier turns of the chat, oldest first. */
  readonly history: readonly Turn[];
  /** Turns that the chat was given and that no trace of its own has: recorded with the run. */
  readonly given?: readonly Turn[];
  /** The state of the text is kept for the chat's next turn. */
  readonly keep: boolean;
  /** What the question is to be answered from. */
  readonly evidence?: string;
  /** Of a run that is a part of another one: which of its chains it is, from 0. */
  readonly chain?: number;
  /** Results that the chains of a run have in common. */
  readonly shared?: SharedResults;
  /** Told at the end, however the run ended, what the model was asked for. */
  readonly onUsage?: (usage: Usage) => void;
}

/** `RunSettings` of a run of one chain. */
export type ChainSettings = RunSettings & { readonly strategy: ChainStrategy };

/** A turn of a chat: what its prompt had of its own (demonstrations, the question), then the answer as the model wrote it. */
export interface Turn {
  readonly question: string;
  /** The answer as the user saw it. */
  readonly answer: string;
  readonly messages: readonly Message[];
}
