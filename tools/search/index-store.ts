import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { AsPlainObject } from "minisearch";
import { z } from "zod";
import { codeOf, messageOf } from "../../errors.js";

// The index on disk is two lines: a header that says what the second is and its digest, and the index itself. It is a cache:
// whatever is wrong with it, the folder is read again.

const FORMAT = "toolwright-search-index";
/** Raised when the layout, the readers or the way words are folded change: an index of another version is made anew. */
const VERSION = 1;

const header = z.object({ format: z.literal(FORMAT), version: z.number(), folder: z.string(), digest: z.string() });

/** What is known of a file that was read. */
const fileEntry = z.object({
  path: z.string(),
  size: z.number(),
  modified: z.number(),
  digest: z.string(),
  passages: z.number().int().nonnegative(),
  /** It was changed so shortly before it was read that a later change may bear the same time. */
  fresh: z.boolean(),
  problem: z.string().optional(),
});
export type FileEntry = z.infer<typeof fileEntry>;

const body = z.object({
  files: z.array(fileEntry),
  words: z.custom<AsPlainObject>((value) => typeof value === "object" && value !== null),
});

interface StoredIndex {
  readonly files: readonly FileEntry[];
  readonly words: AsPlainObject;
}

/** The stored index of a folder, or why there is none that can be used; neither where none was stored yet. */
export async function loadIndex(file: string, folder: string): Promise<{ readonly index?: StoredIndex; readonly problem?: string }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (failure) {
    return codeOf(failure) === "ENOENT" ? {} : { problem: `cannot be read (${messageOf(failure)})` };
  }
  const end = text.indexOf("\n");
  const head = header.safeParse(json(text.slice(0, Math.max(0, end))));
  if (!head.success) return { problem: "is damaged" };
  if (head.data.version > VERSION) return { problem: "was written by a newer version of toolwright" };
  if (head.data.version < VERSION) return {};
  const rest = text.slice(end + 1);
  if (head.data.folder !== folder || head.data.digest !== digestOf(rest)) return { problem: "is damaged" };
  const stored = body.safeParse(json(rest));
  return stored.success ? { index: stored.data } : { problem: "is damaged" };
}

/** Writes beside the file and renames: another process reads the old index or the new, never half of one. */
export async function saveIndex(file: string, folder: string, index: StoredIndex): Promise<void> {
  const rest = JSON.stringify(index);
  const head = JSON.stringify({ format: FORMAT, version: VERSION, folder, digest: digestOf(rest) } satisfies z.infer<typeof header>);
  await mkdir(dirname(file), { recursive: true });
  const written = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(written, `${head}\n${rest}`, { mode: 0o600 });
    await rename(written, file);
  } catch (failure) {
    await rm(written, { force: true });
    throw failure;
  }
}

export function digestOf(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
