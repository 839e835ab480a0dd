import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ConfigurationResults, costCurves, type Result } from "../../evaluation/index.js";
import { configuration, result } from "./small-results.js";

const call = { tool: "Calculator", input: "6+1", output: "7", ms: 1 };

/** @param needless of each needless question, whether it was called in; @param due of each other, whether it was called in and right */
function at(costWeight: number | "fit" | undefined, needless: readonly boolean[], due: readonly boolean[]): ConfigurationResults {
  const name = `weight ${costWeight ?? 0}`;
  const of = (id: string, called: boolean, more: Partial<Result>) => {
    const spared = costWeight === undefined || called ? {} : { spared: 1 };
    return result(id, called || more.needless === true, { configuration: name, calls: called ? [call, call] : [], ...spared, ...more });
  };
  return {
    configuration: configuration(name, costWeight === undefined ? {} : { costWeight }),
    results: [...needless.map((called, i) => of(`n${i}`, called, { needless: true })), ...due.map((called, i) => of(`d${i}`, called, {}))],
    sittings: [],
  };
}

const free = at(undefined, [true, true, true, false], [true, true, true, true, false]);

test("needless calls that go and answers that are lost, by weight, are shares of those without a weight", () => {
  const some = at(2, [true, false, false, false], [true, true, true, true, true]);
  const many = at(8, [false, false, false, false], [false, true, false, false, false]);
  const [points, ...others] = costCurves([many, free, some]);
  assert.is(others.length, 0);
  assert.equal(
    points!.map(({ weight, needlessCalls, dueCalled, right, gone, lost, lostShare }) => [
      weight,
      needlessCalls,
      dueCalled,
      right,
      gone,
      lost,
      lostShare,
    ]),
    [
      [0, 6, 4, 4, 0, 0, 0],
      [2, 2, 5, 5, 1 - 1 / 3, 0, 0],
      [8, 0, 1, 1, 1, 3, 3 / 8], // Of eight that were right: four needless ones, four others.
    ],
  );
  assert.equal([points![0]!.needless, points![0]!.due, points![0]!.needlessRight, points![1]!.needlessCalled], [4, 5, 4, 1]);
});

test("an answer that became wrong without a call taken back was not lost by the weight", () => {
  const one = at(1, [true], [false]);
  const results = one.results.map(({ spared: _, ...rest }) => rest);
  const [points] = costCurves([at(undefined, [true], [true]), { ...one, results }]);
  assert.equal([points![1]!.right, points![1]!.lost], [0, 0]);
});

test("configurations that differ in more than the weight have curves of their own, one alone has none", () => {
  const other = (one: ConfigurationResults) => ({ ...one, configuration: { ...one.configuration, strategy: "direct" } });
  const curves = costCurves([free, at("fit", [true], [true]), other(free), other(at(1, [false], [true]))]);
  assert.equal(
    curves.map((points) => points.map(({ weight }) => weight)),
    [
      [0, "fit"],
      [0, 1],
    ],
  );
  assert.equal(costCurves([free, other(at(1, [false], [true]))]), []);
});

test("where no question is marked, or each is, there is nothing to weigh", () => {
  assert.equal(costCurves([at(undefined, [], [true]), at(1, [], [true])]), []);
  assert.equal(costCurves([at(undefined, [true], []), at(1, [false], [])]), []);
});

test("without needless calls and right answers nothing is gone or lost", () => {
  const [points] = costCurves([at(undefined, [false], [false]), at(1, [false], [false])]);
  assert.equal(
    points!.map(({ gone, lost, lostShare }) => [gone, lost, lostShare]),
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
});

test.run();
