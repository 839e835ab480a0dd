import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { MarkerParser } from "../../agent/marker.js";
import { stripMarkers, VisibleText } from "../../agent/visible.js";

const TOOLS = ["Calculator", "Search", "Calc2"];

test("the user sees text without markers and without double blanks", () => {
  for (const [text, seen] of [
    ["37*48 is [Calculator(37*48) → 1776] 1776.", "37*48 is 1776."],
    ["is [Calculator(1) → 1]1.", "is 1."],
    ["is [Calculator(1) → 1], so", "is, so"],
    ["[Search(a) → b] c", "c"],
    ["a\n[Search(a) → b]\nc", "a\nc"],
    ["a [Search(a) → b]\nc", "a\nc"],
    ["a [Search(a) → b] [Search(c)] [Calculator(1)][Calc2(1)] d", "a d"],
    ["a ([Search(a) → b] c)", "a (c)"],
    ["a [Search(a) → b]", "a"],
    ["a [1] [Foo(x)]  b ", "a [1] [Foo(x)]  b "],
  ] as const) {
    assert.is(stripMarkers(text, TOOLS), seen);
  }
});

test("a blank that is taken back leaves the text as it was, after a marker too", () => {
  for (const after of ["4.", ".", " four.", "\n"]) {
    const [visible, untouched] = [new VisibleText(), new VisibleText()];
    for (const one of [visible, untouched]) {
      one.text("It is ");
      one.marker();
    }
    assert.is(visible.text(" "), "");
    visible.retreat();
    assert.is(visible.text(after) + visible.end(), untouched.text(after) + untouched.end());
  }
});

const markedText = fc
  .array(fc.constantFrom("[Search(a) → b]", "[Calculator(1)]", " ", "  ", "\n", ".", "(", ")", "word", "[1]", "[Foo("), { maxLength: 20 })
  .map((pieces) => pieces.join(""));

test("what is shown piece by piece is what is shown of the whole", () => {
  fc.assert(
    fc.property(markedText, (text) => {
      const visible = new VisibleText();
      const parser = new MarkerParser({ tools: TOOLS, mode: "read" });
      const shown = [...parser.feed(text), ...parser.end()].map((event) => {
        if (event.type === "text") return Array.from(event.text, (piece) => visible.text(piece)).join("");
        if (event.type === "call") visible.marker();
        return "";
      });
      assert.is(shown.join("") + visible.end(), stripMarkers(text, TOOLS));
    }),
    { numRuns: 1000 },
  );
});

test.run();
