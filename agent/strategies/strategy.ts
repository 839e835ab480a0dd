import type { Message } from "../../models/index.js";
import type { Tool } from "../../tools/index.js";

/** What a strategy makes a prompt of. */
export interface PromptInput {
  readonly question: string;
  readonly tools: readonly Tool[];
  /** The user's own, put before all else; empty for none. */
  readonly instructions: string;
  /** What stands between the beginning and this turn: earlier turns of the chat with all that their prompts had, oldest first. */
  readonly history: readonly Message[];
}

/** A prompt in its parts. In between come the chat's earlier turns, as they were: what the model has read it need not read again. */
export interface PromptParts {
  /** The same for many questions: instructions, demonstrations. Its state is kept. */
  readonly beginning: readonly Message[];
  /** This turn's own, the question last. */
  readonly turn: readonly Message[];
}

/** How a question becomes a prompt, and the text that the model wrote an answer. */
export interface Strategy {
  readonly name: string;
  /** One line for lists. */
  readonly description: string;
  prompt(input: PromptInput): PromptParts;
  /** @param visible the model's text without calls and results */
  answer(visible: string): string;
}
