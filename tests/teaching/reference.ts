// What weighing a call comes to, in the plainest way: one text after another, each from its first token on, each row of logits whole.
import type { EngineModel, Scheduler, SchedulerSettings } from "../../engine/index.js";
import type { Beginning } from "../../teaching/model.js";
import type { Candidate } from "../../teaching/record.js";

export interface Weighed {
  readonly none: readonly number[];
  readonly call: readonly number[];
  readonly result: readonly number[];
  readonly losses: { readonly none: number; readonly call: number; readonly result: number };
  readonly margin: number;
}

/**
 * Losses of candidates by the definition. Each text goes through a new sequence of a scheduler that nothing else uses and that keeps
 * keys and values as 32-bit numbers, unless told otherwise.
 */
export class Reference {
  readonly #engine: EngineModel;
  readonly #scheduler: Scheduler;
  readonly #system: string;
  /** Texts without a call are the same for many candidates. */
  readonly #known = new Map<string, number[]>();

  private constructor(engine: EngineModel, scheduler: Scheduler, system: string) {
    this.#engine = engine;
    this.#scheduler = scheduler;
    this.#system = system;
  }

  /** @param system what the model's chat template says where a conversation has no system turn */
  static async open(engine: EngineModel, system: string, settings: SchedulerSettings = {}): Promise<Reference> {
    return new Reference(engine, await engine.createScheduler({ cells: 2048, cacheType: "F32", ...settings }), system);
  }

  close(): Promise<void> {
    return this.#scheduler.dispose();
  }

  async weigh(beginning: Beginning, text: string, candidate: Candidate, placement: "before" | "splice"): Promise<Weighed> {
    const { tokenizer } = this.#engine;
    const before = this.#tokensOf(beginning);
    const tokens = tokenizer.encode(text);
    const { at, first } = this.#place(text, tokens, candidate.position);
    const weighed = tokens.slice(first, first + 5);

    const bare = `[${candidate.tool}(${candidate.input})]`;
    const full = `[${candidate.tool}(${candidate.input}) → ${candidate.output}]`;
    const after = async (marker: string): Promise<number[]> => {
      let head: number[];
      if (marker === "") head = [...before, ...tokens.slice(0, first)];
      else if (placement === "before") head = [...before, ...tokenizer.encode(`${marker} `), ...tokens.slice(0, first)];
      else {
        // At the head of a line the blank comes after the marker, elsewhere before it.
        const start = tokenizer.decode(tokens.slice(0, at));
        const spaced = /(^|[\r\n])\s*$/.test(start) ? `${marker} ` : ` ${marker}`;
        head = [...before, ...tokens.slice(0, at), ...tokenizer.encode(spaced), ...tokens.slice(at, first)];
      }
      const key = JSON.stringify([head, weighed]);
      const known = this.#known.get(key);
      if (known !== undefined) return known;
      const values = await this.#logprobs(head, weighed);
      this.#known.set(key, values);
      return values;
    };
    const none = await after("");
    const call = await after(bare);
    const result = await after(full);
    const losses = { none: loss(none), call: loss(call), result: loss(result) };
    const smaller = Math.min(losses.none, losses.call);
    return { none, call, result, losses, margin: smaller - losses.result };
  }

  /** log p of each token after those before it; 0 for one that nothing comes before. */
  async #logprobs(head: readonly number[], weighed: readonly number[]): Promise<number[]> {
    const whole = [...head, ...weighed];
    const rows = new Map<number, Float64Array>();
    const sequence = await this.#scheduler.open({ reserve: whole.length });
    await sequence.evaluate(whole.slice(0, -1), {
      outputs: weighed.length,
      onRow: ({ logits }, position) => void rows.set(position, Float64Array.from(logits)),
    });
    sequence.close();
    const values: number[] = [];
    for (let i = 0; i < weighed.length; i++) {
      const row = rows.get(head.length + i - 1);
      values.push(row === undefined ? 0 : logSoftmax(row)[weighed[i]!]!);
    }
    return values;
  }

  /** Index of the token before which a marker goes, and of the first that is weighed, by the bytes of the text. */
  #place(text: string, tokens: readonly number[], position: number): { at: number; first: number } {
    const starts: number[] = [0];
    for (const token of tokens) starts.push(starts.at(-1)! + this.#engine.tokenizer.bytes(token).length);
    const byte = Buffer.byteLength(text.slice(0, position));
    const blank = text.charAt(position - 1) === " " ? starts.indexOf(byte - 1) : -1;
    const at = blank >= 0 ? blank : starts.indexOf(byte);
    const sign = /^[$€£¥+\-−]?/.exec(text.slice(position))![0];
    const content = byte + Buffer.byteLength(sign);
    let first = at;
    while (starts[first + 1]! <= content) first++;
    return { at, first };
  }

  #tokensOf(beginning: Beginning): number[] {
    const { tokenizer } = this.#engine;
    const begun = tokenizer.bos === undefined ? [] : [tokenizer.bos];
    if ("text" in beginning) {
      const { text, shared = 0 } = beginning;
      return [...begun, ...tokenizer.encode(text.slice(0, shared)), ...tokenizer.encode(text.slice(shared))];
    }
    const { messages, written = "" } = beginning;
    const turns = messages[0]?.role === "system" ? messages : [{ role: "system", content: this.#system }, ...messages];
    const tokens: number[] = [];
    for (const { role, content } of turns) {
      tokens.push(...tokenizer.encode(`<|im_start|>${role}\n`, true), ...tokenizer.encode(content));
      tokens.push(...tokenizer.encode("<|im_end|>\n", true));
    }
    return [...tokens, ...tokenizer.encode("<|im_start|>assistant\n", true), ...tokenizer.encode(written)];
  }
}

function logSoftmax(row: Float64Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of row) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - largest);
  const values = new Float64Array(row.length);
  for (let token = 0; token < row.length; token++) values[token] = row[token]! - largest - Math.log(sum);
  return values;
}

function loss(logprobs: readonly number[]): number {
  const weights = [1, 0.8, 0.6, 0.4, 0.2];
  let sum = 0;
  for (let t = 0; t < logprobs.length; t++) sum -= (weights[t]! / 3) * logprobs[t]!;
  return sum;
}
