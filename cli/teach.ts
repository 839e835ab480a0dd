import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ToolwrightError } from "../errors.js";
import { folderPath } from "../models/index.js";
import {
  type CardInput,
  cardInputs,
  entriesOf,
  mergeShards,
  type Parameters,
  type Redone,
  type Report,
  refilter,
  type TeachTool,
  teach,
  writeOutputs,
} from "../teaching/index.js";
import { makeTools, openModel, readClock, readsFolder } from "./agent.js";
import { commandLine } from "./command-line.js";
import { interruption } from "./interruption.js";
import {
  type JsonOption,
  jsonOption,
  type ModelOptions,
  modelOptions,
  number,
  readToolNames,
  sourceOptions,
  type ToolName,
  toolNames,
  whole,
} from "./options.js";
import { print, printJson, say } from "./output.js";
import { searchSalt } from "./search-salt.js";
import { teachFromAnswers } from "./teach-answers.js";
import { defineExport } from "./teach-export.js";
import { TeachProgress } from "./teach-progress.js";

export interface TeachCommandOptions extends ModelOptions, JsonOption {
  readonly out: string;
  readonly tool?: readonly ToolName[];
  readonly folder?: string;
  readonly translator?: string;
  readonly tauS?: number;
  readonly tauF?: number;
  readonly topK?: number;
  readonly samples?: number;
  readonly placement?: "before" | "splice";
  readonly published?: true;
  readonly economy?: boolean;
  readonly related?: boolean;
  readonly context?: number;
  readonly as?: "chat" | "text";
  readonly window: number;
  readonly overlap: number;
  readonly seed: number;
  readonly limit?: number;
  readonly shard?: { readonly index: number; readonly of: number };
  readonly now?: string;
  readonly resume?: true;
  readonly refilter?: true;
  readonly fromAnswers?: true;
  readonly temperature?: number;
  readonly licence?: string;
}

export function define(command: Command): void {
  const tools = new Option(
    "-t, --tool <names>",
    `which tools, separated by commas: ${toolNames.join(", ")}; repeatable (default: calculator)`,
  );
  const shard = new Option("--shard <i/n>", "only every n-th document, from the i-th on: one process of several");
  sourceOptions(command)
    .summary(command.description())
    .description(
      "Puts calls into texts where they help the model: sampled by the model, run, and kept where their results make the text likelier " +
        "(Toolformer). Writes dataset.jsonl, candidates.jsonl, report.json, report.html and a data card into the folder of --out.",
    )
    .argument("[corpus...]", "texts: files (.txt, .md, .jsonl, and .gz of them), folders, or - for standard input")
    .requiredOption("-o, --out <folder>", "the dataset's folder")
    .addOption(tools.argParser(readToolNames))
    .option("--resume", "go on with a run that was stopped")
    .option("--limit <number>", "most documents", whole("a whole number, 1 or more", 1))
    .addOption(shard.argParser(readShard))
    .option("--seed <number>", "of sampling", whole("a whole number from 0 to 4294967295", 0, 2 ** 32 - 1), 0);
  modelOptions(jsonOption(command, "print the report's figures as one line of JSON"))
    .optionsGroup("Algorithm:")
    .option(
      "--tau-s <number>",
      "positions are tried above this probability of a call (default: 0.05; calculator, mt 0)",
      number("a number from 0 up to below 1", (value) => value >= 0 && value < 1),
    )
    .option(
      "--tau-f <number>",
      "calls are kept from this margin on, in nats (default: 1; calculator, mt 0.5)",
      number("a number", () => true),
    )
    .option("--top-k <number>", "most positions of a text (default: 5; calculator, mt 20)", whole("a whole number, 1 or more", 1))
    .option(
      "--samples <number>",
      "calls sampled at a position (default: 5; calculator, mt 10); with --from-answers, answers to a question (default: 4)",
      whole("a whole number, 1 or more", 1),
    )
    .addOption(
      new Option("--placement <where>", "where a call stands while it is weighed (default: splice; with --published, before)").choices([
        "before",
        "splice",
      ]),
    )
    .option("--published", "the algorithm to the letter: --placement before --no-economy --no-related")
    .option("--economy", "leave out work that cannot change what is kept (default, but not with --published)")
    .option("--no-economy", "weigh every call that was sampled")
    .option("--related", "keep only calls whose result has the word or number that follows (default, but not with --published)")
    .option("--no-related", "keep whatever lowers the loss")
    .option(
      "--context <number>",
      "read at most so many tokens before a position when a call is weighed",
      whole("a whole number, 1 or more", 1),
    )
    .optionsGroup("Texts:")
    .addOption(
      new Option("--as <kind>", "take records as turns of a chat, or as plain text (default: as they are)").choices(["chat", "text"]),
    )
    .option(
      "--window <number>",
      "most tokens of a text; longer ones are split at sentence ends",
      whole("a whole number, 16 or more", 16),
      384,
    )
    .option("--overlap <number>", "most tokens that are read before a part", whole("a whole number, 0 or more", 0), 64)
    .option("--now <date>", "the clock of texts without a date (default: 2025-01-01)")
    .option("--licence <text>", "of the texts, for the data card (default: that of a licence file beside them)")
    .optionsGroup("Instead of texts:")
    .option("--from-answers", "answer the questions whose answers are known, with tools running, and keep right answers that call")
    .option(
      "--temperature <number>",
      "of --from-answers (default: 0.7)",
      number("a number, 0 or more", (value) => value >= 0),
    )
    .optionsGroup("Without the model:")
    .option("--refilter", "judge the dataset in the folder CORPUS anew, with the --tau-f given")
    .action(run);
  defineExport(command.command("export"));
  command
    .command("merge")
    .description("one dataset of the shards of a run")
    .argument("<folders...>", "the shards' folders")
    .option("-o, --out <folder>", "the dataset's folder")
    .option("--json", "print the report's figures as one line of JSON")
    .action(async (folders: string[], _: unknown, sub: Command) => {
      // `teach` itself has read these options, and insists on --out.
      const { out, json } = sub.optsWithGlobals<{ out: string; json?: true }>();
      await redo(await mergeShards(folders), out, { json, command: commandLine(), corpus: folders.map((name) => ({ name })) });
    });
}

function readShard(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (!(shard.index >= 1 && shard.index <= shard.of)) throw new InvalidArgumentError("It must be i/n, such as 1/4.");
  return shard;
}

async function run(corpus: readonly string[], options: TeachCommandOptions): Promise<void> {
  const { out, json } = options;
  if (corpus.length === 0) {
    throw new ToolwrightError("wrong-use", "There is no corpus.", "Name files or folders of texts, or - for standard input.", {
      exitCode: 2,
    });
  }
  const command = commandLine();
  if (options.refilter) {
    if (options.tauF === undefined || corpus.length !== 1) {
      throw new ToolwrightError(
        "wrong-use",
        "--refilter takes one folder and a --tau-f.",
        "Such as: toolwright teach out --refilter --tau-f 1 --out out-1.",
        { exitCode: 2 },
      );
    }
    const redone = await refilter(corpus[0]!, options.tauF);
    const undecided = await redone.undecided();
    if (undecided > 0) {
      say(
        `${undecided} candidates were given up before they were weighed in full, and a τf of ${options.tauF} might keep them: teach anew with --tau-f ${options.tauF} for those.`,
      );
    }
    await redo(redone, out, { json, command, corpus: await cardInputs(corpus, options.licence) });
    return;
  }
  if (options.fromAnswers) return await teachFromAnswers(corpus, options, command);
  const names = options.tool ?? ["calculator"];
  const tools = await makeTools({ tools: names, folder: options.folder, translator: options.translator });
  try {
    const salt = options.folder === undefined ? undefined : await searchSalt(options.folder);
    const taught = tools.map(
      (tool): TeachTool => ({ tool, ...thresholds(options), ...(salt !== undefined && readsFolder(tool) ? { salt } : {}) }),
    );
    const signal = interruption();
    await using model = await openModel({ ...options, repeatable: true, base: true }, signal);
    const started = new Date();
    using progress = new TeachProgress(corpus, options);
    signal.addEventListener("abort", () =>
      progress.say("Stopping after this document. Ctrl-C again stops at once; nothing that is done is lost."),
    );
    let parameters: Parameters | undefined;
    let complete = false;
    const { published, economy, related, placement, context, as, seed, window, overlap, limit, shard, resume } = options;
    const now = options.now === undefined ? undefined : await readClock(options.now, "UTC");
    const cache = folderPath("calls");
    for await (const event of teach({
      corpus,
      tools: taught,
      model,
      out,
      resume,
      placement,
      published,
      economy,
      related,
      context,
      as,
      seed,
      window,
      overlap,
      limit,
      shard,
      now,
      cache,
      signal,
    })) {
      if (event.type === "start") parameters = event.parameters;
      if (event.type === "end") complete = event.complete;
      progress.update(event);
    }
    progress[Symbol.dispose]();
    const seconds = (Date.now() - started.getTime()) / 1000;
    const report = await writeOutputs(out, () => entriesOf(out), {
      parameters: parameters!,
      corpus: await cardInputs(corpus, options.licence),
      command,
      started,
      seconds,
    });
    await told(report, out, json);
    if (!complete) {
      throw new ToolwrightError("aborted", "The run was stopped; what is done is in the dataset.", `Go on with: ${command} --resume`, {
        exitCode: 130,
      });
    }
  } finally {
    await Promise.all(tools.map((tool) => tool.close()));
  }
}

function thresholds({ tauS, tauF, topK, samples }: TeachCommandOptions): Partial<TeachTool> {
  return {
    ...(tauS === undefined ? {} : { tauS }),
    ...(tauF === undefined ? {} : { tauF }),
    ...(topK === undefined ? {} : { topK }),
    ...(samples === undefined ? {} : { samples }),
  };
}

async function redo(
  redone: Redone,
  out: string,
  { json, command, corpus }: { json?: true; command: string; corpus: readonly CardInput[] },
): Promise<void> {
  const started = new Date();
  await redone.save(out);
  const seconds = (Date.now() - started.getTime()) / 1000;
  const report = await writeOutputs(out, () => entriesOf(out), { parameters: redone.parameters, corpus, command, started, seconds });
  await told(report, out, json);
}

async function told(report: Report, out: string, json: true | undefined): Promise<void> {
  const { corpus, tools } = report;
  const kept = tools.reduce((sum, { figures }) => sum + figures.calls, 0);
  const tried = tools.reduce((sum, { figures }) => sum + figures.candidates, 0);
  if (json) {
    await printJson({
      documents: corpus.documents,
      passages: corpus.passages,
      set_aside: corpus.setAside.length,
      candidates: tried,
      kept: tools.reduce((sum, { figures }) => sum + figures.kept, 0),
      calls: kept,
      seconds: report.times.seconds,
      out,
    });
    return;
  }
  await print(
    `${kept} calls in ${corpus.lessonsWithCalls} of ${corpus.passages} texts, of ${tried} candidates: ${path.join(out, "dataset.jsonl")}\nReport: ${path.join(out, "report.html")}\n`,
  );
  for (const { source, message } of corpus.setAside.slice(0, 5)) say(`Set aside: ${source}: ${message}`);
  if (corpus.setAside.length > 5) say(`… and ${corpus.setAside.length - 5} more; the report has all.`);
}
