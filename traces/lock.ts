import { closeSync, openSync, readdirSync, readFileSync, realpathSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { codeOf } from "../errors.js";

/** A process that claims a file. */
interface Claimant {
  readonly host: string;
  readonly pid: number;
  /** When it started, in the system's own ticks: tells it from a later process with the same id. `"0"` where the system does not say. */
  readonly start: string;
}

const self: Claimant = { host: hostname().replace(/[^\w.-]/g, "_"), pid: process.pid, start: startOf(process.pid) ?? "0" };

const suffix = ".lock~";

/** Files that this process holds. */
const held = new Set<string>();

/**
 * The right to write to a file, against other processes and within this one.
 *
 * Each process that wants the file puts an empty one of its own name beside it first (`FILE.lock~HOST~PID~START`) and looks for those
 * of others afterwards. So of two at least one sees the other, no lock is ever half written, and only locks of dead processes are
 * removed by others: there is no moment at which two take the same stale lock over.
 */
export class FileLock {
  /** The lock itself. */
  readonly path: string;
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
    this.path = `${file}${suffix}${[self.host, self.pid, self.start].join("~")}`;
  }

  /** Claims the file, whoever else does; undefined when this process holds it already. */
  static claim(file: string): FileLock | undefined {
    const lock = new FileLock(trueName(file));
    if (held.has(lock.#file)) return undefined;
    closeSync(openSync(lock.path, "w"));
    held.add(lock.#file);
    return lock;
  }

  /** A living process that claims the file too; locks of dead ones are removed. */
  other(): { readonly who: string; readonly lock: string } | undefined {
    const prefix = `${basename(this.#file)}${suffix}`;
    let living: { who: string; lock: string } | undefined;
    for (const name of readdirSync(dirname(this.#file))) {
      const lock = join(dirname(this.#file), name);
      if (!name.startsWith(prefix) || lock === this.path) continue;
      const [host = "", pid = "", start = ""] = name.slice(prefix.length).split("~");
      if (host !== self.host) living ??= { who: `process ${pid} on ${host}`, lock };
      else if (isAlive({ host, pid: Number(pid), start })) living ??= { who: `process ${pid}`, lock };
      else remove(lock);
    }
    return living;
  }

  release(): void {
    if (held.delete(this.#file)) remove(this.path);
  }
}

/** The same for every way to the file, so that two names of it are one lock. */
function trueName(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return join(realpathSync(dirname(path)), basename(path));
  }
}

function remove(lock: string): void {
  try {
    unlinkSync(lock);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error; // Somebody else found it stale too.
  }
}

function isAlive({ pid, start }: Claimant): boolean {
  if (pid === self.pid) return false; // Left by an earlier process with this one's id.
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM"; // Someone else's process, but a living one.
  }
  const now = startOf(pid);
  return now === undefined || start === "0" || now === start;
}

/** proc(5): after the name in brackets come the state (field 3) and the rest; field 22 is the start in ticks since boot. */
function startOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined; // No such process, or a system that does not show it here.
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "dead" : fields[22 - 3];
}
