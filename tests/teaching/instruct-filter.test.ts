import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filterInstances, instructionFault } from "../../teaching/instruct/filter.js";
import { readInputFirst, readLabelFirst } from "../../teaching/instruct/instances.js";
import { enoughInstructions, readInstructions } from "../../teaching/instruct/instructions.js";
import { Pool } from "../../teaching/instruct/pool.js";

const test = suite("Self-Instruct: what is read and what is taken");
const whole = (text: string) => ({ text, whole: true });

for (const [instruction, fault] of [
  ["Name three rivers.", undefined],
  ["Name rivers.", "too short"],
  [`Name ${"very ".repeat(150)}long rivers.`, "too long"],
  ["Describe the image below.", "keyword"],
  ["Draw a house with words.", "keyword"],
  ["Go to the shop and buy bread.", "keyword"],
  ["Explain what mapping means in mathematics.", undefined],
  ["Describe a drawer of a desk.", undefined],
  ["Compose music for a wedding.", "keyword"],
  ["Write a program that sorts numbers.", "program"],
  ["Write a programme for a concert.", undefined],
  ["“Translate” this into French.", "non-ASCII"],
  ["Écris un poème sur la mer.", "non-ASCII"],
  ["(Optional) name a colour you like.", "punctuation"],
  ["5 ways to say hello.", undefined],
] as const) {
  test(`“${instruction.slice(0, 40)}” is ${fault ?? "taken"}`, () => assert.is(instructionFault(instruction), fault));
}

test("an instruction is compared with the seeds and with all that were taken before", () => {
  const seed = { id: "s", instruction: "Write a short poem about the sea.", instances: [], isClassification: false };
  const pool = new Pool([seed]);
  assert.equal(pool.offer("Write a short poem about the seas."), { rouge: { seeds: 0.8571, all: 0.8571 }, fault: "alike" });
  assert.is(pool.offer("Name five birds that cannot fly at all.").accepted, 1);
  const { rouge, fault } = pool.offer("Name six birds that cannot fly at all.");
  assert.equal([rouge, fault], [{ seeds: 0, all: 0.875 }, "alike"]);
  assert.is(pool.offer("Name five birds that cannot fly at all.").fault, "repeated");
  assert.is(pool.offer("Explain how a lock on a canal works.").accepted, 2);
});

test("exactly 0.7 is too alike", () => {
  const pool = new Pool([{ id: "s", instruction: "a b c d e f g h i j", instances: [], isClassification: false }]);
  assert.is(pool.offer("a b c d e f g x y z").fault, "alike");
  assert.is(pool.offer("a b c d e f w x y z").fault, undefined);
});

for (const [what, text, begun, items] of [
  ["a list gone on with", " name a river\n10. Name\n  a lake.\n11. Name a sea.", true, ["Name a river", "Name a lake.", "Name a sea."]],
  [
    "a chat model's list",
    "Sure! Here they are:\n\n9. **Name a river.**\n\n10. Name a lake.\n\nShall I go on?",
    false,
    ["Name a river.", "Name a lake."],
  ],
  [
    "other bullets",
    "- Name a river.\n* Name a lake.\n9) Name a sea.\nTask 10: Name a bay.",
    false,
    ["Name a river.", "Name a lake.", "Name a sea.", "Name a bay."],
  ],
  ["one sentence", "Name a river.", false, ["Name a river."]],
  ["nothing", "", true, []],
  [
    "more than eight",
    Array.from({ length: 12 }, (_, i) => `${i + 9}. Name ${i}.`).join("\n"),
    false,
    Array.from({ length: 8 }, (_, i) => `Name ${i}.`),
  ],
] as const) {
  test(`${what} is read as instructions`, () => assert.equal(readInstructions(whole(text), begun), items));
}

test("a last instruction that was cut off is left out", () => {
  assert.equal(readInstructions({ text: " Name a river.\n10. Name a la", whole: false }, true), ["Name a river."]);
});

test("a reply is enough when the ninth instruction has begun", () => {
  const items = (count: number) => Array.from({ length: count }, (_, i) => `${i + 9}. Name ${i}.`).join("\n");
  assert.not(enoughInstructions(false)(items(8)));
  assert.ok(enoughInstructions(false)(items(9)));
  assert.not(enoughInstructions(true)(items(8).slice(2)));
  assert.ok(enoughInstructions(true)(items(9).slice(2)));
});

test("inputs are read with the outputs after them", () => {
  assert.equal(readInputFirst(whole("Input: 2 + 2\nOutput: 4\n\nExample 2\n**Input:** 3 + 3\nand more\n**Output:** 6")).instances, [
    { input: "2 + 2", output: "4" },
    { input: "3 + 3\nand more", output: "6" },
  ]);
  assert.equal(readInputFirst(whole("Output: a haiku\non two lines")).instances, [{ input: "", output: "a haiku\non two lines" }]);
  assert.equal(readInputFirst(whole("Input: none\nOutput: x")).instances, [{ input: "", output: "x" }]);
  assert.equal(readInputFirst(whole("Just the answer.")).instances, [{ input: "", output: "Just the answer." }]);
  assert.equal(readInputFirst(whole("Input: only")).instances, [{ input: "only", output: "" }]);
  assert.equal(readInputFirst(whole("Output: 4\nTask: another\nOutput: 5")).instances, [{ input: "", output: "4" }]);
  assert.equal(readInputFirst({ text: "Input: 1\nOutput: a\nInput: 2\nOutput: cut o", whole: false }), {
    instances: [{ input: "1", output: "a" }],
    cutOff: 1,
  });
});

test("labels are read with the inputs after them", () => {
  assert.equal(readLabelFirst(whole("Label: yes\nInput: 2 is even\n\nClass label: no\nInput: 3 is even\nInput: 5 is even")).instances, [
    { input: "2 is even", output: "yes" },
    { input: "3 is even", output: "no" },
    { input: "5 is even", output: "no" },
  ]);
  assert.equal(readLabelFirst(whole("It depends.")).instances, []);
});

test("instances that teach nothing are not taken, each with its reason", () => {
  const { kept, dropped } = filterInstances(
    [
      { input: "a", output: "1" },
      { input: "a", output: "1" },
      { input: "b", output: "" },
      { input: "c", output: "c" },
      { input: "d", output: "yes" },
      { input: "d", output: "no" },
      { input: "The list:", output: "x" },
    ],
    false,
  );
  assert.equal(kept, [{ input: "a", output: "1" }]);
  assert.equal(dropped, { duplicate: 1, "no output": 1, "output is input": 1, contradiction: 2, unfinished: 1 });
  assert.equal(filterInstances([{ input: "", output: "yes" }], true).dropped, { "no input": 1 });
});

test.run();
