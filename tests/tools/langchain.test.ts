import { setTimeout as pause } from "node:timers/promises";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { DynamicStructuredTool, DynamicTool, tool } from "@langchain/core/tools";
import { createAgent as createLangChainAgent } from "langchain";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { createAgent, parseArguments } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { scriptedModel } from "../../models/index.js";
import { calculator, defineTool, type Tool } from "../../tools/index.js";
import { fromLangChain, type LangChainTool, toLangChain } from "../../tools/langchain.js";
import { StreamingChatModel } from "../fixtures/streaming-chat-model.js";

const context = (signal = new AbortController().signal) => ({ signal, now: new Date(0), timeZone: "UTC" });
const say = async (ours: Tool, args: Record<string, unknown> = {}) => (await ours.run(args, context())).text;

/** What a call with this text between its parentheses gives. */
async function called(given: LangChainTool, input: string): Promise<string> {
  const ours = fromLangChain(given);
  const parsed = parseArguments(input, ours);
  return parsed.ok ? say(ours, parsed.args) : `refused: ${parsed.message}`;
}

async function failureOf(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable("it did not throw") as never;
}

/** A LangChain tool without arguments that gives this. */
const giving = (result: unknown, responseFormat?: string) =>
  fromLangChain(tool(() => result as string, { name: "given", description: "gives", schema: z.object({}), responseFormat }));

const weather = tool(({ city, days }) => `${city}: sun for ${days} days`, {
  name: "weather-forecast",
  description: "The weather\n  of a city.",
  schema: z.object({ city: z.string().min(2).describe("its name"), days: z.number().int().default(3) }),
});

test("a LangChain tool gets a name that a call can hold, and a description of one line", () => {
  const ours = fromLangChain(weather);
  assert.is(ours.name, "weather_forecast");
  assert.is(ours.description, "The weather of a city.");
  assert.is(ours.timeout, 10_000);
  assert.is(ours.sideEffects, false);
});

test("what LangChain does not know is given beside it, and wins over what it has", () => {
  const examples = [{ question: "Weather in Oslo?", text: "[Weather(Oslo) → rain] Rain." }];
  const ours = fromLangChain(weather, {
    name: "Weather",
    examples,
    sideEffects: true,
    timeout: 50,
    cacheable: false,
    version: "7",
    cost: { money: 0.01 },
  });
  assert.equal(
    { ...ours, input: 0, run: 0, close: 0 },
    {
      name: "Weather",
      description: "The weather of a city.",
      examples,
      sideEffects: true,
      timeout: 50,
      cacheable: false,
      version: "7",
      cost: { money: 0.01 },
      input: 0,
      run: 0,
      close: 0,
    },
  );
});

test("arguments are read as the tool's zod schema asks for", async () => {
  assert.is(await called(weather, "Oslo"), "Oslo: sun for 3 days");
  assert.is(await called(weather, "Oslo, days: 5"), "Oslo: sun for 5 days");
  assert.is(await called(weather, "Oslo, days: many"), 'refused: days must be a whole number, got "many"');
  assert.match(await called(weather, "O"), /^refused: city: Too small/);
});

test("an argument that the schema transforms is transformed once", async () => {
  const doubling = tool(({ word }) => word, {
    name: "doubling",
    description: "doubles",
    schema: z.object({ word: z.string().transform((word) => word + word), since: z.coerce.date().optional() }),
  });
  assert.is(await called(doubling, "ab"), "abab");
});

test("what only LangChain's own reading of the schema refuses is refused by the tool", async () => {
  const even = tool(({ n }) => String(n), {
    name: "even",
    description: "even",
    schema: z.object({ n: z.number().refine((n) => n % 2 === 0, "is odd") }),
  });
  const error = await failureOf(() => called(even, "3"));
  assert.match(error.message, /is odd/);
});

test("JSON Schema, with references in it, is a schema as well", async () => {
  const given = new DynamicStructuredTool({
    name: "area",
    description: "of a rectangle",
    schema: {
      type: "object",
      properties: { sides: { type: "array", items: { $ref: "#/$defs/length" } }, unit: { enum: ["m", "km"] } },
      required: ["sides"],
      $defs: { length: { type: "number", minimum: 0 } },
    },
    func: async ({ sides, unit = "m" }: { sides: number[]; unit?: string }) => `${sides[0]! * sides[1]!} ${unit}`,
  } as never) as LangChainTool;
  assert.is(await called(given, "[3, 4], unit: km"), "12 km");
  assert.match(await called(given, "[3, -4]"), /^refused: /);
  assert.match(await called(given, '{"sides": [3, 4], "colour": "red"}'), /^refused: there is no argument "colour"/);
});

test("a schema of zod 3 is a schema as well", async () => {
  const given = tool(({ n }) => String(n + 1), { name: "next", description: "next", schema: z3.object({ n: z3.number() }) });
  assert.is(await called(given, "41"), "42");
});

test("a tool of one text takes the whole text", async () => {
  const given = new DynamicTool({ name: "echo", description: "echoes", func: async (text) => `<${text}>` });
  assert.is(await called(given, "a, b: c (d)"), "<a, b: c (d)>");
  assert.match(await called(given, ""), /^refused: input is missing/);
});

test("a runnable that is made a tool is a tool", async () => {
  const given = RunnableLambda.from(({ word }: { word: string }) => word.toUpperCase()).asTool({
    name: "shout",
    description: "shouts",
    schema: z.object({ word: z.string() }),
  });
  assert.is(await called(given, "hello"), "HELLO");
});

test("the model reads text: objects, lists and numbers as JSON, the text of content blocks, and never an artifact", async () => {
  assert.is(await say(giving("plain")), "plain");
  assert.is(await say(giving({ degrees: 7 })), '{"degrees":7}');
  assert.is(await say(giving([1, 2])), "[1,2]");
  assert.is(await say(giving(7.5)), "7.5");
  assert.is(await say(giving(undefined)), "");
  assert.is(await say(giving(["seven", { secret: 1 }], "content_and_artifact")), "seven");
  const blocks = [
    { type: "text", text: "A map:" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "Point", at: [1, 2] },
  ];
  assert.is(await say(giving(blocks)), 'A map:\n(image_url)\n{"type":"Point","at":[1,2]}');
});

test("a message of the tool's own is read, and one with the status error is an error", async () => {
  const message = (status: "success" | "error") => new ToolMessage({ content: "No such city.", tool_call_id: "x", status });
  assert.is(await say(giving(message("success"))), "No such city.");
  const error = await failureOf(() => say(giving(message("error"))));
  assert.instance(error, ToolwrightError);
  assert.is(error.message, "No such city.");
});

test("a command for LangGraph is refused", async () => {
  const error = await failureOf(() => say(giving({ lc_direct_tool_output: true, goto: "end" })));
  assert.is((error as ToolwrightError).code, "tool-output");
});

test("what the tool throws is the call's error, and the agent goes on", async () => {
  const broken = tool(() => Promise.reject(new Error("the station is closed")), {
    name: "weather",
    description: "w",
    schema: z.object({ city: z.string() }),
  });
  const agent = createAgent({ model: scriptedModel([["[weather(Oslo)]", " I cannot say."]]), tools: [fromLangChain(broken)] });
  const { answer, calls } = await agent.ask("Weather?");
  assert.is(answer, "I cannot say.");
  assert.is(calls[0]?.error, "the station is closed");
});

test("an agent calls a LangChain tool by marker", async () => {
  const agent = createAgent({ model: scriptedModel([["It is [weather_forecast(Oslo)]", " sunny."]]), tools: [fromLangChain(weather)] });
  const { answer, calls } = await agent.ask("Weather?");
  assert.is(answer, "It is sunny.");
  assert.equal({ ...calls[0], ms: 0 }, { tool: "weather_forecast", input: "Oslo", output: "Oslo: sun for 3 days", ms: 0 });
});

test("the run's abort and the tool's time-out reach the tool as config.signal", async () => {
  const reasons: unknown[] = [];
  const slow = new DynamicStructuredTool({
    name: "slow",
    description: "waits",
    schema: z.object({ what: z.string() }),
    func: (_args, _manager, config) =>
      new Promise<string>((_, reject) =>
        config!.signal!.addEventListener("abort", () => {
          reasons.push(config!.signal!.reason);
          reject(config!.signal!.reason);
        }),
      ),
  });
  const model = () => scriptedModel([["[slow(a)]", " Too slow."]]);
  const timed = await createAgent({ model: model(), tools: [fromLangChain(slow, { timeout: 20 })] }).ask("?");
  assert.is(timed.calls[0]?.error, "took longer than 20 ms");
  assert.is((reasons[0] as ToolwrightError).code, "tool-timeout");

  const abort = new AbortController();
  const asked = createAgent({ model: model(), tools: [fromLangChain(slow)] }).ask("?", { signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  assert.is(((await failureOf(() => asked)) as ToolwrightError).code, "aborted");
  assert.is(reasons.length, 2);
});

test("what is not a LangChain tool, or has no arguments by name, is refused with a remedy", async () => {
  const noTool = (await failureOf(() => fromLangChain({ type: "web_search" } as never))) as ToolwrightError;
  assert.is(noTool.code, "tool-definition");
  assert.match(noTool.remedy, /tool\(\)/);
  const text = new DynamicStructuredTool({ name: "text", description: "t", schema: z.string() as never, func: async () => "" });
  assert.match((await failureOf(() => fromLangChain(text))).message, /The schema of text cannot be used: it is of the type string/);
  const digits = tool(() => "", { name: "7up", description: "seven", schema: z.object({}) });
  assert.match((await failureOf(() => fromLangChain(digits))).message, /"7up" cannot be written in a call/);
});

test("LangChain's own agent calls our tool and reads its result", async () => {
  const ours = calculator();
  const model = new StreamingChatModel([{ call: "Calculator", args: { expression: "37*48" } }, "It is 1776."]);
  const agent = createLangChainAgent({ model, tools: [toLangChain(ours)] });
  const { messages } = await agent.invoke({ messages: [new HumanMessage("What is 37*48?")] });
  await ours.close();
  assert.is(messages.at(-1)?.text, "It is 1776.");
  const result = messages.find((message) => ToolMessage.isInstance(message)) as ToolMessage;
  assert.is(result.content, "1776");
  assert.is(result.artifact.text, "1776");
  assert.is(model.asked[1]?.at(-1)?.text, "1776");
});

test("LangChain's agent shows its model what our tool throws, and arguments that do not fit", async () => {
  const failing = defineTool({
    name: "Fail",
    description: "fails",
    input: z.object({ n: z.number() }),
    run: () => Promise.reject(new Error("out of paper")),
  });
  const model = new StreamingChatModel([{ call: "Fail", args: { n: 1 } }, { call: "Fail", args: { n: "one" } }, "Sorry."]);
  await createLangChainAgent({ model, tools: [toLangChain(failing)] }).invoke({ messages: [new HumanMessage("Print.")] });
  assert.match(model.asked[1]!.at(-1)!.text, /out of paper/);
  assert.match(model.asked[2]!.at(-1)!.text, /expected number, received string/);
});

test("our tool in LangChain keeps name, description, schema, sources and clock", async () => {
  const ours = defineTool({
    name: "Find",
    description: "finds",
    input: z.object({ what: z.string().transform((what) => what.length) }),
    run: ({ what }, { now, timeZone }) => ({
      text: `${what} ${timeZone !== "" && Math.abs(now.getTime() - Date.now()) < 5000}`,
      sources: [{ id: "1", title: "One" }],
    }),
  });
  const theirs = toLangChain(ours);
  assert.equal([theirs.name, theirs.description, theirs.schema], ["Find", "finds", ours.input]);
  assert.is(await theirs.invoke({ what: "four" }), "4 true");
  const message = (await theirs.invoke({ type: "tool_call", id: "c", name: "Find", args: { what: "four" } })) as ToolMessage;
  assert.equal(message.artifact.sources, [{ id: "1", title: "One" }]);
});

test("config.signal and the tool's own time-out end our tool, even one that heeds neither", async () => {
  const deaf = (timeout: number) =>
    toLangChain(
      defineTool({
        name: "Deaf",
        description: "sleeps",
        input: z.object({}),
        timeout,
        run: async () => {
          await pause(300);
          return "late";
        },
      }),
    );
  const late = (await failureOf(() => deaf(20).invoke({}))) as ToolwrightError;
  assert.is(late.code, "tool-timeout");
  assert.match(late.message, /Deaf took longer than 20 ms/);
  const reason = new Error("enough");
  assert.is(await failureOf(() => deaf(5000).invoke({}, { signal: AbortSignal.abort(reason) })), reason);
  const abort = new AbortController();
  setTimeout(() => abort.abort(reason), 20);
  assert.is(await failureOf(() => deaf(5000).invoke({}, { signal: abort.signal })), reason);
});

test("a tool goes to LangChain and back", async () => {
  const adder = defineTool({
    name: "Adder",
    description: "adds",
    input: z.object({ a: z.number(), b: z.number() }),
    run: ({ a, b }) => String(a + b),
  });
  assert.is(await called(toLangChain(adder), "1, b: 2"), "3");
});

test.run();
