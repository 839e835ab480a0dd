import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tinyModel } from "../fixtures/tiny-model.js";
import { datasetIn, digestOf, lessonsTo } from "../training/small-training.js";
import { inPlace } from "./program.js";

const test = suite("toolwright train");

const SMALL = ["--model", await tinyModel(), "--rank", "2", "--targets", "q,v", "--pack", "128", "--threads", "1", "--weights", "F32"];
const train = (out: string, ...more: readonly string[]) => ["train", "dataset.jsonl", "--out", out, ...SMALL, ...more];

test(
  "trains on the engine's network, says what came of it, and what it wrote is an adapter that the model runs with",
  inPlace(async ({ folder, run }) => {
    await datasetIn(folder, lessonsTo(24));
    const { code, stdout, stderr } = await run(train("a.gguf", "--lr", "0.005", "--epochs", "2", "--validation", "0.2"));
    assert.is(code, 0, stderr);
    assert.match(stdout, /^a\.gguf: \d+ steps, validation loss \d\.\d+ at step \d+\nReport: a\.gguf\.training\/train\.html\n$/);
    assert.match(stderr, /20 texts with 24 calls; \d+ tokens, \d+ carry loss; 4 kept for validation\. \d+ steps, weights F32\./);
    assert.match(stderr, /step \d+ of \d+, loss \d\.\d+, validation \d\.\d+, \d+ tokens\/s/);
    assert.match(await readFile(join(folder, "a.gguf.training", "train.html"), "utf8"), /trained on 20 texts/);

    const lines = `${JSON.stringify({ prefix: "What is", text: " the answer" })}\n`;
    const score = async (...adapter: string[]) => {
      const scored = await run(["score", "-", "--model", SMALL[1]!, "--exact", ...adapter], { input: lines });
      assert.is(scored.code, 0, scored.stderr);
      return (JSON.parse(scored.stdout) as { logprobs: number[] }).logprobs;
    };
    assert.is.not(JSON.stringify(await score("--adapter", "a.gguf")), JSON.stringify(await score()));

    const again = await run(train("a.gguf"));
    assert.is(again.code, 2);
    assert.match(again.stderr, /a\.gguf is there already\.\nName another file with --out, or go on with --resume\./);
  }),
);

test(
  "killed and resumed, then Ctrl-C and resumed: the bytes of a run that was left alone",
  inPlace(async ({ folder, run, start }) => {
    await datasetIn(folder, lessonsTo(24));
    const more = ["--epochs", "3", "--checkpoint-every", "2", "--dropout", "0.1"];
    assert.is((await run(train("whole.gguf", ...more))).code, 0);
    const begun = async (signal: "SIGKILL" | "SIGINT") => {
      const { child, ended } = start(train("a.gguf", "--resume", ...more), { input: "" });
      const log = join(folder, "a.gguf.training", "train.jsonl");
      const before = existsSync(log) ? (await readFile(log, "utf8")).length : 0;
      while (!existsSync(log) || (await readFile(log, "utf8")).length < before + 1500) await setTimeout(10);
      child.kill(signal);
      return await ended;
    };
    await begun("SIGKILL");
    assert.not(existsSync(join(folder, "a.gguf")));
    const stopped = await begun("SIGINT");
    assert.is(stopped.code, 130, stopped.stderr);
    assert.match(
      stopped.stderr,
      /The training was stopped at step \d+\.\nGo on with: toolwright train dataset\.jsonl --out a\.gguf .* --dropout 0\.1 --resume\n$/,
    );
    const { code, stdout, stderr } = await run(train("a.gguf", "--resume", "--json", ...more));
    assert.is(code, 0, stderr);
    assert.match(stderr, /\d+ steps were done already\./);
    const told = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(Object.keys(told), ["out", "reason", "steps", "validation_loss", "best_step", "seconds", "report"]);
    assert.is(await digestOf(join(folder, "a.gguf")), await digestOf(join(folder, "whole.gguf")));
    const other = await run(train("a.gguf", "--resume", ...more, "--seed", "4"));
    assert.is(other.code, 2);
    assert.match(other.stderr, /was begun with other parameters \(.*seed: 0, now 4\)/);
  }),
);

test(
  "two optimisers on the same texts: two adapters and one page, Lion at a fifth of AdamW's rate",
  inPlace(async ({ folder, run }) => {
    await datasetIn(folder, lessonsTo(12));
    const { code, stdout, stderr } = await run(train("c.gguf", "--compare", "adamw,lion", "--steps", "4", "--lr", "0.005"));
    assert.is(code, 0, stderr);
    assert.match(stdout, /c\.adamw\.gguf: 4 steps\n.*\nc\.lion\.gguf: 4 steps\n.*\nCompared: c\.compared\.html\n$/);
    const page = await readFile(join(folder, "c.compared.html"), "utf8");
    assert.match(page, /AdamW 0\.005 and Lion 0\.001/);
  }),
);

for (const [what, args, code, says] of [
  ["no dataset", ["train", "--out", "a.gguf"], 2, /missing required argument 'dataset'/],
  ["no --out", ["train", "dataset.jsonl"], 2, /required option '-o, --out <file>'/],
  ["a dataset that is missing", ["train", "none.jsonl", "--out", "a.gguf", ...SMALL], 2, /There is no dataset none\.jsonl/],
  ["an unknown target", ["train", "dataset.jsonl", "--out", "a.gguf", "--targets", "q,x"], 2, /There is no target "x"\. Choose from q, k/],
  ["layers that are no range", ["train", "dataset.jsonl", "--out", "a.gguf", "--layers", "3"], 2, /It must be from:to, such as 10:30/],
  [
    "layers that the model has not",
    train("a.gguf", "--layers", "2:9"),
    2,
    /There are no layers 2 up to 9\.\nThe model has layers 0 up to 3/,
  ],
  ["one optimiser to compare", ["train", "dataset.jsonl", "--out", "a.gguf", "--compare", "lion"], 2, /There is nothing to compare/],
  ["--compare with --optimizer", train("a.gguf", "--compare", "lion,adamw", "--optimizer", "lion"), 2, /exclude each other/],
  [
    "texts too long for a pack",
    train("a.gguf", "--pack", "16"),
    2,
    /No token of dataset\.jsonl carries loss: of 3 lessons 3 do not fit 16 tokens/,
  ],
  ["an adapter to start from that is missing", train("a.gguf", "--init", "none.gguf"), 2, /There is no adapter file .*none\.gguf/],
] as const) {
  test(
    `${what}: a line that says so, and nothing is written`,
    inPlace(async ({ folder, run }) => {
      await datasetIn(folder, lessonsTo(3));
      const args_ = what.startsWith("an adapter") ? args.filter((word) => !["--rank", "2", "--targets", "q,v"].includes(word)) : args;
      const { code: ended, stdout, stderr } = await run(args_);
      assert.is(ended, code, stderr);
      assert.is(stdout, "");
      assert.match(stderr, says);
      assert.not(existsSync(join(folder, "a.gguf")));
      assert.not(existsSync(join(folder, "a.gguf.training")));
    }),
  );
}

test(
  "a training that diverges ends with a reason and the last good adapter",
  inPlace(async ({ folder, run }) => {
    await writeFile(join(folder, "dataset.jsonl"), '{"text":"This is it, and that is the answer."}\n');
    const { code, stderr } = await run(
      train("a.gguf", "--lr", "1e30", "--optimizer", "adamw", "--steps", "40", "--schedule", "constant", "--checkpoint-every", "1"),
    );
    assert.is(code, 1, stderr);
    assert.match(
      stderr,
      /The training was given up: the loss of step \d+ is NaN.* Train anew with a lower --lr|given up: .*\nTrain anew with a lower --lr/s,
    );
  }),
);

test.run();
