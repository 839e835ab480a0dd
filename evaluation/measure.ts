// Measures how strategies do with a model, so that `auto` knows which to take.
import {
  keepMeasured,
  type MeasuredStrategies,
  type MeasuringQuestion,
  measuredKey,
  measuringQuestions,
  type PromptBook,
  shippedPrompts,
} from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { fitCostWeight, type WeighedResult } from "./cost-fit.js";
import { evaluate } from "./evaluate.js";
import type { Result, Task } from "./record.js";

export interface MeasureOptions {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  /** Default: those that come with the package. */
  readonly prompts?: PromptBook;
  /** Names of those that are measured. Default: `few-shot`, `zero-shot`, `direct` and `chain-of-thought`. */
  readonly strategies?: readonly string[];
  /** Told of every answer. */
  readonly onResult?: (strategy: string, result: Result) => void;
  readonly signal?: AbortSignal;
}

/** What is measured by default. */
const MEASURED = ["few-shot", "zero-shot", "direct", "chain-of-thought"] as const;

/** The kind of question that no call helps. */
const NEEDLESS = "everyday";

/** Longest answer that counts, in tokens. */
const LONGEST = 160;

/**
 * Asks the measuring questions under each strategy, and keeps the figures where `auto` finds them.
 * @returns the figures, and their file
 * @throws ToolwrightError `unknown-strategy`, `aborted`, and what `evaluate` throws
 */
export async function measureStrategies(options: MeasureOptions): Promise<{ readonly table: MeasuredStrategies; readonly file: string }> {
  const { model, tools, prompts = shippedPrompts(), onResult, signal } = options;
  const names = options.strategies ?? MEASURED;
  const questions = measuringQuestions();
  const kinds: Record<string, Record<string, { right: number; of: number }>> = {};
  const costWeights: Record<string, number> = {};
  for (const strategy of names) {
    const weighed: WeighedResult[] = [];
    // Next to nothing: every call is made, and its margin is told.
    const costWeight = model.can.ranks ? Number.MIN_VALUE : 0;
    for await (const event of evaluate({
      model,
      tools,
      prompts,
      strategy,
      costWeight,
      tasks: questions.map(taskOf),
      maxTokens: LONGEST,
      signal,
    })) {
      if (event.type === "end" && !event.complete)
        throw new ToolwrightError("aborted", "Measuring was stopped.", "Measure again; nothing was kept.", { exitCode: 130 });
      if (event.type !== "result") continue;
      onResult?.(strategy, event.result);
      const { kind } = questions[Number(event.result.id)]!;
      weighed.push({ result: event.result, needless: kind === NEEDLESS });
      const figures = ((kinds[kind] ??= {})[strategy] ??= { right: 0, of: 0 });
      figures.of++;
      figures.right += Number(event.result.correct);
    }
    if (costWeight > 0) costWeights[strategy] = fitCostWeight(weighed, tools).costWeight;
  }
  const table: MeasuredStrategies = {
    format: 1,
    key: measuredKey({ model, tools, prompts }),
    model: model.name,
    adapters: model.identity.adapters?.map(({ digest }) => digest) ?? [],
    tools: tools.map(({ name }) => name),
    date: new Date().toISOString().slice(0, 10),
    kinds,
    costWeights,
  };
  return { table, file: await keepMeasured(table) };
}

function taskOf({ question, answer, now }: MeasuringQuestion, place: number): Task {
  return { id: String(place), question, accepted: [answer].flat(), ...(now === undefined ? {} : { now }) };
}
