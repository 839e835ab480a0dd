import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { recordRuns } from "../traces/small-agent.js";
import { inPlace } from "./program.js";

const test = suite("toolwright trace");

test(
  "list shows the traces of a folder, damaged ones too",
  inPlace(async ({ folder, run }) => {
    const traces = join(folder, "home", "traces");
    assert.match((await run(["trace", "list"])).stderr, /^There are no traces in .*home\/traces\.\n$/);
    await recordRuns(join(traces, "a.jsonl"), ["What is 6*7?", "And again?"]);
    await writeFile(join(traces, "b.jsonl"), "no trace");
    const { stdout, code } = await run(["trace", "list"]);
    const [good, damaged] = stdout.split("\n");
    assert.match(good!, /^\d{4}-\d\d-\d\d \d\d:\d\d {2}2 runs {2}2 calls {2}\S+\/a\.jsonl {2}What is 6\*7\?$/);
    assert.match(damaged!, /^damaged .*b\.jsonl {2}.*is not a trace/);
    assert.is(code, 0);
    const [first, second] = (await run(["trace", "list", "--json", traces])).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.is(first.runs, 2);
    assert.is(first.answer, "It is 42.");
    assert.match(second.problem, /is not a trace/);
  }),
);

test(
  "show prints a record a line, and --tail the last ones",
  inPlace(async ({ folder, run }) => {
    await recordRuns(join(folder, "a.jsonl"), ["What is 6*7?\nReally."]);
    const { stdout } = await run(["trace", "show", "a.jsonl"]);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[0]!, /^ {4}2 +\d\.\d{3} {2}\w+ {2}run {7}"What is 6\*7\?\\nReally\.", small$/);
    assert.match(stdout, /event {5}\d call Multiply\(6\*7\)\n/);
    assert.match(stdout, /event {5}\d result → 42\n/);
    assert.match(stdout, /output {4}"It"\n/);
    assert.is((await run(["trace", "show", "--tail", "2", "a.jsonl"])).stdout, `${lines.slice(-2).join("\n")}\n`);
    const [record] = (await run(["trace", "show", "--tail", "2", "--json", "a.jsonl"])).stdout.split("\n");
    assert.is(JSON.parse(record!).data.type, "answer");
  }),
);

test(
  "diff ends with 3 and says where two traces differ",
  inPlace(async ({ folder, run }) => {
    await recordRuns(join(folder, "a.jsonl"), ["What is 6*7?"]);
    await recordRuns(join(folder, "b.jsonl"), ["What is 6*7?"]);
    await recordRuns(join(folder, "c.jsonl"), ["What is 7*6?"]);
    const same = await run(["trace", "diff", "a.jsonl", "b.jsonl"]);
    assert.equal(same, { code: 0, stdout: "", stderr: "" });
    const { code, stdout } = await run(["trace", "diff", "a.jsonl", "c.jsonl"]);
    assert.is(code, 3);
    assert.match(stdout, /^run 1, run \(line 2 \| line 2\): question: "What is 6\*7\?" ≠ "What is 7\*6\?"\n/);
    const [difference] = (await run(["trace", "diff", "--json", "a.jsonl", "c.jsonl"])).stdout.split("\n");
    assert.is(JSON.parse(difference!).lineA, 2);
  }),
);

test(
  "export prints another form",
  inPlace(async ({ folder, run }) => {
    await recordRuns(join(folder, "a.jsonl"), ["What is 6*7?"]);
    assert.match((await run(["trace", "export", "a.jsonl"])).stdout, /^## What is 6\*7\?\n/);
    const [conversation] = (await run(["trace", "export", "--format", "messages", "a.jsonl"])).stdout.split("\n");
    assert.is(JSON.parse(conversation!).messages[0].content, "What is 6*7?");
    assert.is((await run(["trace", "export", "--format", "html", "a.jsonl"])).code, 2);
  }),
);

test(
  "a reader that stops reading is no failure",
  inPlace(async ({ folder, start }) => {
    await recordRuns(
      join(folder, "a.jsonl"),
      Array.from({ length: 300 }, (_, i) => `What is ${i}*7?`),
    );
    const { child, ended } = start(["trace", "show", "--json", "a.jsonl"]);
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await ended;
    assert.is(stderr, "");
    assert.is(code, 0);
  }),
);

test.run();
