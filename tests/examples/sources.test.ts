import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/sources.js";
import { scriptedModel } from "../../models/index.js";

test("an answer comes with the sentence that it stands in, and one that no document says does not come", async () => {
  const folder = fileURLToPath(new URL("../../../tests/fixtures/qa", import.meta.url));
  assert.equal(
    (
      await main(
        scriptedModel(() => ["Paola"]),
        folder,
        "Who runs the canteen?",
      )
    ).split("\n"),
    ["Paola", '[1] The observatory on Mount Sallow: "The canteen is run by Paola, whose lentil stew is famous among the night staff."'],
  );
  assert.is(
    await main(
      scriptedModel(() => ["Ermengarde"]),
      folder,
      "Who runs the canteen?",
    ),
    "not found",
  );
});

test.run();
