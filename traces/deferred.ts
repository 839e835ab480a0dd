import { ToolwrightError } from "../errors.js";
import type {
  Capabilities,
  Delta,
  GenerateOptions,
  LanguageModel,
  Message,
  ModelIdentity,
  Prompt,
  Sequence,
  Splice,
  Usage,
} from "../models/index.js";

/** What a text is made of so far. */
type Step = { readonly delta: Delta } | { readonly splice: Splice };

type Open = (prompt: Prompt, options?: { readonly signal?: AbortSignal; readonly written?: string }) => Promise<Sequence>;

/**
 * The same model, opened only when output is really asked of it: while a replay gives the recorded output, it does nothing, and
 * where the replay goes live it takes in the text so far and goes on.
 *
 * A model that does not continue its own text can do so only if its sequences have `accept`.
 */
export function deferredModel(model: LanguageModel): LanguageModel {
  return {
    name: model.name,
    identity: model.identity,
    can: model.can,
    ...(model.strategy === undefined ? {} : { strategy: model.strategy }),
    ...(model.taught === undefined ? {} : { taught: model.taught }),
    ...(model.untaught === undefined ? {} : { untaught: async () => deferredModel(await model.untaught!()) }),
    contextSize: model.contextSize,
    countTokens: (text) => model.countTokens(text),
    open: async (prompt, options) => new DeferredSequence(model, prompt, options),
    close: () => model.close(),
    [Symbol.asyncDispose]: () => model.close(),
  };
}

/**
 * Stands for the model of a recorded run. Its sequences take recorded output; asked for output of their own they throw
 * ToolwrightError `model-absent`.
 */
export function absentModel(identity: ModelIdentity, can: Capabilities, contextSize?: number): LanguageModel {
  const { name } = identity;
  const open: Open = async () => {
    throw new ToolwrightError(
      "model-absent",
      `The run goes on where its record has no output of ${name}, and a replay has no model.`,
      "Give the model, to fork the trace (--from N) or to compare its output (--live model).",
      { exitCode: 3 },
    );
  };
  const close = async (): Promise<void> => {};
  return deferredModel({
    name,
    identity,
    can,
    contextSize,
    countTokens: (text) => Math.ceil(text.length / 4),
    open,
    close,
    [Symbol.asyncDispose]: close,
  });
}

const noUsage: Usage = { input: 0, cached: 0, output: 0 };

class DeferredSequence implements Sequence {
  readonly #model: LanguageModel;
  readonly #prompt: Prompt;
  readonly #options: { readonly signal?: AbortSignal; readonly written?: string };
  readonly #steps: Step[];
  #text: string;
  /** Tokens and characters accepted since `generate` was last called. */
  #accepted = { tokens: 0, characters: 0 };
  #real: Sequence | undefined;

  constructor(
    model: LanguageModel,
    prompt: Prompt,
    options: { readonly signal?: AbortSignal; readonly written?: string } = {},
    steps: readonly Step[] = [],
  ) {
    this.#model = model;
    this.#prompt = prompt;
    this.#options = options;
    this.#steps = [...steps];
    this.#text = steps.reduce(textAfter, options.written ?? "");
  }

  get usage(): Usage {
    return this.#real?.usage ?? noUsage;
  }

  accept(delta: Delta): void {
    if (this.#real !== undefined) throw new Error("Recorded output after the model has gone on by itself");
    this.#add({ delta });
    if (delta.type !== "text") return;
    this.#accepted.tokens += delta.tokens;
    this.#accepted.characters += delta.text.length;
  }

  splice(splice: Splice): void {
    if (this.#real !== undefined) this.#real.splice(splice);
    else this.#add({ splice });
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#text = textAfter(this.#text, step);
  }

  generate(options: GenerateOptions = {}): AsyncIterableIterator<Delta> {
    if (this.#real !== undefined) return this.#real.generate(options);
    this.#accepted = { tokens: 0, characters: 0 };
    return this.#goOn(options);
  }

  /** Runs when the first delta is asked for: what was accepted until then came from this call of `generate`. */
  async *#goOn(options: GenerateOptions): AsyncGenerator<Delta> {
    const { tokens, characters } = this.#accepted;
    if (options.grammar !== undefined && characters > 0) {
      throw new ToolwrightError(
        "cannot-fork-here",
        "The run cannot go live here: the model is in the middle of text that a grammar holds, which cannot be taken up half-way.",
        "Fork the trace at an earlier event.",
      );
    }
    const left = options.maxTokens === undefined ? undefined : options.maxTokens - tokens;
    if (left !== undefined && left <= 0) return yield { type: "stop", reason: "length" };
    this.#real = await this.#open();
    yield* this.#real.generate({ ...options, maxTokens: left });
  }

  async #open(): Promise<Sequence> {
    const { signal } = this.#options;
    if (this.#text === "" && this.#steps.length === 0) return this.#model.open(this.#prompt, { signal });
    if (this.#model.can.continues) return this.#model.open(this.#prompt, { signal, written: this.#text });
    const sequence = await this.#model.open(this.#prompt, { signal });
    if (sequence.accept === undefined) {
      await sequence.close();
      throw new ToolwrightError(
        "unsupported",
        `${this.#model.name} cannot go on from recorded output (continues: false).`,
        "Fork the trace before the model's first output, or with a model that continues its own text.",
      );
    }
    for (const step of this.#steps) {
      if ("delta" in step) sequence.accept(step.delta);
      else sequence.splice(step.splice);
    }
    return sequence;
  }

  async fork(): Promise<Sequence> {
    return this.#real?.fork() ?? new DeferredSequence(this.#model, this.#prompt, this.#options, this.#steps);
  }

  message(): Message {
    return this.#real?.message() ?? { role: "assistant", content: this.#text };
  }

  async close(options?: { readonly keep?: boolean }): Promise<void> {
    await this.#real?.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The assistant's turn after a step. */
function textAfter(text: string, step: Step): string {
  if ("splice" in step) return text.slice(0, text.length - step.splice.drop) + step.splice.text;
  return step.delta.type === "text" ? text + step.delta.text : text;
}
