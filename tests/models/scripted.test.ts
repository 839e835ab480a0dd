import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import type { Delta, GenerateOptions, Prompt, Sequence, Splice } from "../../models/model.js";
import { scriptedModel } from "../../models/scripted.js";

const test = suite("scriptedModel");
const PROMPT: Prompt = { messages: [{ role: "user", content: "What is 37*48?" }] };
const RESULT: Splice = {
  drop: 0,
  text: " → 1776]",
  results: [{ id: "c1", marker: "[Calculator(37*48) → 1776]", output: "1776", failed: false }],
};

async function deltas(sequence: Sequence, options?: GenerateOptions): Promise<Delta[]> {
  const all: Delta[] = [];
  for await (const delta of sequence.generate(options)) all.push(delta);
  return all;
}

async function pieces(sequence: Sequence, options?: GenerateOptions): Promise<string[]> {
  return (await deltas(sequence, options)).map((delta) =>
    delta.type === "text" ? delta.text : `<${delta.type === "stop" ? delta.reason : "calls"}>`,
  );
}

/** Takes the first piece and leaves. */
async function first(sequence: Sequence): Promise<void> {
  for await (const _ of sequence.generate()) return;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no error",
    (error: ToolwrightError) => error.code,
  );
}

test("writes its turns one after the other", async () => {
  const model = scriptedModel([["It is ", "1776."], ["Sure."]]);
  assert.equal(await pieces(await model.open(PROMPT)), ["It is ", "1776.", "<end>"]);
  assert.equal(await pieces(await model.open(PROMPT)), ["Sure.", "<end>"]);
});

test("goes on with the turn after a splice when it continues its text", async () => {
  const model = scriptedModel([["That is [Calculator(37*48) x", ", so 1776."]]);
  const sequence = await model.open(PROMPT, { written: "Well. " });
  await first(sequence);
  sequence.splice({ ...RESULT, drop: 2 });
  assert.equal(await pieces(sequence), [", so 1776.", "<end>"]);
  assert.is(sequence.message().content, "Well. That is [Calculator(37*48) → 1776], so 1776.");
  assert.is(sequence.message(), sequence.message());
});

test("takes the next turn after a splice when it does not", async () => {
  const model = scriptedModel([["That is [Calculator(37*48)", " never read"], [" So 1776."]], { continues: false });
  const sequence = await model.open(PROMPT);
  await first(sequence);
  sequence.splice(RESULT);
  assert.equal(await pieces(sequence), [" So 1776.", "<end>"]);
  assert.is(sequence.message().content, "That is [Calculator(37*48) → 1776] So 1776.");
  assert.is(await codeOf(model.open(PROMPT, { written: "So" })), "unsupported");
});

test("takes in what was recorded", async () => {
  const calls = [{ id: "a", tool: "Calculator", input: "{}" }];
  const model = scriptedModel((messages) => [messages.map(({ role }) => role).join()], { continues: false, nativeTools: true });
  const sequence = await model.open(PROMPT);
  sequence.accept!({ type: "text", text: "Let me see.", tokens: 3 });
  sequence.accept!({ type: "calls", calls });
  sequence.splice({ drop: 0, text: "", results: [{ id: "a", marker: "", output: "1776", failed: false }] });
  assert.equal(await pieces(sequence), ["user,assistant,tool", "<end>"]);
});

test("a function is asked for what comes next, with what the model would be given", async () => {
  const seen: [string, string][] = [];
  for (const continues of [true, false]) {
    const model = scriptedModel(
      (messages, written) => {
        seen.push([messages.map(({ role }) => role).join(), written]);
        return written === "" ? ["[Calculator(37*48)"] : [" Done."];
      },
      { continues },
    );
    const sequence = await model.open(PROMPT);
    await first(sequence);
    sequence.splice(RESULT);
    assert.equal(await pieces(sequence), [" Done.", "<end>"]);
  }
  const written = "[Calculator(37*48) → 1776]";
  assert.equal(seen, [
    ["user", ""],
    ["user", written],
    ["user", ""],
    ["user,assistant,user", written],
  ]);
});

test("native calls stop it", async () => {
  const calls = [{ id: "a", tool: "Calculator", input: "{}" }];
  const model = scriptedModel([["Let me see.", { calls }], ["1776."]], { nativeTools: true });
  const sequence = await model.open({ ...PROMPT, tools: [] });
  assert.equal((await deltas(sequence)).slice(1), [
    { type: "calls", calls },
    { type: "stop", reason: "calls" },
  ]);
  assert.equal(await pieces(sequence), ["1776.", "<end>"]);
  assert.is(await codeOf(pieces(await scriptedModel([[{ calls }]]).open(PROMPT))), "unsupported");
});

test("takes a preferred text only when it is asked for", async () => {
  const prefer = { texts: [" [", "["], k: 1 };
  const model = () => scriptedModel([["So", { preferred: " [" }, "Calculator(1)"]], { ranks: true }).open(PROMPT);
  const sequence = await model();
  assert.equal(await pieces(sequence, { prefer }), ["So", " [", "<preferred>"]);
  assert.equal(await pieces(sequence), ["Calculator(1)", "<end>"]);
  assert.is(await codeOf(pieces(await model())), "script-mismatch");
  assert.is(await codeOf(pieces(await model(), { prefer: { texts: ["("], k: 1 } })), "script-mismatch");
  assert.is(await codeOf(pieces(await scriptedModel([["a"]]).open(PROMPT), { prefer })), "unsupported");
});

test("stops for another reason where the script says so", async () => {
  const model = scriptedModel([["1)", { stop: "grammar" }, " and on"]], { grammar: true });
  const sequence = await model.open(PROMPT);
  assert.equal(await pieces(sequence, { grammar: "root ::= [0-9]" }), ["1)", "<grammar>"]);
  assert.equal(await pieces(sequence), [" and on", "<end>"]);
});

test("the token limit ends a generate, and the next one goes on", async () => {
  const sequence = await scriptedModel([["one two ", "three ", "four"]]).open(PROMPT);
  assert.equal(await pieces(sequence, { maxTokens: 2 }), ["one two ", "<length>"]);
  assert.equal(await pieces(sequence, { maxTokens: 2 }), ["three ", "four", "<end>"]);
});

test("counts the runs between white space as tokens", async () => {
  const model = scriptedModel([["That is ", "1776."]]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", " ", "\n", "é[", "1")), (parts) => {
      const text = parts.join("");
      assert.is(model.countTokens(text), text.match(/\S+/g)?.length ?? 0);
    }),
  );
  const sequence = await model.open(PROMPT);
  await first(sequence);
  sequence.splice(RESULT);
  await deltas(sequence);
  assert.equal(sequence.usage, { input: 3 + 2, cached: 0, output: 3 });
});

test("a fork goes its own way from where it was made", async () => {
  const model = scriptedModel([["one ", "two ", "three"]]);
  const sequence = await model.open(PROMPT);
  await first(sequence);
  const fork = await sequence.fork();
  assert.equal(await pieces(sequence), ["two ", "three", "<end>"]);
  fork.splice({ ...RESULT, text: "or " });
  assert.equal(await pieces(fork), ["two ", "three", "<end>"]);
  assert.is(sequence.message().content, "one two three");
  assert.is(fork.message().content, "one or two three");
  assert.equal(fork.usage, { input: 1, cached: 4, output: 2 });
});

test("a signal stops it before the next piece", async () => {
  const stop = new AbortController();
  const stream = (await scriptedModel([["one", "two"]]).open(PROMPT)).generate({ signal: stop.signal });
  await stream.next();
  stop.abort();
  assert.is(await codeOf(stream.next()), "aborted");
});

test("a script that is over says so", async () => {
  const model = scriptedModel([["one"]], { name: "the short one" });
  await deltas(await model.open(PROMPT));
  const error = await deltas(await model.open(PROMPT)).catch((error: ToolwrightError) => error);
  assert.is((error as ToolwrightError).code, "script-exhausted");
  assert.match((error as ToolwrightError).message, /the short one was asked for turn 2, and its script has 1/);
});

test("remembers what it was given", async () => {
  const model = scriptedModel([["one", "two"]]);
  const sequence = await model.open(PROMPT);
  await first(sequence);
  sequence.splice(RESULT);
  await deltas(sequence, { temperature: 1 });
  assert.equal(model.given, { prompts: [PROMPT], splices: [RESULT], options: [{}, { temperature: 1 }] });
});

test.run();
