import { isAscii, isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { addAbortSignal, pipeline, type Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { messageOf, ToolwrightError } from "../errors.js";
import { fromWindows1252 } from "../tools/index.js";

/** Why a document, or the rest of one, cannot be read; the corpus goes on without it. */
export class Unfit extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The reading was stopped by whoever asked for it. */
export function stopped(signal: AbortSignal): ToolwrightError {
  const cause: unknown = signal.reason;
  return new ToolwrightError("aborted", "The reading of the corpus was stopped.", "Start it again to go on.", { cause, exitCode: 130 });
}

/** How much of a file decides what it is. */
const PROBE = 8192;

/**
 * A file or standard input that is open: its bytes unpacked where they are gzip (told by the first two, not by the name), without a byte
 * order mark, and in UTF-8 where they were UTF-16 with one. One of `text` and `lines` can be read, once.
 */
export class Input {
  /** For messages. */
  readonly name: string;
  /** The first bytes: 8 KiB, or all there are. */
  readonly head: Buffer;
  readonly #bytes: Peekable;
  readonly #open: readonly Readable[];

  private constructor(name: string, head: Buffer, bytes: Peekable, open: readonly Readable[]) {
    this.name = name;
    this.head = head;
    this.#bytes = bytes;
    this.#open = open;
  }

  /**
   * @param file a path; `"-"` is standard input
   * @throws Unfit `file-unreadable`
   */
  static async open(file: string, name: string, signal?: AbortSignal): Promise<Input> {
    const raw: Readable = file === "-" ? process.stdin : createReadStream(file);
    const open = [signal === undefined ? raw : addAbortSignal(signal, raw)];
    for (const stream of open) stream.on("error", () => {}); // It shows where the stream is read.
    try {
      let bytes = new Peekable(guarded(raw, name, signal));
      const magic = await bytes.peek(2);
      if (magic[0] === 0x1f && magic[1] === 0x8b) {
        const gunzip = createGunzip();
        gunzip.on("error", () => {});
        pipeline(bytes, gunzip, () => {});
        open.push(gunzip);
        bytes = new Peekable(guarded(gunzip, name, signal));
      }
      bytes = new Peekable(inUtf8(bytes, await bytes.peek(3)));
      return new Input(name, (await bytes.peek(PROBE)).subarray(0, PROBE), bytes, open);
    } catch (error) {
      for (const stream of open) stream.destroy();
      throw error;
    }
  }

  /** Whether it begins as JSON lines do. */
  get looksLikeRecords(): boolean {
    return /^\s*\{/.test(this.head.toString("latin1"));
  }

  /** Whether it begins as an array of them does. */
  get looksLikeArray(): boolean {
    return /^\s*\[\s*\{/.test(this.head.toString("latin1"));
  }

  /** NUL bytes at the beginning, or more than a few control characters. */
  get looksBinary(): boolean {
    let controls = 0;
    for (const byte of this.head) {
      if (byte === 0) return true;
      if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++;
    }
    return controls > this.head.length / 50;
  }

  /**
   * Its text, in pieces. Bytes are UTF-8 or, where the first ones past ASCII are not that, Windows-1252; what is broken in UTF-8 after
   * that is replaced.
   * @throws Unfit `not-text` when it is binary, from the first NUL on; `file-unreadable`
   */
  async *text(): AsyncGenerator<string> {
    if (this.looksBinary) throw notText(this.name);
    const decoder = new Decoder();
    for await (const bytes of this.#bytes) {
      const nul = bytes.indexOf(0);
      yield decoder.write(nul < 0 ? bytes : bytes.subarray(0, nul));
      if (nul >= 0) throw notText(this.name);
    }
    yield decoder.end();
  }

  /**
   * Its lines, without what ends them; undefined for one of more than so many bytes, which is read past and not held.
   * @throws Unfit `file-unreadable`
   */
  async *lines(longest: number): AsyncGenerator<Buffer | undefined> {
    let held: Buffer[] = [];
    let length = 0;
    for await (const bytes of this.#bytes) {
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        const last = bytes.subarray(from, end);
        length += last.length;
        yield length > longest ? undefined : held.length === 0 ? last : Buffer.concat([...held, last]);
        held = [];
        length = 0;
        from = end + 1;
      }
      const begun = bytes.subarray(from);
      length += begun.length;
      if (length > longest) held = [];
      else if (begun.length > 0) held.push(begun);
    }
    if (length > 0) yield length > longest ? undefined : Buffer.concat(held);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#open) stream.destroy();
    return Promise.resolve();
  }
}

/** Bytes of a line as text, decoded as `Input.text` is. */
export function decodeLine(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  const decoder = new Decoder();
  return decoder.write(bytes) + decoder.end();
}

function notText(name: string): Unfit {
  return new Unfit("not-text", `${name} holds bytes that are no text.`);
}

/** The bytes of a stream, its failures told as those of the file. */
async function* guarded(stream: Readable, name: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
  } catch (error) {
    if (signal?.aborted) throw stopped(signal);
    if (error instanceof Unfit) throw error; // Of what is packed.
    throw new Unfit("file-unreadable", `${name} cannot be read: ${messageOf(error)}`);
  }
}

/** @param head the first three bytes */
async function* inUtf8(bytes: AsyncIterable<Buffer>, head: Buffer): AsyncGenerator<Buffer> {
  const encoding = head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : undefined;
  if (encoding !== undefined) {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
    return;
  }
  let skip = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  for await (const chunk of bytes) {
    yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

/** Bytes whose beginning can be looked at before they are read. */
class Peekable {
  readonly #source: AsyncIterator<Buffer>;
  readonly #peeked: Buffer[] = [];

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** At least so many bytes, or all there are. */
  async peek(length: number): Promise<Buffer> {
    let held = this.#peeked.reduce((total, chunk) => total + chunk.length, 0);
    while (held < length) {
      const next = await this.#source.next();
      if (next.done) break;
      this.#peeked.push(next.value);
      held += next.value.length;
    }
    return Buffer.concat(this.#peeked);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    yield* this.#peeked.splice(0);
    for (let next = await this.#source.next(); !next.done; next = await this.#source.next()) yield next.value;
  }
}

/** Bytes to text, in pieces, of an encoding that the first bytes past ASCII decide. */
class Decoder {
  #encoding: "ascii" | "windows-1252" | TextDecoder = "ascii";
  #held: Buffer = Buffer.alloc(0);

  write(chunk: Buffer): string {
    if (this.#encoding instanceof TextDecoder) return this.#encoding.decode(chunk, { stream: true });
    if (this.#encoding === "windows-1252") return fromWindows1252(chunk);
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    if (isAscii(bytes)) return bytes.toString("latin1");
    const at = bytes.findIndex((byte) => byte >= 0x80);
    const lead = bytes[at]!;
    const character = bytes.subarray(at, at + (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4));
    if (isUtf8(character)) this.#encoding = new TextDecoder("utf-8");
    else if (at + 4 <= bytes.length) this.#encoding = "windows-1252";
    else {
      this.#held = bytes.subarray(at);
      return bytes.toString("latin1", 0, at);
    }
    return this.write(bytes);
  }

  end(): string {
    if (this.#encoding instanceof TextDecoder) return this.#encoding.decode();
    return fromWindows1252(this.#held);
  }
}
