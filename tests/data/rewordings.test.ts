import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { allNumbers, faultOf, isOneQuestion, sameNumbers, wordDistance } from "../../data/rewordings/filter.js";
import { DEMONSTRATIONS, grammarFor, PROMPTS, request } from "../../data/rewordings/prompt.js";
import { reword } from "../../data/rewordings/reword.js";
import { localModel, type ScoringModel, scriptedModel } from "../../models/index.js";

const PROBLEM = {
  id: "p",
  question: "At first Zoltan has 15 jelly beans and then he eats 3 jelly beans. How many jelly beans does he have left?",
  solution: "That leaves 15-3 = 12 jelly beans. Zoltan has 12 jelly beans left.",
  answer: "12",
};
const GOOD = "If Zoltan has 15 jelly beans, how many of them will he have left if he eats 3 jelly beans?";

const faulty = (text: string, others: readonly string[] = DEMONSTRATIONS) => faultOf(text, PROBLEM, others);

test("a rewording of the same has no fault, and one of something else has the fault that it has", () => {
  assert.is(faulty(GOOD), undefined);
  for (const [fault, text] of [
    ["numbers", "If Zoltan has 15 jelly beans, how many of them will he have left if he eats 5 jelly beans?"],
    ["numbers", "If Zoltan has 15 jelly beans, how many of the 12 will he have left if he eats 3 jelly beans?"],
    ["relations", "If Zoltan has 15 jelly beans, how many more will he have left if he eats 3 jelly beans?"],
    ["relations", "If Zoltan has 15 jelly beans, how many of them will he have if he eats 3 jelly beans?"],
    ["units", "If Zoltan has 15 jelly beans, how many will he have left if he eats 3 apples?"],
    ["units", "If Zoltan has 15, 3 jelly beans, how many of them will he have left?"],
    ["things", "If Yusuf has 15 jelly beans, how many of them will he have left if he eats 3 jelly beans?"],
    ["things", "If Zoltan has 15 jelly beans, how many of them will Zara have left if he eats 3 jelly beans?"],
    ["question", "If Zoltan has 15 jelly beans and eats 3 jelly beans, he has some left."],
    ["alike", PROBLEM.question.replace("then he", "he then")],
  ] as const) {
    assert.is(faulty(text), fault, text);
  }
  assert.is(faulty(GOOD, [GOOD]), "alike");
  for (const [question, text] of [
    [
      "Oksana had $99. She spent $32 on a movie. How much money does she have?",
      "If Oksana had $32, how much money does she have if she had $99 on a movie?",
    ],
    [
      "Hoa has 51 duck eggs. Jorge has 6 times as many. How many does Jorge have?",
      "51 duck eggs, Jorge has 6 times as many as Jorge. How many duck eggs?",
    ],
  ] as const) {
    assert.is.not(faultOf(text, { question, solution: "It is 67." }, []), undefined, text);
  }
  assert.is(
    faulty(`${GOOD.slice(0, -1)}, of all that Zoltan has when he has jelly beans, and he eats as he has them left and left again?`),
    "length",
  );
});

test("no question is a rewording of itself, and whatever passes has the same numbers", () => {
  const words = fc.array(fc.constantFrom("Zoltan", "has", "15", "jelly", "beans", "3", "left", "eats", "he", "how", "many", "?"), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(words, (list) => {
      const text = list.join(" ");
      assert.is.not(faultOf(text, { ...PROBLEM, question: text }, []), undefined);
      if (faulty(text) === undefined) assert.ok(sameNumbers(text, PROBLEM.question) && isOneQuestion(text));
    }),
  );
});

test("numbers are counted in digits and in words, whatever their order", () => {
  assert.equal(
    allNumbers("Five balls, 44 stamps and twenty-one cards").map(({ value }) => value),
    [44, 5, 21],
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 5 }), fc.integer(), (numbers, turn) => {
      const of = (list: readonly number[]) => list.map((number) => `${number} beans`).join(", ");
      const at = Math.abs(turn) % numbers.length;
      assert.ok(sameNumbers(of(numbers), of([...numbers.slice(at), ...numbers.slice(0, at)])));
      assert.not(sameNumbers(of(numbers), of([...numbers, numbers[0]!])));
      assert.not(sameNumbers(of(numbers), of(numbers.with(at, 5001))));
    }),
  );
});

test("the distance in words is one of 0 to 1, the same both ways, and 0 for the same words", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "7"), { maxLength: 12 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const distance = wordDistance(a, b);
      assert.ok(distance >= 0 && distance <= 1);
      assert.is(distance, wordDistance(b, a));
      assert.is(distance === 0, a === b);
    }),
  );
});

test("a question is one question, or says what to do", () => {
  for (const text of ["How many?", "There are 5. How many?", "Tell me how many.", "It is so. Work out how many there are."])
    assert.ok(isOneQuestion(text), text);
  for (const text of [
    "How many? How?",
    "How many? Tell me.",
    "How many, and how old?",
    "It is x. How many?",
    "There are 5.",
    "and so how many?",
    "",
  ])
    assert.not(isOneQuestion(text), text);
});

test("under the grammar whatever the model writes to its end is one question with the numbers", async () => {
  await using model = await localModel({ adapters: [], repeatable: true, contextSize: 2048 });
  const question = "A lamp costs $55 and the clerk takes $11 off the price. How much does it cost after 11 days?";
  const texts = Array.from({ length: 6 }, async (_, seed) => {
    await using sequence = await model.openText(request(PROMPTS[0]!, question));
    let text = "";
    for await (const delta of sequence.generate({ temperature: 0.7, seed, maxTokens: 60, grammar: grammarFor(question) })) {
      if (delta.type === "text") text += delta.text;
    }
    return text;
  });
  const ended = (await Promise.all(texts)).filter((text) => text.endsWith("?"));
  assert.ok(ended.length > 0);
  for (const text of ended) assert.is((text.match(/\$?\d+/g) ?? []).sort().join(), "$11,$55,11", text);
  assert.is(grammarFor("How many?"), undefined);
  assert.is(grammarFor("1, 2, 3, 4: how many?"), undefined);
});

test("what is kept is answered right as it was and as it is; each rewording is counted once", async () => {
  const problems = [PROBLEM, { ...PROBLEM, id: "unknown", answer: "13" }, { ...PROBLEM, id: "unfit", question: "How many?" }];
  const scripted = scriptedModel((_, written) => (written === "" ? [` ${GOOD}`] : []), { grammar: true });
  const writer = Object.assign(scripted, {
    openText: (text: string) => scripted.open({ messages: [{ role: "user", content: text }] }),
  }) as unknown as ScoringModel;
  const answering = (right: (question: string) => boolean) =>
    scriptedModel((messages, written) => (written !== "" ? [] : [right(messages.at(-1)!.content) ? "It is 12." : "It is 7."]));
  const all = async (answerer: ReturnType<typeof scriptedModel>) => {
    for await (const some of reword(problems, { writer, answerer })) return some;
    throw new Error("Nothing came.");
  };
  const { kept, counts, done } = await all(answering(() => true));
  assert.is(done, 3);
  assert.equal([counts.unfit, counts.unanswered, counts.written, counts.alike, counts.kept], [1, 1, 6, 5, 1]);
  assert.equal(kept, [
    {
      ...PROBLEM,
      id: "p-reworded-1",
      question: GOOD,
      meta: { reworded: { of: "p", prompt: "short", distance: Number(wordDistance(PROBLEM.question, GOOD).toFixed(2)) } },
    },
  ]);
  const other = await all(answering((question) => !question.includes(GOOD)));
  assert.equal([other.kept, other.counts["answered wrong"], other.counts.written], [[], 1, 6]);
});

test.run();
