import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Environment, folderPath } from "./folders.js";
import { checkGguf } from "./gguf.js";

/** A file as it was when its digest was taken. */
interface Remembered {
  readonly path: string;
  readonly size: number;
  readonly changedMs: number;
  readonly sha256: string;
}

/**
 * The SHA-256 of a model file in lower-case hexadecimal, once the file is found whole. What was found is kept by path, size and
 * time of change in the `digests` folder, so that a file of gigabytes is read once and not at every start.
 * @throws ToolwrightError `model-not-found`, `model-unreadable`, `model-invalid`; when the signal fires, its reason
 */
export async function modelDigest(
  file: string,
  { environment = process.env, signal }: { readonly environment?: Environment; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const path = resolve(file);
  const note = join(folderPath("digests", environment), `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`);
  const [known, now] = await Promise.all([readNote(note), stat(path).catch(() => undefined)]);
  if (known?.path === path && known.size === now?.size && known.changedMs === now.mtimeMs) return known.sha256;

  checkGguf(path);
  const { size, mtimeMs } = await stat(path);
  const sha256 = await hashFile(path, signal);
  await writeNote(note, { path, size, changedMs: mtimeMs, sha256 });
  return sha256;
}

/** A note that is not there or not readable is no note: the digest is then taken anew. */
async function readNote(note: string): Promise<Remembered | undefined> {
  try {
    return JSON.parse(await readFile(note, "utf8")) as Remembered;
  } catch {
    return undefined;
  }
}

/** Where no note can be kept the file is read again each time, which is no error. */
async function writeNote(note: string, content: Remembered): Promise<void> {
  const fresh = `${note}.${process.pid}`;
  try {
    await mkdir(dirname(note), { recursive: true });
    await writeFile(fresh, JSON.stringify(content));
    await rename(fresh, note);
  } catch {
    await rm(fresh, { force: true }).catch(() => {});
  }
}

/** SHA-256 of all of a file's bytes. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
