import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ReportOptions, reportPage } from "../../evaluation/report-page.js";
import type { ConfigurationResults } from "../../evaluation/results.js";
import { type Look, TestBrowser } from "../fixtures/browser.js";
import { configuration, parameters, result } from "./small-results.js";

const test = suite("report page of an evaluation");

let browser: TestBrowser;
test.before(async () => {
  browser = await TestBrowser.start();
});
test.after(async () => {
  await browser?.[Symbol.asyncDispose]();
});

const HOSTILE = `<script>alert(1)</script> "quoted" & <b>bold</b> \u0007`;

function side(name: string, rights: readonly boolean[]): ConfigurationResults {
  const results = rights.map((right, i) =>
    result(String(i), right, {
      configuration: name,
      question: i === 0 ? HOSTILE : `What is ${i}+1, said at some length so that it does not fit a narrow window at all?`,
      calls:
        i === 1
          ? [{ tool: "Calculator", input: "6+1", output: "7", ms: 1 }]
          : i === 2
            ? [{ tool: "Calculator", input: HOSTILE, error: "no", ms: 0 }]
            : [],
      ...(i === 3 ? { answer: null, error: { code: "budget-calls", message: "The run made more than 16 calls." } } : {}),
      ...(i === 1 ? { trace: "traces/a b.jsonl" } : {}),
    }),
  );
  return { configuration: configuration(name), results, sittings: [{ configuration: name, seconds: 2, tokens: 520 }] };
}

const two: ReportOptions = {
  parameters,
  configurations: [
    side("few-shot, Calculator", [true, true, false, false, false]),
    side("few-shot, no tools", [true, false, false, false, true]),
  ],
  link: (trace) => `../${encodeURI(trace)}`,
};

async function open(report: ReportOptions, look?: Look): Promise<Page> {
  const { page, complaints, requests } = await browser.open(reportPage(report), look);
  assert.equal(complaints, []);
  assert.equal(requests, []);
  return page;
}

const textsOf = (page: Page, selector: string) => page.locator(selector).allTextContents();

test("configurations with their intervals, each against the first", async () => {
  const page = await open(two);
  assert.is(await page.locator("h1").textContent(), "tasks.jsonl: 5 questions, 2 configurations");
  assert.equal(await textsOf(page, "h2"), ["Configurations", "Wins and losses", "Questions", "Parameters"]);
  assert.equal(await textsOf(page, ".accuracy .name b"), ["few-shot, Calculator", "40.0%", "few-shot, no tools", "40.0%"]);
  assert.equal(await textsOf(page, ".figures-table tbody tr:first-child td"), [
    "40.0%",
    "0.40",
    "40%",
    "50%",
    "1",
    "0",
    "0",
    "0",
    "1",
    "260",
  ]);
  assert.match(
    (await textsOf(page, ".verdict-line")).join(),
    /^The difference may be chance: 0\.0 points .*, 1 win and 1 loss of 5 questions; McNemar's exact test p 1\.00\.$/,
  );
  assert.is(await page.locator("script").count(), 0);
});

test("questions stand in groups, and open to their answers, calls and traces", async () => {
  const page = await open(two);
  assert.equal(await textsOf(page, ".group h3"), [
    "Won: wrong in the first, right in another 1",
    "Lost: right in the first, wrong in another 1",
    "Wrong everywhere 2",
    "Right everywhere 1",
  ]);
  const lost = page.locator(".group").nth(1).locator("details");
  assert.equal(await lost.locator(".marks i").allTextContents(), ["✓", "✗"]);
  assert.not(await lost.locator(".card").first().isVisible());
  await lost.locator("summary").click();
  assert.ok(await lost.locator(".card").first().isVisible());
  assert.is(await lost.locator("mark").first().textContent(), "[Calculator(6+1) → 7]");
  assert.is(await lost.locator("a").first().getAttribute("href"), "../traces/a%20b.jsonl");
  const wrong = await textsOf(page, ".group:nth-child(3) .answer");
  assert.ok(wrong.includes("The run made more than 16 calls."), wrong.join());
});

test("hostile text is text", async () => {
  const page = await open(two);
  const question = page.locator(".group:nth-child(4) .asks");
  assert.is(await question.textContent(), HOSTILE.replace("\u0007", "\u2407"));
  assert.is(await page.locator("main b", { hasText: "bold" }).count(), 0);
});

/** The first question in three wordings, the second in one. */
const wordings: ReportOptions = {
  parameters: { ...parameters, paraphrases: { typos: 0.1 } },
  configurations: two.configurations.map(({ results, ...rest }) => ({
    ...rest,
    results: results.slice(0, 4).map((result, i) => ({
      ...result,
      id: ["0", "0~words", "0~typos", "1"][i]!,
      wording: { of: i < 3 ? "0" : "1", rule: (["given", "words", "typos", "given"] as const)[i]! },
    })),
  })),
};

test("wordings have a part of their own, by question and by rule", async () => {
  const page = await open(wordings);
  assert.is(await page.locator("h1").textContent(), "tasks.jsonl: 2 questions in 4 wordings, 2 configurations");
  assert.equal(await textsOf(page, "h2"), ["Configurations", "Wordings", "Wins and losses", "Questions", "Parameters"]);
  assert.match((await textsOf(page, "#wordings .lead")).join(), /none fits 1 question\./);
  assert.equal(await textsOf(page, "#wordings table:first-child tbody tr:first-child td").then((cells) => cells.slice(0, 5)), [
    "2",
    "4",
    "0.0% (0)",
    "0.0 to 0.0%",
    "33.3%",
  ]);
  assert.equal(await page.locator("#wordings .scroll").last().locator("tbody tr").first().locator("td").allTextContents(), [
    "given",
    "2",
    "50%",
    "50%",
  ]);
  assert.equal(await textsOf(page, "nav a"), ["Configurations", "Wordings", "Wins and losses", "Questions", "Parameters"]);
});

/** Eight questions, four of them needless, under a weight: of each half so many have a call. */
function weighedSide(costWeight: number, needlessCalled: number, dueCalled: number): ConfigurationResults {
  const name = `few-shot, cost weight ${costWeight}`;
  const calls = [{ tool: "Calculator", input: "6+1", output: "7", ms: 1 }];
  const results = Array.from({ length: 8 }, (_, i) => {
    const called = i < 4 ? i < needlessCalled : i - 4 < dueCalled;
    return result(String(i), i < 4 || called, {
      configuration: name,
      ...(i < 4 ? { needless: true } : {}),
      ...(called || costWeight === 0 ? {} : { spared: 1 }),
      calls: called ? calls : [],
    });
  });
  return { configuration: configuration(name, costWeight === 0 ? {} : { costWeight }), results, sittings: [] };
}

const weighed: ReportOptions = { parameters, configurations: [weighedSide(0, 4, 4), weighedSide(0.01, 1, 4), weighedSide(3, 0, 2)] };

test("weights on the cost of calls have a curve, needless calls that are gone against answers that are kept", async () => {
  const page = await open(weighed);
  assert.equal(await textsOf(page, "nav a"), ["Configurations", "What calls are worth", "Wins and losses", "Questions", "Parameters"]);
  assert.is(
    await page.locator("#costs .plot svg").getAttribute("aria-label"),
    ["weight 0: 0% gone, 100% kept", "weight 0.01: 75% gone, 100% kept", "weight 3: 100% gone, 75% kept"].join("; "),
  );
  const box = async (selector: string) => (await page.locator(selector).boundingBox())!;
  const [area, middle] = [await box("#costs .area"), await box("#costs .dot >> nth=1")];
  assert.ok(Math.abs((middle.x + middle.width / 2 - area.x) / area.width - 0.75) < 0.02);
  assert.ok(Math.abs(middle.y + middle.height / 2 - area.y) < 2, "at the top: all answers are kept");
  assert.equal(await textsOf(page, "#costs tbody tr:last-child > *"), ["3", "0", "100%", "4 of 4", "2 of 4", "2", "2, 25%"]);
  assert.is(await (await open(two)).locator("#costs").count(), 0);
});

test("nothing is wider than the window, in light and dark, opened or not", async () => {
  for (const [report, look] of [
    [two, { width: 360 }],
    [wordings, { width: 360 }],
    [weighed, { width: 360 }],
    [two, { width: 800, scheme: "dark" }],
    [two, { width: 1400 }],
  ] as const) {
    const page = await open(report, look);
    const wide = await page.locator(":root").evaluate((root) => {
      for (const details of root.querySelectorAll("details")) details.open = true;
      const elements = [...root.querySelectorAll("body *")];
      return elements
        .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5 && element.closest(".scroll, summary") === null)
        .map((element) => `${element.tagName}.${element.className}`);
    });
    assert.equal(wide, [], String(look.width));
  }
});

test("one configuration, none, and one without results are pages too", async () => {
  const one = await open({ parameters, configurations: [two.configurations[0]!] });
  assert.equal(await textsOf(one, ".group h3"), ["Wrong 3", "Right 2"]);
  assert.is(await one.locator("h1").textContent(), "tasks.jsonl: 5 questions, few-shot, Calculator");
  await open({ parameters, configurations: [] });
  await open({ parameters, configurations: [two.configurations[0]!, { configuration: configuration("b"), results: [], sittings: [] }] });
});

test.run();
