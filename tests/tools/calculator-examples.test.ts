import { test } from "uvu";
import * as assert from "uvu/assert";
import { calculator } from "../../tools/calculator/index.js";

const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };
const CALL = /\[Calculator\((.*?)\) → ([^\]]*)\] \$?(?=(.*))/g;

for (const rounding of ["natural", "published"] as const) {
  test(`every call in the ${rounding} examples gives the result that stands there, and the text repeats it`, async () => {
    const tool = calculator({ rounding, timeout: 5000 });
    assert.ok(tool.examples.length > 30);
    for (const { text } of tool.examples) {
      const calls = [...text.matchAll(CALL)];
      assert.ok(calls.length > 0, text);
      for (const [, expression, result, after] of calls) {
        assert.is((await tool.run({ expression: expression! }, context)).text, result, text);
        assert.ok(after!.startsWith(result!), text);
      }
    }
    await tool.close();
  });
}

test("the examples are all different, and most are questions", () => {
  const { examples } = calculator();
  assert.is(new Set(examples.map(({ question, text }) => question ?? text)).size, examples.length);
  assert.ok(examples.filter(({ question }) => question !== undefined).length > 0.8 * examples.length);
});

test("no example gives away a question that is asked everywhere", () => {
  const text = JSON.stringify(calculator().examples);
  for (const known of ["37*48", "15% of 1,234", "400/1400", "5 km to miles", "72 F"]) assert.not.match(text, known);
});

test.run();
