import { test } from "uvu";
import * as assert from "uvu/assert";
import { calendar } from "../../tools/calendar/index.js";

const CALL = /\[Calendar\((.*?)\) → (.*?)\] /g;
const NEVER = "2001-02-03"; // a clock that the examples without one must not depend on

test("every demonstration shows what its calls give, and says it again right after", async () => {
  const tool = calendar();
  for (const { text, now = NEVER } of tool.examples) {
    const calls = [...text.matchAll(CALL)];
    assert.is(calls.length, 1, text);
    for (const call of calls) {
      const context = { signal: new AbortController().signal, now: new Date(now), timeZone: "UTC" };
      const { text: result } = await tool.run({ question: call[1]! }, context);
      assert.is(call[2], result, text);
      assert.ok(text.slice(call.index + call[0].length).startsWith(result), text);
    }
  }
});

test("no two demonstrations ask the same, and most are questions", () => {
  const { examples } = calendar();
  const questions = examples.flatMap(({ question }) => question ?? []);
  assert.is(new Set(questions).size, questions.length);
  assert.ok(questions.length >= 0.8 * examples.length);
});

test.run();
