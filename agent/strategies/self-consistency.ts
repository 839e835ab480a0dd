// Self-consistency: the same question is answered many times with some temperature, and the answer that comes most often is given
// (Wang et al. 2022, arXiv 2203.11171).
import { ToolwrightError } from "../../errors.js";
import { noAnswer } from "../ensemble.js";
import type { ChainStrategy, SeveralStrategy } from "../strategy.js";
import { defaultStrategy } from "./list.js";
import { voteOf } from "./vote.js";

export interface SelfConsistencyOptions {
  /** Chains, 1 to 64. Default 16. */
  readonly samples?: number;
  /** How each of them answers. Default: as the model would by itself. */
  readonly of?: ChainStrategy;
  /** Of the chains, where the run has none. Default 0.7, the paper's. */
  readonly temperature?: number;
}

/** @throws ToolwrightError `invalid-option` */
export function selfConsistency({ samples = 16, of, temperature = 0.7 }: SelfConsistencyOptions = {}): SeveralStrategy {
  if (!Number.isInteger(samples) || samples < 1 || samples > 64) {
    const message = `self-consistency with ${samples} chains cannot be.`;
    throw new ToolwrightError("invalid-option", message, "Ask for 1 to 64 chains.", { exitCode: 2 });
  }
  const words = ["self-consistency", ...(samples === 16 ? [] : [String(samples)]), ...(of ? [of.name] : [])];
  const name = words.join(":");
  return {
    name,
    description: `${samples} answers are sampled, and that on which most agree is given`,
    chains: samples,
    least: 16,
    async *combine(ensemble) {
      const { settings } = ensemble;
      const strategy = of ?? defaultStrategy(settings.model, settings.tools);
      const request = { strategy, temperature: settings.temperature > 0 ? settings.temperature : temperature };
      const chains = yield* ensemble.run(
        Array.from({ length: samples }, () => request),
        (ended) => voteOf(ended).settled(samples - ended.length),
      );
      const { winner } = voteOf(chains);
      if (winner === undefined) throw noAnswer(name, chains);
      const { answer, index, votes, of: all } = winner;
      return { text: answer, written: chains.find((chain) => chain.index === index)!.written, agreement: { votes, of: all } };
    },
  };
}
