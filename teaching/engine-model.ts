// Teaching on the engine: a passage's texts are sequences that share what they have in common, many at a time.
import { argumentsGrammar } from "../agent/index.js";
import { draw, type EngineSequence, type Grammar, logSumExp, type Random, random } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { LocalModel } from "../models/index.js";
import { leads, spliced } from "./marked.js";
import {
  type Beginning,
  LONGEST_CALL,
  type LossOptions,
  type LossRequest,
  placed,
  type Reading,
  type SampledCalls,
  type SampleRequest,
  type TeachingModel,
  trainedFor,
} from "./model.js";

/** What of a local model teaching uses. */
export type TeachingEngine = Pick<LocalModel, "identity" | "strategy" | "taught" | "engine" | "scheduler" | "render">;

/** @param model opened with `repeatable`, so that the same corpus gives the same bytes */
export function engineTeachingModel(model: TeachingEngine): TeachingModel {
  return new EngineTeachingModel(model);
}

/** Samples of a pack, and tokens of a pack of losses: what fits the memory beside the passage itself, and the ids of sequences. */
const MOST_SAMPLES = 120;
const MOST_WEIGHED = 2048;

/** Samples that have written the same so far. */
interface Branch {
  /** Everything so far. */
  readonly tokens: readonly number[];
  /** Of the arguments, so far. */
  readonly written: readonly number[];
  readonly grammar: Grammar;
  /** Which of the place's seeds. */
  readonly seeds: readonly number[];
  /** One that stands at all but the last token, to go on with; otherwise one is opened. */
  readonly sequence?: EngineSequence;
}

class EngineTeachingModel implements TeachingModel {
  readonly #model: TeachingEngine;
  /** What beginnings share, by its tokens. */
  readonly #shared = new Map<string, EngineSequence>();
  readonly #grammars = new Map<string, Grammar>();
  readonly #open = new Set<EngineSequence>();
  readonly #end: number;
  readonly #markers: readonly [spaced: number, bare: number];

  constructor(model: TeachingEngine) {
    this.#model = model;
    const single = (text: string) => this.#encode(text)[0]!;
    const { end } = model.engine.tokenizer;
    if (end === undefined) {
      throw new ToolwrightError(
        "unsupported",
        `${model.identity.name} has no token that ends a text, by which a call is known to be whole.`,
        "Teach with another model.",
      );
    }
    this.#end = end;
    this.#markers = [single(" ["), single("[")];
  }

  get identity() {
    return this.#model.identity;
  }

  get contextSize() {
    return this.#model.scheduler.longest;
  }

  trainedFor(tool: string): boolean {
    return trainedFor(this.#model, tool);
  }

  get tokens() {
    return this.#model.scheduler.counts.tokens;
  }

  countTokens(text: string): number {
    return this.#encode(text).length;
  }

  /**
   * Sums of floating-point numbers depend on which cells of the engine's memory hold a text: a text must find the memory as it would
   * find it in a process that began with it. So what is shared stands at the memory's beginning, in this order, and nothing else does.
   */
  async prepare(beginnings: readonly Beginning[]): Promise<void> {
    this.release();
    const wanted = new Map(
      beginnings
        .map((beginning) => this.#sharedOf(beginning))
        .filter(({ length }) => length > 0)
        .map((tokens) => [tokens.join(), tokens]),
    );
    const keys = [...wanted.keys()];
    if (keys.length === this.#shared.size && [...this.#shared.keys()].every((key, index) => key === keys[index])) return;
    for (const sequence of this.#shared.values()) sequence.close();
    this.#shared.clear();
    for (const [key, tokens] of wanted) {
      const sequence = await this.#model.scheduler.open({ tokens, reserve: 0 });
      this.#shared.set(key, sequence);
      await sequence.evaluate([]);
    }
  }

  async read(beginning: Beginning, text: string, options: { marker: boolean; signal?: AbortSignal }): Promise<Reading> {
    const before = this.#tokensOf(beginning);
    const tokens = this.#encode(text);
    const logprobs: number[] = new Array(tokens.length).fill(0);
    const marker: number[] | undefined = options.marker ? new Array(tokens.length).fill(0) : undefined;
    const offsets = this.#model.engine.tokenizer.offsets(tokens);
    const [spaced, bare] = this.#markers;
    const whole = [...before, ...tokens];
    const sequence = await this.#sequence(whole.slice(0, before.length), whole.length - before.length, options.signal);
    await sequence.evaluate(whole.slice(before.length), {
      outputs: tokens.length + 1,
      signal: options.signal,
      onRow: ({ logits }, position) => {
        const index = position - before.length + 1;
        if (index === tokens.length) return;
        const sum = logSumExp(logits);
        logprobs[index] = logits[tokens[index]!]! - sum;
        if (marker) marker[index] = Math.exp(logits[leads(text, offsets[index]!) ? bare : spaced]! - sum);
      },
    });
    sequence.park(); // What is sampled or weighed begins alike.
    return { offsets, logprobs, ...(marker && { marker }) };
  }

  async sample(
    beginning: Beginning,
    text: string,
    requests: readonly SampleRequest[],
    { tool, share, enough, longest = LONGEST_CALL, signal }: Parameters<TeachingModel["sample"]>[3],
  ): Promise<SampledCalls[]> {
    const before = this.#tokensOf(beginning);
    const tokens = this.#encode(text);
    const offsets = this.#model.engine.tokenizer.offsets(tokens);
    let grammar = this.#grammars.get(tool.name);
    if (grammar === undefined) this.#grammars.set(tool.name, (grammar = this.#model.engine.createGrammar(argumentsGrammar(tool)!)));
    const rules = grammar;
    const sampled = async ({ at, seeds }: SampleRequest): Promise<SampledCalls> => {
      const start = [...before, ...tokens.slice(0, offsets.indexOf(at)), ...this.#encode(placed(text, at, `[${tool.name}(`))];
      const inputs: (string | undefined)[] = new Array(seeds.length).fill(undefined);
      const streams = seeds.map(random);
      const distinct = new Set<string>();
      let sharedTokens = 0;
      let cut = 0;
      const grow = async (branch: Branch): Promise<void> => {
        if (distinct.size >= enough) {
          cut += branch.seeds.length;
          branch.grammar.free();
          branch.sequence?.park();
          return;
        }
        sharedTokens += branch.seeds.length - 1;
        const { going, ended } = await this.#grow(branch, streams, longest, signal);
        for (const { input, which } of ended) {
          distinct.add(input);
          for (const seed of which) inputs[seed] = input;
        }
        await Promise.all(going.map(grow));
      };
      const begin = (which: readonly number[]) => grow({ tokens: start, written: [], grammar: rules.clone(), seeds: which });
      const all = seeds.map((_, index) => index);
      await Promise.all(share ? [begin(all)] : all.map((index) => begin([index])));
      return { inputs, sharedTokens, cut };
    };
    return await this.#inPacks(requests, ({ seeds }) => seeds.length, MOST_SAMPLES, sampled);
  }

  /**
   * Works on so much at a time, and gives memory free only in between: a cell that is given free in the middle is the next to be filled,
   * so that a later token of a sequence would come to stand before an earlier one, which adds up in another order.
   */
  async #inPacks<Item, Result>(
    items: readonly Item[],
    size: (item: Item) => number,
    most: number,
    work: (item: Item) => Promise<Result>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    for (let next = 0; next < items.length; ) {
      let end = next + 1;
      let sum = size(items[next]!);
      while (end < items.length && sum + size(items[end]!) <= most) sum += size(items[end++]!);
      const before = new Set(this.#open);
      results.push(...(await Promise.all(items.slice(next, end).map(work))));
      for (const sequence of this.#open) if (!before.has(sequence)) this.#close(sequence);
      next = end;
    }
    return results;
  }

  /** Draws the next token of each sample of a branch. The first branch that goes on has the sequence. */
  async #grow(
    { tokens, written, grammar, seeds, ...branch }: Branch,
    streams: readonly Random[],
    longest: number,
    signal: AbortSignal | undefined,
  ): Promise<{ going: Branch[]; ended: { input: string; which: readonly number[] }[] }> {
    const { tokenizer } = this.#model.engine;
    const sequence = branch.sequence ?? (await this.#sequence(tokens, longest - written.length, signal));
    const drawn = new Map<number, number[]>();
    try {
      await sequence.evaluate(tokens.slice(sequence.tokens.length), {
        signal,
        onRow: ({ logits }) => {
          const own = seeds.map((seed) => streams[seed]!);
          draw(logits, own, (token) => !tokenizer.isEnd(token) && grammar.allows(token)).forEach((token, index) => {
            drawn.set(token, [...(drawn.get(token) ?? []), seeds[index]!]);
          });
        },
      });
      drawn.delete(-1); // Nothing that the model would write there is allowed.
      const going: Branch[] = [];
      const ended: { input: string; which: readonly number[] }[] = [];
      for (const [token, which] of drawn) {
        const rules = grammar.clone();
        rules.accept(token);
        const text = tokenizer.decode([...written, token]);
        const closed = text.endsWith(")") && rules.allows(this.#end);
        if (closed) ended.push({ input: text.slice(0, -1), which });
        if (closed || written.length + 1 >= longest) rules.free();
        else going.push({ tokens: [...tokens, token], written: [...written, token], grammar: rules, seeds: which });
      }
      const [first, ...others] = going;
      if (first === undefined) sequence.park();
      return { going: first === undefined ? [] : [{ ...first, sequence }, ...others], ended };
    } finally {
      grammar.free();
    }
  }

  async losses(beginning: Beginning, text: string, requests: readonly LossRequest[], options: LossOptions): Promise<number[][]> {
    const { placement, count, context, share, signal } = options;
    const before = this.#tokensOf(beginning);
    const tokens = this.#encode(text);
    const offsets = this.#model.engine.tokenizer.offsets(tokens);
    const results: number[][] = requests.map(() => []);
    // What is read once: the same beginning of tokens, up to the last position that needs it.
    const passes = new Map<
      string,
      { readonly head: readonly number[]; readonly from: number; readonly wanted: [request: number, index: number][] }
    >();
    requests.forEach(({ marker, at, from }, request) => {
      const splice = placement === "splice" && marker !== "";
      const index = offsets.indexOf(from);
      const start = context === undefined ? 0 : Math.max(0, index - context);
      const place = splice ? offsets.indexOf(at) : start;
      const head = splice
        ? [...before, ...tokens.slice(start, place), ...this.#encode(spliced(text, at, marker))]
        : [...before, ...(marker === "" ? [] : this.#encode(`${marker} `))];
      const key = share && !splice ? `${place}\0${marker}` : String(request);
      const pass = passes.get(key);
      if (pass) pass.wanted.push([request, index]);
      else passes.set(key, { head, from: place, wanted: [[request, index]] });
    });
    const whole = [...passes.values()].map(({ head, from, wanted }) => {
      const indices = wanted.map(([, index]) => index);
      const first = Math.min(...indices);
      const last = Math.min(tokens.length, Math.max(...indices) + count);
      return { tokens: [...head, ...tokens.slice(from, last - 1)], first, last, wanted, offset: head.length - from };
    });
    await this.#inPacks(
      whole,
      (pass) => pass.tokens.length - this.#model.scheduler.held(pass.tokens),
      MOST_WEIGHED,
      async ({ first, last, wanted, offset, ...pass }) => {
        // What is weighed is never taken over from another text in memory: its logits are wanted.
        const given = pass.tokens.length - (last - first) + 1;
        const sequence = await this.#sequence(pass.tokens.slice(0, given), last - first - 1, signal);
        const values: number[] = [];
        await sequence.evaluate(pass.tokens.slice(given), {
          outputs: last - first,
          signal,
          onRow: ({ logits }, position) => {
            const token = position + 1 - offset;
            values[token] = logits[tokens[token]!]! - logSumExp(logits);
          },
        });
        sequence.park();
        for (const [request, index] of wanted) results[request] = values.slice(index, Math.min(index + count, last));
      },
    );
    return results;
  }

  release(): void {
    for (const sequence of this.#open) sequence.close();
    this.#open.clear();
  }

  #encode(text: string): number[] {
    return this.#model.engine.tokenizer.encode(text);
  }

  #tokensOf(beginning: Beginning): number[] {
    if (!("text" in beginning)) return [...this.#model.render(beginning.messages, true), ...this.#encode(beginning.written ?? "")];
    const { text, shared = 0 } = beginning;
    const { bos } = this.#model.engine.tokenizer;
    return [...(bos === undefined ? [] : [bos]), ...this.#encode(text.slice(0, shared)), ...this.#encode(text.slice(shared))];
  }

  #sharedOf(beginning: Beginning): number[] {
    const { shared = 0 } = beginning;
    if (shared === 0) return [];
    if ("text" in beginning) return this.#tokensOf({ text: beginning.text.slice(0, shared), shared });
    const tokens = this.#tokensOf(beginning);
    const alone = this.#model.render(beginning.messages.slice(0, shared), false);
    const common = alone.findIndex((token, index) => token !== tokens[index]);
    return common < 0 ? alone : alone.slice(0, common);
  }

  async #sequence(tokens: readonly number[], reserve: number, signal: AbortSignal | undefined): Promise<EngineSequence> {
    const sequence = await this.#model.scheduler.open({ tokens, reserve, signal });
    this.#open.add(sequence);
    return sequence;
  }

  #close(sequence: EngineSequence): void {
    this.#open.delete(sequence);
    sequence.close();
  }
}
