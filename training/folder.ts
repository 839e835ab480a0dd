// The folder beside an adapter: its checkpoint, its log, its page, and the right to write them.
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmdirSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { messageOf, ToolwrightError } from "../errors.js";
import { FileLock } from "../traces/index.js";

/** A lock that another process holds is asked for again: two that open at the same moment must not both give up. */
const ATTEMPTS = 4;

export interface TrainingPaths {
  readonly folder: string;
  readonly checkpoint: string;
  readonly log: string;
  readonly page: string;
}

export function trainingPaths(out: string): TrainingPaths {
  const folder = `${out}.training`;
  return { folder, checkpoint: join(folder, "checkpoint.gguf"), log: join(folder, "train.jsonl"), page: join(folder, "train.html") };
}

export class TrainingFolder {
  readonly paths: TrainingPaths;
  readonly #lock: FileLock;
  #fd: number | undefined;
  #logBytes = 0;

  private constructor(paths: TrainingPaths, lock: FileLock) {
    this.paths = paths;
    this.#lock = lock;
  }

  /**
   * Claims an adapter's file and its folder until it is closed. What is refused is as it was.
   * @throws ToolwrightError `output-exists`, `output-in-use`, `file-not-written`
   */
  static async open(out: string, { resume }: { readonly resume: boolean }): Promise<TrainingFolder> {
    const paths = trainingPaths(out);
    if (!resume) {
      const there = [out, paths.checkpoint, paths.log].find((file) => existsSync(file));
      if (there !== undefined) throw taken(there);
    }
    const made = guarded(paths.folder, () => mkdirSync(paths.folder, { recursive: true }));
    for (let attempt = 1; ; attempt++) {
      const lock = guarded(paths.folder, () => FileLock.claim(paths.log));
      const other = lock?.other();
      if (lock !== undefined && other === undefined) {
        removeLeftovers(paths.folder, "");
        removeLeftovers(dirname(out), `${basename(out)}.`);
        return new TrainingFolder(paths, lock);
      }
      lock?.release();
      if (attempt === ATTEMPTS) {
        if (made !== undefined && readdirSync(paths.folder).length === 0) rmdirSync(paths.folder);
        throw new ToolwrightError(
          "output-in-use",
          `${out} is being trained by ${other?.who ?? "this process"}.`,
          "Wait for its end, or name another file with --out.",
        );
      }
      await setTimeout(5 + Math.random() * 20);
    }
  }

  /** Opens the log, of which so many bytes stay. */
  openLog(bytes: number): void {
    this.#fd = guarded(this.paths.log, () => {
      const fd = openSync(this.paths.log, "a");
      this.#logBytes = Math.min(bytes, statSync(this.paths.log).size);
      ftruncateSync(fd, this.#logBytes);
      return fd;
    });
  }

  /** Bytes that the log has. */
  get logBytes(): number {
    return this.#logBytes;
  }

  /** A line of the log. @throws ToolwrightError `file-not-written` */
  log(value: object): void {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    guarded(this.paths.log, () => {
      for (let at = 0; at < line.length; ) at += writeSync(this.#fd!, line, at);
    });
    this.#logBytes += line.length;
  }

  /** @param empty nothing was done here: what this run made is removed again */
  close(empty = false): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#lock.release();
    if (empty && existsSync(this.paths.folder) && readdirSync(this.paths.folder).length === 0) rmdirSync(this.paths.folder);
  }
}

/** What a writer that was killed had begun. */
function removeLeftovers(folder: string, beginning: string): void {
  for (const file of readdirSync(folder)) {
    if (file.startsWith(beginning) && /\.[0-9a-f-]{36}\.tmp$/.test(file)) rmSync(join(folder, file), { force: true });
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    throw new ToolwrightError("file-not-written", `${path} cannot be written: ${messageOf(error)}`, ROOM, { cause: error });
  }
}

/** What to do when a disk is full. */
export const ROOM = "The last checkpoint is as it was. Make room, then go on with --resume.";

function taken(file: string): ToolwrightError {
  return new ToolwrightError("output-exists", `${file} is there already.`, "Name another file with --out, or go on with --resume.", {
    exitCode: 2,
  });
}
