import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { openTrace, recordIn, recordTo } from "../../traces/index.js";
import { all, ask, drive, errorOf, inFolder, multiply, multiplying, recordRuns } from "./small-agent.js";

const test = suite("recorder");
const run = promisify(execFile);
const child = fileURLToPath(new URL("recording-child.js", import.meta.url));

const linesOf = async (file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test(
  "a run becomes a header and a line for each input and each thing made of it",
  inFolder(async (folder) => {
    const file = join(folder, "new", "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const [header, ...records] = await linesOf(file);
    assert.is(header?.["format"], "toolwright-trace");
    assert.is(header?.["version"], 2);
    assert.equal(
      records.map(({ kind }) => kind),
      [
        "run",
        "prompt",
        "output",
        "event",
        "output",
        "event",
        "output",
        "event",
        "result",
        "event",
        "splice",
        "output",
        "event",
        "output",
        "event",
        "output",
        "event",
        "end",
      ],
    );
    assert.equal(
      records.map(({ i }) => i),
      records.map((_, i) => i + 1),
    );
    assert.equal(records.at(-1)?.["data"], { runs: 1, calls: 1 });
    assert.equal(await readdir(join(folder, "new")), ["run.jsonl"], "neither lock nor parts are left");
  }),
);

test(
  "a record is in the file before the loop gets its value",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await using recorder = await recordTo(file);
    const tape = recorder.tape("one");
    const value = await tape.input("limit", () => ({ keep: 4 }));
    assert.equal((await linesOf(file)).at(-1)?.["data"], value);
    tape.made("splice", { drop: 0, text: "x" });
    assert.equal((await linesOf(file)).at(-1)?.["data"], { drop: 0, text: "x" });
    await tape.end();
  }),
);

test(
  "what holds no secret is given to the loop as the very same object",
  inFolder(async (folder) => {
    await using recorder = await recordTo(join(folder, "run.jsonl"));
    const value = { messages: [{ role: "user", content: "Hi" }] };
    assert.is(await recorder.tape().input("run", () => value), value);
  }),
);

test(
  "a trace goes on where it stopped, and counts on",
  inFolder(async (folder) => {
    const file = join(folder, "chat.jsonl");
    await recordRuns(file, ["What is 6*7?", "Again?"]);
    await recordRuns(file, ["And again?"]);
    const trace = await openTrace(file);
    assert.equal(await trace.verify(), { records: 54, runs: 3, unfinished: [] });
    assert.equal((await linesOf(file)).at(-1)?.["data"], { runs: 3, calls: 3 });
  }),
);

test(
  "counts are right also after a run that was cut off",
  inFolder(async (folder) => {
    const file = join(folder, "chat.jsonl");
    await recordRuns(file, ["What is 6*7?", "Again?"]);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.lastIndexOf('{"i":30,')));
    await recordRuns(file, ["And again?"]);
    assert.equal((await linesOf(file)).at(-1)?.["data"], { runs: 3, calls: 3 });
    const { unfinished } = await (await openTrace(file)).verify();
    assert.is(unfinished.length, 1);
  }),
);

test(
  "runs at the same time stand in one trace, each whole",
  inFolder(async (folder) => {
    const file = join(folder, "many.jsonl");
    const recorder = await recordTo(file);
    const slow = { Multiply: (input: string) => new Promise<string>((done) => setTimeout(() => done(input), Math.random() * 5)) };
    const asked = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(recorder, `Question ${i}`, multiplying(), slow)));
    await recorder.close();
    const trace = await openTrace(file);
    const kinds = (await all(trace.records())).map(({ run }) => run);
    assert.ok(
      kinds.some((id, i) => i > 0 && id !== kinds[i - 1] && kinds.lastIndexOf(id) > i && kinds.indexOf(id) < i),
      "they interleave",
    );
    let runs = 0;
    for await (const start of trace.runs()) {
      const records = await all(trace.run(start));
      assert.is(records.at(-1)?.kind, "end");
      assert.equal(
        records.filter(({ kind }) => kind === "event").map(({ data }) => data),
        JSON.parse(JSON.stringify(asked[runs])),
      );
      runs++;
    }
    assert.is(runs, 20);
  }),
);

test(
  "an input that fails is recorded, and the loop gets the failure",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await using recorder = await recordTo(file);
    const tape = recorder.tape();
    const refused = new ToolwrightError("endpoint-refused", "401", "Set OPENAI_API_KEY.");
    try {
      await tape.input("output", () => Promise.reject(refused));
      assert.unreachable();
    } catch (error) {
      assert.is(error, refused);
    }
    const last = (await linesOf(file)).at(-1);
    assert.is(last?.["failed"], true);
    assert.equal(last?.["data"], {
      name: "ToolwrightError",
      message: "401",
      code: "endpoint-refused",
      remedy: "Set OPENAI_API_KEY.",
      exitCode: 1,
    });
  }),
);

test(
  "data over 64 KiB is kept beside the trace, once, and read back",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await using recorder = await recordTo(file);
    const tape = recorder.tape();
    const values = [{ text: "ä".repeat(33_000) }, { text: "ä".repeat(33_000) }, { text: "a".repeat(65_000) }, { $part: "no part" }];
    for (const value of values) tape.made("splice", value);
    await tape.end();
    const trace = await openTrace(file);
    const records = await all(trace.records());
    const inside = records.map(({ data }) => !JSON.stringify(data).includes('{"$part":"'));
    assert.equal(inside, [false, false, true, false, true]);
    for (const [i, value] of values.entries()) assert.equal(await trace.data(records[i]!), value);
    assert.is((await readdir(`${file}.parts`)).length, 2);
  }),
);

test(
  "a folder gets a trace for each run, closed when the run ends",
  inFolder(async (folder) => {
    await using recorder = recordIn(join(folder, "traces"));
    const tapes = [recorder.tape("a"), recorder.tape("b")];
    await Promise.all(tapes.map((tape) => all(drive("What is 6*7?", { tape, model: multiplying(), tools: multiply }))));
    await recorder.close();
    const names = (await readdir(recorder.folder)).sort();
    assert.is(names.length, 2);
    assert.match(names[0]!, /^\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-a\.jsonl$/);
    assert.equal(
      tapes.map(({ file }) => file),
      names.map((name) => join(recorder.folder, name)),
    );
    for (const { file } of tapes) assert.is((await (await openTrace(file)).verify()).runs, 1);
  }),
);

test(
  "a run may be left without an end, and a closed recorder takes nothing more",
  inFolder(async (folder) => {
    const recorder = await recordTo(join(folder, "run.jsonl"));
    const tape = recorder.tape("same");
    assert.throws(
      () => recorder.tape("same"),
      (error: ToolwrightError) => error.code === "run-exists",
    );
    assert.throws(
      () => recorder.tape("a b"),
      (error: ToolwrightError) => error.code === "bad-run-name",
    );
    await recorder.close();
    assert.throws(
      () => tape.made("splice", {}),
      (error: ToolwrightError) => error.code === "trace-closed",
    );
  }),
);

test(
  "what cannot be written to says so",
  inFolder(async (folder) => {
    const locked = join(folder, "locked");
    await mkdir(locked);
    await chmod(locked, 0o500);
    if (process.getuid?.() !== 0) assert.is((await errorOf(recordTo(join(locked, "run.jsonl")))).code, "trace-unwritable");
    await writeFile(join(folder, "file"), "");
    assert.is((await errorOf(recordTo(join(folder, "file", "run.jsonl")))).code, "trace-unwritable");
    assert.is((await errorOf(recordTo(folder))).code, "trace-unwritable");
  }),
);

test(
  "a file that is not a trace is not touched",
  inFolder(async (folder) => {
    const file = join(folder, "notes.txt");
    for (const text of ["Dear diary", "Dear diary\n", '{"i":0,"format":"other"}\n', "\n\n"]) {
      await writeFile(file, text);
      assert.is((await errorOf(recordTo(file))).code, "not-a-trace", JSON.stringify(text));
      assert.is(await readFile(file, "utf8"), text);
    }
  }),
);

test(
  "a trace whose recorder was stopped in the first line is begun again",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    for (const text of ["", '{"i"', '{"i":0,"format":"toolwright-trace","version":1,"libr']) {
      await writeFile(file, text);
      await recordRuns(file, ["What is 6*7?"]);
      assert.is((await (await openTrace(file)).verify()).runs, 1, JSON.stringify(text));
    }
  }),
);

test(
  "a trace of a newer version is not touched",
  inFolder(async (folder) => {
    const file = join(folder, "newer.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const text = (await readFile(file, "utf8")).replace('"version":2', '"version":3');
    await writeFile(file, text);
    assert.is((await errorOf(recordTo(file))).code, "trace-newer");
    assert.is(await readFile(file, "utf8"), text);
  }),
);

test(
  "a full disk ends the run with an error, and what was written before stays",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const { stdout } = await run("bash", ["-c", `ulimit -f 8; exec "$0" "$1" fill "$2" | cat`, process.execPath, child, file]);
    assert.match(stdout, /^trace-unwritable after \d+ records; then trace-unwritable\n$/);
    const acknowledged = Number(/\d+/.exec(stdout)?.[0]);
    assert.ok(acknowledged > 20);
    const recorder = await recordTo(file);
    await recorder.close();
    assert.is((await (await openTrace(file)).verify()).records, acknowledged);
  }),
);

test.run();
