import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { completionsModel, type LocalModel, localModel, type Scores, type ScoringModel } from "../../index.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { deltas, PROMPT, refusal, textOf } from "./asking.js";
import { ChatServer, nobodysUrl, status } from "./chat-server.js";
import { CompletionServer, type Manner } from "./completion-server.js";
import { withEnvironment } from "./environment.js";

const test = suite<{ local: LocalModel; server: CompletionServer; model: ScoringModel; scripted: ChatServer; other: ScoringModel }>(
  "completionsModel",
);
const KEY = "sk-very-secret-key";
/** How close numbers of the same model are when it took the text in by other steps: its cache holds 16-bit numbers. */
const NEAR = 1e-4;
const DIALECTS = ["vllm", "echo"] as const;
const PREFIX = "What is the answer?";
const TEXT = " The answer is 1776 → [Calculator(37*48)] and that is it.";

test.before(async (scene) => {
  scene.local = await localModel({ file: await tinyModel(), exact: true });
  scene.server = await CompletionServer.start(await tinyModel());
  scene.scripted = await ChatServer.start();
});
test.before.each((scene) => {
  scene.model = completionsModel({ model: "m", baseUrl: scene.server.url, apiKey: KEY });
  scene.other = completionsModel({ model: "m", baseUrl: scene.scripted.url, apiKey: KEY });
  scene.scripted.requests.length = 0;
});
test.after(async ({ local, server, scripted }) => {
  await local.close();
  await server[Symbol.asyncDispose]();
  await scripted[Symbol.asyncDispose]();
});

function agree(scores: Scores, expected: Scores): void {
  assert.equal(scores.offsets, expected.offsets);
  assert.is(scores.logprobs.length, expected.logprobs.length);
  const distance = Math.max(...scores.logprobs.map((value, i) => Math.abs(value - expected.logprobs[i]!)));
  assert.ok(distance <= NEAR, `log-probabilities differ by ${distance}`);
}

async function written(model: ScoringModel, text: string, maxTokens: number): Promise<string> {
  await using sequence = await model.openText(text);
  return textOf(await deltas(sequence, { maxTokens }));
}

for (const dialect of DIALECTS) {
  test(`${dialect}: the scores are the local model's`, async ({ local, server, model }) => {
    server.behaves({ dialect });
    const expected = await local.score(PREFIX, TEXT);
    const scores = await model.score(PREFIX, TEXT);
    agree(scores, expected);
    assert.ok(scores.logprobs.length > 20);
    assert.equal(scores.tokens, dialect === "vllm" ? expected.tokens : []);
    assert.not("alternatives" in scores);
  });

  test(`${dialect}: alternatives are the local model's where they are among the likeliest, and nothing elsewhere`, async (scene) => {
    scene.server.behaves({ dialect });
    const alternatives = [" [", " the", "a", "1", " no token"];
    const { alternatives: expected, logprobs } = await scene.local.score(PREFIX, TEXT, { alternatives });
    const { alternatives: told } = await scene.model.score(PREFIX, TEXT, { alternatives });
    assert.is(told!.length, expected!.length);
    let listed = 0;
    for (const [i, row] of told!.entries()) {
      for (const [j, value] of row.entries()) {
        if (value === Number.NEGATIVE_INFINITY) continue;
        listed++;
        assert.ok(Math.abs(value - expected![i]![j]!) <= NEAR, `${value}, ${expected![i]![j]}`);
      }
    }
    assert.ok(listed > 4, `${listed} listed`);
    assert.ok(told!.every((row) => row[4] === Number.NEGATIVE_INFINITY));
    const own = logprobs.findIndex((_, i) => expected![i]![0] === logprobs[i]);
    assert.ok(Math.abs(told![own]![0]! - logprobs[own]!) <= NEAR, "the token itself is always known");
  });

  test(`${dialect}: offsets count UTF-16 units whatever the tokens are parts of`, async ({ local, server, model }) => {
    for (const parts of ["replaced", "left out"] as const) {
      server.behaves({ dialect, parts });
      for (const text of [" naïve 🙂🙂 → ok", "🙂", " 名前は\ufffd何", " é\u0301"])
        agree(await model.score(PREFIX, text), await local.score(PREFIX, text));
    }
  });

  test(`${dialect}: without a prefix and a BOS the first token has no condition`, async ({ local, server, model }) => {
    server.behaves({ dialect });
    const expected = await local.score("", TEXT.trim(), { alternatives: ["a"] });
    const scores = await model.score("", TEXT.trim(), { alternatives: ["a"] });
    assert.equal(scores.offsets, expected.offsets);
    assert.ok(scores.logprobs.every((value, i) => Number.isNaN(value) === (i === 0)));
    assert.ok(scores.alternatives!.every(([value], i) => Number.isNaN(value) === (i === 0)));
  });

  test(`${dialect}: a BOS is no token of the text`, async ({ server, model }) => {
    for (const prefix of ["", PREFIX]) {
      server.behaves({ dialect, bos: 1 });
      const scores = await model.score(prefix, TEXT);
      assert.is(scores.offsets[0], 0);
      assert.ok(scores.logprobs.every(Number.isFinite));
      server.behaves({ dialect });
      assert.equal(scores.offsets, (await model.score(prefix, TEXT)).offsets);
    }
  });

  test(`${dialect}: a token across the border is the text's first`, async ({ local, server, model }) => {
    server.behaves({ dialect });
    const joined = await local.score("", "What is the answer");
    const border = "What is the ans".length;
    const scores = await model.score("What is the ans", "wer");
    assert.equal(scores.offsets, [0]);
    const spanning = joined.offsets.findLastIndex((offset) => offset < border);
    assert.ok(Math.abs(scores.logprobs[0]! - joined.logprobs[spanning]!) <= NEAR);
  });
}

test("the dialect is found out once, by the first who asks", async ({ server, model }) => {
  for (const strict of [false, true]) {
    server.behaves({ dialect: "echo", strict });
    const fresh = completionsModel({ model: "m", baseUrl: server.url });
    await Promise.all([fresh.score("a", " b"), fresh.score("a", " c"), fresh.score("a", " d")]);
    assert.equal(
      server.requests.map(({ body }) => ("echo" in body ? "echo" : "vllm")),
      ["vllm", "echo", "echo", "echo"],
    );
  }
  server.behaves({ dialect: "vllm", ids: true });
  await model.score("a", " b");
  await model.score("a", " c");
  assert.is(server.requests.length, 2);
  server.behaves({ dialect: "echo" });
  await completionsModel({ model: "m", baseUrl: server.url, dialect: "echo" }).score("a", " b");
  assert.is(server.requests.length, 1);
});

test("one who gives up while the dialect is found out does not stop the others", async ({ server }) => {
  server.behaves({ dialect: "echo" });
  const fresh = completionsModel({ model: "m", baseUrl: server.url });
  const leaving = new AbortController();
  const scores = [
    fresh.score("a", " b", { signal: leaving.signal }),
    fresh.score("a", " c", { signal: leaving.signal }),
    fresh.score("a", " d"),
  ];
  leaving.abort();
  assert.is((await refusal(scores[0]!)).code, "aborted");
  assert.is((await refusal(scores[1]!)).code, "aborted");
  assert.is((await scores[2]!).logprobs.length, 1);
});

test("one who waits for the dialect can give up alone", async ({ scripted, other }) => {
  scripted.answers(() => {});
  const end = new AbortController();
  const finder = refusal(other.score("a", " b", { signal: end.signal }));
  const started = performance.now();
  assert.is((await refusal(other.score("a", " c", { signal: AbortSignal.timeout(100) }))).code, "aborted");
  assert.ok(performance.now() - started < 5000);
  end.abort();
  assert.is((await finder).code, "aborted");
  assert.is(scripted.requests.length, 1);
});

test("where ids are told, the first token has one too", async ({ local, server, model }) => {
  server.behaves({ dialect: "vllm", ids: true });
  assert.equal((await model.score("", "Hello the")).tokens, local.tokenize("Hello the"));
});

test("a server that lists fewer alternatives is asked for fewer", async ({ server }) => {
  const manner: Manner = { dialect: "echo", most: 5 };
  server.behaves(manner);
  const ask = (likeliest?: number) =>
    completionsModel({ model: "m", baseUrl: server.url, dialect: "echo", likeliest }).score("a", " b", { alternatives: ["a"] });
  assert.match((await refusal(ask())).message, /At most 5/);
  assert.is((await ask(5)).logprobs.length, 2);
});

test("an empty text costs no request", async ({ server, model }) => {
  server.behaves({});
  assert.equal(await model.score("a", "", { alternatives: ["b"] }), { tokens: [], offsets: [], logprobs: [], alternatives: [] });
  assert.is(server.requests.length, 0);
});

test("a server without log-probabilities of a prompt is named, with those that have them", async ({ server, model }) => {
  for (const manner of [{}, { strict: true }] as Manner[]) {
    server.behaves(manner);
    const { code, message, remedy, exitCode } = await refusal(model.score("a", " b"));
    assert.is(code, "unsupported");
    assert.is(exitCode, 2);
    assert.ok(message.startsWith(`${server.url} gives no log-probabilities of a prompt for m`), message);
    assert.match(remedy, /vLLM.*llama-cpp-python/);
  }
});

test("a server that lists no alternatives is told from one that lists others", async ({ scripted, other }) => {
  const logprobs = { tokens: ["a", " b"], token_logprobs: [null, -1], top_logprobs: null };
  const without = { choices: [{ text: "a b", logprobs }] };
  scripted.answers(status(200, { body: without }));
  assert.equal((await other.score("a", " b")).logprobs, [-1]);
  const { code, message } = await refusal(other.score("a", " b", { alternatives: ["c"] }));
  assert.is(code, "unsupported");
  assert.match(message, /does not list the likeliest tokens/);
});

test("tokens shown without their leading space still lie where they are", async ({ scripted, other }) => {
  const logprobs = {
    tokens: ["<s>", "Hello", "[", "x", "!"],
    token_logprobs: [null, -1, -2, -3, -4],
    top_logprobs: [null, { Hello: -1 }, { "[": -2 }, { "[": -0.5, x: -3 }, { "!": -4 }],
  };
  scripted.answers(status(200, { body: { choices: [{ text: "", logprobs }] } }));
  const scores = await other.score("Hello", " [ x", { alternatives: [" ["] });
  assert.equal(scores.offsets, [0, 2]);
  assert.equal(scores.alternatives, [[-2], [-0.5]]);
});

test("text streams as the local model writes it, and a splice goes on from there", async ({ local, server, model }) => {
  server.behaves({});
  const sequence = await model.openText("What");
  const all = await deltas(sequence, { maxTokens: 12 });
  assert.is(textOf(all), await written(local, "What", 12));
  assert.equal(all.at(-1), { type: "stop", reason: "length" });
  assert.equal(sequence.usage, { input: local.tokenize("What").length, cached: 0, output: 12 });
  const last = textOf(all.filter(({ type }) => type === "text").slice(-1));
  sequence.splice({ drop: last.length, text: " 1776]", results: [] });
  const text = `${textOf(all).slice(0, -last.length)} 1776]`;
  assert.equal(sequence.message(), { role: "assistant", content: text });
  const fork = await sequence.fork();
  const goesOn = await written(local, `What${text}`, 5);
  for (const either of [sequence, fork]) {
    assert.is(textOf(await deltas(either, { maxTokens: 5 })), goesOn);
    assert.is(either.message().content, text + goesOn);
  }
  assert.throws(() => sequence.splice({ drop: 100, text: "", results: [] }), RangeError);
});

test("after the model's own end nothing comes but after a splice", async ({ server, model }) => {
  server.behaves({});
  const sequence = await model.openText("The answer is");
  assert.equal((await deltas(sequence, { maxTokens: 12 })).at(-1), { type: "stop", reason: "end" });
  assert.equal(await deltas(sequence), [{ type: "stop", reason: "end" }]);
  sequence.splice({ drop: 0, text: " What", results: [] });
  assert.ok(textOf(await deltas(sequence, { maxTokens: 3 })).length > 0);
  assert.is(server.requests.length, 2);
});

test("the request says what was asked for", async ({ server, model }) => {
  server.behaves({});
  await deltas(await model.openText("a"), { temperature: 0.7, topP: 0.9, seed: 5, maxTokens: 3 });
  const { prompt, stream, temperature, top_p, seed, max_tokens, model: name } = server.requests[0]!.body;
  assert.equal(
    { prompt, stream, temperature, top_p, seed, max_tokens, name },
    { prompt: "a", stream: true, temperature: 0.7, top_p: 0.9, seed: 5, max_tokens: 3, name: "m" },
  );
  assert.is(server.requests[0]!.headers.authorization, `Bearer ${KEY}`);
});

test("a conversation is written as questions and answers, or by the template that is given", async ({ server, model }) => {
  server.behaves({});
  await deltas(await model.open(PROMPT, { written: " It is" }), { maxTokens: 1 });
  assert.is(server.requests[0]!.body.prompt, "Be brief.\n\nQuestion: What is 37*48?\nAnswer: It is");
  const template =
    "{% for message in messages %}<{{ message.role }}>{{ message.content | trim }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
  const chatting = completionsModel({ model: "m", baseUrl: server.url, template });
  await deltas(await chatting.open({ messages: [{ role: "user", content: " 🙂 " }] }), { maxTokens: 1 });
  assert.is(server.requests[1]!.body.prompt, "<user> 🙂 <assistant>");
});

test("leaving the stream ends the connection, and only what was handed on is kept", async ({ server, model }) => {
  server.behaves({});
  const sequence = await model.openText("The");
  let text = "";
  for await (const delta of sequence.generate({ maxTokens: 1000 })) {
    if (delta.type === "text") text += delta.text;
    if (text.length >= 3) break;
  }
  assert.is(sequence.message().content, text);
  assert.ok(sequence.usage.input > 0 && sequence.usage.output > 0);
  assert.is(await Promise.race([server.requests[0]!.left, pause(2000, "still there")]), true);
});

test("what the model cannot do is refused by model and flag", async ({ model }) => {
  const sequence = await model.openText("a");
  for (const [work, flag] of [
    [model.open({ ...PROMPT, tools: [] }), "nativeTools"],
    [deltas(sequence, { grammar: "root ::= [0-9]" }), "grammar"],
    [deltas(sequence, { prefer: { texts: [" ["], k: 1 } }), "ranks"],
  ] as const) {
    const { code, message } = await refusal(work);
    assert.is(code, "unsupported");
    assert.ok(message.includes(`can.${flag}`), message);
  }
});

test("a text that is too long is told from other refusals", async ({ server, model, scripted, other }) => {
  server.behaves({ dialect: "vllm" });
  const long = "a ".repeat(3000);
  assert.is((await refusal(model.score(long, " b"))).code, "context-full");
  assert.is((await refusal(deltas(await model.openText(long)))).code, "context-full");
  for (const error of [
    { message: "Requested tokens (600) exceed context window of 512" },
    { message: "Too much.", code: "context_length_exceeded" },
  ]) {
    scripted.answers(status(400, { body: { error } }));
    assert.is((await refusal(other.score("a", " b"))).code, "context-full");
  }
});

test("a wrong key is refused once, and is in no message", async ({ scripted, other }) => {
  scripted.answers(status(401, { body: { error: { message: `Incorrect API key provided: ${KEY}` } } }));
  for (const work of [other.score("a", " b"), deltas(await other.openText("a"))]) {
    const error = await refusal(work);
    assert.is(error.code, "endpoint-auth");
    assert.not.match(error.message + error.remedy, /secret/);
  }
  assert.is(scripted.requests.length, 2);
  scripted.answers(status(400, { body: { detail: `strange request by ${KEY}` } }));
  assert.not.match((await refusal(other.score("a", " b"))).message, /secret/);
});

test("a rate limit is waited for as long as the server says", async ({ scripted }) => {
  const body = { choices: [{ logprobs: { tokens: ["a", " b"], token_logprobs: [null, -1] } }] };
  scripted.answers(status(429, { headers: { "retry-after": "0.3" } }), status(200, { body }));
  const started = performance.now();
  const model = completionsModel({ model: "m", baseUrl: scripted.url, dialect: "echo" });
  assert.equal((await model.score("a", " b")).logprobs, [-1]);
  assert.ok(performance.now() - started >= 300);
  assert.is(scripted.requests.length, 2);
});

test("a server that is not there, or answers nonsense, is named", async ({ scripted, other }) => {
  const nobody = completionsModel({ model: "m", baseUrl: await nobodysUrl() });
  for (const work of [nobody.score("a", " b"), deltas(await nobody.openText("a"))])
    assert.is((await refusal(work)).code, "endpoint-unreachable");
  for (const nonsense of ['{"choices": [', "<html>", '{"choices": 5}']) {
    scripted.answers((response) => void response.writeHead(200).end(nonsense));
    const strict = completionsModel({ model: "m", baseUrl: scripted.url, dialect: "vllm" });
    for (const work of [strict.score("a", " b"), deltas(await other.openText("a"))]) {
      const { code, message, remedy } = await refusal(work);
      assert.is(code, "endpoint-garbage");
      assert.ok(message.includes(scripted.url), message);
      assert.match(remedy, /POST \/v1\/completions/);
    }
  }
  scripted.answers(status(404, { body: { detail: "Not Found" } }));
  const { code, remedy } = await refusal(other.score("a", " b"));
  assert.is(code, "endpoint-failed");
  assert.match(remedy, /Check the base URL/);
});

test("an answer that breaks off, or fails on the way, is told from a whole one", async ({ scripted, other }) => {
  const piece = `data: ${JSON.stringify({ choices: [{ text: "so", finish_reason: null }] })}\n\n`;
  for (const [rest, code] of [
    ["", "endpoint-cut"],
    [`data: ${JSON.stringify({ error: { message: "out of memory", code: 500 } })}\n\n`, "endpoint-failed"],
    ["data: {\n\n", "endpoint-garbage"],
  ] as const) {
    scripted.answers((response) => void response.writeHead(200).end(piece + rest));
    const sequence = await other.openText("a");
    assert.is((await refusal(deltas(sequence))).code, code);
    assert.is(sequence.message().content, "so");
  }
  assert.is(scripted.requests.length, 3);
});

test("a silent server is not waited for for ever", async ({ scripted }) => {
  scripted.answers(() => {});
  const model = completionsModel({ model: "m", baseUrl: scripted.url, timeout: 100 });
  const { code, message } = await refusal(model.score("a", " b"));
  assert.is(code, "endpoint-unreachable");
  assert.match(message, /sent nothing for 0\.1 s/);
});

test("an abort in the middle of a request, or of a pause, rejects at once", async ({ scripted, other }) => {
  for (const answer of [() => {}, status(429, { headers: { "retry-after": "20" } })]) {
    scripted.answers(answer);
    const sequence = await other.openText("a");
    for (const ask of [
      (signal: AbortSignal) => other.score("a", " b", { signal }),
      (signal: AbortSignal) => deltas(sequence, { signal }),
    ]) {
      const started = performance.now();
      assert.is((await refusal(ask(AbortSignal.timeout(100)))).code, "aborted");
      assert.ok(performance.now() - started < 5000);
    }
  }
  assert.is((await refusal(other.score("a", " b", { signal: AbortSignal.abort() }))).code, "aborted");
});

test("a base URL is needed, and holds no secret", async () => {
  const refused = (error: ToolwrightError) => error.code === "wrong-setting" && !error.message.includes("secret");
  for (const baseUrl of ["", "localhost", "http://ann:secret@127.0.0.1/v1"])
    assert.throws(() => completionsModel({ model: "m", baseUrl }), refused);
  await withEnvironment({ OPENAI_BASE_URL: undefined }, () => assert.throws(() => completionsModel({ model: "m" }), refused));
});

test.run();
