// The strategies of one chain, and which of them is a model's own.
import { ToolwrightError } from "../../errors.js";
import type { LanguageModel } from "../../models/index.js";
import type { Tool } from "../../tools/index.js";
import type { ChainStrategy, Strategy } from "../strategy.js";
import { chainOfThought, stepByStep } from "./chain-of-thought.js";
import { direct } from "./direct.js";
import { fewShot, oneShot, zeroShot } from "./few-shot.js";

export const chainStrategies: readonly ChainStrategy[] = [fewShot, oneShot, zeroShot, direct, chainOfThought, stepByStep];

/** @throws ToolwrightError `unknown-strategy` */
export function chainNamed(name: string): ChainStrategy {
  const found = chainStrategies.find((strategy) => strategy.name === name);
  if (found) return found;
  throw unknownStrategy(name, chainStrategies);
}

export function unknownStrategy(name: string, known: readonly Strategy[]): ToolwrightError {
  const names = known.map((strategy) => strategy.name).join(", ");
  return new ToolwrightError("unknown-strategy", `There is no strategy ${JSON.stringify(name)}.`, `Use one of: ${names}.`, { exitCode: 2 });
}

/** Whether a model was taught to call a tool, as far as it says: one that does not say counts as taught all. */
export function isTaught({ taught }: Pick<LanguageModel, "taught">, tool: string): boolean {
  return taught === undefined || taught.includes(tool);
}

/** Whether a model was taught all of these tools, as far as it says. */
function isTaughtAll(model: Pick<LanguageModel, "taught">, tools: readonly Pick<Tool, "name">[]): boolean {
  return tools.every(({ name }) => isTaught(model, name));
}

/** Whether a model is to be used with these tools as it is: see `suitedModel`. */
export function isSuited(model: Pick<LanguageModel, "taught" | "untaught">, tools: readonly Pick<Tool, "name">[]): boolean {
  return model.untaught === undefined || isTaughtAll(model, tools);
}

/**
 * The model to use with these tools: one that was taught other ones by itself goes without that.
 * @throws what opening it throws
 */
export async function suitedModel(model: LanguageModel, tools: readonly Pick<Tool, "name">[]): Promise<LanguageModel> {
  return isSuited(model, tools) ? model : await model.untaught!();
}

/**
 * What is used with a model and tools unless a strategy is chosen: the one that the model was trained for, where it was taught all of the
 * tools, else demonstrations of them.
 * @throws ToolwrightError `unknown-strategy` for a model that was trained for one of a later version
 */
export function defaultStrategy(model: LanguageModel, tools: readonly Pick<Tool, "name">[]): ChainStrategy {
  return model.strategy === undefined || !isTaughtAll(model, tools) ? fewShot : chainNamed(model.strategy);
}
