import { spawnSync } from "node:child_process";
import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { FakeListChatModel, FakeStreamingChatModel } from "@langchain/core/utils/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { chatModel, providerModel } from "../../models/langchain.js";
import { deltas, PROMPT, textOf, until } from "./asking.js";
import { ChatServer, says, status } from "./chat-server.js";
import { withEnvironment } from "./environment.js";

const test = suite("chatModel");

test("streams LangChain's fake model and goes on after a splice", async () => {
  const model = chatModel(new FakeListChatModel({ responses: ["It is [Calculator(37*48) → 9]", " So 1776."] }));
  assert.is(model.name, "fake-list");
  const sequence = await model.open(PROMPT);
  assert.is(await until(sequence, ")"), "It is [Calculator(37*48)");
  sequence.splice({
    drop: 0,
    text: " → 1776]",
    results: [{ id: "c", marker: "[Calculator(37*48) → 1776]", output: "1776", failed: false }],
  });
  assert.is(textOf(await deltas(sequence)), " So 1776.");
  assert.is(sequence.message().content, "It is [Calculator(37*48) → 1776] So 1776.");
});

test("a model that does not stream answers in one piece", async () => {
  class Whole extends FakeListChatModel {
    override disableStreaming = true;
  }
  const sequence = await chatModel(new Whole({ responses: ["1776."] })).open(PROMPT);
  assert.equal(await deltas(sequence), [
    { type: "text", text: "1776.", tokens: 0 },
    { type: "stop", reason: "end" },
  ]);
});

test("native calls that come whole are told as well", async () => {
  const call = { id: "a", name: "Calculator", args: { input: "37*48" }, type: "tool_call" as const };
  const fake = new FakeStreamingChatModel({ chunks: [new AIMessageChunk({ content: "", tool_calls: [call] })], sleep: 0 });
  const model = chatModel(fake, { protocol: "native", name: "fake" });
  const tools = [{ name: "Calculator", description: "Reckons.", parameters: { type: "object", properties: {} } }];
  assert.equal(await deltas(await model.open({ ...PROMPT, tools })), [
    { type: "calls", calls: [{ id: "a", tool: "Calculator", input: '{"input":"37*48"}' }] },
    { type: "stop", reason: "calls" },
  ]);
});

test("its usage is taken where it is told", async () => {
  const usage_metadata = { input_tokens: 9, output_tokens: 2, total_tokens: 11, input_token_details: { cache_read: 4 } };
  class Counting extends FakeListChatModel {
    override disableStreaming = true;
    override async _generate() {
      return { generations: [{ text: "1776", message: new AIMessage({ content: "1776", usage_metadata }) }] };
    }
  }
  const sequence = await chatModel(new Counting({ responses: [""] })).open(PROMPT);
  await deltas(sequence);
  assert.equal(sequence.usage, { input: 5, cached: 4, output: 2 });
});

test("an error of the model is told with the model's name", async () => {
  const model = chatModel(new FakeStreamingChatModel({ thrownErrorString: "no such thing", sleep: 0 }), { name: "fake" });
  const error = (await deltas(await model.open(PROMPT)).catch((error) => error)) as ToolwrightError;
  assert.is(error.code, "endpoint-failed");
  assert.match(error.message, /^fake failed: no such thing/);
});

test("a signal ends a model that waits", async () => {
  const model = chatModel(new FakeListChatModel({ responses: ["slow"], sleep: 2000 }));
  const started = performance.now();
  const error = (await deltas(await model.open(PROMPT), { signal: AbortSignal.timeout(50) }).catch((error) => error)) as ToolwrightError;
  assert.is(error.code, "aborted");
  assert.ok(performance.now() - started < 1900);
});

test("a provider of LangChain's is asked with the settings of each request, and again when it fails", async () => {
  await using server = await ChatServer.start();
  server.answers(status(500), says(["1776."]));
  await withEnvironment({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "k" }, async () => {
    const model = (await providerModel("openai", "m", "native"))!;
    assert.is(model.name, "openai:m");
    const tools = [{ name: "Calculator", description: "Reckons.", parameters: { type: "object", properties: {} } }];
    const sequence = await model.open({ ...PROMPT, tools });
    assert.is(textOf(await deltas(sequence, { maxTokens: 7, seed: 3 })), "1776.");
    const { model: name, temperature, max_tokens, seed, tools: offered } = server.requests[1]!.body;
    assert.equal([name, temperature, max_tokens, seed, (offered as unknown[]).length], ["m", 0, 7, 3, 1]);
    await deltas(await model.open(PROMPT), { temperature: 1 });
    assert.is(server.requests[2]!.body.temperature, 1);
    server.answers(status(500));
    const error = (await deltas(await model.open(PROMPT)).catch((error) => error)) as ToolwrightError;
    assert.is(error.code, "endpoint-failed");
    assert.is(server.requests.length, 6);
  });
  assert.is(await providerModel("ghost", "m"), undefined);
});

test("importing the models loads neither langchain nor the hub's library", () => {
  const names = ["names", "openai", "langchain", "scripted", "fetch"].map(
    (name) => new URL(`../../models/${name}.js`, import.meta.url).href,
  );
  // Prints each module that is loaded.
  const hooks = `export async function resolve(name, context, next) {
    const found = await next(name, context);
    process.stdout.write(found.url + "\\n");
    return found;
  }`;
  const script = `
    import { register } from "node:module";
    register("data:text/javascript,${encodeURIComponent(hooks)}");
    for (const name of ${JSON.stringify(names)}) await import(name);
  `;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.is(status, 0);
  assert.match(stdout, /models\/openai\.js/);
  assert.not.match(stdout, /langchain\/|@huggingface|node_modules\/openai/);
});

test.run();
