import type { LanguageModel, Message } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import type { Conclusion, Ensemble } from "./ensemble.js";
import type { AgentEvent } from "./events.js";
import type { PromptBook } from "./prompts.js";

/** What a strategy makes a prompt of. */
export interface PromptInput {
  readonly question: string;
  readonly tools: readonly Tool[];
  /** The user's own, put before all else; empty for none. */
  readonly instructions: string;
  /** What stands between the beginning and this turn: earlier turns of the chat with all that their prompts had, oldest first. */
  readonly history: readonly Message[];
  /** What the question is to be answered from: a recitation, passages that were found. Default: nothing. */
  readonly evidence?: string;
  readonly prompts: PromptBook;
}

/** A prompt in its parts. In between come the chat's earlier turns, as they were: what the model has read it need not read again. */
export interface PromptParts {
  /** The same for many questions: instructions, demonstrations. Its state is kept. */
  readonly beginning: readonly Message[];
  /** This turn's own, the question last. */
  readonly turn: readonly Message[];
}

interface Named {
  readonly name: string;
  /** One line for lists. */
  readonly description: string;
}

/** How a question becomes a prompt, and the text that the model wrote an answer. */
export interface ChainStrategy extends Named {
  prompt(input: PromptInput): PromptParts;
  /** The answer is only what the text concludes with, not the text. Default false. */
  readonly concludes?: boolean;
  /** @param visible the model's text without calls and results; @param prompts those that it was asked with */
  answer(visible: string, prompts: PromptBook): string;
}

/** How a question is answered by several chains, each of them under a strategy of its own. */
export interface SeveralStrategy extends Named {
  /** How many chains it takes at most: what its budget is divided by. */
  readonly chains: number;
  /** Tokens that a chain must be allowed to write. */
  readonly least: number;
  /** Runs the chains and says what came of them. */
  combine(ensemble: Ensemble): AsyncGenerator<AgentEvent, Conclusion>;
}

/** What answers a question. */
export type RunStrategy = ChainStrategy | SeveralStrategy;

/** Stands for other strategies: which one, depends on the question. */
export interface ChoosingStrategy extends Named {
  /** @throws ToolwrightError `strategy-unmeasured` */
  choose(question: string, given: ChoiceInput): Choice;
}

/** What a strategy is chosen for. */
export interface ChoiceInput {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  readonly prompts: PromptBook;
}

/** A strategy, and the kind of question that it was chosen for. */
export interface Choice {
  readonly strategy: RunStrategy;
  readonly kind: string;
}

export type Strategy = RunStrategy | ChoosingStrategy;

export function isSeveral(strategy: Strategy): strategy is SeveralStrategy {
  return "combine" in strategy;
}

export function isChoosing(strategy: Strategy): strategy is ChoosingStrategy {
  return "choose" in strategy;
}
