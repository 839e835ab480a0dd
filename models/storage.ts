import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { convertModel, library, loadModel, logprob, RELEASE, type Scheduler, type Storage } from "../engine/index.js";
import { openFolder } from "./folders.js";
import { withLock } from "./lock.js";

/** What was measured of one storage type. */
export interface Measured {
  readonly storage: string;
  /** Milliseconds for the fixed piece of work (`measure`). */
  readonly ms: number;
  /** Mean absolute difference of token log-probabilities from BF16's, in nats. */
  readonly error: number;
}

/** What is remembered of a source file on a machine: which type runs there, and why. */
export interface StorageChoice {
  /** `"source"`: the file as it is. */
  readonly storage: Storage | "source";
  readonly measured: readonly Measured[];
}

// Types that llama.cpp's CPU kernels multiply fast on one kind of CPU or another. Q4_0 is the fastest and ruins the default model.
const CANDIDATES = ["Q8_0", "BF16"] as const;
// A larger file would take minutes to convert and fill the disk: it runs as it is.
const LARGEST = 1_500_000_000;
// As faithful as the source: its own error comes from kernels that round activations to 8 bits.
const TOLERANCE = 1.5;

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
  const note = path.join(folder, `${digest.slice(0, 16)}.${machine(threads)}.json`);
  const copy = (storage: Storage | "source") =>
    storage === "source" ? source : path.join(folder, `${digest.slice(0, 16)}.${storage}.gguf`);
  const usable = async () => {
    const choice = await readChoice(note);
    return choice && existsSync(copy(choice.storage)) ? copy(choice.storage) : undefined;
  };
  return (
    (await usable()) ??
    withLock(`${note}.lock`, async () => {
      const done = await usable(); // by the process that held the lock
      if (done) return done;
      const choice = await choose(source, copy, threads);
      const fresh = `${note}.${process.pid}`;
      await writeFile(fresh, `${JSON.stringify(choice, null, 2)}\n`);
      await rename(fresh, note);
      return copy(choice.storage);
    })
  );
}

function defaultThreads(): number {
  return Math.min(8, os.availableParallelism());
}

/** What the choice depends on besides the file: the library and its kernels, the processor, the threads. */
function machine(threads: number): string {
  const facts = [RELEASE, library().package, library().print_system_info(), os.cpus()[0]?.model, threads];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}

async function readChoice(note: string): Promise<StorageChoice | undefined> {
  try {
    return JSON.parse(await readFile(note, "utf8")) as StorageChoice;
  } catch {
    return undefined; // Not there or not readable: it is measured anew.
  }
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
  const results = [];
  for (const { storage, file } of types) results.push({ storage, ...(await measure(file, threads)) });
  const reference = results.find(({ storage }) => storage === "BF16")!.logprobs;
  const measured = results.map(({ storage, ms, logprobs }) => ({
    storage,
    ms,
    error: logprobs.reduce((sum, value, i) => sum + Math.abs(value - reference[i]!), 0) / reference.length,
  }));
  const bound = TOLERANCE * measured[0]!.error;
  const fitting = measured.filter(({ storage, error }) => storage === "source" || error <= bound);
  const best = fitting.reduce((a, b) => (b.ms < a.ms ? b : a));
  for (const file of made) if (file !== copy(best.storage as Storage)) await rm(file, { force: true });
  return { storage: best.storage, measured };
}

/** Time of what a run consists of: a prompt, then decoding alone and beside others; and the prompt's log-probabilities. */
async function measure(file: string, threads: number): Promise<{ ms: number; logprobs: number[] }> {
  const model = await loadModel(file);
  try {
    const scheduler = await model.createScheduler({ cells: 1024, threads });
    const tokens = model.tokenizer.encode(TEXT).slice(0, 128);
    await work(scheduler, tokens.slice(0, 32)); // Pages in the weights.
    const started = performance.now();
    const logprobs = await work(scheduler, tokens);
    return { ms: performance.now() - started, logprobs };
  } finally {
    await model.close();
  }
}

async function work(scheduler: Scheduler, tokens: readonly number[]): Promise<number[]> {
  const logprobs: number[] = [];
  const prompt = await scheduler.open();
  await prompt.evaluate(tokens, {
    outputs: tokens.length - 1,
    onRow: ({ logits }, position) => position + 1 < tokens.length && logprobs.push(logprob(logits, tokens[position + 1]!)),
  });
  const decode = async (steps: number) => {
    const sequence = await scheduler.open({ tokens });
    for (let i = 0; i < steps; i++) await sequence.evaluate([tokens[i]!]);
    sequence.close();
  };
  await decode(4);
  await Promise.all(Array.from({ length: 8 }, () => decode(3)));
  prompt.close();
  return logprobs;
}
