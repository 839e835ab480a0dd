// Evaluation against the bare library: what the engine was asked for, done again with nothing above it; and one question after another.
import { readFileSync } from "node:fs";
import type { Work } from "../engine/index.js";
import { evaluate, type Task } from "../evaluation/index.js";
import { calculator, calendar, type LocalModel, localModel, search, type Tool } from "../index.js";
import { bareContext, THREADS } from "./engine.js";
import { inTurn, type Row, time } from "./measure.js";
import { replayed, replayRow, tokensIn } from "./replay.js";

/** As the command line has it. */
const CELLS = 16_384;

/** Of the fifty plain questions, with their clocks. */
function plainTasks(count: number): Task[] {
  const lines = readFileSync(new URL("../../data/plain-questions.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .slice(0, count);
  return lines.map((line, place) => {
    const { question, answer, now } = JSON.parse(line) as { question: string; answer: string | string[]; now: string };
    return { id: String(place + 1), question, accepted: [answer].flat(), now };
  });
}

async function asked(
  model: LocalModel,
  tools: readonly Tool[],
  tasks: readonly Task[],
  atOnce?: number,
): Promise<{ calls: number; correct: number }> {
  const counts = { calls: 0, correct: 0 };
  for await (const event of evaluate({ tasks, model, tools, match: "contains", atOnce })) {
    if (event.type !== "result") continue;
    counts.calls += event.result.calls.length;
    counts.correct += Number(event.result.correct);
  }
  return counts;
}

/** @param source the model's own file, of which each side runs the copy that suits this CPU; @param questions at most 50; @param adapter a LoRA adapter's file that both sides run with */
export async function evalRow(source: string, questions: number, adapter?: string): Promise<Row> {
  const tasks = plainTasks(questions);
  const adapters = adapter === undefined ? [] : [{ file: adapter }];
  const model = await localModel({ file: source, threads: THREADS, contextSize: CELLS, adapters });
  const tools = [calculator(), calendar(), search()];
  const bare = bareContext(model.info.file, { cells: CELLS, adapter });
  try {
    const { counts } = model.scheduler;
    let work: readonly Work[] = [];
    let seen = { calls: 0, correct: 0 };
    const ours = () =>
      time(async () => {
        counts.record = [];
        seen = await asked(model, tools, tasks);
        work = counts.record;
        counts.record = undefined;
      });
    await ours(); // The shared beginning is in memory from here on, as in any evaluation of more than a few questions.
    const replay = () => {
      for (let sequence = 0; sequence < 256; sequence++) bare.context.remove(sequence, -1);
      return replayed(bare.context, work);
    };
    // Each replay is of the run just before it: which questions share a step is never the same twice.
    const { a, b, ratio } = await inTurn(3, ours, replay);
    const alone = await time(() => asked(model, tools, tasks, 1));
    const tokens = tokensIn(work);
    return replayRow(
      `\`eval\` of ${tasks.length} questions at once, with tools${adapter === undefined ? "" : ", with an adapter"}`,
      { ours: a, raw: b, tokens, share: 1 / ratio, least: 0.8 },
      { "one question after another, times as long": +(alone / a).toFixed(2), calls: seen.calls, right: seen.correct },
      "same file, adapter and context settings",
    );
  } finally {
    bare.free();
    for (const tool of tools) await tool.close();
    await model.close();
  }
}
