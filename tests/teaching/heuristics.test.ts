import { readFileSync } from "node:fs";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { calculatorHeuristic, calendarHeuristic, everyPassage, heuristicFor } from "../../teaching/heuristics.js";
import type { Passage } from "../../teaching/record.js";

const passage = (text: string, more: Partial<Passage> = {}): Passage => ({
  document: 0,
  part: 0,
  id: "notes.md",
  source: "notes.md",
  before: "",
  text,
  ...more,
});

const calculator = calculatorHeuristic({ share: 0 });
const reasonFor = (text: string) => calculator(passage(text)).reason;
const NEAR = "a number that is the result of two others near it";
const NONE = "three numbers, outside the random 0%";

test("the calculator is tried where a number is the sum, difference, product or quotient of two others", () => {
  for (const text of [
    "There were 18 women and 24 men, so 42 people came.",
    "Of 42 people 24 were men and 18 women.",
    "He paid 12 dollars for each of 7 books: 84 in all.",
    "We shared 91 apples among 7, 13 each.",
    "A budget of $1,250,000 and another of $250,000 make 1.5 million, or 1,500,000.",
    "Of the 1400 participants 400 passed the test, which is a ratio of 0.29.",
    "Prices rose by 20% on 50 dollars, which makes 10 more.",
    "Half of .5 litres and 0.25 litres is 0.125.",
    "It was -5 degrees and rose by 12 to 7.",
    "From 1\u202f200 euros 200 were lost, 1\u00a0000 remained.",
    "Numbers 5, 5 and 10.",
  ]) {
    assert.equal(calculator(passage(text)), { tried: true, reason: NEAR }, text);
  }
});

test("a whole number must be the result exactly, one with decimals may be the result rounded", () => {
  assert.is(reasonFor("7 shared by 2 gives 3 or so."), NONE);
  assert.is(reasonFor("10 shared by 3 gives 3.33 or so."), NEAR);
  assert.is(reasonFor("10 shared by 3 gives 3.34 or so."), NONE);
});

test("what only looks like a number is none", () => {
  for (const text of [
    "Version 1.2.3 and 4.5.6 of 2024-05-17.",
    "The 3rd, the 4th and the 7th came.",
    "H2O, B12 and C14.",
    "Twelve and thirteen make twenty-five.",
    "3 and 4 make seven.",
    "",
  ]) {
    assert.is(reasonFor(text), "fewer than three numbers", text);
  }
});

test("numbers further apart than 100 tokens do not count together, whichever of them is the result", () => {
  const apart = (words: number, [a, b, c]: readonly [number, number, number]) => `${a} and ${b} ${"word ".repeat(words)}${c}`;
  for (const order of [
    [3, 40, 43],
    [43, 3, 40],
    [40, 43, 3],
  ] as const) {
    assert.is(reasonFor(apart(96, order)), NEAR, `${order}`);
    assert.is(reasonFor(apart(97, order)), NONE, `${order}`);
  }
});

test("the calculator is tried where an announced number stands", () => {
  for (const [text, what] of [
    ["So 3 + x = 10.", "an equals sign"],
    ["y =$ 7", "an equals sign"],
    ["The cost equals −3.", '"equals"'],
    ["This is equal  to 7.", '"equal to"'],
    ["A Total of 36 people.", '"total of"'],
    ["An average of\n€ .5 each.", '"average of"'],
  ]) {
    assert.is(reasonFor(text!), `${what} and a number`, text);
  }
  for (const text of ["x = y", "An average of many", "It equals nothing, 5 times", "A subtotal of five"]) {
    assert.is(reasonFor(text), "fewer than three numbers", text);
  }
});

test("of passages that have three numbers and no more, a share is tried, which the seed and the id decide", () => {
  const text = "In 1990 there were 7 of 300.";
  const tried = (seed: number, share?: number) => {
    const heuristic = calculatorHeuristic({ seed, share });
    return Array.from({ length: 5000 }, (_, at) => passage(text, { id: `train.jsonl:${at}` })).filter((one) => heuristic(one).tried);
  };
  const first = tried(1);
  assert.ok(first.length > 25 && first.length < 85, `${first.length} of 5000`);
  assert.equal(tried(1), first);
  assert.not.equal(tried(2), first);
  assert.is(tried(1, 1).length, 5000);
  const heuristic = calculatorHeuristic({ seed: 1 });
  assert.is(heuristic(first[0]!).reason, "three numbers, of which a random 1% is tried");
  assert.is(heuristic(passage(text, { id: "another" })).reason, "three numbers, outside the random 1%");
});

test("the rule of near numbers is what a plain search of all triples finds", () => {
  const plainly = (numbers: readonly { value: number; at: number }[]) =>
    numbers.some((a) =>
      numbers.some((b) =>
        numbers.some((c) => {
          const distinct = new Set([a, b, c]).size === 3;
          const near = Math.max(a.at, b.at, c.at) - Math.min(a.at, b.at, c.at) < 100;
          return distinct && near && (a.value + b.value === c.value || a.value * b.value === c.value);
        }),
      ),
    );
  const number = fc.record({ value: fc.integer({ min: 20, max: 199 }), gap: fc.integer({ min: 0, max: 40 }) });
  let [found, missed] = [0, 0];
  fc.assert(
    fc.property(fc.array(number, { minLength: 3, maxLength: 25 }), (drawn) => {
      let at = 0;
      const placed = drawn.map(({ value, gap }) => ({ value, at: (at += gap + 1) }));
      const text = drawn.map(({ value, gap }) => `${"word ".repeat(gap)}${value}`).join(" ");
      const { tried } = calculator(passage(text));
      if (tried) found++;
      else missed++;
      assert.is(tried, plainly(placed), text);
    }),
    { numRuns: 400 },
  );
  assert.ok(found > 40 && missed > 40, `${found} found, ${missed} not`);
});

test("texts full of numbers take time that grows with their length", () => {
  // Every pair and no result: squares of numbers far apart.
  const full = (length: number) => Array.from({ length }, (_, at) => `${(at * 7919 + 13) ** 2 + 0.123}`).join(" ");
  const spent = (text: string) => {
    const began = process.cpuUsage();
    reasonFor(text);
    return process.cpuUsage(began).user / 1000;
  };
  assert.is(reasonFor(full(300)), NONE);
  assert.ok(spent(full(300)) < 300);
  for (const text of [`=${" ".repeat(200_000)}x`, "1".repeat(200_000), "1,234".repeat(40_000), "1.1".repeat(60_000)]) {
    assert.ok(spent(text) < 2000, `${text.slice(0, 10)}…`);
  }
});

test("nearly all solutions of GSM8K are passages for the calculator", () => {
  const lines = readFileSync(new URL("../../../data/gsm8k_train.jsonl", import.meta.url), "utf8")
    .split("\n")
    .slice(0, 1000);
  const tried = lines.filter((line) => calculator(passage((JSON.parse(line) as { solution: string }).solution)).tried);
  assert.ok(tried.length > 970, `${tried.length} of 1000`);
});

test("the calendar is tried where a date is known", () => {
  assert.equal(calendarHeuristic()(passage("Today is Monday.")), { tried: false, reason: "no date is known" });
  assert.equal(calendarHeuristic()(passage("Hello.", { date: "2024-05-17" })), { tried: true, reason: "a date is known" });
});

test("tools are told by their names", () => {
  const plain = passage("Nothing to see.");
  const tried = (name: string) => heuristicFor({ name }, 0)(plain);
  assert.is(tried("Calculator").reason, "fewer than three numbers");
  assert.is(tried("Calendar").reason, "no date is known");
  assert.equal(tried("Search"), { tried: true, reason: "every passage" });
  assert.is(heuristicFor({ name: "Mine" }, 0), everyPassage);
});

test.run();
