import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf, ToolwrightError } from "../errors.js";

/** What a file's name says it holds; `unknown` is told by its first character. */
export type Kind = "text" | "markdown" | "records" | "unknown";

/** A file of the corpus. */
export interface CorpusFile {
  /** What opens it; `"-"` is standard input. */
  readonly path: string;
  /** In ids: relative to the path that was given, with `/`; `stdin`. */
  readonly id: string;
  /** For people: the same; `standard input`. */
  readonly source: string;
  /** In messages: with the path that was given. */
  readonly name: string;
  readonly kind: Kind;
  /** Of a folder that could not be read, why. */
  readonly unreadable?: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  ".txt": "text",
  ".text": "text",
  ".md": "markdown",
  ".markdown": "markdown",
  ".jsonl": "records",
  ".ndjson": "records",
};

/**
 * The files of a corpus in a fixed order: paths as given, in folders by name, folders within at their place. Of a folder those are
 * taken whose names say text, Markdown or JSON lines (or gzip of one); hidden names and `node_modules` are passed over, and links to
 * folders, which may lead round in a circle, are not followed. All paths are looked at before the first file is given.
 * @throws ToolwrightError `corpus-not-found`, `corpus-empty` (exit code 2)
 */
export async function* filesOf(paths: readonly string[]): AsyncGenerator<CorpusFile> {
  if (paths.length === 0) throw new ToolwrightError("corpus-empty", "No corpus is given.", "Name files or folders, or -.", { exitCode: 2 });
  const folders = new Set<string>();
  for (const given of paths) if (given !== "-" && (await isFolder(given))) folders.add(given);
  for (const folder of folders) {
    let found = false;
    for await (const file of within(folder, "")) {
      found = file.unreadable === undefined;
      if (found) break;
    }
    if (!found) {
      throw new ToolwrightError(
        "corpus-empty",
        `The folder ${folder} has no texts.`,
        "Name a folder with .txt, .md or .jsonl files, or .gz of them; a file of another name is read when it is named itself.",
        { exitCode: 2 },
      );
    }
  }
  for (const given of paths) {
    if (given === "-") yield { path: "-", id: "stdin", source: "standard input", name: "standard input", kind: "unknown" };
    else if (folders.has(given)) yield* within(given, "");
    else {
      const base = path.basename(given);
      yield { path: given, id: base, source: base, name: given, kind: kindOf(base) ?? "unknown" };
    }
  }
}

async function isFolder(given: string): Promise<boolean> {
  try {
    return (await stat(given)).isDirectory();
  } catch (error) {
    const message = `The corpus ${given} cannot be read: ${messageOf(error)}`;
    throw new ToolwrightError("corpus-not-found", message, "Check the path.", { cause: error, exitCode: 2 });
  }
}

async function* within(folder: string, inside: string): AsyncGenerator<CorpusFile> {
  let entries: Dirent[];
  try {
    entries = await readdir(path.join(folder, inside), { withFileTypes: true });
  } catch (error) {
    const name = path.join(folder, inside);
    yield { path: name, id: inside, source: inside, name, kind: "text", unreadable: `${name} cannot be read: ${messageOf(error)}` };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1)); // By code unit: the same on every machine.
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const id = inside === "" ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) yield* within(folder, id);
    else {
      const kind = kindOf(entry.name);
      const name = path.join(folder, id);
      if (kind !== undefined && (await isFile(entry, name))) yield { path: name, id, source: id, name, kind };
    }
  }
}

async function isFile(entry: Dirent, file: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(file).then(
    (target) => target.isFile(),
    () => true, // A link to nothing: it is told when it is opened.
  );
}

function kindOf(name: string): Kind | undefined {
  return KINDS[path.extname(name.toLowerCase().replace(/\.gz$/, ""))];
}
