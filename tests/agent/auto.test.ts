import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  bestOf,
  createAgent,
  keepMeasured,
  kindOf,
  type MeasuredStrategies,
  measuredFor,
  measuredKey,
  measuringQuestions,
  shippedPrompts,
} from "../../agent/index.js";
import type { ToolwrightError } from "../../errors.js";
import { measureStrategies, readTasks } from "../../evaluation/index.js";
import { type LanguageModel, localModel, scriptedModel } from "../../models/index.js";
import { calculator, search } from "../../tools/index.js";
import { openTrace, recordTo, replayRuns } from "../../traces/index.js";

const test = suite("auto");
const home = process.env["TOOLWRIGHT_HOME"];
let folder = "";

test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolwright-auto-"));
  process.env["TOOLWRIGHT_HOME"] = folder;
});
function putBack(): void {
  if (home === undefined) delete process.env["TOOLWRIGHT_HOME"];
  else process.env["TOOLWRIGHT_HOME"] = home;
}
test.after.each(async () => {
  putBack();
  await rm(folder, { recursive: true, force: true });
});

const settingOf = (model: LanguageModel) => ({ model, tools: [], prompts: shippedPrompts() });

function tableFor(model: LanguageModel, kinds: MeasuredStrategies["kinds"]): MeasuredStrategies {
  return {
    format: 1,
    key: measuredKey(settingOf(model)),
    model: model.name,
    adapters: [],
    tools: [],
    date: "2026-01-01",
    kinds,
    costWeights: {},
  };
}

const figures = (right: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(right).map(([strategy, count]) => [strategy, { right: count, of: 12 }]));

test("a question is answered as did best on those of its kind", async () => {
  const model = scriptedModel((messages) => [messages.at(-1)!.content.includes("step by step") ? "Thinking. The answer is 5." : "7"]);
  await keepMeasured(
    tableFor(model, { arithmetic: figures({ direct: 2, "step-by-step": 9 }), capitals: figures({ direct: 8, "step-by-step": 1 }) }),
  );
  const agent = createAgent({ model, strategy: "auto" });
  assert.is((await agent.ask("How does 41 + 17 come out?")).answer, "5");
  assert.is((await agent.ask("What is the capital of Norway?")).answer, "7");
});

test("one with several chains can be the best", async () => {
  let asked = 0;
  const model = scriptedModel(() => [asked++ % 3 === 0 ? "8" : "9"]);
  await keepMeasured(tableFor(model, { arithmetic: figures({ direct: 2, "self-consistency:3:direct": 9 }) }));
  const { answer, agreement } = await createAgent({ model, strategy: "auto" }).ask("How does 41 + 17 come out?");
  assert.equal([answer, agreement], ["9", { votes: 2, of: 3 }]);
});

test("what was never measured says how to measure it, before the model is asked", async () => {
  const model = scriptedModel([["7"]]);
  const error = await createAgent({ model, strategy: "auto" })
    .ask("What is 2 + 3?")
    .catch((thrown: ToolwrightError) => thrown);
  assert.is((error as ToolwrightError).code, "strategy-unmeasured");
  assert.match((error as ToolwrightError).remedy, "toolwright compare --measure");
  assert.is(model.given.prompts.length, 0);
});

test("a choice is recorded, and a replay makes it without the figures", async () => {
  const model = scriptedModel(() => ["7"]);
  await keepMeasured(tableFor(model, { capitals: figures({ direct: 9, "few-shot": 1 }) }));
  const trace = await recordTo(join(folder, "trace.jsonl"));
  const types: string[] = [];
  const agent = createAgent({ model, strategy: "auto", trace });
  for await (const { type } of agent.run("From which city is Norway governed?")) types.push(type);
  assert.equal(types, ["text", "answer", "usage"], "it is a run of the strategy that was taken");
  await trace.close();
  await rm(join(folder, "strategies"), { recursive: true });
  const recorded = await openTrace(trace.file);
  for await (const { first } of recorded.runs()) {
    const { options } = (await recorded.data(first)) as { readonly options: Record<string, unknown> };
    assert.equal([options["strategy"], options["chosen"]], ["direct", { by: "auto", kind: "capitals" }]);
  }
  const [replayed] = await replayRuns(recorded);
  assert.is(replayed!.answer, "7");
});

test("a budget has to be enough for the strategy that is taken, not for others", async () => {
  const model = scriptedModel(() => ["7"]);
  const agent = createAgent({ model, strategy: "auto", budget: { tokens: 39 } });
  await keepMeasured(tableFor(model, { arithmetic: figures({ direct: 9, recite: 1 }) }));
  assert.is((await agent.ask("What is 3+4?")).answer, "7");
  await keepMeasured(tableFor(model, { arithmetic: figures({ direct: 1, recite: 9 }) }));
  const refused = (await agent.ask("What is 3+4?").catch((thrown: unknown) => thrown)) as ToolwrightError;
  assert.is(refused.code, "budget-too-small");
});

test("the model's own strategy is taken unless another is clearly better, of an unknown kind over all", () => {
  const kinds = { a: figures({ one: 5, two: 5 }), b: figures({ one: 1, two: 9 }) };
  assert.is(bestOf({ kinds }, "a", "two"), "two");
  assert.is(bestOf({ kinds }, "a", "one"), "one");
  assert.is(bestOf({ kinds }, "c", "one"), "two");
  const close = {
    a: { one: { right: 12, of: 20 }, two: { right: 14, of: 20 }, three: { right: 17, of: 20 }, four: { right: 18, of: 20 } },
  };
  assert.is(bestOf({ kinds: close }, "a", "two"), "two", "18 against 14 of 20 may be chance");
  assert.is(bestOf({ kinds: close }, "a", "one"), "four");
  assert.is(bestOf({ kinds: close }, "a", "none of them"), "four");
  assert.is(bestOf({ kinds: { a: { one: { right: 0, of: 20 }, two: { right: 0, of: 20 } } } }, "a", "two"), "two");
});

test("of the same questions the pairs decide", () => {
  const count = (marks: string) => ({ right: [...marks].filter((mark) => mark === "1").length, of: marks.length, marks });
  const best = (own: string, other: string) => bestOf({ kinds: { a: { own: count(own), other: count(other) } } }, "a", "own");
  const half = "10".repeat(10);
  assert.is(best(half, half.replace(/^(10){4}/, "11111111")), "own", "four more and none less may be chance: 1 in 16");
  assert.is(best(half, half.replace(/^(10){5}/, "1111111111")), "other", "five more: 1 in 32");
  assert.is(best(half, half.replace(/^(10){6}/, "111111111101")), "own", "six more and one less: 8 in 128");
  assert.is(best(half, half), "own");
});

test("measuring asks every question under every strategy and keeps the figures", async () => {
  const model = scriptedModel((messages) => [messages.length > 2 ? "I do not know." : "It is 3918."], {});
  const tool = calculator();
  const seen: string[] = [];
  const { table, file } = await measureStrategies({
    model,
    tools: [tool],
    strategies: ["direct", "few-shot"],
    onResult: (strategy) => seen.push(strategy),
  });
  assert.is(seen.length, 2 * measuringQuestions().filter(({ kind }) => kind !== "documents").length, "nothing to look documents up with");
  assert.not("documents" in table.kinds);
  assert.equal(table.kinds["arithmetic"]!["direct"], { right: 1, of: 20, marks: `1${"0".repeat(19)}` });
  assert.equal(JSON.parse(await readFile(file, "utf8")), table);
  assert.equal(measuredFor({ model, tools: [tool], prompts: shippedPrompts() }), table);
  assert.is(measuredFor({ model, tools: [], prompts: shippedPrompts() }), undefined, "other tools are another measurement");
  await keepMeasured({ ...table, kinds: { arithmetic: figures({ direct: 9, "few-shot": 9 }), other: figures({ direct: 9 }) } });
  const { table: again } = await measureStrategies({ model, tools: [tool], strategies: ["few-shot"] });
  assert.equal(
    again.kinds["arithmetic"],
    { direct: { right: 9, of: 12 }, "few-shot": table.kinds["arithmetic"]!["few-shot"] },
    "the others stay",
  );
  await tool.close();
});

test("with the search tool the documents' questions are asked over the documents, and search is measured too", async () => {
  // Reads out the passage that it was given, as far as it got one.
  const model = scriptedModel(
    (messages) => [
      messages
        .at(-1)!
        .content.split("\n")
        .find((line) => /\p{L}/u.test(line)) ?? "nothing",
    ],
    {},
  );
  await writeFile(join(folder, "own.md"), "# Nothing\n\nNothing of note.\n");
  const own = search({ folder, reference: false, cache: false });
  const { table } = await measureStrategies({ model, tools: [own] });
  const { direct, search: searched } = table.kinds["documents"]!;
  assert.equal(direct, { right: 0, of: 40, marks: "0".repeat(40) });
  assert.ok(searched!.of === 40 && searched!.right > 0, JSON.stringify(searched));
  await own.close();
});

test("the figures of the default model come with the package, with its adapter and without", async () => {
  putBack(); // The model is in the usual folder.
  const tools = [{ name: "Calculator" }, { name: "Calendar" }, { name: "Search" }];
  for (const [adapters, own, capitals] of [
    [undefined, "direct", "direct"],
    [[], "few-shot", "search"],
  ] as const) {
    await using model = await localModel(adapters ? { adapters } : {});
    process.env["TOOLWRIGHT_HOME"] = folder; // Nothing was measured on this machine.
    const given = { model, tools, prompts: shippedPrompts() };
    const table = measuredFor(given);
    assert.ok(table, "measure anew: compare --measure, and put the file into data/strategies");
    assert.is(bestOf(table!, kindOf("What is 12*12?"), own), own);
    assert.is(bestOf(table!, kindOf("Who founded the Alder Museum?"), own), "search");
    assert.is(bestOf(table!, kindOf("From which city is New Zealand governed?"), own), capitals);
    const file = await keepMeasured({ ...table!, kinds: {} });
    assert.equal(measuredFor(given)!.kinds, {}, "what was measured on this machine goes before");
    await writeFile(file, "{");
    assert.equal(measuredFor(given), table, "but not if it is damaged");
    putBack();
  }
});

test("measuring questions are none of the built-in sets', and most of those are told to be of their own kind", async () => {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const measuring = new Set(measuringQuestions().map(({ question }) => plain(question)));
  const kinds = [...new Set(measuringQuestions().map(({ kind }) => kind))];
  const sets = kinds.flatMap((kind) => (kind === "documents" ? ["single-hop", "multi-hop"] : [kind]).map((set) => ({ kind, set })));
  for (const { kind, set } of sets) {
    let [right, of] = [0, 0];
    for await (const { question } of readTasks(new URL(`../../../data/sets/${set}.jsonl`, import.meta.url).pathname)) {
      assert.not(measuring.has(plain(question)), question);
      of++;
      right += Number(kindOf(question) === kind);
    }
    assert.ok(right / of > 0.9, `${kind}: ${right} of ${of}`);
  }
});

test.run();
