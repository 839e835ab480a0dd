import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Task } from "../../evaluation/record.js";
import { clockOf, readTasks, surveyTasks } from "../../evaluation/tasks.js";
import { inFolder } from "../teaching/small-teaching.js";
import { thrownBy } from "./small-results.js";

const test = suite("tasks");

async function read(folder: string, content: string | Buffer, options: { readonly limit?: number } = {}): Promise<Task[]> {
  const file = join(folder, "tasks.jsonl");
  await writeFile(file, content);
  const tasks: Task[] = [];
  for await (const task of readTasks(file, options)) tasks.push(task);
  return tasks;
}

test(
  "answers are texts, numbers, lists, and worked solutions",
  inFolder(async (folder) => {
    const tasks = await read(
      folder,
      [
        '\ufeff{"question":"a?","answer":5}',
        "",
        '{"question":"b?","answer":["x"," y ",2.5],"id":"own","now":"2024-12-24","needless":false}',
        '{"question":"c?","answer":"6+1 = 7.\\n#### 1,007 ","needless":true}',
        '{"question":"d?","solution":"First 3, then 3+4 = 7.\\n#### -8"}',
        '{"question":"e?","solution":"First 3, then 3+4 = 7."}',
      ].join("\r\n"),
    );
    assert.equal(tasks, [
      { id: "1", question: "a?", accepted: ["5"] },
      { id: "own", question: "b?", accepted: ["x", "y", "2.5"], now: "2024-12-24" },
      { id: "4", question: "c?", accepted: ["1,007"], needless: true },
      { id: "5", question: "d?", accepted: ["-8"] },
      { id: "6", question: "e?", accepted: ["7"] },
    ]);
  }),
);

test(
  "gzip is told by its bytes; a limit ends the reading",
  inFolder(async (folder) => {
    const lines = Array.from({ length: 2000 }, (_, i) => `${JSON.stringify({ question: `${i}?`, answer: i })}\n`).join("");
    const packed = await read(folder, gzipSync(lines));
    assert.equal(packed, await read(folder, lines));
    assert.is(packed.length, 2000);
    // What is wrong after the limit is not looked at.
    assert.is((await read(folder, `${lines}no JSON`, { limit: 3 })).length, 3);
    const one = await surveyTasks(packed);
    assert.is(one.count, 2000);
    assert.is.not((await surveyTasks(packed.map((task, i) => (i === 1999 ? { ...task, accepted: ["1"] } : task)))).digest, one.digest);
  }),
);

for (const [what, content, says] of [
  ["an empty file", "", /^no-tasks: .*tasks\.jsonl has no tasks\./],
  ["a file of blank lines", "\n \n", /^no-tasks: .*tasks\.jsonl has no tasks\./],
  ["no JSON", '{"question":"a?","answer":1}\nnot', /^bad-line: .*tasks\.jsonl, line 2: not JSON: /],
  ["a list", "[]", /^bad-line: .*line 1: not a JSON object/],
  ["no question", '{"answer":1}', /^bad-line: .*line 1: it has no question/],
  ["a blank question", '{"question":" ","answer":1}', /it has no question/],
  ["no answer", '{"question":"a?"}', /it has no answer/],
  ["no answer in the list", '{"question":"a?","answer":[]}', /it has no answer/],
  ["an answer of another kind", '{"question":"a?","answer":{"is":1}}', /neither a text, a number nor a list/],
  ["an empty answer", '{"question":"a?","answer":["1",""]}', /neither a text, a number nor a list/],
  ["a solution without a number", '{"question":"a?","solution":"none"}', /it has no answer/],
  ["a date that is none", '{"question":"a?","answer":1,"now":"tomorrow"}', /its now "tomorrow" is no ISO date/],
  ["needless that is neither", '{"question":"a?","answer":1,"needless":"no"}', /its needless is neither true nor false/],
  [
    "the same id twice",
    '{"question":"a?","answer":1,"id":7}\n{"question":"b?","answer":1,"id":"7"}',
    /^id-twice: .*line 2: the id "7" stands in line 1 too/,
  ],
  ["a question too long", JSON.stringify({ question: "a".repeat(20_000), answer: 1 }), /20000 characters/],
] as const) {
  test(
    `${what} is refused with its place`,
    inFolder(async (folder) => {
      const error = await thrownBy(read(folder, content));
      assert.match(`${error.code}: ${error.message}`, says);
      assert.is(error.exitCode, 2);
    }),
  );
}

test("a file that is not there is named", async () => {
  const error = await thrownBy(readTasks("nowhere.jsonl").next());
  assert.match(`${error.code}: ${error.message}`, /^file-unreadable: nowhere\.jsonl cannot be read: ENOENT/);
});

test("a clock without an offset is of the time zone", () => {
  assert.is(clockOf("2024-12-24", "Asia/Tokyo").toISOString(), "2024-12-23T15:00:00.000Z");
  assert.is(clockOf("2024-12-24T10:00:00Z", "Asia/Tokyo").toISOString(), "2024-12-24T10:00:00.000Z");
});

test.run();
