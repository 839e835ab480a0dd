import koffi from "koffi";
import { ToolwrightError } from "../errors.js";
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

// Native room for llama_token_data triples { int32 id; float logit; float p }, shared by all samplers: picking is synchronous.
let room: { address: unknown; size: number; ids: Int32Array; values: Float32Array } | undefined;

function candidates(size: number) {
  if (room === undefined || room.size < size) {
    if (room) koffi.free(room.address);
    const address = koffi.alloc("int32_t", 3 * size);
    const buffer = koffi.view(address, 12 * size);
    room = { address, size, ids: new Int32Array(buffer), values: new Float32Array(buffer) };
  }
  return room;
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
  let rules: Pointer | null = null;
  if (grammar !== undefined) {
    rules = lib.sampler_init_grammar(vocab, grammar, "root");
    if (!rules) {
      throw new ToolwrightError(
        "grammar-invalid",
        `The grammar is not valid GBNF: ${grammar.slice(0, 200)}`,
        "Check its rules; the first must be named root.",
      );
    }
  }
  if (temperature > 0) {
    chain = lib.sampler_chain_init(lib.sampler_chain_default_params());
    if (topP < 1) lib.sampler_chain_add(chain, lib.sampler_init_top_p(topP, 1));
    lib.sampler_chain_add(chain, lib.sampler_init_temp(temperature));
    lib.sampler_chain_add(chain, lib.sampler_init_dist(seed >>> 0));
  }

  const allows = (token: number): boolean => {
    if (controls().has(token)) return false;
    const { address, ids, values } = candidates(1);
    ids[0] = token;
    values[1] = 0;
    lib.sampler_apply(rules!, { data: address, size: 1, selected: -1, sorted: false });
    return values[1] !== Number.NEGATIVE_INFINITY;
  };
  const pickAllowed = ({ logits }: Row): number => {
    const { address, ids, values } = candidates(logits.length);
    for (let i = 0; i < logits.length; i++) {
      ids[3 * i] = i;
      values[3 * i + 1] = logits[i]!;
    }
    const array = { data: address, size: logits.length, selected: -1, sorted: false };
    lib.sampler_apply(rules!, array);
    for (const token of controls()) values[3 * token + 1] = Number.NEGATIVE_INFINITY;
    let chosen = 0;
    if (chain === undefined) {
      for (let i = 1; i < logits.length; i++) if (values[3 * i + 1]! > values[3 * chosen + 1]!) chosen = i;
    } else {
      array.data = address;
      lib.sampler_apply(chain, array);
      chosen = Number(array.selected);
    }
    return ids[3 * chosen]!;
  };

  return {
    pick(row) {
      let token = chain === undefined ? argmax(row.logits) : lib.sampler_sample(chain, row.context, row.index);
      if (rules) {
        if (!allows(token)) token = pickAllowed(row);
        if (!lib.vocab_is_eog(vocab, token)) lib.sampler_accept(rules, token);
      }
      return token;
    },
    free() {
      if (chain !== undefined) lib.sampler_free(chain);
      if (rules) lib.sampler_free(rules);
      chain = undefined;
      rules = null;
    },
  };
}
