import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { type EvaluateOptions, type EvaluationEvent, evaluate } from "../../evaluation/evaluate.js";
import type { Result, Task } from "../../evaluation/record.js";
import { type LanguageModel, localModel, type Script, scriptedModel } from "../../models/index.js";
import { calculator, calendar, defineTool, type Tool } from "../../tools/index.js";
import { openTrace, recordIn } from "../../traces/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { inFolder } from "../teaching/small-teaching.js";
import { thrownBy } from "./small-results.js";

const test = suite("evaluate");

const adder = (more: Partial<Parameters<typeof defineTool>[0]> = {}): Tool =>
  defineTool({
    name: "Adder",
    description: "adds",
    input: z.object({ terms: z.string() }),
    run: ({ terms }: Record<string, unknown>) =>
      String(
        String(terms)
          .split("+")
          .reduce((sum, term) => sum + Number(term), 0),
      ),
    ...more,
  } as Parameters<typeof defineTool>[0]);

const tasks = (count: number): Task[] =>
  Array.from({ length: count }, (_, i) => ({ id: `q${i}`, question: `What is ${i}+1?`, accepted: [String(i + 1)] }));

/** Calls for what the question asks, and says the result; of odd questions another. */
const reckons: Script = (messages, written) => {
  const sum = /(\d+)\+1/.exec(messages.at(-1)!.content)!;
  if (written === "") return [" [Adder(", `${sum[0]})`];
  return [` ${Number(sum[1]) + (Number(sum[1]) % 2 ? 7 : 1)}.`];
};

async function collect(options: EvaluateOptions): Promise<{ events: EvaluationEvent[]; results: Result[] }> {
  const events: EvaluationEvent[] = [];
  for await (const event of evaluate(options)) events.push(event);
  return { events, results: events.flatMap((event) => (event.type === "result" ? [event.result] : [])) };
}

test("questions are asked with tools, judged and counted", async () => {
  const { events, results } = await collect({ tasks: tasks(5), model: scriptedModel(reckons), tools: [adder()], strategy: "direct" });
  const [start] = events;
  assert.equal(start?.type === "start" && start.configuration, {
    name: "direct, Adder",
    strategy: "direct",
    tools: ["Adder"],
    adapters: [],
    model: { name: "scripted", runtime: "script" },
  });
  const end = events.at(-1)!;
  assert.ok(end.type === "end" && end.complete && end.tokens > 0 && end.seconds > 0);
  const byId = [...results].sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.equal(
    byId.map(({ id, correct, read }) => [id, correct, read]),
    [
      ["q0", true, "1"],
      ["q1", false, "8"],
      ["q2", true, "3"],
      ["q3", false, "10"],
      ["q4", true, "5"],
    ],
  );
  assert.equal(
    byId[2]!.calls.map(({ tool, input, output }) => ({ tool, input, output })),
    [{ tool: "Adder", input: "2+1", output: "3" }],
  );
  assert.is(byId[2]!.answer, "3.");
});

test("no more are under way than asked for, and many are", async () => {
  let [going, most] = [0, 0];
  const slow = adder({
    run: async () => {
      most = Math.max(most, ++going);
      await pause(5);
      going--;
      return "1";
    },
  });
  const { results } = await collect({ tasks: tasks(40), model: scriptedModel(reckons), tools: [slow], strategy: "direct", atOnce: 7 });
  assert.is(results.length, 40);
  assert.is(most, 7);
});

test("each question has its clock, the others that of the evaluation", async () => {
  const clock = adder({ run: (_: unknown, { now }: { now: Date }) => now.toISOString() });
  const { results } = await collect({
    tasks: [{ ...tasks(1)[0]!, now: "2024-12-24" }, tasks(3)[2]!],
    model: scriptedModel(reckons),
    tools: [clock],
    strategy: "direct",
    now: new Date("2025-03-10T12:00:00Z"),
    timeZone: "Asia/Tokyo",
  });
  const outputs = Object.fromEntries(results.map(({ id, calls }) => [id, calls[0]!.output]));
  assert.equal(outputs, { q0: "2024-12-23T15:00:00.000Z", q2: "2025-03-10T12:00:00.000Z" });
});

test("what goes wrong with a question is its result", async () => {
  const script: Script = (messages, written) => {
    const question = messages.at(-1)!.content;
    if (question === "unknown") return written === "" ? ["It is [Other(1)] 1."] : [];
    if (question === "unfit") return written === "" ? ["It is [Pair(1)"] : [" 1."];
    if (question === "failing") return written === "" ? ["It is [Adder(x)"] : [" 1."];
    if (question === "open") return written === "" ? ["It is 1. [Adder(1"] : [];
    return [];
  };
  const pair = adder({ name: "Pair", input: z.object({ a: z.string(), b: z.number() }), run: () => "1" });
  const failing = adder({
    run: async () => {
      await pause(2);
      throw new Error("cannot");
    },
  });
  const asked = ["unknown", "unfit", "failing", "open", "silent"].map((question) => ({ id: question, question, accepted: ["1"] }));
  const { results } = await collect({ tasks: asked, model: scriptedModel(script), tools: [failing, pair], strategy: "direct" });
  const of = (id: string) => results.find((result) => result.id === id)!;
  const counts = ({ malformed, unknown, refused }: Result) => ({ malformed, unknown, refused });
  assert.equal(counts(of("unknown")), { malformed: 0, unknown: 1, refused: 0 });
  assert.equal(counts(of("unfit")), { malformed: 0, unknown: 0, refused: 1 });
  assert.equal(counts(of("failing")), { malformed: 0, unknown: 0, refused: 0 });
  assert.is(of("failing").calls[0]!.error, "cannot");
  assert.equal(counts(of("open")), { malformed: 1, unknown: 0, refused: 0 });
  assert.equal([of("silent").correct, of("silent").answer, of("silent").error?.code], [false, null, "empty-answer"]);
});

test("a failure that is no question's own ends the evaluation", async () => {
  const broken: LanguageModel = {
    ...scriptedModel([]),
    name: "broken",
    can: scriptedModel([]).can,
    countTokens: () => 1,
    open: () => Promise.reject(new Error("the engine is gone")),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  const error = await thrownBy(collect({ tasks: tasks(3), model: broken }));
  assert.match(error.message, /the engine is gone/);
  assert.is((await thrownBy(collect({ tasks: tasks(1), model: scriptedModel([]), strategy: "none" }))).code, "unknown-strategy");
  assert.is((await thrownBy(collect({ tasks: "nowhere.jsonl", model: scriptedModel([]) }))).code, "file-unreadable");
});

test("an abort leaves what is under way without a result", async () => {
  const abort = new AbortController();
  const stuck = adder({
    run: async ({ terms }: Record<string, unknown>) => {
      if (terms !== "0+1") await pause(60_000, undefined, { signal: abort.signal });
      return "1";
    },
  });
  const seen: EvaluationEvent[] = [];
  for await (const event of evaluate({
    tasks: tasks(5),
    model: scriptedModel(reckons),
    tools: [stuck],
    strategy: "direct",
    signal: abort.signal,
  })) {
    seen.push(event);
    if (event.type === "result") abort.abort();
  }
  assert.equal(
    seen.map((event) => (event.type === "result" ? event.result.id : event.type)),
    ["start", "q0", "end"],
  );
  const end = seen.at(-1)!;
  assert.is(end.type === "end" && end.complete, false);
});

test("ids that are done are not asked, a limit counts them, and a seed is the question's own", async () => {
  const model = scriptedModel(reckons);
  const { results } = await collect({
    tasks: tasks(9),
    model,
    tools: [adder()],
    strategy: "direct",
    limit: 4,
    skip: new Set(["q1", "q2"]),
    temperature: 1,
    seed: 3,
  });
  assert.equal(results.map(({ id }) => id).sort(), ["q0", "q3"]);
  const seeds = model.given.options.map(({ seed }) => seed);
  const alone = scriptedModel(reckons);
  await collect({ tasks: [tasks(9)[3]!], model: alone, tools: [adder()], strategy: "direct", temperature: 1, seed: 3 });
  assert.ok(seeds.includes(alone.given.options[0]!.seed));
  assert.is(new Set(seeds).size, 2);
});

test(
  "each run's trace is named and whole",
  inFolder(async (folder) => {
    await using trace = recordIn(folder);
    const { results } = await collect({ tasks: tasks(3), model: scriptedModel(reckons), tools: [adder()], strategy: "direct", trace });
    assert.is(new Set(results.map((result) => result.trace)).size, 3);
    for (const result of results) {
      const runs = [];
      for await (const run of (await openTrace(result.trace!)).runs()) runs.push(run);
      assert.is(runs.length, 1);
    }
  }),
);

test("the tiny model answers nonsense, many questions at once", async () => {
  await using model = await localModel({ file: await tinyModel(), exact: true, threads: 1 });
  const { results } = await collect({ tasks: tasks(30), model, strategy: "direct", maxTokens: 8 });
  assert.is(results.length, 30);
  assert.ok(results.every(({ usage, error }) => usage.output > 0 || error?.code === "empty-answer"));
});

test("the default model answers with its tools", async () => {
  await using model = await localModel();
  const questions: Task[] = [
    { id: "1", question: "What is 37*48?", accepted: ["1776"] },
    { id: "2", question: "What day of the week was July 20, 1969?", accepted: ["Sunday"] },
  ];
  const tools = [calculator(), calendar()];
  const { results } = await collect({ tasks: questions, model, tools, now: new Date("2025-03-10T12:00:00Z") });
  for (const tool of tools) await tool.close();
  assert.equal(results.map(({ id, correct }) => [id, correct]).sort(), [
    ["1", true],
    ["2", true],
  ]);
  assert.ok(results.every(({ calls }) => calls.length > 0));
});

test.run();
