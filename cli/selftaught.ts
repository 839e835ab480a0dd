import path from "node:path";
import { type Command, Option } from "commander";
import { ToolwrightError } from "../errors.js";
import { defaultMatch, type MatchRule, matchRules } from "../evaluation/index.js";
import { folderPath } from "../models/index.js";
import { type Ending, type RoundFigures, roundsDefaults, roundsRows, selfTeach } from "../rounds/index.js";
import type { TeachTool } from "../teaching/index.js";
import { trainDefaults } from "../training/index.js";
import { makeTools, openModel, readsFolder } from "./agent.js";
import { commandLine } from "./command-line.js";
import { interruption } from "./interruption.js";
import { type JsonOption, jsonOption, listed, number, readToolNames, sourceOptions, type ToolName, toolNames, whole } from "./options.js";
import { print, printJson, say } from "./output.js";
import { RoundsProgress } from "./rounds-progress.js";
import { searchSalt } from "./search-salt.js";
import { table } from "./terminal.js";

interface SelftaughtOptions extends JsonOption {
  readonly out: string;
  readonly tasks: readonly string[];
  readonly tool?: readonly ToolName[];
  readonly folder?: string;
  readonly translator?: string;
  readonly rounds: number;
  readonly first?: number;
  readonly limit?: number;
  readonly fromAnswers?: true;
  readonly samples?: number;
  readonly match: MatchRule;
  readonly epochs?: number;
  readonly lr?: number;
  readonly pack?: number;
  readonly seed: number;
  readonly model: string;
  readonly exact?: true;
  readonly licence?: string;
  readonly resume?: true;
}

const count = whole("a whole number, 1 or more", 1);

export function define(command: Command): void {
  sourceOptions(command)
    .summary(command.description())
    .description(
      "Teaches, trains and evaluates in rounds, each with the adapter of the round before, until one does not help. The figures of all rounds " +
        "are one table; the best adapter is DIR/adapter.gguf. Questions of the corpus that are among the tasks are left out.",
    )
    .argument("<corpus...>", "texts: files (.txt, .md, .jsonl, and .gz of them) and folders")
    .requiredOption("-o, --out <folder>", "the folder of all that comes of it")
    .requiredOption("--tasks <files>", "held-out questions as eval has them, separated by commas; repeatable", listed)
    .addOption(
      new Option(
        "-t, --tool <names>",
        `which tools, separated by commas: ${toolNames.join(", ")}; repeatable (default: calculator)`,
      ).argParser(readToolNames),
    )
    .option("--resume", "go on with rounds that were stopped; with a larger --rounds, with those that are done");
  jsonOption(command, "print each round's figures as a line of JSON, then the best")
    .optionsGroup("Rounds:")
    .option("--rounds <number>", "most rounds", count, roundsDefaults.rounds)
    .option("--limit <number>", "most documents of the corpus", count)
    .option("--first <number>", "most documents in round 1, where the untrained model is slow", count)
    .option("--from-answers", "make lessons of the model's own right answers too, where the corpus knows the answer")
    .option("--samples <number>", `of --from-answers: answers to a question (default: ${roundsDefaults.samples})`, count)
    .addOption(new Option("--match <rule>", "when an answer is right").choices(matchRules).default(defaultMatch))
    .option("--seed <number>", "of sampling and training", whole("a whole number from 0 to 4294967295", 0, 2 ** 32 - 1), 0)
    .option("--licence <text>", "of the texts, for the data cards (default: that of a licence file beside them)")
    .optionsGroup("Training:")
    .option(
      "--epochs <number>",
      `how often all texts are gone through (default: ${trainDefaults.epochs})`,
      number("a number above 0", (value) => value > 0),
    )
    .option(
      "--lr <number>",
      `highest learning rate (default: ${trainDefaults.learningRate.lion})`,
      number("a number above 0", (value) => value > 0),
    )
    .option(
      "--pack <tokens>",
      `texts side by side in a step: fewer make more steps of few texts (default: ${trainDefaults.pack})`,
      whole("a whole number, 8 or more", 8),
    )
    .optionsGroup("Model:")
    .option("-m, --model <name>", "local, FILE.gguf or hf:OWNER/REPO/FILE.gguf", "local")
    .option("--exact", "run the model file as it is, not converted to what is fastest on this CPU")
    .action(run);
}

async function run(corpus: readonly string[], options: SelftaughtOptions): Promise<void> {
  const { out, tasks, rounds, first, limit, fromAnswers, samples, match, seed, model, exact, licence, resume, json } = options;
  if (samples !== undefined && !fromAnswers) {
    throw new ToolwrightError("wrong-use", "--samples is for --from-answers.", "Give both, or leave it out.", { exitCode: 2 });
  }
  const tools = await makeTools({ tools: options.tool ?? ["calculator"], folder: options.folder, translator: options.translator });
  const command = commandLine();
  const signal = interruption();
  try {
    const salt = options.folder === undefined ? undefined : await searchSalt(options.folder);
    const table: RoundFigures[] = [];
    let [best, reason, adapter]: [number, Ending | undefined, string | undefined] = [0, undefined, undefined];
    using progress = new RoundsProgress(corpus);
    signal.addEventListener("abort", () => progress.say("Stopping with what is done. Ctrl-C again stops at once."));
    for await (const event of selfTeach({
      corpus,
      out,
      tasks,
      tools: tools.map((tool): TeachTool => ({ tool, ...(salt !== undefined && readsFolder(tool) ? { salt } : {}) })),
      model,
      exact,
      rounds,
      first,
      limit,
      fromAnswers,
      samples,
      match,
      seed,
      training: { epochs: options.epochs, learningRate: options.lr, pack: options.pack },
      licence,
      command,
      cache: folderPath("calls"),
      resume,
      signal,
      open: ({ adapters, ...how }) => openModel({ ...how, model, exact, base: true, adapter: adapters.map(({ file }) => file) }, signal),
    })) {
      progress.update(event);
      if (event.type === "round") {
        table.push(event.figures);
        best = event.best;
        if (json) await printJson(jsonOf(event.figures));
      } else if (event.type === "end") ({ reason, best, adapter } = event);
    }
    progress[Symbol.dispose]();
    if (json) await printJson({ best, reason, adapter: adapter ?? null, rounds: table.length - 1 });
    else await told(table, best, reason!, out);
    if (reason === "stopped") {
      throw new ToolwrightError("aborted", "The rounds were stopped; what is done stays.", `Go on with: ${command} --resume`, {
        exitCode: 130,
      });
    }
  } finally {
    await Promise.all(tools.map((tool) => tool.close()));
  }
}

async function told(rounds: readonly RoundFigures[], best: number, reason: Ending, out: string): Promise<void> {
  if (rounds.length > 0) await print(table(roundsRows(rounds, best)));
  if (reason === "stopped") return;
  const last = rounds.at(-1)!.round;
  if (reason === "no-gain") say(`Round ${last} did not help, so it is the last.`);
  if (best > 0) await print(`The adapter of round ${best}: ${path.join(out, "adapter.gguf")}\n`);
  else say("No round was better than the base.");
}

/** Accuracies from 0 to 1. */
function jsonOf({ round, texts, calls, answers, lessons, loss, sets, n, correct, seconds }: RoundFigures): object {
  return {
    round,
    n,
    correct,
    accuracy: correct / n,
    texts,
    calls_kept: calls,
    from_answers: answers,
    lessons,
    loss,
    sets: sets.map((set) => ({
      name: set.name,
      n: set.n,
      correct: set.correct,
      accuracy: set.correct / set.n,
      calls: set.calls,
      ...(set.withoutTools === undefined ? {} : { accuracy_without_tools: set.withoutTools / set.n }),
    })),
    seconds,
  };
}
