import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CostBook, costOf } from "../../agent/cost.js";
import { type AgentEvent, createAgent, direct, fewShot, liveTape, selfConsistency, type Tape } from "../../agent/index.js";
import type { ToolwrightError } from "../../errors.js";
import { localModel, type ScriptStep, scriptedModel } from "../../models/index.js";
import { calculator, defineTool } from "../../tools/index.js";
import { openTrace, recordTo, replayRuns } from "../../traces/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const priced = (tokens: number) =>
  defineTool({ name: "Adder", description: "adds", input: calculator().input, cost: { tokens }, run: () => "3" });

/** Begins a call with this margin, after `before`. */
const beginning = (margin: number, before = "It is", token = " [") =>
  scriptedModel(
    (_, written): readonly ScriptStep[] => {
      if (written.includes("→")) return [" 3."];
      if (written !== "" && written !== before) return [];
      return [...(written === "" ? [before] : []), { watched: token, margin, otherwise: " about three." }, "Adder(", "1+2)"];
    },
    { ranks: true },
  );

async function run(margin: number, costWeight: number, tokens = 50) {
  const model = beginning(margin);
  const events: AgentEvent[] = [];
  for await (const event of createAgent({ model, tools: [priced(tokens)], costWeight }).run("?")) events.push(event);
  const kinds = events.map(({ type }) => type);
  const answer = events.find((event) => event.type === "answer");
  return { kinds, answer: answer?.type === "answer" ? answer.text : undefined, model, events };
}

test("a call that is worth its cost is made", async () => {
  const { kinds, answer } = await run(2.1, 2);
  assert.ok(kinds.includes("call"));
  assert.not(kinds.includes("spared"));
  assert.is(answer, "It is 3.");
});

test("one that is not is taken back, and the model goes on without", async () => {
  const { kinds, answer, model, events } = await run(1.9, 2);
  assert.not(kinds.includes("call"));
  const spared = events.find((event) => event.type === "spared");
  assert.equal(spared && { ...spared, n: 0 }, { n: 0, type: "spared", tool: "Adder", margin: 1.9, cost: 1 });
  assert.is(answer, "It is about three.");
  assert.equal(model.given.splices, [{ drop: 8, text: "", results: [] }]);
  assert.equal(
    model.given.options.map(({ watch, avoid }) => [watch !== undefined, avoid !== undefined]),
    [
      [true, false],
      [true, true],
    ],
  );
});

test("a bracket that began no call says nothing of the next one", async () => {
  const model = scriptedModel(
    (_, written): readonly ScriptStep[] =>
      written.includes("→")
        ? [" so."]
        : ["It is", { watched: " [", margin: 0.1, otherwise: " none" }, "note] first. It is ([", "Adder(", "1+2)"],
    { ranks: true },
  );
  const events: AgentEvent[] = [];
  for await (const event of createAgent({ model, tools: [priced(50)], costWeight: 1 }).run("?")) events.push(event);
  assert.not(events.some(({ type }) => type === "spared"));
  assert.ok(events.some(({ type }) => type === "call"));
});

test("calls that chains share count once for what calls take", async () => {
  const model = scriptedModel((_, written) => (written === "" ? ["[Slow(1)"] : [" 3."]), { ranks: true });
  const slow = defineTool({ name: "Slow", description: "s", input: calculator().input, cost: { tokens: 50 }, run: () => pause(60, "3") });
  const agent = createAgent({ model, tools: [slow], strategy: selfConsistency({ samples: 8, of: direct }), costWeight: 1e-9 });
  const costs: unknown[] = [];
  const tape: Tape = {
    ...liveTape,
    branch: () => tape,
    input: async (kind, take) => {
      const value = await take();
      if (kind === "run") costs.push((value as { costs: unknown }).costs);
      return value;
    },
  };
  await agent.ask("?", { tape });
  await agent.ask("?", { tape });
  assert.equal(new Set(costs.map((cost) => JSON.stringify(cost))), new Set(['{"Slow":1}']));
});

test("without a weight every call is made, and nothing is watched", async () => {
  const { kinds, model } = await run(-5, 0);
  assert.ok(kinds.includes("call"));
  assert.ok(model.given.options.every(({ watch }) => watch === undefined));
});

test("margins are told where they are asked for, and no call is taken back for one", async () => {
  const model = beginning(-3);
  const { calls } = await createAgent({ model, tools: [priced(50)], margins: true }).ask("?");
  assert.equal(
    calls.map(({ margin }) => margin),
    [-3],
  );
});

test("a model that does not rank its tokens cannot weigh calls", () => {
  assert.throws(
    () => createAgent({ model: scriptedModel([["x"]]), costWeight: 1 }),
    (error: ToolwrightError) => error.code === "unsupported",
  );
  assert.throws(
    () => createAgent({ model: scriptedModel([["x"]], { ranks: true }), costWeight: -1 }),
    (error: ToolwrightError) => error.code === "invalid-option",
  );
});

test("a run in which calls were taken back replays", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-cost-"));
  try {
    const trace = await recordTo(join(folder, "trace.jsonl"));
    const agent = createAgent({ model: beginning(0.5), tools: [priced(50)], costWeight: 1, trace });
    const { answer } = await agent.ask("?");
    await trace.close();
    const [replayed] = await replayRuns(await openTrace(trace.file));
    assert.is(replayed!.answer, answer);
    assert.ok(replayed!.events.some(({ type }) => type === "spared"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a cost is a number of seconds: declared at first, for the time measured when enough calls have run", () => {
  assert.is(costOf({}), 0);
  assert.ok(Math.abs(costOf({ milliseconds: 500, tokens: 25, money: 0.01 }) - 2) < 1e-9);
  const book = new CostBook([priced(50)]);
  assert.equal(book.costs, { Adder: 1 });
  for (const ms of [9000, 200, 200, 200]) book.add({ tool: "Adder", ms });
  assert.equal(book.costs, { Adder: 1 });
  book.add({ tool: "Adder", ms: 300 });
  assert.ok(Math.abs(book.costs["Adder"]! - 1.2) < 1e-9, "the median");
});

test("what a local model watches has the margin of its logits, and what it avoids it does not write", async () => {
  await using model = await localModel({ adapters: [] });
  const prompt = { messages: [{ role: "user", content: "What is the capital of France?" }] } as const;
  const first = async (options: object) => {
    await using sequence = await model.open(prompt);
    for await (const delta of sequence.generate({ maxTokens: 1, ...options })) if (delta.type === "text") return delta;
    return undefined;
  };
  const plain = (await first({}))!;
  assert.is(plain.margin, undefined);
  const watched = (await first({ watch: [plain.text] }))!;
  assert.ok(Number.isFinite(watched.margin), `${watched.margin}`);
  const second = (await first({ avoid: [plain.text] }))!;
  assert.is.not(second.text, plain.text);
  assert.ok((await first({ watch: [plain.text, second.text] }))!.margin! > watched.margin!, "watched ones count together");
});

test("a local model takes back all that it wrote since the last splice", async () => {
  await using model = await localModel({ file: await tinyModel(), adapters: [] });
  const prompt = { messages: [{ role: "user", content: "Say something." }] } as const;
  await using sequence = await model.open(prompt);
  let text = "";
  for await (const delta of sequence.generate({ maxTokens: 6 })) if (delta.type === "text") text += delta.text;
  sequence.splice({ drop: text.length - 1, text: "", results: [] });
  assert.is(sequence.message().content, text.slice(0, 1));
  assert.throws(() => sequence.splice({ drop: 1, text: "", results: [] }), RangeError);
  let again = "";
  for await (const delta of sequence.generate({ maxTokens: 3 })) if (delta.type === "text") again += delta.text;
  await using fresh = await model.open(prompt, { written: text.slice(0, 1) });
  let wanted = "";
  for await (const delta of fresh.generate({ maxTokens: 3 })) if (delta.type === "text") wanted += delta.text;
  assert.is(again, wanted);
});

test("the default model makes fewer calls the more they cost, and none at a price beyond all", async () => {
  await using model = await localModel({ adapters: [] });
  const questions = ["Hello!", "What is your favourite colour?", "What is 17*23?", "Name a fruit."];
  const calls = async (costWeight: number) => {
    const agent = createAgent({ model, tools: [calculator()], strategy: fewShot, costWeight, maxTokens: 40 });
    const made = await Promise.all(
      questions.map(async (question) => (await agent.ask(question).catch(() => ({ calls: [] }))).calls.length),
    );
    await agent.close();
    return made.reduce((sum, count) => sum + count, 0);
  };
  const [all, none] = [await calls(0), await calls(1e6)];
  assert.ok(all > 0, `${all}`);
  assert.is(none, 0);
});

test.run();
