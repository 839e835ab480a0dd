// A small piece of teaching for tests: a few texts, a tool with one short example, the tiny model or a model that only hashes.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { writeOutputs } from "../../teaching/outputs.js";
import type { Parameters } from "../../teaching/record.js";
import { entriesOf, headerOf } from "../../teaching/store.js";
import { type TeachEvent, type TeachOptions, teach } from "../../teaching/teach.js";
import type { TeachingModel } from "../../teaching/model.js";
import { defineTool, type Tool, type ToolDefinition } from "../../tools/index.js";

/** A tool that anything can be asked, with one short example, so that prompts fit the tiny model. */
export function lengthTool(more: Partial<ToolDefinition> = {}): Tool {
  return defineTool({
    name: "Length",
    description: "Counts characters.",
    input: z.object({ text: z.string() }),
    examples: [{ text: "Seven has [Length(seven) → 5] 5 letters." }],
    run: async ({ text }: Record<string, unknown>) => `${String(text).length}`,
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

/** Settings with which nearly everything is kept, so that there are bytes to compare. */
export const small = { tauS: 0, tauF: -1, topK: 2, samples: 2 };

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
    countTokens: (text) => tokensOf(text).length,
    read: async (_, text, { marker }) => {
      const all = tokensOf(text);
      tokens += all.length;
      return {
        offsets: all.map(({ index }) => index),
        logprobs: all.map(({ 0: word, index }) => -4 * share(`${index} ${word}`)),
        ...(marker ? { marker: all.map(({ 0: word, index }) => share(`marker ${index} ${word}`)) } : {}),
      };
    },
    sample: async (_, text, requests) => {
      if (delay !== undefined) await setTimeout(delay);
      const calls = requests.map(({ at, seeds }) => {
        const word = text.slice(at).trim().slice(0, 6);
        return { inputs: seeds.map((seed) => `${word.replace(/[()[\]"\\]/g, "")}${seed % 3}`), sharedTokens: 0, cut: 0 };
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

export async function outputs(folder: string, parameters?: Parameters): Promise<void> {
  await writeOutputs(folder, () => entriesOf(folder), {
    parameters: parameters ?? (await headerOf(folder)),
    corpus: [{ name: "texts.jsonl" }],
    command: "toolwright teach texts.jsonl",
    started: new Date(),
    seconds: performance.now(),
  });
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

/** A corpus in a folder. @returns its path */
export async function corpusIn(folder: string, content: string, name = "texts.jsonl"): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}
