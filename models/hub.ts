import { messageOf, ToolwrightError } from "../errors.js";
import { type OpenStream, SourceFailure } from "./download.js";
import type { Environment } from "./folders.js";

/** A file in a repository of the Hugging Face hub. */
export interface HubFile {
  /** `OWNER/REPO`. */
  readonly repo: string;
  readonly path: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** Of a hub that cannot be reached, nobody waits longer than this for the first answer. */
const ANSWER_MS = 4_000;

/** A hub, as the environment names it: `HF_ENDPOINT` is its address, `HF_TOKEN` goes to it and nowhere else. */
export class Hub {
  readonly url: string;
  readonly #fetch: typeof fetch;
  readonly #signal: AbortSignal | undefined;

  private constructor(url: string, token: string | undefined, signal: AbortSignal | undefined) {
    this.url = url;
    this.#fetch = (input, init) => ask(new URL(input instanceof Request ? input.url : input), init, { hub: url, token, signal });
    this.#signal = signal;
  }

  /** @throws ToolwrightError `wrong-setting` when `HF_ENDPOINT` is no address */
  static async open(environment: Environment, signal: AbortSignal | undefined): Promise<Hub> {
    const { HUB_URL } = await import("@huggingface/hub");
    const url = (environment.HF_ENDPOINT || HUB_URL).replace(/\/+$/, "");
    if (!/^https?:/.test(url) || !URL.canParse(url)) {
      throw new ToolwrightError("wrong-setting", `HF_ENDPOINT is no address: ${url}`, `Unset it, or give one like ${HUB_URL}.`, {
        exitCode: 2,
      });
    }
    return new Hub(url, environment.HF_TOKEN || undefined, signal);
  }

  /**
   * Size and SHA-256 of a file, from the hub's metadata.
   * @throws SourceFailure; when the signal fires, anything
   */
  async describe({ repo, path, revision }: HubFile): Promise<{ readonly size: number; readonly sha256: string }> {
    const { pathsInfo } = await import("@huggingface/hub");
    const [info] = await this.#try(() => pathsInfo({ repo, paths: [path], revision, hubUrl: this.url, fetch: this.#fetch }));
    if (info === undefined) throw new SourceFailure(`${repo} has no file ${path} there`);
    if (info.lfs === undefined) throw new SourceFailure(`it gives no SHA-256 for ${path}, which is not stored as a large file`);
    return { size: info.lfs.size, sha256: info.lfs.oid };
  }

  /**
   * The file as a stream that can be opened at any byte.
   * @throws SourceFailure; when the signal fires, anything
   */
  async file({ repo, path, revision }: HubFile): Promise<OpenStream> {
    const { downloadFile } = await import("@huggingface/hub");
    // Not over xet, whose chunks cannot be taken up again at any byte.
    const blob = await this.#try(() => downloadFile({ repo, path, revision, hubUrl: this.url, fetch: this.#fetch, xet: false }));
    if (blob === null) throw new SourceFailure(`${repo} has no file ${path} there`);
    return async (offset) => blob.slice(offset).stream() as ReadableStream<Uint8Array>;
  }

  async #try<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (this.#signal?.aborted || error instanceof SourceFailure) throw error;
      throw new SourceFailure(`its answer makes no sense: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Every request to the hub, and to where the hub sends it on. */
async function ask(
  url: URL,
  init: RequestInit | undefined,
  { hub, token, signal }: { readonly hub: string; readonly token: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<Response> {
  const headers = new Headers(init?.headers);
  // fetch itself takes the token away again where the hub redirects to another origin.
  if (token !== undefined && url.origin === new URL(hub).origin) headers.set("authorization", `Bearer ${token}`);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), ANSWER_MS);
  let response: Response;
  try {
    const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
    response = await fetch(url, { ...init, headers, signal: AbortSignal.any(signals) });
  } catch (error) {
    if (signal?.aborted) throw error;
    const what = silence.signal.aborted ? `no answer within ${ANSWER_MS / 1000} s` : networkReason(error);
    throw new SourceFailure(`it cannot be reached (${what})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new SourceFailure(statusReason(response.status), { cause: response.status });
}

/** fetch hides what happened in the cause: "fetch failed" says nothing. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : messageOf(cause ?? error);
}

function statusReason(status: number): string {
  if (status === 404) return "it has no such file or repository (status 404)";
  // The hub answers so for repositories that do not exist, too.
  if (status === 401 || status === 403) return `it refuses (status ${status}): no such repository, or one that needs HF_TOKEN`;
  return `it answered with status ${status}`;
}
