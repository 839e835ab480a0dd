import type { LanguageModel, Message } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import type { Budget } from "./budget.js";
import type { Approve } from "./dispatch.js";
import type { Strategy } from "./strategies/index.js";
import type { Tape } from "./tape.js";

/** All that a run needs; `createAgent` fills it in. */
export interface RunSettings {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  readonly instructions: string;
  readonly strategy: Strategy;
  readonly protocol: "marker" | "native";
  readonly temperature: number;
  readonly seed?: number;
  readonly topK: number;
  readonly budget: Budget;
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
}

/** A turn of a chat: what its prompt had of its own (demonstrations, the question), then the answer as the model wrote it. */
export interface Turn {
  readonly question: string;
  /** The answer as the user saw it. */
  readonly answer: string;
  readonly messages: readonly Message[];
}
