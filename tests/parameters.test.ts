import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../errors.js";
import { differingParameters, firstLine, refuseDifferent } from "../parameters.js";

test("every member that differs is told by its path, with both values, whichever of the two has it", () => {
  const before = { seed: 0, lora: { rank: 4, targets: ["q", "v"] }, tools: [{ name: "a", tauF: 1 }], only: "here" };
  const now = { seed: 7, lora: { rank: 4, targets: ["q"] }, tools: [{ name: "a", tauF: 0 }], layers: [0, 30] };
  assert.equal(
    [...differingParameters(before, now)],
    [
      ["seed", "seed: 0, now 7"],
      ["lora.targets", "lora.targets: q v, now q"],
      ["tools.0.tauF", "tools.0.tauF: 1, now 0"],
      ["only", "only: here, now not set"],
      ["layers", "layers: not set, now 0 30"],
    ],
  );
});

test("parameters do not differ from themselves as a journal has them, and an empty list is as if not set", () => {
  const parameters = fc.dictionary(
    fc.string(),
    fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined), tie("list")),
      list: fc.array(tie("value").filter((value) => value !== undefined)),
    })).value,
  );
  fc.assert(fc.property(parameters, (one) => differingParameters(JSON.parse(JSON.stringify(one)), one).size === 0));
  assert.is(differingParameters({ adapters: [] }, {}).size, 0);
});

test("other parameters are refused, those that decide nothing apart", () => {
  const options = { remedy: "write into another file", indifferent: ["version"] };
  refuseDifferent("f", { version: "1", seed: 1 }, { version: "2", seed: 1 }, options);
  try {
    refuseDifferent("f", { version: "1", seed: 1 }, { version: "2", seed: 2 }, options);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ToolwrightError);
    const { code, message, remedy, exitCode } = error as ToolwrightError;
    assert.equal([code, message], ["parameters-differ", "f was begun with other parameters (seed: 1, now 2)."]);
    assert.equal([remedy, exitCode], ["Resume with the same ones, or write into another file.", 2]);
  }
});

test("a first line that is no JSON, or nothing, has nothing in it", () => {
  for (const text of ["", "{", "null", '{"kind":']) assert.equal(firstLine(Buffer.from(text)), {}, text);
  assert.equal(firstLine(Buffer.from('{"kind":"teach"}')), { kind: "teach" });
});

test.run();
