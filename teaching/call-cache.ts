// Results of calls, kept in a folder so that a later run, or another process, need not run them again.
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf } from "../errors.js";
import type { Source, Tool } from "../tools/index.js";

/** What a call came to: exactly one of `output` and `error`. */
export interface CachedResult {
  readonly output?: string;
  /** What an enclosing call gets instead of `output`. */
  readonly value?: string;
  readonly error?: string;
  readonly sources?: readonly Source[];
}

export interface CallCache {
  /** @param tool its name */
  get(tool: string, key: string): Promise<CachedResult | undefined>;
  /** Keeps a result; an error only as long as this cache is open, since what failed may work the next time. */
  put(tool: string, key: string, result: CachedResult): Promise<void>;
}

/** What decides a call's result. */
interface KeyParts {
  readonly tool: Pick<Tool, "name" | "version">;
  /** Digest of what the results depend on besides the version. */
  readonly salt?: string;
  readonly input: string;
  readonly now: Date;
  readonly timeZone: string;
}

/** The key of a call: a SHA-256 in base64url. */
export function callKey({ tool, salt = "", input, now, timeZone }: KeyParts): string {
  return digest(JSON.stringify([1, tool.name, tool.version, salt, input, now.toISOString(), timeZone]), 43);
}

/**
 * A cache in a folder, which is made when the first result is kept; undefined: in memory only.
 *
 * Each tool has a file, `NAME.jsonl`, read when it is first asked for. Results are appended, each line in one write, so that processes
 * may share the folder; one sees what others kept before it began. A line that is torn or changed is passed over. When the disk fails,
 * the cache goes on in memory.
 * @param onNote is told so, in a sentence. Default: a process warning
 */
export function openCallCache(
  folder: string | undefined,
  onNote: (note: string) => void = (note) => process.emitWarning(note, "ToolwrightWarning"),
): CallCache {
  const shelves = new Map<string, Promise<Shelf>>();
  const shelf = (tool: string): Promise<Shelf> => {
    let opened = shelves.get(tool);
    if (opened === undefined) {
      opened = folder === undefined ? Promise.resolve({ results: new Map() }) : openShelf(folder, tool, onNote);
      shelves.set(tool, opened);
    }
    return opened;
  };
  return {
    get: async (tool, key) => (await shelf(tool)).results.get(key),
    put: async (tool, key, result) => {
      const { results, append } = await shelf(tool);
      if (results.has(key)) return;
      results.set(key, result);
      if (result.error === undefined) append?.(lineOf({ key, ...result }));
    },
  };
}

interface Shelf {
  readonly results: Map<string, CachedResult>;
  readonly append?: (line: string) => void;
}

interface Entry extends CachedResult {
  readonly key: string;
}

/** Bytes: what is longer is kept in memory only. */
const LONGEST_LINE = 65_536;
const NEWLINE = 10;

async function openShelf(folder: string, tool: string, onNote: (note: string) => void): Promise<Shelf> {
  // Names of tools that `defineTool` did not make may hold anything.
  const file = join(folder, `${encodeURIComponent(tool)}.jsonl`);
  const results = new Map<string, CachedResult>();
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    bytes = Buffer.alloc(0);
    if (codeOf(error) !== "ENOENT") {
      onNote(`The call cache ${file} cannot be read (${reasonOf(error)}); results are kept in memory only.`);
      return { results };
    }
  }
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline < 0 ? bytes.length : newline;
    const entry = to - from > LONGEST_LINE ? undefined : entryOf(bytes.toString("utf8", from, to));
    if (entry !== undefined) {
      const { key, ...result } = entry;
      results.set(key, result);
    }
    from = to + 1;
  }
  let torn = bytes.length > 0 && bytes.at(-1) !== NEWLINE;
  let failed = false;
  const append = (line: string) => {
    if (failed || Buffer.byteLength(line) > LONGEST_LINE) return;
    try {
      mkdirSync(folder, { recursive: true });
      appendFileSync(file, `${torn ? "\n" : ""}${line}\n`);
      torn = false;
    } catch (error) {
      failed = true;
      onNote(`The call cache ${file} cannot be written (${reasonOf(error)}); results are kept in memory only.`);
    }
  };
  return { results, append };
}

/** An entry with a digest of itself, so that a line that was torn or changed gives no result. */
function lineOf(entry: Entry): string {
  const text = JSON.stringify(entry);
  return `${text.slice(0, -1)},"sum":"${digest(text, 11)}"}`;
}

function entryOf(line: string): Entry | undefined {
  try {
    const { sum, ...entry } = JSON.parse(line) as Entry & { readonly sum: string };
    return sum === digest(JSON.stringify(entry), 11) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function digest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, length);
}

function reasonOf(error: unknown): string {
  return codeOf(error) ?? messageOf(error);
}
