import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { openTrace, recordTo } from "../../traces/index.js";
import { all, errorOf, inFolder, recordRuns } from "./small-agent.js";

const test = suite("journal");
const script = fileURLToPath(new URL("recording-child.js", import.meta.url));

interface Child {
  readonly process: ChildProcess;
  /** When it has said something, or ended. */
  readonly begun: Promise<unknown>;
  /** All that it said, once it has ended. */
  readonly said: Promise<string>;
}

function start(what: string, file: string): Child {
  const child = spawn(process.execPath, [script, what, file], { stdio: ["pipe", "pipe", "inherit"] });
  let lines = "";
  const begun = new Promise((resolve) => {
    child.stdout.on("data", (chunk) => {
      lines += String(chunk);
      resolve(undefined);
    });
    child.once("close", resolve);
  });
  const said = new Promise<string>((resolve) => child.once("close", () => resolve(lines)));
  return { process: child, begun, said };
}

test(
  "killed at any moment, a recorder has lost nothing that it acknowledged, and another goes on",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    let records = 0;
    for (let kill = 0; kill < 5; kill++) {
      const child = start("count", file);
      await child.begun;
      await setTimeout(Math.random() * 120);
      child.process.kill("SIGKILL");
      const acknowledged = (await child.said).trimEnd().split("\n").length;

      await (await recordTo(file)).close();
      const trace = await openTrace(file);
      const kept = (await all(trace.records())).slice(records);
      const outputs = kept.filter(({ kind }) => kind === "output");
      assert.ok(outputs.length >= acknowledged, `${outputs.length} of ${acknowledged}`);
      for (const [i, record] of outputs.entries()) assert.is(((await trace.data(record)) as { number: number }).number, i);
      assert.ok(kept.filter(({ kind }) => kind === "splice").length >= acknowledged);
      records += kept.length;
    }
    assert.equal(
      (await readdir(folder)).filter((name) => name.includes(".lock")),
      [],
      "stale locks are taken over and removed",
    );
  }),
);

test(
  "a line torn at any byte is removed, and nothing before it",
  inFolder(async (folder) => {
    const whole = join(folder, "whole.jsonl");
    await recordRuns(whole, ["What is 6*7? ü€🙂"]);
    const bytes = await readFile(whole);
    const lastLine = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    const file = join(folder, "torn.jsonl");
    for (let end = lastLine; end <= bytes.length; end++) {
      await writeFile(file, bytes.subarray(0, end));
      const trace = await openTrace(file);
      const whole = end >= bytes.length - 1; // Also without the newline.
      const reading = await trace.verify().then(
        ({ records }) => records,
        (error: ToolwrightError) => error.code,
      );
      assert.is(reading, whole ? 18 : end === lastLine ? 17 : "trace-torn", `cut at ${end}`);

      const recorder = await recordTo(file);
      const repaired = (await stat(file)).size;
      assert.is(repaired, whole ? bytes.length : lastLine, `cut at ${end}`);
      await recorder.tape("next").end();
      await recorder.close();
      assert.equal((await readFile(file)).subarray(0, repaired), bytes.subarray(0, repaired));
      assert.is((await (await openTrace(file)).verify()).records, (whole ? 18 : 17) + 1);
    }
  }),
);

test(
  "a last line that was changed is not taken for a torn one",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const changed = (await readFile(file, "utf8")).replace('"calls":1}', '"calls":2}');
    for (const text of [changed, `${changed}{"i":19,"t":1`]) {
      await writeFile(file, text);
      const error = await errorOf(recordTo(file));
      assert.is(error.code, "trace-changed");
      assert.match(error.message, "line 19");
    }
  }),
);

test(
  "two recorders do not share a trace, in one process or in two",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const child = start("hold", file);
    await child.begun;
    const error = await errorOf(recordTo(file));
    assert.is(error.code, "trace-in-use");
    assert.match(error.message, `process ${child.process.pid}`);
    child.process.stdin!.end();
    assert.is(await child.said, "open\n");

    const recorder = await recordTo(file);
    assert.is((await errorOf(recordTo(join(folder, ".", "run.jsonl")))).code, "trace-in-use");
    await recorder.close();
    await (await recordTo(file)).close();
  }),
);

test(
  "of processes that open a new trace at the same time one records",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const children = Array.from({ length: 4 }, () => start("hold", file));
    await Promise.all(children.map(({ begun }) => begun));
    for (const child of children) child.process.stdin!.end();
    const answers = (await Promise.all(children.map(({ said }) => said))).map((lines) => lines.split("\n")[0]).sort();
    assert.equal(answers, ["open", "trace-in-use", "trace-in-use", "trace-in-use"]);
    await (await openTrace(file)).verify();
  }),
);

test(
  "the lock of a dead process is taken over, that of another machine is not",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const host = hostname().replace(/[^\w.-]/g, "_");
    const child = start("hold", join(folder, "other.jsonl"));
    await child.begun;
    child.process.kill("SIGKILL");
    await child.said;
    const own = `run.jsonl.lock~${host}~${process.pid}`; // Left by a process that had this one's id.
    for (const stale of [
      `run.jsonl.lock~${host}~${child.process.pid}~1`,
      `${own}~1`,
      ...(process.platform === "linux" ? [`${own}~0`] : []),
      ...(process.platform === "linux" ? [`run.jsonl.lock~${host}~1~1`] : []),
    ]) {
      await copyFile("/dev/null", join(folder, stale));
      await (await recordTo(file)).close();
      assert.not.ok((await readdir(folder)).includes(stale));
    }
    const foreign = "run.jsonl.lock~elsewhere~1~1";
    await copyFile("/dev/null", join(folder, foreign));
    const error = await errorOf(recordTo(file));
    assert.is(error.code, "trace-in-use");
    assert.match(error.remedy, foreign);
  }),
);

test.run();
