import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/ask-documents.js";

test("a folder answers with a sentence of its own, and says when it does not", async () => {
  const folder = fileURLToPath(new URL("../../../tests/fixtures/qa", import.meta.url));
  assert.equal(await main(folder, ["Who runs the canteen?", "Who owns the canteen?"]), [
    "Who runs the canteen? Paola. (observatory.md#2: The canteen is run by Paola, whose lentil stew is famous among the night staff.)",
    "Who owns the canteen? Nobody says.",
  ]);
});

test.run();
