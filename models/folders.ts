import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { messageOf, ToolwrightError } from "../errors.js";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What can be made again goes to the platform's cache folder; what cannot, to its data folder. */
const PLACES = {
  models: "cache",
  digests: "cache",
  states: "cache",
  index: "cache",
  calls: "cache",
  strategies: "cache",
  compared: "cache",
  adapters: "data",
  traces: "data",
  history: "data",
} as const;

export type FolderName = keyof typeof PLACES;

/**
 * Where a folder of this machine's user is, whether it exists or not. With `TOOLWRIGHT_HOME` all are in there; without, they
 * follow the XDG base directories, `~/Library` on macOS and `%LOCALAPPDATA%` on Windows.
 */
export function folderPath(
  folder: FolderName,
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { join, resolve } = platform === "win32" ? win32 : posix;
  if (environment.TOOLWRIGHT_HOME) return resolve(environment.TOOLWRIGHT_HOME, folder);
  return join(home(PLACES[folder], environment, platform), folder);
}

function home(place: "cache" | "data", environment: Environment, platform: NodeJS.Platform): string {
  if (platform === "win32") {
    const local = environment.LOCALAPPDATA || win32.join(environment.USERPROFILE || homedir(), "AppData", "Local");
    return win32.join(local, "toolwright", place);
  }
  const user = environment.HOME || homedir();
  if (platform === "darwin") return posix.join(user, "Library", place === "cache" ? "Caches" : "Application Support", "toolwright");
  const given = place === "cache" ? environment.XDG_CACHE_HOME : environment.XDG_DATA_HOME;
  // The XDG specification: a path that is not absolute is invalid and to be ignored.
  if (given !== undefined && posix.isAbsolute(given)) return posix.join(given, "toolwright");
  return posix.join(user, place === "cache" ? ".cache" : ".local/share", "toolwright");
}

/**
 * A folder of this machine's user, made when it is not there and tried for writing.
 * @throws ToolwrightError `folder-not-writable`
 */
export async function openFolder(folder: FolderName, environment: Environment = process.env): Promise<string> {
  const path = folderPath(folder, environment);
  await makeFolder(path);
  return path;
}

/**
 * Makes a folder, those above it too, and tries that files can be written there.
 * @throws ToolwrightError `folder-not-writable`
 */
export async function makeFolder(path: string): Promise<void> {
  // A file is written because permission bits alone do not tell: read-only mounts, access lists, Windows.
  const trial = posix.join(path, `.trial-${randomUUID()}`);
  try {
    await mkdir(path, { recursive: true });
    await writeFile(trial, "");
    await rm(trial);
  } catch (error) {
    throw new ToolwrightError(
      "folder-not-writable",
      `The folder ${path} cannot be written: ${messageOf(error)}`,
      "Give its user the right to write there, or set TOOLWRIGHT_HOME to a folder of yours.",
      { cause: error },
    );
  }
}
