import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { equations } from "../../data/problems/check.js";
import { problems } from "../../data/problems/corpus.js";
import { BUILT_IN_SETS, type BuiltInSet, builtIn, type SetTask } from "../../data/problems/sets.js";
import { heldOut, type TaskSet } from "../../data/problems/tasks.js";
import { readTasks } from "../../evaluation/index.js";
import { arithmeticAnswer, inDigits } from "./second/arithmetic.js";
import { dateAnswer } from "./second/dates.js";
import { readAnswer } from "./second/documents.js";
import { evaluateExactly, isWritten } from "./second/fraction.js";
import { capitalAnswers, isDefinition, isEveryday } from "./second/reference.js";
import { unitsAnswer } from "./second/units.js";

const COUNTS = [240, 60];
const made = COUNTS.map((count, at) => builtIn({ count, seed: at + 1 }));
const documents = made.map(({ world }) => [...world.documents.values()]);
const corpus = [...problems({ count: 1500, seed: 3 })];
const all = (set: BuiltInSet) => made.flatMap(({ sets }) => sets.get(set)!);
const first = ({ answer }: SetTask) => [answer].flat()[0]!;

/** Those that another way of reckoning does not find right. */
const wrong = (set: BuiltInSet, isRight: (task: SetTask) => boolean) =>
  assert.equal(
    all(set)
      .filter((task) => !isRight(task))
      .map(({ question, answer, now }) => ({ question, answer, now }))
      .slice(0, 5),
    [],
  );

test("each set has its 240, none of them twice, with ids of their own, the same ones for a seed", () => {
  for (const [set, tasks] of made[0]!.sets) {
    assert.is(tasks.length, 240, set);
    assert.is(new Set(tasks.map(({ question, now }) => `${question} ${now}`)).size, 240, set);
  }
  assert.equal([...made[0]!.sets.keys()], BUILT_IN_SETS);
  const ids = made.flatMap(({ sets }) => [...sets.values()].flat().map(({ id }) => id));
  assert.is(new Set(ids).size, ids.length);
  const few = builtIn({ seed: 1, count: 20 });
  for (const [set, tasks] of few.sets) assert.equal(tasks, made[0]!.sets.get(set)!.slice(0, 20), set);
  assert.equal([...few.world.documents], [...made[0]!.world.documents]);
  const [one, other] = made.map(({ sets }) => new Set([...sets.values()].flat().map(({ question }) => question)));
  assert.ok([...one!].filter((question) => other!.has(question)).length < 0.2 * one!.size, "another seed asks other questions");
});

test("arithmetic, read from the question and reckoned in exact fractions, is the answer", () => {
  wrong("arithmetic", (task) => {
    const value = arithmeticAnswer(task.question);
    return value !== undefined && isWritten(value, first(task));
  });
});

test("luxon finds the same dates", () => {
  wrong("dates", (task) => {
    const found = dateAnswer(task.question, task.now!);
    return found !== undefined && [task.answer].flat().includes(found);
  });
});

test("conversions by the definitions of the units, in exact fractions, are the answers", () => {
  wrong("units", (task) => {
    const value = unitsAnswer(task.question);
    return value !== undefined && isWritten(value, first(task));
  });
});

test("two steps, each redone in exact fractions, use what the question tells and end in the answer", () => {
  const asked = COUNTS.flatMap((count, at) => heldOut("two-step", { count, seed: at + 1 }));
  assert.equal(
    asked.map(({ question }) => question),
    all("two-step").map(({ question }) => question),
  );
  for (const { question, solution, answer } of asked) {
    const steps = equations(solution);
    assert.is(steps.length, 2, solution);
    const told = (inDigits(question).match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((number) => Number(number.replaceAll(",", "")));
    const known = new Set(told);
    // What a word says of itself: percent, half, the sides of a rectangle, how many are listed, how often one goes into another.
    for (const [word, number] of WORDED_NUMBERS) if (word.test(question)) known.add(number);
    if (/average|mean/.test(question)) known.add(told.length).add(told.length - 1);
    if (/left over|remain|not fit/.test(question)) for (const a of told) for (const b of told) known.add(Math.floor(a / b));
    for (const { expression, result } of steps) {
      assert.ok(isWritten(evaluateExactly(expression), String(result)), solution);
      const unknown = (expression.match(/\d+(?:\.\d+)?/g) ?? []).filter((number) => !known.has(Number(number)));
      assert.equal(unknown, [], `${question} ${solution}`);
      known.add(result);
    }
    assert.is(Number(answer), steps.at(-1)!.result, solution);
  }
});

const WORDED_NUMBERS: readonly (readonly [RegExp, number])[] = [
  [/percent|%|hundred/, 100],
  [/half|twice|one side/i, 2],
  [/third/, 3],
  [/quarter/, 4],
  [/fifth/, 5],
  [/sixth/, 6],
  [/eighth/, 8],
  [/tenth/, 10],
];

test("capitals are those of the list of countries", () => {
  wrong("capitals", (task) => capitalAnswers(task.question)?.includes(first(task)) === true && capitalAnswers(task.question)!.length === 1);
});

test("definitions are WordNet's of the first sense, by its index of senses", () => {
  wrong("definitions", (task) => isDefinition(task.question, first(task)) === true);
});

test("what everybody knows is so by WordNet's kinds and opposites, compromise and the calendar", () => {
  wrong("everyday", (task) => isEveryday(task.question, first(task)) === true);
});

test("a reader of the documents comes to the answers, by one document or by two", () => {
  for (const [at, { sets }] of made.entries()) {
    for (const set of ["single-hop", "multi-hop"] as const) {
      for (const task of sets.get(set)!) {
        const { answer, read } = readAnswer(task.question, documents[at]!);
        assert.is(answer, first(task), task.question);
        assert.is(new Set(read).size, task.hops, task.question);
        assert.is(task.hops, set === "multi-hop" ? 2 : 1);
        if (task.hops === 1) continue;
        const one = documents[at]!.filter((text) => text.includes(read[0]!) && text.includes(answer));
        assert.equal(one, [], `One document is enough: ${task.question}`);
      }
    }
  }
});

test("no question is one of the fifty plain ones, of the corpus, or worded as it is", () => {
  const plain = readFileSync(new URL("../../../data/plain-questions.jsonl", import.meta.url), "utf8");
  const taken = new Set([
    ...plain
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).question as string),
    ...corpus.map(({ question }) => question),
  ]);
  assert.equal(
    BUILT_IN_SETS.flatMap(all).filter(({ question }) => taken.has(question)),
    [],
  );
  const skeletons = new Set(corpus.map(({ skeleton }) => skeleton));
  for (const set of ["capitals", "definitions", "everyday"] as const satisfies readonly TaskSet[]) {
    assert.equal(
      heldOut(set, { count: 240 }).filter(({ skeleton }) => skeletons.has(skeleton)),
      [],
    );
  }
});

test("the shipped files are those of seed 1", async () => {
  const shipped = new URL("../../../data/sets/", import.meta.url);
  for (const [set, tasks] of made[0]!.sets) {
    assert.is(await readFile(new URL(`${set}.jsonl`, shipped), "utf8"), tasks.map((task) => `${JSON.stringify(task)}\n`).join(""), set);
  }
  const folder = new URL("documents/", shipped);
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), "utf8")));
  assert.equal(texts.sort(), [...documents[0]!].sort());
});

test("the command writes the sets as eval reads them, and the documents; it writes over nothing", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "toolwright-sets-"));
  try {
    const command = fileURLToPath(new URL("../../data/problems/index.js", import.meta.url));
    const run = (...options: string[]) => promisify(execFile)(process.execPath, [command, ...options]);
    const into = path.join(folder, "sets");
    const { stdout } = await run("--sets", into, "--count", "12");
    const files = stdout.trimEnd().split("\n");
    assert.equal(
      files.map((file) => path.basename(file)),
      [...BUILT_IN_SETS.map((set) => `${set}.jsonl`), "documents"],
    );
    for (const set of BUILT_IN_SETS) {
      const ids: string[] = [];
      for await (const { id } of readTasks(path.join(into, `${set}.jsonl`))) ids.push(id);
      assert.equal([ids.length, ids[0], ids[11]], [12, `${set}-1-1`, `${set}-1-12`]);
    }
    const texts = await Promise.all(
      (await readdir(path.join(into, "documents"))).map((name) => readFile(path.join(into, "documents", name), "utf8")),
    );
    assert.equal(texts.sort(), [...documents[0]!].sort());
    const refused = async (...options: string[]) => {
      const failed = (await run(...options).catch((error) => error)) as { code: number; stderr: string };
      assert.is(failed.code, 2);
      return failed.stderr;
    };
    assert.match(await refused("--sets", into), /There is something in .*sets already\. Name a folder that is new or empty\./);
    assert.match(
      await refused("--sets", path.join(folder, "more"), "--count", "5000"),
      /There are \d+ questions of single-hop, not 5000\./,
    );
    assert.not.ok(existsSync(path.join(folder, "more")), "nothing is written where a set cannot be made");
    assert.match(await refused("--tasks", "multi-hop"), /multi-hop asks about documents\. Write it with them by --sets FOLDER\./);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
