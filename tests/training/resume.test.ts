import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCheckpoint } from "../../training/checkpoint.js";
import { trainingPaths } from "../../training/folder.js";
import { rejected } from "../teaching/small-tools.js";
import { datasetIn, digestOf, eventsOf, inFolder, ofType, smallTraining } from "./small-training.js";
import type { ChildSettings } from "./training-child.js";

const test = suite("training: stopped and gone on with");
const CHILD = fileURLToPath(new URL("training-child.js", import.meta.url));

/** `npm run soak` takes more. */
const KILLS = Number(process.env["TRAINING_KILLS"] ?? 6);

/** `saw` hears each line at once. */
function start(settings: ChildSettings, saw: (line: string, child: ChildProcessWithoutNullStreams) => void = () => {}) {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(settings)]);
  const lines: string[] = [];
  let rest = "";
  child.stdin.on("error", () => {});
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const all = (rest + text).split("\n");
    rest = all.pop()!;
    for (const line of all) {
      lines.push(line);
      saw(line, child);
    }
  });
  const ended = new Promise<string[]>((resolve, reject) => child.on("error", reject).on("close", () => resolve(lines)));
  return { child, ended };
}

test(
  "killed at random moments and resumed, the adapter has the bytes of a run that was left alone",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    // Adam's two moments, dropout and validation: all that a checkpoint must hold.
    const more = { dataset, optimiser: "adamw", dropout: 0.1, epochs: 6, checkpointEvery: 3, validateEvery: 4 } as const;
    const whole = join(folder, "whole.gguf");
    const before = Date.now();
    const steps = ofType(await eventsOf(await smallTraining({ ...more, out: whole })), "step").length;
    const each = (Date.now() - before) / steps;

    const out = join(folder, "a.gguf");
    let kills = 0;
    let lines: string[] = [];
    while (!lines.at(-1)?.startsWith("done")) {
      const spare = kills >= KILLS;
      const { ended } = start({ options: { ...more, out, resume: true } }, (line, child) => {
        if (line === "start" && !spare) void setTimeout(Math.random() * 10 * each).then(() => child.kill("SIGKILL"));
      });
      lines = await ended;
      if (!lines.at(-1)?.startsWith("done")) kills++;
    }
    assert.ok(kills > 0);
    assert.is(await digestOf(out), await digestOf(whole));
    const { log, folder: state } = trainingPaths(out);
    const steady = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => ({ ...JSON.parse(line), seconds: 0, took: 0 }));
    assert.equal(steady(await readFile(log, "utf8")), steady(await readFile(trainingPaths(whole).log, "utf8")));
    assert.equal((await readdir(state)).sort(), ["checkpoint.gguf", "train.html", "train.jsonl"]);
    assert.equal(
      (await readdir(folder)).filter((name) => name.endsWith(".tmp")),
      [],
    );
  }),
);

test(
  "two processes on one output: one trains, the other is told so, also when it would resume",
  inFolder(async (folder) => {
    const options = { dataset: await datasetIn(folder), out: join(folder, "a.gguf"), resume: true };
    const first = await new Promise<ReturnType<typeof start>>((resolve) => {
      const running = start({ options, hold: 2 }, (line) => line === "step 2" && resolve(running));
    });
    const error = await rejected(eventsOf(await smallTraining(options)));
    assert.match(String(error), new RegExp(`a\\.gguf is being trained by process ${first.child.pid}`));
    first.child.stdin.end();
    assert.match((await first.ended).at(-1)!, /^done steps/);
  }),
);

test(
  "SIGINT stops with a checkpoint of the last whole step",
  inFolder(async (folder) => {
    const options = { dataset: await datasetIn(folder), out: join(folder, "a.gguf"), checkpointEvery: 1000 };
    const { ended } = start({ options, hold: 3 }, (line, child) => {
      if (line !== "step 3") return;
      child.kill("SIGINT");
      void setTimeout(200).then(() => child.stdin.end());
    });
    assert.equal((await ended).slice(-2), ["checkpoint", "done stopped 3"]);
    assert.is((await readCheckpoint(trainingPaths(options.out).checkpoint)).state.step, 3);
  }),
);

test(
  "a disk that is full keeps the last checkpoint; with room again it goes on to the same bytes",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const whole = join(folder, "whole.gguf");
    const more = { dataset, checkpointEvery: 3, validateEvery: 1000 };
    await eventsOf(await smallTraining({ ...more, out: whole }));
    const out = join(folder, "a.gguf");
    // Of the size of a checkpoint without the best values: those of the end do not fit.
    const { size } = await stat(trainingPaths(whole).checkpoint);
    const settings: ChildSettings = { options: { ...more, out, resume: true } };
    const script = `ulimit -f ${Math.ceil((size * 0.8) / 1024)}; exec "$0" "$1" "$2" | cat`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script, process.execPath, CHILD, JSON.stringify(settings)]);
    assert.match(
      stdout,
      /\nfile-not-written: .*checkpoint\.gguf was not written: .* The last checkpoint is as it was\. Make room, then go on with --resume\.\n$/,
    );
    const { state } = await readCheckpoint(trainingPaths(out).checkpoint);
    assert.ok(state.step > 0 && state.ended === undefined);
    assert.not(existsSync(out));
    await eventsOf(await smallTraining({ ...more, out, resume: true }));
    assert.is(await digestOf(out), await digestOf(whole));
  }),
);

test(
  "a checkpoint that is damaged is refused, and says what to do",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const out = join(folder, "a.gguf");
    await eventsOf(await smallTraining({ dataset, out }));
    const { checkpoint } = trainingPaths(out);
    const bytes = await readFile(checkpoint);
    await writeFile(checkpoint, bytes.subarray(0, bytes.length - 5000));
    const error = await rejected(eventsOf(await smallTraining({ dataset, out, resume: true })));
    assert.match(String(error), /checkpoint\.gguf is no usable GGUF file: it ends early/);
  }),
);

test.run();
