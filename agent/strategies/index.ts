// Strategies: how a question becomes prompts and the model's text an answer. One file a family; this list is what names them.
import type { Strategy } from "../strategy.js";
import { auto } from "./auto.js";
import { chainNamed, chainStrategies, unknownStrategy } from "./list.js";
import { reader, recitation, recite } from "./recite.js";
import { searchFirst } from "./search.js";
import { selfConsistency } from "./self-consistency.js";

export { chainOfThought, stepByStep } from "./chain-of-thought.js";
export { direct } from "./direct.js";
export { fewShot, oneShot, zeroShot } from "./few-shot.js";
export { defaultStrategy, isSuited, isTaught, suitedModel } from "./list.js";
export { type ReciteOptions, recite } from "./recite.js";
export { searchFirst } from "./search.js";
export { type SelfConsistencyOptions, selfConsistency } from "./self-consistency.js";

export const strategies: readonly Strategy[] = [...chainStrategies, selfConsistency(), recite(), searchFirst, auto(strategyNamed)];

/** Those of the chains of others. */
const parts: readonly Strategy[] = [recitation, reader];

/**
 * @param name a strategy's; that of one with several chains may go on with how many there are, and with the strategy of each:
 * `self-consistency:8`, `self-consistency:8:few-shot`, `recite:5`
 * @throws ToolwrightError `unknown-strategy`, which names those that there are
 */
export function strategyNamed(name: string): Strategy {
  const found = [...strategies, ...parts].find((strategy) => strategy.name === name);
  if (found) return found;
  const [, recitations] = /^recite:(\d+)$/.exec(name) ?? [];
  if (recitations !== undefined) return recite({ samples: Number(recitations) });
  const [, samples, of] = /^self-consistency(?::(\d+))?(?::([a-z-]+))?$/.exec(name) ?? [];
  if (samples === undefined && of === undefined) throw unknownStrategy(name, strategies);
  return selfConsistency({
    ...(samples === undefined ? {} : { samples: Number(samples) }),
    ...(of === undefined ? {} : { of: chainNamed(of) }),
  });
}
