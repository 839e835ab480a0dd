import { closeSync, fstatSync, fsync, ftruncateSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { codeOf } from "../errors.js";
import { noDigest, seal, unseal } from "./chain.js";
import { changed, closed, inUse, unwritable } from "./damage.js";
import { longestLine } from "./lines.js";
import { FileLock } from "./lock.js";

/** How often a lock that another process holds is asked for again: two that open at the same moment must not both give up. */
const attempts = 4;

type Line = NonNullable<ReturnType<typeof unseal>>;

/** @param first without its newline */
type CheckFirst = (first: { readonly bytes: Buffer; readonly ended: boolean }) => void;

/**
 * A file of chained lines that one process appends to.
 *
 * A line is given to the system in one `write` before `append` returns: it survives the end of this process, however sudden, and what
 * a writer was in the middle of is removed by the next. To survive the end of the machine, `sync`.
 */
export class Journal {
  readonly file: string;
  readonly #lock: FileLock;
  readonly #fd: number;
  #index: number;
  #prev: string;
  #failure: Error | undefined;
  #syncing: Promise<void> | undefined;
  #syncAgain = false;
  #closed: Promise<void> | undefined;

  private constructor(file: string, lock: FileLock, fd: number, index: number, prev: string) {
    this.file = file;
    this.#lock = lock;
    this.#fd = fd;
    this.#index = index;
    this.#prev = prev;
  }

  /**
   * A new journal with its first line; undefined when the file exists.
   * @param header as in `append`
   * @throws ToolwrightError `trace-unwritable`
   */
  static create(file: string, header: string): Journal | undefined {
    return guarded(file, () => {
      mkdirSync(dirname(file), { recursive: true });
      const lock = FileLock.claim(file);
      return lock && releasing(lock, () => Journal.#create(file, lock, header));
    });
  }

  static #create(file: string, lock: FileLock, header: string): Journal | undefined {
    let fd: number;
    try {
      fd = openSync(file, "ax");
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      return undefined;
    }
    try {
      const { line, digest } = seal(0, header, noDigest);
      writeWhole(file, fd, line);
      return new Journal(file, lock, fd, 1, digest);
    } catch (error) {
      closeSync(fd);
      unlinkSync(file);
      throw error;
    }
  }

  /**
   * The journal in a file, new or with its torn last line removed, and the last line that it holds.
   * @param header of a new one
   * @param check throws when the first line of an existing file is not one to append to
   * @throws ToolwrightError `trace-in-use`, `trace-unwritable`, `trace-changed` (the last line is whole but not as it was written)
   */
  static async open(file: string, header: string, check: CheckFirst): Promise<{ journal: Journal; last?: Line }> {
    for (let attempt = 1; ; attempt++) {
      let other: ReturnType<FileLock["other"]>;
      const opened = guarded(file, () => {
        mkdirSync(dirname(file), { recursive: true });
        const lock = FileLock.claim(file);
        return (
          lock &&
          releasing(lock, () => {
            const journal = Journal.#create(file, lock, header);
            if (journal !== undefined) return { journal };
            other = lock.other();
            return other === undefined ? Journal.#reopen(file, lock, header, check) : undefined;
          })
        );
      });
      if (opened !== undefined) return opened;
      if (attempt === attempts) throw inUse(file, other);
      await setTimeout(5 + Math.random() * 20);
    }
  }

  static #reopen(file: string, lock: FileLock, header: string, check: CheckFirst): { journal: Journal; last?: Line } {
    const fd = openSync(file, "a+");
    try {
      const { size } = fstatSync(fd);
      const head = readAt(fd, 0, Math.min(size, longestLine));
      if (size < longestLine && isTornHeader(head, header)) {
        ftruncateSync(fd, 0); // Stopped before its first line was whole.
        const { line, digest } = seal(0, header, noDigest);
        writeWhole(file, fd, line);
        return { journal: new Journal(file, lock, fd, 1, digest) };
      }
      const first = head.indexOf(10);
      check(first < 0 ? { bytes: head, ended: false } : { bytes: head.subarray(0, first), ended: true });
      const last = repair(file, fd, size);
      return { journal: new Journal(file, lock, fd, last.i + 1, last.digest), last };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /**
   * Adds a line.
   * @param members the inside of a JSON object, such as `"a":1,"b":2`
   * @throws ToolwrightError `trace-unwritable`; the journal takes nothing more then
   */
  append(members: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed !== undefined) throw closed(this.file);
    const { line, digest } = seal(this.#index, members, this.#prev);
    try {
      writeWhole(this.file, this.#fd, line);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
    this.#index++;
    this.#prev = digest;
  }

  /** Starts to put what was written onto the disk, and does not wait for it; `close` does. A failure shows in the next `append` or there. */
  sync(): void {
    this.#syncAgain = this.#syncing !== undefined;
    this.#syncing ??= new Promise((resolve) => {
      fsync(this.#fd, (error) => {
        if (error) this.#failure ??= unwritable(this.file, error);
        this.#syncing = undefined;
        if (this.#syncAgain) this.sync();
        resolve();
      });
    });
  }

  /** Gives the file free for other writers at once, and waits until it is on the disk. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#lock.release();
    this.sync();
    while (this.#syncing !== undefined) await this.#syncing;
    closeSync(this.#fd);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** Whether a file holds no more than the beginning of a first line like `header`, and nothing of anyone else's. */
function isTornHeader(file: Buffer, header: string): boolean {
  const begun = Buffer.from(`{"i":0,${header.slice(0, header.indexOf(","))}`);
  return !file.includes(10) && begun.subarray(0, file.length).equals(file.subarray(0, begun.length));
}

/** Cuts off what follows the last newline unless it is a whole line that lacks only that, and gives the last line. */
function repair(file: string, fd: number, size: number): Line {
  const end = readAt(fd, Math.max(0, size - 2 * longestLine), Math.min(size, 2 * longestLine));
  const newline = end.lastIndexOf(10);
  const rest = end.subarray(newline + 1);
  if (rest.length > 0) {
    const whole = unseal(rest);
    if (whole !== undefined) {
      writeWhole(file, fd, "\n");
      return whole;
    }
    if (newline < 0 || rest.length > longestLine) throw changed(file, countLines(fd, size) + 1); // No writer of ours left that.
    ftruncateSync(fd, size - rest.length);
  }
  const last = unseal(end.subarray(end.lastIndexOf(10, newline - 1) + 1, newline));
  if (last === undefined) throw changed(file, countLines(fd, size - rest.length));
  return last;
}

function readAt(fd: number, from: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(fd, buffer, done, length - done, from + done);
    if (read === 0) break;
    done += read;
  }
  return buffer.subarray(0, done);
}

function countLines(fd: number, size: number): number {
  let lines = 0;
  for (let from = 0; from < size; from += longestLine) {
    const chunk = readAt(fd, from, Math.min(longestLine, size - from));
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}

function writeWhole(file: string, fd: number, line: string): void {
  let written: number;
  try {
    written = writeSync(fd, line);
  } catch (error) {
    throw unwritable(file, error);
  }
  if (written !== Buffer.byteLength(line)) throw unwritable(file, `only ${written} bytes of a line fitted on the disk.`);
}

/** Errors of the file system as errors of the trace. */
function guarded<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof Error && "syscall" in error ? unwritable(file, error) : error;
  }
}

/** Releases the lock unless something was made of it. */
function releasing<T>(lock: FileLock, act: () => T | undefined): T | undefined {
  let made: T | undefined;
  try {
    made = act();
    return made;
  } finally {
    if (made === undefined) lock.release();
  }
}
