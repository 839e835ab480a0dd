import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** Of a link to nothing, or a file that was removed meanwhile. */
const GONE = { size: 0, mtimeMs: 0 };

/** A digest that changes when a file of a folder does: what a search in it gives depends on them all. */
export async function searchSalt(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const digest = createHash("sha256");
  for (const name of names) {
    const { size, mtimeMs } = await stat(path.join(folder, name)).catch(() => GONE);
    digest.update(`${name}\0${size}\0${mtimeMs}\n`);
  }
  return digest.digest("hex").slice(0, 16);
}
