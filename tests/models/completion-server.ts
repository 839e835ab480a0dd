import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type EngineModel, loadModel, logSumExp, type Scheduler } from "../../engine/index.js";

/** How the server behaves. */
export interface Manner {
  /** How it tells a prompt's log-probabilities. Default: not at all. */
  readonly dialect?: "vllm" | "echo";
  /** How a token that is a part of a character is shown: by replacement characters (default), or by what is whole in it. */
  readonly parts?: "replaced" | "left out";
  /** Tells the prompt's token ids when asked to, as newer vLLMs do. Default false. */
  readonly ids?: boolean;
  /** Puts this token before every prompt. */
  readonly bos?: number;
  /** Refuses fields that it does not know with status 400. Default false. */
  readonly strict?: boolean;
  /** Most alternatives that it lists. Default 20. */
  readonly most?: number;
}

interface CompletionRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>> & { readonly prompt: string };
  /** When the client had gone before the answer was over; settles once the connection is done with. */
  readonly left: Promise<boolean>;
}

/** A token with its log-probability and those of the likeliest in its place; the first has neither. */
interface Scored {
  readonly id: number;
  readonly logprob?: number;
  readonly top?: readonly { readonly id: number; readonly logprob: number }[];
}

const FIELDS = ["model", "prompt", "max_tokens", "temperature", "top_p", "seed", "stream", "stream_options", "echo", "logprobs"];

/** A server of the completions API over the engine. */
export class CompletionServer implements AsyncDisposable {
  readonly requests: CompletionRequest[] = [];
  manner: Manner = {};
  readonly #engine: EngineModel;
  readonly #scheduler: Scheduler;
  readonly #server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const left = new Promise<boolean>((resolve) => response.on("close", () => resolve(!response.writableFinished)));
    const seen: CompletionRequest = { headers: request.headers, body: JSON.parse(Buffer.concat(pieces).toString()), left };
    this.requests.push(seen);
    if (request.url !== "/v1/completions") return answer(response, 404, { error: { message: "Not Found" } });
    await this.#complete(seen.body, response);
  });

  private constructor(engine: EngineModel, scheduler: Scheduler) {
    this.#engine = engine;
    this.#scheduler = scheduler;
  }

  static async start(file: string): Promise<CompletionServer> {
    const engine = await loadModel(file);
    const server = new CompletionServer(engine, await engine.createScheduler({ cells: 4096 }));
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Behaves in another manner from now on, and forgets what was asked of it. */
  behaves(manner: Manner): void {
    this.manner = manner;
    this.requests.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#engine.close();
  }

  async #complete(body: CompletionRequest["body"], response: ServerResponse): Promise<void> {
    const { dialect, strict, most = 20, bos } = this.manner;
    const known = [...FIELDS, ...(dialect === "vllm" ? ["prompt_logprobs", "return_token_ids"] : [])];
    const strange = Object.keys(body).find((field) => !known.includes(field));
    if (strict && strange !== undefined) return answer(response, 400, { error: { message: `Unrecognized request argument: ${strange}` } });
    const lists = Number(body.prompt_logprobs ?? body.logprobs ?? 0);
    if (lists > most) return answer(response, 400, { message: `At most ${most} log-probabilities, not ${lists}.`, code: 400 });
    const prompt = [...(bos === undefined ? [] : [bos]), ...this.#engine.tokenizer.encode(body.prompt)];
    const longest = this.#scheduler.longest;
    if (prompt.length >= longest) {
      return answer(response, 400, { error: { message: `This model's maximum context length is ${longest} tokens.`, code: 400 } });
    }
    if (body.stream) return this.#stream(body, prompt, response);
    const scored = await this.#score(prompt, lists);
    const written = scored.pop()!;
    const choice = { index: 0, text: this.#shown(written.id), finish_reason: "length" };
    const usage = { prompt_tokens: prompt.length, completion_tokens: 1, total_tokens: prompt.length + 1 };
    if (dialect === "vllm" && typeof body.prompt_logprobs === "number") {
      const ids = this.manner.ids && body.return_token_ids ? { prompt_token_ids: prompt } : {};
      // By hand, since an object's numbers would be sorted.
      const rows = scored.map((token) => this.#vllmRow(token)).join(",");
      const start = JSON.stringify({ ...choice, ...ids }).slice(0, -1);
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(`{"choices":[${start},"prompt_logprobs":[${rows}]}],"usage":${JSON.stringify(usage)}}`);
    }
    const logprobs = dialect === "echo" && body.echo ? this.#echoed([...scored, written]) : null;
    const text = body.echo ? body.prompt + choice.text : choice.text;
    answer(response, 200, { choices: [{ ...choice, text, logprobs }], usage });
  }

  /** The prompt's tokens with what the model makes of each, and the token that it writes after them. */
  async #score(prompt: readonly number[], lists: number): Promise<Scored[]> {
    const scored: Scored[] = [{ id: prompt[0]! }];
    const sequence = await this.#scheduler.open({ tokens: prompt.slice(0, 1), reserve: prompt.length });
    try {
      await sequence.evaluate(prompt.slice(1), {
        outputs: prompt.length,
        onRow: ({ logits }, position) => {
          const sum = logSumExp(logits);
          const ranked = Array.from(logits, (logit, id) => ({ id, logprob: logit - sum })).sort((a, b) => b.logprob - a.logprob);
          const id = prompt[position + 1] ?? ranked[0]!.id;
          scored.push({ id, logprob: logits[id]! - sum, top: ranked.slice(0, lists) });
        },
      });
    } finally {
      sequence.close();
    }
    return scored;
  }

  #vllmRow({ id, logprob, top = [] }: Scored): string {
    if (logprob === undefined) return "null";
    const entries = [{ id, logprob }, ...top.filter((other) => other.id !== id)].map((entry) => {
      const rank = top.findIndex((other) => other.id === entry.id) + 1 || 99;
      return `"${entry.id}": ${JSON.stringify({ logprob: entry.logprob, rank, decoded_token: this.#shown(entry.id) })}`;
    });
    return `{${entries.join(", ")}}`;
  }

  #echoed(tokens: readonly Scored[]): object {
    return {
      tokens: tokens.map(({ id }) => this.#shown(id)),
      token_logprobs: tokens.map(({ logprob }) => logprob ?? null),
      top_logprobs: tokens.map(({ top }) => (top ? Object.fromEntries(top.map(({ id, logprob }) => [this.#shown(id), logprob])) : null)),
      text_offset: tokens.map(() => 0), // Of no use, as with many servers.
    };
  }

  #shown(id: number): string {
    const { tokenizer } = this.#engine;
    const text = tokenizer.isControl(id) ? tokenizer.name(id) : new TextDecoder().decode(tokenizer.bytes(id));
    return this.manner.parts === "left out" ? text.replaceAll("\ufffd", "") : text; // No token of the model is a whole U+FFFD.
  }

  async #stream(body: CompletionRequest["body"], prompt: readonly number[], response: ServerResponse): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (data: unknown) => response.write(`data: ${JSON.stringify(data)}\n\n`);
    const sequence = await this.#scheduler.open({ tokens: prompt });
    const sampler = this.#engine.createSampler({ temperature: Number(body.temperature), seed: Number(body.seed ?? 1) });
    const decoder = new TextDecoder();
    let next: number[] = [];
    let finish = "length";
    let written = 0;
    try {
      while (written < Number(body.max_tokens ?? 100) && !response.destroyed) {
        await sequence.evaluate(next, { onRow: (row) => void (next = [sampler.pick(row)]) });
        if (this.#engine.tokenizer.isEnd(next[0]!)) {
          finish = "stop";
          break;
        }
        written++;
        const text = decoder.decode(this.#engine.tokenizer.bytes(next[0]!), { stream: true });
        send({ choices: [{ index: 0, text, finish_reason: null }] });
      }
    } finally {
      sampler.free();
      sequence.close();
    }
    send({ choices: [{ index: 0, text: "", finish_reason: finish }] });
    send({ choices: [], usage: { prompt_tokens: prompt.length, completion_tokens: written, total_tokens: prompt.length + written } });
    response.end("data: [DONE]\n\n");
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
