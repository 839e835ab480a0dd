import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { messageOf, ToolwrightError } from "../../errors.js";
import type { LanguageModel } from "../../models/index.js";
import { drawExamples, makeBatch, type Sampling } from "./batch.js";
import { type Draft, isTask } from "./draft.js";
import { Ledger, outputExists } from "./ledger.js";
import { reportPage } from "./page.js";
import { Pool } from "./pool.js";
import { type InstructReport, makeReport } from "./report.js";
import type { SeedTasks } from "./seeds.js";

/** Version of the prompts' words. */
const PROMPTS = 1;
/** A run ends after so many batches in a row without a new task. */
const DRY = 5;

export interface InstructOptions extends Partial<Sampling> {
  /** A local one should be opened with `repeatable`: otherwise its bytes follow the machine's speed. */
  readonly model: LanguageModel;
  readonly seeds: SeedTasks;
  /** The JSONL file that is made, once there are enough tasks; beside it `OUT.journal`, `OUT.report.json`, `OUT.report.html`. */
  readonly out: string;
  /** How many tasks are wanted. Default 100. */
  readonly count?: number;
  /** Most requests under way; it changes nothing but the speed. Default 16. */
  readonly atOnce?: number;
  /** Goes on with `OUT.journal`, or begins where there is none. Default false: neither file may exist. */
  readonly resume?: boolean;
  /** Ends the run after the batch at hand. */
  readonly signal?: AbortSignal;
}

export type InstructEvent =
  /** A batch is whole and in the journal; after `--resume` first one for all batches before. */
  | { readonly type: "batch"; readonly batches: number; readonly drafts: number; readonly accepted: number; readonly tasks: number }
  /** The files are there. */
  | { readonly type: "written"; readonly tasks: number; readonly lines: number; readonly report: InstructReport };

/** A line of the output; `{question, solution}` is what teaching and training read. */
export interface InstructLine {
  /** `instruct-N`, and `instruct-N-M` from the second instance of a task on. */
  readonly id: string;
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
  readonly is_classification: boolean;
  readonly question: string;
  readonly solution: string;
  /** ROUGE-L F with the nearest instruction before it, seed or generated. */
  readonly rouge_max: number;
  /** `seeds`: ids of what the model was shown when it wrote the instruction. */
  readonly meta: { readonly seeds: readonly string[] };
}

/** The file that a run is gone on with. */
export function journalOf(out: string): string {
  return `${out}.journal`;
}

/**
 * Makes tasks from seed tasks, after Self-Instruct (Wang et al. 2023). The output is a function of the options, the seeds and what
 * the model answers; a run that was stopped at any moment goes on with `resume` to the same bytes.
 * @throws ToolwrightError `output-exists`, `other-run`, `trace-in-use` (another process writes it), `aborted` (the signal, exit code
 * 130), `instruct-dry` (five batches without a task; what there is has been written), `output-unwritable`, and whatever the model throws
 */
export async function* instruct(options: InstructOptions): AsyncGenerator<InstructEvent, void> {
  const { model, seeds, out, count = 100, atOnce = 16, resume = false, signal } = options;
  const sampling: Sampling = {
    temperature: options.temperature ?? 0.7,
    topP: options.topP ?? 1,
    seed: options.seed ?? 0,
  };
  checkOutput(out, resume);
  const parameters = { model: model.identity, seedTasks: seeds.digest, prompts: PROMPTS, ...sampling };
  await using ledger = await Ledger.open(journalOf(out), parameters, resume);
  const pool = new Pool(seeds.tasks);
  for (const draft of ledger.drafts) pool.restore(draft);
  const examples = drawExamples(model, seeds.tasks, sampling.seed);
  const tasks = () => ledger.drafts.reduce((sum, draft) => sum + (isTask(draft) ? 1 : 0), 0);
  const state = (): InstructEvent => {
    return { type: "batch", batches: ledger.batches, drafts: ledger.drafts.length, accepted: pool.generated.length, tasks: tasks() };
  };
  if (ledger.batches > 0) yield state();
  while (tasks() < count && dryBatches(ledger) < DRY) {
    if (signal?.aborted) throw stopped(out, tasks(), count);
    ledger.append(await makeBatch(ledger.batches, pool, model, examples, sampling, atOnce));
    yield state();
  }
  const lines = outputLines(ledger.drafts, count);
  const report = makeReport({
    drafts: ledger.drafts,
    batches: ledger.batches,
    count,
    parameters,
    seeds: seeds.tasks,
    examples,
    verbs: await verbsOf(lines),
  });
  await writeOutput(out, lines, report);
  yield { type: "written", tasks: report.tasks, lines: lines.length, report };
  if (tasks() < count) throw dry(model.name, tasks(), count);
}

/** What can be refused before a model is loaded. @throws ToolwrightError `output-exists` */
export function checkOutput(out: string, resume: boolean): void {
  const journal = journalOf(out);
  if (!resume) for (const file of [out, journal]) if (existsSync(file)) throw outputExists(file);
  if (resume && existsSync(out) && !existsSync(journal)) {
    throw new ToolwrightError(
      "output-exists",
      `${out} exists, and ${journal}, which a run is gone on with, does not.`,
      "Name another --out.",
      { exitCode: 2 },
    );
  }
}

async function verbsOf(lines: readonly InstructLine[]) {
  const { verbsAndNouns } = await import("./diversity.js"); // Its word lists take a tenth of a second to load.
  return verbsAndNouns([...new Set(lines.map(({ instruction }) => instruction))]);
}

/** How many batches at the end gave no task. */
function dryBatches({ drafts, batches }: Ledger): number {
  return batches - 1 - (drafts.findLast(isTask)?.batch ?? -1);
}

/** The lines of the first `count` tasks. */
function outputLines(drafts: readonly Draft[], count: number): InstructLine[] {
  return drafts
    .filter(isTask)
    .slice(0, count)
    .flatMap(({ instruction, instances = [], classification = false, rouge, seeds }, task) =>
      instances.map(({ input, output }, i) => ({
        id: `instruct-${task + 1}${i === 0 ? "" : `-${i + 1}`}`,
        instruction,
        input,
        output,
        is_classification: classification,
        question: input === "" ? instruction : `${instruction}\n\n${input}`,
        solution: output,
        rouge_max: rouge!.all,
        meta: { seeds },
      })),
    );
}

/** Each file whole or not at all; the output last, so that where it is the others are too. */
async function writeOutput(out: string, lines: readonly InstructLine[], report: InstructReport): Promise<void> {
  await writeWhole(`${out}.report.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeWhole(`${out}.report.html`, reportPage(report));
  await writeWhole(out, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw new ToolwrightError(
      "output-unwritable",
      `${file} cannot be written: ${messageOf(error)}`,
      "Make room or choose another place, and go on with --resume: all that was generated is in the journal.",
      { cause: error },
    );
  }
}

function stopped(out: string, tasks: number, count: number): ToolwrightError {
  return new ToolwrightError(
    "aborted",
    `Stopped with ${tasks} of ${count} tasks; they are in ${journalOf(out)}.`,
    "The same command with --resume goes on.",
    { exitCode: 130 },
  );
}

function dry(model: string, tasks: number, count: number): ToolwrightError {
  return new ToolwrightError(
    "instruct-dry",
    `${DRY} batches in a row gave no new task; ${tasks} of ${count} were written.`,
    `Use a better model than ${model}, more or other seeds, or a higher --temperature.`,
  );
}
