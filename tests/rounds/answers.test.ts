import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AgentEvent } from "../../agent/index.js";
import { type Script, scriptedModel } from "../../models/index.js";
import {
  type AnswerEvent,
  type AnswerOptions,
  answerQuestions,
  lessonsFrom,
  type Sampled,
  sampledFrom,
  writeAnswers,
} from "../../rounds/index.js";
import { type Passage, readCorpus, readDataset } from "../../teaching/index.js";
import { calculator } from "../../tools/index.js";
import { thrownBy } from "../evaluation/small-results.js";
import { inFolder } from "../teaching/small-teaching.js";

const test = suite("lessons from answers");

const passage: Passage = {
  document: 4,
  part: 0,
  id: "c:5",
  source: "c, line 5",
  question: "What is 6*7?",
  before: "",
  text: "42",
  answer: ["42"],
};

const sampled = (text: string, calls: readonly [input: string, output: string, position: number][], sound = true): Sampled => ({
  text,
  calls: calls.map(([input, output, position]) => ({ tool: "Calculator", input, output, position })),
  sound,
});

const select = (answers: readonly { readonly answer: Sampled; readonly right: boolean }[], most = 2) =>
  lessonsFrom(passage, answers, { tools: ["Calculator"], most });

test("right answers whose calls are used become lessons, distinct ones, the shortest first", () => {
  const short = sampled("It is 42.", [["6*7", "42", 6]]);
  const long = sampled("So 6 times 7 makes 42.", [["6*7", "42", 19]]);
  const longest = sampled("Six sevens: 12 and 30 make 42.", [
    ["5*6", "30", 19],
    ["12+30", "42", 27],
  ]);
  const all = [longest, long, short, short].map((answer) => ({ answer, right: true }));
  const { lessons, counts } = select(all);
  assert.equal(
    lessons.map(({ id, marked }) => [id, marked]),
    [
      ["c:5", "It is [Calculator(6*7) → 42] 42."],
      ["c:5~2", "So 6 times 7 makes [Calculator(6*7) → 42] 42."],
    ],
  );
  assert.equal(counts, { answers: 4, right: 4, callFree: 0, unsound: 0, unused: 0, kept: 2 });
  assert.equal(lessons[0]!.calls, [{ tool: "Calculator", position: 6, input: "6*7", output: "42", margin: 0 }]);
  assert.is(select(all, 1).lessons.length, 1);
});

test("wrong answers, those without a call, with a failed one, and with one that is not used, are left out", () => {
  const { lessons, counts } = select([
    { answer: sampled("It is 41.", [["6*7-1", "41", 6]]), right: false },
    { answer: sampled("It is 42.", []), right: true },
    { answer: sampled("It is 42.", [["6*7", "42", 6]], false), right: true },
    { answer: sampled("It is 42.", [["6+7", "13", 6]]), right: true },
    {
      answer: sampled("It is 42.", [
        ["6*7", "42", 6],
        ["7*6", "42", 6],
      ]),
      right: true,
    },
  ]);
  assert.equal(lessons, []);
  assert.equal(counts, { answers: 5, right: 4, callFree: 1, unsound: 2, unused: 1, kept: 0 });
});

test("an answer is put together from a run's events: its text, where its calls stand, and whether all went well", () => {
  const call = (id: string, more: object = {}) => ({ type: "call", id, tool: "Calculator", input: "6*7", span: [0, 1], ...more }) as const;
  const of = (...events: object[]) => sampledFrom(events as AgentEvent[]);
  const ran = { type: "result", id: "c0", output: "42", ms: 1, cached: false };
  const text = (delta: string) => ({ type: "text", delta });
  assert.equal(of(text(" It is"), call("c0"), ran, text(" 42.\n")), {
    text: "It is 42.",
    calls: [{ tool: "Calculator", input: "6*7", output: "42", position: 6 }],
    sound: true,
  });
  assert.equal(of(call("c0"), ran, text("42 it is.")).calls[0]!.position, 0);
  for (const wrong of [
    [call("c0"), { type: "result", id: "c0", error: "no", ms: 1, cached: false }],
    [call("c0", { within: "c1" }), ran],
    [call("c0"), ran, { type: "error", code: "length", message: "", remedy: "", fatal: false }],
  ])
    assert.is(of(...wrong, text("It is 42.")).sound, false);
});

test(
  "a corpus is read as questions: with its known answers, whole, and without a solution",
  inFolder(async (folder) => {
    const records = [
      { question: "One?", solution: "A long one. It has two sentences.", answer: [1, "one"] },
      { question: "Two?", answer: "So it is\n#### 2" },
      { question: "Three?", solution: "3 it is.\n#### 3" },
      { question: "Four?", solution: "4." },
      { text: "No question." },
    ];
    const file = join(folder, "c.jsonl");
    await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    const read = [];
    const sizes = { countTokens: (text: string) => text.split(" ").length, window: 4, overlap: 0 };
    for await (const item of readCorpus(file, { ...sizes, as: "question" })) {
      read.push("code" in item ? item.code : [item.question, item.text, item.answer]);
    }
    assert.equal(read, [
      ["One?", "A long one. It has two sentences.", ["1", "one"]],
      ["Two?", "2", ["2"]],
      ["Three?", "3 it is.\n#### 3", ["3"]],
      "no-answer",
      "no-question",
    ]);
  }),
);

const LINES = [
  { id: "a", question: "What is 6*7?", solution: "It is 42." },
  { id: "b", question: "What is 5*5?", answer: 25, date: "2024-05-06" },
  { id: "c", question: "What is 3*3?", solution: "That is nine.\n#### 9" },
  { id: "d", question: "What is 2*2?", answer: ["4", "four"] },
];

/** Says the product, of 2*2 a wrong one, every third time without a call. */
function reckons(): Script {
  let asked = 0;
  return (messages, written) => {
    const [product = "", a = "1", b = "1"] = /(\d)\*(\d)/.exec(messages.at(-1)!.content) ?? [];
    const right = a === "2" ? 5 : Number(a) * Number(b);
    if (written !== "") return [` ${right}.`];
    return asked++ % 3 === 2 ? [`It is ${right}.`] : [`It is [Calculator(${product})`];
  };
}

async function answering(folder: string, more: Partial<AnswerOptions> = {}): Promise<AnswerEvent[]> {
  const file = join(folder, "corpus.jsonl");
  await writeFile(file, LINES.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const corpus = readCorpus(file, { countTokens: () => 1, window: 384, overlap: 0, as: "question" });
  const events: AnswerEvent[] = [];
  const model = more.model ?? scriptedModel(reckons());
  for await (const event of answerQuestions({ corpus, tools: [calculator()], out: join(folder, "out"), samples: 3, ...more, model })) {
    events.push(event);
  }
  return events;
}

test(
  "questions with a known answer are answered with tools running, and written as a dataset in the corpus's order",
  inFolder(async (folder) => {
    const events = await answering(folder);
    assert.equal(events.at(-1), { type: "end", complete: true, unknown: 1 });
    const out = join(folder, "out");
    const command = "toolwright teach corpus.jsonl --from-answers";
    const { questions, counts } = await writeAnswers(out, { corpus: [{ name: "corpus.jsonl", licence: "MIT" }], command });
    assert.equal([questions, counts], [3, { answers: 9, right: 6, callFree: 2, unsound: 0, unused: 0, kept: 2 }]);
    const lessons = [];
    for await (const lesson of readDataset(join(out, "dataset.jsonl"))) lessons.push(lesson);
    assert.equal(
      lessons.map(({ id, question, marked, date }) => ({ id, question, marked, date })),
      [
        { id: "b", question: "What is 5*5?", marked: "It is [Calculator(5*5) → 25] 25.", date: "2024-05-06" },
        { id: "c", question: "What is 3*3?", marked: "It is [Calculator(3*3) → 9] 9.", date: undefined },
      ],
    );
    assert.is(lessons[0]!.calls[0]!.now, "2024-05-06");
    const card = await readFile(join(out, "README.md"), "utf8");
    assert.match(card, /license: mit/);
    assert.match(card, /\| left out: no call in it \| 2 \|/);
  }),
);

test(
  "stopped and gone on with: finished questions are not asked again, and the dataset is the same",
  inFolder(async (folder) => {
    const steady: Script = (messages, written) => {
      const [product = "", a = "1", b = "1"] = /(\d)\*(\d)/.exec(messages.at(-1)!.content) ?? [];
      return written === "" ? [`It is [Calculator(${product})`] : [` ${Number(a) * Number(b)}.`];
    };
    const whole = join(folder, "whole");
    await answering(folder, { out: whole, model: scriptedModel(steady) });
    const abort = new AbortController();
    const slow = calculator();
    const held = {
      ...slow,
      run: async (args: never, context: never) => {
        const output = await slow.run(args, context);
        if (output.text !== "25") await pause(30_000, undefined, { signal: abort.signal });
        return output;
      },
    };
    const events: AnswerEvent[] = [];
    const stopping = answering(folder, { model: scriptedModel(steady), tools: [held as never], signal: abort.signal });
    void (async () => {
      const journal = join(folder, "out", "journal.jsonl");
      while (!(await readFile(journal, "utf8").catch(() => "")).includes('"kind":"question"')) await pause(5);
      abort.abort();
    })();
    events.push(...(await stopping));
    const finished = (all: readonly AnswerEvent[]) => all.flatMap((event) => (event.type === "question" ? [event.id] : []));
    assert.equal(finished(events), ["b"]);
    assert.equal(events.at(-1), { type: "end", complete: false, unknown: 1 });
    const rest = await answering(folder, { model: scriptedModel(steady), resume: true });
    assert.equal(rest[0]?.type === "start" && rest[0].done, 1);
    assert.equal(finished(rest).sort(), ["c", "d"]);
    for (const out of [whole, join(folder, "out")]) await writeAnswers(out, { corpus: [], command: "" });
    const [one, other] = await Promise.all(["whole", "out"].map((name) => readFile(join(folder, name, "dataset.jsonl"), "utf8")));
    assert.is(one, other);

    assert.is((await thrownBy(answering(folder))).code, "output-exists");
    const differs = await thrownBy(answering(folder, { resume: true, samples: 5, seed: 1 }));
    assert.match(differs.message, /samples: 3, now 5; seed: 0, now 1/);
    LINES[1]!.question = "What is 4*4?";
    assert.is((await thrownBy(answering(folder, { resume: true, model: scriptedModel(steady) }))).code, "corpus-changed");
    LINES[1]!.question = "What is 5*5?";
  }),
);

test.run();
