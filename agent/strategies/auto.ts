// Auto: the model's own strategy, or one that did clearly better with it on questions of the same kind, measured once. Chain of thought
// hurts small models (Wei et al. 2022, section 3.2), and nobody knows beforehand which one is small.
import { noAnswer } from "../ensemble.js";
import { bestOf, kindOf, measuredFor, unmeasured } from "../measured.js";
import { isSeveral, type SeveralStrategy, type Strategy } from "../strategy.js";
import { defaultStrategy } from "./list.js";

/** @param known the strategies that may have been measured, and how one is found by its name */
export function auto(known: readonly Strategy[], named: (name: string) => Strategy): SeveralStrategy {
  const several = known.filter(isSeveral);
  return {
    name: "auto",
    description: "the model's own strategy, or one that did clearly better with it on questions of the same kind",
    chains: Math.max(...several.map(({ chains }) => chains)), // At most; the chosen one's count once it is chosen.
    least: 0, // Whether the budget is enough is known with the strategy.
    async *combine(ensemble) {
      const { model, tools } = ensemble.settings;
      const choice = await ensemble.choose(async () => {
        const table = measuredFor(ensemble.settings);
        if (table === undefined) throw unmeasured(`How strategies do with ${model.name} and these tools`);
        const kind = kindOf(ensemble.question);
        return { kind, strategy: bestOf(table, kind, defaultStrategy(model, tools).name) };
      });
      const strategy = named(choice.strategy);
      ensemble.divide(isSeveral(strategy) ? strategy : { name: strategy.name, chains: 1, least: 1 });
      if (isSeveral(strategy)) return yield* strategy.combine(ensemble);
      const [chain] = yield* ensemble.run([{ strategy }]);
      if (chain?.answer === undefined) throw noAnswer(strategy.name, chain ? [chain] : []);
      return { text: chain.answer, written: chain.written };
    },
  };
}
