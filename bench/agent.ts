// Agent runs against what they could at best be: the bare library fed with the same steps; and the loop's own cost against LangChain's.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { calculator, calendar, createAgent, defineTool, type LocalModel, localModel, recordIn, scriptedModel, search } from "../index.js";
import { bareContext, CELLS, THREADS } from "./engine.js";
import { inTurn, median, type Row, time } from "./measure.js";
import { replayed, replayRow, tokensIn } from "./replay.js";

const QUESTIONS = [
  "What is 37*48?",
  "What is 128 plus 467?",
  "What is 144 divided by 12?",
  "What is 17 times 23?",
  "What is 15% of 1,234?",
  "What is 20 percent of 350?",
  "What is the square root of 1764?",
  "What is 35 squared?",
  "What day of the week was July 20, 1969?",
  "What day of the week will December 31, 2030 be?",
  "How many days is it until December 25?",
  "How many days are there between January 1, 2024 and March 1, 2024?",
  "What is the capital of France?",
  "What is the capital of Canada?",
  "How many centimeters is 5 inches?",
  "What does frugal mean?",
];

export async function agentRows(file: string): Promise<Row[]> {
  const model = await localModel({ file, exact: true, threads: THREADS, contextSize: CELLS });
  const agent = createAgent({ model, tools: [calculator(), calendar(), search()], now: () => new Date("2025-03-10T12:00:00Z") });
  try {
    return [await together(file, model, agent), await onlyNewTokens(model, agent)];
  } finally {
    await agent.close();
    await model.close();
  }
}

async function together(file: string, model: LocalModel, agent: ReturnType<typeof createAgent>): Promise<Row> {
  const { counts } = model.scheduler;
  const all = () => Promise.all(QUESTIONS.map((question) => agent.ask(question).catch(() => undefined)));
  await all(); // The shared beginning is in memory from here on, as in any process that has answered before.
  counts.record = [];
  await all();
  const steps = counts.record;
  counts.record = undefined;

  const bare = bareContext(file);
  const replay = async () => {
    for (let sequence = 0; sequence < 256; sequence++) bare.context.remove(sequence, -1);
    return replayed(bare.context, steps);
  };
  const { a, b, ratio } = await inTurn(3, () => time(all), replay);
  bare.free();
  const oneByOne = await time(async () => {
    for (const question of QUESTIONS) await agent.ask(question).catch(() => undefined);
  });
  const tokens = tokensIn(steps);
  return replayRow(
    "16 agent runs at once, with tools",
    { ours: a, raw: b, tokens, share: 1 / ratio, least: 0.8 },
    { "one run after another, times as long": +(oneByOne / a).toFixed(2) },
  );
}

async function onlyNewTokens(model: LocalModel, agent: ReturnType<typeof createAgent>): Promise<Row> {
  const chat = agent.chat();
  const first = await chat.ask("What is 37*48?");
  const { tokens: before } = model.scheduler.counts;
  const second = await chat.ask("What is 17 times 23?");
  const taken = model.scheduler.counts.tokens - before;
  const splices = second.calls.map(({ output }) => model.countTokens(` → ${output}]`)).reduce((sum, count) => sum + count, 0);
  // What was taken in is what is new: the turn's own prompt, what the model wrote (but its last, end token) and the splices.
  const expected = second.usage.input + second.usage.output;
  return {
    work: "a splice; the next turn of a chat",
    against: "tokens taken in",
    wanted: "only the new ones",
    measured: `${taken} of ${second.usage.cached + expected}`,
    holds: Math.abs(taken - expected) <= 1 && second.usage.cached > first.usage.input,
    figures: { "first turn": first.usage.input, "reused in the second": second.usage.cached, "of it spliced in": splices },
  };
}

/** The loop without a model: parse, check, dispatch, splice. */
export async function overheadRow(): Promise<Row> {
  const rounds = 300;
  const input = z.object({ expression: z.string() });
  const tool = defineTool({ name: "Calculator", description: "Evaluates an arithmetic expression.", input, run: () => "1776" });
  const script = (_: unknown, written: string) => (written === "" ? ["37*48 is", " [Calculator(37*48)"] : [" 1776", "."]);
  const folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-bench-"));
  const plain = createAgent({ model: scriptedModel(script), tools: [tool], strategy: "zero-shot" });
  const recorder = recordIn(folder);
  const traced = createAgent({ model: scriptedModel(script), tools: [tool], strategy: "zero-shot", trace: recorder });
  const peer = await langchainAgent();
  const each = async (ask: () => Promise<unknown>) =>
    (await time(async () => {
      for (let i = 0; i < rounds; i++) await ask();
    })) / rounds;
  const { a, b, ratio } = await inTurn(
    5,
    () => each(() => plain.ask("What is 37*48?")),
    () => each(peer),
  );
  const withTrace = median([await each(() => traced.ask("What is 37*48?")), await each(() => traced.ask("What is 37*48?"))]);
  await recorder.close();
  await rm(folder, { recursive: true });
  return {
    work: "a run's own cost with one call, scripted model",
    against: "LangChain `createAgent` with an equal fake model",
    wanted: "≤ 1/10; < 1 ms with the trace written",
    measured: `1/${(1 / ratio).toFixed(1)}; ${withTrace.toFixed(2)} ms`,
    holds: ratio <= 0.1 && withTrace < 1,
    figures: { "ours, ms": +a.toFixed(3), "LangChain, ms": +b.toFixed(3), "ours with trace, ms": +withTrace.toFixed(3) },
  };
}

/** LangChain's agent on a chat model that gives a tool call, then the answer: the same work as the scripted model's. */
async function langchainAgent(): Promise<() => Promise<unknown>> {
  const [{ createAgent: create, tool }, { FakeToolCallingModel }] = await Promise.all([
    import("langchain"),
    import("./langchain-model.js"),
  ]);
  const calculate = tool(async () => "1776", {
    name: "Calculator",
    description: "Evaluates an arithmetic expression.",
    schema: z.object({ expression: z.string() }),
  });
  const agent = create({ model: new FakeToolCallingModel({}), tools: [calculate] });
  return () => agent.invoke({ messages: [{ role: "user", content: "What is 37*48?" }] });
}
