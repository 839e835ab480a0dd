import { Presets, SingleBar } from "cli-progress";
import type { Command } from "commander";
import { checkOutput, type InstructEvent, instruct, readSeeds } from "../teaching/index.js";
import { openModel } from "./agent.js";
import { interruption } from "./interruption.js";
import { type JsonOption, jsonOption, type ModelOptions, modelOptions, number, whole } from "./options.js";
import { print, printJson, say } from "./output.js";

interface InstructCommandOptions extends ModelOptions, JsonOption {
  readonly out: string;
  readonly count: number;
  readonly resume?: true;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly atOnce: number;
}

export function define(command: Command): void {
  command
    .summary(command.description())
    .description(
      "New tasks from seed tasks, after Self-Instruct: the model writes instructions, says which are classifications, works them out, " +
        'and a filter keeps what is new and whole. Each line of the output has "question" and "solution" for teach and train. ' +
        "Beside it: FILE.report.html, FILE.report.json, and FILE.journal, which --resume goes on with.",
    )
    .argument("[seeds]", "JSONL of seed tasks, or seeds for the 175 of the paper", "seeds")
    .requiredOption("-o, --out <file>", "JSONL file for the tasks")
    .option("-n, --count <number>", "tasks to make", whole("a whole number, 1 or more", 1), 100)
    .option("--resume", "go on with a run that was stopped; with a larger --count, with one that is done");
  jsonOption(modelOptions(command).optionsGroup("Output:"), "print the figures as one line of JSON")
    .optionsGroup("Sampling:")
    .option(
      "--temperature <number>",
      "of instructions; the rest is greedy",
      number("a number, 0 or more", (value) => value >= 0),
      0.7,
    )
    .option(
      "--top-p <number>",
      "nucleus of instructions",
      number("a number above 0, at most 1", (value) => value > 0 && value <= 1),
      1,
    )
    .option("--seed <number>", "the same gives the same tasks", whole("a whole number from 0 to 4294967295", 0, 2 ** 32 - 1), 0)
    .option("--at-once <number>", "requests at once; it changes nothing but the speed", whole("a whole number from 1 to 256", 1, 256), 16)
    .action(run);
}

async function run(file: string, options: InstructCommandOptions): Promise<void> {
  const { out, count, resume, temperature, topP, seed, atOnce } = options;
  checkOutput(out, resume === true);
  const seeds = await readSeeds(file === "seeds" ? undefined : file);
  const signal = interruption();
  await using model = await openModel({ ...options, repeatable: true, base: true }, signal);
  using progress = new BatchProgress(count);
  signal.addEventListener("abort", () => progress.say("Stopping after this batch. Ctrl-C again stops at once."));
  for await (const event of instruct({ model, seeds, out, count, resume, temperature, topP, seed, atOnce, signal })) {
    if (event.type === "batch") progress.update(event);
    else {
      progress[Symbol.dispose]();
      const { tasks, lines, report } = event;
      const files = { out, report: `${out}.report.html` };
      if (options.json)
        await printJson({ tasks, lines, drafted: report.instructions.drafted, accepted: report.instructions.accepted, ...files });
      else await print(`${tasks} tasks, ${lines} lines: ${out}\nReport: ${files.report}\n`);
    }
  }
}

/** A bar on a terminal, otherwise a line for each batch. */
class BatchProgress implements Disposable {
  readonly #count: number;
  readonly #bar: SingleBar | undefined;

  constructor(count: number) {
    this.#count = count;
    if (!process.stderr.isTTY) return;
    const format = "  {bar} {value} of {total} tasks  {accepted} of {drafts} instructions taken  {duration_formatted}";
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 24 }, Presets.shades_classic);
    this.#bar.start(count, 0, { accepted: 0, drafts: 0 });
  }

  update({ batches, drafts, accepted, tasks }: Extract<InstructEvent, { type: "batch" }>): void {
    if (this.#bar !== undefined) this.#bar.update(Math.min(tasks, this.#count), { accepted, drafts });
    else say(`Batch ${batches}: ${accepted} of ${drafts} instructions taken, ${tasks} of ${this.#count} tasks`);
  }

  say(text: string): void {
    if (this.#bar !== undefined) process.stderr.write("\n");
    say(text);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }
}
