import { createReadStream } from "node:fs";
import { createInterface } from "node:readline/promises";
import { addAbortSignal, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf, ToolwrightError } from "../errors.js";

export interface Line {
  /** The file and the line, for messages. */
  readonly place: string;
  readonly number: number;
  readonly text: string;
}

export const nameOf = (file: string): string => (file === "-" ? "standard input" : file);

/**
 * The lines of a file that are not empty, unpacked where it is gzip (told by its first two bytes).
 * @param file a path; `"-"` is standard input
 * @throws ToolwrightError `file-unreadable`, `aborted`
 */
export async function* linesOf(file: string, signal?: AbortSignal): AsyncGenerator<Line> {
  const name = nameOf(file);
  let number = 0;
  try {
    for await (const line of createInterface({ input: await opened(file, signal), crlfDelay: Number.POSITIVE_INFINITY })) {
      const text = ++number === 1 ? line.replace(/^\ufeff/, "") : line;
      if (text.trim() !== "") yield { place: `${name}, line ${number}`, number, text };
    }
  } catch (error) {
    throw readingFailed(name, error, signal);
  }
}

/** The whole text of a file, as `linesOf` reads it. */
export async function textOf(file: string, signal?: AbortSignal): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await opened(file, signal)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks)
      .toString("utf8")
      .replace(/^\ufeff/, "");
  } catch (error) {
    throw readingFailed(nameOf(file), error, signal);
  }
}

async function opened(file: string, signal: AbortSignal | undefined): Promise<Readable> {
  const raw: Readable = file === "-" ? process.stdin : createReadStream(file);
  if (signal) addAbortSignal(signal, raw);
  const first = await new Promise<Buffer | null>((resolve, reject) => {
    raw
      .once("readable", () => resolve(raw.read() as Buffer | null))
      .once("error", reject)
      .once("end", () => resolve(null));
  });
  if (first === null) return Readable.from([]); // It has ended, and would not say so again.
  raw.unshift(first);
  if (first[0] !== 0x1f || first[1] !== 0x8b) return raw;
  const unpacked = createGunzip();
  raw.on("error", (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

function readingFailed(name: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof ToolwrightError) return error;
  if (signal?.aborted) {
    return new ToolwrightError("aborted", `The reading of ${name} was stopped.`, "Start it again to go on.", {
      cause: error,
      exitCode: 130,
    });
  }
  return new ToolwrightError("file-unreadable", `${name} cannot be read: ${messageOf(error)}`, "Check the path.", {
    cause: error,
    exitCode: 2,
  });
}
