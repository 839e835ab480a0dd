import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { ToolwrightError } from "../../errors.js";
import { defineTool } from "../../tools/define.js";
import type { ToolContext, ToolDefinition } from "../../tools/tool.js";

const context: ToolContext = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };

const echo = {
  name: "Echo",
  description: "Says it again",
  input: z.object({ words: z.string() }),
  run: ({ words }: { words: string }) => words,
};

/** The error of a definition that differs from `echo` in these, of whatever type they are. */
function refusal(changes: object): ToolwrightError {
  try {
    defineTool({ ...echo, ...changes } as ToolDefinition<typeof echo.input>);
  } catch (error) {
    if (error instanceof ToolwrightError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(changes)} was taken`);
}

test("a definition becomes a tool with the documented defaults", async () => {
  const { run, close, ...rest } = defineTool(echo);
  assert.equal(rest, {
    name: "Echo",
    description: "Says it again",
    input: echo.input,
    examples: [],
    cost: {},
    sideEffects: false,
    timeout: 10_000,
    version: "1",
    cacheable: true,
  });
  assert.equal(await run({ words: "hello" }, context), { text: "hello" });
  await close();
});

test("what a definition says is kept", () => {
  const said = {
    examples: [{ question: "Say hi.", text: "[Echo(hi) → hi] hi", now: "2024-05-17" }],
    cost: { milliseconds: 3, money: 0 },
    sideEffects: true,
    timeout: 50,
    version: "2024-05",
    cacheable: false,
  };
  const { examples, cost, sideEffects, timeout, version, cacheable } = defineTool({ ...echo, ...said });
  assert.equal({ examples, cost, sideEffects, timeout, version, cacheable }, said);
});

test("an output with a value and sources passes as it is", async () => {
  const output = { text: "0.33", value: "0.3333", sources: [{ id: "a", title: "A" }] };
  assert.equal(await defineTool({ ...echo, run: async () => output }).run({ words: "" }, context), output);
});

test("an error of run reaches the caller unchanged", async () => {
  const cause = new Error("broken");
  const tool = defineTool({
    ...echo,
    run: () => {
      throw cause;
    },
  });
  assert.is(await tool.run({ words: "" }, context).catch((error: unknown) => error), cause);
});

test("an output that is no text is an error that names the tool", async () => {
  for (const output of [undefined, null, 7, {}, { text: 7 }]) {
    const error = await defineTool({ ...echo, run: () => output as string })
      .run({ words: "" }, context)
      .catch((thrown: unknown) => thrown);
    assert.instance(error, ToolwrightError);
    assert.is((error as ToolwrightError).code, "tool-output");
    assert.match((error as ToolwrightError).message, "Echo");
  }
});

for (const name of ["", "2Fast", "Two words", "Größe", "_x", "a".repeat(65), 7, undefined]) {
  test(`the name ${JSON.stringify(name)?.slice(0, 12)} is refused`, () => {
    const error = refusal({ name });
    assert.is(error.code, "tool-definition");
    assert.is(error.exitCode, 2);
    assert.match(error.message, "cannot be written in a call");
  });
}

test("a name of 64 characters is taken", () => {
  assert.is(defineTool({ ...echo, name: "a".repeat(64) }).name.length, 64);
});

for (const [what, changes, message] of [
  ["an empty description", { description: " " }, "description of Echo"],
  ["a description of two lines", { description: "one\ntwo" }, "description of Echo"],
  ["an input that is no schema", { input: { words: "string" } }, "input of Echo"],
  ["an input that is a string schema", { input: z.string() }, "input of Echo"],
  ["no input", { input: undefined }, "input of Echo"],
  ["no run", { run: undefined }, "no run function"],
  ["a timeout of 0", { timeout: 0 }, "timeout of Echo is 0"],
  ["an endless timeout", { timeout: Infinity }, "timeout of Echo"],
  ["a negative cost", { cost: { tokens: -1 } }, "cost of Echo in tokens is -1"],
  ["an empty version", { version: "" }, "version of Echo"],
  ["an example without a call", { examples: [{ text: "Echo(hi)" }] }, "Example 1 of Echo shows no call"],
  ["an example of another tool", { examples: [{ text: "[Echo(a) → a]" }, { text: "[Other(hi) → hi]" }] }, "Example 2 of Echo"],
  ["an example with a clock that is no date", { examples: [{ text: "[Echo(a) → a]", now: "Tuesday" }] }, '"Tuesday"'],
] as const) {
  test(`${what} is refused`, () => {
    const error = refusal(changes);
    assert.is(error.code, "tool-definition");
    assert.match(error.message, message);
    assert.ok(error.remedy.length > 0);
  });
}

test.run();
