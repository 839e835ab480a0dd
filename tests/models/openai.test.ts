import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import type { Delta, GenerateOptions, LanguageModel, Prompt, Sequence } from "../../models/model.js";
import { openaiModel } from "../../models/openai.js";
import { ChatServer, end, event, nobodysUrl, says, status } from "./chat-server.js";
import { withEnvironment } from "./environment.js";

const test = suite<{ server: ChatServer; model: LanguageModel; native: LanguageModel }>("openaiModel");
const KEY = "sk-very-secret-key";
const PROMPT: Prompt = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What is 37*48?" },
  ],
};
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

async function deltas(sequence: Sequence, options?: GenerateOptions): Promise<Delta[]> {
  const all: Delta[] = [];
  for await (const delta of sequence.generate(options)) all.push(delta);
  return all;
}

async function ask(model: LanguageModel, options?: GenerateOptions): Promise<Delta[]> {
  return deltas(await model.open(PROMPT), options);
}

async function refusal(work: Promise<unknown>): Promise<ToolwrightError> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  assert.instance(error, ToolwrightError, String(error));
  return error as ToolwrightError;
}

function textOf(all: readonly Delta[]): string {
  return all.map((delta) => (delta.type === "text" ? delta.text : "")).join("");
}

/** Generates until the text holds `mark`, then leaves the stream. */
async function until(sequence: Sequence, mark: string): Promise<string> {
  let text = "";
  for await (const delta of sequence.generate()) {
    if (delta.type === "text") text += delta.text;
    if (text.includes(mark)) break;
  }
  return text;
}

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
  const started = performance.now();
  assert.is(await server.requests[0]!.left, true);
  assert.ok(performance.now() - started < 200);
});

test("after a splice the partial answer and the results go back, and the text goes on", async ({ server, model }) => {
  server.answers(says(["That is ", "[Calculator(37*48) → 9", "999]"]), says([" So 1776."]));
  const sequence = await model.open(PROMPT);
  await until(sequence, ")");
  sequence.splice({
    drop: " → 9".length,
    text: " → 1776]",
    results: [{ id: "c1", marker: "[Calculator(37*48)]", output: "1776", failed: false }],
  });
  assert.is(textOf(await deltas(sequence)), " So 1776.");
  const [system, question, partial, results, ...more] = server.requests[1]!.body.messages;
  assert.equal([system, question], PROMPT.messages);
  assert.equal(partial, { role: "assistant", content: "That is [Calculator(37*48)" });
  assert.is(results!.role, "user");
  assert.match(results!.content, /\[Calculator\(37\*48\) → 1776\]\n.*exactly where it stopped.*not repeat/);
  assert.equal(more, []);
  assert.is(sequence.message().content, "That is [Calculator(37*48) → 1776] So 1776.");
  assert.ok(sequence.usage.input > 0 && sequence.usage.output > 0);
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
      { id: "a", marker: "[Calculator(37*48)]", output: "1776", failed: false },
      { id: "b", marker: "[Calendar()]", output: "Monday", failed: false },
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
  server.answers((response) => {
    event(response, { role: "assistant", tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "Calculator", arguments: "37*48" } }] });
    event(response, {}, "tool_calls");
    end(response);
  }, says(["Oh."]));
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

test("a wrong key is refused once, and is in no message", async ({ server, model }) => {
  server.answers(status(401, { body: { error: { message: `Incorrect API key provided: ${KEY}` } } }));
  const error = await refusal(ask(model));
  assert.is(error.code, "endpoint-auth");
  assert.ok(error.message.includes(server.url));
  assert.not.match(error.message + error.remedy, /secret/);
  assert.match(error.remedy, /OPENAI_API_KEY/);
  assert.is(server.requests.length, 1);
});

test("no message holds the key, whatever the endpoint says", async ({ server, model }) => {
  server.answers(status(400, { body: { error: { message: `strange request by ${KEY}` } } }));
  const { code, message } = await refusal(ask(model));
  assert.is(code, "endpoint-failed");
  assert.match(message, /status 400.*strange request/);
  assert.not.match(message, /secret/);
});

test("a rate limit is waited for as long as the endpoint says", async ({ server, model }) => {
  server.answers(status(429, { headers: { "retry-after": "1" } }), says(["at last"]));
  const started = performance.now();
  assert.is(textOf(await ask(model)), "at last");
  assert.ok(performance.now() - started >= 1000);
});

test("a rate limit that asks for too long, or an empty account, is told at once", async ({ server, model }) => {
  server.answers(status(429, { headers: { "retry-after": "3600" } }));
  const long = await refusal(ask(model));
  assert.is(long.code, "endpoint-rate-limit");
  assert.match(long.remedy, /3600 s/);
  server.answers(status(429, { body: { error: { code: "insufficient_quota", message: "You exceeded your current quota" } } }));
  const spent = await refusal(ask(model));
  assert.is(spent.code, "endpoint-rate-limit");
  assert.match(spent.message, /quota/);
  assert.is(server.requests.length, 2);
});

test("a failing endpoint is asked again a few times", async ({ server, model }) => {
  server.answers(status(500), status(503), says(["well again"]));
  assert.is(textOf(await ask(model)), "well again");
  assert.is(server.requests.length, 3);
  server.answers(status(500, { body: { error: { message: "out of order" } } }));
  const { code, message } = await refusal(ask(model));
  assert.is(code, "endpoint-failed");
  assert.match(message, /status 500.*out of order/);
  assert.is(server.requests.length, 6);
});

test("a model that the endpoint does not have is said to be missing", async ({ server, model }) => {
  server.answers(status(404, { body: { error: { message: "no model m" } } }));
  const { code, remedy } = await refusal(ask(model));
  assert.is(code, "endpoint-failed");
  assert.match(remedy, /has a model m/);
});

test("a conversation that is too long is told as such", async ({ server, model }) => {
  server.answers(status(400, { body: { error: { code: "context_length_exceeded", message: "This model's maximum context length is 10 tokens" } } }));
  assert.is((await refusal(ask(model))).code, "context-full");
});

test("garbage is told from an answer", async ({ server, model }) => {
  server.answers((response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>"));
  const html = await refusal(ask(model));
  assert.is(html.code, "endpoint-garbage");
  assert.match(html.remedy, /\/v1/);
  server.answers((response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end("data: {not json}\n\n"));
  assert.is((await refusal(ask(model))).code, "endpoint-garbage");
  server.answers((response) => void response.writeHead(200, { "content-type": "application/json" }).end('{"choices":[{"message":{"content":"whole"}}]}'));
  assert.is((await refusal(ask(model))).code, "endpoint-garbage");
});

test("a stream that stops in the middle is an error, and nothing is asked again once text has come", async ({ server, model }) => {
  server.answers((response) => {
    event(response, { role: "assistant", content: "The answer is" });
    setTimeout(() => response.destroy(), 20);
  });
  const sequence = await model.open(PROMPT);
  const { code, message } = await refusal(deltas(sequence));
  assert.is(code, "endpoint-cut");
  assert.ok(message.includes(server.url));
  assert.is(sequence.message().content, "The answer is");

  server.answers((response) => {
    event(response, { role: "assistant", content: "The answer is" });
    response.end();
  });
  assert.is((await refusal(ask(model))).code, "endpoint-cut");
  assert.is(server.requests.length, 2);
});

test("a connection that closes before any text is tried again", async ({ server, model }) => {
  server.answers((response) => void response.destroy(), says(["here"]));
  assert.is(textOf(await ask(model)), "here");
});

test("an answer that the endpoint's filter cut is not taken for a whole one", async ({ server, model }) => {
  server.answers(says(["The first step is"], { finish: "content_filter" }));
  assert.match((await refusal(ask(model))).message, /content filter/);
});

test("silence ends in a time-out, before the answer and in the middle of it", async ({ server }) => {
  const model = openaiModel({ model: "m", apiKey: KEY, baseUrl: server.url, timeout: 150 });
  server.answers(() => {});
  assert.is((await refusal(ask(model))).code, "endpoint-unreachable");
  server.answers((response) => event(response, { role: "assistant", content: "Well" }));
  assert.is((await refusal(ask(model))).code, "endpoint-cut");
  assert.equal(await Promise.all(server.requests.map(({ left }) => left)), [true, true]);
});

test("a server that is not there is named at once", async () => {
  const url = await nobodysUrl();
  const { code, message } = await refusal(ask(openaiModel({ model: "m", baseUrl: url })));
  assert.is(code, "endpoint-unreachable");
  assert.ok(message.startsWith(`${url} cannot be reached (ECONNREFUSED)`), message);
});

test("a signal ends the answer and the connection", async ({ server, model }) => {
  server.answers((response) => event(response, { role: "assistant", content: "Well" }));
  const stop = new AbortController();
  const stream = (await model.open(PROMPT)).generate({ signal: stop.signal });
  await stream.next();
  const next = refusal(stream.next());
  stop.abort();
  const { code, exitCode } = await next;
  assert.is(code, "aborted");
  assert.is(exitCode, 130);
  assert.is(await server.requests[0]!.left, true);
  assert.is((await refusal(ask(model, { signal: stop.signal }))).code, "aborted");
  assert.is(server.requests.length, 1);
});

test("a signal ends the pause between two tries", async ({ server, model }) => {
  server.answers(status(429, { headers: { "retry-after": "20" } }));
  assert.is((await refusal(ask(model, { signal: AbortSignal.timeout(100) }))).code, "aborted");
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
  for (const baseUrl of ["localhost", "http://ann:secret@127.0.0.1/v1"]) {
    const refused = (error: ToolwrightError) => error.code === "wrong-setting" && !error.message.includes("secret");
    assert.throws(() => openaiModel({ model: "m", baseUrl }), refused);
  }
});

test.run();
