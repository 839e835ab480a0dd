import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitSentences } from "../../teaching/sentences.js";
import { type Window, type WindowSizes, windowsOf } from "../../teaching/windows.js";

const words = (text: string) => text.match(/\S+/g)?.length ?? 0;
const quarters = (text: string) => Math.ceil(text.length / 4);
const bytes = (text: string) => Buffer.byteLength(text);
/** Parts that have fewer tokens apart than together, as happens with byte pairs. */
const sticking = (text: string) => words(text) + Math.floor((text.match(/[.!?]\s+\S/g)?.length ?? 0) / 2);
const counters = { words, quarters, bytes, sticking };

async function cut(pieces: readonly string[], sizes: WindowSizes): Promise<Window[]> {
  const windows: Window[] = [];
  for await (const window of windowsOf(pieces, sizes)) windows.push(window);
  return windows;
}

const fragment = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("one ", "two ", "Three ", "3.5 ", "end. ", "Why? ", "Mr. ", "\n", "\n\n", "  ", "はい。", "“Yes!” "),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(300), "😀".repeat(40), " ".repeat(200), "\ud83d", "\r\n") },
);
const texts = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(""));
const sizes = fc.record({
  window: fc.integer({ min: 1, max: 40 }),
  overlap: fc.nat(20),
  counter: fc.constantFrom(...Object.keys(counters)),
});
const sizesOf = ({ counter, ...rest }: { window: number; overlap: number; counter: string }): WindowSizes => ({
  ...rest,
  countTokens: counters[counter as keyof typeof counters],
});

test("windows joined are the text, each fits, and what is read before one is the end of what came before", async () => {
  await fc.assert(
    fc.asyncProperty(texts, sizes, async (text, chosen) => {
      const { countTokens, window, overlap } = sizesOf(chosen);
      let seen = "";
      for (const { before, text: part } of await cut([text], { countTokens, window, overlap })) {
        assert.ok(countTokens(part) <= window || [...part].length === 1, `${JSON.stringify(part)} has ${countTokens(part)} tokens`);
        assert.ok(countTokens(before) <= overlap);
        assert.ok(seen.endsWith(before));
        assert.ok(part.length > 0);
        seen += part;
      }
      assert.is(seen, text);
    }),
    { numRuns: 1000 },
  );
});

test("no window ends inside a surrogate pair", async () => {
  for (const countTokens of [quarters, bytes]) {
    const text = `x${"😀".repeat(40_000)}`;
    const windows = await cut([text], { countTokens, window: 7, overlap: 3 });
    assert.is(windows.map((window) => window.text).join(""), text);
    assert.is(windows.filter((window) => /[\ud800-\udbff]$|^[\udc00-\udfff]/.test(window.text)).length, 0);
  }
});

test("windows do not depend on the pieces in which a text comes", async () => {
  const long = texts.filter((text) => text.length > 0).map((text) => text.repeat(Math.ceil(70_000 / text.length)));
  await fc.assert(
    fc.asyncProperty(long, fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 5 }), async (text, lengths) => {
      const pieces: string[] = [];
      for (let at = 0, turn = 0; at < text.length; turn++) pieces.push(text.slice(at, (at += lengths[turn % lengths.length]! + 500)));
      const settings = { countTokens: quarters, window: 100, overlap: 20 };
      assert.equal(await cut(pieces, settings), await cut([text], settings));
    }),
    { numRuns: 15 },
  );
});

test("windows end at sentence ends and take in as many sentences as fit", async () => {
  const text = "One two three. Four five. Six seven eight nine. Ten. Eleven twelve thirteen fourteen fifteen.";
  assert.equal(await cut([text], { countTokens: words, window: 6, overlap: 3 }), [
    { before: "", text: "One two three. Four five. " },
    { before: "Four five. ", text: "Six seven eight nine. Ten. " },
    { before: "Ten. ", text: "Eleven twelve thirteen fourteen fifteen." },
  ]);
});

test("sentences that have fewer tokens together than apart fill their window", async () => {
  // As with many vocabularies: a space is a token alone, and none before a word.
  const countTokens = (text: string) => text.match(/ ?\S+|\s/g)?.length ?? 0;
  const windows = await cut(["Go on. ".repeat(400)], { countTokens, window: 64, overlap: 8 });
  for (const { text, before } of windows.slice(1, -1)) {
    assert.ok(countTokens(text) > 56, `${countTokens(text)} of 64`);
    assert.ok(before.length > 0);
  }
});

test("a sentence longer than the window is cut at white space, and a word longer than it anywhere", async () => {
  const sentence = `${"abcde ".repeat(100)}fghij.`;
  for (const { text } of (await cut([sentence], { countTokens: quarters, window: 10, overlap: 0 })).slice(0, -1)) assert.match(text, / $/);
  const windows = await cut([`Short one. ${"y".repeat(200)} end.`], { countTokens: quarters, window: 10, overlap: 0 });
  assert.ok(windows.length <= 8, `${windows.length} windows`);
});

test("tokens of each character are counted a few times, however long the text and however few its sentences", async () => {
  for (const text of ["Some words stand here. ".repeat(20_000), "word ".repeat(100_000), "z".repeat(500_000), " ".repeat(500_000)]) {
    let counted = 0;
    const countTokens = (part: string) => {
      counted += part.length;
      return words(part) + part.length / 8;
    };
    await cut([text], { countTokens, window: 256, overlap: 32 });
    assert.ok(counted < 6 * text.length, `${counted / text.length} times each`);
  }
});

test("an empty text has no windows", async () => {
  assert.equal(await cut([], { countTokens: words, window: 4, overlap: 2 }), []);
  assert.equal(await cut(["", ""], { countTokens: words, window: 4, overlap: 2 }), []);
});

test("sentences end where a reader sees their end", () => {
  for (const sentences of [
    ["Mr. Smith paid 3.5 dollars. ", "He left, e.g. by train, at 5 p.m. on Jan. 3. ", "J. R. R. Tolkien of the U.S. wrote it."],
    ["Is it? ", "“Yes!” ", "She went.\n", "(He too.) ", "Wait... for it… now… ", "Well... ", "What?!  ", "End"],
    ["A line that is\nwrapped goes on.\n\n", "A heading\n\n", "1. First thing\n", "2. Second thing\n"],
    ["これは本です。", "「はい。」", "そうですか？", "終わり"],
    ["Он ушёл. ", "Она осталась! ", "यह एक किताब है। ", "दूसरा वाक्य।"],
    ["See example.com/a.b for v2.0.1 of it. ", "Done."],
  ]) {
    assert.equal(splitSentences(sentences.join(""), true), { sentences, rest: "" });
  }
});

test("sentences of plain prose are those of Intl.Segmenter", () => {
  const prose =
    'The ship left at dawn. Nobody saw it go! Had the harbour been asleep? It seemed so. "Come back," she said. He didn\'t; the wind had ' +
    "turned. There were 3.5 tons of salt (or more) aboard. The captain, a tall man, counted: one, two, three. Then night fell. Le chat dort. " +
    "Où est-il? Es regnet heute. Die Straße ist nass! ¿Quién llama? Nadie.";
  const segments = new Intl.Segmenter("en", { granularity: "sentence" }).segment(prose);
  assert.equal(
    splitSentences(prose, true).sentences,
    Array.from(segments, ({ segment }) => segment),
  );
});

test("a last sentence waits for more text", () => {
  assert.equal(splitSentences("One. Two. ", false), { sentences: ["One. "], rest: "Two. " });
});

test.run();
