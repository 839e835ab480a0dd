// `compare`: strategies × adapters × models on sets of questions, in one run that goes on where it stopped.
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultStrategy, type PromptBook, readPrompts, suitedModel } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import {
  adapterName,
  type Comparison,
  defaultMatch,
  fillCell,
  type GridCell,
  type GridConfiguration,
  type GridRow,
  type GridSet,
  gridPage,
  gridRows,
  type MatchRule,
  matchRules,
  readTasks,
  type Task,
  verdict,
} from "../evaluation/index.js";
import { type LanguageModel, type LocalModel, openFolder } from "../models/index.js";
import { version } from "../version.js";
import { anyReads, checkStrategies, makeTools } from "./agent.js";
import { adapterSets, modelsWith, whichOf } from "./eval-models.js";
import { EvalProgress } from "./eval-progress.js";
import { points } from "./eval-tables.js";
import { interruption } from "./interruption.js";
import { measureAloud, measureOnce } from "./measure.js";
import { type JsonOption, jsonOption, listed, readStrategies, readToolNames, type ToolName, usualTools, whole } from "./options.js";
import { print, printJson } from "./output.js";
import { writePage } from "./page.js";
import { searchSalt } from "./search-salt.js";
import { table } from "./terminal.js";

interface CompareOptions extends JsonOption {
  readonly quick?: true;
  readonly sets?: readonly string[];
  readonly strategy?: readonly string[];
  readonly adapter?: readonly string[];
  readonly model: readonly string[];
  readonly tools: readonly ToolName[];
  readonly folder?: string;
  readonly translator?: string;
  readonly limit?: number;
  readonly match: MatchRule;
  readonly maxTokens: number;
  readonly prompts?: string;
  readonly cache?: string;
  readonly report?: string;
  readonly measure?: true;
}

const SETS = fileURLToPath(new URL("../../data/sets", import.meta.url));

/** The shipped sets, and those whose answers stand in the shipped folder of documents. */
const BUILT_IN = ["arithmetic", "two-step", "units", "dates", "capitals", "definitions", "everyday", "single-hop", "multi-hop"] as const;
const OVER_DOCUMENTS: readonly string[] = ["single-hop", "multi-hop"];

/** Strategies that are compared by default with the model's own. */
const STRATEGIES = ["chain-of-thought", "search", "auto"];
const QUICK = 50;
/** The clock of questions that have none: the same in all sittings, so that what was asked is not asked again. */
const CLOCK = "2026-01-01T00:00:00.000Z";
const CONTEXT_SIZE = 16_384;

export function define(command: Command): void {
  command
    .summary(command.description())
    .description(
      "Asks the built-in sets of questions, or files of your own, with several strategies, adapters and models, and shows which did how well. " +
        "What was asked once is kept: stopped or asked again, it goes on from there.",
    )
    .argument("[tasks...]", "JSONL files as of eval; default: the built-in sets")
    .option("--quick", `only the first ${QUICK} questions of each set`)
    .option("--sets <names>", `of the built-in ones only these, separated by commas: ${BUILT_IN.join(", ")}`, readSets)
    .option("--limit <number>", "only the first so many questions of each set", whole("a whole number, 1 or more", 1))
    .addOption(new Option("--match <rule>", "when an answer is right").choices(matchRules).default(defaultMatch))
    .option("--measure", "first measure how strategies, those of --strategy if there are any, do with each model, for the strategy auto");
  jsonOption(command, "print a line of JSON for each set and configuration");
  command
    .optionsGroup("Configurations:")
    .option("-s, --strategy <names>", `separated by commas (default: the model's own, ${STRATEGIES.join(", ")})`, readStrategies)
    .option("--adapter <files>", "LoRA adapters, separated by commas; none: without (default: the one that comes with the model)", listed)
    .option("-m, --model <name>", "as of eval; repeatable (default: local)", (name: string, before: readonly string[] = []) => [
      ...before,
      name,
    ])
    .option("-t, --tools <names>", "separated by commas", (text: string) => readToolNames(text), usualTools)
    .option("--folder <folder>", "texts for the search and qa tools (default, of the sets over documents: theirs)")
    .option("--translator <what>", "what mt translates with: a folder of Bergamot's models, or a model such as openai:NAME")
    .option("--max-tokens <number>", "most tokens of one answer", whole("a whole number, 1 or more", 1), 200)
    .option("--prompts <folder>", "prompts of your own, in another language for one: files like those in data/prompts")
    .optionsGroup("Output:")
    .option("--cache <folder>", "where results are kept (default: in the cache folder)")
    .option("--report <file>", "write the comparison as a page")
    .action(run);
}

function readSets(text: string): readonly string[] {
  const names = listed(text);
  const unknown = names.find((name) => !(BUILT_IN as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no set "${unknown}". Choose from ${BUILT_IN.join(", ")}.`);
  return names;
}

async function run(files: readonly string[], options: CompareOptions): Promise<void> {
  const signal = interruption();
  checkStrategies(options.strategy ?? [], [options.tools]);
  const sets = await setsOf(files, options);
  const others = STRATEGIES.filter((name) => name !== "search" || options.tools.includes("search"));
  const { measure } = options;
  const prompts = options.prompts === undefined ? undefined : readPrompts(options.prompts);
  const adapters = adapterSets(options.adapter);
  const cache = options.cache === undefined ? await openFolder("compared") : path.resolve(options.cache);
  const cells: GridCell[] = [];
  let complete = true;
  for (const name of options.model ?? ["local"]) {
    for await (const { model, adapter } of modelsWith(adapters, { model: name, contextSize: CONTEXT_SIZE }, signal)) {
      if (measure || (options.strategy ?? others).includes("auto")) await measured(model, { ...options, prompts }, signal);
      for (const set of sets) {
        const folder = options.folder ?? (anyReads(options.tools) ? set.folder : undefined);
        const tools = await makeTools({ ...options, folder });
        try {
          const suited = await suitedModel(model, tools);
          const salt = folder === undefined ? undefined : await searchSalt(folder);
          for (const strategy of options.strategy ?? [defaultStrategy(suited, tools).name, ...others]) {
            if (signal.aborted) break;
            const words = [
              strategy,
              adapterWords(adapter, suited) + whichOf(adapter, adapters),
              ...((options.model?.length ?? 0) > 1 ? [name] : []),
            ];
            const given = {
              model: suited,
              tools,
              strategy,
              prompts,
              salt,
              ...(adapter ? { adapters: adapter } : {}),
              name: words.join(", "),
            };
            complete = (await fill(set, given, options, cache, cells, signal)) && complete;
          }
        } finally {
          await Promise.all(tools.map((tool) => tool.close()));
        }
      }
    }
  }
  const rows = gridRows(cells);
  if (options.json) for (const row of rows) await printJson(rowJson(row));
  else await print(tables(rows));
  if (options.report !== undefined) {
    await writePage(options.report, gridPage({ rows, version: version(), about: aboutText() }));
  }
  if (signal.aborted || !complete) {
    throw new ToolwrightError("aborted", "The comparison was stopped; what is done is kept.", "Go on with the same command.", {
      exitCode: 130,
    });
  }
}

interface NamedSet extends GridSet {
  readonly folder?: string;
}

/** Sets of files by their names without folder and ending. */
async function setsOf(files: readonly string[], options: CompareOptions): Promise<readonly NamedSet[]> {
  const limit = options.limit ?? (options.quick ? QUICK : undefined);
  if (files.length > 0 && options.sets !== undefined) {
    throw new ToolwrightError("wrong-use", "--sets is of the built-in sets, and files are named too.", "Leave one of them out.", {
      exitCode: 2,
    });
  }
  const chosen: readonly string[] = options.sets ?? BUILT_IN;
  const named: readonly (readonly [name: string, file: string])[] =
    files.length > 0
      ? files.map((file) => [path.basename(file).replace(/\.jsonl(\.gz)?$/, ""), file])
      : chosen.map((name) => [name, path.join(SETS, `${name}.jsonl`)]);
  const twice = named.find(([name], at) => named.slice(0, at).some(([other]) => other === name));
  if (twice !== undefined) {
    throw new ToolwrightError("wrong-use", `Two sets of questions are called ${twice[0]}.`, "Give the files different names.", {
      exitCode: 2,
    });
  }
  const sets: NamedSet[] = [];
  for (const [name, file] of named) {
    const tasks: Task[] = [];
    for await (const task of readTasks(file, { limit })) tasks.push(task);
    const folder = files.length === 0 && OVER_DOCUMENTS.includes(name) ? path.join(SETS, "documents") : undefined;
    sets.push({ name, tasks, ...(folder === undefined ? {} : { folder }) });
  }
  return sets;
}

/** `shipped adapter`, `no adapter`, `mine`: what a configuration says of its adapters. */
function adapterWords(adapter: readonly string[] | undefined, model: LanguageModel): string {
  const { adapters = [] } = model as Partial<LocalModel>;
  if (adapter === undefined && adapters.length > 0) return "shipped adapter";
  const files = adapter ?? [];
  return files.length === 0 ? "no adapter" : files.map(adapterName).join("+");
}

async function fill(
  set: GridSet,
  given: GridConfiguration,
  { match, maxTokens }: CompareOptions,
  cache: string,
  cells: GridCell[],
  signal: AbortSignal,
): Promise<boolean> {
  let progress: EvalProgress | undefined;
  try {
    for await (const event of fillCell(set, given, { cache, match, maxTokens, seed: 0, timeZone: "UTC", now: CLOCK, signal })) {
      if (event.type === "cell") progress = new EvalProgress(`${set.name}, ${event.configuration.name}`, event.of, event.had);
      else if (event.type === "result") progress?.update(event.result);
      else {
        cells.push(event.cell);
        return event.complete;
      }
    }
  } finally {
    progress?.[Symbol.dispose]();
  }
  return false;
}

/** For `auto`: anew where that is asked for, otherwise only what was not measured yet. */
async function measured(
  model: LanguageModel,
  options: Omit<CompareOptions, "prompts"> & { readonly prompts?: PromptBook },
  signal: AbortSignal,
): Promise<void> {
  const tools = await makeTools(options);
  const given = { model: await suitedModel(model, tools), tools, prompts: options.prompts, signal };
  try {
    const strategies = options.strategy?.filter((name) => name !== "auto");
    if (options.measure) await measureAloud({ ...given, ...(strategies?.length ? { strategies } : {}) });
    else await measureOnce({ strategy: "auto" }, given);
  } finally {
    await Promise.all(tools.map((tool) => tool.close()));
  }
}

function rowJson({ set, name, figures, against }: GridRow): object {
  return {
    set,
    configuration: name,
    n: figures.n,
    correct: figures.correct,
    accuracy: figures.accuracy,
    interval: figures.interval ?? null,
    calls: figures.calls,
    tokens: figures.tokens,
    seconds: Number(figures.seconds.toFixed(1)),
    difference: against?.difference ?? null,
    difference_interval: against?.interval ?? null,
  };
}

/** Accuracies with sets beside one another, then all figures of each set. */
function tables(rows: readonly GridRow[]): string {
  const sets = [...new Set(rows.map(({ set }) => set))];
  const names = [...new Set(rows.map(({ name }) => name))];
  const at = (set: string, name: string) => rows.find((row) => row.set === set && row.name === name);
  const percent = (value: number) => `${(100 * value).toFixed(0)}%`;
  const overview = table([
    ["right", ...sets],
    ...names.map((name) => [name, ...sets.map((set) => (at(set, name) ? percent(at(set, name)!.figures.accuracy) : "–"))]),
  ]);
  const details = sets.map((set) => {
    const its = rows.filter((row) => row.set === set);
    const head = ["right", "of", "95 % interval", "calls", "tokens/question", "seconds", "against the first", set];
    const lines = its.map(({ name, figures, against }) => [
      String(figures.correct),
      String(figures.n),
      figures.interval ? `${percent(figures.interval[0])} to ${percent(figures.interval[1])}` : "–",
      String(figures.calls),
      figures.n === 0 ? "–" : (figures.tokens / figures.n).toFixed(0),
      figures.seconds.toFixed(0),
      against ? differenceText(against) : "",
      name,
    ]);
    return `\n${table([head, ...lines])}${verdict(its)}\n`;
  });
  return `${overview}${details.join("")}`;
}

function differenceText({ difference, interval: [low, high] }: Comparison): string {
  return `${points(difference)} (${points(low)} to ${points(high)})`;
}

/** When and on what: for the page. */
function aboutText(): string {
  const [cpu] = os.cpus();
  return `Measured until ${new Date().toISOString().slice(0, 10)}, the last of it on ${cpu?.model.trim() ?? "an unknown CPU"}, ${os.availableParallelism() === 1 ? "1 core" : `${os.availableParallelism()} cores`}.`;
}
