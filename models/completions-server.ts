import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ToolwrightError } from "../errors.js";
import { TRIES } from "./endpoint.js";
import { classify, type Endpoint, endpointError, type Failure, Incomplete, Silence } from "./failures.js";
import { aborted } from "./refusals.js";

// As with chat endpoints (endpoint.ts).
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

const chunkSchema = z.object({
  choices: z.array(z.object({ text: z.string(), finish_reason: z.string().nullish() })).default([]),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number().default(0),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
});

/** A piece of a completion as it is streamed. */
export type Chunk = z.infer<typeof chunkSchema>;

/** The server's answer to a request that it refuses. `status` and the rest are what `classify` looks at. */
export class Rejection extends Error {
  constructor(
    message: string,
    readonly status?: number,
    readonly headers?: Headers,
    readonly code?: string,
  ) {
    super(message);
  }
}

/** Waits for some work as long as the server's silence is borne. */
type Patient = <T>(work: Promise<T>) => Promise<T>;

/** What speaks the completions API at some address. Requests are made again where that may help, as `openaiModel` does. */
export class CompletionsServer {
  readonly #url: URL;
  readonly #patienceMs: number;

  constructor(
    base: URL,
    readonly endpoint: Endpoint,
    patienceMs: number,
  ) {
    this.#url = new URL(base);
    this.#url.pathname = `${base.pathname.replace(/\/$/, "")}/completions`;
    this.#patienceMs = patienceMs;
  }

  /** The whole answer, as it came. @throws ToolwrightError `aborted`, `context-full`, `endpoint-*` */
  async post(body: Record<string, unknown>, signal: AbortSignal | undefined): Promise<string> {
    const whole = async function* (response: Response, patient: Patient) {
      yield await patient(response.text());
    };
    for await (const answer of this.#answers(body, signal, whole)) return answer;
    throw this.garbage();
  }

  /** The pieces of a completion, the last of which says why it ended. Leaving it early ends the connection. @throws as `post` */
  stream(body: Record<string, unknown>, signal: AbortSignal | undefined): AsyncGenerator<Chunk> {
    return this.#answers({ ...body, stream: true, stream_options: { include_usage: true } }, signal, chunks);
  }

  /** The error of an answer that cannot be read. */
  garbage(cause?: unknown): ToolwrightError {
    return new ToolwrightError(
      "endpoint-garbage",
      `${this.endpoint.address} answered with something that is no completion.`,
      "Check the base URL: it usually ends in /v1 and must speak the completions API (POST /v1/completions).",
      { cause },
    );
  }

  /** Asks again where that may help, though never once a part of an answer has been handed on. */
  async *#answers<T>(
    body: Record<string, unknown>,
    signal: AbortSignal | undefined,
    read: (response: Response, patient: Patient) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    for (let asked = 1; ; asked++) {
      let begun = false;
      try {
        for await (const value of this.#attempt(body, signal, read)) {
          begun = true;
          yield value;
        }
        return;
      } catch (error) {
        if (signal?.aborted) throw aborted(this.endpoint.model, error);
        if (error instanceof ToolwrightError) throw error;
        const failure = classify(error, begun);
        const wait = failure.waitMs ?? FIRST_PAUSE_MS * 2 ** (asked - 1);
        if (!failure.again || begun || asked >= TRIES || wait > LONGEST_PAUSE_MS) throw this.#error(failure, error);
        await pause(wait, undefined, { signal }).catch((error) => {
          throw aborted(this.endpoint.model, error);
        });
      }
    }
  }

  async *#attempt<T>(
    body: Record<string, unknown>,
    signal: AbortSignal | undefined,
    read: (response: Response, patient: Patient) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    const leave = new AbortController();
    const patient: Patient = async (work) => {
      const timer = setTimeout(() => leave.abort(new Silence(this.#patienceMs / 1000)), this.#patienceMs);
      try {
        return await work;
      } catch (error) {
        throw leave.signal.aborted ? leave.signal.reason : error;
      } finally {
        clearTimeout(timer);
      }
    };
    const { secret, model } = this.endpoint;
    try {
      const response = await patient(
        fetch(this.#url, {
          method: "POST",
          headers: { "content-type": "application/json", ...(secret && { authorization: `Bearer ${secret}` }) },
          body: JSON.stringify({ model, ...body }),
          signal: signal === undefined ? leave.signal : AbortSignal.any([leave.signal, signal]),
        }),
      );
      if (!response.ok) throw this.#rejection(response, await patient(response.text()));
      yield* read(response, patient);
    } finally {
      leave.abort();
    }
  }

  #rejection(response: Response, text: string): Error {
    const { message, code } = complaintOf(text);
    if (code === "context_length_exceeded" || /maximum (context|model) length|context (length|window|size)/i.test(message)) {
      return this.#error({ code: "context-full", what: "", again: false }, new Rejection(message, response.status));
    }
    return new Rejection(message, response.status, response.headers, code);
  }

  #error(failure: Failure, cause: unknown): ToolwrightError {
    const { address, model } = this.endpoint;
    if (failure.code === "endpoint-garbage") return this.garbage(cause);
    if (failure.code !== "context-full") return endpointError(failure, this.endpoint, cause);
    return new ToolwrightError(
      "context-full",
      `${address} says that the text is too long for ${model}.`,
      "Give it a shorter text, or start the server with a longer context.",
      { cause },
    );
  }
}

/** What a server says of a request that it refuses, in the places where servers say it. */
function complaintOf(text: string): { readonly message: string; readonly code?: string } {
  const place = z.object({ message: z.string(), code: z.unknown() });
  try {
    const { data } = z.union([z.object({ error: place }).transform(({ error }) => error), place]).safeParse(JSON.parse(text));
    if (data !== undefined) return { message: data.message, ...(typeof data.code === "string" && { code: data.code }) };
  } catch {
    // No JSON: the text itself.
  }
  return { message: text.trim() || "no reason given" };
}

/** Reads server-sent events. */
async function* chunks(response: Response, patient: Patient): AsyncGenerator<Chunk> {
  let finish: string | undefined;
  let opened = false;
  for await (const data of events(response, patient)) {
    const value: unknown = JSON.parse(data);
    if ((value as { readonly error?: unknown } | null)?.error) throw new Rejection(complaintOf(data).message);
    const { data: chunk } = chunkSchema.safeParse(value);
    if (chunk === undefined) throw new Incomplete("endpoint-garbage");
    opened = true;
    finish = chunk.choices[0]?.finish_reason ?? finish;
    yield chunk;
  }
  if (finish === "content_filter") throw new Incomplete("endpoint-failed");
  if (finish === undefined) throw new Incomplete(opened ? "endpoint-cut" : "endpoint-garbage");
}

async function* events(response: Response, patient: Patient): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  while (reader !== undefined) {
    const { done, value } = await patient(reader.read());
    const lines = (rest + decoder.decode(value, { stream: !done })).split(/\r?\n/);
    rest = done ? "" : lines.pop()!;
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice("data:".length).trim() : "";
      if (data === "[DONE]") return;
      if (data !== "") yield data;
    }
    if (done) return;
  }
}
