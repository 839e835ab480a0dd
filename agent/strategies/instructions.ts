import type { Message } from "../../models/index.js";
import { filled } from "../prompts.js";
import type { PromptInput } from "../strategy.js";

/** The system turn: what the user asks for, then how tools are called. */
export function systemTurn({ instructions, tools, prompts }: Pick<PromptInput, "instructions" | "tools" | "prompts">): Message[] {
  const content = paragraphs(instructions, tools.length > 0 ? toolsText(tools, prompts) : "");
  return content === "" ? [] : [{ role: "system", content }];
}

/** Those that are not empty, one after the other. */
export function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}

function toolsText(tools: PromptInput["tools"], prompts: PromptInput["prompts"]): string {
  const lines = tools.map(({ name, description, input }) =>
    filled(prompts.tools.tool, { name, arguments: Object.keys(input.shape).join(", "), description }),
  );
  return filled(prompts.tools.text, { tools: lines.join("\n") });
}
