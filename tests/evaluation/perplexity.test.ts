import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { perplexity, readTexts, windowsOf } from "../../evaluation/perplexity.js";
import { localModel, scriptedModel } from "../../models/index.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { inFolder } from "../teaching/small-teaching.js";
import { thrownBy } from "./small-results.js";

const test = suite("perplexity");

test("windows joined are the text, none is too long, and what stands before one is what ends before it", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "bc ", " d", "\n\n", "é", "😀", "longword", " "), maxLength: 60 });
  const count = (piece: string) => Array.from(piece).length;
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 12 }), (whole, size, overlap) => {
      let read = "";
      for (const { before, text: piece } of windowsOf(whole, count, size, overlap)) {
        assert.ok(count(piece) <= Math.max(size, count(/\s*\S?/.exec(piece)![0])), piece);
        assert.ok(count(before) <= overlap);
        assert.ok(read.endsWith(before));
        read += piece;
      }
      assert.is(read, whole);
    }),
  );
});

const TEXT = "What is the number of days until the question has an answer? How many are in it, and what is that for? ".repeat(12);

test("in one window it is the mean of all log-probabilities; every token counts once", async () => {
  await using model = await localModel({ file: await tinyModel(), exact: true, threads: 1 });
  const { tokens, logprobs } = await model.score("", TEXT);
  const counted = logprobs.filter((logprob) => !Number.isNaN(logprob));
  const nats = -counted.reduce((sum, logprob) => sum + logprob, 0);
  const whole = await perplexity({ model, texts: [TEXT], window: 2000, overlap: 0 });
  assert.equal([whole.texts, whole.tokens], [1, counted.length]);
  assert.ok(Math.abs(whole.natsPerToken - nats / counted.length) < 1e-3);
  assert.ok(Math.abs(Math.log(whole.perplexity) - whole.natsPerToken) < 1e-9);
  const parts = await perplexity({ model, texts: [TEXT], window: 64, overlap: 32 });
  assert.is(parts.tokens, counted.length);
  assert.is(tokens.length - counted.length, 1, "nothing comes before the first token");
});

test("an adapter changes it", async () => {
  await using model = await localModel({ file: await tinyModel(), exact: true, threads: 1 });
  await using adapted = await localModel({ file: await tinyModel(), exact: true, threads: 1, adapters: [{ file: await tinyAdapter() }] });
  const [a, b] = [await perplexity({ model, texts: [TEXT] }), await perplexity({ model: adapted, texts: [TEXT] })];
  assert.is(a.tokens, b.tokens);
  assert.ok(Math.abs(a.perplexity - b.perplexity) > 0.01 * a.perplexity, `${a.perplexity}, ${b.perplexity}`);
});

test("what cannot be measured is refused", async () => {
  assert.is((await thrownBy(perplexity({ model: scriptedModel([]), texts: [TEXT] }))).code, "unsupported");
  await using model = await localModel({ file: await tinyModel(), exact: true, threads: 1 });
  assert.is((await thrownBy(perplexity({ model, texts: [] }))).code, "no-texts");
  assert.is((await thrownBy(perplexity({ model, texts: [TEXT], window: 40, overlap: 40 }))).code, "invalid-option");
});

test(
  "texts are whole files, and the lines of JSONL",
  inFolder(async (folder) => {
    await writeFile(join(folder, "a.txt"), "One.\n\nTwo.\n");
    await writeFile(join(folder, "b.jsonl"), '{"text":"Three."}\n\n{"question":"Four?","solution":"Five."}\n');
    const read = async (...names: string[]) => {
      const texts: string[] = [];
      for await (const text of readTexts(names.map((name) => join(folder, name)))) texts.push(text);
      return texts;
    };
    assert.equal(await read("a.txt", "b.jsonl"), ["One.\n\nTwo.\n", "Three.", "Four?\nFive."]);
    await writeFile(join(folder, "c.jsonl"), '{"question":"Four?"}\n');
    assert.match((await thrownBy(read("c.jsonl"))).message, /c\.jsonl, line 1: it has no text/);
    assert.is((await thrownBy(read("d.txt"))).code, "file-unreadable");
  }),
);

test.run();
