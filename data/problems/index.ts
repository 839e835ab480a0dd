// Made-up problems and their worked solutions: a seeded grammar of elementary word problems, arithmetic, dates and plain questions, as a
// corpus to teach on and, in wordings of their own, as tasks to measure with. Nothing here knows of models or tools.
//   node dist/data/problems/index.js --count 20000 --seed 1 > FILE.jsonl
//   node dist/data/problems/index.js --only arithmetic,one-step --count 200 --seed 1 > FILE.jsonl
//   node dist/data/problems/index.js --tasks one-step --count 240 --seed 1 > TASKS.jsonl
//   node dist/data/problems/index.js --sets FOLDER --count 240 --seed 1
//   node dist/data/problems/index.js --steps data/gsm8k_train.jsonl --count 7000 > FILE.jsonl
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ToolwrightError } from "../../errors.js";
import { problems } from "./corpus.js";
import type { Draw } from "./draw.js";
import type { Problem } from "./problem.js";
import { BUILT_IN_SETS, writeBuiltIn } from "./sets.js";
import { type Shorter, shorter } from "./steps.js";
import { heldOut, isTaskSet, TASK_SETS, type TaskSet, task } from "./tasks.js";

export { type Making, problems } from "./corpus.js";
export type { Meta, Problem } from "./problem.js";
export { heldOut, TASK_SETS, type Task, type TaskSet, task } from "./tasks.js";

/** A record of the corpus, as `teach` reads it. */
export function record({ question, solution, answer, date, meta }: Problem, number: number, seed: number): object {
  return { id: `problem-${seed}-${number + 1}`, ...(date === undefined ? {} : { date }), question, solution, answer, meta };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ToolwrightError("bad-option", `--${name} is ${JSON.stringify(text)}.`, "Give a whole number.", { exitCode: 2 });
}

/** @param count of the file's problems, from the first on */
function* shorterOf(file: string, count: number): Generator<Shorter> {
  const name = path.basename(file).replace(/\..*$/, "");
  const worked = readFileSync(file, "utf8").split("\n").slice(0, count);
  for (const [at, line] of worked.entries()) if (line !== "") yield* shorter({ id: `${name}:${at + 1}`, ...JSON.parse(line) });
}

interface Given {
  readonly count?: string;
  readonly seed: string;
  readonly only?: string;
  readonly tasks?: string;
  readonly steps?: string;
}

function* lines(values: Given): Generator<object> {
  const seed = whole("seed", values.seed);
  if (values.steps !== undefined) {
    yield* shorterOf(values.steps, values.count === undefined ? Number.POSITIVE_INFINITY : whole("count", values.count));
    return;
  }
  if (values.tasks === undefined) {
    const kinds = values.only?.split(",").map(known);
    const source = kinds && ((draw: Draw, held: boolean) => TASK_SETS[draw.pick(kinds)](draw, held));
    let number = 0;
    for (const problem of problems({ count: whole("count", values.count ?? "20000"), seed, source })) yield record(problem, number++, seed);
    return;
  }
  for (const problem of heldOut(known(values.tasks), { count: whole("count", values.count ?? "240"), seed })) yield task(problem);
}

function known(set: string): TaskSet {
  if (isTaskSet(set)) return set;
  const withDocuments = (BUILT_IN_SETS as readonly string[]).includes(set);
  throw new ToolwrightError(
    "bad-option",
    withDocuments ? `The set ${set} asks about documents.` : `There is no task set ${JSON.stringify(set)}.`,
    withDocuments ? "Write it with them by --sets FOLDER." : `Give one of ${Object.keys(TASK_SETS).join(", ")}.`,
    { exitCode: 2 },
  );
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    const { values } = parseArgs({
      options: {
        count: { type: "string" },
        seed: { type: "string", default: "1" },
        only: { type: "string" },
        tasks: { type: "string" },
        sets: { type: "string" },
        steps: { type: "string" },
      },
    });
    if (values.sets === undefined) for (const line of lines(values)) process.stdout.write(`${JSON.stringify(line)}\n`);
    else {
      const made = await writeBuiltIn(values.sets, { count: whole("count", values.count ?? "240"), seed: whole("seed", values.seed) });
      process.stdout.write(made.map((file) => `${file}\n`).join(""));
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const remedy = error instanceof ToolwrightError ? ` ${error.remedy}` : "";
    process.stderr.write(`${error.message}${remedy}\n`);
    process.exitCode = error instanceof ToolwrightError ? error.exitCode : 2;
  }
}
