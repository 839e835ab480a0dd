import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { draw, random } from "../../engine/index.js";

const everything = () => true;
const seeds = (count: number, from = 0) => Array.from({ length: count }, (_, seed) => random(from + seed));

/** Exact probabilities of the tokens that are allowed. */
function softmax(row: Float32Array, allows: (token: number) => boolean): number[] {
  const weights = Array.from(row, (logit, token) => (allows(token) ? Math.exp(logit) : 0));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Σ (seen − expected)² / expected, over tokens that are expected five times at least; the others count as one. */
function chiSquare(drawn: readonly number[], probabilities: readonly number[]): { value: number; degrees: number } {
  const cells = new Map<number, { seen: number; expected: number }>();
  const cellOf = (token: number) => (probabilities[token]! * drawn.length >= 5 ? token : -1);
  probabilities.forEach((probability, token) => {
    const cell = cells.get(cellOf(token)) ?? { seen: 0, expected: 0 };
    cells.set(cellOf(token), { ...cell, expected: cell.expected + probability * drawn.length });
  });
  for (const token of drawn) cells.get(cellOf(token))!.seen++;
  const terms = Array.from(cells.values(), ({ seen, expected }) => (expected === 0 ? 0 : (seen - expected) ** 2 / expected));
  return { value: terms.reduce((sum, term) => sum + term, 0), degrees: cells.size - 1 };
}

test("tokens are drawn as often as the softmax of the row says, and as that of what is allowed", () => {
  const row = Float32Array.from({ length: 500 }, (_, token) => 3 * Math.sin(token * 2.3) + (token === 41 ? 4 : 0));
  for (const allows of [everything, (token: number) => token % 7 === 3, (token: number) => token !== 41]) {
    const drawn = draw(row, seeds(20_000), allows);
    assert.ok(drawn.every(allows), "only what is allowed");
    const { value, degrees } = chiSquare(drawn, softmax(row, allows));
    // Four standard deviations of the distribution that it has when the draws are right.
    assert.ok(Math.abs(value - degrees) < 4 * Math.sqrt(2 * degrees), `χ² is ${value} with ${degrees} degrees of freedom`);
  }
});

test("one stream's draws in a row are distributed in the same way", () => {
  const row = Float32Array.from({ length: 60 }, (_, token) => 2 * Math.cos(token));
  const stream = random(12);
  const { value, degrees } = chiSquare(
    Array.from({ length: 20_000 }, () => draw(row, [stream], everything)[0]!),
    softmax(row, everything),
  );
  assert.ok(Math.abs(value - degrees) < 4 * Math.sqrt(2 * degrees), `χ² is ${value} with ${degrees} degrees of freedom`);
});

test("what a stream gives does not depend on the streams beside it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 80 }),
      fc.uniqueArray(fc.nat(2 ** 31), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (logits, chosen, step) => {
        const row = Float32Array.from(logits);
        const allows = (token: number) => token % step === 0;
        const streams = chosen.map(random);
        const together = [draw(row, streams, allows), draw(row, streams, allows)];
        chosen.forEach((seed, index) => {
          const alone = random(seed);
          for (const tokens of together) assert.is(tokens[index], draw(row, [alone], allows)[0]);
        });
      },
    ),
  );
});

test("whether a token is allowed is asked once a row, whoever draws it", () => {
  const row = new Float32Array(20);
  const asked: number[] = [];
  draw(row, seeds(200), (token) => asked.push(token) > 0 && token === 5);
  assert.equal(asked.length, new Set(asked).size);
});

test("where nothing that is allowed has any probability, no token is drawn", () => {
  const row = Float32Array.from({ length: 50 }, (_, token) => (token === 7 ? Number.NEGATIVE_INFINITY : 0));
  assert.equal(
    draw(row, seeds(3), () => false),
    [-1, -1, -1],
  );
  assert.equal(
    draw(row, seeds(3), (token) => token === 7),
    [-1, -1, -1],
  );
  // One in ten thousand is found yet: the model would write it rather than anything else that is allowed.
  const rare = Float32Array.from({ length: 50 }, (_, token) => (token === 7 ? -5.3 : 0));
  assert.equal(
    draw(rare, seeds(3), (token) => token === 7),
    [7, 7, 7],
  );
});

test("a row of one token, a row shorter than the last, and logits far apart are drawn from like any other", () => {
  assert.equal(draw(Float32Array.from([-400]), seeds(4), everything), [0, 0, 0, 0]);
  draw(new Float32Array(1000), seeds(1), everything);
  assert.ok(draw(new Float32Array(3), seeds(100), everything).every((token) => token < 3));
  assert.equal(new Set(draw(Float32Array.from([-1e30, 0, Number.NEGATIVE_INFINITY]), seeds(100), everything)), new Set([1]));
});

test("numbers are the same for the same seed, evenly spread, and others for the neighbouring seed", () => {
  const numbers = (seed: number, count: number) => {
    const next = random(seed);
    return Array.from({ length: count }, next);
  };
  assert.equal(numbers(7, 5), numbers(7, 5));
  assert.equal(numbers(2 ** 32 + 7, 5), numbers(7, 5), "seeds are 32 bits wide");
  for (const of of [numbers(0, 10_000), Array.from({ length: 10_000 }, (_, seed) => numbers(seed, 1)[0]!)]) {
    assert.ok(of.every((value) => value >= 0 && value < 1));
    const tenths = new Array(10).fill(0);
    for (const value of of) tenths[Math.floor(value * 10)]++;
    assert.ok(
      tenths.every((count) => Math.abs(count - 1000) < 4 * Math.sqrt(900)),
      String(tenths),
    );
  }
  // Neighbours have nothing to do with each other: their numbers agree no more than chance has it.
  const [a, b] = [numbers(3, 10_000), numbers(4, 10_000)];
  const correlation = a.reduce((sum, value, i) => sum + (value - 0.5) * (b[i]! - 0.5), 0) / (10_000 / 12);
  assert.ok(Math.abs(correlation) < 0.04, `correlation ${correlation}`);
});

test.run();
