import type { Message } from "../../models/index.js";
import type { Tool } from "../../tools/index.js";
import type { PromptInput } from "./strategy.js";

/** The system turn: what the user asks for, then how tools are called. */
export function systemTurn({ instructions, tools }: Pick<PromptInput, "instructions" | "tools">): Message[] {
  const parts = [instructions, tools.length > 0 ? toolsText(tools) : ""].filter((part) => part !== "");
  return parts.length > 0 ? [{ role: "system", content: parts.join("\n\n") }] : [];
}

function toolsText(tools: readonly Tool[]): string {
  const lines = tools.map((tool) => `[${tool.name}(${Object.keys(tool.input.shape).join(", ")})]: ${tool.description}`);
  return `Answer in one short sentence. Where a tool helps, write a call to it in square brackets; its result is put after an arrow, and you go on from there.\n${lines.join("\n")}`;
}
