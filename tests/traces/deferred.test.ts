import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Delta, LanguageModel, Sequence, Splice } from "../../models/index.js";
import { absentModel, deferredModel } from "../../traces/index.js";
import { all, can, errorOf, smallModel } from "./small-agent.js";

const test = suite("deferred model");

const prompt = { messages: [{ role: "user" as const, content: "Hi" }] };
const text = (text: string, tokens = 1): Delta => ({ type: "text", text, tokens });

/** Says how much it has written. */
const counting = () => smallModel((written) => (written.endsWith("!") ? undefined : `${written.length}!`));

test("the model is opened when output is asked of it, with the text so far", async () => {
  const model = counting();
  const sequence = await deferredModel(model).open(prompt, { written: "So" });
  let pieces = sequence.generate();
  sequence.accept!(text(" it is [X(1) and"));
  await pieces.return?.();
  sequence.splice({ drop: 4, text: " → 2]", results: [] });
  pieces = sequence.generate();
  sequence.accept!(text("."));
  assert.equal(sequence.message(), { role: "assistant", content: "So it is [X(1) → 2]." });
  assert.equal(model.asked, { deltas: 0, opened: [] });
  assert.equal(await all(pieces), [text("20!"), { type: "stop", reason: "end" }]);
  assert.equal(model.asked.opened, ["So it is [X(1) → 2]."]);
  assert.is(sequence.message().content, "So it is [X(1) → 2].20!");
  sequence.splice({ drop: 1, text: "?", results: [] });
  assert.is(sequence.message().content, "So it is [X(1) → 2].20?");
  assert.throws(() => sequence.accept!(text("late")));
});

test("tokens that were accepted count for the limit of the generate that gave them", async () => {
  const sequence = await deferredModel(smallModel(() => "x")).open(prompt);
  await all(sequence.generate({ maxTokens: 2 }));
  assert.is(sequence.message().content, "xx");

  const other = await deferredModel(smallModel(() => "x")).open(prompt);
  const first = other.generate({ maxTokens: 9 });
  other.accept!(text("ab", 2));
  await first.return?.();
  const pieces = other.generate({ maxTokens: 3 });
  other.accept!(text("cd", 2));
  assert.equal(await all(pieces), [text("x"), { type: "stop", reason: "length" }]);

  const full = await deferredModel(counting()).open(prompt);
  const none = full.generate({ maxTokens: 2 });
  full.accept!(text("ab", 2));
  assert.equal(await all(none), [{ type: "stop", reason: "length" }]);
});

test("text that a grammar holds cannot be taken up half-way", async () => {
  const sequence = await deferredModel(counting()).open(prompt);
  const pieces = sequence.generate({ grammar: 'root ::= "ab"' });
  sequence.accept!(text("a"));
  const error = await errorOf(all(pieces));
  assert.is(error.code, "cannot-fork-here");
});

test("a fork before and after the model is opened goes on from the same text", async () => {
  const model = counting();
  const sequence = await deferredModel(model).open(prompt);
  sequence.accept!(text("abc"));
  const early = await sequence.fork();
  sequence.accept!(text("d"));
  assert.equal(await all(early.generate()), [text("3!"), { type: "stop", reason: "end" }]);
  const [first] = [await sequence.generate().next()];
  assert.equal(first.value, text("4!"));
  assert.is((await sequence.fork()).message().content, "abcd4!");
});

test("a model that does not continue is told what was accepted, where it listens", async () => {
  const heard: (Delta | Splice)[] = [];
  const listening = (listens: boolean): LanguageModel => {
    const model = smallModel(() => undefined);
    const open: LanguageModel["open"] = async (prompt, options) => {
      const sequence = await model.open(prompt, options);
      sequence.splice = (splice) => void heard.push(splice);
      if (listens) sequence.accept = (delta) => void heard.push(delta);
      return sequence;
    };
    return { ...model, can: { ...can, continues: false }, open };
  };
  const splice: Splice = { drop: 0, text: " → 2]", results: [] };
  const say = async (model: LanguageModel): Promise<Sequence> => {
    const sequence = await deferredModel(model).open(prompt);
    sequence.accept!(text("It is [X(1)"));
    sequence.splice(splice);
    return sequence;
  };
  await all((await say(listening(true))).generate());
  assert.equal(heard, [text("It is [X(1)"), splice]);
  assert.is((await errorOf(all((await say(listening(false))).generate()))).code, "unsupported");
  await all((await deferredModel(listening(false)).open(prompt)).generate());
});

test("an absent model takes recorded output and has none of its own", async () => {
  const model = absentModel({ name: "some-model" }, can);
  const sequence = await model.open(prompt);
  sequence.accept!(text("abc"));
  assert.is(sequence.message().content, "abc");
  const error = await errorOf(all(sequence.generate()));
  assert.is(error.code, "model-absent");
  assert.match(error.message, "some-model");
});

test.run();
