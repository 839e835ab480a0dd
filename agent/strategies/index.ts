// Strategies: how a question becomes a prompt and the model's text an answer. One file a family; this list is what names them.
import { ToolwrightError } from "../../errors.js";
import type { LanguageModel } from "../../models/index.js";
import type { Tool } from "../../tools/index.js";
import { direct } from "./direct.js";
import { fewShot, oneShot, zeroShot } from "./few-shot.js";
import type { Strategy } from "./strategy.js";

export type { PromptInput, PromptParts, Strategy } from "./strategy.js";
export { direct, fewShot, oneShot, zeroShot };

export const strategies: readonly Strategy[] = [fewShot, oneShot, zeroShot, direct];

/** @throws ToolwrightError `unknown-strategy`, which names those that there are */
export function strategyNamed(name: string): Strategy {
  const found = strategies.find((strategy) => strategy.name === name);
  if (found) return found;
  const names = strategies.map((strategy) => strategy.name).join(", ");
  throw new ToolwrightError("unknown-strategy", `There is no strategy ${JSON.stringify(name)}.`, `Use one of: ${names}.`, { exitCode: 2 });
}

/** Whether a model was taught to call a tool, as far as it says: one that does not say counts as taught all. */
export function isTaught({ taught }: Pick<LanguageModel, "taught">, tool: string): boolean {
  return taught === undefined || taught.includes(tool);
}

/**
 * What is used with a model and tools unless a strategy is chosen: the one that the model was trained for, where it was taught all of the
 * tools, else demonstrations of them.
 * @throws ToolwrightError `unknown-strategy` for a model that was trained for one of a later version
 */
export function defaultStrategy(model: LanguageModel, tools: readonly Pick<Tool, "name">[]): Strategy {
  const known = tools.every(({ name }) => isTaught(model, name));
  return model.strategy === undefined || !known ? fewShot : strategyNamed(model.strategy);
}
