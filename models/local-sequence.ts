import { randomInt } from "node:crypto";
import { type EngineModel, type EngineSequence, logOdds, rank, type Scheduler } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { Delta, GenerateOptions, Message, Sequence, Splice, Usage } from "./model.js";
import { aborted } from "./refusals.js";

/** What a sequence needs of its model. */
interface Host {
  readonly engine: EngineModel;
  readonly scheduler: Scheduler;
  tokenize(text: string): number[];
  preferredTokens(texts: readonly string[]): number[];
  /** Keeps the tokens of a message, so that they need not be guessed from its text. */
  remember(message: Message, tokens: readonly number[]): void;
}

/** A text that a local model writes. */
export class LocalSequence implements Sequence {
  readonly #model: Host;
  readonly #sequence: EngineSequence;
  readonly #start: number; // where the assistant's turn begins, in tokens
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #text: string;
  #pending: number[] = []; // chosen or spliced in, not yet evaluated
  #deltas: { readonly at: number; readonly text: string }[] = []; // since the last splice: their texts, and where their tokens begin
  #usage: { input: number; cached: number; output: number };
  #ended = false;
  #generating = false;

  constructor(model: Host, sequence: EngineSequence, start: number, text: string) {
    this.#model = model;
    this.#sequence = sequence;
    this.#start = start;
    this.#text = text;
    this.#usage = { input: sequence.tokens.length - sequence.evaluated, cached: sequence.evaluated, output: 0 };
  }

  get usage(): Usage {
    return { ...this.#usage };
  }

  async *generate(options: GenerateOptions = {}): AsyncGenerator<Delta, undefined> {
    if (this.#generating) throw new Error("generate is under way on this sequence");
    if (this.#ended) {
      yield { type: "stop", reason: "end" };
      return;
    }
    const { tokenizer } = this.#model.engine;
    const { prefer, watch, avoid, maxTokens = Number.POSITIVE_INFINITY } = options;
    const preferred = prefer ? this.#model.preferredTokens(prefer.texts) : [];
    const watched = watch ? this.#model.preferredTokens(watch) : [];
    const avoided = avoid ? this.#model.preferredTokens(avoid) : [];
    // A run's pieces do not all draw the same numbers.
    const seed = (options.seed ?? randomInt(2 ** 32)) + this.#usage.output;
    const sampler = this.#model.engine.createSampler({ ...options, seed });
    this.#generating = true;
    try {
      let tokens = 0;
      let at = -1;
      for (let count = 0; count < maxTokens; count++) {
        let token = -1;
        let forced = false;
        let margin: number | undefined;
        const taken = this.#take();
        await interruptible(
          options.signal,
          this.#sequence.evaluate(taken, {
            signal: options.signal,
            onRow: (row) => {
              if (count === 0) for (const id of avoided) row.logits[id] = Number.NEGATIVE_INFINITY;
              const choice = prefer && preferred.find((id) => rank(row.logits, id) < prefer.k);
              forced = choice !== undefined;
              token = choice ?? sampler.pick(row);
              if (watched.includes(token)) margin = logOdds(row.logits, watched);
            },
          }),
        );
        if (tokenizer.isEnd(token)) {
          this.#ended = options.grammar === undefined;
          yield { type: "stop", reason: options.grammar === undefined ? "end" : "grammar" };
          return;
        }
        this.#pending = [token];
        this.#usage.output++;
        tokens++;
        if (at < 0) at = this.#sequence.tokens.length;
        const text = this.#decoder.decode(tokenizer.bytes(token), { stream: true });
        if (text !== "") {
          this.#text += text;
          this.#deltas.push({ at, text });
          yield { type: "text", text, tokens, ...(margin === undefined ? {} : { margin }) };
          tokens = 0;
          at = -1;
        }
        if (forced) {
          yield { type: "stop", reason: "preferred" };
          return;
        }
      }
      yield { type: "stop", reason: "length" };
    } finally {
      this.#generating = false;
      sampler.free();
    }
  }

  /** What is to be evaluated next: at least one token, since logits come only with one. */
  #take(): number[] {
    const taken = this.#pending;
    this.#pending = [];
    const { tokens, evaluated } = this.#sequence;
    if (taken.length === 0 && evaluated === tokens.length) {
      taken.push(tokens.at(-1)!); // Its logits were lost when an abort came.
      this.#sequence.truncate(evaluated - 1);
    }
    return taken;
  }

  splice({ drop, text }: Splice): void {
    let added = text;
    if (drop > 0) {
      let last = "";
      while (last.length < drop) {
        const delta = this.#deltas.pop();
        if (delta === undefined) throw new RangeError(`cannot drop ${drop} characters of ${last.length}`);
        last = delta.text + last;
        this.#sequence.truncate(delta.at);
      }
      added = last.slice(0, last.length - drop) + text;
      this.#text = this.#text.slice(0, -drop);
      this.#pending = [];
    }
    this.#deltas = [];
    this.#text += text;
    const tokens = this.#model.tokenize(added);
    this.#usage.input += tokens.length;
    this.#pending.push(...tokens);
    this.#ended = false;
  }

  async fork(): Promise<Sequence> {
    const tokens = [...this.#sequence.tokens, ...this.#pending];
    return new LocalSequence(this.#model, await this.#model.scheduler.open({ tokens }), this.#start, this.#text);
  }

  message(): Message {
    const message: Message = { role: "assistant", content: this.#text };
    this.#model.remember(message, [...this.#sequence.tokens.slice(this.#start), ...this.#pending]);
    return message;
  }

  async close(options: { keep?: boolean } = {}): Promise<void> {
    if (options.keep) this.#sequence.park();
    else this.#sequence.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What an abort throws from the engine (the signal's reason) becomes the interface's error. */
export async function interruptible<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw signal?.aborted && !(error instanceof ToolwrightError) ? aborted("The model", error) : error;
  }
}
