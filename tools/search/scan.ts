import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf } from "../../errors.js";
import { formatOf } from "./readers.js";

/** A file of a kind that is read. */
export interface FileState {
  /** Within the folder, with `/` between the parts on every platform. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** A file or folder that is not read, or not all of it, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

interface Scan {
  /** By path. */
  readonly files: readonly FileState[];
  readonly skipped: readonly Skipped[];
}

const MOST_FILES = 20_000;
const DEEPEST = 32;
/** How many files are asked for their state at once. */
const AT_ONCE = 32;

/**
 * The files of a folder that the tool reads. Hidden names and `node_modules` are passed over; symbolic links, which may lead
 * out of the folder or round in a circle, are not followed.
 */
export async function scanFolder(folder: string): Promise<Scan> {
  const paths: string[] = [];
  const skipped: Skipped[] = [];
  let full = false;
  const visit = async (within: string, depth: number): Promise<void> => {
    const entries = await entriesOf(folder, within, skipped);
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = within === "" ? entry.name : `${within}/${entry.name}`;
      if (full) return;
      if (entry.isDirectory()) {
        if (depth >= DEEPEST) skipped.push({ path, reason: `more than ${DEEPEST} folders deep` });
        else await visit(path, depth + 1);
      } else if (formatOf(entry.name) !== undefined) {
        if (entry.isSymbolicLink()) skipped.push({ path, reason: "a symbolic link" });
        else if (entry.isFile()) {
          if (paths.length < MOST_FILES) paths.push(path);
          else {
            full = true;
            skipped.push({ path, reason: `the folder has more than ${MOST_FILES} files; this one and those after it are not indexed` });
          }
        }
      }
    }
  };
  await visit("", 0);
  const files: FileState[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    for (const file of await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => stateOf(folder, path, skipped)))) {
      if (file !== undefined) files.push(file);
    }
  }
  return { files, skipped };
}

async function entriesOf(folder: string, within: string, skipped: Skipped[]): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(folder, within), { withFileTypes: true });
    // By code unit: the same order, hence the same files under a limit, on every machine.
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (failure) {
    if (within === "") throw failure;
    skipped.push({ path: within, reason: `cannot be read (${messageOf(failure)})` });
    return [];
  }
}

async function stateOf(folder: string, path: string, skipped: Skipped[]): Promise<FileState | undefined> {
  try {
    const { size, mtimeMs } = await stat(join(folder, path));
    return { path, size, modified: mtimeMs };
  } catch (failure) {
    // Gone since it was listed is no problem; out of reach is.
    if (codeOf(failure) !== "ENOENT") skipped.push({ path, reason: `cannot be read (${messageOf(failure)})` });
    return undefined;
  }
}
