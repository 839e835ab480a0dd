import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AgentEvent, createAgent, direct, fewShot, selfConsistency, strategyNamed } from "../../agent/index.js";
import { Vote, voteKey } from "../../agent/strategies/vote.js";
import type { ToolwrightError } from "../../errors.js";
import { type ScriptStep, scriptedModel } from "../../models/index.js";
import { calculator, defineTool, type Tool } from "../../tools/index.js";
import { openTrace, recordTo, replayRuns, summarise } from "../../traces/index.js";

/** Writes one of these each time that it is asked anew, in turn; what follows a result is `after`. */
function inTurn(texts: readonly (readonly ScriptStep[])[], after = "So it is that.") {
  let asked = 0;
  return scriptedModel((_, written) => (written === "" ? texts[asked++ % texts.length]! : [` ${after}`]));
}

const answering = (samples: number, of = direct) => selfConsistency({ samples, of });
const failing = (work: Promise<unknown>) =>
  work.then(
    () => assert.unreachable() as never,
    (error: ToolwrightError) => error,
  );

test("the answer that most chains give is given, in the words of the earliest", async () => {
  const model = inTurn([["It is 5."], ["I get 7 apples."], ["That makes 7."], ["7.0"]]);
  const { answer, agreement, usage } = await createAgent({ model, strategy: answering(4) }).ask("How many?");
  assert.is(answer, "I get 7 apples.");
  assert.equal(agreement, { votes: 3, of: 4 });
  assert.is(usage.output, 11);
  assert.is(model.given.prompts.length, 4);
});

test("chains are sampled, each with a seed of its own, and the same ones again for the same seed", async () => {
  const seeds = async () => {
    const model = inTurn([["It is 5."], ["It is 6."], ["It is 7."]]);
    await createAgent({ model, strategy: answering(3), seed: 7 }).ask("How many?");
    assert.equal([...new Set(model.given.options.map(({ temperature }) => temperature))], [0.7]);
    return model.given.options.map(({ seed }) => seed);
  };
  const first = await seeds();
  assert.is(new Set(first).size, 3);
  assert.equal(await seeds(), first);
});

test("the prompt is read once: the others are asked when the first has read it", async () => {
  const order: string[] = [];
  const model = inTurn([["one ", "two ", "5"]]);
  const open = model.open.bind(model);
  model.open = async (...given) => {
    order.push("open");
    const sequence = await open(...given);
    const generate = sequence.generate.bind(sequence);
    sequence.generate = async function* (options) {
      for await (const delta of generate(options)) {
        order.push(delta.type);
        yield delta;
      }
    };
    return sequence;
  };
  await createAgent({ model, strategy: answering(3) }).ask("How many?");
  assert.equal(order.slice(0, 4), ["open", "text", "open", "open"]);
});

test("it stops when the vote cannot change", async () => {
  const model = inTurn([["7"], ["7"], ["7"], ["It ", "takes ", "a ", "while: ", "5"]]);
  const events: AgentEvent[] = [];
  for await (const event of createAgent({ model, strategy: answering(5) }).run("How many?")) events.push(event);
  const answer = events.find((event) => event.type === "answer");
  assert.equal(answer?.type === "answer" && answer.agreement, { votes: 3, of: 3 });
  assert.is(events.filter(({ type }) => type === "chain").length, 3);
  const usage = events.at(-1)!;
  assert.ok(usage.type === "usage" && usage.usage.output > 3, "what the stopped chains have written counts");
});

test("contradictory votes: of answers with as many, that of the earliest chain", async () => {
  const model = inTurn([["9"], ["8"], ["8"], ["9"]]);
  assert.is((await createAgent({ model, strategy: answering(4) }).ask("?")).answer, "9");
});

test("a call is run once for all chains", async () => {
  let runs = 0;
  const slow: Tool = { ...calculator(), name: "Calculator" };
  const counting: Tool = {
    ...slow,
    run: async (args, context) => {
      runs++;
      await pause(5);
      return await slow.run(args, context);
    },
  };
  const model = inTurn([["[Calculator(6*7)"], ["[Calculator(6*7)"], ["[Calculator(6*8)"], ["[Calculator(6*7)"]], "42");
  const { calls } = await createAgent({ model, tools: [counting], strategy: answering(4) }).ask("?");
  assert.is(runs, 2);
  assert.ok(calls.length >= 3 && calls.every(({ output }) => output === "42" || output === "48"), JSON.stringify(calls));
});

test("a tool that must be asked each time is", async () => {
  let runs = 0;
  const dice = defineTool({
    name: "Dice",
    description: "rolls a die",
    input: calculator().input,
    cacheable: false,
    run: () => String(++runs),
  });
  const model = inTurn([["[Dice(1)"]], "4");
  await createAgent({ model, tools: [dice], strategy: answering(3) }).ask("?");
  assert.ok(runs >= 2, `${runs}`);
});

test("chains that do not answer abstain; if none answers, that is said", async () => {
  const model = inTurn([[""], ["6"], [""]]);
  const { answer, agreement } = await createAgent({ model, strategy: answering(3) }).ask("?");
  assert.equal([answer, agreement], ["6", { votes: 1, of: 1 }]);
  const error = await failing(createAgent({ model: inTurn([[""]]), strategy: answering(3) }).ask("?"));
  assert.is(error.code, "empty-answer");
  assert.match(error.message, "None of the 3 chains");
});

test("what is no chain's own failure ends the run", async () => {
  const error = await failing(createAgent({ model: scriptedModel([["5"]]), strategy: answering(3) }).ask("?"));
  assert.is(error.code, "script-exhausted");
});

test("stopping it stops its chains", async () => {
  const controller = new AbortController();
  const waiting = defineTool({
    name: "Wait",
    description: "waits",
    input: calculator().input,
    run: (_, { signal }) => new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  const agent = createAgent({ model: inTurn([["[Wait(1)"]]), tools: [waiting], strategy: answering(3) });
  setTimeout(() => controller.abort(), 10);
  const error = await failing(agent.ask("?", { signal: controller.signal }));
  assert.equal([error.code, error.exitCode], ["aborted", 130]);
});

test("as many runs as there are may listen to one signal", async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.name);
  process.on("warning", listen);
  const { signal } = new AbortController();
  const agent = createAgent({ model: scriptedModel(() => ["7"]), strategy: selfConsistency({ samples: 2, of: direct }) });
  await Promise.all(Array.from({ length: 12 }, () => agent.ask("?", { signal })));
  await new Promise(setImmediate);
  process.off("warning", listen);
  assert.equal(warnings, []);
});

test("a budget that is too small is said before the model is asked", async () => {
  const model = inTurn([["5"]]);
  const tooSmall = (error: ToolwrightError) =>
    error.code === "budget-too-small" && error.exitCode === 2 && /8 chains of at least 16 tokens/.test(error.message);
  assert.throws(() => createAgent({ model, strategy: answering(8), budget: { tokens: 100 } }), tooSmall);
  assert.throws(() => createAgent({ model, strategy: answering(8), maxTokens: 8 }), tooSmall);
  const later = await failing(createAgent({ model, budget: { tokens: 100 } }).ask("?", { strategy: answering(8) }));
  assert.is(later.code, "budget-too-small");
  assert.is(model.given.prompts.length, 0);
});

test("a chat of several turns replays, each turn after those before it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-several-"));
  try {
    const recorder = await recordTo(join(folder, "chat.jsonl"));
    const model = inTurn([["[Calculator(6*7)"], ["It is 41."]], "42");
    const chat = createAgent({ model, tools: [calculator()], strategy: selfConsistency({ samples: 3, of: fewShot }) }).chat({
      trace: recorder,
    });
    for (const question of ["What is 6*7?", "And what is 6*7 once more?", "And again?"]) await chat.ask(question);
    await recorder.close();
    const replayed = await replayRuns(await openTrace(recorder.file));
    assert.equal(
      replayed.filter(({ run }) => !run.includes(".")).map(({ answer }) => answer),
      chat.history.map(({ answer }) => answer),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a settled vote does not wait for the calls of chains that it stopped", async () => {
  const slow = defineTool({ name: "Slow", description: "takes its time", input: calculator().input, run: () => pause(3000, "late") });
  const started = performance.now();
  const agent = createAgent({ model: inTurn([["7"], ["7"], ["[Slow(1)"]]), tools: [slow], strategy: answering(3) });
  assert.is((await agent.ask("?")).answer, "7");
  assert.ok(performance.now() - started < 1500);
});

test("when time is over, it is the run's", async () => {
  const slow = defineTool({ name: "Slow", description: "takes its time", input: calculator().input, run: () => pause(3000, "late") });
  const agent = createAgent({
    model: inTurn([["7"], ["[Slow(1)"], ["[Slow(1)"]]),
    tools: [slow],
    strategy: answering(3),
    budget: { milliseconds: 50 },
  });
  assert.is((await failing(agent.ask("?"))).code, "budget-milliseconds");
});

test("the budget is for all chains, what one answer may have for each", async () => {
  const room = async (options: object) => {
    const model = inTurn([["5"]]);
    await createAgent({ model, strategy: answering(4), ...options }).ask("?");
    return model.given.options[0]!.maxTokens;
  };
  assert.is(await room({}), 512);
  assert.is(await room({ maxTokens: 100 }), 100);
  assert.is(await room({ budget: { tokens: 200 } }), 50);
  assert.is(await room({ maxTokens: 20, budget: { tokens: 200 } }), 20);
});

test("a chat goes on from the chain that won, with its calls", async () => {
  const model = inTurn([["[Calculator(6*7)"]], "42");
  const chat = createAgent({ model, tools: [calculator()], strategy: answering(2) }).chat();
  await chat.ask("What is 6*7?");
  await chat.ask("And once more?");
  assert.equal(model.given.prompts.at(-1)!.messages.slice(-3), [
    { role: "user", content: "What is 6*7?" },
    { role: "assistant", content: "[Calculator(6*7) → 42] 42" },
    { role: "user", content: "And once more?" },
  ]);
});

test("a trace has every chain as a run of its own, and the whole replays without a model", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-several-"));
  try {
    const file = join(folder, "trace.jsonl");
    const recorder = await recordTo(file);
    const agent = createAgent({
      model: inTurn([["[Calculator(6*7)"], ["It is 41."]], "42"),
      tools: [calculator()],
      strategy: answering(3),
      trace: recorder,
    });
    const first = await agent.ask("What is 6*7?");
    const second = await agent.chat().ask("And now?");
    await recorder.close();
    const trace = await openTrace(file);
    const { runs, calls, answer, question } = await summarise(trace);
    assert.equal([runs, answer, question], [2, second.answer, "What is 6*7?"]);
    assert.ok(calls! >= 2);
    const replayed = await replayRuns(trace);
    assert.equal(
      replayed.filter(({ run }) => !run.includes(".")).map(({ answer: again }) => again),
      [first.answer, second.answer],
    );
    assert.equal(
      replayed.slice(0, 4).map(({ run }) => run.split(".")[1]),
      [undefined, "0", "1", "2"],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("names say how many and of what", () => {
  assert.is(strategyNamed("self-consistency").name, "self-consistency");
  assert.is(strategyNamed("self-consistency:8").name, "self-consistency:8");
  assert.is(strategyNamed("self-consistency:8:few-shot").name, "self-consistency:8:few-shot");
  for (const wrong of ["self-consistency:0", "self-consistency:65", "self-consistency:8:none", "self-consistency:x:y", "consistency"]) {
    assert.throws(
      () => strategyNamed(wrong),
      (error: ToolwrightError) => ["unknown-strategy", "invalid-option"].includes(error.code) && error.exitCode === 2,
    );
  }
});

test("answers are the same by what they say", () => {
  for (const [one, other] of [
    ["It is 7.", "7 apples"],
    ["$1,200", "1200 dollars"],
    ["12 / 4 = 3", "3"],
    ["The capital is Paris.", "the capital is paris"],
    ["on 5th May", "on 5 May"],
    ["seven", "7"],
    ["at 10:30", "At 10:30."],
    ["2 hours and 30 minutes", "2 hours and 30 minutes."],
    ["5 boxes hold 60 pencils", "60"],
  ] as const)
    assert.is(voteKey(one), voteKey(other));
  for (const [one, other] of [
    ["May 5, 2026", "May 6, 2026"],
    ["7", "7.5"],
    ["10:30", "11:30"],
    ["12/24/2026", "1/24/2026"],
    ["24.12.2026", "24.11.2026"],
    ["2 hours 30 minutes", "5 hours 30 minutes"],
    ["5 feet, 3 inches", "4 feet, 3 inches"],
    ["Paris", "Rome"],
  ] as const)
    assert.is.not(voteKey(one), voteKey(other));
});

test("a vote is settled when what is left cannot turn it", () => {
  const vote = new Vote();
  assert.is(vote.settled(0), false);
  vote.add(0, "7");
  vote.add(1, "7");
  assert.is(vote.settled(2), false);
  vote.add(2, "5");
  assert.is(vote.settled(1), false);
  assert.is(vote.settled(0), true);
});

test.run();
