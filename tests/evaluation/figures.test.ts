import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mcnemar } from "../../agent/index.js";
import type { ToolwrightError } from "../../errors.js";
import { bootstrapMean } from "../../evaluation/bootstrap.js";
import { compare } from "../../evaluation/comparison.js";
import { figuresOf } from "../../evaluation/figures.js";
import { reference } from "./reference-figures.js";
import { result } from "./small-results.js";

const test = suite("figures");
const near = (a: number, b: number, within: number) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b} within ${within}`);

test("bootstrap intervals of an accuracy are SciPy's, to a step of the mean", () => {
  for (const { correct, n, interval } of reference.accuracies) {
    const [low, high] = bootstrapMean(Array.from({ length: n }, (_, i) => Number(i < correct)))!;
    near(low, interval[0], 1.001 / n);
    near(high, interval[1], 1.001 / n);
  }
});

test("bootstrap intervals of a paired difference are SciPy's, to a step of the mean", () => {
  for (const { wins, losses, n, interval } of reference.differences) {
    const [low, high] = bootstrapMean(Array.from({ length: n }, (_, i) => (i < wins ? 1 : i < wins + losses ? -1 : 0)))!;
    near(low, interval[0], 1.001 / n);
    near(high, interval[1], 1.001 / n);
  }
});

test("the same values give the same interval; no values none", () => {
  const values = [1, 0, 0, 1, 1, 0, 1];
  assert.equal(bootstrapMean(values), bootstrapMean(values));
  assert.is(bootstrapMean([]), undefined);
  assert.equal(bootstrapMean([1, 1]), [1, 1]);
});

test("McNemar's exact p is statsmodels'", () => {
  for (const { wins, losses, p } of reference.mcnemar) {
    near(mcnemar(wins, losses) / p, 1, 1e-9);
    near(mcnemar(losses, wins) / p, 1, 1e-9);
  }
});

test("figures of a few results, counted by hand", () => {
  const figures = figuresOf(
    [
      result("1", true, {
        calls: [
          { tool: "Calculator", input: "6+1", output: "7", ms: 1 },
          { tool: "Calculator", input: "6+2", output: "17", ms: 1 },
        ],
      }),
      result("2", false, { calls: [{ tool: "Calculator", input: "x", error: "no", ms: 0 }], refused: 1, malformed: 2 }),
      result("3", false, { answer: null, read: null, error: { code: "budget-calls", message: "too many" }, unknown: 1 }),
      result("4", true, { calls: [{ tool: "Calculator", input: "1/0", error: "no", ms: 2 }] }),
    ],
    [
      { configuration: "a", seconds: 2, tokens: 30 },
      { configuration: "a", seconds: 3, tokens: 22 },
    ],
  );
  const { interval, ...rest } = figures;
  assert.equal(rest, {
    n: 4,
    correct: 2,
    accuracy: 0.5,
    errors: 1,
    calls: 4,
    callsPerQuestion: 1,
    asked: 3,
    rightCalls: 1,
    rightlyAsked: 1,
    failed: 1,
    malformed: 2,
    unknown: 1,
    refused: 1,
    tokens: 52,
    seconds: 5,
    tokensPerSecond: 10.4,
  });
  assert.equal(interval, [0, 1]);
  assert.is(figuresOf([], []).accuracy, 0);
});

test("a comparison pairs by id and counts wins, losses and what has no partner", () => {
  const side = (name: string, ...rights: readonly (readonly [string, boolean])[]) => ({
    name,
    results: rights.map(([id, right]) => result(id, right)),
  });
  const a = side("a", ["1", true], ["2", false], ["3", false], ["4", true], ["5", true]);
  const b = side("b", ["4", true], ["3", true], ["2", true], ["1", false], ["6", true]);
  const { interval, ...rest } = compare(a, b);
  assert.equal(rest, {
    a: "a",
    b: "b",
    n: 4,
    unpaired: 2,
    correctA: 2,
    correctB: 3,
    bothRight: 1,
    bothWrong: 0,
    wins: 2,
    losses: 1,
    difference: 0.25,
    p: 1,
  });
  assert.ok(interval[0] <= 0.25 && interval[1] >= 0.25);
  const refusal = (other: typeof a, says: RegExp) =>
    assert.throws(
      () => compare(a, other),
      (error: ToolwrightError) => error.code === "results-do-not-pair" && says.test(error.message),
    );
  refusal(side("c", ["7", true]), /no question in common/);
  refusal({ name: "d", results: [result("1", true, { question: "Another?" })] }, /"1" is another question in each/);
});

test.run();
