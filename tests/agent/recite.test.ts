import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AgentEvent, createAgent, recite, shippedPrompts, strategyNamed } from "../../agent/index.js";
import { reader, recitation } from "../../agent/strategies/recite.js";
import type { ToolwrightError } from "../../errors.js";
import { type Message, scriptedModel } from "../../models/index.js";
import { calculator } from "../../tools/index.js";

const prompts = shippedPrompts();
const reads = (messages: readonly Message[]) => messages[0]!.content === prompts.reader.instruction;

/** Recites these in turn, and answers what `read` finds in a passage. */
function reciting(passages: readonly string[], read: (passage: string) => string) {
  let recited = 0;
  return scriptedModel((messages) => {
    const asked = messages.at(-1)!.content;
    if (reads(messages)) return [read(asked.split("\n\nQuestion:")[0]!)];
    return [messages.length === 1 ? "I do not know." : passages[recited++ % passages.length]!];
  });
}

const failing = (work: Promise<unknown>) =>
  work.then(
    () => assert.unreachable() as never,
    (error: ToolwrightError) => error,
  );

const capital = (passage: string) => /capital is (\w+)/.exec(passage)?.[1] ?? "";

test("passages are recited, each is answered from, and the vote decides", async () => {
  const passages = ["Peru\nIts capital is Lima.", "Peru\nIts capital is Cusco.", "Lima\nThe capital is Lima, on the coast."];
  const events: AgentEvent[] = [];
  const model = reciting(passages, capital);
  const agent = createAgent({ model, tools: [calculator()], strategy: recite({ samples: 3 }) });
  for await (const event of agent.run("What is the capital of Peru?")) events.push(event);
  const answer = events.find((event) => event.type === "answer");
  assert.equal(answer?.type === "answer" && [answer.text, answer.agreement], ["Lima", { votes: 2, of: 3 }]);
  const chains = events.flatMap((event) => (event.type === "chain" ? [event] : []));
  assert.equal(
    chains
      .slice(0, 3)
      .map(({ strategy, answer: said }) => [strategy, said])
      .sort(),
    passages.map((passage) => ["recitation", passage]).sort(),
  );
  assert.equal([...new Set(chains.slice(3).map(({ strategy }) => strategy))], ["reader"]);
  const temperatures = model.given.options.map(({ temperature }) => temperature);
  assert.equal([temperatures.slice(0, 3), [...new Set(temperatures.slice(3))]], [[0.7, 0.7, 0.7], [0]]);
});

test("the same passage is read once and counts as often as it was recited", async () => {
  const model = reciting(["The capital is Lima.", "The capital is Lima.", "The capital is Cusco."], capital);
  const { answer, agreement } = await createAgent({ model, strategy: recite({ samples: 3 }) }).ask("?");
  assert.is(answer, "Lima");
  assert.is(agreement!.votes, 2);
  assert.ok(model.given.prompts.filter(({ messages }) => reads(messages)).length <= 2);
});

test("empty recitations abstain; where all are, the question is answered without, and that is said", async () => {
  const some = await createAgent({ model: reciting(["", "The capital is Lima."], capital), strategy: recite({ samples: 2 }) }).ask("?");
  assert.equal([some.answer, some.agreement], ["Lima", { votes: 1, of: 1 }]);
  const notes: string[] = [];
  let answer = "";
  for await (const event of createAgent({ model: reciting([""], capital), strategy: recite({ samples: 2 }) }).run("?")) {
    if (event.type === "error") notes.push(event.code);
    if (event.type === "answer") answer = event.text;
  }
  assert.equal([notes, answer], [["nothing-recited"], "I do not know."]);
});

test("recitations that nothing can be read from are no answer", async () => {
  const error = await failing(createAgent({ model: reciting(["Something."], () => ""), strategy: recite({ samples: 2 }) }).ask("?"));
  assert.equal([error.code, /None of the 1 chains of recite:2 answered/.test(error.message)], ["empty-answer", true]);
});

test("the reader sees the passage with the question, and of what follows its answer only the answer counts", () => {
  const { turn } = reader.prompt({ question: "Who?", evidence: "It was {question}.", tools: [], instructions: "", history: [], prompts });
  assert.is(turn[0]!.content, "It was {question}.\n\nQuestion: Who?");
  assert.is(reader.answer(" It was Mr. Bell. Question: Who else?", prompts), "It was Mr. Bell.");
  assert.is(reader.answer("the U.S. Navy. It", prompts), "the U.S. Navy.");
  assert.is(reader.answer("8\nQuestion: How many eyes?", prompts), "8");
  assert.is(reader.answer("100.5 degrees", prompts), "100.5 degrees");
  assert.is(recitation.answer(" Bees\nThey make honey. ", prompts), "Bees\nThey make honey.");
});

test("names say how many", () => {
  assert.is(strategyNamed("recite:5").name, "recite:5");
  assert.throws(
    () => strategyNamed("recite:33"),
    (error: ToolwrightError) => error.code === "invalid-option",
  );
});

test.run();
