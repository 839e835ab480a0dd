import type { Message } from "../../models/index.js";
import { filled } from "../prompts.js";
import type { PromptInput } from "../strategy.js";

/** The system turn: what the user asks for, then how tools are called. */
export function systemTurn({ instructions, tools, prompts }: Pick<PromptInput, "instructions" | "tools" | "prompts">): Message[] {
  const parts = [instructions, tools.length > 0 ? toolsText(tools, prompts) : ""].filter((part) => part !== "");
  return parts.length > 0 ? [{ role: "system", content: parts.join("\n\n") }] : [];
}

function toolsText(tools: PromptInput["tools"], prompts: PromptInput["prompts"]): string {
  const lines = tools.map(({ name, description, input }) =>
    filled(prompts.tools.tool, { name, arguments: Object.keys(input.shape).join(", "), description }),
  );
  return filled(prompts.tools.text, { tools: lines.join("\n") });
}
