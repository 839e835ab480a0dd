import { randomUUID } from "node:crypto";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf } from "../errors.js";

/** The holder touches its lock this often. */
const BEAT_MS = 2_000;
/** A lock that nobody touched for this long belongs to a process that is gone, on this machine or another. */
const STALE_MS = 30_000;
const LOOK_MS = 100;

/** What a lock file says. */
interface Holder {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

/**
 * Does some work while no other process (nor another call in this one) works under the same lock file. A lock whose process is
 * dead is taken over. The folder of `path` must be there.
 * @param waiting called about ten times a second while another holds the lock
 * @throws the signal's reason while it waits; whatever `work` throws
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal, waiting }: { readonly signal?: AbortSignal; readonly waiting?: () => void | Promise<void> } = {},
): Promise<T> {
  const holder: Holder = { id: randomUUID(), host: hostname(), pid: process.pid };
  while (!(await take(path, holder))) {
    if (await abandoned(path)) await clear(path, holder);
    else await waiting?.();
    await pause(LOOK_MS, undefined, { signal });
  }
  // A beat that fails is not the work's failure; the next one comes soon.
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // A machine that slept too long may have lost its lock to another process.
    if ((await readLock(path))?.holder?.id === holder.id) await rm(path, { force: true });
  }
}

async function take(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function abandoned(path: string): Promise<boolean> {
  const lock = await readLock(path);
  if (lock === undefined) return false;
  if (Date.now() - lock.touchedMs > STALE_MS) return true;
  return lock.holder !== undefined && lock.holder.host === hostname() && !alive(lock.holder.pid);
}

/** Removes an abandoned lock. Looks once more under a lock of its own, so that of several only one removes it, and no successor's. */
async function clear(path: string, holder: Holder): Promise<void> {
  const turn = `${path}.clear`;
  if (!(await take(turn, holder))) {
    if (await abandoned(turn)) await rm(turn, { force: true });
    return;
  }
  try {
    if (await abandoned(path)) await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

/** Nothing where there is no lock; no holder while its process is still writing it. */
async function readLock(path: string): Promise<{ readonly touchedMs: number; readonly holder: Holder | undefined } | undefined> {
  try {
    const touchedMs = (await stat(path)).mtimeMs;
    return { touchedMs, holder: parseHolder(await readFile(path, "utf8")) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return codeOf(error) === "EPERM";
  }
}
