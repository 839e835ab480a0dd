import { type ChildProcessWithoutNullStreams, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tinyModel } from "../fixtures/tiny-model.js";
import { sameBytes } from "../teaching/small-teaching.js";
import { type Ended, inPlace, type Place } from "./program.js";

const test = suite("toolwright teach");

/** As little work as there can be. A random model does not write calls that end; what comes of those is tested in tests/teaching. */
const SMALL = [
  "--tool",
  "calendar",
  "--model",
  await tinyModel(),
  "--exact",
  "--tau-s",
  "0",
  "--tau-f",
  "-20",
  "--top-k",
  "1",
  "--samples",
  "1",
];

const OUTPUTS = ["README.md", "candidates.jsonl", "dataset.jsonl", "journal.jsonl", "report.html", "report.json"];

const linesOf = (count: number) =>
  Array.from(
    { length: count },
    (_, day) => `${JSON.stringify({ text: `It is ${day} days to Christmas.`, date: `2024-12-0${day + 1}` })}\n`,
  );

/** On one core: threads of a small model that wait for one another take long when others want the cores too. */
function onOneCore(child: ChildProcessWithoutNullStreams): void {
  try {
    execFileSync("bash", ["-c", `taskset -a -c -p 0 ${child.pid}`], { stdio: "ignore" });
  } catch {
    // Not Linux, or not allowed: it takes longer.
  }
}

function teach({ start }: Place, args: readonly string[]): Promise<Ended> {
  const { child, ended } = start(["teach", ...args, ...SMALL], { input: "" });
  onOneCore(child);
  return ended;
}

test(
  "teaches, says what came of it, and writes a dataset that it refuses to write over",
  inPlace(async (place) => {
    const { folder, run } = place;
    await writeFile(join(folder, "c.jsonl"), `${linesOf(2).join("")}not JSON\n{"text":"No date, 7 words."}\n`);
    const { code, stdout, stderr } = await teach(place, ["c.jsonl", "--out", "out"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^0 calls in 0 of 3 texts, of \d candidates: out\/dataset\.jsonl\nReport: out\/report\.html\n$/);
    assert.match(stderr, /^4 of 4 documents, \d candidates, 0 kept, [\d.]+ a minute$/m);
    assert.match(stderr, /^Set aside: c\.jsonl, line 3: c\.jsonl, line 3: not JSON/m);
    assert.equal((await readdir(join(folder, "out"))).sort(), OUTPUTS);
    const report = JSON.parse(await readFile(join(folder, "out", "report.json"), "utf8"));
    assert.equal(report.tools[0].figures.passedOver, { "no date is known": 1 });
    assert.match(await readFile(join(folder, "out", "README.md"), "utf8"), /toolwright teach c\.jsonl --out out --tool calendar/);
    // Results of calls are kept for other runs; here none ran.
    assert.match(await readFile(join(folder, "out", "dataset.jsonl"), "utf8"), /"marked":"It is 0 days to Christmas\."/);

    const again = await teach(place, ["c.jsonl", "--out", "out"]);
    assert.equal([again.code, again.stdout], [2, ""]);
    assert.match(again.stderr, /out has a dataset already\.\nName another folder with --out, or go on with a dataset by --resume\.\n$/);
    const other = await teach(place, ["c.jsonl", "--out", "out", "--resume", "--seed", "3"]);
    assert.is(other.code, 2);
    assert.match(other.stderr, /out was begun with other parameters \(seed: 0, now 3\)/);
    const resumed = await teach(place, ["c.jsonl", "--out", "out", "--resume", "--json"]);
    assert.is(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /^3 texts were done already\.$/m);
    const { documents, passages, set_aside, kept, calls, out } = JSON.parse(resumed.stdout);
    assert.equal([documents, passages, set_aside, kept, calls, out], [4, 3, 1, 0, 0, "out"]);
    assert.is(resumed.stdout.split("\n").length, 2);

    for (const [args, says] of [
      [["out", "--refilter", "--out", "new"], /--refilter takes one folder and a --tau-f/],
      [["out", "--refilter", "--tau-f", "1", "--out", "out"], /out has a dataset already/],
      [["nothing", "--refilter", "--tau-f", "1", "--out", "new"], /nothing has no journal\.jsonl/],
    ] as const) {
      const wrong = await run(["teach", ...args]);
      assert.is(wrong.code, 2);
      assert.match(wrong.stderr, says);
      assert.not(existsSync(join(folder, "new")));
    }
    const judged = await run(["teach", "out", "--refilter", "--tau-f", "1", "--out", "new"]);
    assert.is(judged.code, 0, judged.stderr);
    assert.match(judged.stdout, /^0 calls in 0 of 3 texts/);
    assert.equal((await readdir(join(folder, "new"))).sort(), OUTPUTS);
    const name = "dataset.jsonl";
    assert.is(await readFile(join(folder, "new", name), "utf8"), await readFile(join(folder, "out", name), "utf8"));
  }),
);

test(
  "Ctrl-C ends it after the document at hand, says how to go on, and going on gives the same bytes",
  inPlace(async (place) => {
    const { folder, start } = place;
    await writeFile(join(folder, "c.jsonl"), linesOf(8).join(""));
    const args = ["c.jsonl", "--out", "out"];
    const whole = await teach(place, args);
    assert.is(whole.code, 0, whole.stderr);
    await rename(join(folder, "out"), join(folder, "whole"));

    const { child, ended } = start(["teach", ...args, ...SMALL], { input: "" });
    onOneCore(child);
    const journal = () => readFile(join(folder, "out", "journal.jsonl"), "utf8").catch(() => "");
    while (child.exitCode === null && !(await journal()).includes('"kind":"passage"')) await setTimeout(10);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    assert.is(code, 130, stderr);
    assert.match(stdout, /^0 calls in 0 of [1-7] texts/);
    assert.match(stderr, /^Stopping after this document\. Ctrl-C again stops at once; nothing that is done is lost\.$/m);
    assert.match(
      stderr,
      /The run was stopped; what is done is in the dataset\.\nGo on with: toolwright teach c\.jsonl --out out .* --resume\n$/,
    );
    assert.equal((await readdir(join(folder, "out"))).sort(), OUTPUTS);

    const resumed = await teach(place, [...args, "--resume"]);
    assert.is(resumed.code, 0, resumed.stderr);
    await sameBytes(join(folder, "out"), join(folder, "whole"));
  }),
);

test(
  "shards are merged into one dataset",
  inPlace(async (place) => {
    const { folder, run } = place;
    await writeFile(join(folder, "c.jsonl"), linesOf(3).join(""));
    for (const index of [1, 2]) {
      const shard = await teach(place, ["c.jsonl", "--out", `${index}`, "--shard", `${index}/2`]);
      assert.is(shard.code, 0, shard.stderr);
    }
    const missing = await run(["teach", "merge", "1", "--out", "all"]);
    assert.is(missing.code, 2);
    assert.match(missing.stderr, /Shard 2 of 2 is not among the folders\.\nName all shards\.\n$/);
    assert.not(existsSync(join(folder, "all")));
    const merged = await run(["teach", "merge", "1", "2", "--out", "all", "--json"]);
    assert.is(merged.code, 0, merged.stderr);
    assert.is(JSON.parse(merged.stdout).passages, 3);
    assert.equal((await readdir(join(folder, "all"))).sort(), OUTPUTS);
    const ids = (await readFile(join(folder, "all", "dataset.jsonl"), "utf8")).match(/"id":"[^"]*"/g);
    assert.equal(ids, ['"id":"c.jsonl:1"', '"id":"c.jsonl:2"', '"id":"c.jsonl:3"']);
    assert.match(await readFile(join(folder, "all", "README.md"), "utf8"), /toolwright teach merge 1 2 --out all/);
  }),
);

for (const [what, args, code, says] of [
  ["no corpus", ["--out", "out"], 2, /There is no corpus\.\nName files or folders/],
  ["no --out", ["c.jsonl"], 2, /required option '-o, --out <folder>'/],
  [
    "an unknown tool",
    ["c.jsonl", "--out", "out", "--tool", "oracle"],
    2,
    /There is no tool "oracle"\. Choose from calculator, calendar, search/,
  ],
  ["no shard", ["c.jsonl", "--out", "out", "--shard", "3/2"], 2, /It must be i\/n, such as 1\/4/],
  ["a τs of 1", ["c.jsonl", "--out", "out", "--tau-s", "1"], 2, /a number from 0 up to below 1/],
  ["no positions", ["c.jsonl", "--out", "out", "--top-k", "0"], 2, /whole number, 1 or more/],
  ["texts without the search tool", ["c.jsonl", "--out", "out", "--folder", "."], 2, /--folder is for the tools search and qa/],
  ["a folder to search that is missing", ["c.jsonl", "--out", "out", "--tool", "search", "--folder", "none"], 2, /none/],
  ["a model that is missing", ["c.jsonl", "--out", "out", "--model", "missing.gguf"], 1, /There is no file .*missing\.gguf/],
  ["a clock that is no date", ["c.jsonl", "--out", "out", "--now", "soon"], 2, /--now soon is no date/],
  ["a corpus that is missing", ["missing.jsonl", "--out", "out"], 2, /The corpus missing\.jsonl cannot be read/],
] as const) {
  test(
    `${what}: a line that says so, and nothing is written`,
    inPlace(async ({ folder, start }) => {
      await writeFile(join(folder, "c.jsonl"), linesOf(1).join(""));
      const model = args.includes("--model" as never) ? [] : ["--model", SMALL[3]!, "--exact"];
      const { child, ended } = start(["teach", ...args, ...model], { input: "" });
      onOneCore(child);
      const { stderr, stdout, ...result } = await ended;
      assert.is(result.code, code, stderr);
      assert.is(stdout, "");
      assert.match(stderr, says);
      assert.not(existsSync(join(folder, "out")));
    }),
  );
}

test(
  "its help says what it does, and the defaults",
  inPlace(async ({ run }) => {
    const { code, stdout } = await run(["help", "teach"]);
    assert.is(code, 0);
    for (const words of [
      /Puts calls into texts where they help the model/,
      /-o, --out <folder>/,
      /default: 0\.05; calculator, mt 0\)/,
      /default:\s+1;\s+calculator,\s+mt\s+0\.5/,
      /--published/,
      /--resume/,
      /--shard <i\/n>/,
      /--refilter/,
      /merge \[options\] <folders\.\.\.>/,
    ])
      assert.match(stdout, words);
  }),
);

test.run();
