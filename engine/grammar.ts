import koffi from "koffi";
import { ToolwrightError } from "../errors.js";
import type { Library } from "./library.js";
import type { Pointer } from "./structs.js";

/** A grammar that has read a text as far as it goes. Holds native memory until `free`. */
export interface Grammar {
  /** Whether the text may go on with this token. An end token: whether it may end here. */
  allows(token: number): boolean;
  /** Reads a token that it allows; never an end token. */
  accept(token: number): void;
  /** One that has read the same text. */
  clone(): Grammar;
  /** Takes the probability from all candidates that it does not allow. */
  restrict(candidates: Candidates): void;
  free(): void;
}

/** Native room for `llama_token_data` triples { int32 id; float logit; float p }. */
export interface Candidates {
  readonly address: unknown;
  readonly size: number;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

// Shared by all: whoever fills it has done with it when they return.
let room: Candidates | undefined;

export function candidates(size: number): Candidates {
  if (room === undefined || room.size < size) {
    if (room) koffi.free(room.address);
    const address = koffi.alloc("int32_t", 3 * size);
    const buffer = koffi.view(address, 12 * size);
    room = { address, size, ids: new Int32Array(buffer), values: new Float32Array(buffer) };
  }
  return { ...room, size };
}

/**
 * @param controls control tokens that end nothing: a grammar reads them by their names, which may look like text that it allows
 * @throws ToolwrightError `grammar-invalid`
 */
export function createGrammar(lib: Library, vocab: Pointer, controls: () => ReadonlySet<number>, gbnf: string): Grammar {
  const rules = lib.sampler_init_grammar(vocab, gbnf, "root");
  if (!rules) {
    throw new ToolwrightError(
      "grammar-invalid",
      `The grammar is not valid GBNF: ${gbnf.slice(0, 200)}`,
      "Check its rules; the first must be named root.",
    );
  }
  const reading = (pointer: Pointer): Grammar => ({
    allows(token) {
      if (controls().has(token)) return false;
      const { address, ids, values } = candidates(1);
      ids[0] = token;
      values[1] = 0;
      lib.sampler_apply(pointer, { data: address, size: 1, selected: -1, sorted: false });
      return values[1] !== Number.NEGATIVE_INFINITY;
    },
    accept: (token) => lib.sampler_accept(pointer, token),
    clone: () => reading(lib.sampler_clone(pointer)),
    restrict({ address, size, values }) {
      lib.sampler_apply(pointer, { data: address, size, selected: -1, sorted: false });
      for (const token of controls()) values[3 * token + 1] = Number.NEGATIVE_INFINITY;
    },
    free: () => lib.sampler_free(pointer),
  });
  return reading(rules);
}
