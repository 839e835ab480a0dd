import { test } from "uvu";
import * as assert from "uvu/assert";
import { createAgent, type Turn } from "../../agent/index.js";
import type { ToolwrightError } from "../../errors.js";
import { scriptedModel } from "../../models/index.js";
import { calculator } from "../../tools/index.js";

const echo = () => scriptedModel((messages) => [`You said ${messages.at(-1)!.content}.`]);

test("a turn sees the turns before it", async () => {
  const model = echo();
  const chat = createAgent({ model, strategy: "direct" }).chat();
  await chat.ask("one");
  await chat.ask("two");
  assert.equal(
    model.given.prompts[1]!.messages.map(({ role, content }) => [role, content]),
    [
      ["user", "one"],
      ["assistant", "You said one."],
      ["user", "two"],
    ],
  );
  assert.equal(
    chat.history.map(({ question, answer }) => [question, answer]),
    [
      ["one", "You said one."],
      ["two", "You said two."],
    ],
  );
});

test("a later turn reads the earlier ones as they were, with their demonstrations, and no demonstration twice", async () => {
  const model = echo();
  const chat = createAgent({ model, tools: [calculator()] }).chat();
  await chat.ask("What is 31 times 12?");
  await chat.ask("What is 31 times 13?");
  const [first, second] = model.given.prompts;
  assert.equal(second!.messages.slice(0, first!.messages.length), first!.messages);
  const questions = second!.messages.filter(({ role }) => role === "user").map(({ content }) => content);
  assert.is(new Set(questions).size, questions.length);
});

test("undo takes back the last question with its answer", async () => {
  const chat = createAgent({ model: echo() }).chat();
  await chat.ask("one");
  await chat.ask("two");
  assert.is(chat.undo(), "two");
  assert.is(chat.history.length, 1);
  assert.is(chat.undo(), "one");
  assert.is(chat.undo(), undefined);
});

test("one question at a time, and a failed one leaves no turn behind", async () => {
  let turn = 0;
  const chat = createAgent({ model: scriptedModel(() => (turn++ === 0 ? [" "] : ["fine"])) }).chat();
  assert.is(await chat.ask("one").catch((error: ToolwrightError) => error.code), "empty-answer");
  assert.is(chat.history.length, 0);
  const first = chat.ask("two");
  assert.is(await chat.ask("three").catch((error: ToolwrightError) => error.code), "chat-busy");
  await first;
  assert.is(chat.history.length, 1);
});

test("what no longer fits is left out from the oldest turn on, and the shared beginning stays", async () => {
  const model = Object.assign(echo(), { contextSize: 900 });
  const history = Array.from({ length: 10 }, (_, i): Turn => {
    const [question, answer] = [`question ${i} ${"word ".repeat(30)}`, `answer ${i} ${"word ".repeat(30)}`];
    return {
      question,
      answer,
      messages: [
        { role: "user", content: question },
        { role: "assistant", content: answer },
      ],
    };
  });
  const chat = createAgent({ model, tools: [calculator()], strategy: "one-shot", maxTokens: 100 }).chat({ history });
  await chat.ask("last");
  const { messages, shared } = model.given.prompts[0]!;
  const kept = messages.slice(shared, -1);
  assert.ok(kept.length > 0 && kept.length < 20 && kept.length % 2 === 0, `${kept.length} kept`);
  assert.equal(kept, history.flatMap((turn) => turn.messages).slice(-kept.length));
  const size = messages.reduce((sum, { content }) => sum + model.countTokens(content) + 8, 0);
  assert.ok(size + 100 <= 900, `${size} tokens`);
});

test.run();
