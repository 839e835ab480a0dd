import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readAdapterFile } from "../../training/adapter-file.js";
import { readCheckpoint } from "../../training/checkpoint.js";
import { trainingPaths } from "../../training/folder.js";
import { optimisers } from "../../training/optimiser.js";
import { rejected } from "../teaching/small-tools.js";
import { datasetIn, digestOf, eventsOf, inFolder, lessonsTo, ofType, smallNetwork, smallTraining } from "./small-training.js";

const test = suite("train");

const linesOf = async (file: string) =>
  (await readFile(file, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

for (const optimiser of optimisers) {
  test(
    `${optimiser} learns: the loss falls, the best validation is the adapter, and the log tells all of it`,
    inFolder(async (folder) => {
      const out = join(folder, "a.gguf");
      const learningRate = optimiser === "lion" ? 0.02 : 0.05;
      const events = await eventsOf(await smallTraining({ dataset: await datasetIn(folder), out, optimiser, learningRate }));
      const [start] = ofType(events, "start");
      const steps = ofType(events, "step");
      const validations = ofType(events, "validation");
      const [done] = ofType(events, "done");
      assert.is(start!.counts.lessons, 40);
      assert.is(start!.counts.validation, 8);
      assert.is(start!.counts.calls, 40);
      assert.equal(
        steps.map(({ step }) => step),
        Array.from({ length: start!.parameters.steps }, (_, i) => i + 1),
      );
      assert.ok(steps.at(-1)!.loss < 0.7 * steps[0]!.loss, `${steps[0]!.loss} to ${steps.at(-1)!.loss}`);
      assert.ok(steps[0]!.learningRate > 0 && steps.at(-1)!.learningRate < 0.2 * learningRate);
      assert.ok(steps.every(({ lossTokens, tokens }) => lossTokens > 0 && lossTokens < tokens));
      const best = validations.reduce((one, other) => (other.loss < one.loss ? other : one));
      assert.equal(done!.best, { step: best.step, loss: best.loss });
      assert.is(done!.reason, "steps");
      assert.is(done!.adapter, out);

      const { folder: state, log, checkpoint } = trainingPaths(out);
      const lines = await linesOf(log);
      assert.equal(
        lines.filter(({ kind }) => kind === "step").map(({ loss }) => loss),
        steps.map(({ loss }) => loss),
      );
      assert.is(lines.filter(({ kind }) => kind === "validation").length, validations.length);
      assert.is((await readCheckpoint(checkpoint)).state.step, steps.length);
      assert.ok(existsSync(join(state, "train.html")));
      const adapter = await readAdapterFile(out);
      assert.equal(adapter.shape, { rank: 4, alpha: 8, targets: ["q"], layers: [0, 1] });
      assert.is(adapter.description.base?.sha256, start!.parameters.base.digest);
    }),
  );
}

test(
  "the same seed gives the same bytes, another seed others; dropout is of the seed too",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const bytesOf = async (name: string, seed: number) => {
      const out = join(folder, name);
      await eventsOf(await smallTraining({ dataset, out, seed, dropout: 0.2 }));
      return await digestOf(out);
    };
    const first = await bytesOf("a.gguf", 1);
    assert.is(await bytesOf("b.gguf", 1), first);
    assert.is.not(await bytesOf("c.gguf", 2), first);
  }),
);

test(
  "a step of several packs is one larger batch: its gradient is the mean over all tokens that carry loss",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const firstOf = async (name: string, pack: number) => {
      const options = await smallTraining({ dataset, out: join(folder, name), steps: 1, validation: 0, pack, batch: 1000 });
      return ofType(await eventsOf(options), "step")[0]!;
    };
    const [a, b] = [await firstOf("a.gguf", 2048), await firstOf("b.gguf", 128)];
    assert.is(a.tokens, b.tokens);
    assert.is(a.lossTokens, b.lossTokens);
    assert.ok(Math.abs(a.loss - b.loss) < 1e-9, `${a.loss} ${b.loss}`);
    assert.ok(Math.abs(a.norm - b.norm) < 1e-5 * a.norm, `${a.norm} ${b.norm}`);
  }),
);

test(
  "validation that gets no better ends it early, with the best values",
  inFolder(async (folder) => {
    const out = join(folder, "a.gguf");
    // Validation texts have other numbers: what is learnt by heart makes them less likely.
    const options = await smallTraining({
      dataset: await datasetIn(folder),
      out,
      epochs: 60,
      learningRate: 0.2,
      validateEvery: 2,
      patience: 2,
    });
    const events = await eventsOf({ ...options, schedule: "constant" });
    const [done] = ofType(events, "done");
    assert.is(done!.reason, "early");
    const last = ofType(events, "validation").slice(-2);
    assert.ok(last.every(({ best }) => !best));
    assert.is(done!.best!.step, done!.step - 4);
    // Going on says the same, and writes the same.
    const written = await digestOf(out);
    const again = await eventsOf({ ...options, schedule: "constant", resume: true });
    assert.equal(ofType(again, "step"), []);
    assert.is(ofType(again, "done")[0]!.reason, "early");
    assert.is(await digestOf(out), written);
  }),
);

for (const [what, loss, why] of [
  ["no number", (loss: number, time: number) => (time === 9 ? Number.NaN : loss), /the loss of step 10 is NaN/],
  ["rising", (loss: number, time: number) => loss * (time > 22 ? 6 : 1), /the loss has risen to \d/],
] as const) {
  test(
    `a loss that is ${what} stops it with a reason, and the last good checkpoint is the adapter`,
    inFolder(async (folder) => {
      const out = join(folder, "a.gguf");
      const openNetwork = await smallNetwork({ loss });
      const options = await smallTraining({ dataset: await datasetIn(folder), out, openNetwork, validation: 0, epochs: 8 });
      const events = await eventsOf(options);
      const [done] = ofType(events, "done");
      assert.is(done!.reason, "diverged");
      assert.match(done!.why!, why);
      const last = ofType(events, "checkpoint").at(-1)!;
      assert.is(done!.step, last.step);
      assert.is(done!.adapter, out);
      const { state } = await readCheckpoint(last.file);
      assert.is(state.step, last.step);
      for (const { values } of (await readAdapterFile(out)).values.values()) assert.ok(values.every(Number.isFinite));
      assert.is((await linesOf(trainingPaths(out).log)).at(-1).kind, "diverged");
    }),
  );
}

test(
  "a signal ends it after the pack at hand, and resuming gives the bytes of a run that was not stopped",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const whole = join(folder, "whole.gguf");
    await eventsOf(await smallTraining({ dataset, out: whole, batch: 2 }));
    const out = join(folder, "a.gguf");
    const stop = new AbortController();
    const openNetwork = await smallNetwork({ before: (time) => void (time === 6 && stop.abort()) });
    const events = await eventsOf(await smallTraining({ dataset, out, batch: 2, openNetwork, signal: stop.signal }));
    const [done] = ofType(events, "done");
    assert.is(done!.reason, "stopped");
    assert.is(done!.step, 3);
    assert.not(existsSync(out));
    const rest = await eventsOf(await smallTraining({ dataset, out, batch: 2, resume: true }));
    assert.is(ofType(rest, "start")[0]!.done, 3);
    assert.is(ofType(rest, "step")[0]!.step, 4);
    assert.is(await digestOf(out), await digestOf(whole));
    const numbers = (await linesOf(trainingPaths(out).log)).filter(({ kind }) => kind === "step").map(({ step }) => step);
    assert.equal(
      numbers,
      Array.from(numbers, (_, i) => i + 1),
    );
  }),
);

test(
  "a checkpoint of other parameters is refused with the names that differ, and is as it was",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const out = join(folder, "a.gguf");
    await eventsOf(await smallTraining({ dataset, out }));
    const files = [out, trainingPaths(out).checkpoint, trainingPaths(out).log];
    const before = await Promise.all(files.map(digestOf));
    const options = await smallTraining({ dataset, out, resume: true, learningRate: 0.5, rank: 8 });
    const error = await rejected(eventsOf(options));
    assert.match(
      String(error),
      /a\.gguf was begun with other parameters \(lora\.rank: 4, now 8; lora\.alpha: 8, now 16; learningRate: 0\.02, now 0\.5\)/,
    );
    const other = await rejected(
      eventsOf(await smallTraining({ dataset: await datasetIn(folder, lessonsTo(30), "d.jsonl"), out, resume: true })),
    );
    assert.match(String(other), /dataset: [0-9a-f]{64}, now [0-9a-f]{64}/);
    assert.equal(await Promise.all(files.map(digestOf)), before);
  }),
);

test(
  "without resume, what is there is refused",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const out = join(folder, "a.gguf");
    await writeFile(out, "mine");
    assert.match(String(await rejected(eventsOf(await smallTraining({ dataset, out })))), /a\.gguf is there already/);
    assert.is(await readFile(out, "utf8"), "mine");
    assert.not(existsSync(trainingPaths(out).folder));
  }),
);

test(
  "what is wrong with the dataset shows before anything is written",
  inFolder(async (folder) => {
    const out = join(folder, "a.gguf");
    const dataset = await datasetIn(folder, []);
    const error = await rejected(eventsOf(await smallTraining({ dataset, out })));
    assert.match(String(error), /No token of .*dataset\.jsonl carries loss: there is no lesson in it/);
    assert.not(existsSync(trainingPaths(out).folder));
  }),
);

test(
  "two in one process refuse each other",
  inFolder(async (folder) => {
    const options = await smallTraining({ dataset: await datasetIn(folder), out: join(folder, "a.gguf"), resume: true });
    const results = await Promise.allSettled([eventsOf(options), eventsOf(options)]);
    assert.equal(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const failed = results.find((result) => result.status === "rejected");
    assert.match(String(failed?.reason), /a\.gguf is being trained by this process/);
  }),
);

test(
  "an adapter to start from: its values are the beginning, its shape is the shape, and one of another model is refused",
  inFolder(async (folder) => {
    const dataset = await datasetIn(folder);
    const first = join(folder, "a.gguf");
    const one = ofType(await eventsOf(await smallTraining({ dataset, out: first, validation: 0 })), "step");
    const shape = { rank: undefined, targets: undefined, layers: undefined };
    const options = { ...(await smallTraining({ dataset, out: join(folder, "b.gguf"), validation: 0, init: first })), ...shape };
    const events = await eventsOf(options);
    assert.is(ofType(events, "start")[0]!.parameters.init, await digestOf(first));
    assert.ok(Math.abs(ofType(events, "step")[0]!.loss - one.at(-1)!.loss) < 0.5);
    const given = await rejected(eventsOf({ ...options, out: join(folder, "c.gguf"), rank: 2 }));
    assert.match(String(given), /rank is set, and so is an adapter to start from/);
    await mkdir(join(folder, "d"));
    const bytes = await readFile(first);
    const digest = (await readAdapterFile(first)).description.base!.sha256;
    bytes.write("0".repeat(64), bytes.indexOf(digest), "latin1");
    await writeFile(join(folder, "d", "other.gguf"), bytes);
    const other = await rejected(eventsOf({ ...options, out: join(folder, "c.gguf"), init: join(folder, "d", "other.gguf") }));
    assert.match(
      String(other),
      /other\.gguf was trained on tiny\.gguf \(SHA-256 000000000000…\), and tiny\.gguf \([0-9a-f]{12}…\) is another file/,
    );
  }),
);

test.run();
