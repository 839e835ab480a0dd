import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { parseArguments } from "../../agent/index.js";
import { random } from "../../engine/index.js";
import { localModel } from "../../models/index.js";
import { engineTeachingModel } from "../../teaching/engine-model.js";
import { teachPassage } from "../../teaching/lesson.js";
import type { SampleRequest, TeachingModel } from "../../teaching/model.js";
import { type Place, placesOf } from "../../teaching/places.js";
import { beginningsOf } from "../../teaching/prompt.js";
import type { Passage } from "../../teaching/record.js";
import { sampleCalls } from "../../teaching/sample.js";
import { calculator } from "../../tools/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { everything, half, passage, passages, type Scene, settings, type Taught, tinyScene } from "./scene.js";

const test = suite<{ scene: Scene; taught: Taught }>("sampling on the engine");

test.before(async (context) => {
  context.scene = await tinyScene();
});
test.before.each(async (context) => {
  context.taught = await context.scene.teaching();
});
test.after.each(({ taught }) => taught.scheduler.dispose());
test.after(({ scene }) => scene.close());

const [first] = passages as readonly [Passage, ...Passage[]];
const beginning = beginningsOf(first, half, "before").sample;
const whole = { tool: half, share: true, enough: Number.POSITIVE_INFINITY };

/** Some places of the text, each with so many seeds. */
async function requestsIn(model: TeachingModel, text: string, count: number, seeds: number): Promise<SampleRequest[]> {
  const reading = await model.read(beginning, text, { marker: false });
  return placesOf(text, reading, [])
    .slice(0, count)
    .map(({ at }, index) => ({ at, seeds: Array.from({ length: seeds }, (_, seed) => 1000 * index + seed) }));
}

test("what is read is what scoring gives, with the probability of a marker in place of each token", async ({ scene, taught }) => {
  const text = "So 9.\nHalf of it is 4.5.";
  const { offsets, logprobs, marker } = await taught.model.read({ text: "What? " }, text, { marker: true });
  const scores = await scene.local.score("What? ", text, { alternatives: [" [", "["] });
  assert.equal(offsets, scores.offsets);
  // The local model keeps keys and values as 16-bit numbers.
  for (const [i, value] of logprobs.entries()) assert.ok(Math.abs(value - scores.logprobs[i]!) < 0.02);
  marker!.forEach((value, i) => {
    const lead = i === 0 || text.charAt(offsets[i]! - 1) === "\n";
    assert.ok(Math.abs(Math.log(value) - scores.alternatives![i]![lead ? 1 : 0]!) < 0.02, `at ${offsets[i]}`);
  });
  assert.is((await taught.model.read({ text: "" }, text, { marker: false })).marker, undefined);
});

test("samples that share what they have in common are the ones that are drawn alone", async ({ taught: { model } }) => {
  const requests = await requestsIn(model, first.text, 4, 12);
  const together = await model.sample(beginning, first.text, requests, whole);
  const alone = await model.sample(beginning, first.text, requests, { ...whole, share: false });
  assert.equal(
    together.map(({ inputs }) => inputs),
    alone.map(({ inputs }) => inputs),
  );
  assert.ok(together.every(({ sharedTokens }) => sharedTokens >= 11));
  assert.ok(alone.every(({ sharedTokens, cut }) => sharedTokens === 0 && cut === 0));
});

test("a sample is the same whatever else is sampled", async ({ taught: { model } }) => {
  const requests = await requestsIn(model, first.text, 4, 8);
  const all = await model.sample(beginning, first.text, requests, whole);
  const [only] = await model.sample(beginning, first.text, [requests[2]!], whole);
  assert.equal(only!.inputs, all[2]!.inputs);
  const few = await model.sample(beginning, first.text, [{ ...requests[2]!, seeds: requests[2]!.seeds.slice(3, 5) }], whole);
  assert.equal(few[0]!.inputs, all[2]!.inputs.slice(3, 5));
});

const pick = {
  name: "Pick",
  input: z.object({ of: z.enum(["red", "blue"]), count: z.number(), exact: z.boolean().optional() }),
};

test("every call is one of the tool's, with arguments that it takes", async ({ taught: { model } }) => {
  const requests = await requestsIn(model, first.text, 3, 20);
  for (const tool of [half, pick]) {
    const calls = await model.sample(beginning, first.text, requests, { ...whole, tool });
    const inputs = calls.flatMap((call) => call.inputs).filter((input) => input !== undefined);
    assert.ok(inputs.length > 5, `${tool.name}: ${inputs.length} ended`);
    for (const input of inputs) {
      const parsed = parseArguments(input, tool);
      assert.not("error" in parsed, `${tool.name}(${input})`);
    }
  }
});

test("a place with enough distinct calls is done: the rest is cut and counted", async ({ taught: { model } }) => {
  const requests = await requestsIn(model, first.text, 3, 16);
  const all = await model.sample(beginning, first.text, requests, whole);
  for (const enough of [1, 3]) {
    const calls = await model.sample(beginning, first.text, requests, { ...whole, enough });
    calls.forEach(({ inputs, cut }, index) => {
      const ended = inputs.filter((input) => input !== undefined);
      assert.ok(cut > 0 && cut < 16, `${cut} cut`);
      assert.ok(new Set(ended).size >= enough);
      assert.ok(ended.length + cut <= 16);
      for (const [seed, input] of inputs.entries()) if (input !== undefined) assert.is(input, all[index]!.inputs[seed]);
    });
  }
});

test("the likeliest places are taken, in order, and what was done is counted", async ({ taught: { model } }) => {
  const sampled = async (tauS: number, topK: number) => {
    const options = { economy: false, related: false, seed: 0, tools: ["Half"] };
    const plan = { ...everything({ topK, samples: 6 }), tauS };
    const proposals = await sampleCalls(model, plan, first, beginningsOf(first, half, "before"), options);
    model.release();
    return proposals;
  };
  const all = await sampled(0, 1000);
  assert.is(all.boundaries, placesOf(first.text, all.weighed, []).length);
  assert.equal([all.likely, all.positions, all.proposals.length], [all.boundaries, all.boundaries, all.boundaries]);
  assert.is(all.samples, 6 * all.positions);
  const written = all.proposals.map(({ inputs }) => [...inputs.values()].reduce((sum, count) => sum + count, 0));
  assert.is(
    all.wellFormed,
    written.reduce((sum, count) => sum + count, 0),
  );
  const ranked = all.proposals.map(({ probability }) => probability).sort((a, b) => b - a);
  const three = await sampled(0, 3);
  assert.equal(
    three.proposals.map(({ place }) => place.index),
    all.proposals.filter(({ probability }) => probability >= ranked[2]!).map(({ place }) => place.index),
  );
  for (const { place, inputs } of three.proposals) {
    const same = all.proposals.find((one) => one.place.index === place.index)!;
    assert.equal([...inputs], [...same.inputs], "a place's calls do not depend on the places beside it");
  }
  const above = await sampled(ranked[2]!, 1000);
  assert.is(above.likely, 2, "only those above the threshold");
  assert.ok(all.tokens.read > 0 && all.tokens.sample > 0);
});

test("economy samples once for places that look for the same number, and not where nothing could be kept", async ({
  taught: { model },
}) => {
  const text = "In all 48 and 7";
  const from = passage(text);
  const plan = { ...everything({ topK: 1000 }), results: /\d/ };
  const sampled = (more: { tauF?: number; related?: boolean }) =>
    sampleCalls(model, { ...plan, ...more }, from, beginningsOf(from, half, "before"), {
      economy: true,
      related: more.related ?? false,
      seed: 0,
      tools: [],
    });
  const { proposals, positions, saved } = await sampled({});
  assert.equal(
    proposals.map(({ place }) => text.slice(place.position)),
    ["In all 48 and 7", "all 48 and 7", "48 and 7", "and 7", "7"],
  );
  assert.ok(positions < 5 && saved.mergedPositions === 5 - positions);
  const own = (place: { inputs: ReadonlyMap<string, number> }) => [...place.inputs.values()].some((count) => count > 0);
  assert.is(proposals.filter(own).length, positions, "the others have their calls from a neighbour");
  const hopeless = await sampled({ tauF: 1000 });
  assert.equal([hopeless.positions, hopeless.saved.hopelessPositions, hopeless.proposals], [0, 5, []]);
  const related = await sampled({ related: true });
  assert.equal(
    related.proposals.map(({ place }) => text.slice(place.position)),
    ["48 and 7", "7"],
  );
});

test("no call is sampled inside what looks like one", async ({ taught: { model } }) => {
  const text = "So 9 [Half(9 or 10) → 4.5] 4.5.";
  const from = passage(text);
  const inside = ({ position }: Place) => position > text.indexOf("[") && position < text.indexOf("]");
  const sampled = async (tools: readonly string[]) =>
    (
      await sampleCalls(model, everything({ topK: 1000, samples: 1 }), from, beginningsOf(from, half, "before"), {
        economy: false,
        related: false,
        seed: 0,
        tools,
      })
    ).proposals.filter(({ place }) => inside(place));
  assert.is((await sampled(["Half"])).length, 0);
  assert.ok((await sampled(["Other"])).length > 0);
});

test("the same call weighed twice has the same losses, however few texts run at once", async ({ scene }) => {
  const text = "So 12 are left.";
  const request = { marker: "[Half(24) → 12]", at: 2, from: 2, to: text.length };
  const weigh = async (width: number) => {
    const { model, scheduler } = await scene.teaching({ width });
    const reading = await model.read({ text: "Now. " }, text, { marker: false });
    const options = { count: 5, share: false };
    const none = { ...request, marker: "" };
    const losses = [];
    for (const placement of ["before", "splice"] as const) {
      losses.push(...(await model.losses({ text: "Now. " }, text, [request, request, none, request], { ...options, placement })));
    }
    model.release();
    await scheduler.dispose();
    const first = reading.offsets.indexOf(2);
    return { losses, none: reading.logprobs.slice(first, first + 5) };
  };
  for (const width of [1, 64]) {
    const { losses, none } = await weigh(width);
    losses.forEach((values, i) => {
      const like = i % 4 === 2 ? none : losses[i < 4 ? 0 : 4]!;
      assert.is(values.length, 5, `width ${width}, request ${i}`);
      assert.ok(
        values.every((value, t) => Math.abs(value - like[t]!) < 1e-4),
        `width ${width}, request ${i}: ${values}`,
      );
    });
  }
});

test("a loss may be computed with only so many tokens before the position", async ({ scene, taught: { model } }) => {
  const text = "One two three 4 and 5 are left.";
  const beginning = { text: "Now. " };
  const at = text.indexOf(" 5");
  const marker = "[Half(10) → 5]";
  const request = { marker, at, from: at + 1, to: text.length };
  for (const placement of ["before", "splice"] as const) {
    const weigh = async (context?: number) =>
      (await model.losses(beginning, text, [request], { placement, count: 5, context, share: true }))[0]!;
    const near = (a: readonly number[], b: readonly number[]) => a.every((value, i) => Math.abs(value - b[i]!) < 1e-4);
    assert.ok(near(await weigh(1000), await weigh()), placement);
    assert.not(near(await weigh(4), await weigh()), placement);
    // The four tokens before the number: "a", "n", "d" may be others in another vocabulary, the text is the same.
    const { tokenizer } = scene.engine;
    const tokens = tokenizer.encode(text);
    const index = tokenizer.offsets(tokens).indexOf(at + 1);
    const rest = tokenizer.decode(tokens.slice(index - 4));
    const cut = rest.indexOf(" 5");
    const short = await model.losses(beginning, rest, [{ marker, at: cut, from: cut + 1, to: rest.length }], {
      placement,
      count: 5,
      share: true,
    });
    assert.ok(near(await weigh(4), short[0]!), placement);
  }
});

test("with a bounded context all three losses are after as much text", async ({ scene, taught: { model } }) => {
  const one = passage("One two three 4 and 5 are left.");
  const { tokenizer } = scene.engine;
  const tokens = tokenizer.encode(one.text);
  const index = tokenizer.offsets(tokens).indexOf(one.text.indexOf("5"));
  const near = (values: readonly number[], others: readonly number[]) =>
    values.length === others.length && values.every((value, i) => Math.abs(value - others[i]!) < 1e-4);
  const lossesAt = async (context?: number) => {
    const { candidates } = await teachPassage(model, [everything({ topK: 20 })], one, settings({ context }));
    return candidates.find(({ position, losses }) => position === one.text.indexOf("5") && losses?.call !== undefined)!.losses!;
  };
  const whole = await lossesAt();
  const short = await lossesAt(4);
  assert.ok(near((await lossesAt(1000)).none.logprobs, whole.none.logprobs));
  const rest = await model.read({ text: "" }, tokenizer.decode(tokens.slice(index - 4)), { marker: false });
  assert.ok(near(short.none.logprobs, rest.logprobs.slice(4, 9)), "four tokens before it");
  assert.not(near(short.none.logprobs, whole.none.logprobs));
});

const bits = (candidates: readonly unknown[]) => JSON.stringify(candidates);

test("what a passage gives does not depend on how long anything takes", async () => {
  const { now } = performance;
  const teach = async (seed: number) => {
    await using local = await localModel({ file: await tinyModel(), exact: true, repeatable: true, threads: 1 });
    const draws = random(seed);
    // A machine that stops for up to 10 ms whenever the time is looked at.
    let stood = 0;
    if (seed > 0) performance.now = () => now.call(performance) + (stood += 10 * draws());
    try {
      // Requests that wait for each other, as there are more than fit a step, show it soonest.
      const model = engineTeachingModel(local);
      const text = "One two three 4 and 5 of 6 are left, so 7 or 8 may go.";
      const reading = await model.read({ text: "" }, text, { marker: false });
      const requests = placesOf(text, reading, []).map(({ at }, place) => ({
        at,
        seeds: Array.from({ length: 20 }, (_, sample) => 100 * place + sample),
      }));
      const sampled = await model.sample({ text: "" }, text, requests, { tool: half, share: true, enough: 8 });
      return JSON.stringify(sampled);
    } finally {
      performance.now = now;
    }
  };
  const usual = await teach(0);
  for (const seed of [1, 2, 3, 4]) assert.is(await teach(seed), usual, `clock ${seed}`);
});

test("what a passage gives does not depend on what was taught before it", async () => {
  for (const placement of ["before", "splice"] as const) {
    for (const economy of [true, false]) {
      const teach = async (order: readonly Passage[]) => {
        await using local = await localModel({ file: await tinyModel(), exact: true, repeatable: true, threads: 1 });
        const model = engineTeachingModel(local);
        const found = new Map<number, string>();
        for (const one of order) {
          const { candidates } = await teachPassage(model, [everything()], one, settings({ placement, economy }));
          found.set(one.document, bits(candidates));
        }
        return found;
      };
      const forwards = await teach(passages);
      const backwards = await teach([...passages].reverse());
      for (const { document } of passages) assert.is(backwards.get(document), forwards.get(document), `${placement}, document ${document}`);
      assert.ok([...forwards.values()].every((found) => found.length > 100));
    }
  }
});

test("two runs are the same to the last bit, whatever the clock does", async () => {
  const teach = async () => {
    await using local = await localModel({ file: await tinyModel(), exact: true, repeatable: true, threads: 1 });
    const model = engineTeachingModel(local);
    const plans = [everything({ topK: 4, samples: 6 })];
    const taught = [];
    for (const one of passages.slice(0, 2))
      taught.push((await teachPassage(model, plans, one, settings({ economy: true, placement: "splice" }))).candidates);
    return bits(taught);
  };
  const steady = await teach();
  assert.is(await teach(), steady);
  const { now } = performance;
  let late = 0;
  let turn = 1;
  performance.now = () => {
    turn = (turn * 48271) % 2147483647;
    if (turn % 3 === 0) late += turn % 20; // Other programs take the processor now and then.
    return now.call(performance) + late;
  };
  try {
    for (let i = 0; i < 2; i++) assert.is(await teach(), steady);
  } finally {
    performance.now = now;
  }
});

test("a passage leaves nothing behind but the beginnings that are shared", async ({ taught: { model, scheduler } }) => {
  const round = async () => {
    for (const placement of ["before", "splice"] as const) {
      for (const one of passages) await teachPassage(model, [everything()], one, settings({ placement, economy: true }));
    }
    return scheduler.load;
  };
  const load = await round();
  assert.equal([load.waiting, load.parked], [0, 0]);
  assert.ok(load.running > 0 && load.running <= 4, `${load.running} beginnings`);
  assert.equal(await round(), load);
  assert.equal(await round(), load);
});

test("neither does one that is given up in the middle", async ({ taught: { model, scheduler } }) => {
  const beginnings = beginningsOf(first, half, "before");
  const plan = everything({ topK: 20, samples: 10 });
  await sampleCalls(model, plan, first, beginnings, { economy: true, related: false, seed: 0, tools: [] });
  model.release();
  const { load } = scheduler;
  for (const steps of [1, 3, 6, 12]) {
    const controller = new AbortController();
    const before = scheduler.counts.steps;
    const timer = setInterval(() => scheduler.counts.steps >= before + steps && controller.abort(new Error("enough")), 0);
    const options = { economy: true, related: false, seed: steps, tools: [], signal: controller.signal };
    const error = await sampleCalls(model, plan, first, beginnings, options).catch((thrown: Error) => thrown);
    clearInterval(timer);
    assert.is((error as Error).message, "enough", `after ${steps} steps`);
    model.release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    model.release();
    assert.equal(scheduler.load, load);
  }
});

test("a tool whose calls rarely end costs no more than the longest call", async ({ taught: { model, scheduler } }) => {
  const tool = calculator();
  const before = scheduler.counts.tokens;
  const [call] = await model.sample({ text: "So " }, "9", [{ at: 0, seeds: [1, 2, 3, 4] }], { ...whole, tool });
  assert.ok(scheduler.counts.tokens - before <= 100 + 4 * 48);
  assert.is(call!.inputs.length, 4);
  await tool.close();
});

test.run();
