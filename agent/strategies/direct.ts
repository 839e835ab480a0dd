import type { ChainStrategy } from "../strategy.js";
import { systemTurn } from "./instructions.js";

/** The question alone: the model is told of no tools. Calls that it writes all the same are run. */
export const direct: ChainStrategy = {
  name: "direct",
  description: "the question alone, without a word about tools",
  prompt: ({ question, instructions, prompts }) => ({
    beginning: systemTurn({ instructions, tools: [], prompts }),
    turn: [{ role: "user", content: question }],
  }),
  answer: (visible) => visible.trim(),
};
