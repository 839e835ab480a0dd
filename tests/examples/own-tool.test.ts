import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/own-tool.js";
import { scriptedModel } from "../../models/index.js";

let folder: string;
let file: string;
test.before.each(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "toolwright-notes-"));
  file = path.join(folder, "notes.txt");
});
test.after.each(() => rm(folder, { recursive: true }));

const question = "Remember that the bins go out on Tuesday.";

test("a note is written when the user allows it, and found again", async () => {
  const model = scriptedModel([["[Remember(The bins go out on Tuesday.)]", " [Notes(bins)]", " Done."]]);
  const asked: string[] = [];
  const approve = ({ tool, input }: { tool: string; input: string }) => asked.push(`${tool}(${input})`) > 0;
  const { answer, calls } = await main({ model, file, question, approve });
  assert.is(answer, "Done.");
  assert.equal(asked, ["Remember(The bins go out on Tuesday.)"]);
  assert.equal(
    calls.map(({ output }) => output),
    ["noted", "The bins go out on Tuesday."],
  );
  assert.is(await readFile(file, "utf8"), "The bins go out on Tuesday.\n");
});

test("nothing is written when the user does not", async () => {
  const model = scriptedModel([["[Remember(The bins go out on Tuesday.)]", " [Notes(bins)]", " I could not."]]);
  const { calls } = await main({ model, file, question, approve: () => false });
  assert.is(calls[0]?.error, "not approved by the user");
  assert.is(calls[1]?.output, "nothing about bins");
});

test.run();
