// How a pack becomes graphs: which examples are computed together, and which at the same time.
import { ToolwrightError } from "../errors.js";
import { keysOf, type Span } from "./attention.js";
import type { Hyperparameters } from "./base.js";
import type { Counted } from "./head.js";
import type { Pack } from "./pack.js";

/**
 * Tokens of the graphs that are computed at a time, unless single examples have more: longer packs are computed a few examples after another.
 */
const TOKENS = 512;
/** The fullest lane may have so many times its share of tokens; else there are fewer lanes. */
const UNEVEN = 1.2;
/**
 * Examples of one graph, times the layers. Each leaves a gap in the graph's memory in each layer, and ggml ends the process where there are
 * 256 gaps at once that nothing fits into; seen with 32 examples and 30 layers, not with 18.
 */
const GAPS = 480;

/** A part of a pack that one graph computes: whole examples, and the tokens after them that complete the last keys. */
export interface Slice {
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  readonly spans: readonly Span[];
  readonly counted: readonly Counted[];
}

/**
 * A pack's examples as slices, in lanes that are about as long as each other: one lane where the examples do not divide so.
 * @throws ToolwrightError `pack-invalid`
 */
export function lanesOf(pack: Pack, model: Hyperparameters, most: number): Slice[][] {
  check(pack, model);
  const { tokens, starts } = pack;
  const examples = Array.from(starts, (start, i) => ({ start, length: (starts[i + 1] ?? tokens.length) - start }));
  for (let count = Math.min(most, examples.length); ; count--) {
    const lanes = dealt(examples, count);
    if (count === 1 || lanes[0]!.tokens * count <= UNEVEN * tokens.length)
      return lanes.map((lane) => sliced(pack, lane.examples, model, TOKENS / count));
  }
}

/** The longest first, each to the lane that is the shortest; then the longest lane first. */
function dealt(examples: readonly Span[], count: number): { readonly tokens: number; readonly examples: readonly Span[] }[] {
  const lanes = Array.from({ length: count }, () => ({ tokens: 0, examples: [] as Span[] }));
  for (const example of examples.toSorted((a, b) => b.length - a.length)) {
    const lane = lanes.reduce((least, other) => (other.tokens < least.tokens ? other : least));
    lane.tokens += example.length;
    lane.examples.push(example);
  }
  for (const lane of lanes) lane.examples.sort((a, b) => a.start - b.start);
  return lanes.sort((a, b) => b.tokens - a.tokens);
}

function sliced(pack: Pack, examples: readonly Span[], model: Hyperparameters, tokens: number): Slice[] {
  const groups: Span[][] = [];
  const most = Math.max(1, Math.floor(GAPS / model.layers));
  let last: Span[] = [];
  let length = 0;
  for (const example of examples) {
    length += example.length;
    if (last.length === 0 || length > tokens || last.length === most) {
      groups.push((last = []));
      length = example.length;
    }
    last.push(example);
  }
  return groups.map((group) => slice(pack, group));
}

function slice(pack: Pack, examples: readonly Span[]): Slice {
  let next = 0;
  const spans = examples.map(({ length }) => ({ start: (next += length) - length, length }));
  const padded = Math.max(...spans.map((span) => span.start + keysOf(span)));
  const tokens = new Int32Array(padded);
  const positions = new Int32Array(padded);
  const counted: Counted[] = [];
  for (const [index, { start, length }] of examples.entries()) {
    const own = spans[index]!.start;
    tokens.set(pack.tokens.subarray(start, start + length), own);
    positions.set(pack.positions.subarray(start, start + length), own);
    for (let i = 0; i < length; i++) {
      const weight = pack.weights[start + i]!;
      if (weight > 0) counted.push({ position: own + i, target: pack.targets[start + i]!, weight });
    }
  }
  return { tokens, positions, spans, counted };
}

function check({ tokens, positions, starts, targets, weights }: Pack, { vocabulary, context }: Hyperparameters): void {
  const invalid = (what: string, remedy: string) => new ToolwrightError("pack-invalid", what, remedy);
  const arrays = [positions, targets, weights];
  if (tokens.length === 0 || arrays.some(({ length }) => length !== tokens.length)) {
    throw invalid(
      `A pack has ${tokens.length} tokens and ${arrays.map(({ length }) => length).join(", ")} positions, targets and weights.`,
      "Give one of each for every token.",
    );
  }
  if (starts[0] !== 0 || starts.some((start, i) => i > 0 && start <= starts[i - 1]!) || starts.at(-1)! >= tokens.length) {
    throw invalid(
      `The examples of a pack start at ${starts.join(", ")}.`,
      "Let the first start at 0 and each other one behind the one before.",
    );
  }
  const longest = starts.reduce((most, start, i) => Math.max(most, (starts[i + 1] ?? tokens.length) - start), 0);
  if (longest > context) {
    throw invalid(`An example has ${longest} tokens, and the model was trained with ${context}.`, "Cut it, or leave it out.");
  }
  const outside = (token: number) => token < 0 || token >= vocabulary;
  const strange = tokens.find(outside) ?? targets.find((target, i) => weights[i]! > 0 && outside(target));
  if (strange !== undefined) {
    throw invalid(
      `A pack has the token ${strange}, and the model's vocabulary has ${vocabulary}.`,
      "Tokenise the examples with this model.",
    );
  }
  if (weights.some((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))) {
    throw invalid("A pack has a loss weight that is no number from 0 on.", "Give finite weights.");
  }
}
