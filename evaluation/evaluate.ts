import path from "node:path";
import {
  type AgentOptions,
  CallLog,
  type CallRecord,
  createAgent,
  defaultStrategy,
  isOwnFailure,
  type Recorder,
  suitedModel,
} from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { LanguageModel, LocalModel, Usage } from "../models/index.js";
import { defaultMatch, type MatchRule, matchAnswer } from "./match.js";
import { seedOf } from "./random.js";
import type { Configuration, Result, ResultCall, Sitting, Task } from "./record.js";
import { clockOf, readTasks } from "./tasks.js";

export interface EvaluateOptions
  extends Pick<
    AgentOptions,
    | "model"
    | "tools"
    | "instructions"
    | "prompts"
    | "strategy"
    | "protocol"
    | "temperature"
    | "maxTokens"
    | "topK"
    | "costWeight"
    | "margins"
    | "approve"
    | "timeZone"
  > {
  /** A file (as `readTasks` has it), or tasks. */
  readonly tasks: string | AsyncIterable<Task> | Iterable<Task>;
  /** When an answer is right. Default `"number"`: its last number is an accepted one. */
  readonly match?: MatchRule;
  /** Of the configuration, as results name it. Default: strategy, tools and adapters in words. */
  readonly name?: string;
  /**
   * Files of the adapters that the model was opened with, none for the base, to tell configurations apart. Default: those that a local
   * model has; a base is then not called one.
   */
  readonly adapters?: readonly string[];
  /** Of sampling; each question's own is drawn from it and the question's id. Default 0. */
  readonly seed?: number;
  /** The clock of tasks that have none. Default: the moment when the evaluation begins. */
  readonly now?: Date;
  /** Only the first so many tasks. Default: all. */
  readonly limit?: number;
  /** Most questions under way at once. Default 64 for a local model, 8 for an endpoint. */
  readonly atOnce?: number;
  /** Where runs are recorded. Default: nowhere. */
  readonly trace?: Recorder;
  /** Ids that are not asked. Default: none. */
  readonly skip?: ReadonlySet<string>;
  /** Ends it: what is under way is left, and no result of it comes. */
  readonly signal?: AbortSignal;
}

/** `complete`: every task has been asked, and none was left by an abort. */
export type EvaluationEvent =
  | { readonly type: "start"; readonly configuration: Configuration }
  | { readonly type: "result"; readonly result: Result }
  | ({ readonly type: "end"; readonly complete: boolean } & Sitting);

/** Waiting for a place in the engine is no fault of a question. */
const PATIENCE = 3_600_000;
/** Characters of a call's output, and of an answer, that a result keeps. */
const LONGEST_OUTPUT = 2_000;
const LONGEST_ANSWER = 16_384;

/**
 * Asks every question in a run of its own, many at once, with tools really running. Results come as they are done.
 * @throws ToolwrightError what `readTasks` and `createAgent` throw; a failure that is not a question's own, such as `endpoint-*`
 */
export async function* evaluate(given: EvaluateOptions): AsyncGenerator<EvaluationEvent> {
  const options = { ...given, model: await suitedModel(given.model, given.tools ?? []) };
  const { model, tools = [], match = defaultMatch, limit = Number.POSITIVE_INFINITY, skip, signal } = options;
  const configuration = configurationOf(options);
  const started = performance.now();
  const now = options.now ?? new Date();
  const timeZone = options.timeZone ?? "UTC";
  const settings = { ...options, tools, timeZone, budget: { milliseconds: PATIENCE } };
  createAgent({ ...settings, trace: undefined, now: () => now }); // What is wrong with the options shows now, and not with each question.
  yield { type: "start", configuration };

  const ask = async (task: Task): Promise<Result | undefined> => {
    const clock = task.now === undefined ? now : clockOf(task.now, timeZone);
    const agent = createAgent({ ...settings, seed: seedOf(options.seed ?? 0, task.id), now: () => clock });
    return await resultOf(agent, task, { configuration: configuration.name, match, trace: options.trace, signal });
  };

  let tokens = 0;
  let complete = true;
  const atOnce = options.atOnce ?? (model.can.fork ? 64 : 8);
  const source = typeof options.tasks === "string" ? readTasks(options.tasks, { limit, signal }) : limited(options.tasks, limit);
  for await (const result of pooled(source, atOnce, async (task) =>
    skip?.has(task.id) || signal?.aborted ? "skipped" : await ask(task),
  )) {
    if (result === "skipped") {
      if (signal?.aborted) complete = false;
    } else if (result === undefined) complete = false;
    else {
      tokens += result.usage.input + result.usage.output;
      yield { type: "result", result };
    }
  }
  yield { type: "end", configuration: configuration.name, seconds: (performance.now() - started) / 1000, tokens, complete };
}

function clipped({ output, ...call }: CallRecord): ResultCall {
  return { ...call, ...(output === undefined ? {} : { output: output.slice(0, LONGEST_OUTPUT) }) };
}

/** What runs in an evaluation with these options, and what it is called. */
export function configurationOf({
  model,
  tools = [],
  strategy,
  adapters,
  costWeight = 0,
  name,
}: Pick<EvaluateOptions, "model" | "tools" | "strategy" | "adapters" | "costWeight" | "name">): Configuration {
  const chosen = strategy ?? defaultStrategy(model, tools);
  const named = typeof chosen === "string" ? chosen : chosen.name;
  const toolNames = tools.map((tool) => tool.name);
  const files = adapters ?? loaded(model);
  const words = [named, toolNames.join("+") || "no tools"];
  if (files !== undefined) words.push(files.map(adapterName).join("+") || "no adapter");
  if (costWeight !== 0) words.push(`cost weight ${costWeight}`);
  return {
    name: name ?? words.join(", "),
    strategy: named,
    tools: toolNames,
    adapters: adapters ?? [],
    ...(costWeight === 0 ? {} : { costWeight }),
    model: model.identity,
  };
}

/** What an adapter is called in names of configurations: its file's name. */
export function adapterName(file: string): string {
  return path.basename(file).replace(/\.gguf$/i, "");
}

/** Files of the adapters that a local model runs with, undefined for none. */
function loaded(model: LanguageModel): readonly string[] | undefined {
  const { adapters = [] } = model as Partial<LocalModel>;
  return adapters.length === 0 ? undefined : adapters.map(({ file }) => file);
}

interface Asking {
  readonly configuration: string;
  readonly match: MatchRule;
  readonly trace?: Recorder;
  readonly signal?: AbortSignal;
}

/** @returns undefined when it was aborted */
async function resultOf(
  agent: ReturnType<typeof createAgent>,
  task: Task,
  { configuration, match, trace, signal }: Asking,
): Promise<Result | undefined> {
  const started = performance.now();
  const tape = await trace?.tape();
  const log = new CallLog();
  let answer: string | null = null;
  let agreement: Result["agreement"];
  let usage: Usage = { input: 0, cached: 0, output: 0 };
  let error: Result["error"];
  for await (const event of agent.run(task.question, { signal, ...(tape ? { tape } : {}) })) {
    log.add(event);
    if (event.type === "answer") {
      answer = event.text;
      agreement = event.agreement;
    } else if (event.type === "usage") usage = event.usage;
    else if (event.type === "error" && event.fatal) {
      if (signal?.aborted) return undefined;
      if (!isOwnFailure(event.code)) throw new ToolwrightError(event.code, event.message, event.remedy);
      error = { code: event.code, message: event.message };
    }
  }
  const { spared, ...unmade } = log.unmade;
  const judged = answer === null ? { correct: false, read: null } : matchAnswer(match, answer, task.accepted);
  return {
    configuration,
    id: task.id,
    ...(task.wording ? { wording: task.wording } : {}),
    ...(task.needless ? { needless: true } : {}),
    question: task.question,
    accepted: task.accepted,
    answer: answer?.slice(0, LONGEST_ANSWER) ?? null,
    read: judged.read?.slice(0, LONGEST_OUTPUT) ?? null,
    correct: judged.correct,
    ...(agreement ? { agreement } : {}),
    calls: log.calls.map(clipped),
    ...unmade,
    ...(spared > 0 ? { spared } : {}),
    usage,
    ms: Math.round(performance.now() - started),
    ...(error ? { error } : {}),
    ...(tape && "file" in tape ? { trace: tape.file } : {}),
  };
}

async function* limited(tasks: AsyncIterable<Task> | Iterable<Task>, limit: number): AsyncGenerator<Task> {
  let count = 0;
  if (limit > 0)
    for await (const task of tasks) {
      yield task;
      if (++count >= limit) return;
    }
}

/** Works on so many items at once. Results come as they are done; the first failure ends it. */
export async function* pooled<Item, Done>(
  items: AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Done>,
): AsyncGenerator<Done> {
  const going = new Map<number, Promise<{ readonly key: number; readonly value: Done }>>();
  let key = 0;
  const next = async () => {
    const { key, value } = await Promise.race(going.values());
    going.delete(key);
    return value;
  };
  for await (const item of items) {
    const own = key++;
    const promise = work(item).then((value) => ({ key: own, value }));
    promise.catch(() => {}); // Told when its turn has come.
    going.set(own, promise);
    if (going.size >= atOnce) yield await next();
  }
  while (going.size > 0) yield await next();
}
