import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/teach-own-tool.js";
import { localModel } from "../../models/index.js";

test("calls are kept where the numeral is hard to guess, with its right result, and the texts are as they were", async () => {
  await using model = await localModel({ adapters: [], repeatable: true });
  const lessons = await main({ model });
  assert.is(lessons.length, 3);
  const calls = lessons.flatMap((lesson) => lesson.calls);
  assert.ok(calls.length >= 2, `${calls.length} calls`);
  for (const { text, marked, calls } of lessons) {
    assert.is(marked.replaceAll(/ \[Roman\(.*?\]/g, ""), text);
    for (const { input, output, position, margin } of calls) {
      assert.ok(text.startsWith(output, position), `Roman(${input}) → ${output} before ${text.slice(position)}`);
      assert.ok(text.includes(input) && margin >= 1);
    }
  }
});

test.run();
