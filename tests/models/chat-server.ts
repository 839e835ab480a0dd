import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came in. */
export interface ChatRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { role: string; content: string; tool_calls?: unknown; tool_call_id?: string }[];
    readonly [key: string]: unknown;
  };
  /** When the client had gone before the answer was over; settles once the connection is done with. */
  readonly left: Promise<boolean>;
}

export type Answer = (response: ServerResponse, request: ChatRequest) => void | Promise<void>;

/** A server that speaks the chat completions API; each request gets the next of the answers given, the last one again and again. */
export class ChatServer implements AsyncDisposable {
  readonly requests: ChatRequest[] = [];
  readonly #answers: Answer[] = [];
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const left = new Promise<boolean>((resolve) => response.on("close", () => resolve(!response.writableFinished)));
    const seen: ChatRequest = { headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()), left };
    this.requests.push(seen);
    const answer = this.#answers.length > 1 ? this.#answers.shift()! : this.#answers[0]!;
    await answer(response, seen);
  });

  static async start(): Promise<ChatServer> {
    const server = new ChatServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  answers(...answers: readonly Answer[]): void {
    this.#answers.splice(0, Number.POSITIVE_INFINITY, ...answers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One event of the stream: a choice's delta, and why it ends. */
export function event(response: ServerResponse, delta: unknown, finish: string | null = null): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  const data = { id: "c", object: "chat.completion.chunk", created: 0, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] };
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}

/** The end of the stream, with the figures if there are any. */
export function end(response: ServerResponse, usage?: Record<string, unknown>): void {
  if (usage !== undefined) response.write(`data: ${JSON.stringify({ id: "c", model: "m", choices: [], usage })}\n\n`);
  response.end("data: [DONE]\n\n");
}

/** A whole answer in these pieces. */
export function says(
  pieces: readonly string[],
  { finish = "stop", usage }: { finish?: string; usage?: Record<string, unknown> } = {},
): Answer {
  return (response) => {
    event(response, { role: "assistant", content: "" });
    for (const content of pieces) event(response, { content });
    event(response, {}, finish);
    end(response, usage);
  };
}

/** An answer that is only a status. */
export function status(code: number, { headers = {}, body = {} }: { headers?: Record<string, string>; body?: unknown } = {}): Answer {
  return (response) => void response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** An address on this machine where nobody listens. */
export async function nobodysUrl(): Promise<string> {
  await using server = await ChatServer.start();
  return server.url;
}
