import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { alignTokens } from "../../models/completions-alignment.js";

const test = suite("alignTokens");
const shownWhole = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const SHOWN = { replaced: shownWhole, "left out": (bytes: Uint8Array) => shownWhole(bytes).replaceAll("\ufffd", "") };
const CHARACTERS = ["a", " ", "é", "→", "🙂", "名", "\ufeff"];

for (const [manner, shownAs] of Object.entries(SHOWN)) {
  test(`tokens cut anywhere, their parts of characters ${manner}, are laid along the text, each where it may stand`, () => {
    const character = fc.constantFrom(...CHARACTERS, ...(manner === "replaced" ? ["\ufffd"] : []));
    const property = fc.property(
      fc.string({ unit: character, minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(80)),
      fc.boolean(),
      (text, cuts, firstTold) => {
        const bytes = Buffer.from(text);
        const borders = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
        const shown = borders.slice(1).map((end, i) => shownAs(bytes.subarray(borders[i], end)));
        const spans = alignTokens(firstTold ? shown : [undefined, ...shown.slice(1)], bytes, 0);
        assert.ok(spans !== undefined, "nothing found");
        assert.is(spans.length, shown.length);
        assert.is(spans.at(-1)!.end, bytes.length);
        for (const [i, { begin, end }] of spans.entries()) {
          assert.is(begin, i === 0 ? 0 : spans[i - 1]!.end);
          if (i > 0 || firstTold) assert.ok(begin === end || shownAs(bytes.subarray(begin, end)) === shown[i], `token ${i}`);
        }
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });
}

test("tokens of whole characters are laid exactly where they were cut", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom(...CHARACTERS, "\ufffd"), minLength: 1 }), { minLength: 1 }), (tokens) => {
      const lengths = alignTokens(tokens, Buffer.from(tokens.join("")), 0)!.map(({ begin, end }) => end - begin);
      assert.equal(
        lengths,
        tokens.map((token) => Buffer.byteLength(token)),
      );
    }),
    { numRuns: 1000 },
  );
});

test("tokens that are not the text's are not laid along it", () => {
  const text = Buffer.from("a cat");
  assert.is(alignTokens(["a", " dog"], text, 0), undefined);
  assert.is(alignTokens(["a", " ca"], text, 0), undefined);
  assert.is(alignTokens(["a", " cat", " sat"], text, 0), undefined);
  assert.equal(alignTokens(["a", " cat", " sat"], text, 1), [
    { begin: 0, end: 1 },
    { begin: 1, end: 5 },
  ]);
  assert.is(alignTokens([], text, 0), undefined);
});

test.run();
