import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { verbAndNoun, verbsAndNouns } from "../../teaching/instruct/diversity.js";
import { readSeeds } from "../../teaching/instruct/index.js";

const test = suite("Self-Instruct: seeds and their verbs");

const inFolder = (work: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-instruct-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function errorOf(work: Promise<unknown>): Promise<ToolwrightError> {
  return work.then(
    () => assert.unreachable("it should fail") as never,
    (error: ToolwrightError) => error,
  );
}

test("the paper's seeds are 175, of which 26 are classifications", async () => {
  const { tasks } = await readSeeds();
  assert.equal([tasks.length, tasks.filter(({ isClassification }) => isClassification).length], [175, 26]);
  const { verbs, found, of } = verbsAndNouns(tasks.map(({ instruction }) => instruction));
  assert.equal([found, of, verbs[0]!.verb], [108, 175, "write"]);
  assert.is(
    verbs.reduce((sum, { count }) => sum + count, 0),
    found,
  );
});

for (const [instruction, pair] of [
  ["Write a short story about a fox.", "write story"],
  ["Brainstorm a list of names.", "brainstorm list"],
  ["Given a set of numbers, find all possible subsets.", "find subset"],
  ["Give me a cooking recipe for lentils.", "give recipe"],
  ["Suggest some games for a group.", "suggest game"],
  ["Reply to the email politely.", undefined],
  ["What is the capital of Peru?", undefined],
  ["", undefined],
] as const) {
  test(`the verb and the noun of “${instruction}”: ${pair ?? "none"}`, () => {
    const found = verbAndNoun(instruction);
    assert.is(found && `${found.verb} ${found.noun}`, pair);
  });
}

for (const [what, text, says] of [
  ["no JSON", "Hello", /line 2: .*JSON/],
  ["no instruction", '{"instances": []}', /line 2: /],
  ["an id that was there", '{"id": "a", "instruction": "Name a river.", "output": "Ob"}', /line 2: the id a /],
] as const) {
  test(
    `seeds with ${what} are refused, named by line`,
    inFolder(async (folder) => {
      const file = join(folder, "seeds.jsonl");
      await writeFile(file, `{"id": "a", "instruction": "Name a lake.", "input": "", "output": "Baikal"}\n${text}\n`);
      const { message, exitCode } = await errorOf(readSeeds(file));
      assert.match(message, says);
      assert.is(exitCode, 2);
    }),
  );
}

test(
  "seeds of one's own are enough, however few, and none are not",
  inFolder(async (folder) => {
    const file = join(folder, "seeds.jsonl");
    await writeFile(file, '{"instruction": "Add the numbers.", "input": "1, 2", "output": "3"}\n');
    const own = await readSeeds(file);
    assert.equal(own.tasks, [
      { id: "line-1", instruction: "Add the numbers.", instances: [{ input: "1, 2", output: "3" }], isClassification: false },
    ]);
    await writeFile(file, "\n");
    assert.is((await errorOf(readSeeds(file))).code, "no-seeds");
    assert.is((await errorOf(readSeeds(join(folder, "none")))).code, "file-unreadable");
  }),
);

test.run();
