import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { evaluate } from "mathjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { brokenEnglish, equations, wrongAnswer, wrongEquation } from "../../data/problems/check.js";
import { problems } from "../../data/problems/corpus.js";
import { setting } from "../../data/problems/draft.js";
import { drawFrom } from "../../data/problems/draw.js";
import { inflect, noun, numberInWords, withCommas } from "../../data/problems/english.js";
import type { Problem } from "../../data/problems/problem.js";
import { solve } from "../../data/problems/relation.js";
import { age } from "../../data/problems/situations/ages.js";
import { twoChanges } from "../../data/problems/situations/chains.js";
import { change } from "../../data/problems/situations/change.js";
import { heldOut, TASK_SETS, type TaskSet, task } from "../../data/problems/tasks.js";
import { calculator } from "../../tools/calculator/index.js";
import { calendar } from "../../tools/calendar/index.js";
import { search } from "../../tools/search/index.js";

const COUNT = 1800;
const corpus = [...problems({ count: COUNT, seed: 7 })];
const sets = (Object.keys(TASK_SETS) as TaskSet[]).map((name) => ({ name, made: heldOut(name, { count: 60 }) }));
const tasks = sets.flatMap(({ made }) => made);
const UNWORDED = ["arithmetic", "units", "date", "lookup", "no call"];
const isWordProblem = ({ meta }: Problem) => !UNWORDED.includes(meta.situation);
const worded = corpus.filter(isWordProblem);

const context = () => ({ signal: new AbortController().signal, now: new Date(), timeZone: "UTC" });

const none = (problemsFound: readonly unknown[]) => assert.equal(problemsFound.slice(0, 5), []);

test("a seed gives the same problems, whatever their number, and another seed others", () => {
  assert.equal([...problems({ count: 150, seed: 7 })], corpus.slice(0, 150));
  const other = [...problems({ count: 150, seed: 8 })].filter(({ question }, at) => question === corpus[at]!.question);
  assert.ok(other.length < 5, `${other.length} are alike`);
});

test("every equation of every solution is true", () => {
  none([...corpus, ...tasks].filter(isWordProblem).flatMap(({ solution }) => wrongEquation(solution) ?? []));
  const count = worded.flatMap(({ solution }) => equations(solution)).length;
  assert.ok(count >= worded.length, `${count} equations`);
});

test("each step of a solution is an equation with the operations that the record tells", () => {
  for (const { solution, meta } of worded) {
    const written = equations(solution);
    assert.is(written.length, meta.steps, solution);
    assert.equal(
      written.flatMap(({ expression }) => expression.match(/[-+*/]/g) ?? []),
      meta.operations,
      solution,
    );
  }
});

test("the answer is the result of the last equation, and the last sentence says it", () => {
  for (const { solution, answer, meta } of worded) {
    if (meta.situation !== "leftovers") assert.is(String(equations(solution).at(-1)!.result), answer, solution);
    const said = solution.slice(solution.lastIndexOf(" = ") + ` = ${answer}`.length);
    assert.ok(
      [answer, Number(answer).toFixed(2)].some((shown) => said.includes(shown)),
      `${answer}: ${solution}`,
    );
  }
});

test("the second solver finds the answers from what is told alone, and sees a wrong one", () => {
  for (let number = 0; number < 300; number++) {
    const draw = drawFrom(`second solver ${number}`);
    const draft = draw.pick([change, twoChanges, age])(setting(draw, false, { single: true }));
    if (draft === undefined) continue;
    assert.is(wrongAnswer(draft), undefined);
    const off = { ...draft, values: { ...draft.values, [draft.wanted]: draft.values[draft.wanted]! + 1 } };
    assert.is.not(wrongAnswer(off), undefined);
  }
});

test("the second solver turns any relation round", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 50 }), (a, b, k) => {
      const relations = ["s = a + b", "t = s * k"];
      const all = { a, b, k, s: a + b, t: (a + b) * k };
      assert.is(solve(relations, { a, b, k }, "t"), all.t);
      assert.ok(Math.abs(solve(relations, { t: all.t, k, a }, "b")! - b) < 1e-9);
      assert.is(solve(relations, { a, k }, "t"), undefined);
      assert.is(solve(relations, { a, b, s: a + b + 1, k }, "t"), undefined);
    }),
  );
});

test("nothing is broken in the English, and the rules see what is", () => {
  none(
    [...corpus, ...tasks].flatMap(({ question, solution }) =>
      [question, ...solution.split("\n")].flatMap((text) => brokenEnglish(text.replaceAll(" = ", " equals ")) ?? []),
    ),
  );
  const broken = [
    "Two  blanks.",
    "He has {x} left.",
    "a apple",
    "an pear",
    "It is is red.",
    "She has 1 apples.",
    "He ran , then sat.",
    "What??",
    "",
  ];
  assert.equal(
    broken.filter((text) => brokenEnglish(text) === undefined),
    [],
  );
});

test("no count is negative or broken, and nothing but money and measures has decimals", () => {
  const people = /\d\.\d+ (?:passengers|children|guests|people|students|friends|workers|players|birds|cars)/;
  none(corpus.filter(({ question, solution }) => people.test(question) || people.test(solution) || /(?<![\d) ] ?)-\d/.test(solution)));
  const cut = worded.filter(({ answer, question }) => answer.includes(".") && !/[$€£]|dollar|euro|pound|rupee|peso|coin/.test(question));
  none(cut);
});

test("situations and unknowns are all there, none of them rare or everywhere", () => {
  const count = (fits: (problem: Problem) => boolean) => corpus.filter(fits).length / COUNT;
  const shares: readonly (readonly [string, (problem: Problem) => boolean, number, number])[] = [
    ["change, start unknown", ({ meta }) => meta.situation.startsWith("change") && meta.unknown === "start", 0.015, 0.1],
    ["change, change unknown", ({ meta }) => meta.situation.startsWith("change") && meta.unknown === "change", 0.015, 0.1],
    ["change, result unknown", ({ meta }) => meta.situation.startsWith("change") && meta.unknown === "result", 0.03, 0.15],
    ["combine, total", ({ meta }) => meta.situation === "combine" && meta.unknown === "total", 0.02, 0.12],
    ["combine, part", ({ meta }) => meta.situation === "combine" && meta.unknown === "part", 0.02, 0.12],
    ["compare, turned round", ({ meta }) => meta.unknown.endsWith("turned round"), 0.01, 0.1],
    ["compare, difference", ({ meta }) => meta.situation === "compare" && meta.unknown === "difference", 0.008, 0.1],
    ["groups", ({ meta }) => ["equal-groups", "equal-sharing", "grouping"].includes(meta.situation), 0.03, 0.15],
    ["rates", ({ meta }) => meta.situation === "rate", 0.03, 0.12],
    ["two steps and more", ({ meta }) => meta.steps >= 2, 0.15, 0.5],
    ["distractors", ({ meta }) => meta.distractor, 0.1, 0.35],
    ["arithmetic", ({ meta }) => meta.situation === "arithmetic", 0.07, 0.13],
    ["dates", ({ meta }) => meta.situation === "date", 0.05, 0.11],
    ["units", ({ meta }) => meta.situation === "units", 0.01, 0.04],
    ["lookup", ({ meta }) => meta.situation === "lookup", 0.04, 0.09],
    ["no call", ({ meta }) => meta.situation === "no call", 0.05, 0.1],
  ];
  for (const [name, fits, least, most] of shares) {
    const share = count(fits);
    assert.ok(share >= least && share <= most, `${name}: ${share}`);
  }
  for (const operation of ["+", "-", "*", "/"]) {
    assert.ok(worded.filter(({ meta }) => meta.operations.includes(operation)).length > 0.1 * worded.length, operation);
  }
});

test("most problems are worded like no other", () => {
  const skeletons = new Set(worded.map(({ skeleton }) => skeleton));
  assert.ok(skeletons.size > 0.9 * worded.length, `${skeletons.size} of ${worded.length}`);
  assert.ok(!worded.some(({ skeleton }) => /\d/.test(skeleton)), "numbers are masked");
  assert.is(
    new Set(corpus.filter(({ meta }) => meta.situation !== "no call").map(({ question, date }) => question + date)).size,
    corpus.filter(({ meta }) => meta.situation !== "no call").length,
  );
});

test("tasks share no skeleton and no question with the corpus", () => {
  const skeletons = new Set(corpus.map(({ skeleton }) => skeleton));
  const questions = new Set(corpus.map(({ question }) => question));
  none(tasks.filter(({ skeleton, question }) => skeletons.has(skeleton) || questions.has(question)));
});

test("a task set holds what its name says", () => {
  const set = (name: TaskSet) => sets.find((each) => each.name === name)!.made;
  assert.ok(set("one-step").every(({ meta }) => meta.steps === 1 && !meta.distractor));
  assert.ok(set("two-step").every(({ meta }) => meta.steps === 2));
  assert.ok(set("distractor").every(({ meta }) => meta.distractor));
  assert.ok(set("unknown-start").every(({ meta }) => ["start", "change"].includes(meta.unknown)));
  assert.ok(set("dates").every((problem) => task(problem).now !== undefined));
  assert.ok(set("no-call").every(({ solution }) => !solution.includes("=")));
  assert.equal(task({ ...set("dates")[0]!, answer: "Tuesday, March 12, 2024" }).answer, ["Tuesday, March 12, 2024", "March 12, 2024"]);
});

test("arithmetic by mathjs is the answer", () => {
  for (const { solution, answer } of corpus.filter(({ meta }) => meta.situation === "arithmetic")) {
    const [, expression = "", result = ""] = /([\d().a-z^+*/ -]*[\d)]) = (-?[\d.]*\d)/.exec(solution)!;
    assert.ok(Math.abs(Number(evaluate(expression.replace(/^.*[a-z%] (?=[\d(])/, ""))) - Number(answer)) < 1e-6, solution);
    assert.is(Number(result), Number(answer), solution);
  }
});

test("the calendar says of every date what the solution says, at the record's clock", async () => {
  const tool = calendar();
  const asks: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
    [/^It is (.*) until (.*)\.$/, (_, day = "") => `days until ${day}`],
    [/^It (?:has been|is) (.* days?) since (.*)\.$/, (_, day = "") => `days since ${day}`],
    [/^Since (.*) it has been (.*)\.$/, (day = "") => `years since ${day}`],
    [
      /^There are (.*) between (.*) and (.*?)\.$/,
      (found = "", from = "", to = "") => `${found.includes("week") ? "weeks" : "days"} between ${from} and ${to}`,
    ],
    [/^(.*) ago it was a (\w+day)\.$/, (span = "") => `weekday ${span} ago`],
    [/^(.*) (?:was|is|will be) a (\w+day)\.$/, (day = "") => `weekday of ${day}`],
    [/^In (.*) it will be (.*)\.$/, (span = "") => `${span} from today`],
    [/^(.*) from today is (.*)\.$/, (span = "") => `${span} from today`],
    [/^(.*) ago it was (.*)\.$/, (span = "") => `${span} ago`],
    [/^(\d+ \w+ (?:after|before) .*) is (.*)\.$/, (span = "") => span],
    [/^(Today|Tomorrow|Yesterday) (?:was|is|will be) (.*?)\.(?: The .*)?$/, (day = "") => day],
  ];
  for (const { solution, date } of [...corpus, ...tasks].filter(({ meta }) => meta.situation === "date")) {
    const [pattern, ask] = asks.find(([form]) => form.test(solution)) ?? [];
    assert.ok(pattern && ask, solution);
    const parts = pattern!.exec(solution)!.slice(1);
    const context = { signal: new AbortController().signal, now: new Date(date!), timeZone: "UTC" };
    const { text } = await tool.run({ question: ask!(...parts) }, context);
    assert.ok(solution.includes(text), `${text}: ${solution}`);
  }
});

test("the calculator converts as the solution says", async () => {
  const tool = calculator();
  for (const { solution } of [...corpus, ...tasks].filter(({ meta }) => meta.situation === "units")) {
    const [, amount = "", from = "", result = "", to = ""] = /^(-?[\d.]+) (.*?) is (-?[\d.]+) (.*)\.$/.exec(solution)!;
    const degrees = from.replace("degrees ", "");
    const { text } = await tool.run(
      { expression: `${amount} ${degrees} to ${to.replace("°C", "Celsius").replace("°F", "Fahrenheit")}` },
      context(),
    );
    assert.ok(Math.abs(Number.parseFloat(text) - Number(result)) < 2e-6, `${text}: ${solution}`);
  }
});

test("the search tool finds what is looked up", async () => {
  const tool = search();
  const found = [...corpus, ...tasks].filter(({ meta }) => meta.situation === "lookup");
  for (const { question, answer, meta } of found) {
    const asked = {
      definition: () =>
        `definition of ${/^(?:Define|Explain)(?: the word)? "?(\w+)"?\.$|(?:of|word|does)(?: the word)? "?(\w+)"?(?: mean)?\?$/.exec(question)?.slice(1).find(Boolean)}`,
      thing: () => /\ban? (\w+)/.exec(question.replace(/^What is a/, "a"))?.[1],
    }[meta.unknown];
    if (asked === undefined || question.includes("dictionary explain") || question.includes("sense of")) continue;
    const { text } = await tool.run({ query: asked()! }, context());
    assert.ok(text.includes(answer), `${asked()}: ${text} (${answer})`);
  }
});

test("the command writes records that a corpus is read from, and says what is wrong with its options", async () => {
  const command = fileURLToPath(new URL("../../data/problems/index.js", import.meta.url));
  const run = (...options: string[]) => promisify(execFile)(process.execPath, [command, ...options], { cwd: path.dirname(command) });
  const { stdout } = await run("--count", "20", "--seed", "7");
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(
    lines.map(({ question }) => question),
    corpus.slice(0, 20).map(({ question }) => question),
  );
  assert.equal(
    Object.keys(lines[0]).filter((key) => key !== "date"),
    ["id", "question", "solution", "answer", "meta"],
  );
  const { stdout: some } = await run("--only", "arithmetic,dates", "--count", "40");
  const situations = some
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).meta.situation);
  assert.equal([...new Set(situations)].sort(), ["arithmetic", "date"]);
  const failed = await run("--tasks", "nothing").catch((error: { code: number; stderr: string }) => error);
  assert.ok("code" in failed && failed.code === 2 && /no task set "nothing"/.test(failed.stderr));
});

test("numbers, verbs and plurals are written as English writes them", () => {
  assert.equal([0, 13, 21, 100, 342, 1200, 12_045].map(numberInWords), [
    "zero",
    "thirteen",
    "twenty-one",
    "one hundred",
    "three hundred and forty-two",
    "one thousand two hundred",
    "twelve thousand and forty-five",
  ]);
  assert.equal(["1200", "999", "1234567.5"].map(withCommas), ["1,200", "999", "1,234,567.5"]);
  assert.equal(
    ["give", "carry", "stop", "wash", "bake"].map((verb) =>
      [inflect(verb, "third"), inflect(verb, "past"), inflect(verb, "ing")].join(" "),
    ),
    ["gives gave giving", "carries carried carrying", "stops stopped stopping", "washes washed washing", "bakes baked baking"],
  );
  assert.equal(
    ["apple", "box", "cherry", "loaf/loaves", "glass of milk"].map((spec) => noun(spec).many),
    ["apples", "boxes", "cherries", "loaves", "glasses of milk"],
  );
});

test.run();
