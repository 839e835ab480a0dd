import { type Command, InvalidArgumentError, Option } from "commander";
import { ToolwrightError } from "../errors.js";
import {
  ADAMW_TO_LION,
  type LossOn,
  losses,
  type OptimiserName,
  type Outcome,
  optimisers,
  type ScheduleName,
  schedules,
  TARGETS,
  type Target,
  type TrainOptions,
  train,
  trainDefaults,
  trainingPaths,
  WEIGHT_TYPES,
  type WeightType,
  writeComparison,
} from "../training/index.js";
import { commandLine } from "./command-line.js";
import { interruption } from "./interruption.js";
import { type JsonOption, jsonOption, number, whole } from "./options.js";
import { print, printJson, say } from "./output.js";
import { TrainProgress } from "./train-progress.js";

interface TrainCommandOptions extends JsonOption {
  readonly out: string;
  readonly model: string;
  readonly resume?: true;
  readonly init?: string;
  readonly compare?: readonly OptimiserName[];
  readonly rank?: number;
  readonly alpha?: number;
  readonly rslora?: true;
  readonly targets?: readonly Target[];
  readonly layers?: readonly [from: number, to: number];
  readonly dropout?: number;
  readonly optimizer?: OptimiserName;
  readonly lr?: number;
  readonly schedule: ScheduleName;
  readonly warmup?: number;
  readonly weightDecay?: number;
  readonly clip?: number;
  readonly epochs: number;
  readonly steps?: number;
  readonly batch: number;
  readonly pack: number;
  readonly loss: LossOn;
  readonly turns: number;
  readonly validation: number;
  readonly validateEvery?: number;
  readonly patience: number;
  readonly checkpointEvery: number;
  readonly seed: number;
  readonly weights?: WeightType;
  readonly threads?: number;
  readonly licence?: string;
}

const { learningRate, weightDecay } = trainDefaults;

export function define(command: Command): void {
  command
    .summary(command.description())
    .description(
      "Trains a LoRA adapter on datasets: folders that teach wrote, dataset.jsonl files, or lines of {question, solution} or {text}. Beside the " +
        "adapter, in the folder ADAPTER.gguf.training, are a checkpoint, train.jsonl and train.html.",
    )
    .argument("<dataset...>", "files or folders")
    .requiredOption("-o, --out <file>", "the adapter, such as calls.gguf")
    .option("-m, --model <name>", "the model that it is for: local, FILE.gguf or hf:OWNER/REPO/FILE.gguf", "local")
    .option("--resume", "go on with a training that was stopped")
    .option("--init <adapter>", "start from this adapter, whose rank, alpha, targets and layers are kept")
    .addOption(
      new Option("--compare <names>", "train with each of these, separated by commas, on the same texts; OUT gets their names").argParser(
        readOptimisers,
      ),
    );
  jsonOption(command, "print what came of it as one line of JSON")
    .optionsGroup("Adapter:")
    .option("--rank <number>", `of A and B (default: ${trainDefaults.rank})`, whole("a whole number, 1 or more", 1))
    .option("--alpha <number>", "the change is alpha / rank · B·A (default: twice the rank)", positive)
    .option("--rslora", "the change is alpha / √rank · B·A (default alpha: twice the root of the rank)")
    .addOption(new Option("--targets <names>", `of ${TARGETS.join(",")}, separated by commas (default: all)`).argParser(readTargets))
    .addOption(new Option("--layers <from:to>", "from the first to before the last, such as 10:30 (default: all)").argParser(readLayers))
    .option(
      "--dropout <share>",
      "of what A is given (default: 0)",
      number("a number from 0 up to below 1", (value) => value >= 0 && value < 1),
    )
    .optionsGroup("Steps:")
    .addOption(new Option("--optimizer <name>", `(default: ${trainDefaults.optimiser})`).choices(optimisers))
    .option(
      "--lr <number>",
      `highest learning rate (default: ${learningRate.lion} for lion, ${learningRate.adamw} for adamw); with --compare adamw's, and lion's is a fifth`,
      positive,
    )
    .addOption(
      new Option("--schedule <name>", "what the learning rate does after the warm-up").choices(schedules).default(trainDefaults.schedule),
    )
    .option("--warmup <steps>", "in which it rises (default: a twentieth of all, at most 100)", whole("a whole number, 0 or more", 0))
    .option(
      "--weight-decay <number>",
      `decoupled (default: ${weightDecay.lion} for lion, ${weightDecay.adamw} for adamw)`,
      number("a number, 0 or more", (value) => value >= 0),
    )
    .option("--clip <norm>", `largest norm of a step's gradient (default: ${trainDefaults.clip})`, positive)
    .option("--epochs <number>", "how often all texts are gone through", positive, trainDefaults.epochs)
    .option("--steps <number>", "in place of epochs", whole("a whole number, 1 or more", 1))
    .option("--batch <packs>", "packs of a step", whole("a whole number, 1 or more", 1), trainDefaults.batch)
    .option(
      "--pack <tokens>",
      "texts side by side, at most so many tokens; none may be longer",
      whole("a whole number, 8 or more", 8),
      trainDefaults.pack,
    )
    .addOption(new Option("--loss <on>", "all that the model writes, or calls alone").choices(losses).default(trainDefaults.loss))
    .option(
      "--turns <number>",
      "questions become chats of one to so many turns, so that answers are learnt after others too",
      whole("a whole number, 1 or more", 1),
      trainDefaults.turns,
    )
    .option("--seed <number>", "of order, split, dropout and beginning", whole("a whole number from 0 to 4294967295", 0, 2 ** 32 - 1), 0)
    .optionsGroup("Safety:")
    .option(
      "--validation <share>",
      "of the lessons that is not trained on, at most 100",
      number("a number from 0 up to below 1", (value) => value >= 0 && value < 1),
      trainDefaults.validation,
    )
    .option("--validate-every <steps>", "(default: a twentieth of all)", whole("a whole number, 1 or more", 1))
    .option(
      "--patience <number>",
      "end after so many validations without a better one; 0: never",
      whole("a whole number, 0 or more", 0),
      trainDefaults.patience,
    )
    .option(
      "--checkpoint-every <steps>",
      "what a kill can cost at most",
      whole("a whole number, 1 or more", 1),
      trainDefaults.checkpointEvery,
    )
    .optionsGroup("Machine:")
    .addOption(
      new Option("--weights <type>", "how the frozen weights are kept (default: what this CPU multiplies fastest)").choices(WEIGHT_TYPES),
    )
    .option("--threads <number>", "(default: one per core)", whole("a whole number, 1 or more", 1))
    .option("--licence <text>", "for the adapter's metadata (default: the model's)")
    .action(run);
}

const positive = number("a number above 0", (value) => value > 0);

function readNames<Name extends string>(text: string, known: readonly Name[], what: string): readonly Name[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no ${what} "${unknown}". Choose from ${known.join(", ")}.`);
  return names.flatMap((name) => known.find((one) => one === name) ?? []).filter((name, at, all) => all.indexOf(name) === at);
}

const readTargets = (text: string) => readNames(text, TARGETS, "target");

function readOptimisers(text: string): readonly OptimiserName[] {
  const names = readNames(text, optimisers, "optimizer");
  if (names.length < 2) throw new InvalidArgumentError(`There is nothing to compare. Give two of ${optimisers.join(", ")}.`);
  return names;
}

function readLayers(text: string): [number, number] {
  const [, from, to] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (from === undefined || !(Number(from) < Number(to))) throw new InvalidArgumentError("It must be from:to, such as 10:30.");
  return [Number(from), Number(to)];
}

async function run(dataset: readonly string[], options: TrainCommandOptions): Promise<void> {
  const signal = interruption();
  const given = trainOptions(dataset, options, signal);
  const { compare, out, json } = options;
  if (compare === undefined) {
    const outcome = await trained(given, "", signal);
    await told([{ out, outcome }], json);
    return;
  }
  if (options.optimizer !== undefined) {
    throw new ToolwrightError("wrong-use", "--compare and --optimizer exclude each other.", "Leave out one of them.", { exitCode: 2 });
  }
  const runs: { out: string; outcome: Outcome }[] = [];
  for (const optimiser of compare) {
    const { lr } = options;
    const rate = lr === undefined ? undefined : optimiser === "lion" ? lr / ADAMW_TO_LION : lr;
    const named = out.replace(/(\.gguf)?$/, `.${optimiser}.gguf`);
    runs.push({ out: named, outcome: await trained({ ...given, out: named, optimiser, learningRate: rate }, optimiser, signal) });
  }
  const page = out.replace(/(\.gguf)?$/, ".compared.html");
  await writeComparison(
    page,
    runs.map((one) => trainingPaths(one.out).log),
  );
  await told(runs, json);
  if (!json) await print(`Compared: ${page}\n`);
}

function trainOptions(dataset: readonly string[], options: TrainCommandOptions, signal: AbortSignal): TrainOptions {
  const { optimizer, lr, json: _, compare: __, ...same } = options;
  return { ...same, dataset, optimiser: optimizer, learningRate: lr, signal };
}

/** Trains to an end. @throws ToolwrightError `aborted`, `training-diverged` */
async function trained(options: TrainOptions, name: string, signal: AbortSignal): Promise<Outcome> {
  using progress = new TrainProgress(name);
  const onAbort = () => progress.say("Stopping after this pack, with a checkpoint. Ctrl-C again stops at once; the last checkpoint stays.");
  signal.addEventListener("abort", onAbort);
  let outcome: Outcome | undefined;
  try {
    for await (const event of train(options)) {
      progress.update(event);
      if (event.type === "done") outcome = event;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  progress[Symbol.dispose]();
  if (outcome === undefined) throw new Error("a training that did not end");
  if (outcome.reason === "stopped") {
    throw new ToolwrightError("aborted", `The training was stopped at step ${outcome.step}.`, `Go on with: ${commandLine()} --resume`, {
      exitCode: 130,
    });
  }
  if (outcome.reason === "diverged") {
    const kept =
      outcome.adapter === undefined
        ? "There was no checkpoint yet."
        : `${outcome.adapter} is the adapter of step ${outcome.best?.step ?? outcome.step}.`;
    throw new ToolwrightError(
      "training-diverged",
      `The training was given up: ${outcome.why}. ${kept}`,
      "Train anew with a lower --lr, a longer --warmup or a larger --batch.",
    );
  }
  return outcome;
}

async function told(runs: readonly { readonly out: string; readonly outcome: Outcome }[], json: true | undefined): Promise<void> {
  if (json) {
    const rows = runs.map(({ out, outcome: { reason, step, best, seconds } }) => ({
      out,
      reason,
      steps: step,
      validation_loss: best?.loss ?? null,
      best_step: best?.step ?? null,
      seconds,
      report: trainingPaths(out).page,
    }));
    await printJson(rows.length === 1 ? rows[0] : rows);
    return;
  }
  for (const { out, outcome } of runs) {
    const { reason, step, best } = outcome;
    const ended = reason === "early" ? `ended at step ${step}, since validations got no better` : `${step} steps`;
    const which = best === undefined ? "" : `, validation loss ${best.loss.toFixed(3)} at step ${best.step}`;
    await print(`${out}: ${ended}${which}\nReport: ${trainingPaths(out).page}\n`);
  }
  say("Use it with --adapter.");
}
