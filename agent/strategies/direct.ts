import { systemTurn } from "./instructions.js";
import type { Strategy } from "./strategy.js";

/** The question alone: the model is told of no tools. Calls that it writes all the same are run. */
export const direct: Strategy = {
  name: "direct",
  description: "the question alone, without a word about tools",
  prompt: ({ question, instructions }) => ({
    beginning: systemTurn({ instructions, tools: [] }),
    turn: [{ role: "user", content: question }],
  }),
  answer: (visible) => visible.trim(),
};
