import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import type { LanguageModel } from "../../models/model.js";
import { openaiModel } from "../../models/openai.js";
import { ask, deltas, PROMPT, refusal, textOf, until } from "./asking.js";
import { ChatServer, end, event, says } from "./chat-server.js";
import { withEnvironment } from "./environment.js";

const test = suite<{ server: ChatServer; model: LanguageModel; native: LanguageModel }>("openaiModel");
const KEY = "sk-very-secret-key";
const TOOLS = ["Calculator", "Calendar"].map((name) => ({
  name,
  description: `The ${name}.`,
  parameters: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
}));

test.before.each(async (scene) => {
  scene.server = await ChatServer.start();
  scene.model = openaiModel({ model: "m", apiKey: KEY, baseUrl: scene.server.url });
  scene.native = openaiModel({ model: "m", apiKey: KEY, baseUrl: scene.server.url, protocol: "native" });
});

test.after.each(({ server }) => server[Symbol.asyncDispose]());

test("text comes in pieces, with the endpoint's usage", async ({ server, model }) => {
  const usage = { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23, prompt_tokens_details: { cached_tokens: 8 } };
  server.answers(says(["It is", " 1776", "."], { usage }));
  const sequence = await model.open(PROMPT);
  assert.equal(await deltas(sequence), [
    { type: "text", text: "It is", tokens: 0 },
    { type: "text", text: " 1776", tokens: 0 },
    { type: "text", text: ".", tokens: 0 },
    { type: "stop", reason: "end" },
  ]);
  assert.equal(sequence.usage, { input: 12, cached: 8, output: 3 });
  assert.equal(sequence.message(), { role: "assistant", content: "It is 1776." });
});

test("the request says what was asked for", async ({ server, model }) => {
  server.answers(says(["yes"]));
  await ask(model, { temperature: 0.7, topP: 0.9, seed: 5, maxTokens: 40 });
  await ask(model);
  const [first, second] = server.requests;
  assert.is(first!.headers.authorization, `Bearer ${KEY}`);
  assert.equal(first!.body.messages, PROMPT.messages);
  const { model: name, stream, stream_options, temperature, top_p, seed, max_tokens } = first!.body;
  assert.equal(
    { name, stream, stream_options, temperature, top_p, seed, max_tokens },
    { name: "m", stream: true, stream_options: { include_usage: true }, temperature: 0.7, top_p: 0.9, seed: 5, max_tokens: 40 },
  );
  assert.is(second!.body.temperature, 0);
  assert.not("seed" in second!.body);
});

test("a reasoning model, which takes no temperature, is sent none", async ({ server }) => {
  server.answers(says(["yes"]));
  await ask(openaiModel({ model: "o4-mini", apiKey: KEY, baseUrl: server.url }));
  assert.not("temperature" in server.requests[0]!.body);
});

test("a piece is handed on when it comes, not when the answer is over", async ({ server, model }) => {
  let goOn = () => {};
  server.answers(async (response) => {
    event(response, { role: "assistant", content: "first" });
    await new Promise<void>((resolve) => (goOn = resolve));
    says([" second"])(response, server.requests[0]!);
  });
  const stream = (await model.open(PROMPT)).generate();
  assert.equal((await stream.next()).value, { type: "text", text: "first", tokens: 0 });
  goOn();
  assert.equal((await stream.next()).value, { type: "text", text: " second", tokens: 0 });
  await stream.return!();
});

test("leaving the stream at a call ends the connection", async ({ server, model }) => {
  server.answers((response) => {
    event(response, { role: "assistant", content: "That is [Calculator(37*48)" });
  });
  await until(await model.open(PROMPT), ")");
  assert.is(await Promise.race([server.requests[0]!.left, pause(2000, "still there")]), true);
});

test("after a splice the partial answer and the results go back, and the text goes on", async ({ server, model }) => {
  server.answers(says(["That is ", "[Calculator(37*48) → 9", "999]"]), says([" So 1776."]));
  const sequence = await model.open(PROMPT);
  await until(sequence, ")");
  sequence.splice({
    drop: " → 9".length,
    text: " → 1776]",
    results: [{ id: "c1", marker: "[Calculator(37*48) → 1776]", output: "1776", failed: false }],
  });
  assert.is(textOf(await deltas(sequence)), " So 1776.");
  const [system, question, partial, results, ...more] = server.requests[1]!.body.messages;
  assert.equal([system, question], PROMPT.messages);
  assert.equal(partial, { role: "assistant", content: "That is [Calculator(37*48)" });
  assert.is(results!.role, "user");
  assert.match(
    results!.content,
    /^The result of your call:\n\[Calculator\(37\*48\) → 1776\]\nGo on .* exactly where it stopped.* not repeat/,
  );
  assert.equal(more, []);
  assert.is(sequence.message().content, "That is [Calculator(37*48) → 1776] So 1776.");
  assert.ok(sequence.usage.input > 0 && sequence.usage.output > 0);
});

test("an answer that is not over is gone on with, be it the model's own or a recorded one", async ({ server, model }) => {
  server.answers(says(["First,"], { finish: "length" }), says([" second."]));
  const sequence = await model.open(PROMPT);
  await deltas(sequence);
  await deltas(sequence);
  const recorded = await model.open(PROMPT);
  recorded.accept!({ type: "text", text: "First,", tokens: 0 });
  await deltas(recorded);
  for (const { body } of server.requests.slice(1)) {
    assert.equal(body.messages[2], { role: "assistant", content: "First," });
    assert.match(body.messages[3]!.content, /^Go on with your answer/);
  }
  assert.is(recorded.message().content, sequence.message().content);
});

test("native calls arrive together and stop the answer, and their results go back as tool messages", async ({ server, native }) => {
  server.answers(
    (response) => {
      event(response, { role: "assistant", content: "Let me see." });
      event(response, { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "Calculator", arguments: '{"input":' } }] });
      event(response, { tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "Calendar", arguments: "" } }] });
      event(response, { tool_calls: [{ index: 0, function: { arguments: '"37*48"}' } }] });
      event(response, {}, "tool_calls");
      end(response);
    },
    says(["1776."]),
  );
  const sequence = await native.open({ ...PROMPT, tools: TOOLS });
  const calls = [
    { id: "a", tool: "Calculator", input: '{"input":"37*48"}' },
    { id: "b", tool: "Calendar", input: "{}" },
  ];
  assert.equal(await deltas(sequence), [
    { type: "text", text: "Let me see.", tokens: 0 },
    { type: "calls", calls },
    { type: "stop", reason: "calls" },
  ]);
  const offered = server.requests[0]!.body.tools as { function: { name: string; parameters: unknown } }[];
  assert.equal(
    offered.map((tool) => tool.function.name),
    ["Calculator", "Calendar"],
  );
  assert.equal(offered[0]!.function.parameters, TOOLS[0]!.parameters);

  sequence.splice({
    drop: 0,
    text: "",
    results: [
      { id: "a", marker: "[Calculator(37*48) → 1776]", output: "1776", failed: false },
      { id: "b", marker: "[Calendar() → Monday]", output: "Monday", failed: false },
    ],
  });
  assert.is(textOf(await deltas(sequence)), "1776.");
  const spelledOut = server.requests[1]!.body.messages.slice(2);
  assert.is(spelledOut[0]!.content, "Let me see.");
  assert.equal(spelledOut[0]!.tool_calls, [
    { id: "a", type: "function", function: { name: "Calculator", arguments: '{"input":"37*48"}' } },
    { id: "b", type: "function", function: { name: "Calendar", arguments: "{}" } },
  ]);
  assert.equal(spelledOut.slice(1), [
    { role: "tool", content: "1776", tool_call_id: "a" },
    { role: "tool", content: "Monday", tool_call_id: "b" },
  ]);

  // In a later prompt the turn is spelled out again, as the endpoint saw it.
  const later = await native.open({ messages: [...PROMPT.messages, sequence.message(), { role: "user", content: "Sure?" }], tools: TOOLS });
  await deltas(later);
  assert.equal(
    server.requests[2]!.body.messages.map(({ role }) => role),
    ["system", "user", "assistant", "tool", "tool", "assistant", "user"],
  );
});

test("arguments that are no JSON come as they are, and go back to the model as they were", async ({ server, native }) => {
  server.answers(
    (response) => {
      event(response, {
        role: "assistant",
        tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "Calculator", arguments: "37*48" } }],
      });
      event(response, {}, "tool_calls");
      end(response);
    },
    says(["Oh."]),
  );
  const sequence = await native.open({ ...PROMPT, tools: TOOLS });
  assert.equal((await deltas(sequence))[0], { type: "calls", calls: [{ id: "a", tool: "Calculator", input: "37*48" }] });
  sequence.splice({ drop: 0, text: "", results: [{ id: "a", marker: "", output: "no JSON", failed: true }] });
  await deltas(sequence);
  const [call] = server.requests[1]!.body.messages[2]!.tool_calls as { function: { arguments: string } }[];
  assert.is(call!.function.arguments, '{"malformed":"37*48"}');
});

test("the token limit is told from the model's own end", async ({ server, model }) => {
  server.answers(says(["too lo"], { finish: "length" }));
  assert.equal((await ask(model)).at(-1), { type: "stop", reason: "length" });
});

test("what the model cannot do is refused by model and flag", async ({ model }) => {
  const sequence = await model.open(PROMPT);
  for (const [work, flag] of [
    [model.open(PROMPT, { written: "So" }), "continues"],
    [model.open({ ...PROMPT, tools: TOOLS }), "nativeTools"],
    [sequence.fork(), "fork"],
    [deltas(sequence, { grammar: "root ::= [0-9]" }), "grammar"],
    [deltas(sequence, { prefer: { texts: [" ["], k: 1 } }), "ranks"],
  ] as const) {
    const { code, message } = await refusal(work);
    assert.is(code, "unsupported");
    assert.ok(message.includes("m cannot") && message.includes(`can.${flag}`), message);
  }
});

test("without a key only OpenAI's own endpoint is refused", async ({ server }) => {
  const model = () => openaiModel({ model: "m" });
  await withEnvironment({ OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }, () => {
    assert.throws(model, (error: ToolwrightError) => error.code === "endpoint-auth");
  });
  server.answers(says(["no key needed"]));
  const keyless = await withEnvironment({ OPENAI_API_KEY: undefined, OPENAI_BASE_URL: server.url }, model);
  assert.is(textOf(await ask(keyless)), "no key needed");
});

test("a base URL that is none, or that holds a password, is refused", () => {
  for (const baseUrl of ["localhost", "http://ann:secret@127.0.0.1/v1", "http://secret@127.0.0.1/v1"]) {
    const refused = (error: ToolwrightError) => error.code === "wrong-setting" && !error.message.includes("secret");
    assert.throws(() => openaiModel({ model: "m", baseUrl }), refused);
  }
});

test.run();
