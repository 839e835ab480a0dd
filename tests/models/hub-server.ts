import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came in. */
export interface Seen {
  readonly at: "hub" | "store";
  readonly path: string;
  readonly range: string | undefined;
  readonly token: string | undefined;
}

/** How the store of large files behaves; each may be changed between requests. */
export interface Behaviour {
  /** Cuts each connection after so many bytes of the body. */
  cutAfter?: number;
  /** Sends the body in pieces of 16 KiB with this pause between, in milliseconds. */
  pause?: number;
  /** Answers ranges other than the probe's with the whole file. */
  ignoresRanges?: boolean;
  /** Sends this instead of the file. */
  instead?: Buffer;
  /** Never answers. */
  silent?: boolean;
  /** Answers every request with this status. */
  status?: number;
}

/**
 * A server that speaks the part of the Hugging Face hub's API that fetching needs, with one repository `owner/repo` on the branch
 * `main`. As on the hub, large files are on another origin, to which the hub redirects.
 */
export class HubServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly behaviour: Behaviour = {};
  readonly #files = new Map<string, Buffer>();
  readonly #hub = createServer((request, response) => this.#answer(request, response));
  readonly #store = createServer((request, response) => this.#serve(request, response));

  static async start(): Promise<HubServer> {
    const server = new HubServer();
    await Promise.all([listen(server.#hub), listen(server.#store)]);
    return server;
  }

  get url(): string {
    return addressOf(this.#hub);
  }

  put(path: string, content: Buffer): void {
    this.#files.set(path, content);
  }

  /** Ranges in which the file itself was asked for, without the probes. */
  get downloads(): (string | undefined)[] {
    return this.seen.filter(({ at, range }) => at === "store" && range !== "bytes=0-0").map(({ range }) => range);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#note("hub", request);
    const { silent, status } = this.behaviour;
    if (silent) return;
    if (status !== undefined) return void response.writeHead(status).end("no");
    if (request.method === "POST" && request.url === "/api/models/owner/repo/paths-info/main")
      return void this.#describe(request, response);
    const path = /^\/owner\/repo\/resolve\/main\/(.+)$/.exec(request.url ?? "")?.[1];
    const file = path === undefined ? undefined : this.#files.get(path);
    if (file === undefined) return void response.writeHead(404, { "X-Error-Code": "EntryNotFound" }).end("Entry not found");
    response.writeHead(302, {
      location: `${addressOf(this.#store)}/${path}`,
      "X-Linked-Size": file.length,
      "X-Linked-ETag": `"${sha256(file)}"`,
    });
    response.end();
  }

  async #describe(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { paths } = JSON.parse(Buffer.concat(chunks).toString()) as { paths: string[] };
    const known = paths.flatMap((path) => {
      const file = this.#files.get(path);
      return file === undefined
        ? []
        : [{ type: "file", path, oid: "0", size: file.length, lfs: { oid: sha256(file), size: file.length, pointerSize: 134 } }];
    });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(known));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#note("store", request);
    const file = this.behaviour.instead ?? this.#files.get(request.url!.slice(1))!;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const probe = request.headers.range === "bytes=0-0";
    if (range === null || (this.behaviour.ignoresRanges && !probe)) {
      response.writeHead(200, { "content-length": file.length });
      return void this.#send(response, file);
    }
    const [start, end] = [Number(range[1]), Math.min(Number(range[2]), file.length - 1)];
    const etag = `"${sha256(file)}"`;
    response.writeHead(206, {
      "content-range": `bytes ${start}-${end}/${file.length}`,
      "content-length": end - start + 1,
      etag,
      ...CACHE_HEADER,
    });
    void this.#send(response, file.subarray(start, end + 1));
  }

  async #send(response: ServerResponse, body: Buffer): Promise<void> {
    const { cutAfter, pause = 0 } = this.behaviour;
    const whole = cutAfter === undefined || body.length <= cutAfter;
    const sent = whole ? body : body.subarray(0, cutAfter);
    for (let at = 0; at < sent.length && !response.destroyed; at += 16384) {
      await new Promise((resolve) => response.write(sent.subarray(at, at + 16384), resolve));
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    if (whole) response.end();
    else response.destroy();
  }

  #note(at: Seen["at"], { url, headers }: IncomingMessage): void {
    this.seen.push({ at, path: url!, range: headers.range, token: headers.authorization });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

/** With it the hub's library goes to the store directly after the first redirect, as it does on the real hub. */
const CACHE_HEADER = { "x-cache": "Hit from cloudfront" };

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
