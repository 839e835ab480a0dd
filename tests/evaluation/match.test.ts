import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type MatchRule, matchAnswer, matchRules } from "../../evaluation/match.js";

const test = suite("matching");
const right = (rule: MatchRule, answer: string, ...accepted: string[]) => matchAnswer(rule, answer, accepted).correct;

test("number takes the last number of the answer, first-number the first", () => {
  const answer = "5 apples and 3 pears are 8 pieces.";
  assert.equal(matchAnswer("number", answer, ["8"]), { correct: true, read: "8" });
  assert.equal(matchAnswer("number", answer, ["5"]), { correct: false, read: "8" });
  assert.equal(matchAnswer("first-number", answer, ["5"]), { correct: true, read: "5" });
  assert.equal(matchAnswer("first-number", answer, ["8"]), { correct: false, read: "5" });
  assert.equal(matchAnswer("number", "I do not know.", ["8"]), { correct: false, read: null });
  assert.ok(right("number", "It is $1,776.00.", "1776 dollars"));
});

test("one of several accepted answers is enough", () => {
  assert.ok(right("number", "It is 4.", "3", "4"));
  assert.ok(right("exact", "United States", "USA", "united states"));
});

test("an accepted answer that is no number is looked for in the answer by the number rules too", () => {
  assert.equal(matchAnswer("number", "July 20, 1969 was a Sunday.", ["Sunday"]), { correct: true, read: "Sunday" });
  assert.equal(matchAnswer("first-number", "It is Monday.", ["Sunday"]), { correct: false, read: null });
  assert.ok(right("number", "It falls on 2024-12-25, a Wednesday.", "2024-12-25"));
});

test("exact minds no case, articles, quotes, end punctuation and ways to write a number", () => {
  for (const answer of ["Paris", " paris. ", "“Paris”", "**Paris**", "PARIS!"]) assert.ok(right("exact", answer, "Paris"), answer);
  assert.ok(right("exact", "The Eiffel Tower", "eiffel tower"));
  assert.ok(right("exact", "1,234.0", "1234"));
  assert.ok(right("exact", "$5", "5"));
  assert.ok(right("exact", "12 apples", "12 Apples."));
  assert.not(right("exact", "12 pears", "12 apples"));
  assert.not(right("exact", "It is Paris", "Paris"));
  assert.not(right("exact", "6", "5"));
});

test("contains takes whole words and whole numbers", () => {
  assert.ok(right("contains", "The capital of France is Paris.", "paris"));
  assert.ok(right("contains", "It is (New York), I think", "New York"));
  assert.not(right("contains", "It is parish", "Paris"));
  assert.ok(right("contains", "between 5 and 15", "5"));
  assert.not(right("contains", "It is 15", "5"));
  assert.not(right("contains", "", "Paris"));
});

test("an answer that is the accepted one is right by every rule", () => {
  const accepted = fc.oneof(
    fc.integer().map(String),
    fc.integer({ min: 1 }).map((value) => `$${value.toLocaleString("en-US")}`),
    fc.constantFrom("Paris", "New York City", "Monday", "2024-12-25", "10:30", "3 1/2", "seven", "O'Neill", "3:2", "50%"),
  );
  fc.assert(fc.property(accepted, fc.constantFrom(...matchRules), (text, rule) => assert.ok(right(rule, text, text), `${rule}: ${text}`)));
});

test("what is exact is contained, and what is the only number is both first and last", () => {
  const answers = fc.oneof(fc.integer().map(String), fc.string(), fc.constantFrom("It is 5.", "five", "5 apples"));
  fc.assert(
    fc.property(answers, fc.integer({ min: -20, max: 20 }), (answer, value) => {
      const wanted = String(value);
      if (right("exact", answer, wanted)) assert.ok(right("contains", answer, wanted), answer);
      if (right("number", answer, wanted)) assert.ok(right("contains", answer, wanted), answer);
      if (right("first-number", answer, wanted)) assert.ok(right("contains", answer, wanted), answer);
    }),
  );
});

test.run();
