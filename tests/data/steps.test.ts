import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { questionFor, shorter } from "../../data/problems/steps.js";

const worked = (question: string, ...lines: string[]) => ({ id: "x", question, solution: lines.join("\n") });

test("a sentence with a result becomes the question for it", () => {
  const expected: readonly (readonly [string, string | undefined])[] = [
    ["Harry has 4*56 = 224 fish.", "How many fish does Harry have?"],
    ["So, the chocolate doughnuts cost 10 * $2 = $20.", "How much did the chocolate doughnuts cost?"],
    ["There were 3 x 8 = 24 slices of pizza.", "How many slices of pizza were there?"],
    ["Mary has 36-12 = 24 brown shirts left.", "How many brown shirts does Mary have left?"],
    ["Tilly will make 100 x $10 = $1000 in total.", "How much will Tilly make in total?"],
    ["The price of a personal computer is $300 + $500 = $800.", "What is the price of a personal computer?"],
    ["She bought 2*3=6 shirts for her brother.", "How many shirts did she buy for her brother?"],
    ["That would weigh 45*8=360 pounds.", undefined],
    ["On Tuesday Buddy has 30/2 = 15 baseball cards.", undefined],
    ["Half the cans collected by Martha is 90/2 = 45.", undefined],
    ["He has 5 more, so he has 5 + 3 = 8 apples.", undefined],
    ["There are 200+20 = 220 sandcastles and towers.", undefined],
    ["Nothing is reckoned here.", undefined],
  ];
  for (const [line, question] of expected) assert.is(questionFor(line), question, line);
});

test("the first steps of a solution are problems of their own, and the last is the problem itself", () => {
  const found = shorter(
    worked(
      "Ann has 12 red pens. Ben has twice as many. Cy bought 30 pens for $2 each. How many pens are there?",
      "Ben has 12*2 = 24 pens.",
      "Ann and Ben have 12 + 24 = 36 pens.",
      "In all there are 36+30 = 66 pens.",
    ),
  );
  assert.equal(found, [
    {
      id: "x:1",
      question: "Ann has 12 red pens. Ben has twice as many. How many pens does Ben have?",
      solution: "Ben has 12*2 = 24 pens.",
      answer: "24",
    },
    {
      id: "x:2",
      question: "Ann has 12 red pens. Ben has twice as many. How many pens do Ann and Ben have?",
      solution: "Ben has 12*2 = 24 pens.\nAnn and Ben have 12 + 24 = 36 pens.",
      answer: "36",
    },
  ]);
});

test("what is not told without the question, or is reckoned wrongly, is left out", () => {
  assert.equal(
    shorter(worked("Ann has pens. If she has 12 and buys 9, how many has she?", "Ann has 12+9 = 21 pens.", "That is 21 = 21.")),
    [],
  );
  assert.equal(shorter(worked("Ann has 12 pens. She buys 9. How many has she?", "Ann has 12+9 = 22 pens.", "That is 22*2 = 44.")), []);
  assert.equal(shorter(worked("Ann has 12 pens. She buys 9. How many has she?", "Ann has 12+9 = 21 pens.")), [], "the problem itself");
});

test("of what people wrote hundreds come, each answered by its last equation", () => {
  const file = fileURLToPath(new URL("../../../data/gsm8k_train.jsonl", import.meta.url));
  const rows = readFileSync(file, "utf8").trim().split("\n").slice(0, 2000);
  const found = rows.flatMap((row, at) => shorter({ id: String(at), ...JSON.parse(row) }));
  assert.ok(found.length > 250, String(found.length));
  for (const { question, solution, answer } of found) {
    assert.ok(question.endsWith("?") && question.split("?").length === 2, question);
    assert.ok(solution.replace(/(?<=\d),(?=\d)/g, "").includes(answer), solution);
  }
});

test.run();
