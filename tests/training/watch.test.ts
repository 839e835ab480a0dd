import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Watched, watch } from "../../training/watch.js";

const test = suite("watching the loss");

/** The step that is found to be one too many; undefined for none. */
function givenUp(losses: readonly number[]): number | undefined {
  let state: Watched = {};
  for (const [i, loss] of losses.entries()) {
    const { trouble, ...next } = watch(state, i + 1, loss);
    if (trouble !== undefined) return i + 1;
    state = next;
  }
  return undefined;
}

const repeated = (losses: readonly number[], times: number) => Array.from({ length: times }, () => losses).flat();

test("packs of lessons first, of plain text among them later: no rise", () => {
  assert.is(givenUp([0.14, 0.2, 0.15, 0.12, 0.18, ...repeated([0.2, 2.5, 0.6, 1.4, 0.3, 0.9], 20)]), undefined);
});

test("a loss that goes up and stays there, and one that is no number", () => {
  const risen = givenUp([...repeated([0.4], 40), ...repeated([3], 40)]);
  assert.ok(risen !== undefined && risen > 41 && risen < 60, String(risen));
  assert.is(givenUp([0.4, Number.NaN]), 2);
});

test.run();
