import { appendFile, copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { listTraces, openTrace, recordTo, summarise } from "../../traces/index.js";
import { inFolder, recordRuns } from "./small-agent.js";

const test = suite("summary");

test(
  "a list shows of each trace what it began with and how it ended, the newest first",
  inFolder(async (folder) => {
    await recordRuns(join(folder, "a.jsonl"), ["What is 6*7?", "And again?"]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await recordRuns(join(folder, "b.jsonl"), ["What?"]);
    await writeFile(join(folder, "notes.txt"), "no trace");
    await writeFile(join(folder, "c.jsonl"), "no trace\n");
    const [newest, oldest, damaged, ...more] = await listTraces(folder);
    assert.equal(more, []);
    assert.is(newest?.file, join(folder, "b.jsonl"));
    assert.ok(damaged && "problem" in damaged && damaged.problem.code === "not-a-trace");
    assert.ok(oldest && "created" in oldest);
    const { created, size, ...summary } = oldest;
    assert.ok(Date.now() - created.getTime() < 10_000);
    assert.is(size, (await readFile(oldest.file)).length);
    assert.equal(summary, {
      file: join(folder, "a.jsonl"),
      parent: undefined,
      question: "What is 6*7?",
      model: "small",
      runs: 2,
      calls: 2,
      answer: "It is 42.",
      ended: true,
    });
  }),
);

test("a folder that does not exist has no traces", async () => {
  assert.equal(await listTraces(join("/", "no", "such", "folder")), []);
});

test(
  "a run that goes on is counted, a torn line is passed over",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const recorder = await recordTo(file);
    const tape = recorder.tape();
    await tape.input("run", () => ({ question: "Next?", model: { name: "small" } }));
    tape.made("event", { n: 0, type: "call", id: "c0", tool: "Multiply", input: "1*1", span: [0, 0] });
    await appendFile(file, '{"i":21,');
    const { runs, calls, ended, answer } = await summarise(await openTrace(file));
    assert.equal({ runs, calls, ended, answer }, { runs: 2, calls: 2, ended: false, answer: "It is 42." });
    await recorder.close();
  }),
);

test(
  "only the head and the tail are read",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await using recorder = await recordTo(file);
    const tape = recorder.tape();
    await tape.input("run", () => ({ question: "Long?", model: { name: "small" } }));
    for (let n = 0; n < 2000; n++) tape.made("event", { n, type: "text", delta: "word ".repeat(20) });
    tape.made("event", { n: 2000, type: "answer", text: "Short." });
    await tape.end();
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    const copy = join(folder, "copy.jsonl");
    await copyFile(file, copy);
    await writeFile(copy, bytes);
    const { question, answer, runs, ended } = await summarise(await openTrace(copy));
    assert.equal({ question, answer, runs, ended }, { question: "Long?", answer: "Short.", runs: 1, ended: true });
  }),
);

test.run();
