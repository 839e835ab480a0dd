import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Executed } from "../../teaching/execute.js";
import { type Filtered, type FilterSettings, filterCalls, verdictOf } from "../../teaching/filter.js";
import type { LossOptions, LossRequest, TeachingModel } from "../../teaching/model.js";
import { placesOf } from "../../teaching/places.js";
import type { Passage } from "../../teaching/record.js";
import type { Proposal } from "../../teaching/sample.js";
import { planOf } from "../../teaching/settings.js";
import { marginOf, WEIGHTS, weightedLoss } from "../../teaching/weights.js";
import { calculator, type Source } from "../../tools/index.js";
import { echo } from "./small-tools.js";

const logprobs = fc.array(fc.double({ min: -40, max: 0, noNaN: true }), { maxLength: 12 });

/** The paper's formula, term by term. */
function plain(values: readonly number[]): number {
  const weights: number[] = [];
  let sum = 0;
  for (let t = 0; t < 100; t++) {
    const weight = Math.max(0, 1 - 0.2 * t);
    weights.push(weight);
    sum += weight;
  }
  let loss = 0;
  for (let t = 0; t < values.length; t++) loss -= (weights[t]! / sum) * values[t]!;
  return loss;
}

test("the loss is the paper's weighted sum, for texts that go on and texts that end before five tokens", () => {
  assert.equal(
    WEIGHTS.map((weight) => weight.toFixed(4)),
    ["0.3333", "0.2667", "0.2000", "0.1333", "0.0667"],
  );
  fc.assert(
    fc.property(logprobs, (values) => {
      assert.ok(Math.abs(weightedLoss(values) - plain(values)) < 1e-12 * (1 + plain(values)));
    }),
  );
  assert.is(weightedLoss([]), 0);
});

test("the margin is what the result gains beyond nothing and beyond the bare call", () => {
  fc.assert(
    fc.property(logprobs, logprobs, logprobs, (none, call, result) => {
      const losses = [none, call, result].map(weightedLoss) as [number, number, number];
      const margin = marginOf(...losses);
      assert.ok(margin <= losses[0] - losses[2] && margin <= losses[1] - losses[2]);
      assert.ok(margin === losses[0] - losses[2] || margin === losses[1] - losses[2]);
    }),
  );
});

test("a call is kept from τf on, when its margin is known", () => {
  assert.is(verdictOf(0.5, true, 0.5), "kept");
  assert.is(verdictOf(0.499999, true, 0.5), "below");
  assert.is(verdictOf(3, false, 0.5), "below");
  assert.is(verdictOf(Number.NaN, true, 0.5), "below");
});

// A text in which each word, blank and digit is a token, and a model that takes losses from a list: what is checked is what is asked of
// it, and what becomes of the answers.
const text = "He paid 6 * 8 = 48 dollars and left.";
const passage: Passage = { document: 3, part: 1, id: "notes.txt#1", source: "notes.txt", before: "", text };
const offsets = Array.from(text.matchAll(/ ?\p{L}+|./gsu), ({ index }) => index);
const places = placesOf(text, { offsets }, []);
const placeOf = (what: string) => places.find(({ position }) => position === text.indexOf(what))!;
/** Every token costs two nats. */
const weighed = { offsets, logprobs: offsets.map(() => -2) };

interface Asked {
  readonly requests: readonly LossRequest[];
  readonly options: LossOptions;
}

/** @param gains how many nats a marker takes off each weighed token */
function listed(gains: Readonly<Record<string, number>>): { model: TeachingModel; asked: Asked[] } {
  const asked: Asked[] = [];
  const losses: TeachingModel["losses"] = async (_beginning, _text, requests, options) => {
    asked.push({ requests, options });
    return requests.map(({ marker, from }) =>
      weighed.logprobs.slice(offsets.indexOf(from), offsets.indexOf(from) + options.count).map((value) => value + (gains[marker] ?? 0)),
    );
  };
  return { asked, model: { losses, tokens: 0 } as Partial<TeachingModel> as TeachingModel };
}

const proposal = (what: string, inputs: Record<string, number>): Proposal => ({
  place: placeOf(what),
  probability: 0.3,
  inputs: new Map(Object.entries(inputs)),
});
const ran = (results: Record<string, { output?: string; error?: string; sources?: readonly Source[] }>): Map<string, Executed> =>
  new Map(Object.entries(results).map(([input, result]) => [input, { ms: 1, cached: false, ...result }]));

const tool = calculator();
const plan = planOf({ tool }, 0);
const published: FilterSettings = { economy: false, related: false, placement: "before" };
const saving: FilterSettings = { economy: true, related: false, placement: "splice" };
const filter = (
  model: TeachingModel,
  proposals: readonly Proposal[],
  executed: Map<string, Executed>,
  settings: FilterSettings,
  of = plan,
) => filterCalls(model, of, passage, { text: "" }, weighed, proposals, executed, settings);

const verdicts = ({ candidates }: Filtered) => candidates.map(({ input, verdict }) => [input, verdict]);

test("each candidate is recorded with its losses, what they weigh, and its verdict", async () => {
  const { model, asked } = listed({ "[Calculator(6*8) → 48]": 1.25, "[Calculator(6*8)]": 0.5, "[Calculator(6+8) → 14]": -1 });
  const executed = ran({ "6*8": { output: "48" }, "6+8": { output: "14" }, "6/": { error: "it does not end" } });
  const filtered = await filter(model, [proposal("48", { "6*8": 2, "6+8": 1, "6/": 1 })], executed, published);
  const { candidates } = filtered;
  assert.equal(verdicts(filtered), [
    ["6*8", "kept"],
    ["6+8", "below"],
    ["6/", "failed"],
  ]);
  const { losses, margin, ...rest } = candidates[0]!;
  assert.equal(rest, {
    passage: "notes.txt#1",
    document: 3,
    part: 1,
    tool: "Calculator",
    position: text.indexOf("48"),
    probability: 0.3,
    input: "6*8",
    samples: 2,
    output: "48",
    tokens: ["4", "8", " dollars", " and", " left"],
    verdict: "kept",
  });
  assert.equal(
    [losses!.none.value, losses!.call!.value, losses!.result.value, margin].map((value) => value!.toFixed(9)),
    ["2.000000000", "1.500000000", "0.750000000", "0.750000000"],
  );
  assert.equal(losses!.none.logprobs, [-2, -2, -2, -2, -2]);
  assert.is(candidates[2]!.error, "it does not end");
  assert.is(filtered.scored, 2);
  assert.equal(
    asked.map(({ requests }) => requests.map(({ marker }) => marker)),
    [
      ["[Calculator(6*8) → 48]", "[Calculator(6*8) → 48]", "[Calculator(6+8) → 14]"],
      ["[Calculator(6*8)]", "[Calculator(6*8)]", "[Calculator(6+8)]"],
    ],
    "as published, each sample is weighed",
  );
});

test("economy weighs each call once, leaves out what no such result can reach, and bare calls that cannot matter", async () => {
  const { model, asked } = listed({ "[Calculator(6*8) → 48]": 1.75, "[Calculator(6*8)]": 0.25, "[Calculator(96/2) → 48]": 0.1 });
  const executed = ran({ "6*8": { output: "48" }, "96/2": { output: "48" }, "6+8": { output: "14" }, "8": { error: "no" } });
  const strict = planOf({ tool, tauF: 1.2 }, 0);
  const filtered = await filter(model, [proposal("48", { "6*8": 3, "96/2": 1, "6+8": 2, "8": 1 })], executed, saving, strict);
  assert.equal(
    asked.map(({ requests }) => requests.map(({ marker }) => marker)),
    [["[Calculator(6*8) → 48]", "[Calculator(96/2) → 48]"], ["[Calculator(6*8)]"]],
  );
  assert.ok(asked.every(({ options }) => options.share && options.placement === "splice" && options.count === 5));
  assert.equal(verdicts(filtered), [
    ["6*8", "kept"],
    ["6+8", "hopeless"],
    ["8", "failed"],
    ["96/2", "below"],
  ]);
  const [, hopeless, , below] = filtered.candidates;
  assert.ok(hopeless!.bound! < 1.2 && hopeless!.losses === undefined);
  assert.is(below!.losses!.call, undefined);
  assert.ok(Math.abs(below!.margin! - 0.1) < 1e-9, "an upper bound of it");
  assert.is(filtered.scored, 2);
  assert.equal(filtered.saved, { hopelessCalls: 1, losses: 1 + 2 * 2 }, "one bare call, and two further samples of the first");
});

test("a call that a neighbour's samples wrote is recorded only where it comes to something", async () => {
  const { model } = listed({ "[Calculator(6*8) → 48]": 1.75 });
  const executed = ran({ "6*8": { output: "48" }, "6+8": { output: "14" }, "8": { error: "no" } });
  const borrowed = proposal("48", { "6*8": 0, "6+8": 0, "8": 0 });
  const filtered = await filter(model, [borrowed], executed, saving, planOf({ tool, tauF: 1.2 }, 0));
  assert.equal(verdicts(filtered), [["6*8", "kept"]]);
  assert.is(filtered.candidates[0]!.samples, 0);
  assert.is(filtered.saved.losses, 0);
});

test("where only related calls are wanted, one whose result is another number is not kept, however much it helps", async () => {
  const gains = { "[Calculator(6*8) → 48]": 1.5, "[Calculator(6+8) → 14]": 1.5, "[Calculator(8-6) → 2]": 0.1 };
  const executed = ran({ "6*8": { output: "48" }, "6+8": { output: "14" }, "8-6": { output: "2" } });
  const proposals = [proposal("48", { "6*8": 1, "6+8": 1, "8-6": 1 })];
  const { model } = listed(gains);
  const weighedAll = await filter(model, proposals, executed, { ...published, related: true });
  assert.equal(verdicts(weighedAll), [
    ["6*8", "kept"],
    ["6+8", "unrelated"],
    ["8-6", "unrelated"],
  ]);
  assert.ok(weighedAll.candidates[1]!.margin! > 1, "its losses are on record");
  const { model: other, asked } = listed(gains);
  const saved = await filter(other, proposals, executed, { ...saving, related: true });
  assert.equal(verdicts(saved), [
    ["6*8", "kept"],
    ["6+8", "unrelated"],
    ["8-6", "unrelated"],
  ]);
  assert.is(asked[0]!.requests.length, 1, "the others are not weighed");
});

test("stored text that stands in the text to come is dropped before it is weighed", async () => {
  const words = "dollars and left";
  const { model, asked } = listed({});
  const { tool: other } = echo();
  const executed = ran({ a: { output: words, sources: [{ id: "notes.txt", title: "Notes" }] }, b: { output: words } });
  const echoes = planOf({ tool: other, tauF: 0 }, 0);
  const filtered = await filter(model, [proposal("dollars", { a: 1, b: 1 })], executed, published, echoes);
  assert.equal(verdicts(filtered), [
    ["a", "looked-ahead"],
    ["b", "kept"],
  ]);
  assert.match(filtered.candidates[0]!.error!, /the document itself/);
  assert.is(filtered.lookedAhead, 1);
  assert.is(asked[0]!.requests.length, 1);
});

test("what is weighed ends with the text, and candidates come in order of position", async () => {
  const { model, asked } = listed({});
  const executed = ran({ "6*8": { output: "48" } });
  const last = placeOf("left");
  const { candidates } = await filter(model, [proposal("left", { "6*8": 1 }), proposal("He", { "6*8": 1 })], executed, published);
  assert.equal(
    candidates.map(({ position }) => position),
    [0, last.position],
  );
  assert.equal(candidates[1]!.tokens, [" left", "."]);
  assert.ok(Math.abs(candidates[1]!.losses!.none.value - 2 * (WEIGHTS[0]! + WEIGHTS[1]!)) < 1e-12);
  assert.equal(
    asked[0]!.requests.map(({ at, from, to }) => [at, from, to]),
    [
      [last.at, last.at, text.length],
      [0, 0, offsets[5]],
    ],
  );
});

test("whatever the gains, economy keeps nothing that published does not keep, and with the same losses", async () => {
  const markers = ["[Calculator(6*8) → 48]", "[Calculator(6*8)]", "[Calculator(50-2) → 48]", "[Calculator(50-2)]"];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }), async (gains) => {
      const { model } = listed(Object.fromEntries(markers.map((marker, i) => [marker, gains[i]!])));
      const executed = ran({ "6*8": { output: "48" }, "50-2": { output: "48" } });
      const proposals = [proposal("48", { "6*8": 2, "50-2": 1 })];
      const kept = async (settings: FilterSettings) =>
        (await filter(model, proposals, executed, settings)).candidates.filter(({ verdict }) => verdict === "kept");
      assert.equal(await kept({ ...saving, placement: "before" }), await kept(published));
    }),
  );
});

test.after(() => tool.close());
test.run();
