import { test } from "uvu";
import * as assert from "uvu/assert";
import { scriptedModel } from "../../models/index.js";
import { planOf } from "../../teaching/settings.js";
import { calculator, questionAnswering, translation } from "../../tools/index.js";

test("calculator and translation are looked for everywhere and kept sooner, as in the paper", async () => {
  const tools = [calculator(), translation({ model: scriptedModel([]) }), questionAnswering()];
  const plans = tools
    .map((tool) => planOf({ tool }, 0))
    .map(({ name, tauS, tauF, topK, samples }) => ({ name, tauS, tauF, topK, samples }));
  assert.equal(plans, [
    { name: "Calculator", tauS: 0, tauF: 0.5, topK: 20, samples: 10 },
    { name: "MT", tauS: 0, tauF: 0.5, topK: 20, samples: 10 },
    { name: "QA", tauS: 0.05, tauF: 1, topK: 5, samples: 5 },
  ]);
  await Promise.all(tools.map((tool) => tool.close()));
});

test.run();
