// A small piece of teaching for tests: a few texts, a tool with one short example, the tiny model or a model that only hashes.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as assert from "uvu/assert";
import { z } from "zod";
import { type LocalModel, localModel } from "../../models/index.js";
import type { TeachingModel } from "../../teaching/model.js";
import { writeOutputs } from "../../teaching/outputs.js";
import { entriesOf, headerOf } from "../../teaching/store.js";
import { type TeachEvent, type TeachOptions, teach } from "../../teaching/teach.js";
import { defineTool, type Tool, type ToolDefinition } from "../../tools/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const LETTERS = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

/**
 * A tool with short prompts and short calls: a random model that may write anything never ends a call.
 * What it is told is `{ letter }`.
 */
export function placeTool({ name = "Place", ...more }: Partial<ToolDefinition> = {}): Tool {
  return defineTool({
    name,
    description: "Which letter it is.",
    input: z.object({ letter: z.enum(LETTERS) }),
    examples: [{ text: `The letter c is number [${name}(c) → 3] 3.` }],
    run: async ({ letter }: Record<string, unknown>) => `${1 + LETTERS.indexOf(letter as "a")}`,
    ...more,
  } as ToolDefinition);
}

/** Texts with numbers in them, each another. */
export function textsOf(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `The word ${"abcdefghij".slice(0, 1 + (i % 9))} has ${1 + (i % 9)} letters, and ${i} is a number too.`,
  );
}

export function linesOf(texts: readonly string[]): string {
  return texts.map((text) => `${JSON.stringify({ text })}\n`).join("");
}

/** Options with which nearly everything is kept, so that there are bytes to compare. */
export function smallTeaching<More extends Partial<TeachOptions>>(more: More) {
  const tools = [{ tool: placeTool(), tauS: 0, tauF: -20, topK: 2, samples: 2 }];
  return { tools, model: hashingModel(), related: false, overlap: 16, ...more };
}

/**
 * A model that needs no engine: what it thinks of a text is a hash of it.
 * @param options.delay milliseconds that it takes to sample
 */
export function hashingModel({ delay }: { readonly delay?: number } = {}): TeachingModel {
  const tokensOf = (text: string) => Array.from(text.matchAll(/\s?[\p{L}\p{M}]+|\s?\d+|\s?[^\s\p{L}\p{M}\d]|\s/gu));
  let tokens = 0;
  return {
    identity: { name: "hashing", digest: "0".repeat(64), storage: "F32", runtime: "none" },
    contextSize: 4096,
    trainedFor: () => false,
    countTokens: (text) => tokensOf(text).length,
    prepare: async () => {},
    read: async (_, text, { marker }) => {
      const all = tokensOf(text);
      tokens += all.length;
      return {
        offsets: all.map(({ index }) => index),
        logprobs: all.map(({ 0: word, index }) => -4 * share(`${index} ${word}`)),
        ...(marker ? { marker: all.map(({ 0: word, index }) => share(`marker ${index} ${word}`)) } : {}),
      };
    },
    sample: async (_, _text, requests) => {
      if (delay !== undefined) await setTimeout(delay);
      const calls = requests.map(({ at, seeds }) => {
        const inputs = seeds.map((seed) => LETTERS[(seed + at) % LETTERS.length]);
        return { inputs, sharedTokens: 0, cut: 0 };
      });
      tokens += requests.length;
      return calls;
    },
    losses: async (_, text, requests, { count }) => {
      tokens += requests.length * count;
      return requests.map(({ marker, from }) =>
        tokensOf(text.slice(from))
          .slice(0, count)
          .map(({ 0: word }, index) => -4 * share(`${marker} ${index} ${word}`)),
      );
    },
    get tokens() {
      return tokens;
    },
    release: () => {},
  };
}

/** From 0 to below 1: FNV-1a. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

export async function eventsOf(options: TeachOptions): Promise<TeachEvent[]> {
  const events: TeachEvent[] = [];
  for await (const event of teach(options)) events.push(event);
  return events;
}

/** Teaches, and writes what is written of it, as the command does. */
export async function taught(options: TeachOptions & { readonly out: string }): Promise<TeachEvent[]> {
  const events = await eventsOf(options);
  await outputs(options.out);
  return events;
}

export async function outputs(folder: string): Promise<void> {
  await writeOutputs(folder, () => entriesOf(folder), {
    parameters: await headerOf(folder),
    corpus: [{ name: "texts.jsonl" }],
    command: "toolwright teach texts.jsonl",
    started: new Date(),
    seconds: performance.now(),
  });
}

/** Asserts that two datasets are the same to the byte, and says where they part. */
export async function sameBytes(folder: string, other: string, more = ""): Promise<void> {
  const [one, two] = [await bytesOf(folder), await bytesOf(other)];
  for (const name of Object.keys(one)) {
    if (one[name] === two[name]) continue;
    const [lines, others] = [one[name]!.split("\n"), two[name]!.split("\n")];
    const at = lines.findIndex((line, index) => line !== others[index]);
    assert.unreachable(`${name} of ${folder} and ${other} part in line ${at + 1}: ${lines[at]} | ${others[at]} ${more}`);
  }
}

/** All that must be the same however often a run was stopped, by file; of the report without its times. */
export async function bytesOf(folder: string): Promise<{ readonly [name: string]: string }> {
  const read = (name: string) => readFile(join(folder, name), "utf8");
  const { times: _, ...report } = JSON.parse(await read("report.json")) as { times: unknown };
  return {
    dataset: await read("dataset.jsonl"),
    candidates: await read("candidates.jsonl"),
    card: await read("README.md"),
    report: JSON.stringify(report, null, 1),
  };
}

export const inFolder = (test: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-teach-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The tiny model as teaching wants it. Of one thread: on a busy machine several wait for one another. */
export async function tinyTeachingModel(): Promise<LocalModel> {
  return await localModel({ file: await tinyModel(), exact: true, repeatable: true, threads: 1 });
}

/** A corpus in a folder. @returns its path */
export async function corpusIn(folder: string, content: string, name = "texts.jsonl"): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}
