import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type RoundsEvent, type RoundsOptions, roundsPaths, roundsRows, selfTeach } from "../../rounds/index.js";
import type { TeachTool } from "../../teaching/index.js";
import { thrownBy } from "../evaluation/small-results.js";
import { inFolder } from "../teaching/small-teaching.js";
import { digestOf } from "../training/small-training.js";
import { figuresIn, materialIn, outcomeIn, RIGHT, roundsOf, smallRounds } from "./small-rounds.js";

const test = suite("rounds");
const CHILD = fileURLToPath(new URL("rounds-child.js", import.meta.url));

test(
  "rounds go on as long as they help, and the best one's adapter is kept",
  inFolder(async (folder) => {
    const options = await smallRounds(folder, await materialIn(folder), { fromAnswers: true, samples: 2, first: 4 });
    const events = await roundsOf(options);
    const rounds = figuresIn(events);
    assert.equal(
      rounds.map(({ correct }) => correct),
      RIGHT.slice(0, 4),
      "the last is the first that did not help",
    );
    assert.equal(events.at(-1), { type: "end", reason: "no-gain", best: 2, adapter: join(options.out, "adapter.gguf") });
    assert.is(await digestOf(join(options.out, "adapter.gguf")), await digestOf(roundsPaths(options.out, 2).adapter));
    assert.equal(
      rounds.map(({ texts }) => texts),
      [0, 4, 6, 6],
    );
    const [base, first, second] = rounds;
    assert.equal(base!.sets, [{ name: "tasks", n: 10, correct: 2, calls: 10, withoutTools: 0 }]);
    assert.equal([base!.calls, base!.answers, base!.loss], [0, 0, null]);
    assert.ok(first!.calls > 0 && first!.lessons > 0);
    assert.is(first!.answers, 0, "a first round that others follow does without");
    assert.ok(second!.answers > 0 && second!.lessons >= second!.answers && second!.loss! > 0, `${second!.answers} of ${second!.lessons}`);
    assert.equal((await readdir(join(options.out, "round-2"))).sort(), [
      "adapter.gguf",
      "adapter.gguf.training",
      "answers",
      "dataset.jsonl",
      "results.jsonl",
      "taught",
    ]);
    const page = await readFile(join(options.out, "rounds.md"), "utf8");
    assert.match(page, /^\| round \| texts \| .* \| tasks \| all \| calls\/question \| seconds \|/);
    assert.match(page, /\| base, tools off \|.*\| 0\.0% \| 0\.0% \|/);
    assert.match(page, /\| 2 \| 6 \|.*\| 70\.0% \| 70\.0% \| 1\.00 \| \d+ \| best \|/);

    const again = await thrownBy(roundsOf(options));
    assert.is(again.code, "output-exists");
    const differing = await thrownBy(roundsOf({ ...options, resume: true, seed: 3, first: 5 }));
    assert.is(differing.code, "parameters-differ");
    assert.match(differing.message, /corpus\.first: 4, now 5; seed: 0, now 3/);
    const corpus = await readFile(String(options.corpus), "utf8");
    await writeFile(String(options.corpus), corpus.replace('"answer":5', '"answer":55'));
    assert.match((await thrownBy(roundsOf({ ...options, resume: true }))).message, /\(corpus\.digest: \w+, now \w+\)/);
    await writeFile(String(options.corpus), corpus);
    const finished = await roundsOf({ ...options, resume: true });
    assert.equal(
      finished.map(({ type }) => type),
      ["start", "round", "round", "round", "round", "end"],
      "nothing is done again",
    );
  }),
);

test(
  "killed in each of its stages and gone on with: the table and the bytes of rounds that were left alone",
  inFolder(async (folder) => {
    const material = await materialIn(folder);
    const run = (where: string, hold?: string) =>
      new Promise<string[]>((resolve, reject) => {
        const child = spawn(process.execPath, [CHILD, JSON.stringify({ folder: where, material, hold })]);
        let said = "";
        child.stderr.on("data", (text: Buffer) => reject(new Error(String(text))));
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          said += text;
          if (hold !== undefined && said.includes(`${hold}\n`)) child.kill("SIGKILL");
        });
        child.on("close", () => resolve(said.trimEnd().split("\n")));
      });
    await Promise.all(["whole", "killed"].map((name) => mkdir(join(folder, name))));
    const whole = await run(join(folder, "whole"));
    assert.is(whole.at(-1), "end", whole.at(-1));
    const points = [
      "0 evaluate result",
      "1 teach passage",
      "1 train step",
      "1 stage evaluate",
      "round 1",
      "2 answers question",
      "2 train done",
    ];
    for (const point of points) {
      const said = await run(join(folder, "killed"), point);
      assert.is(said.at(-1), point);
      if (point === "1 stage evaluate") assert.not(said.includes("1 stage teach"), "what was done is not done again");
    }
    assert.is((await run(join(folder, "killed"))).at(-1), "end");
    assert.equal(await outcomeIn(join(folder, "killed", "out"), 3), await outcomeIn(join(folder, "whole", "out"), 3));
  }),
);

test(
  "a stop ends it cleanly wherever it comes, and going on gives the same",
  inFolder(async (folder) => {
    const material = await materialIn(folder);
    const options = await smallRounds(folder, material, { rounds: 1 });
    await roundsOf(options);
    const before = await outcomeIn(options.out, 1);
    await rm(options.out, { recursive: true });
    const at = (wanted: (event: RoundsEvent) => boolean) => stoppedAt({ ...options, resume: true }, wanted);
    await at((event) => event.type === "evaluate" && event.event.type === "result");
    await at((event) => event.type === "teach" && event.event.type === "passage");
    await at((event) => event.type === "train" && event.event.type === "step");
    await at((event) => event.type === "stage" && event.stage === "evaluate");
    await roundsOf({ ...options, resume: true });
    assert.equal(await outcomeIn(options.out, 1), before);
  }),
);

async function stoppedAt(options: RoundsOptions, wanted: (event: RoundsEvent) => boolean): Promise<void> {
  const abort = new AbortController();
  let last: RoundsEvent | undefined;
  for await (const event of selfTeach({ ...options, signal: abort.signal })) {
    last = event;
    if (wanted(event)) abort.abort();
  }
  assert.ok(abort.signal.aborted);
  assert.equal(last, { type: "end", reason: "stopped", best: 0 });
}

test(
  "questions of the tasks are left out of the corpus, and counted",
  inFolder(async (folder) => {
    const options = await smallRounds(folder, await materialIn(folder, { documents: 5, shared: 2 }), {
      rounds: 1,
      fromAnswers: true,
      samples: 1,
    });
    const events = await roundsOf(options);
    assert.equal(events[0], { type: "start", documents: 3, leftOut: 2, questions: 10, done: 0 });
    assert.is(figuresIn(events)[1]!.texts, 3);
    const lessons = await readFile(roundsPaths(options.out, 1).dataset, "utf8");
    assert.match(lessons, /Question 100:/);
    assert.not.match(lessons, /Question 10[34]:/);
    const asked = events.flatMap((event) => (event.type === "answers" && event.event.type === "question" ? [event.event.document] : []));
    assert.equal(asked.sort(), [0, 1, 2]);
  }),
);

test(
  "texts in which no call helped are not trained on, those that no tool was tried on are",
  inFolder(async (folder) => {
    const { corpus, tasks } = await materialIn(folder, { documents: 3 });
    const more = [
      { question: "Is it a hopeless one?", solution: "No." },
      { question: "Which one is it?", solution: "It is passed over." },
    ];
    await writeFile(corpus, `${await readFile(corpus, "utf8")}${more.map((record) => `${JSON.stringify(record)}\n`).join("")}`);
    const options = await smallRounds(folder, { corpus, tasks }, { rounds: 1 });
    const [tool] = options.tools;
    const heuristic: TeachTool["heuristic"] = ({ text }) => ({ tried: !text.includes("passed"), reason: "it says so" });
    await roundsOf({ ...options, tools: [{ ...(tool as TeachTool), heuristic }] });
    const lessons = await readFile(roundsPaths(options.out, 1).dataset, "utf8");
    assert.match(lessons, /It is passed over/);
    assert.not.match(lessons, /hopeless/);
  }),
);

test(
  "what it cannot work with is refused, and nothing is written",
  inFolder(async (folder) => {
    const options = await smallRounds(folder, await materialIn(folder));
    for (const [more, code, says] of [
      [{ tasks: [] }, "wrong-setting", /no tasks/],
      [{ tasks: ["-"] }, "wrong-setting", /can be read once/],
      [{ rounds: 0 }, "wrong-setting", /rounds is 0/],
      [{ corpus: join(folder, "none.jsonl") }, "corpus-not-found", /none\.jsonl/],
      [{ tasks: [join(folder, "none.jsonl")] }, "file-unreadable", /none\.jsonl/],
    ] as const) {
      const error = await thrownBy(roundsOf({ ...options, ...more }));
      assert.is(error.code, code);
      assert.match(error.message, says);
      assert.not((await readdir(folder)).includes("out"));
    }
    await mkdir(options.out);
    await cp(options.tasks[0]!, join(options.out, "mine.jsonl"));
    assert.is((await thrownBy(roundsOf(options))).code, "output-exists");
    await rm(join(options.out, "mine.jsonl"));
    const nothing = await thrownBy(roundsOf({ ...options, tools: [{ ...(options.tools[0] as TeachTool), tauF: 99 }] }));
    assert.is(nothing.code, "nothing-taught");
    assert.match(nothing.message, /Round 1 has no text with a call that helps/);
  }),
);

test("the table has a row for the base without tools, and marks the best round", () => {
  const set = { name: "sums", n: 4, correct: 1, calls: 2 };
  const round = {
    round: 0,
    texts: 0,
    calls: 0,
    answers: 0,
    lessons: 0,
    loss: null,
    sets: [{ ...set, withoutTools: 0 }],
    n: 4,
    correct: 1,
    seconds: 2.4,
  };
  const later = {
    ...round,
    round: 1,
    texts: 9,
    calls: 7,
    answers: 3,
    lessons: 10,
    loss: 0.12345,
    sets: [{ ...set, correct: 3 }],
    correct: 3,
  };
  assert.equal(roundsRows([round, later], 1), [
    ["round", "texts", "calls kept", "from answers", "lessons", "loss", "sums", "all", "calls/question", "seconds", ""],
    ["base, tools off", "", "", "", "", "", "0.0%", "0.0%", "", "", ""],
    ["base", "", "", "", "", "", "25.0%", "25.0%", "0.50", "2", ""],
    ["1", "9", "7", "3", "10", "0.123", "75.0%", "75.0%", "0.50", "2", "best"],
  ]);
});

test.run();
