import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { argmax, logOdds, logprob, logSumExp, rank } from "../../engine/index.js";

const row = fc
  .array(fc.float({ min: -60, max: 60, noNaN: true }), { minLength: 1, maxLength: 300 })
  .map((values) => Float32Array.from(values));

test("log odds of a few tokens are those of their probabilities together", () => {
  const logits = Float32Array.from([1, 3, -2, 0.5, 2]);
  const p = Math.exp(logprob(logits, 1)) + Math.exp(logprob(logits, 4));
  assert.ok(Math.abs(logOdds(logits, [1, 4]) - Math.log(p / (1 - p))) < 1e-6);
  assert.ok(Math.abs(logOdds(Float32Array.from([60, 0, 0]), [0]) - (60 - Math.log(2))) < 1e-4, "also where 1 - p is next to nothing");
  assert.is(logits[1], 3, "the logits stay as they are");
});

test("logSumExp agrees with the plain sum", () => {
  fc.assert(
    fc.property(row, (logits) => {
      const max = Math.max(...logits);
      const plain = max + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - max), 0));
      assert.ok(Math.abs(logSumExp(logits) - plain) < 1e-6, `${logSumExp(logits)} is not ${plain}`);
    }),
  );
});

test("probabilities sum to one, over a vocabulary's worth of logits", () => {
  const logits = Float32Array.from({ length: 49_152 }, (_, i) => 8 * Math.sin(i * 1.7) + (i === 77 ? 14 : 0));
  let sum = 0;
  for (let token = 0; token < logits.length; token++) if (token % 64 === 13) sum += Math.exp(logprob(logits, token));
  const plain = logits.reduce((total, value) => total + Math.exp(value), 0);
  const expected = logits.reduce((total, value, i) => total + (i % 64 === 13 ? Math.exp(value) / plain : 0), 0);
  assert.ok(Math.abs(sum - expected) < 1e-9);
});

test("logits far below the largest count as nothing and do not disturb", () => {
  assert.is(logSumExp(Float32Array.from([0, -1e30, Number.NEGATIVE_INFINITY])), 0);
  assert.is(logSumExp(Float32Array.from([Number.NEGATIVE_INFINITY])), Number.NEGATIVE_INFINITY);
});

test("argmax takes the first of equals, and rank counts what is likelier", () => {
  fc.assert(
    fc.property(row, (logits) => {
      const best = argmax(logits);
      assert.is(best, logits.indexOf(Math.max(...logits)));
      assert.is(rank(logits, best), 0);
      const sorted = [...logits].sort((a, b) => b - a);
      for (let token = 0; token < logits.length; token++) assert.is(rank(logits, token), sorted.indexOf(logits[token]!));
    }),
  );
});

test.run();
