import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LanguageModel } from "../../models/model.js";
import { openaiModel } from "../../models/openai.js";
import { ask, deltas, PROMPT, refusal, textOf } from "./asking.js";
import { ChatServer, event, nobodysUrl, says, status } from "./chat-server.js";

const test = suite<{ server: ChatServer; model: LanguageModel }>("failures of endpoints");
const KEY = "sk-very-secret-key";

test.before.each(async (scene) => {
  scene.server = await ChatServer.start();
  scene.model = openaiModel({ model: "m", apiKey: KEY, baseUrl: scene.server.url });
});

test.after.each(({ server }) => server[Symbol.asyncDispose]());

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
  server.answers(
    status(400, { body: { error: { code: "context_length_exceeded", message: "This model's maximum context length is 10 tokens" } } }),
  );
  assert.is((await refusal(ask(model))).code, "context-full");
});

test("garbage is told from an answer", async ({ server, model }) => {
  server.answers((response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>"));
  const html = await refusal(ask(model));
  assert.is(html.code, "endpoint-garbage");
  assert.match(html.remedy, /\/v1/);
  server.answers(
    (response) => void response.writeHead(200, { "content-type": "application/json" }).end('{"choices":[{"message":{"content":"whole"}}]}'),
  );
  assert.is((await refusal(ask(model))).code, "endpoint-garbage");
});

test("what cannot be parsed is an error and is not printed", async ({ server, model }) => {
  server.answers((response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end("data: {not json}\n\n"));
  const { write } = process.stderr;
  const printed: unknown[] = [];
  process.stderr.write = (text: unknown) => printed.push(text) > 0;
  try {
    assert.is((await refusal(ask(model))).code, "endpoint-garbage");
  } finally {
    process.stderr.write = write;
  }
  assert.equal(printed, []);
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
  const model = openaiModel({ model: "m", apiKey: KEY, baseUrl: server.url, timeout: 800 });
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

test.run();
