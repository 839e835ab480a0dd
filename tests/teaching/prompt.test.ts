import { test } from "uvu";
import * as assert from "uvu/assert";
import { stripMarkers } from "../../agent/index.js";
import type { Beginning } from "../../teaching/model.js";
import { beginningsOf } from "../../teaching/prompt.js";
import { calculator, calendar, type Tool } from "../../tools/index.js";
import { half, passage } from "./scene.js";
import { echo } from "./small-tools.js";

const tools = [calculator(), calendar(), half, echo().tool];
test.after(async () => {
  for (const tool of tools) await tool.close();
});

const plain = passage("It costs 3*7 = 21 in all.", { before: "A long walk. " });
const chat = passage("It costs 3*7 = 21 in all.", { before: "First: ", question: "What does it cost?" });

function textOf(beginning: Beginning): string {
  assert.ok("text" in beginning);
  return (beginning as { text: string }).text;
}
const turnsOf = (beginning: Beginning) => (beginning as Extract<Beginning, { messages: unknown }>).messages;
const rows = ({ examples }: Tool, turn: boolean) =>
  examples.filter(({ question }) => (question !== undefined) === turn).map(({ text }) => text);

test("a plain text is sampled after demonstrations, its whole self and Output", () => {
  for (const tool of tools) {
    const { text } = { text: textOf(beginningsOf(plain, tool, "before").sample) };
    assert.ok(text.startsWith(tool.description) && text.includes(`[${tool.name}(arguments)]`));
    assert.ok(text.endsWith("\n\nInput:\nA long walk. It costs 3*7 = 21 in all.\nOutput:\nA long walk. "));
    const pairs = Array.from(text.matchAll(/Input:\n(.*?)\nOutput:\n(.*?)(?:\n\n|$)/gs)).slice(0, -1);
    assert.ok(pairs.length <= 6 && pairs.length === Math.min(6, rows(tool, false).length || tool.examples.length));
    for (const [, input, output] of pairs) {
      assert.ok(output!.includes(`[${tool.name}(`), output);
      assert.is(input, stripMarkers(output!, [tool.name]));
    }
  }
});

test("what comes before the text itself is the same for all texts, and is called shared", () => {
  for (const tool of tools) {
    for (const placement of ["before", "splice"] as const) {
      const [a, b] = [beginningsOf(plain, tool, placement), beginningsOf(passage("Another."), tool, placement)];
      for (const [one, other] of [
        [a.sample, b.sample],
        [a.weigh, b.weigh],
      ] as const) {
        assert.is(one.shared, other.shared);
        assert.is(textOf(one).slice(0, one.shared ?? 0), textOf(other).slice(0, other.shared ?? 0));
        assert.not(
          textOf(one)
            .slice(0, one.shared ?? 0)
            .includes("A long walk"),
        );
      }
    }
  }
});

test("a plain text is weighed after what precedes it, a spliced call after demonstrations besides", () => {
  for (const tool of tools) {
    assert.equal(beginningsOf(plain, tool, "before").weigh, { text: "A long walk. " });
    const { weigh } = beginningsOf(plain, tool, "splice");
    assert.ok(textOf(weigh).endsWith("\n\nA long walk. "));
    if (tool.examples.length > 0) assert.ok(textOf(weigh).includes(`[${tool.name}(`));
    assert.not(textOf(weigh).includes("It costs"));
  }
});

test("a question stands as for the agent: turns with demonstrations, and the solution as the answer that is begun", () => {
  for (const tool of tools) {
    const { sample } = beginningsOf(chat, tool, "before");
    const messages = turnsOf(sample);
    assert.equal(messages[0]!.role, "system");
    assert.ok(messages[0]!.content.startsWith(tool.description));
    for (const text of rows(tool, false).slice(-1)) assert.ok(messages[0]!.content.endsWith(text), "running text stands with the task");
    assert.equal(
      messages.slice(1).map(({ role }) => role),
      messages.slice(1).map((_, index) => (index % 2 === 0 ? "user" : "assistant")),
    );
    assert.equal(messages.at(-1), { role: "user", content: "What does it cost?" });
    assert.is((sample as { written?: string }).written, "First: ");
    assert.is(sample.shared, messages.length - 1, "all but the question");
    assert.ok(messages.length <= 2 + 2 * 2);
    for (const { role, content } of messages) if (role === "assistant") assert.ok(rows(tool, true).includes(content));
  }
});

test("of a solution, a spliced call is weighed where it was sampled, and one before the text after the question alone", () => {
  for (const tool of tools) {
    const splice = beginningsOf(chat, tool, "splice");
    assert.is(splice.weigh, splice.sample, "the same object, so that it is read once");
    assert.equal(beginningsOf(chat, tool, "before").weigh, {
      messages: [{ role: "user", content: "What does it cost?" }],
      written: "First: ",
    });
  }
});

test("a model that was trained to call is shown nothing", () => {
  for (const tool of tools) {
    for (const placement of ["before", "splice"] as const) {
      const { sample, weigh } = beginningsOf(chat, tool, placement, true);
      assert.equal(sample, { messages: [{ role: "user", content: "What does it cost?" }], written: "First: " });
      assert.is(weigh, sample, "the same object, so that it is read once");
      assert.equal(beginningsOf(plain, tool, placement, true).sample, { text: "A long walk. " });
    }
  }
});

test("demonstrations are spread over the examples, and the last is always there", () => {
  for (const count of [1, 2, 5, 6, 7, 13, 50]) {
    const examples = Array.from({ length: count }, (_, index) => ({ text: `It is [Echo(${index}) → ${index}] ${index}.` }));
    const { tool } = echo({ examples });
    const shown = Array.from(textOf(beginningsOf(plain, tool, "splice").weigh).matchAll(/Echo\((\d+)\)/g), ([, index]) => Number(index));
    assert.is(shown.length, Math.min(6, count));
    assert.is(shown.at(-1), count - 1);
    assert.equal(
      shown,
      [...new Set(shown)].sort((a, b) => a - b),
    );
    const gaps = shown.slice(1).map((index, i) => index - shown[i]!);
    assert.ok(Math.max(0, ...gaps) - Math.min(count, ...gaps) <= 1 || gaps.length === 0, String(shown));
  }
});

test("a tool with turns only shows their answers to a plain text", () => {
  const { tool } = echo({ examples: [{ question: "Say 5.", text: "It is [Echo(5) → 5] 5." }] });
  assert.ok(textOf(beginningsOf(plain, tool, "before").sample).includes("Input:\nIt is 5.\nOutput:\nIt is [Echo(5) → 5] 5.\n"));
});

test.run();
