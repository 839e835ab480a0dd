import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { bootstrapGroups, bootstrapMean } from "../../evaluation/bootstrap.js";
import { compare } from "../../evaluation/comparison.js";
import { figuresOf } from "../../evaluation/figures.js";
import { sameAnswer } from "../../evaluation/match.js";
import { paraphrased } from "../../evaluation/paraphrases.js";
import type { Result, Task } from "../../evaluation/record.js";
import { wordingFiguresOf } from "../../evaluation/wording-figures.js";
import type { WordingRule } from "../../evaluation/wordings/index.js";
import { reference } from "./reference-figures.js";
import { result, thrownBy } from "./small-results.js";

const test = suite("paraphrases");

const TASKS: readonly Task[] = [
  { id: "a", question: "Ann had 12 apples. She ate 5 apples. How many apples are left?", accepted: ["7"], now: "2024-05-05" },
  { id: "b", question: "Bach?", accepted: ["Bach"] },
];

async function all(tasks: readonly Task[], options: Parameters<typeof paraphrased>[1] = {}): Promise<Task[]> {
  const found: Task[] = [];
  for await (const task of paraphrased(tasks, options)) found.push(task);
  return found;
}

test("each question comes as it is and in its wordings, with its answers and clock", async () => {
  const tasks = await all(TASKS);
  assert.equal(
    tasks.map(({ id, wording }) => [id, wording!.of, wording!.rule]),
    [
      ["a", "a", "given"],
      ["a~words", "a", "words"],
      ["a~clauses", "a", "clauses"],
      ["a~polite", "a", "polite"],
      ["a~typos", "a", "typos"],
      ["b", "b", "given"],
      ["b~polite", "b", "polite"],
    ],
  );
  assert.is(tasks[1]!.question, "Ann had twelve apples. She ate five apples. How many apples are left?");
  for (const { wording, accepted, now } of tasks)
    assert.equal([accepted, now], wording!.of === "a" ? [["7"], "2024-05-05"] : [["Bach"], undefined]);
});

test("a question's wordings depend on the seed and its id alone", async () => {
  assert.equal(await all(TASKS, { seed: 4 }), await all(TASKS, { seed: 4 }));
  assert.equal(await all([TASKS[1]!], { seed: 4 }), (await all(TASKS, { seed: 4 })).slice(-2));
  const drawn = new Set((await Promise.all([1, 2, 3, 4, 5].map((seed) => all(TASKS, { seed })))).map((tasks) => JSON.stringify(tasks)));
  assert.ok(drawn.size > 1);
  assert.ok(!(await all(TASKS, { typos: 0 })).some(({ wording }) => wording!.rule === "typos"));
});

test("an id that a wording would get is refused", async () => {
  const error = await thrownBy(all([TASKS[1]!, { ...TASKS[0]!, id: "b~polite" }]));
  assert.is(error.code, "id-twice");
  assert.match(error.message, /"b~polite"/);
});

/** `1` is right, `0` wrong; each rule in turn. */
const RULES: readonly WordingRule[] = ["given", "words", "polite", "typos"];
function worded(of: string, rights: string, more: Partial<Result> = {}): Result[] {
  return [...rights].map((right, at) =>
    result(at === 0 ? of : `${of}~${RULES[at]}`, right === "1", { wording: { of, rule: RULES[at]! }, ...more }),
  );
}

test("figures by wording, counted by hand", () => {
  const results = [
    ...worded("1", "111"),
    ...worded("2", "1101"),
    ...worded("3", "00", { answer: null, read: null, error: { code: "budget-calls", message: "too many" } }),
    ...worded("4", "1"),
  ];
  const { worstInterval, agreementInterval, ...rest } = wordingFiguresOf(results)!;
  assert.equal(rest, {
    questions: 4,
    wordings: 10,
    single: 1,
    always: 2,
    worst: 0.5,
    // All three pairs; three of six; none, since there are no answers.
    agreement: (1 + 0.5 + 0) / 3,
    rules: [
      { rule: "given", n: 4, correct: 3, correctGiven: 3 },
      { rule: "words", n: 3, correct: 2, correctGiven: 2 },
      { rule: "polite", n: 2, correct: 1, correctGiven: 2 },
      { rule: "typos", n: 1, correct: 1, correctGiven: 1 },
    ],
  });
  assert.equal(worstInterval, [0, 1]);
  assert.equal(agreementInterval, [0, 1]);
  assert.equal([figuresOf(results, []).n, figuresOf(results, []).accuracy], [10, 0.7]);
  assert.is(wordingFiguresOf([result("1", true)]), undefined);
});

test("more wordings of the same questions make no interval narrower", () => {
  const once = Array.from({ length: 40 }, (_, i) => result(String(i), i % 3 === 0));
  const often = once.flatMap(({ id, correct }) => worded(id, (correct ? "1" : "0").repeat(4)));
  assert.equal(figuresOf(often, []).interval, figuresOf(once, []).interval);
  const apart = often.map(({ wording: _, ...each }) => each);
  const width = (results: readonly Result[]) => figuresOf(results, []).interval![1] - figuresOf(results, []).interval![0];
  assert.ok(width(apart) < 0.6 * width(often), "taken for questions of their own it would be half as wide");
});

test("intervals by group are SciPy's, and of groups of one those of the mean", () => {
  for (const { groups, interval } of reference.groups) {
    const each = groups.flatMap(([count, part, whole]) => Array.from({ length: count }, () => ({ part, whole })));
    const [low, high] = bootstrapGroups(each)!;
    for (const [ours, theirs] of [
      [low, interval[0]],
      [high, interval[1]],
    ] as const)
      assert.ok(Math.abs(ours - theirs) < 0.004, `${ours} and ${theirs}`);
  }
  const values = [1, 0, 0, 1, 1, 0, 1];
  assert.equal(bootstrapGroups(values.map((part) => ({ part, whole: 1 }))), bootstrapMean(values));
  assert.is(bootstrapGroups([]), undefined);
});

test("answers are the same by what was read of them, or by all they say", () => {
  const is = (answer: string | null, read: string | null = null, correct = false) => ({ answer, read, correct });
  for (const [a, b, same] of [
    [is("It is 7.", "7"), is("7.0 apples", "7.0"), true],
    [is("It is 7.", "7"), is("It is 8.", "8"), false],
    [is("Lima, I think", "Lima"), is("It is lima.", "lima"), true],
    [is("I do not know."), is("I do not know"), true],
    [is("I do not know."), is("Quito"), false],
    [is("Lima", "Lima"), is("Lima"), false],
    [is("Ida Karr", "Ida Karr", true), is("It was Karr.", "Karr", true), true],
    [is("Ida Karr", "Ida Karr", true), is("Otto Karr", "Karr", false), false],
    [is(null), is(null), false],
  ] as const) {
    assert.is(sameAnswer(a, b), same, JSON.stringify([a, b]));
    assert.is(sameAnswer(b, a), same);
  }
});

test("configurations are compared by the questions as given", () => {
  const [a, b] = ["1001", "0111"].map((rights, at) => ({ name: "ab"[at]!, results: [...worded("1", rights), ...worded("2", rights)] }));
  const { n, unpaired, wins, losses } = compare(a!, b!);
  assert.equal({ n, unpaired, wins, losses }, { n: 2, unpaired: 0, wins: 0, losses: 2 });
  const plain = { name: "plain", results: [result("1", true), result("2", true)] };
  assert.equal(compare(plain, b!).losses, 2, "also with results without wordings");
  assert.throws(
    () => compare({ name: "c", results: worded("1", "11").slice(1) }, b!),
    (error: ToolwrightError) => error.code === "results-do-not-pair",
  );
});

test.run();
