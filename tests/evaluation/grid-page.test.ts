import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { GridCell } from "../../evaluation/index.js";
import { gridPage, gridRows, verdict } from "../../evaluation/index.js";
import { TestBrowser } from "../fixtures/browser.js";
import { configuration, result } from "./small-results.js";

const test = suite("page of a comparison");

let browser: TestBrowser;
test.before(async () => {
  browser = await TestBrowser.start();
});
test.after(async () => {
  await browser?.[Symbol.asyncDispose]();
});

function cell(set: string, name: string, rights: readonly boolean[]): GridCell {
  const results = rights.map((right, i) => result(String(i), right, { configuration: name }));
  return {
    set,
    of: rights.length,
    configuration: configuration(name),
    results,
    sittings: [{ configuration: name, seconds: 2, tokens: 520 }],
  };
}

const some = (count: number, right: number) => Array.from({ length: count }, (_, i) => i < right);

const cells = [
  cell("sums", "few-shot", some(20, 4)),
  cell("towns", "few-shot", some(10, 5)),
  cell("sums", "chain-of-thought", some(20, 18)),
  cell("towns", "chain-of-thought", some(10, 6)),
];

test("rows stand set by set, each against the set's first", () => {
  assert.equal(
    gridRows(cells).map(({ set, name, figures, against }) => [set, name, figures.correct, against?.difference]),
    [
      ["sums", "few-shot", 4, undefined],
      ["sums", "chain-of-thought", 18, 0.7],
      ["towns", "few-shot", 5, undefined],
      ["towns", "chain-of-thought", 6, 0.1],
    ],
  );
});

test("a configuration that has not answered anything yet stands against none", () => {
  const [first, second] = gridRows([cell("sums", "few-shot", some(20, 4)), cell("sums", "direct", [])]);
  assert.is(second!.against, undefined);
  assert.is(verdict([first!, second!]), "None is clearly better or worse than few-shot.");
});

test("four questions that differ, all in one direction, may be chance", () => {
  const against = (others: number) => gridRows([cell("sums", "few-shot", some(50, 10)), cell("sums", "direct", some(50, 10 + others))]);
  const four = against(4);
  assert.ok(four[1]!.against!.interval![0] > 0, "though their interval does not cross zero");
  assert.is(verdict(four), "None is clearly better or worse than few-shot.");
  assert.is(verdict(against(6)), "Against few-shot: direct is better by 12.0 points.");
});

test("only what is clear is said", () => {
  const rows = gridRows(cells);
  assert.is(verdict(rows.slice(0, 2)), "Against few-shot: chain-of-thought is better by 70.0 points.");
  assert.is(verdict(rows.slice(2)), "None is clearly better or worse than few-shot.");
  assert.is(verdict(rows.slice(0, 1)), "");
});

test("the page shows each set with its bars and all figures, in either colours and on a phone", async () => {
  const about = 'Measured on a <b>"machine"</b>.';
  const content = gridPage({ rows: gridRows(cells), version: "0.0.0", about });
  for (const look of [{}, { scheme: "dark", width: 360 }] as const) {
    const { page, complaints, requests } = await browser.open(content, look);
    assert.equal([complaints, requests], [[], []]);
    assert.is(await page.locator("h1").textContent(), "2 ways of answering, 2 sets of questions");
    assert.is(await page.locator("header .lead").textContent(), about);
    assert.equal(await page.locator("h2").allTextContents(), ["sums", "towns", "All figures"]);
    assert.is(await page.locator(".accuracy").count(), 4);
    assert.equal(await page.locator(".verdict-line").allTextContents(), [
      "Against few-shot: chain-of-thought is better by 70.0 points.",
      "None is clearly better or worse than few-shot.",
    ]);
    assert.is(await page.locator("#all tbody tr").count(), 4);
    const overflow = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
    assert.not(overflow);
  }
});

test.run();
