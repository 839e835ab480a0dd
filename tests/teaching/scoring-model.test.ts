import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseArguments } from "../../agent/index.js";
import { completionsModel, type LocalModel, localModel } from "../../models/index.js";
import { teachPassage } from "../../teaching/lesson.js";
import type { LossRequest, Reading, TeachingModel } from "../../teaching/model.js";
import { beginningsOf } from "../../teaching/prompt.js";
import { scoringTeachingModel } from "../../teaching/scoring-model.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { CompletionServer } from "../models/completion-server.js";
import { Reference } from "./reference.js";
import { everything, half, passage, type Scene, settings, tinyScene } from "./scene.js";

const test = suite<{ scene: Scene; local: LocalModel; server: CompletionServer }>("teaching on a model that scores");

test.before(async (context) => {
  context.scene = await tinyScene();
  context.local = await localModel({ file: await tinyModel(), exact: true, threads: 1 });
  context.server = await CompletionServer.start(await tinyModel());
});
test.after(async ({ scene, local, server }) => {
  await scene.close();
  await local.close();
  await server[Symbol.asyncDispose]();
});

// A server tokenises prefix and text together. In this text nothing joins across the borders, so that the tokens are the engine's.
const text = "Zoe has $12, and 7 of it is for food.\nZoe needs 5.";
const from = passage(text, { before: "Now:\n" });
/** The models under test keep keys and values as 16-bit numbers. */
const NEAR = 0.02;

function near(values: readonly number[], expected: readonly number[], of: string): void {
  assert.is(values.length, expected.length, of);
  for (const [i, value] of values.entries()) assert.ok(Math.abs(value - expected[i]!) < NEAR, `${of}: ${value} is not ${expected[i]}`);
}

async function losses(model: TeachingModel, reading: Reading, placement: "before" | "splice", context?: number): Promise<number[][]> {
  const request = (marker: string, token: number): LossRequest => ({
    marker,
    at: reading.offsets[token]!,
    from: reading.offsets[token]!,
    to: reading.offsets[token + 5] ?? text.length,
  });
  const requests = [4, 12, reading.offsets.indexOf(text.lastIndexOf("Zoe")), reading.offsets.length - 2].flatMap((token) => [
    request("[Half(24) → 12]", token),
    request("[Half(24)]", token),
    request("[Half(24)]", token),
  ]);
  const { weigh } = beginningsOf(from, half, placement);
  return model.losses(weigh, text, requests, { placement, count: 5, context, share: true });
}

for (const dialect of ["none", "vllm", "echo"] as const) {
  const name = dialect === "none" ? "a model in this process" : `a server that speaks ${dialect}`;
  test(`${name}: readings and losses are the engine's`, async ({ scene, local, server }) => {
    if (dialect !== "none") server.behaves({ dialect });
    const scoring = scoringTeachingModel(dialect === "none" ? local : completionsModel({ model: "tiny", baseUrl: server.url, dialect }));
    const { model, scheduler } = await scene.teaching();
    for (const placement of ["before", "splice"] as const) {
      const { sample } = beginningsOf(from, half, placement);
      const expected = await model.read(sample, text, { marker: true });
      const reading = await scoring.read(sample, text, { marker: true });
      assert.equal(reading.offsets, expected.offsets);
      near(reading.logprobs, expected.logprobs, "logprobs");
      // A server lists only the likeliest tokens: a marker that is not among them counts as impossible.
      for (const [i, value] of reading.marker!.entries()) {
        if (dialect === "none" || value > 0) near([Math.log(value)], [Math.log(expected.marker![i]!)], "marker");
      }
      if (dialect === "none") assert.ok(reading.marker!.every((value) => value > 0));
      model.release();
      const [own, engine] = [await losses(scoring, reading, placement), await losses(model, expected, placement)];
      for (const [i, values] of own.entries()) near(values, engine[i]!, `${placement}, request ${i}`);
      assert.equal(own.at(-1)!.length, 2, "the text ends");
      model.release();
    }
    assert.ok(scoring.tokens > 0);
    await scheduler.dispose();
  });
}

test("requests for the same text are asked once", async ({ server }) => {
  server.behaves({ dialect: "vllm" });
  const scoring = scoringTeachingModel(completionsModel({ model: "tiny", baseUrl: server.url, dialect: "vllm" }));
  const reading = await scoring.read({ text: from.before }, text, { marker: false });
  assert.is(server.requests.length, 1);
  await losses(scoring, reading, "splice");
  assert.is(server.requests.length, 1 + 4 * 2);
});

test("a text with nothing before it is read and weighed, its first token uncounted", async ({ local }) => {
  const scoring = scoringTeachingModel(local);
  const reading = await scoring.read({ text: "" }, text, { marker: false });
  assert.ok(reading.logprobs.every(Number.isFinite), String(reading.logprobs[0]));
  const { candidates } = await teachPassage(scoring, [everything({ topK: 50, samples: 2 })], passage("Zoe has 7."), settings());
  assert.ok(candidates.some(({ position }) => position === 0));
  for (const { margin, losses } of candidates) if (losses !== undefined) assert.ok(Number.isFinite(margin));
});

test("a passage taught through it has candidates of the tool, with the losses that the reference gives them", async ({ scene, local }) => {
  const scoring = scoringTeachingModel(local);
  const reference = await Reference.open(scene.engine, "", { threads: 1 });
  let compared = 0;
  for (const placement of ["before", "splice"] as const) {
    for (const economy of [true, false]) {
      const plan = everything({ topK: 4, samples: 4 });
      const { candidates, figures } = await teachPassage(scoring, [plan], from, settings({ placement, economy }));
      assert.ok(figures.get("Half")!.tokens.filter > 0);
      const { weigh } = beginningsOf(from, half, placement);
      for (const candidate of candidates) {
        assert.not("error" in parseArguments(candidate.input, half), candidate.input);
        if (candidate.losses?.call === undefined) continue;
        const plain = await reference.weigh(weigh, text, candidate, placement);
        near([candidate.margin!, candidate.losses.result.value], [plain.margin, plain.losses.result], candidate.input);
        compared++;
      }
    }
  }
  assert.ok(compared >= 20, `${compared} candidates`);
  await reference.close();
});

test("with a seed the samples of a local model are the same again, and enough distinct ones are enough", async ({ local }) => {
  const scoring = scoringTeachingModel(local);
  const at = text.indexOf(" 7");
  const seeds = Array.from({ length: 24 }, (_, seed) => seed);
  const sample = async (enough: number) =>
    (await scoring.sample({ text: "Now:\n" }, text, [{ at, seeds }], { tool: half, share: true, enough }))[0]!;
  const all = await sample(Number.POSITIVE_INFINITY);
  assert.equal((await sample(Number.POSITIVE_INFINITY)).inputs, all.inputs);
  assert.is(all.cut, 0);
  const few = await sample(1);
  assert.ok(few.cut > 0 && few.inputs.filter((input) => input !== undefined).length + few.cut <= 24);
});

test.run();
