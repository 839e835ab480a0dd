import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import type { ToolwrightError } from "../../errors.js";
import { type AgentEvent, calculator, createAgent, defineTool, openTrace, recordTo, scriptedModel } from "../../index.js";

const traces = suite<{ folder: string }>("agent traces");

traces.before(async (context) => {
  context.folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-agent-traces-"));
});
traces.after(async ({ folder }) => rm(folder, { recursive: true }));

const echo = defineTool({ name: "Echo", description: "says it again", input: z.object({ words: z.string() }), run: ({ words }) => words });

/** Scripts whose runs go every way that the loop can. */
const scripts = [
  ["A plain answer."],
  ["It is ", "[Calculator(37*48) or", " 1776."],
  ["[Calculator(Calculator(6*7) + Echo(1))", " [Echo(x)", " [Echo(x)", " done"],
  ["[Calculator(1/0)", " [Calculator(constructor)", " no."],
  ["[Oracle(x) [Echo(a", "b)", ".", " ", "[Ec"],
  Array(9).fill(" [Echo(again)"),
  [" "],
  ["Once more. ", ...Array(40).fill("And so on and so forth. ")],
];

async function record(file: string, script: readonly string[], question = "Well?"): Promise<AgentEvent[]> {
  await using recorder = await recordTo(file);
  const calc = calculator();
  const agent = createAgent({
    model: scriptedModel([[...script, { stop: "end" }]]),
    tools: [calc, echo],
    trace: recorder,
    now: () => new Date("2025-03-10T12:00:00Z"),
  });
  const events: AgentEvent[] = [];
  for await (const event of agent.run(question)) events.push(event);
  await calc.close();
  return events;
}

traces("a replay gives the same events, without model and tools", async ({ folder }) => {
  for (const [i, script] of scripts.entries()) {
    const file = path.join(folder, `way-${i}.jsonl`);
    const events = await record(file, script);
    const [replayed] = await (await openTrace(file)).replay();
    assert.equal(replayed!.events, events, `script ${i}`);
    assert.is(replayed!.question, "Well?");
  }
});

traces("runs that went on at the same time are replayed each by itself", async ({ folder }) => {
  const file = path.join(folder, "together.jsonl");
  const recorder = await recordTo(file);
  const model = scriptedModel((messages, written) =>
    written ? [" so."] : [`${messages.at(-1)!.content} is [Echo(${messages.at(-1)!.content})`],
  );
  const agent = createAgent({ model, tools: [echo], trace: recorder });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => agent.ask(`question ${i}`)));
  await recorder.close();
  const replayed = await (await openTrace(file)).replay({ tools: [echo] });
  assert.equal(replayed.map(({ answer }) => answer).sort(), answers.map(({ answer }) => answer).sort());
  assert.is(replayed.length, 20);
});

traces("a chat is replayed turn by turn, and so is what was taken back", async ({ folder }) => {
  const file = path.join(folder, "chat.jsonl");
  const agent = createAgent({ model: scriptedModel((messages) => [`${messages.length} messages.`]), strategy: "direct" });
  const chat = agent.chat({ trace: file });
  await chat.ask("one");
  await chat.ask("two");
  chat.undo();
  await chat.ask("two again");
  await chat.close();
  assert.equal(
    (await (await openTrace(file)).replay()).map(({ question, answer }) => [question, answer]),
    [
      ["one", "1 messages."],
      ["two", "3 messages."],
      ["two again", "3 messages."],
    ],
  );
});

traces("a chat that goes on from another's turns replays from its own trace", async ({ folder }) => {
  const agent = createAgent({ model: scriptedModel((messages) => [`${messages.length} messages.`]), strategy: "direct" });
  const first = agent.chat();
  await first.ask("one");
  const file = path.join(folder, "continued.jsonl");
  const second = agent.chat({ history: first.history, trace: file });
  await second.ask("two");
  await second.ask("three");
  await second.close();
  assert.equal(
    (await (await openTrace(file)).replay()).map(({ answer }) => answer),
    ["3 messages.", "5 messages."],
  );
});

traces("a run that was left, and one that was aborted, replay as far as they went", async ({ folder }) => {
  const file = path.join(folder, "left.jsonl");
  const recorder = await recordTo(file);
  const agent = createAgent({ model: scriptedModel(() => ["one ", "two ", "three"]), trace: recorder });
  const seen: AgentEvent[] = [];
  for await (const event of agent.run("left")) {
    seen.push(event);
    if (seen.length === 2) break;
  }
  const controller = new AbortController();
  const aborted: AgentEvent[] = [];
  for await (const event of agent.run("aborted", { signal: controller.signal })) {
    aborted.push(event);
    controller.abort();
  }
  await recorder.close();
  const replayed = await (await openTrace(file)).replay();
  assert.equal(replayed[0]!.events, seen);
  assert.equal(replayed[1]!.events, aborted);
  assert.is(aborted.at(-1)!.type, "error");
});

traces("a changed, a removed, a moved or a cut record is named", async ({ folder }) => {
  const file = path.join(folder, "whole.jsonl");
  await record(file, scripts[1]!);
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  const harmed = path.join(folder, "harmed.jsonl");
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("change", "remove", "move", "cut"), fc.integer({ min: 1, max: lines.length - 2 }), async (how, at) => {
      const copy = [...lines];
      if (how === "change") copy[at] = copy[at]!.replace(/[a-y](?=[^"]*"[,}])/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1));
      else if (how === "remove") copy.splice(at, 1);
      else if (how === "move") copy.splice(at, 2, copy[at + 1]!, copy[at]!);
      else copy.length = at + 1;
      if (copy.join() === lines.join()) return;
      await writeFile(harmed, `${copy.join("\n")}\n`);
      const error = await openTrace(harmed)
        .then((trace) => trace.replay())
        .catch((thrown: ToolwrightError) => thrown);
      assert.ok(error instanceof Error, `${how} ${at} went unnoticed`);
      assert.is(error.exitCode, 3, `${how} ${at}: ${error.message}`);
      assert.match(error.message, /harmed\.jsonl/);
    }),
    { numRuns: 80 },
  );
});

traces("tools taken anew are compared with the record", async ({ folder }) => {
  const file = path.join(folder, "anew.jsonl");
  const made = (say: (words: string) => string) =>
    defineTool({ name: "Say", description: "says", input: z.object({ words: z.string() }), run: ({ words }) => say(words) });
  const recorder = await recordTo(file);
  await createAgent({ model: scriptedModel([["[Say(a)", " [Say(b)", " end"]]), tools: [made((words) => words)], trace: recorder }).ask("?");
  await recorder.close();
  const trace = await openTrace(file);
  assert.is((await trace.replay({ live: "tools", tools: [made((words) => words)] })).length, 1);
  const error = await trace
    .replay({ live: "tools", tools: [made((words) => (words === "b" ? "c" : words))] })
    .catch((thrown: ToolwrightError) => thrown);
  assert.equal([(error as ToolwrightError).code, (error as ToolwrightError).exitCode], ["live-differs", 3]);
  assert.match((error as ToolwrightError).message, /"b".*"c"/);
});

traces("a fork is the same up to its event, goes on by itself, and names its parent", async ({ folder }) => {
  const file = path.join(folder, "parent.jsonl");
  const events = await record(file, scripts[1]!);
  const trace = await openTrace(file);
  const from = events.findIndex(({ type }) => type === "result");
  const into = path.join(folder, "fork.jsonl");
  const other = scriptedModel((_, written) => [written === "It is [Calculator(37*48) → 1776]" ? " quite a lot." : "?"]);
  const [forked] = await trace.replay({ model: other, fork: { from, into } });
  assert.equal(forked!.events.slice(0, from + 1), events.slice(0, from + 1));
  assert.is(forked!.answer, "It is quite a lot.");
  const child = await openTrace(into);
  assert.is(child.header.parent?.n, from);
  assert.equal((await child.replay())[0]!.events, forked!.events);
});

traces("each run of an agent that is given a folder has a trace of its own", async ({ folder }) => {
  const many = path.join(folder, "many");
  const agent = createAgent({ model: scriptedModel(() => ["yes"]), trace: many });
  const answers = await Promise.all([agent.ask("a"), agent.ask("b"), agent.ask("c")]);
  await agent.close();
  assert.is(new Set(answers.map(({ trace }) => trace)).size, 3);
  const files = (await readdir(many)).filter((name) => name.endsWith(".jsonl"));
  assert.is(files.length, 3);
  for (const { trace } of answers) assert.is((await (await openTrace(trace!)).replay())[0]!.answer, "yes");
});

// Recorded with `toolwright ask` and `toolwright chat`, --trace, --now 2025-03-10 and --time-zone UTC; to be recorded anew when the
// built-in tools' demonstrations or the prompts change.
traces("the traces that ship replay as they were shown, prompts compared", async () => {
  const examples = fileURLToPath(new URL("../../../traces/examples/", import.meta.url));
  const answers: Record<string, readonly string[]> = {
    "calculator.jsonl": ["37*48 is 1776."],
    "chat.jsonl": [
      "July 20, 1969 was a Sunday.",
      "It is 290 days until December 25.",
      "The capital of France is Paris.",
      "15% of 1,234 is 185.1.",
    ],
  };
  for (const [name, expected] of Object.entries(answers)) {
    const changed: string[] = [];
    const runs = await (await openTrace(path.join(examples, name))).replay({ onChangedTools: (names) => changed.push(...names) });
    assert.equal(changed, [], `${name}: these tools are not as recorded`);
    assert.equal(
      runs.map(({ answer }) => answer),
      expected,
    );
  }
});

traces.run();
