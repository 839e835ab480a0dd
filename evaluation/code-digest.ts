import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Folders of the package whose code decides what is answered, and what of it is right. */
const FOLDERS = ["agent", "engine", "evaluation", "models", "tools"] as const;

let known: string | undefined;

/**
 * Names the code that answers: between two releases the version stays as it is, and a strategy may not. Read when it is first asked for; in a
 * bundle, where the folders are not there, it says nothing.
 */
export function codeDigest(): string {
  known ??= digestOf(fileURLToPath(new URL("..", import.meta.url)));
  return known;
}

/** @param root of the built package */
export function digestOf(root: string): string {
  const hash = createHash("sha256");
  for (const folder of FOLDERS.map((name) => path.join(root, name)).filter(existsSync)) {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
    for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(path.join(folder, file)));
  }
  return hash.digest("hex").slice(0, 32);
}
