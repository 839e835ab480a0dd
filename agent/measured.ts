// How well the strategies do with a model, by kind of question, as it was measured once: what `auto` goes by.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { ToolwrightError } from "../errors.js";
import { folderPath, type LanguageModel, openFolder } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { features } from "./demonstrations.js";
import { mcnemar } from "./mcnemar.js";
import type { PromptBook } from "./prompts.js";
import { isSuited } from "./strategies/index.js";

const SET = fileURLToPath(new URL("../../data/measuring.jsonl", import.meta.url));
const SHIPPED = fileURLToPath(new URL("../../data/strategies", import.meta.url));

const question = z.looseObject({
  kind: z.string(),
  question: z.string(),
  answer: z.union([z.string(), z.array(z.string())]),
  now: z.string().optional(),
});

/** A question that strategies are measured by. */
export type MeasuringQuestion = z.infer<typeof question>;

/** `marks`: which questions of the kind were answered rightly, a `1` or a `0` for each, in their order; in tables of before not there. */
const count = z.strictObject({ right: z.int(), of: z.int(), marks: z.string().optional() });
type Count = z.infer<typeof count>;

const measured = z.strictObject({
  format: z.literal(1),
  /** Of what it holds for: see `measuredKey`. */
  key: z.string(),
  model: z.string(),
  adapters: z.array(z.string()),
  tools: z.array(z.string()),
  date: z.iso.date(),
  /** Right answers by kind and strategy. */
  kinds: z.record(z.string(), z.record(z.string(), count)),
  /** By strategy, nats that a second of a call must be worth; none for models whose calls cannot be weighed. */
  costWeights: z.record(z.string(), z.number()),
});
export type MeasuredStrategies = z.infer<typeof measured>;

interface Setting {
  readonly model: Pick<LanguageModel, "identity" | "taught" | "untaught">;
  readonly tools: readonly Pick<Tool, "name">[];
  readonly prompts: PromptBook;
}

let questions: readonly MeasuringQuestion[] | undefined;

/**
 * The questions that strategies are measured by, twenty of each kind; ninety of capitals, thirty in each wording, since strategies differ by the
 * wording there; forty whose answers stand in the documents of the built-in sets.
 */
export function measuringQuestions(): readonly MeasuringQuestion[] {
  questions ??= readFileSync(SET, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => question.parse(JSON.parse(line)));
  return questions;
}

/** How often words and pairs of them stand in the questions of a kind. */
interface Wording {
  readonly counts: ReadonlyMap<string, number>;
  readonly all: number;
}

let wordings: ReadonlyMap<string, Wording> | undefined;
let vocabulary: ReadonlySet<string> | undefined;

/** What is added to every count, so that a word that a kind does not have does not rule it out. */
const SMOOTHING = 1;

/**
 * Of which kind a question is, by its words: naive Bayes over the measuring questions, all kinds as likely. `other` where it has none of
 * their words.
 */
export function kindOf(text: string): string {
  wordings ??= wordingsOf(measuringQuestions());
  vocabulary ??= new Set([...wordings.values()].flatMap(({ counts }) => [...counts.keys()]));
  const known = vocabulary;
  const asked = [...features(text)].filter(([feature]) => known.has(feature));
  let best = { kind: "other", score: Number.NEGATIVE_INFINITY };
  for (const [kind, { counts, all }] of asked.length === 0 ? [] : wordings) {
    let score = 0;
    for (const [feature, times] of asked)
      score += times * Math.log(((counts.get(feature) ?? 0) + SMOOTHING) / (all + SMOOTHING * known.size));
    if (score > best.score) best = { kind, score };
  }
  return best.kind;
}

function wordingsOf(given: readonly MeasuringQuestion[]): ReadonlyMap<string, Wording> {
  const byKind = new Map<string, { counts: Map<string, number>; all: number }>();
  for (const { kind, question: asked } of given) {
    const wording = byKind.get(kind) ?? { counts: new Map<string, number>(), all: 0 };
    byKind.set(kind, wording);
    for (const [feature, times] of features(asked)) {
      wording.counts.set(feature, (wording.counts.get(feature) ?? 0) + times);
      wording.all += times;
    }
  }
  return byKind;
}

/** Names everything that decides how strategies do: model and adapters by their digests, tools, prompts, the questions. */
export function measuredKey({ model, tools, prompts }: Setting): string {
  const { name, digest, runtime } = model.identity;
  const adapters = isSuited(model, tools) ? (model.identity.adapters ?? []) : [];
  const parts = [
    digest ?? [name, runtime?.split(" ")[0]], // The storage type, and the engine's version, hardly matter.
    adapters,
    tools.map((tool) => tool.name),
    prompts.digest,
    measuringQuestions(),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** What was measured for this setting: on this machine, or before the package was made; undefined for neither. */
export function measuredFor(setting: Setting): MeasuredStrategies | undefined {
  const key = measuredKey(setting);
  for (const folder of [folderPath("strategies"), SHIPPED]) {
    const table = readMeasured(path.join(folder, `${key}.json`));
    if (table !== undefined) return table;
  }
  return undefined;
}

/** Undefined where there is none, or none that can be used: it is measured anew then. */
function readMeasured(file: string): MeasuredStrategies | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return measured.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined; // It was cut off, or edited.
    throw thrown;
  }
}

/**
 * How much a call must be worth with this model and strategy.
 * @throws ToolwrightError `strategy-unmeasured`
 */
export function fittedWeight(setting: Setting & { readonly model: Pick<LanguageModel, "name"> }, strategy: string): number {
  const table = measuredFor(setting);
  const weight = table?.costWeights[strategy];
  if (weight !== undefined) return weight;
  if (table !== undefined) {
    const names = Object.keys(table.costWeights).join(", ");
    const message = `What a call must be worth was not measured with the strategy ${strategy}.`;
    throw new ToolwrightError("strategy-unmeasured", message, `Say the weight yourself, or use one of: ${names}.`, { exitCode: 2 });
  }
  throw unmeasured(`How much calls are worth with ${setting.model.name}, these tools and ${strategy}`);
}

/** @param what a sentence's subject */
export function unmeasured(what: string): ToolwrightError {
  const remedy = "Measure it once with `toolwright compare --measure` or measureStrategies(), or say it yourself.";
  return new ToolwrightError("strategy-unmeasured", `${what} has not been measured.`, remedy, { exitCode: 2 });
}

/** Keeps what was measured, for later processes. @returns its file */
export async function keepMeasured(table: MeasuredStrategies): Promise<string> {
  const file = path.join(await openFolder("strategies"), `${table.key}.json`);
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(table, undefined, 2)}\n`);
  await rename(`${file}.${process.pid}`, file);
  return file;
}

/** From here on a difference is one, and not chance: 95 % of a normal distribution lie below. */
const CLEAR = 1.645;

/**
 * The strategy for a kind of question: `preferred`, unless others are clearly better than it; of these, and where it was not measured of all,
 * that with most right answers, the first of equals. For a kind that was not measured, by the figures of all.
 */
export function bestOf({ kinds }: Pick<MeasuredStrategies, "kinds">, kind: string, preferred: string): string {
  const figures = kinds[kind] ?? over(kinds);
  const own = figures[preferred];
  const ranked = Object.entries(figures).sort(([, x], [, y]) => y.right / y.of - x.right / x.of);
  const better = own === undefined ? ranked : ranked.filter(([, other]) => isBetter(other, own));
  return better[0]?.[0] ?? preferred;
}

/** One-sided, 5 %: of the same questions by McNemar's exact test, otherwise that of two shares. */
function isBetter(one: Count, other: Count): boolean {
  if (one.marks !== undefined && one.marks.length === other.marks?.length) {
    const differing = [...one.marks].filter((mark, at) => mark !== other.marks![at]);
    const wins = differing.filter((mark) => mark === "1").length;
    const losses = differing.length - wins;
    return wins > losses && mcnemar(wins, losses) / 2 < 0.05;
  }
  const all = (one.right + other.right) / (one.of + other.of);
  const error = Math.sqrt(all * (1 - all) * (1 / one.of + 1 / other.of));
  return error > 0 && one.right / one.of - other.right / other.of > CLEAR * error;
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
