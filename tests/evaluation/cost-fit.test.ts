import { test } from "uvu";
import * as assert from "uvu/assert";
import { fitCostWeight, type WeighedResult } from "../../evaluation/index.js";
import { result as resultOf } from "./small-results.js";

const tools = [
  { name: "Cheap", cost: { tokens: 50 } },
  { name: "Dear", cost: { tokens: 500 } },
];

const weighed = (needless: boolean, correct: boolean, ...calls: readonly (readonly [tool: string, margin?: number])[]): WeighedResult => ({
  needless,
  result: {
    ...resultOf("1", correct),
    calls: calls.map(([tool, margin]) => ({ tool, input: "x", output: "y", ms: 1, ...(margin === undefined ? {} : { margin }) })),
  },
});

const due = (margin: number) => weighed(false, true, ["Cheap", margin]);

test("the weight spares needless calls up to where answers would be lost", () => {
  const results = [
    ...Array.from({ length: 60 }, () => due(5)),
    due(0.9),
    due(2),
    ...[0.5, 1, 1.5, 3].map((margin) => weighed(true, true, ["Cheap", margin])),
  ];
  // At 2 two of 62 answers would be lost, which is too many; at 1.5 one.
  assert.equal(fitCostWeight(results, tools), { costWeight: 1.5, spared: 0.75, lost: 1 / 62 });
});

test("of a few dozen right answers one may be lost, of fewer none", () => {
  const results = (count: number) => [...Array.from({ length: count - 1 }, () => due(5)), due(0.9), weighed(true, true, ["Cheap", 1])];
  assert.equal(fitCostWeight(results(25), tools), { costWeight: 1, spared: 1, lost: 1 / 25 });
  assert.is(fitCostWeight(results(24), tools).costWeight, 0);
});

test("what a call costs counts: a margin is a rate a second", () => {
  const results = [due(3), weighed(true, true, ["Dear", 20])];
  assert.is(fitCostWeight(results, tools).costWeight, 2);
});

test("an answer is lost with the first of its calls that is not made, a wrong answer not at all", () => {
  const results = [
    weighed(false, true, ["Cheap", 9], ["Cheap", 1]),
    weighed(false, false, ["Cheap", 0.1]),
    weighed(true, true, ["Cheap", 0.9], ["Cheap", 1.1]),
  ];
  assert.equal(fitCostWeight(results, tools), { costWeight: 0.9, spared: 0.5, lost: 0 });
});

test("calls that are less likely than not go with any weight", () => {
  const results = [due(0.4), ...Array.from({ length: 3 }, () => weighed(true, true, ["Cheap", -1])), weighed(true, true, ["Cheap", 2])];
  assert.equal(fitCostWeight(results, tools), { costWeight: 0.01, spared: 0.75, lost: 0 });
});

test("without needless calls, or with none that can be told apart, calls stay free", () => {
  assert.equal(fitCostWeight([due(1)], tools), { costWeight: 0, spared: 0, lost: 0 });
  assert.equal(fitCostWeight([due(1), weighed(true, true, ["Cheap", 2])], tools), { costWeight: 0, spared: 0, lost: 0 });
  assert.is(fitCostWeight([due(1), weighed(true, true, ["Cheap"])], tools).costWeight, 0);
  assert.is(fitCostWeight([], tools).costWeight, 0);
});

test.run();
