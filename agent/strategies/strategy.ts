import type { Message, Prompt } from "../../models/index.js";
import type { Tool } from "../../tools/index.js";

/** What a strategy makes a prompt of. */
export interface PromptInput {
  readonly question: string;
  readonly tools: readonly Tool[];
  /** The user's own, put before all else; empty for none. */
  readonly instructions: string;
  /** Earlier turns of the chat, oldest first. */
  readonly history: readonly Message[];
}

/** How a question becomes a prompt, and the text that the model wrote an answer. */
export interface Strategy {
  readonly name: string;
  /** One line for lists. */
  readonly description: string;
  prompt(input: PromptInput): Prompt;
  /** @param visible the model's text without calls and results */
  answer(visible: string): string;
}
