// How well the strategies do with a model, by kind of question, as it was measured once: what `auto` goes by.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { folderPath, type LanguageModel, openFolder } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { mostSimilar } from "./demonstrations.js";
import type { PromptBook } from "./prompts.js";

const SET = fileURLToPath(new URL("../../data/measuring.jsonl", import.meta.url));
const SHIPPED = fileURLToPath(new URL("../../data/strategies", import.meta.url));

/** Questions that are looked at to tell of which kind another one is. */
const NEIGHBOURS = 5;

const question = z.looseObject({
  kind: z.string(),
  question: z.string(),
  answer: z.union([z.string(), z.array(z.string())]),
  now: z.string().optional(),
});

/** A question that strategies are measured by. */
export type MeasuringQuestion = z.infer<typeof question>;

const measured = z.strictObject({
  format: z.literal(1),
  /** Of what it holds for: see `measuredKey`. */
  key: z.string(),
  model: z.string(),
  adapters: z.array(z.string()),
  tools: z.array(z.string()),
  date: z.iso.date(),
  /** Right answers by kind and strategy. */
  kinds: z.record(z.string(), z.record(z.string(), z.strictObject({ right: z.int(), of: z.int() }))),
});
export type MeasuredStrategies = z.infer<typeof measured>;

interface Setting {
  readonly model: Pick<LanguageModel, "identity">;
  readonly tools: readonly Pick<Tool, "name">[];
  readonly prompts: PromptBook;
}

let questions: readonly MeasuringQuestion[] | undefined;

/** The questions that strategies are measured by, a dozen of each kind. */
export function measuringQuestions(): readonly MeasuringQuestion[] {
  questions ??= readFileSync(SET, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => question.parse(JSON.parse(line)));
  return questions;
}

/** Of which kind a question is: that of most of the measuring questions that are worded most like it. */
export function kindOf(text: string): string {
  const all = measuringQuestions().map(({ kind, question: asked }) => ({ tool: kind, question: asked, text: "" }));
  const votes = new Map<string, number>();
  // The most similar comes last, and counts most where two kinds have as many.
  for (const [place, { tool: kind }] of mostSimilar(text, all, NEIGHBOURS).entries())
    votes.set(kind, (votes.get(kind) ?? 0) + 1 + place / 100);
  return [...votes].sort(([, a], [, b]) => b - a)[0]![0];
}

/** Names everything that decides how strategies do: model and adapters by their digests, tools, prompts, the questions. */
export function measuredKey({ model: { identity }, tools, prompts }: Setting): string {
  const { name, digest, adapters = [], runtime } = identity;
  const parts = [
    digest ?? [name, runtime?.split(" ")[0]], // The storage type, and the engine's version, hardly matter.
    adapters,
    tools.map((tool) => tool.name),
    prompts.digest,
    measuringQuestions(),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** What was measured for this setting: it came with the package, or was measured on this machine; undefined for neither. */
export function measuredFor(setting: Setting): MeasuredStrategies | undefined {
  const key = measuredKey(setting);
  for (const folder of [SHIPPED, folderPath("strategies")]) {
    for (const file of filesIn(folder)) {
      const { data } = measured.safeParse(JSON.parse(readFileSync(path.join(folder, file), "utf8")));
      if (data?.key === key) return data;
    }
  }
  return undefined;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch {
    return []; // Nothing was measured yet.
  }
}

/** Keeps what was measured, for later processes. @returns its file */
export async function keepMeasured(table: MeasuredStrategies): Promise<string> {
  const file = path.join(await openFolder("strategies"), `${table.key}.json`);
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(table, undefined, 2)}\n`);
  await rename(`${file}.${process.pid}`, file);
  return file;
}

/**
 * The strategy with most right answers to a kind of question; of those with as many, the first of `preferred`, then the one that was
 * measured first. For a kind that was not measured, the best over all.
 */
export function bestOf({ kinds }: Pick<MeasuredStrategies, "kinds">, kind: string, preferred: string): string {
  const figures = kinds[kind] ?? over(kinds);
  const ranked = Object.entries(figures).sort(
    ([a, x], [b, y]) => y.right / y.of - x.right / x.of || Number(b === preferred) - Number(a === preferred),
  );
  return ranked[0]![0];
}

function over(kinds: MeasuredStrategies["kinds"]): MeasuredStrategies["kinds"][string] {
  const sums: Record<string, { right: number; of: number }> = {};
  for (const figures of Object.values(kinds)) {
    for (const [strategy, { right, of }] of Object.entries(figures)) {
      const sum = (sums[strategy] ??= { right: 0, of: 0 });
      sum.right += right;
      sum.of += of;
    }
  }
  return sums;
}
