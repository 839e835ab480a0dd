import type { Chunk, CompletionsServer } from "./completions-server.js";
import type { Capabilities, Delta, GenerateOptions, Message, Sequence, Splice, Usage } from "./model.js";
import { aborted, checkOptions } from "./refusals.js";

interface Origin {
  readonly model: { readonly name: string; readonly can: Capabilities; countTokens(text: string): number };
  readonly server: CompletionsServer;
  /** What stands before the model's own text. */
  readonly beginning: string;
}

/** A text that a completions server goes on with. The server gets the whole text each time; what it has kept of it costs nothing. */
export class CompletionSequence implements Sequence {
  readonly #origin: Origin;
  #written: string;
  #last = ""; // the last delta
  #usage: Usage = { input: 0, cached: 0, output: 0 };
  #requests = 0;
  #ended = false;
  #generating = false;

  constructor(origin: Origin, written: string) {
    this.#origin = origin;
    this.#written = written;
  }

  get usage(): Usage {
    return this.#usage;
  }

  async *generate(options: GenerateOptions = {}): AsyncGenerator<Delta, undefined> {
    const { model, server, beginning } = this.#origin;
    const { temperature = 0, topP, seed, maxTokens, signal } = options;
    if (this.#generating) throw new Error("generate is under way on this sequence");
    checkOptions(model, options);
    if (signal?.aborted) throw aborted(model.name, signal.reason);
    if (this.#ended || (maxTokens !== undefined && maxTokens <= 0)) {
      yield { type: "stop", reason: this.#ended ? "end" : "length" };
      return;
    }
    const prompt = beginning + this.#written;
    const body = {
      prompt,
      temperature,
      max_tokens: maxTokens ?? null, // Left out, it would be 16.
      ...(topP !== undefined && { top_p: topP }),
      // A run's pieces do not all draw the same numbers.
      ...(seed !== undefined && { seed: seed + this.#requests }),
    };
    this.#generating = true;
    this.#requests++;
    const from = this.#written.length;
    let usage: Chunk["usage"];
    let finish: string | undefined;
    let opened = false;
    try {
      for await (const chunk of server.stream(body, signal)) {
        const [choice] = chunk.choices;
        opened = true;
        usage = chunk.usage ?? usage;
        finish = choice?.finish_reason ?? finish;
        const text = choice?.text ?? "";
        if (text === "") continue;
        this.#written += text;
        this.#last = text;
        yield { type: "text", text, tokens: 0 };
      }
      this.#ended = finish !== "length";
      yield { type: "stop", reason: this.#ended ? "end" : "length" };
    } finally {
      this.#generating = false;
      if (opened) this.#count(prompt, this.#written.slice(from), usage);
    }
  }

  splice({ drop, text }: Splice): void {
    if (drop > this.#last.length) throw new RangeError(`cannot drop ${drop} characters of a delta of ${this.#last.length}`);
    this.#written = this.#written.slice(0, this.#written.length - drop) + text;
    this.#last = "";
    this.#ended = false;
  }

  async fork(): Promise<Sequence> {
    return new CompletionSequence(this.#origin, this.#written);
  }

  message(): Message {
    return { role: "assistant", content: this.#written };
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Where the server gives no figures, or the answer was left before them, they are estimated. */
  #count(prompt: string, text: string, told: Chunk["usage"]): void {
    const { input, cached, output } = this.#usage;
    const { countTokens } = this.#origin.model;
    const kept = told?.prompt_tokens_details?.cached_tokens ?? 0;
    this.#usage = {
      input: input + (told?.prompt_tokens ?? countTokens(prompt)) - kept,
      cached: cached + kept,
      output: output + (told?.completion_tokens ?? countTokens(text)),
    };
  }
}
