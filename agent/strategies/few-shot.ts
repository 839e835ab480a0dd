import { asMessages, demonstrationsOf, mostSimilar } from "../demonstrations.js";
import type { ChainStrategy, PromptInput, PromptParts } from "../strategy.js";
import { systemTurn } from "./instructions.js";

/** Tools are described; nothing shows how they are used. */
export const zeroShot: ChainStrategy = {
  name: "zero-shot",
  description: "tools are described, without a demonstration",
  prompt: (input) => withDemonstrations(input, 0, 0),
  answer: (visible) => visible.trim(),
};

/** One demonstration of each tool, the same for every question. */
export const oneShot: ChainStrategy = {
  name: "one-shot",
  description: "one demonstration of each tool",
  prompt: (input) => withDemonstrations(input, 1, 0),
  answer: (visible) => visible.trim(),
};

/** One demonstration of each tool, and those that are worded most like the question. */
export const fewShot: ChainStrategy = {
  name: "few-shot",
  description: "one demonstration of each tool, and the five worded most like the question",
  prompt: (input) => withDemonstrations(input, 1, 5),
  answer: (visible) => visible.trim(),
};

/** @param each demonstrations of every tool, in the beginning; @param chosen further ones by likeness, which the chat has not had yet */
function withDemonstrations(input: PromptInput, each: number, chosen: number): PromptParts {
  const all = demonstrationsOf(input.tools);
  const fixed = input.tools.flatMap(({ name }) => all.filter(({ tool }) => tool === name).slice(0, each));
  const had = new Set(input.history.map(({ content }) => content));
  const others = all.filter((demonstration) => !fixed.includes(demonstration));
  const similar = mostSimilar(input.question, others, chosen).filter(({ question }) => !had.has(question));
  return {
    beginning: [...systemTurn(input), ...asMessages(fixed)],
    turn: [...asMessages(similar), { role: "user", content: input.question }],
  };
}
