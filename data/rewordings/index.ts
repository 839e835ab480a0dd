// Other wordings of questions by the default model itself, kept where it still answers them right with tools running. The problems are those
// of data/problems, or any whose lines have a question, a solution and an answer.
//   node dist/data/rewordings/index.js PROBLEMS.jsonl [--count N] [--seed N] [--adapter FILE] > FILE.jsonl
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ToolwrightError } from "../../errors.js";
import { localModel } from "../../models/index.js";
import { type Counts, type Problem, reword } from "./reword.js";

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ToolwrightError("bad-option", `--${name} is ${JSON.stringify(text)}.`, "Give a whole number.", { exitCode: 2 });
}

function read(file: string, count: number): Problem[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, at) => (line === "" ? [] : [problem(line, `${file}, line ${at + 1}`)])).slice(0, count);
}

function problem(line: string, where: string): Problem {
  let value: Partial<Problem> | null = null;
  try {
    value = JSON.parse(line) as Partial<Problem> | null;
  } catch {} // Told below, as any other line that is no problem.
  if ([value?.id, value?.question, value?.solution, value?.answer].every((member) => typeof member === "string")) return value as Problem;
  const remedy = 'Give lines such as {"id", "question", "solution", "answer"}, all texts.';
  throw new ToolwrightError("bad-problem", `${where} is no problem.`, remedy, { exitCode: 2 });
}

const said = (counts: Counts) =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: "string" }, seed: { type: "string", default: "1" }, adapter: { type: "string" } },
  });
  if (positionals.length !== 1) throw new ToolwrightError("bad-option", "No file of problems is named.", "Name one.", { exitCode: 2 });
  const seed = whole("seed", values.seed);
  const problems = read(positionals[0]!, values.count === undefined ? Number.POSITIVE_INFINITY : whole("count", values.count));
  await using writer = await localModel({ adapters: [], repeatable: true });
  await using answerer = await writer.withAdapters(values.adapter === undefined ? [] : [{ file: values.adapter }]);
  const started = performance.now();
  for await (const { kept, counts, done } of reword(problems, { writer, answerer, seed })) {
    for (const line of kept) process.stdout.write(`${JSON.stringify(line)}\n`);
    const seconds = (performance.now() - started) / 1000;
    const each = counts.kept === 0 ? "" : `, ${(seconds / counts.kept).toFixed(1)} s for each that was kept`;
    process.stderr.write(`${done} of ${problems.length} problems in ${seconds.toFixed(0)} s${each}: ${said(counts)}\n`);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const remedy = error instanceof ToolwrightError ? ` ${error.remedy}` : "";
    process.stderr.write(`${error.message}${remedy}\n`);
    process.exitCode = error instanceof ToolwrightError ? error.exitCode : 2;
  }
}
