import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adapterSets, modelsWith } from "../../cli/eval-models.js";
import { configurationOf } from "../../evaluation/index.js";
import { type LocalModel, localModel } from "../../index.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { end, event } from "../models/chat-server.js";
import { inPlace, type Place } from "./program.js";

const test = suite("toolwright eval");

const TASKS = [2, 3, 4].map((n) => `${JSON.stringify({ question: `What is ${n}*${n}?`, answer: n * n })}\n`).join("");
const SERVER = ["--model", "openai:m", "--strategy", "direct"];
const TINY = ["--model", await tinyModel(), "--exact", "--strategy", "direct", "--tools", "off", "--max-tokens", "8"];

/** A model that squares right, but for 3 unless it is told to take care; without a call. */
function squares({ server }: Place): void {
  server.answers((response, { body }) => {
    const text = JSON.stringify(body.messages);
    const n = Number(/(\d+)\*/.exec(text)![1]);
    event(response, { content: `${n} times ${n} is ${n === 3 && !text.includes("care") ? 6 : n * n}.` }, "stop");
    end(response, { prompt_tokens: 20, completion_tokens: 8 });
  });
}

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test(
  "figures as JSON, results as lines, a report, and the comparison of two files",
  inPlace(async (place) => {
    const { folder, run } = place;
    squares(place);
    await writeFile(join(folder, "t.jsonl"), TASKS);
    const first = await run(["eval", "t.jsonl", ...SERVER, "--json", "--out", "a.jsonl"]);
    assert.is(first.code, 0, first.stderr);
    const { n, correct, accuracy, calls, tokens_per_second, ...rest } = JSON.parse(first.stdout);
    assert.equal([n, correct, Number(accuracy.toFixed(3)), calls], [3, 2, 0.667, 0]);
    assert.ok(tokens_per_second > 0);
    assert.is(rest.match, "number");
    assert.equal(Object.keys(JSON.parse(first.stdout)).slice(0, 5), ["n", "correct", "accuracy", "calls", "tokens_per_second"]);
    const results = jsonLines(await readFile(join(folder, "a.jsonl"), "utf8")).filter(({ kind }) => kind === "result");
    assert.equal(results.map(({ id, correct }) => [id, correct]).sort(), [
      ["1", true],
      ["2", false],
      ["3", true],
    ]);
    assert.match(await readFile(join(folder, "a.jsonl.report.html"), "utf8"), /3 times 3 is 6\./);

    const second = await run(["eval", "t.jsonl", ...SERVER, "--instructions", "Take care.", "--out", "b.jsonl"]);
    assert.is(second.code, 0, second.stderr);
    assert.match(second.stdout, /^right +of +accuracy .*by number\n3 +3 +100\.0%/);
    const compared = await run(["eval", "--compare", "a.jsonl", "b.jsonl", "--json", "--report", "ab.html"]);
    assert.is(compared.code, 0, compared.stderr);
    const { wins, losses, p, a } = JSON.parse(compared.stdout);
    assert.equal([wins, losses, p, a], [1, 0, 1, "a.jsonl: direct, Calculator+Calendar+Search"]);
    assert.ok(existsSync(join(folder, "ab.html")));
    const table = await run(["eval", "--compare", "a.jsonl", "b.jsonl"]);
    assert.match(table.stdout, /^n +both right +wins/);
  }),
);

test(
  "what is there is not asked again, and other parameters are refused",
  inPlace(async (place) => {
    const { folder, run, server } = place;
    squares(place);
    await writeFile(join(folder, "t.jsonl"), TASKS);
    const args = ["eval", "t.jsonl", ...SERVER, "--out", "r.jsonl"];
    assert.is((await run([...args, "--limit", "2"])).code, 0);
    assert.is(server.requests.length, 2);
    const again = await run(args);
    assert.equal([again.code, again.stdout], [2, ""]);
    assert.match(again.stderr, /r\.jsonl is there already\.\nName another file with --out, or go on with it by --resume\./);
    const other = await run([...args, "--resume", "--match", "exact"]);
    assert.is(other.code, 2);
    assert.match(other.stderr, /begun with other parameters \(match: number, now exact\)/);
    const resumed = await run([...args, "--resume", "--json"]);
    assert.is(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /2 of 3 questions were done already/);
    assert.is(JSON.parse(resumed.stdout).n, 3);
    assert.is(server.requests.length, 3);
  }),
);

test(
  "questions in several wordings: all of them, the worst case, agreement; gone on with by question",
  inPlace(async (place) => {
    const { folder, run, server } = place;
    // Right but for what is in words.
    server.answers((response, { body }) => {
      const [, n] = /What is (\d+)\*/.exec(JSON.stringify(body.messages)) ?? [];
      event(response, { content: n === undefined ? "Seven." : `It is ${Number(n) ** 2}.` }, "stop");
      end(response, { prompt_tokens: 20, completion_tokens: 8 });
    });
    const questions = [
      ...[2, 3, 4].map((n) => ({ question: `What is ${n}*${n}?`, answer: n * n })),
      { question: "What is 5 times 5?", answer: 25 },
    ];
    await writeFile(join(folder, "t.jsonl"), questions.map((each) => `${JSON.stringify(each)}\n`).join(""));
    const args = ["eval", "t.jsonl", ...SERVER, "--paraphrases", "--typos", "0", "--out", "r.jsonl"];
    const first = await run([...args, "--limit", "2"]);
    assert.is(first.code, 0, first.stderr);
    assert.match(first.stderr, /: 4 wordings\n/);
    assert.match(first.stdout, /^questions +wordings +one only .*\n2 +4 +0 +2 = 100\.0% +100\.0% to 100\.0% +100\.0% /m);
    const ended = await run([...args, "--resume", "--json"]);
    assert.is(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /4 of 9 wordings were done already/);
    assert.is(server.requests.length, 9);
    const { n, correct, wordings } = JSON.parse(ended.stdout);
    assert.equal([n, correct], [9, 6]);
    const { worst_interval, agreement_interval, ...rest } = wordings;
    assert.equal(rest, {
      questions: 4,
      single: 0,
      always: 3,
      worst: 0.75,
      agreement: 1,
      rules: [
        { rule: "given", n: 4, correct: 3, correct_given: 3 },
        { rule: "words", n: 1, correct: 0, correct_given: 0 },
        { rule: "polite", n: 4, correct: 3, correct_given: 3 },
      ],
    });
    assert.equal([worst_interval[1], agreement_interval], [1, [1, 1]]);
    const results = jsonLines(await readFile(join(folder, "r.jsonl"), "utf8")).filter(({ kind }) => kind === "result");
    assert.equal(
      results
        .map(({ id, wording }) => `${id} ${wording.of} ${wording.rule}`)
        .sort()
        .slice(-3),
      ["4 4 given", "4~polite 4 polite", "4~words 4 words"],
    );
    assert.match(await readFile(join(folder, "r.jsonl.report.html"), "utf8"), /4 questions in 9 wordings/);
    const other = await run([...args, "--resume", "--typos", "0.5"]);
    assert.is(other.code, 2);
    assert.match(other.stderr, /paraphrases\.typos: 0, now 0\.5/);
    const without = await run(["eval", "t.jsonl", ...SERVER, "--json", "--out", "plain.jsonl"]);
    assert.not("wordings" in JSON.parse(without.stdout));
    const compared = await run(["eval", "--compare", "r.jsonl", "plain.jsonl", "--json"]);
    assert.match(compared.stderr, /those as given are compared/);
    assert.equal([JSON.parse(compared.stdout).n, JSON.parse(compared.stdout).unpaired], [4, 0]);
  }),
);

test(
  "the tiny model is asked in several wordings too",
  inPlace(async ({ folder, run }) => {
    await writeFile(join(folder, "t.jsonl"), '{"question":"How many meters are 5 kilometers?","answer":5000}\n');
    const ended = await run(["eval", "t.jsonl", ...TINY, "--paraphrases", "--json"]);
    assert.is(ended.code, 0, ended.stderr);
    const { n, wordings } = JSON.parse(ended.stdout);
    assert.equal(
      [n, wordings.questions, wordings.rules.map(({ rule }: { rule: string }) => rule)],
      [5, 1, ["given", "words", "units", "polite", "typos"]],
    );
  }),
);

test(
  "strategies, tools and adapters side by side, from standard input, with traces",
  inPlace(async (place) => {
    const { folder, run } = place;
    squares(place);
    const ended = await run(
      [
        "eval",
        "-",
        "--model",
        "openai:m",
        "--strategy",
        "direct,zero-shot",
        "--tools",
        "calculator",
        "--tools",
        "off",
        "--trace",
        "t",
        "--json",
      ],
      {
        input: TASKS,
      },
    );
    assert.is(ended.code, 0, ended.stderr);
    assert.equal(
      jsonLines(ended.stdout).map(({ configuration, n }) => `${configuration}: ${n}`),
      ["direct, Calculator: 3", "zero-shot, Calculator: 3", "direct, no tools: 3", "zero-shot, no tools: 3"],
    );
    assert.is((await readdir(join(folder, "t"))).filter((name) => name.endsWith(".jsonl")).length, 12);
  }),
);

test(
  "an adapter and none, and what it does to the perplexity of a text",
  inPlace(async ({ folder, run }) => {
    await writeFile(join(folder, "t.jsonl"), TASKS);
    await writeFile(join(folder, "text.txt"), "What is the number of days until the question has an answer?");
    const adapter = await tinyAdapter();
    const ended = await run(["eval", "t.jsonl", ...TINY, "--adapter", `none,${adapter}`, "--out", "r.jsonl", "--json"]);
    assert.is(ended.code, 0, ended.stderr);
    assert.equal(
      jsonLines(ended.stdout).map(({ configuration, n }) => [configuration, n]),
      [
        ["direct, no tools, no adapter", 3],
        ["direct, no tools, tiny-adapter", 3],
      ],
    );
    assert.match((await run(["eval", "--compare", "r.jsonl"])).stdout, / {2}tiny-adapter against no adapter \(direct, no tools\)$/m);
    const measured = await run([
      "eval",
      "--perplexity",
      "text.txt",
      "--model",
      await tinyModel(),
      "--exact",
      "--adapter",
      "none",
      "--adapter",
      adapter,
      "--json",
    ]);
    assert.is(measured.code, 0, measured.stderr);
    const [none, with_] = jsonLines(measured.stdout);
    assert.equal([none.adapter, none.texts, none.change, with_.adapter], ["none", 1, 0, "tiny-adapter"]);
    assert.is(with_.tokens, none.tokens);
    assert.is.not(with_.perplexity, none.perplexity);
  }),
);

test(
  "adapters whose files have the same name are told apart, and a model's own is named",
  inPlace(async ({ folder, run }) => {
    await writeFile(join(folder, "t.jsonl"), TASKS);
    for (const round of ["r1", "r2"]) {
      await mkdir(join(folder, round));
      await copyFile(await tinyAdapter({ seed: round === "r1" ? 1 : 2 }), join(folder, round, "a.gguf"));
    }
    const ended = await run(["eval", "t.jsonl", ...TINY, "--limit", "1", "--adapter", "r1/a.gguf,r2/a.gguf", "--json"]);
    assert.equal(
      jsonLines(ended.stdout).map(({ configuration, n }) => [configuration, n]),
      [
        ["direct, no tools, a (r1)", 1],
        ["direct, no tools, a (r2)", 1],
      ],
    );
    await using model = await localModel({ file: await tinyModel(), exact: true, adapters: [{ file: join(folder, "r1", "a.gguf") }] });
    assert.is(configurationOf({ model, strategy: "direct" }).name, "direct, no tools, a");
  }),
);

test("a local model's weights are loaded once for all adapters", async () => {
  const options = { model: await tinyModel(), exact: true } as const;
  const seen: { digests: readonly string[]; engine: unknown }[] = [];
  for await (const { model } of modelsWith(adapterSets(["none", await tinyAdapter(), "none"]), options, new AbortController().signal)) {
    const { identity, engine } = model as LocalModel;
    seen.push({ digests: identity.adapters?.map(({ digest }) => digest) ?? [], engine });
    assert.is(engine, seen[0]!.engine);
    await (model as LocalModel).score("1", "2 3"); // It is open.
  }
  assert.equal(
    seen.map(({ digests }) => digests.length),
    [0, 1],
  );
});

test(
  "bad input is a clear line",
  inPlace(async (place) => {
    const { folder, run, server } = place;
    await writeFile(join(folder, "t.jsonl"), TASKS);
    await writeFile(join(folder, "empty.jsonl"), "");
    await writeFile(join(folder, "bad.jsonl"), `${TASKS}{"answer":1}\n`);
    await writeFile(join(folder, "other.jsonl"), '{"question":"Another?","answer":1}\n');
    for (const [args, says] of [
      [[], /There are no tasks/],
      [["empty.jsonl"], /empty\.jsonl has no tasks/],
      [["bad.jsonl"], /bad\.jsonl, line 4: it has no question/],
      [["t.jsonl", "--strategy", "direct,guess"], /There is no strategy "guess"\. Use one of: few-shot/],
      [["t.jsonl", "--tools", "hammer"], /There is no tool "hammer"/],
      [["t.jsonl", "--adapter", "none,away.gguf"], /There is no adapter away\.gguf/],
      [["t.jsonl", "--match", "roughly"], /roughly/],
      [["t.jsonl", "--tools", "off", "--folder", "."], /--folder is for the tools search and qa/],
      [["t.jsonl", "--report", "away/r.html"], /There is no folder for away\/r\.html/],
      [["t.jsonl", "--resume"], /--resume needs --out/],
      [["t.jsonl", "--typos", "0.2"], /--typos is for --paraphrases/],
      [["t.jsonl", "--paraphrases", "--typos", "2"], /a number from 0 to 1/],
      [["t.jsonl", "--time-zone", "Moon"], /There is no time zone Moon/],
      [["--compare", "t.jsonl"], /t\.jsonl is no results file/],
      [["--compare", "away.jsonl", "t.jsonl"], /There is no away\.jsonl/],
    ] as const) {
      const { code, stdout, stderr } = await run(["eval", ...args]);
      assert.equal([code, stdout], [2, ""], stderr);
      assert.match(stderr, says);
    }
    assert.is(server.requests.length, 0, "nothing was asked");
    squares(place);
    server.answers((response) => {
      event(response, { content: "1" }, "stop");
      end(response);
    });
    for (const file of ["t", "other"]) assert.is((await run(["eval", `${file}.jsonl`, ...SERVER, "--out", `${file}.out`])).code, 0);
    const apart = await run(["eval", "--compare", "t.out", "other.out"]);
    assert.is(apart.code, 2);
    assert.match(apart.stderr, /cannot be compared: "1" is another question in each/);
  }),
);

test.run();
