import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { convertModel, library, loadModel, logprob, RELEASE, type Scheduler, type Storage } from "../engine/index.js";
import { folderPath, openFolder } from "./folders.js";
import { withLock } from "./lock.js";

/** What was measured of one storage type. */
export interface Measured {
  readonly storage: Storage | "source";
  /** Milliseconds for the fixed piece of work (`measure`), the fastest of the rounds. */
  readonly ms: number;
  /** Mean absolute difference of token log-probabilities from BF16's, in nats. */
  readonly error: number;
}

/** What is remembered of a source file on a machine: which type runs there, and why. */
export interface StorageChoice {
  /** `"source"`: the file as it is. */
  readonly storage: Storage | "source";
  readonly measured: readonly Measured[];
  /** Share of its threads' time that the measuring had the processor for: below 1 where other programs wanted it too. */
  readonly share: number;
  /** When, as an ISO date. */
  readonly at: string;
}

// Types that llama.cpp's CPU kernels multiply fast on one kind of CPU or another. Q4_0 is the fastest and ruins the default model.
const CANDIDATES = ["Q8_0", "BF16"] as const;
// A larger file would take minutes to convert and fill the disk: it runs as it is.
const LARGEST = 1_500_000_000;
// As faithful as the source: its own error comes from kernels that round activations to 8 bits.
const TOLERANCE = 1.5;
// Types take turns: what else the machine does strikes all of them, and of each its fastest round counts.
const ROUNDS = 3;
// The last round is for those whose fastest is within this of the fastest of all.
const NEAR = 1.5;

// Plain prose with numbers in it, so that the figures are of the use at hand.
const TEXT = `A tram leaves the depot at 7:15 and needs 48 minutes for the 21 kilometres to the harbour, with 14 stops on the way. On Saturday it carried 312 people, of whom 75 got off at the market; the others paid 2.40 each to ride on. The driver, who has worked there for nineteen years, keeps a notebook with the weather of every day. In the spring of 2011 it rained on 23 of 31 days in March, and the river rose by 1.8 metres. When the bridge was closed, everybody had to walk: about 650 steps from one bank to the other. The mayor promised a new bridge within three years, and after five years and two elections it was opened with a brass band, a speech and free rides until midnight. Today nobody remembers how the old one looked, except for a painting in the library, which shows it in fog, with a dog on the left and one lamp lit.`;

/**
 * The file to run for a source file on this machine: the source itself or a copy whose weights are stored as the type that was
 * measured fastest here among those that are faithful. The first call takes some seconds, later ones read the choice.
 * @throws ToolwrightError `model-invalid`, `folder-not-writable`, `convert-failed`
 */
export async function chooseStorage(source: string, digest: string, threads = defaultThreads()): Promise<string> {
  if ((await stat(source)).size > LARGEST) return source;
  const folder = await openFolder("models");
  const note = noteOf(folder, digest, threads);
  const fileOf = (storage: Storage | "source") => (storage === "source" ? source : copyOf(folder, digest, storage));
  const chosen = async () => {
    const choice = await storageChoice(digest, threads);
    return choice && fileOf(choice.storage);
  };
  return (
    (await chosen()) ??
    withLock(`${note}.lock`, async () => {
      const done = await chosen(); // by the process that held the lock
      if (done) return done;
      const choice = await choose(source, (storage) => copyOf(folder, digest, storage), threads);
      const fresh = `${note}.${process.pid}`;
      await writeFile(fresh, `${JSON.stringify(choice, null, 2)}\n`);
      await rename(fresh, note);
      return fileOf(choice.storage);
    })
  );
}

/** As `storageChoice` of index.ts says. */
export async function storageChoice(
  digest: string,
  threads = defaultThreads(),
): Promise<(StorageChoice & { readonly note: string }) | undefined> {
  const folder = folderPath("models");
  const note = noteOf(folder, digest, threads);
  try {
    const choice = JSON.parse(await readFile(note, "utf8")) as StorageChoice;
    if (choice.storage !== "source" && !existsSync(copyOf(folder, digest, choice.storage))) return undefined;
    return { ...choice, note };
  } catch {
    return undefined; // Not there or not readable: it is measured anew.
  }
}

function copyOf(folder: string, digest: string, storage: Storage): string {
  return path.join(folder, `${digest.slice(0, 16)}.${storage}.gguf`);
}

/** Where the choice stands. */
export function noteOf(folder: string, digest: string, threads: number): string {
  return path.join(folder, `${digest.slice(0, 16)}.${machine(threads)}.json`);
}

function defaultThreads(): number {
  return Math.min(8, os.availableParallelism());
}

/** What the choice depends on besides the file: the library and its kernels, the processor, the threads. */
function machine(threads: number): string {
  const facts = [RELEASE, library().package, library().print_system_info(), os.cpus()[0]?.model, threads];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}

async function choose(source: string, copy: (storage: Storage) => string, threads: number): Promise<StorageChoice> {
  const made: string[] = [];
  const types: { storage: Storage | "source"; file: string }[] = [{ storage: "source", file: source }];
  for (const storage of CANDIDATES) {
    const file = copy(storage);
    if (!existsSync(file)) {
      const partial = `${file}.${process.pid}`;
      await convertModel(source, partial, storage, threads);
      await rename(partial, file);
      made.push(file);
    }
    types.push({ storage, file });
  }
  const logprobs = new Map<string, readonly number[]>();
  for (const { storage, file } of types) logprobs.set(storage, await opened(file, threads, logprobsOf)); // Files are in memory after it.
  const reference = logprobs.get("BF16")!;
  const distance = (of: readonly number[]) => of.reduce((sum, value, i) => sum + Math.abs(value - reference[i]!), 0) / reference.length;
  const errors = new Map(types.map(({ storage }) => [storage, distance(logprobs.get(storage)!)]));
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const left = round < ROUNDS ? types : types.filter(({ storage }) => fastest(rounds, storage) <= NEAR * fastest(rounds));
    for (const { storage, file } of left) rounds.push({ storage, ...(await opened(file, threads, measure)) });
  }
  const choice = bestOf(rounds, errors);
  for (const file of made) if (file !== copy(choice.storage as Storage)) await rm(file, { force: true });
  const sum = (of: (one: Round) => number) => rounds.reduce((total, one) => total + of(one), 0);
  const share = Math.min(1, sum(({ cpu }) => cpu) / (threads * sum(({ wall }) => wall)));
  return { ...choice, share, at: new Date().toISOString() };
}

/** One measuring of a type: the time that it took, and the processor's in all threads, in milliseconds. */
interface Round {
  readonly storage: Storage | "source";
  readonly wall: number;
  readonly cpu: number;
}

function fastest(rounds: readonly Round[], storage?: string): number {
  return Math.min(...rounds.filter((one) => storage === undefined || one.storage === storage).map(({ wall }) => wall));
}

/** The type with the fastest round of those that are faithful. @param errors as `Measured` has them, the source's among them */
export function bestOf(
  rounds: readonly Round[],
  errors: ReadonlyMap<Storage | "source", number>,
): Pick<StorageChoice, "storage" | "measured"> {
  const measured = Array.from(errors, ([storage, error]) => ({ storage, ms: fastest(rounds, storage), error }));
  const bound = TOLERANCE * errors.get("source")!;
  const fitting = measured.filter(({ storage, error }) => storage === "source" || error <= bound);
  return { storage: fitting.reduce((a, b) => (b.ms < a.ms ? b : a)).storage, measured };
}

/** Works with a file, which is closed after it: of large ones only one is in memory at a time. */
async function opened<T>(file: string, threads: number, use: (scheduler: Scheduler, tokens: readonly number[]) => Promise<T>): Promise<T> {
  const model = await loadModel(file);
  try {
    const scheduler = await model.createScheduler({ cells: 1024, threads });
    return await use(scheduler, model.tokenizer.encode(TEXT).slice(0, 128));
  } finally {
    await model.close();
  }
}

/** Of each token after the first. */
async function logprobsOf(scheduler: Scheduler, tokens: readonly number[]): Promise<number[]> {
  const logprobs: number[] = [];
  const prompt = await scheduler.open();
  await prompt.evaluate(tokens, {
    outputs: tokens.length - 1,
    onRow: ({ logits }, position) => position + 1 < tokens.length && logprobs.push(logprob(logits, tokens[position + 1]!)),
  });
  return logprobs;
}

/** What a run consists of: a prompt, then decoding alone and beside others. */
async function measure(scheduler: Scheduler, tokens: readonly number[]): Promise<Omit<Round, "storage">> {
  const first = await scheduler.open();
  await first.evaluate(tokens.slice(0, 1)); // Pages in the weights.
  first.close();
  const [started, before] = [performance.now(), process.cpuUsage()];
  const prompt = await scheduler.open();
  await prompt.evaluate(tokens, { outputs: tokens.length - 1, onRow: () => {} });
  const decode = async (steps: number) => {
    const sequence = await scheduler.open({ tokens });
    for (let i = 0; i < steps; i++) await sequence.evaluate([tokens[i]!]);
    sequence.close();
  };
  await decode(4);
  await Promise.all(Array.from({ length: 8 }, () => decode(3)));
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, cpu: (user + system) / 1000 };
}
