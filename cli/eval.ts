import { existsSync } from "node:fs";
import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultBudget, readPrompts, strategies, suitedModel } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import {
  type ConfigurationResults,
  configurationOf,
  defaultMatch,
  defaultTypos,
  evaluate,
  type MatchRule,
  matchRules,
  type Parameters,
  paraphrased,
  ResultsBuilder,
  ResultsFile,
  readTasks,
  reportPage,
  resultsFormat,
  surveyTasks,
  type Task,
} from "../evaluation/index.js";
import type { LanguageModel } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { recordIn } from "../traces/index.js";
import { version } from "../version.js";
import { agentSettings, checkSources, checkStrategies, makeTools } from "./agent.js";
import { compareResults } from "./eval-compare.js";
import { type AdapterSet, adapterSets, modelsWith, whichOf } from "./eval-models.js";
import { measurePerplexity } from "./eval-perplexity.js";
import { EvalProgress } from "./eval-progress.js";
import { figuresJson, figuresTables } from "./eval-tables.js";
import { interruption } from "./interruption.js";
import { measureOnce } from "./measure.js";
import {
  type JsonOption,
  jsonOption,
  listed,
  type ModelOptions,
  number,
  type ProtocolOption,
  protocolOption,
  readers,
  readStrategies,
  readWeight,
  type ToolName,
  toolNames,
  usualTools,
  whole,
} from "./options.js";
import { print, printJson, say } from "./output.js";
import { writePage } from "./page.js";

/** The tools of a configuration; none: off. */
type ToolSet = readonly ToolName[];

export interface EvalOptions extends Omit<ModelOptions, "adapter">, ProtocolOption, JsonOption {
  readonly match: MatchRule;
  readonly tools?: readonly ToolSet[];
  readonly folder?: string;
  readonly translator?: string;
  /** `none`, or a file; not given: the model as it comes. */
  readonly adapter?: readonly string[];
  readonly strategy?: readonly string[];
  readonly instructions?: string;
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens?: number;
  readonly topK: number;
  readonly prompts?: string;
  readonly costWeight?: readonly (number | "fit")[];
  readonly now?: string;
  readonly timeZone: string;
  readonly limit?: number;
  readonly paraphrases?: true;
  readonly typos?: number;
  readonly atOnce?: number;
  readonly out?: string;
  readonly resume?: true;
  readonly report?: string;
  readonly trace?: string;
  readonly compare?: readonly string[];
  readonly perplexity?: readonly string[];
  readonly window?: number;
  readonly overlap?: number;
}

/** Tokens that all questions under way hold together: room for some forty with demonstrations. */
const CONTEXT_SIZE = 16_384;

export function define(command: Command): void {
  const names = strategies.map(({ name }) => name);
  command
    .summary(command.description())
    .description(
      'Asks the questions of a file, many at once, and counts right answers. A line is {"question", "answer"}, with an optional "id" and "now"; ' +
        "the answer is a text, a number or a list of accepted ones, or a worked solution that ends in #### and the answer. " +
        "Several strategies, adapters or sets of tools are asked one after the other and compared.",
    )
    .argument("[tasks]", "JSONL, also as gzip; - reads standard input")
    .option("--limit <number>", "only the first so many questions", whole("a whole number, 1 or more", 1))
    .option(
      "--paraphrases",
      "ask each question in several wordings too, and count right answers over all of them, in every one, and how they agree",
    )
    .option(
      "--typos <share>",
      `of --paraphrases: share of the words that may be mistyped which are; 0: no typos (default: ${defaultTypos})`,
      number("a number from 0 to 1", (value) => value >= 0 && value <= 1),
    )
    .addOption(new Option("--match <rule>", "when an answer is right").choices(matchRules).default(defaultMatch))
    .option("-o, --out <file>", "write results as JSONL, and beside them FILE.report.html")
    .option("--resume", "go on with the results of --out: what is there is not asked again")
    .option("--report <file>", "write the report to this file")
    .option("--trace <folder>", "record a trace of each question in this folder");
  jsonOption(command, "print the figures of each configuration as a line of JSON");
  command
    .optionsGroup("Configurations:")
    .option("-s, --strategy <names>", `separated by commas: ${names.join(", ")}`, readStrategies)
    .option("-t, --tools <which>", "on, off, or names separated by commas; on,off: both; repeatable (default: on)", readToolSets)
    .option("--folder <folder>", "texts for the search and qa tools: .txt, .md, .html, .jsonl")
    .option("--translator <what>", "what mt translates with: a folder of Bergamot's models, or a model such as openai:NAME")
    .option("--adapter <files>", "LoRA adapters as GGUF, separated by commas, each a configuration; none: without; repeatable", listed);
  command.option(
    "--cost-weight <numbers>",
    "how much a call must be worth, log-probability for each second that it costs; several, separated by commas, are compared",
    readWeights,
  );
  protocolOption(command)
    .optionsGroup("Model:")
    .option("-m, --model <name>", "local, FILE.gguf, hf:OWNER/REPO/FILE.gguf, openai:NAME, or PROVIDER:NAME of LangChain's", "local")
    .option("--exact", "run the model file as it is, not converted to what is fastest on this CPU")
    .option(
      "--at-once <number>",
      "questions under way at once (default: 64, or 8 at an endpoint)",
      whole("a whole number from 1 to 256", 1, 256),
    )
    .optionsGroup("Answer:")
    .option("--instructions <text>", "what you want of the model, put before everything else")
    .option("--prompts <folder>", "prompts of your own, in another language for one: files like those in data/prompts")
    .option(
      "--temperature <number>",
      "0 is greedy",
      number("a number, 0 or more", (value) => value >= 0),
      0,
    )
    .option(
      "--seed <number>",
      "of sampling, and of the wordings of --paraphrases",
      whole("a whole number from 0 to 4294967295", 0, 2 ** 32 - 1),
      0,
    )
    .option("--max-tokens <number>", "most tokens of one answer (default: 512)", whole("a whole number, 1 or more", 1))
    .option("--top-k <number>", "a call starts when its marker is among so many likeliest tokens", whole("a whole number, 1 or more", 1), 1)
    .option("--now <date>", "the clock of questions that have none (default: this moment)")
    .option("--time-zone <name>", "that tools reckon in", "UTC")
    .optionsGroup("Instead of asking:")
    .option("--compare <files...>", "results: two files question by question, or the configurations of one")
    .option("--perplexity <files...>", "of plain text with calls off, with each --adapter: .txt, .md, .jsonl")
    .option("--window <number>", "of --perplexity: most tokens read at once (default: 1024)", whole("a whole number, 32 or more", 32))
    .option(
      "--overlap <number>",
      "of --perplexity: tokens before a window that are read again (default: 256)",
      whole("a whole number, 0 or more", 0),
    )
    .action(run);
}

function readWeights(text: string, before: readonly (number | "fit")[] = []): readonly (number | "fit")[] {
  return [...before, ...listed(text).map(readWeight)];
}

/** `on,off` is two sets, `calculator,calendar` one. */
function readToolSets(text: string, before: readonly ToolSet[] = []): readonly ToolSet[] {
  const words = listed(text.toLowerCase());
  const set = (word: string) => (word === "on" ? usualTools : []);
  const switches = words.every((word) => ["on", "off", "none"].includes(word));
  const unknown = switches ? undefined : words.find((word) => !(toolNames as readonly string[]).includes(word));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no tool "${unknown}". Choose from ${toolNames.join(", ")}, or on or off.`);
  const sets = switches ? words.map(set) : [toolNames.filter((name) => words.includes(name))];
  return [...before, ...sets];
}

async function run(file: string | undefined, options: EvalOptions): Promise<void> {
  const signal = interruption();
  if (options.compare) return await compareResults(options.compare, options);
  if (options.perplexity) return await measurePerplexity(options.perplexity, options, signal);
  if (file === undefined) {
    throw wrongUse("There are no tasks.", 'Name a JSONL file of {"question", "answer"} lines, or use --compare or --perplexity.');
  }
  if (options.typos !== undefined && !options.paraphrases) throw wrongUse("--typos is for --paraphrases.", "Add it, or leave --typos out.");
  if (options.resume && options.out === undefined) throw wrongUse("--resume needs --out.", "Name the results file to go on with.");
  const toolSets = options.tools ?? [usualTools];
  checkSources({ ...options, tools: toolSets.flat() });
  checkStrategies(options.strategy ?? [], toolSets);
  if (options.report !== undefined && !existsSync(path.dirname(path.resolve(options.report)))) {
    throw wrongUse(`There is no folder for ${options.report}.`, "Name a file in a folder that is there.");
  }
  const adapters = adapterSets(options.adapter);
  const plan = await planOf(file, options, signal);
  await using results =
    options.out === undefined ? undefined : await ResultsFile.open(options.out, plan.parameters, { resume: options.resume === true });
  await using recorder = options.trace === undefined ? undefined : recordIn(options.trace);
  const builder = new ResultsBuilder();
  const parameters = results?.parameters ?? { ...plan.parameters, now: plan.parameters.now ?? new Date().toISOString() };
  const settings = await agentSettings({
    ...options,
    tools: [],
    strategy: undefined,
    now: undefined,
    adapter: undefined,
    costWeight: undefined,
  });
  const seen = new Set<string>();
  let complete = true;

  const runOne = async (
    opened: LanguageModel,
    tools: readonly Tool[],
    strategy: string | undefined,
    adapter: AdapterSet,
    costWeight: number | "fit",
  ) => {
    const model = await suitedModel(opened, tools);
    const run = { model, tools, strategy, adapters: adapter, costWeight };
    const common = { ...run, name: configurationOf(run).name + whichOf(adapter, adapters) };
    const configuration = configurationOf(common);
    if (seen.has(configuration.name)) return; // Asked for twice.
    seen.add(configuration.name);
    const skip = results?.begin(configuration);
    builder.add("configuration", configuration);
    using progress = new EvalProgress(configuration.name, plan.asked, skip?.size ?? 0, options.paraphrases ? "wordings" : "questions");
    for await (const event of evaluate({
      ...settings,
      ...common,
      tasks: plan.tasks(),
      match: options.match,
      seed: options.seed,
      maxTokens: parameters.maxTokens,
      now: new Date(parameters.now),
      atOnce: options.atOnce,
      trace: recorder,
      skip,
      signal,
    })) {
      if (event.type === "result") {
        results?.add(event.result);
        builder.add("result", event.result);
        progress.update(event.result);
      } else if (event.type === "end") {
        const { type: _, complete: whole, ...sitting } = event;
        if (sitting.tokens > 0) results?.end(sitting);
        builder.add("sitting", sitting);
        complete &&= whole;
      }
    }
  };

  for await (const { model, adapter } of modelsWith(adapters, { ...options, contextSize: CONTEXT_SIZE }, signal)) {
    for (const set of toolSets) {
      const tools = await makeTools({
        tools: set,
        folder: set.some((name) => readers.includes(name)) ? options.folder : undefined,
        translator: set.includes("mt") ? options.translator : undefined,
      });
      try {
        for (const strategy of options.strategy ?? [undefined]) {
          for (const weight of options.costWeight ?? [0]) {
            await measureOnce({ strategy, costWeight: weight }, { model, tools, prompts: settings.prompts, signal });
            if (!signal.aborted) await runOne(model, tools, strategy, adapter, weight);
          }
        }
      } finally {
        await Promise.all(tools.map((tool) => tool.close()));
      }
    }
  }
  const configurations = results?.configurations ?? builder.configurations;
  await tell(configurations, parameters, options);
  if (signal.aborted || !complete) {
    const remedy =
      options.out === undefined
        ? "With --out and --resume an evaluation can be gone on with."
        : "Go on with the same command and --resume.";
    throw new ToolwrightError("aborted", "The evaluation was stopped; what is done is counted.", remedy, { exitCode: 130 });
  }
}

interface Plan {
  readonly parameters: Omit<Parameters, "now"> & { readonly now?: string };
  /** Tasks that are asked, each wording counted. */
  readonly asked: number;
  /** These. */
  tasks(): AsyncIterable<Task> | Iterable<Task>;
}

/** Reads the tasks to their end first: a bad line shows before the first question is asked. */
async function planOf(file: string, options: EvalOptions, signal: AbortSignal): Promise<Plan> {
  // Standard input can be read once.
  const held = file === "-" ? await gathered(readTasks(file, { signal })) : undefined;
  const typos = options.typos ?? defaultTypos;
  const tasks = (limit?: number) => {
    const given = held?.slice(0, limit) ?? readTasks(file, { limit, signal });
    return options.paraphrases ? paraphrased(given, { typos, seed: options.seed }) : given;
  };
  const { count, digest } = await surveyTasks(tasks());
  const asked = options.limit === undefined ? count : (await surveyTasks(tasks(options.limit))).count;
  const { now } =
    options.now === undefined
      ? {}
      : await agentSettings({ ...options, tools: [], strategy: undefined, adapter: undefined, costWeight: undefined });
  const { match, temperature, seed, maxTokens = defaultBudget.tokens, topK, instructions = "", timeZone, protocol = "marker" } = options;
  const parameters = {
    format: resultsFormat,
    version: version(),
    tasks: { name: file === "-" ? "standard input" : path.basename(file), count, digest },
    ...(options.paraphrases ? { paraphrases: { typos } } : {}),
    match,
    protocol,
    temperature,
    seed,
    maxTokens,
    topK,
    instructions,
    ...(options.prompts === undefined ? {} : { prompts: readPrompts(options.prompts).digest }),
    timeZone,
    ...(now ? { now: now().toISOString() } : {}),
  };
  return { parameters, asked, tasks: () => tasks(options.limit) };
}

async function gathered(tasks: AsyncIterable<Task>): Promise<readonly Task[]> {
  const all: Task[] = [];
  for await (const task of tasks) all.push(task);
  return all;
}

async function tell(configurations: readonly ConfigurationResults[], parameters: Parameters, options: EvalOptions): Promise<void> {
  if (options.json) {
    for (const one of configurations) await printJson(figuresJson(one, parameters.match));
  } else await print(figuresTables(configurations, parameters.match));
  const report = options.report ?? (options.out === undefined ? undefined : `${options.out}.report.html`);
  if (report !== undefined) await writeReport(report, { parameters, configurations });
  if (options.out !== undefined && !options.json) say(`Results: ${options.out}`);
}

export async function writeReport(
  file: string,
  given: { readonly parameters: Parameters; readonly configurations: readonly ConfigurationResults[] },
): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const link = (trace: string) => path.relative(folder, path.resolve(trace)).split(path.sep).map(encodeURIComponent).join("/");
  await writePage(file, reportPage({ ...given, link }));
}

function wrongUse(message: string, remedy: string): ToolwrightError {
  return new ToolwrightError("wrong-use", message, remedy, { exitCode: 2 });
}
