import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveModel } from "../../models/names.js";
import { deltas, PROMPT, refusal } from "./asking.js";
import { ChatServer, says, status } from "./chat-server.js";
import { withEnvironment } from "./environment.js";

const test = suite("resolveModel");

test("openai:NAME asks the endpoint of the environment", async () => {
  await using server = await ChatServer.start();
  server.answers(says(["1776."]));
  const model = await withEnvironment({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "k" }, () => resolveModel("openai:org/a:tag"));
  assert.is(model.name, "org/a:tag");
  await deltas(await model.open(PROMPT));
  assert.is(server.requests[0]!.body.model, "org/a:tag");
  assert.is(server.requests[0]!.headers.authorization, "Bearer k");
});

test("completions:NAME asks the completions server of the environment", async () => {
  await using server = await ChatServer.start();
  server.answers(status(503, { headers: { "retry-after": "60" } }));
  const model = await withEnvironment({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "k" }, () => resolveModel("completions:org/a:tag"));
  assert.is(model.name, "org/a:tag");
  assert.ok(model.can.score && model.can.continues);
  assert.is((await refusal(deltas(await model.open(PROMPT)))).code, "endpoint-failed");
  assert.is((server.requests[0]!.body as Record<string, unknown>).prompt, "Be brief.\n\nQuestion: What is 37*48?\nAnswer:");
  assert.is(server.requests[0]!.headers.authorization, "Bearer k");
});

test("a local file goes to the engine, which says what is wrong with it", async () => {
  assert.is((await refusal(resolveModel("./no-such-file.gguf"))).code, "model-not-found");
  assert.is((await refusal(resolveModel("hf:nobody"))).code, "wrong-model-name");
});

test("a provider whose package is not installed is told by its package", async () => {
  const { code, message, remedy } = await refusal(resolveModel("mistralai:small"));
  assert.is(code, "provider-missing");
  assert.match(message, /mistralai:small needs the package @langchain\/mistralai/);
  assert.is(remedy, "npm install @langchain/mistralai");
});

test("a provider that cannot be opened says why", async () => {
  const unset = { AZURE_OPENAI_API_KEY: undefined, OPENAI_API_KEY: undefined };
  const { code, message } = await withEnvironment(unset, () => refusal(resolveModel("azure_openai:x")));
  assert.is(code, "provider-failed");
  assert.match(message, /^azure_openai:x cannot be opened: ./);
});

test("a name that means nothing lists the forms", async () => {
  for (const name of ["ghost", "", "openai:", "ghost:small"]) {
    const { code, message, remedy, exitCode } = await refusal(resolveModel(name));
    assert.is(code, "wrong-model-name");
    assert.is(exitCode, 2);
    assert.ok(message.includes(name));
    assert.match(remedy, /local, FILE\.gguf, hf:OWNER\/REPO\/FILE\.gguf, openai:NAME or completions:NAME .*PROVIDER:NAME/);
  }
});

test("an adapter on an endpoint is refused", async () => {
  const work = withEnvironment({ OPENAI_API_KEY: "k" }, () => refusal(resolveModel("openai:x", { adapters: [{ file: "a.gguf" }] })));
  assert.is((await work).code, "unsupported");
});

test.run();
