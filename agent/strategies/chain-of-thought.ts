// Chain of thought: the model works its way to an answer, which is then taken out of what it wrote (Wei et al. 2022, arXiv 2201.11903;
// without demonstrations Kojima et al. 2022, arXiv 2205.11916). Models as small as the default one are known to do worse by it.
import type { Tool } from "../../tools/index.js";
import { asMessages } from "../demonstrations.js";
import { filled } from "../prompts.js";
import type { ChainStrategy } from "../strategy.js";
import { stripMarkers } from "../visible.js";
import { paragraphs, systemTurn } from "./instructions.js";
import { firstSentence } from "./sentence.js";

/** Worked solutions are shown, with calls in them where there are tools. */
export const chainOfThought: ChainStrategy = {
  name: "chain-of-thought",
  description: "worked solutions are shown; the model thinks in steps, and only its conclusion is the answer",
  prompt: ({ question, tools, instructions, prompts }) => {
    const { instruction, demonstrations } = prompts["chain-of-thought"];
    const worked = demonstrations.map((one) => ({ ...one, text: withCallsTo(tools, one.text) }));
    return {
      beginning: [...systemTurn({ instructions: paragraphs(instructions, instruction), tools, prompts }), ...asMessages(worked)],
      turn: [{ role: "user", content: question }],
    };
  },
  concludes: true,
  answer: (visible, prompts) => conclusionOf(visible, prompts["chain-of-thought"].conclusion),
};

/** Nothing is shown: the question is asked for steps. */
export const stepByStep: ChainStrategy = {
  name: "step-by-step",
  description: "the model is asked to think step by step, without a demonstration",
  prompt: ({ question, tools, instructions, prompts }) => ({
    beginning: systemTurn({ instructions, tools, prompts }),
    turn: [{ role: "user", content: filled(prompts["step-by-step"].text, { question }) }],
  }),
  concludes: true,
  answer: (visible, prompts) => conclusionOf(visible, prompts["step-by-step"].conclusion),
};

/** A demonstration without its calls to other tools. */
function withCallsTo(tools: readonly Pick<Tool, "name">[], text: string): string {
  const names = new Set([...text.matchAll(/\[(\w+)\(/g)].map(([, name]) => name!));
  for (const { name } of tools) names.delete(name);
  return stripMarkers(text, names);
}

const CONCLUSION = String.raw`\bthe (?:final )?answer is`;

/** What the last "the answer is" says that says something; without it, the last sentence. @param conclusion other words for it */
export function conclusionOf(visible: string, conclusion?: string): string {
  const text = visible.trim();
  const words = conclusion === undefined ? CONCLUSION : conclusion.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  for (const said of [...text.matchAll(new RegExp(`${words}:?[^\\S\\n]*`, "giu"))].reverse()) {
    const answer = firstSentence(text.slice(said.index + said[0].length).split("\n")[0]!).trim();
    if (answer !== "") return answer.replace(/[.!]$/, "");
  }
  let rest = (text.split("\n").findLast((line) => line.trim() !== "") ?? "").trim();
  for (;;) {
    const first = firstSentence(rest);
    const after = rest.slice(first.length).trim();
    if (after === "") return first;
    rest = after;
  }
}
