import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inPlace } from "./program.js";

const test = suite("toolwright selftaught");

const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const product = (a: number, b: number) => ({ question: `What is ${a}*${b}?`, answer: a * b });
const solved = (a: number, b: number) => ({ ...product(a, b), solution: `${a}*${b} = ${a * b}.` });

async function material(folder: string): Promise<void> {
  await writeFile(join(folder, "tasks.jsonl"), lines([product(37, 48)]));
  await writeFile(join(folder, "corpus.jsonl"), lines([solved(52, 17), solved(37, 48)]));
}

const ARGS = ["selftaught", "corpus.jsonl", "--tasks", "tasks.jsonl", "--out", "out", "--from-answers", "--samples", "1", "--rounds", "1"];

// The default model: a random one keeps no call to go on with.
test(
  "teaches, trains and evaluates; Ctrl-C says how to go on, and going on ends with the table",
  inPlace(async ({ folder, run, start, environment }) => {
    await material(folder);
    // The model is where all tests have it, and what is measured of this machine with it.
    const home = { environment: { ...environment, TOOLWRIGHT_HOME: process.env["TOOLWRIGHT_HOME"] } };
    const { child, ended } = start([...ARGS, "--epochs", "1"], { input: "", ...home });
    let said = "";
    child.stderr.on("data", (text: Buffer) => {
      said += String(text);
    });
    while (child.exitCode === null && !said.includes("Round 1: teaching")) await setTimeout(10);
    child.kill("SIGINT");
    const stopped = await ended;
    assert.is(stopped.code, 130, stopped.stderr);
    assert.match(
      stopped.stderr,
      /^1 texts to teach on, 1 questions to measure with\.\n1 texts ask what the tasks ask, and are left out\.$/m,
    );
    assert.match(
      stopped.stderr,
      /The rounds were stopped; what is done stays\.\nGo on with: toolwright selftaught corpus\.jsonl .* --epochs 1 --resume\n$/,
    );
    assert.match(stopped.stdout, /^round +texts +calls kept.*\nbase, tools off .*\nbase .* best\n$/);

    const again = await run([...ARGS, "--epochs", "1"], home);
    assert.equal([again.code, again.stdout], [2, ""]);
    assert.match(again.stderr, /out has rounds already\.\nName another folder with --out, or go on with its rounds by --resume\./);
    const other = await run([...ARGS, "--epochs", "2", "--resume"], home);
    assert.is(other.code, 2);
    assert.match(other.stderr, /training\.epochs: 1, now 2/);

    const { code, stdout, stderr } = await run([...ARGS, "--epochs", "1", "--resume"], home);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^round .*\nbase, tools off .*\nbase .*\n1 /);
    assert.match(stderr, /The base was done already\./);
    for (const stage of ["answering for lessons", "training", "evaluating"]) assert.match(stderr, new RegExp(`Round 1: ${stage}`));
    assert.ok(existsSync(join(folder, "out", "round-1", "adapter.gguf")));
    assert.match(await readFile(join(folder, "out", "round-1", "dataset.jsonl"), "utf8"), /"marked":".*\[Calculator\(52\*17\) → 884\]/);

    const figures = await run([...ARGS, "--epochs", "1", "--resume", "--json"], home);
    assert.is(figures.code, 0, figures.stderr);
    const [base, first, end] = figures.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal([base.round, base.n, first.round, first.texts, first.from_answers], [0, 1, 1, 1, 1]);
    assert.ok("accuracy_without_tools" in base.sets[0] && first.loss === null);
    assert.equal(Object.keys(end), ["best", "reason", "adapter", "rounds"]);
  }),
);

for (const [what, args, says] of [
  ["no tasks", ["corpus.jsonl", "--out", "out"], /required option '--tasks <files>'/],
  ["no corpus", ["--out", "out", "--tasks", "tasks.jsonl"], /missing required argument 'corpus'/],
  [
    "--samples without --from-answers",
    ["corpus.jsonl", "--out", "out", "--tasks", "tasks.jsonl", "--samples", "3"],
    /--samples is for --from-answers/,
  ],
  ["standard input", ["-", "--out", "out", "--tasks", "tasks.jsonl"], /Standard input can be read once/],
  ["tasks that are missing", ["corpus.jsonl", "--out", "out", "--tasks", "tasks.jsonl,none.jsonl"], /none\.jsonl cannot be read/],
  [
    "a folder of something else",
    ["corpus.jsonl", "--out", "mine", "--tasks", "tasks.jsonl"],
    /mine is there already, and holds something else/,
  ],
] as const) {
  test(
    `${what}: a line that says so, and nothing is written`,
    inPlace(async ({ folder, run }) => {
      await material(folder);
      await mkdir(join(folder, "mine"));
      await writeFile(join(folder, "mine", "letter.txt"), "Dear reader");
      const { code, stdout, stderr } = await run(["selftaught", ...args]);
      assert.equal([code, stdout], [2, ""], stderr);
      assert.match(stderr, says);
      assert.not(existsSync(join(folder, "out")));
    }),
  );
}

test.run();
