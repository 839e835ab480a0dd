import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type EngineModel, loadModel } from "../../engine/index.js";
import { findModel } from "../../models/index.js";
import { markerSpans } from "../../teaching/escape.js";
import { leads, markerPlace } from "../../teaching/marked.js";
import { logprobsAt, lossAt, type Place, placesOf, tokensAt } from "../../teaching/places.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const test = suite<{ tiny: EngineModel; usual: EngineModel }>("places");

test.before(async (context) => {
  context.tiny = await loadModel(await tinyModel(), { vocabularyOnly: true });
  context.usual = await loadModel(await findModel("local"), { vocabularyOnly: true });
});
test.after(async ({ tiny, usual }) => {
  await tiny.close();
  await usual.close();
});

const offsetsIn = ({ tokenizer }: EngineModel, text: string) => tokenizer.offsets(tokenizer.encode(text));
const placesIn = (model: EngineModel, text: string, tools: readonly string[] = []) =>
  placesOf(text, { offsets: offsetsIn(model, text) }, markerSpans(text, tools));

/** The words and numbers before which a call may stand, each up to the next blank. */
function heads(text: string, places: readonly Place[]): string[] {
  return places.map(({ position }) => text.slice(position).split(/\s/)[0]!);
}

test("a call may stand before each word and number that follows a blank, a parenthesis or an equals sign", ({ usual }) => {
  const text = "Natalia sold 48/2 = 24 clips in May.";
  assert.equal(heads(text, placesIn(usual, text)), ["Natalia", "sold", "48/2", "24", "clips", "in", "May."]);
  const close = "So x =6 and 2*3=6 (or 12-6).";
  assert.equal(heads(close, placesIn(usual, close)), ["So", "x", "6", "and", "2*3=6", "6", "(or".slice(1), "12-6)."]);
});

test("a sign belongs to its number: the call stands before it, and what is weighed begins with the digits", ({ usual, tiny }) => {
  const text = "She has $50 and -3, then €7.";
  for (const model of [usual, tiny]) {
    const places = placesIn(model, text);
    assert.equal(heads(text, places), ["She", "has", "$50", "and", "-3,", "then", "€7."]);
    for (const { position, offsets } of places.filter(({ position }) => /[$€-]/.test(text.charAt(position)))) {
      assert.is(offsets[0], position + 1);
      assert.match(text.charAt(offsets[0]!), /\d/);
    }
  }
});

test("what the tokenizer makes of a blank before a number is not weighed", ({ usual }) => {
  const text = "In all 48+24 = 72 clips.";
  const place = placesIn(usual, text).find(({ position }) => text.startsWith("72", position))!;
  assert.is(place.at, text.indexOf(" 72"));
  assert.is(place.offsets[0], text.indexOf("72"));
  assert.is(place.first, place.index + 1);
  assert.equal(tokensAt(text, place), ["7", "2", " clips", "."]);
});

test("each line begins anew, whatever stands before it", ({ usual, tiny }) => {
  for (const model of [usual, tiny]) {
    for (const text of ["One.\nTwo is 2.\n\nThree", "One. \nTwo is 2.\n \n\tThree", "One.\r\nTwo is 2.\r\n\r\nThree"]) {
      assert.equal(heads(text, placesIn(model, text)), ["One.", "Two", "is", "2.", "Three"], JSON.stringify(text));
    }
  }
});

test("no call is put inside what looks like one", ({ usual }) => {
  const text = "So 3 * 4 = [Calculator(3 * 4) → 12] 12, as [Search(how many) said, and [Other(1 2)] too.";
  const heard = heads(text, placesIn(usual, text, ["Calculator", "Search"]));
  assert.equal(heard.filter((head) => /^[\d*4)\]]+$/.test(head)).slice(0, 2), ["3", "4"]);
  const [span] = markerSpans(text, ["Calculator", "Search"]);
  assert.ok(span !== undefined && placesIn(usual, text, ["Calculator"]).every(({ at }) => at < span.start || at >= span.end));
  assert.ok(heard.includes("12,"), "right behind it there is a place");
});

test("words of every script begin a place, and are weighed from their first token on", ({ usual, tiny }) => {
  for (const model of [usual, tiny]) {
    for (const text of ["Élan ist über 5 Ähren.", "Он купил 12 яблок.", "他 有 12 个 苹果", "a 𝒜bc d"]) {
      const offsets = offsetsIn(model, text);
      const places = placesIn(model, text);
      assert.equal(heads(text, places), text.split(" "));
      for (const place of places) {
        // The losses find the tokens that they weigh by the offset of the first.
        assert.is(offsets.indexOf(place.offsets[0]!), place.first, `${text} at ${place.position}`);
      }
    }
  }
});

test("a text without words has no place, and one of a single word has one", ({ usual }) => {
  for (const text of ["", " ", "\n\n", "= / - ...", "→ ] ["]) assert.equal(placesIn(usual, text), [], JSON.stringify(text));
  const [place, ...others] = placesIn(usual, "7");
  assert.equal(others, []);
  assert.equal(place, { index: 0, at: 0, position: 0, first: 0, offsets: [0, 1] });
});

const piece = fc.constantFrom(
  " ",
  " ",
  "\n",
  "\t",
  "=",
  "(",
  ")",
  "$",
  "-",
  ".",
  "7",
  "48",
  "3.5",
  "the",
  "Élan",
  "苹",
  "→",
  "[",
  "]",
  "👍",
  "\u00a0",
);
const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));

function checked(text: string, offsets: readonly number[]): void {
  const places = placesOf(text, { offsets }, []);
  let last = -1;
  for (const place of places) {
    const shown = JSON.stringify({ text, offsets, place });
    assert.is(offsets.indexOf(place.at), place.index, shown);
    assert.match(text.slice(place.position), /^[$€£¥+\-−]?[\p{L}\p{N}]/u, shown);
    assert.match(text.slice(place.at, place.position), /^[^\S\r\n]*$/, shown);
    // Where the marker will be put it is sampled, if a token begins there.
    const put = markerPlace(text, place.position);
    if (!leads(text, put) && offsets.includes(put)) assert.is(place.at, put, shown);
    assert.ok(place.position > last, shown);
    last = place.position;
    assert.is(offsets.indexOf(place.offsets[0]!), place.first, shown);
    const weighed = tokensAt(text, place);
    assert.ok(weighed.length >= 1 && weighed.length <= 5, shown);
    assert.is(weighed.length, Math.min(5, offsets.length - place.first), shown);
    assert.ok(
      place.offsets.every((offset, i) => i === 0 || offset >= place.offsets[i - 1]!),
      shown,
    );
    assert.is(weighed.join(""), text.slice(place.offsets[0], place.offsets.at(-1)), shown);
    assert.ok(place.offsets[0]! >= place.at && place.offsets[0]! <= place.position + 1, shown);
  }
}

test("places stand before something, in order, and weigh five tokens at most, whatever the text", ({ usual, tiny }) => {
  fc.assert(
    fc.property(texts, (text) => {
      checked(text, offsetsIn(usual, text));
      checked(text, offsetsIn(tiny, text));
    }),
    { numRuns: 300 },
  );
});

test("the same holds for tokens that are cut in any other way", () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(3), { maxLength: 60 }), (text, cuts) => {
      // A tokenizer's offsets are of whole characters; a character of several tokens has its offset several times.
      const starts = Array.from(text.matchAll(/./gsu), ({ index }) => index);
      const offsets = starts.flatMap((start, i) => {
        const cut = cuts[i] ?? 1;
        return i === 0 || cut > 0 ? new Array(Math.max(1, text.codePointAt(start)! > 127 ? cut : 1)).fill(start) : [];
      });
      checked(text, offsets as number[]);
    }),
    { numRuns: 500 },
  );
});

test("the loss of a place is that of its weighed tokens", ({ usual }) => {
  const text = "So 12 + 30 = 42.";
  const offsets = offsetsIn(usual, text);
  const reading = { offsets, logprobs: offsets.map((_, index) => -index) };
  for (const place of placesIn(usual, text)) {
    const weighed = logprobsAt(reading, place);
    assert.equal(
      weighed,
      tokensAt(text, place).map((_, index) => -(place.first + index)),
    );
    const plain = weighed.reduce((sum, logprob, t) => sum - (Math.max(0, 1 - 0.2 * t) / 3) * logprob, 0);
    assert.ok(Math.abs(lossAt(reading, place) - plain) < 1e-12);
  }
});

test.run();
