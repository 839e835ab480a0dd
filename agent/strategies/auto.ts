// Auto: the model's own strategy, or one that did clearly better with it on questions of the same kind, measured once. Chain of thought
// hurts small models (Wei et al. 2022, section 3.2), and nobody knows beforehand which one is small.
import { bestOf, kindOf, measuredFor, unmeasured } from "../measured.js";
import { type ChoosingStrategy, isChoosing, type Strategy } from "../strategy.js";
import { defaultStrategy } from "./list.js";

/** @param named finds a strategy by its name */
export function auto(named: (name: string) => Strategy): ChoosingStrategy {
  return {
    name: "auto",
    description: "the model's own strategy, or one that did clearly better with it on questions of the same kind",
    choose(question, given) {
      const table = measuredFor(given);
      if (table === undefined) throw unmeasured(`How strategies do with ${given.model.name} and these tools`);
      const kind = kindOf(question);
      const strategy = named(bestOf(table, kind, defaultStrategy(given.model, given.tools).name));
      if (isChoosing(strategy)) throw unmeasured(`What ${strategy.name} would take`); // A table made by hand.
      return { strategy, kind };
    },
  };
}
