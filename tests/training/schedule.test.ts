import { suite } from "uvu";
import * as assert from "uvu/assert";
import { learningRate, type Schedule, schedules } from "../../training/schedule.js";

const test = suite("schedules");

const ratesOf = (schedule: Schedule) => Array.from({ length: schedule.steps }, (_, i) => Number(learningRate(schedule, i + 1).toFixed(6)));

test("by hand: ten steps, four of them warm-up", () => {
  const common = { peak: 1, warmup: 4, steps: 10 };
  assert.equal(ratesOf({ ...common, name: "constant" }), [0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1]);
  assert.equal(ratesOf({ ...common, name: "linear" }), [0.25, 0.5, 0.75, 1, 1, 0.833333, 0.666667, 0.5, 0.333333, 0.166667]);
  assert.equal(ratesOf({ ...common, name: "cosine" }), [0.25, 0.5, 0.75, 1, 1, 0.933013, 0.75, 0.5, 0.25, 0.066987]);
});

for (const name of schedules) {
  test(`${name}: every step has a rate above nothing and at most the peak, with any warm-up`, () => {
    for (const steps of [1, 2, 7, 100])
      for (const warmup of [0, 1, steps - 1, steps, steps + 5])
        for (const rate of ratesOf({ name, peak: 0.5, warmup, steps }))
          assert.ok(rate > 0 && rate <= 0.5, `${name} ${steps} ${warmup}: ${rate}`);
  });
}

test.run();
