import { readFileSync } from "node:fs";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clipGradients, createOptimiser, type OptimiserName } from "../../training/optimiser.js";

const test = suite("optimisers");

const trained = (values: readonly number[], gradient: readonly number[] = values.map(() => 0)) => ({
  values: Float32Array.from(values),
  gradient: Float32Array.from(gradient),
});

function near(actual: ArrayLike<number>, expected: readonly number[], within = 1e-6): void {
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(actual[i]! - value) <= within * Math.max(1, Math.abs(value)), `${i}: ${actual[i]}, wanted ${value}`);
}

test("AdamW by hand: two steps with decay", () => {
  const tensor = trained([1, -2]);
  const optimiser = createOptimiser("adamw", [tensor], { weightDecay: 0.1 });
  tensor.gradient.set([0.5, -1]);
  optimiser.step(1, 0.01);
  // The first step of Adam is the sign of the gradient: 1·(1 − 0.001) − 0.01, and −2·0.999 + 0.01.
  near(tensor.values, [0.989, -1.988]);
  near(optimiser.moments[0]![0]!, [0.05, -0.1]);
  near(optimiser.moments[1]![0]!, [0.00025, 0.001]);
  tensor.gradient.set([-0.5, -1]);
  optimiser.step(2, 0.01);
  // m = 0.9·0.05 − 0.1·0.5 = −0.005, m̂ = m/0.19; v = 0.00049975, v̂ = v/0.001999 = 0.25, √v̂ = 0.5.
  near(tensor.values, [0.989 * 0.999 + (0.01 * (0.005 / 0.19)) / 0.5, -1.988 * 0.999 + 0.01]);
});

test("Lion by hand: two steps with decay", () => {
  const tensor = trained([1, -2, 3]);
  const optimiser = createOptimiser("lion", [tensor], { weightDecay: 0.1 });
  tensor.gradient.set([0.5, -1, 0]);
  optimiser.step(1, 0.01);
  near(tensor.values, [0.989, -1.988, 2.997]); // Where there is no gradient only decay is left.
  near(optimiser.moments[0]![0]!, [0.005, -0.01, 0]);
  // 0.9·0.005 − 0.1·0.04 = 0.0005 is above nothing, though the gradient is below: the direction is of the mean of both.
  tensor.gradient.set([-0.04, 1, 0]);
  optimiser.step(2, 0.01);
  near(tensor.values, [0.989 * 0.999 - 0.01, -1.988 * 0.999 - 0.01, 2.997 * 0.999]);
  near(optimiser.moments[0]![0]!, [0.99 * 0.005 - 0.01 * 0.04, 0.99 * -0.01 + 0.01, 0]);
});

interface Reference {
  readonly runs: readonly {
    readonly optimiser: OptimiserName;
    readonly learningRate: number;
    readonly weightDecay: number;
    readonly before: readonly number[];
    readonly gradients: readonly (readonly number[])[];
    readonly after: readonly (readonly number[])[];
  }[];
}

// Made by bench/peers/optimiser_steps.py.
const reference = JSON.parse(readFileSync(new URL("../../../tests/fixtures/optimiser-steps.json", import.meta.url), "utf8")) as Reference;

for (const { optimiser, learningRate, weightDecay, before, gradients, after } of reference.runs) {
  test(`${optimiser} with a decay of ${weightDecay} takes torch's steps`, () => {
    const tensor = trained(before);
    const ours = createOptimiser(optimiser, [tensor], { weightDecay });
    gradients.forEach((gradient, i) => {
      tensor.gradient.set(gradient);
      ours.step(i + 1, learningRate);
      near(tensor.values, after[i]!, 2e-6);
    });
  });
}

test("state that is copied to another optimiser goes on alike", () => {
  for (const name of ["adamw", "lion"] as const) {
    const [one, other] = [trained([1, 2, 3]), trained([1, 2, 3])];
    const [a, b] = [one, other].map((tensor) => createOptimiser(name, [tensor], { weightDecay: 0.01 }));
    one.gradient.set([1, -2, 0.5]);
    a!.step(1, 0.1);
    other.values.set(one.values);
    a!.moments.forEach((moment, kind) => void b!.moments[kind]![0]!.set(moment[0]!));
    for (const tensor of [one, other]) tensor.gradient.set([0.1, 0.1, -3]);
    a!.step(2, 0.1);
    b!.step(2, 0.1);
    assert.equal([...one.values], [...other.values]);
  }
});

test("clipping: a norm above the bound becomes the bound, the direction stays, a norm below it is left alone", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      fc.double({ min: 0.01, max: 200, noNaN: true }),
      (gradients, bound) => {
        const tensors = gradients.map((gradient) => trained(gradient, gradient));
        const all = gradients.flat();
        const norm = Math.hypot(...all);
        const had = clipGradients(tensors, bound);
        assert.ok(Math.abs(had - norm) <= 1e-6 * norm);
        const now = tensors.flatMap(({ gradient }) => [...gradient]);
        const scale = norm > bound ? bound / norm : 1;
        near(
          now,
          all.map((value) => value * scale),
          1e-5,
        );
      },
    ),
  );
});

test.run();
