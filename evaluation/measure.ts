// Measures how strategies do with a model, so that `auto` knows which to take.
import { fileURLToPath } from "node:url";
import {
  defaultStrategy,
  keepMeasured,
  type MeasuredStrategies,
  type MeasuringQuestion,
  measuredFor,
  measuredKey,
  measuringQuestions,
  type PromptBook,
  shippedPrompts,
} from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { search, type Tool } from "../tools/index.js";
import { fitCostWeight, type WeighedResult } from "./cost-fit.js";
import { evaluate } from "./evaluate.js";
import type { Result, Task } from "./record.js";

export interface MeasureOptions {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  /** Default: those that come with the package. */
  readonly prompts?: PromptBook;
  /** Names of those that are measured. Default: the model's own, `few-shot`, `direct`, `chain-of-thought` and, with the search tool, `search`. */
  readonly strategies?: readonly string[];
  /** Told of every answer. */
  readonly onResult?: (strategy: string, result: Result) => void;
  readonly signal?: AbortSignal;
}

/** What is measured by default, with the model's own strategy. */
const MEASURED = ["few-shot", "direct", "chain-of-thought"] as const;

const DOCUMENTS = fileURLToPath(new URL("../../data/sets/documents", import.meta.url));

/** The kind of question that no call helps. */
const NEEDLESS = "everyday";
/** The kind whose answers stand in the documents. */
const IN_DOCUMENTS = "documents";

/** Longest answer that counts, in tokens. */
const LONGEST = 160;

/**
 * Asks the measuring questions under each strategy, and keeps the figures where `auto` finds them. Those about documents are only asked where
 * the search tool is among the tools; it then looks into these. Figures that were there of other strategies stay.
 * @returns the figures, and their file
 * @throws ToolwrightError `unknown-strategy`, `aborted`, and what `evaluate` throws
 */
export async function measureStrategies(options: MeasureOptions): Promise<{ readonly table: MeasuredStrategies; readonly file: string }> {
  const { model, tools, prompts = shippedPrompts(), onResult, signal } = options;
  const ownSearch = tools.find(({ name }) => name === "Search");
  const strategies = options.strategies ?? [
    ...new Set([defaultStrategy(model, tools).name, ...MEASURED, ...(ownSearch ? ["search"] : [])]),
  ];
  const asked = questionsFor(tools);
  const before = measuredFor({ model, tools, prompts });
  const kinds: Record<string, Record<string, { right: number; of: number; marks?: string }>> = structuredClone(before?.kinds ?? {});
  for (const figures of Object.values(kinds)) for (const strategy of strategies) delete figures[strategy];
  const costWeights: Record<string, number> = { ...before?.costWeights };
  const documents = ownSearch && search({ folder: DOCUMENTS });
  const groups = [
    { questions: asked.filter(({ kind }) => kind !== IN_DOCUMENTS), tools },
    ...(documents
      ? [
          {
            questions: asked.filter(({ kind }) => kind === IN_DOCUMENTS),
            tools: tools.map((tool) => (tool === ownSearch ? documents : tool)),
          },
        ]
      : []),
  ];
  try {
    for (const strategy of strategies) {
      const weighed: WeighedResult[] = [];
      for (const { questions, ...group } of groups) {
        const right = new Set<number>();
        const how = { ...group, model, prompts, strategy, margins: model.can.ranks, maxTokens: LONGEST, signal };
        for await (const event of evaluate({ ...how, tasks: questions.map(taskOf) })) {
          if (event.type === "end" && !event.complete)
            throw new ToolwrightError("aborted", "Measuring was stopped.", "Measure again; nothing was kept.", { exitCode: 130 });
          if (event.type !== "result") continue;
          onResult?.(strategy, event.result);
          const place = Number(event.result.id);
          weighed.push({ result: event.result, needless: questions[place]!.kind === NEEDLESS });
          if (event.result.correct) right.add(place);
        }
        for (const kind of new Set(questions.map((question) => question.kind))) {
          const marks = questions.flatMap((question, at) => (question.kind === kind ? [right.has(at) ? "1" : "0"] : []));
          const count = marks.filter((mark) => mark === "1").length;
          (kinds[kind] ??= {})[strategy] = { right: count, of: marks.length, marks: marks.join("") };
        }
      }
      if (model.can.ranks) costWeights[strategy] = fitCostWeight(weighed, tools).costWeight;
    }
  } finally {
    await documents?.close();
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

/** The measuring questions that can be asked with these tools. */
export function questionsFor(tools: readonly Pick<Tool, "name">[]): readonly MeasuringQuestion[] {
  const searches = tools.some(({ name }) => name === "Search");
  return measuringQuestions().filter(({ kind }) => searches || kind !== IN_DOCUMENTS);
}

function taskOf({ question, answer, now }: MeasuringQuestion, place: number): Task {
  return { id: String(place), question, accepted: [answer].flat(), ...(now === undefined ? {} : { now }) };
}
