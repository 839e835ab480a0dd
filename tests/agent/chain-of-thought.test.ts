import { test } from "uvu";
import * as assert from "uvu/assert";
import { chainOfThought, createAgent, shippedPrompts, stepByStep, stripMarkers } from "../../agent/index.js";
import { conclusionOf } from "../../agent/strategies/chain-of-thought.js";
import { scriptedModel } from "../../models/index.js";
import { calculator, calendar } from "../../tools/index.js";

const prompts = shippedPrompts();
const input = { question: "How many are left?", instructions: "", history: [], prompts };

test("worked solutions are shown, with calls to the tools that there are, and none to others", () => {
  const shown = (tools: Parameters<typeof chainOfThought.prompt>[0]["tools"]) =>
    chainOfThought
      .prompt({ ...input, tools })
      .beginning.map(({ content }) => content)
      .join("\n");
  assert.match(shown([calculator()]), "= [Calculator(14 * 6) → 84] 84 rolls");
  assert.match(shown([]), "The boxes hold 14 * 6 = 84 rolls.");
  assert.not.match(shown([]), "[");
  assert.not.match(shown([calendar()]), "[Calculator(14");
});

test("the calls in the demonstrations are right", async () => {
  const tool = calculator();
  for (const { text } of prompts["chain-of-thought"].demonstrations) {
    for (const [, expression, result] of text.matchAll(/\[Calculator\((.*?)\) → (.*?)\]/g)) {
      const { text: given } = await tool.run(
        { expression: expression! },
        { now: new Date(), timeZone: "UTC", signal: new AbortController().signal },
      );
      assert.is(given, result);
    }
    assert.match(stripMarkers(text, ["Calculator"]), /The answer is .*\.$/);
  }
  await tool.close();
});

test("without a demonstration the question asks for steps", () => {
  const { turn } = stepByStep.prompt({ ...input, question: "Is {question} a word?", tools: [] });
  assert.is(turn[0]!.content, "Is {question} a word?\nLet's think step by step.");
});

test("the conclusion is what the answer is said to be, or the last sentence", () => {
  for (const [text, conclusion] of [
    ["5 and 4 make 9. The answer is 9.", "9"],
    ["The answer is 9. No, it is not. The answer is $1,200.50.", "$1,200.50"],
    ["So the final answer is: May 5, 2026", "May 5, 2026"],
    ["The answer is a wren.\nThat is a bird.", "a wren"],
    ["There are 3. Then 4.5 are left.", "Then 4.5 are left."],
    ["First line.\nIt is 7", "It is 7"],
    ["The answer is", "The answer is"],
    ["The answer is 9. So the answer is", "9"],
    ["The answer is Dr. Smith. He", "Dr. Smith"],
    ["It is far. It lies near St. Ives.", "It lies near St. Ives."],
    ["  ", ""],
  ] as const)
    assert.is(conclusionOf(text), conclusion);
});

test("a prompt book may say in which words the conclusion comes", () => {
  assert.is(conclusionOf("The answer is 4. Also gilt: Die Antwort ist 5,5 km. Punkt.", "die Antwort ist"), "5,5 km");
  assert.is(conclusionOf("a=9 => 9. b=8", "=>"), "9");
  assert.is(conclusionOf("答えは9です。", "答えは"), "9です。");
});

test("the reader sees the whole chain, the answer is the conclusion", async () => {
  const model = scriptedModel([["14 and 6 make 20. ", "The answer is 20."]]);
  let shown = "";
  let answer = "";
  for await (const event of createAgent({ model, strategy: "chain-of-thought" }).run("?")) {
    if (event.type === "text") shown += event.delta;
    if (event.type === "answer") answer = event.text;
  }
  assert.equal([shown, answer], ["14 and 6 make 20. The answer is 20.", "20"]);
});

test.run();
