import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/measure.js";
import { scriptedModel } from "../../models/index.js";

test("wordings are counted by rule, and calls that are taken back by weight", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-measure-"));
  try {
    const file = join(folder, "tasks.jsonl");
    const tasks = [
      { question: "How many cups are 3 and 4 cups?", answer: 7 },
      { question: "Which of these is red: a tomato or a pea?", answer: "a tomato", needless: true },
    ];
    await writeFile(file, tasks.map((task) => `${JSON.stringify(task)}\n`).join(""));
    // Calls in every answer, more surely where there is something to add.
    const model = scriptedModel(
      (messages, written) => {
        if (written.includes("→")) return [" 7."];
        if (written !== "") return [];
        const asks = messages.at(-1)!.content;
        return [{ watched: "[", margin: /tomato/i.test(asks) ? -1 : 2, otherwise: "A tomato." }, "Calculator(", "3 + 4)"];
      },
      { ranks: true },
    );
    const lines = await main(model, file);
    assert.match(lines[0]!, /^Right in every wording: \d of 2 questions\.$/);
    assert.ok(lines.includes("  given: 1 of 2 right"), lines.join("\n"));
    assert.equal(lines.slice(-3), [
      "Weight 0: a call in 1 of 1 needless questions, 1 of 1 others right.",
      "Weight 0.01: a call in 0 of 1 needless questions, 1 of 1 others right.",
      "Weight 3: a call in 0 of 1 needless questions, 1 of 1 others right.",
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
