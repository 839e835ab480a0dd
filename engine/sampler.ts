import { candidates, createGrammar, type Grammar } from "./grammar.js";
import type { Library } from "./library.js";
import { argmax } from "./logits.js";
import type { Row } from "./sequence.js";
import type { Pointer } from "./structs.js";

export interface SamplingOptions {
  /** 0 (default) takes the likeliest token. */
  readonly temperature?: number;
  /** Nucleus: the likeliest tokens that together have this probability. Default 1: all. */
  readonly topP?: number;
  /** 32-bit. The same seed over the same logits draws the same tokens. */
  readonly seed?: number;
  /** GBNF, root rule `root`, that everything picked from now on follows. */
  readonly grammar?: string;
}

/** Picks one token after another for one sequence. Holds native memory until `free`. */
export interface Sampler {
  /**
   * The next token. Under a grammar that may not go on, it is an end token.
   * Must be called while the row is valid, which is only inside the scheduler's `onRow`.
   */
  pick(row: Row): number;
  free(): void;
}

/**
 * Sampling as llama.cpp's own common_sampler_sample does it (common/sampling.cpp): pick without the grammar, ask the grammar about
 * that one token, and only when it refuses pick again from what the grammar allows. The grammar never sees a forced token or an
 * end token: it would throw across the language border, which ends the process.
 * @param controls control tokens that end nothing: a grammar reads them by their names, which may look like text that it allows
 * @throws ToolwrightError `grammar-invalid`
 */
export function createSampler(lib: Library, vocab: Pointer, controls: () => ReadonlySet<number>, options: SamplingOptions = {}): Sampler {
  const { temperature = 0, topP = 1, seed = 0, grammar } = options;
  let chain: Pointer | undefined;
  let rules: Grammar | undefined = grammar === undefined ? undefined : createGrammar(lib, vocab, controls, grammar);
  if (temperature > 0) {
    chain = lib.sampler_chain_init(lib.sampler_chain_default_params());
    if (topP < 1) lib.sampler_chain_add(chain, lib.sampler_init_top_p(topP, 1));
    lib.sampler_chain_add(chain, lib.sampler_init_temp(temperature));
    lib.sampler_chain_add(chain, lib.sampler_init_dist(seed >>> 0));
  }

  const pickAllowed = ({ logits }: Row, allowed: Grammar): number => {
    const { address, ids, values, size } = candidates(logits.length);
    for (let i = 0; i < logits.length; i++) {
      ids[3 * i] = i;
      values[3 * i + 1] = logits[i]!;
    }
    allowed.restrict({ address, ids, values, size });
    let chosen = 0;
    if (chain === undefined) {
      for (let i = 1; i < logits.length; i++) if (values[3 * i + 1]! > values[3 * chosen + 1]!) chosen = i;
    } else {
      const array = { data: address, size, selected: -1, sorted: false };
      lib.sampler_apply(chain, array);
      chosen = Number(array.selected);
    }
    return ids[3 * chosen]!;
  };

  return {
    pick(row) {
      let token = chain === undefined ? argmax(row.logits) : lib.sampler_sample(chain, row.context, row.index);
      if (rules) {
        if (!rules.allows(token)) token = pickAllowed(row, rules);
        if (!lib.vocab_is_eog(vocab, token)) rules.accept(token);
      }
      return token;
    },
    free() {
      if (chain !== undefined) lib.sampler_free(chain);
      rules?.free();
      chain = undefined;
      rules = undefined;
    },
  };
}
