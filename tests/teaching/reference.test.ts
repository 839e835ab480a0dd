import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { convertModel } from "../../engine/index.js";
import { findModel, localModel } from "../../models/index.js";
import { engineTeachingModel } from "../../teaching/engine-model.js";
import { executeCalls } from "../../teaching/execute.js";
import { filterCalls } from "../../teaching/filter.js";
import { teachPassage } from "../../teaching/lesson.js";
import type { TeachingModel } from "../../teaching/model.js";
import { placesOf } from "../../teaching/places.js";
import { beginningsOf } from "../../teaching/prompt.js";
import type { Candidate, Passage } from "../../teaching/record.js";
import { planOf } from "../../teaching/settings.js";
import { calculator, defineTool, type Tool } from "../../tools/index.js";
import { Reference } from "./reference.js";
import { everything, half, parts, passage, passages, type Scene, settings, tinyScene } from "./scene.js";

const test = suite<{ scene: Scene }>("the filter against the plain reference");
const PLACEMENTS = ["before", "splice"] as const;
type Placement = (typeof PLACEMENTS)[number];

test.before(async (context) => {
  context.scene = await tinyScene();
});
test.after(({ scene }) => scene.close());

/** What must be the same for every candidate of a passage. @returns how many were compared, and the largest difference */
async function compare(reference: Reference, tool: Tool, from: Passage, candidates: readonly Candidate[], placement: Placement) {
  const { weigh } = beginningsOf(from, tool, placement);
  let worst = 0;
  let count = 0;
  for (const candidate of candidates) {
    const { losses, margin, tokens } = candidate;
    if (losses?.call === undefined) continue;
    count++;
    const plain = await reference.weigh(weigh, from.text, candidate, placement);
    assert.is(tokens!.length, plain.none.length);
    const differences = [
      margin! - plain.margin,
      losses.none.value - plain.losses.none,
      losses.call.value - plain.losses.call,
      losses.result.value - plain.losses.result,
      ...losses.none.logprobs.map((value, i) => value - plain.none[i]!),
      ...losses.call.logprobs.map((value, i) => value - plain.call[i]!),
      ...losses.result.logprobs.map((value, i) => value - plain.result[i]!),
    ];
    for (const difference of differences)
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.abs(difference));
  }
  return { count, worst };
}

for (const economy of [false, true]) {
  test(`${economy ? "economy" : "published"}: on 32-bit weights the losses and margins are the reference's to 1e-4`, async ({ scene }) => {
    const { model, scheduler } = await scene.teaching();
    const reference = await Reference.open(scene.engine, "You are a helpful AI assistant", { threads: 1 });
    let compared = 0;
    for (const placement of PLACEMENTS) {
      for (const one of passages) {
        const { candidates } = await teachPassage(model, [everything()], one, settings({ economy, placement }));
        const { count, worst } = await compare(reference, half, one, candidates, placement);
        assert.ok(worst < 1e-4, `${placement}, ${JSON.stringify(one.text)}: off by ${worst}`);
        compared += count;
      }
    }
    assert.ok(compared >= 50, `${compared} candidates`);
    await reference.close();
    await scheduler.dispose();
  });
}

// Beside its own demonstrations the calculator would take most of the time.
const calculates = calculator();
const sums = defineTool({ ...calculates, examples: [{ text: "Six boxes hold 6*7 = [Calculator(6*7) → 42] 42 pens." }] });
const solution = passage("Natalia sold 48/2 = 24 clips in May, and 48+24 = 72 in both months.");

/** Calls of the kind that sampling gives, without the time that it takes: right and wrong ones, at numbers and at words. */
async function candidatesOf(model: TeachingModel, placement: Placement, inputs: readonly string[], positions: readonly string[]) {
  const plan = planOf({ tool: sums, tauF: -100 }, 0);
  const { weigh } = beginningsOf(solution, sums, placement);
  const weighed = await model.read(weigh, solution.text, { marker: false });
  const outcomes = await executeCalls(sums, inputs, { timeZone: "UTC" });
  const proposals = placesOf(solution.text, weighed, [])
    .filter(({ position }) => positions.some((what) => solution.text.startsWith(what, position)))
    .map((place) => ({ place, probability: 1, inputs: new Map(inputs.map((input) => [input, 1])) }));
  assert.is(proposals.length, positions.length);
  const executed = new Map(inputs.map((input, index) => [input, outcomes[index]!]));
  const filtered = await filterCalls(model, plan, solution, weigh, weighed, proposals, executed, settings({ economy: true, placement }));
  model.release();
  return filtered.candidates;
}

test("on the type that runs, the default model's losses are the reference's to 0.05", async () => {
  await using local = await localModel({ repeatable: true, adapters: [] });
  const model = engineTeachingModel(local);
  // 8-bit weights are multiplied with numbers that are rounded to 8 bits too: a difference in the last bit of an attention over other
  // keys and values grows to a few tenths of a nat. So the reference keeps them as the type that runs does.
  const reference = await Reference.open(local.engine, "", { cacheType: "F16" });
  let compared = 0;
  for (const placement of PLACEMENTS) {
    const candidates = await candidatesOf(
      model,
      placement,
      ["48/2", "48+2", "2*12", "48/3", "9"],
      ["sold", "48/2", "24", "clips", "in May"],
    );
    const { count, worst } = await compare(reference, sums, solution, candidates, placement);
    assert.ok(worst < 0.05, `${placement}: off by ${worst}`);
    compared += count;
  }
  assert.is(compared, 50);
});

test("on its 32-bit copy they are to 1e-4", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-f32-"));
  try {
    const file = path.join(folder, "model.gguf");
    await convertModel(await findModel("local"), file, "F32", os.availableParallelism());
    await using local = await localModel({ file, exact: true });
    const scheduler = await local.engine.createScheduler({ cacheType: "F32", threads: 2, repeatable: true });
    const reference = await Reference.open(local.engine, "");
    for (const placement of PLACEMENTS) {
      const model = engineTeachingModel({ ...parts(local), scheduler });
      const candidates = await candidatesOf(model, placement, ["48/2", "9"], ["24", "clips"]);
      const { count, worst } = await compare(reference, sums, solution, candidates, placement);
      assert.ok(worst < 1e-4, `${placement}: off by ${worst}`);
      assert.is(count, 4);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.after(() => calculates.close());
test.run();
