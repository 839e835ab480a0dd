// Whose tokens go into the next step, and the limits of sequences and steps.
import type { Slot } from "./context.js";

/** What a scheduler keeps to. */
export interface SchedulerOptions {
  /** Most sequences that run at once; further ones wait in order. Default 64, at most 128. */
  readonly width?: number;
  /** Most tokens of one sequence: what the model was trained for. */
  readonly longest: number;
  /**
   * How long a step should take at most, in milliseconds, while someone waits for a next token. A step that only takes in prompts
   * may take six times that: a step of 160 tokens is a quarter faster by the token than one of 60. An abort is answered at once in
   * either case; the step under way ends by itself. Default 50.
   */
  readonly stepTime?: number;
  /**
   * Steps that do not follow the machine's speed, so that results can be repeated bit by bit, as long as no sequence is closed or
   * truncated while others go on. Takes the place of `stepTime`. Default false.
   */
  readonly repeatable?: boolean;
  /** Share of a token's work that reading its logits adds. */
  readonly rowCost: number;
}

/** Tokens that a sequence wants evaluated: those of `tokens` from `evaluated` on, with logits from position `from` on. */
export interface Wanted {
  readonly sequence: { readonly id: number; readonly tokens: readonly number[]; readonly evaluated: number };
  readonly from: number;
}

/** What of a request goes into one step: `count` tokens from position `first`. */
export interface Part<Request extends Wanted> {
  readonly request: Request;
  readonly first: number;
  readonly count: number;
}

/** Limits of a step, in tokens. */
export interface StepBudget {
  /** What takes as long as a step should while someone waits for a next token. */
  readonly step: number;
  /** The same for a step in which nobody does. */
  readonly prompts: number;
  /** A request for so few tokens is somebody's next token (or a splice), not a prompt. */
  readonly short: number;
  /** Tokens that fit the native batch. */
  readonly batch: number;
  /** What a row of logits costs, in tokens. */
  readonly rowCost: number;
}

/** A step has room for so many tokens on the slowest machine, and the machine's speed is read off no smaller one. */
export const SMALL = 24;
/** A request for so few tokens is somebody's next token (or a splice), not a prompt. */
export const SHORT = 8;
/**
 * Limits of repeatable steps. llama.cpp's attention goes another way for a single token and for 64 and more, and adds up in another order
 * (`use_split_kv_path` and `use_tiled`, ggml-cpu/ops.cpp). A token that is sampled, or weighed after a short text, gets the same logits
 * beside whatever else: such steps have 2 to 60 tokens. So has a row of logits, of which a step has none or more than one
 * (a product with one column goes another way, too).
 */
export const REPEATABLE = { step: 60, prompts: 256, short: 40 };
/** How much longer a step may take in which nobody waits for a next token. */
export const PROMPTS = 6;

/** First those that want one token or a few, then prompts in order, in steps of equal cost: a small last one would be a slow one. */
export function planStep<Request extends Wanted>(
  requests: readonly Request[],
  budget: StepBudget,
): { slots: Slot[]; parts: Part<Request>[] } {
  const outstanding = ({ sequence }: Wanted) => sequence.tokens.length - sequence.evaluated;
  const rows = ({ sequence, from }: Wanted) => sequence.tokens.length - Math.max(from, sequence.evaluated);
  const short = requests.filter((request) => outstanding(request) <= budget.short);
  const long = requests.filter((request) => outstanding(request) > budget.short);
  const most = Math.max(SMALL, Math.floor(short.length > 0 ? budget.step : budget.prompts));
  const work = requests.reduce((sum, request) => sum + outstanding(request) + budget.rowCost * rows(request), 0);
  let left = Math.ceil(work / Math.ceil(work / most));
  const slots: Slot[] = [];
  const parts: Part<Request>[] = [];
  for (const request of [...short, ...long]) {
    const { sequence, from } = request;
    const first = sequence.evaluated;
    let position = first;
    while (position < sequence.tokens.length && slots.length < budget.batch && left > 0) {
      const output = position >= from;
      slots.push({ token: sequence.tokens[position]!, position, sequence: sequence.id, output });
      left -= output ? 1 + budget.rowCost : 1;
      position++;
    }
    if (position > first) parts.push({ request, first, count: position - first });
    if (left <= 0) break;
  }
  return { slots, parts };
}

/** A part as it is recorded: whose, how many tokens, how many of them with logits. */
export function shareOf(part: Part<Wanted & { readonly sequence: { readonly id: number } }>): readonly [number, number, number] {
  const { request, first, count } = part;
  return [request.sequence.id, count, Math.max(0, first + count - Math.max(first, request.from))];
}
