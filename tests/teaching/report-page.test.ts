import fc from "fast-check";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noFigures } from "../../teaching/figures.js";
import type { Candidate, Parameters, Verdict } from "../../teaching/record.js";
import { type Report, ReportBuilder } from "../../teaching/report.js";
import { reportPage } from "../../teaching/report-page.js";
import { type Look, TestBrowser } from "../fixtures/browser.js";
import { candidatesOf, figuresOf, parameters, runFigures, sampleReport } from "./sample-report.js";

const test = suite("report page");

let browser: TestBrowser;
test.before(async () => {
  browser = await TestBrowser.start();
});
test.after(async () => {
  await browser?.[Symbol.asyncDispose]();
});

const sample = sampleReport();

/** Opens a report's page and holds it to what every page must be. */
async function open(report: Report, look?: Look): Promise<Page> {
  const { page, complaints, requests } = await browser.open(reportPage(report), look);
  assert.equal(complaints, []);
  assert.equal(requests, []);
  return page;
}

const textsOf = (page: Page, selector: string) => page.locator(selector).allTextContents();

/** The numbers of a text: `1,234 kept of 5` has 1234 and 5. */
const numbersIn = (text: string) => Array.from(text.matchAll(/\d[\d,]*(\.\d+)?/g), ([number]) => Number(number.replaceAll(",", "")));

// What runs in the page begins at its root element: the project is compiled without the names of browsers.

const overflowing = (page: Page) =>
  page.locator(":root").evaluate((root) => {
    const wide = [...root.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > root.clientWidth + 0.5 && element.closest(".scroll, .unseen") === null,
    );
    return { scrolls: root.scrollWidth > root.clientWidth, wide: wide.map((element) => `${element.tagName}.${element.className}`) };
  });

const unfold = (page: Page) =>
  page.locator(":root").evaluate((root) => {
    for (const details of root.querySelectorAll("details")) details.open = true;
  });

test("the head says what was taught, on what and by which model, in figures that are the report's", async () => {
  const page = await open(sample);
  assert.is(await page.locator("h1").textContent(), "Calculator and Search, taught on 120 documents by SmolLM2-135M-Instruct");
  const sum = (figure: "candidates" | "kept") => sample.tools.reduce((total, { figures }) => total + figures[figure], 0);
  const tiles = await textsOf(page, ".tiles b");
  assert.equal(
    tiles.map((tile) => numbersIn(tile)[0]),
    [120, sum("candidates"), sum("kept"), Number((sum("kept") / 120).toFixed(2))],
  );
  assert.equal(await textsOf(page, "h2"), ["Calculator", "Search", "What economy saved", "Set aside", "Parameters"]);
  assert.is(await page.locator("script").count(), 0);
});

test("the funnel of each tool has the report's figures", async () => {
  const page = await open(sample);
  for (const [place, { figures }] of sample.tools.entries()) {
    const counts = await textsOf(page, `#tool-${place} .funnel td:nth-child(2)`);
    assert.equal(counts.flatMap(numbersIn), [
      sample.corpus.passages,
      figures.tried,
      figures.boundaries,
      figures.likely,
      figures.positions,
      figures.samples,
      figures.wellFormed,
      figures.candidates,
      figures.ran,
      figures.ran - figures.failed,
      figures.scored,
      figures.kept,
      figures.calls,
    ]);
    assert.equal(await textsOf(page, `#tool-${place} .passed-over dt`), Object.keys(figures.passedOver));
    assert.equal((await textsOf(page, `#tool-${place} .passed-over dd`)).flatMap(numbersIn), Object.values(figures.passedOver));
  }
});

test("every chart has a caption, a name for those who do not see it, and its numbers", async () => {
  const page = await open(sample);
  const charts = await page.locator("figure.chart").all();
  assert.is(charts.length, 2 + 2 * sample.tools.length);
  for (const chart of charts) {
    assert.ok((await chart.locator("figcaption strong").textContent())!.length > 4);
    assert.ok((await chart.locator("figcaption span").textContent())!.length > 20);
    for (const svg of await chart.locator("svg").all()) {
      assert.is(await svg.getAttribute("role"), "img");
      assert.match((await svg.getAttribute("aria-label"))!, /\d/);
    }
    assert.ok((await chart.locator("details table tbody tr").count()) > 2);
  }
  for (const [place, tool] of sample.tools.entries()) {
    const [margins, curve] = [0, 1].map((chart) => page.locator(`#tool-${place} figure.chart`).nth(chart));
    const column = async (of: typeof margins, cell: number) =>
      (await of!.locator(`tbody td:nth-child(${cell})`).allTextContents()).flatMap(numbersIn);
    const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
    for (const [cell, { bins, under, over }] of [
      [2, tool.margins.exact],
      [3, tool.margins.bounds],
    ] as const) {
      assert.is(total(await column(margins, cell)), total(bins) + under + over);
    }
    const kept = tool.curve.filter(({ tauF }) => Number.isInteger(Math.round(tauF * 100) / 25)).map((point) => point.kept);
    assert.equal(await column(curve, 2), kept);
    const at = tool.curve.find(({ tauF }) => tauF === tool.parameters.tauF)!;
    assert.is(at.kept, tool.verdicts.kept);
    assert.match((await curve!.locator("figcaption").textContent())!, `At ${at.tauF.toFixed(2)}: ${at.perPassage.toFixed(2)}`);
    assert.ok((await textsOf(page, `#tool-${place} .threshold-name`)).every((name) => name === `τf ${tool.parameters.tauF.toFixed(2)}`));
  }
});

test("bars are as long as what they stand for", async () => {
  const page = await open(sample);
  const widths: readonly (readonly number[])[] = await page
    .locator("figure.chart")
    .first()
    .evaluate((chart) => {
      const width = (shape: typeof chart): number => shape.getBoundingClientRect().width;
      return [...chart.querySelectorAll("svg.stack")].map((bar) =>
        [...bar.querySelectorAll("rect:not(.ground)")].map((part) => width(part) / width(bar)),
      );
    });
  const order: readonly Verdict[] = ["kept", "below", "hopeless", "failed", "looked-ahead"];
  const most = Math.max(...sample.tools.map(({ figures }) => figures.candidates));
  for (const [place, { verdicts }] of sample.tools.entries()) {
    const shares = order.map((verdict) => verdicts[verdict] / most).filter((share) => share > 0);
    assert.is(widths[place]!.length, shares.length);
    for (const [at, share] of shares.entries())
      assert.ok(Math.abs(widths[place]![at]! - share) < 0.002, `${widths[place]![at]} for ${share}`);
  }
});

test("examples stand in their text, with what the call did", async () => {
  const page = await open(sample);
  for (const [place, { examples }] of sample.tools.entries()) {
    const shown = [examples.best, examples.borderline, examples.worst];
    for (const [list, expected] of shown.entries()) {
      const cards = page.locator(`#tool-${place} .examples`).nth(list).locator(".card");
      assert.is(await cards.count(), expected.length);
    }
    const [first] = examples.best;
    const card = page.locator(`#tool-${place} .card`).first();
    const call = `[${first!.tool}(${first!.input}) → ${first!.output}]`;
    assert.is(await card.locator(".text").textContent(), `${first!.before}${first!.before && " "}${call}${first!.after}`);
    assert.is(await card.locator("mark").textContent(), call);
    assert.is(await card.locator(".margin").textContent(), `+${first!.margin.toFixed(2)}`);
    const losses = (await card.locator(".losses .number").allTextContents()).map(Number);
    assert.equal(losses, [Number(first!.loss.before.toFixed(2)), Number(first!.loss.after.toFixed(2))]);
    assert.is(await card.locator(".strip li").count(), first!.tokens.length);
    assert.ok(first!.after.trimStart().startsWith((await card.locator(".weighed").textContent())!));
  }
});

test("what economy saved and what was set aside is told in words", async () => {
  const page = await open(sample);
  for (const [place, { figures }] of sample.tools.entries()) {
    const { hopelessPositions, mergedPositions, samples, sharedTokens, hopelessCalls, losses } = figures.saved;
    assert.equal((await textsOf(page, `#economy td:nth-child(${place + 2})`)).flatMap(numbersIn), [
      hopelessPositions,
      mergedPositions,
      samples,
      sharedTokens,
      hopelessCalls,
      losses,
    ]);
  }
  for (const words of await textsOf(page, "#economy td:last-child, #economy tbody th")) assert.match(words, /[a-z]{3} [a-z]{3}/);
  const aside = (await textsOf(page, ".set-aside li")).join();
  for (const { source, code, message } of sample.corpus.setAside) {
    for (const said of [source, code, message]) assert.match(aside, said);
  }
});

for (const width of [375, 768, 1400]) {
  test(`nothing is wider than a window of ${width} pixels, folded or not`, async () => {
    const page = await open(sample, { width });
    assert.equal(await overflowing(page), { scrolls: false, wide: [] });
    await unfold(page);
    assert.equal(await overflowing(page), { scrolls: false, wide: [] });
  });
}

/** Texts that do not stand out enough from what is behind them: WCAG's contrast of 4.5, and 3 for large ones. */
const faint = (page: Page) =>
  page.locator(":root").evaluate((root) => {
    const { getComputedStyle, Node } = root.ownerDocument.defaultView;
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour: string) => {
      const [r, g, b] = channels(colour).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const behind = (element: typeof root | null): string => {
      if (element === null) return "rgb(255, 255, 255)";
      const { backgroundColor } = getComputedStyle(element);
      return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
    };
    const found = new Set<string>();
    for (const element of root.querySelectorAll("body *")) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
      if (!own || !element.checkVisibility()) continue;
      const { color, fontSize } = getComputedStyle(element);
      const [light, dark] = [luminance(color), luminance(behind(element))].sort((a, b) => b - a);
      const contrast = (light! + 0.05) / (dark! + 0.05);
      if (contrast < (Number.parseFloat(fontSize) >= 24 ? 3 : 4.5))
        found.add(`${element.tagName}.${element.className} ${contrast.toFixed(2)}`);
    }
    return [...found];
  });

test("light and dark have colours of their own, and both can be read", async () => {
  const grounds: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    const page = await open(sample, { scheme });
    await unfold(page);
    assert.equal(await faint(page), [], scheme);
    const colours: readonly string[] = await page.locator("body").evaluate((body) => {
      const { getComputedStyle } = body.ownerDocument.defaultView;
      const { backgroundColor, color } = getComputedStyle(body);
      return [backgroundColor, color, getComputedStyle(body.querySelector(".fill-kept")).fill];
    });
    grounds.push(...colours);
  }
  assert.is(new Set(grounds).size, 6, grounds.join());
});

test("on paper what is folded is there, and dark screens print light", async () => {
  const page = await open(sample, { scheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  assert.ok(await page.locator("details table").first().isVisible());
  assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
});

/** A report in which every text that comes from elsewhere is the given one. */
function reportWith(text: string): Report {
  const given: Parameters = {
    ...parameters,
    model: { name: text, storage: text },
    tools: [{ ...parameters.tools[0]!, name: text, version: text }],
  };
  const builder = new ReportBuilder(given);
  const loss = (value: number) => ({ value, logprobs: [-value] });
  const verdicts: readonly Verdict[] = ["kept", "below", "failed"];
  verdicts.forEach((verdict, position) => {
    const margin = verdict === "kept" ? 1 : 0;
    const candidate: Candidate = {
      passage: text,
      document: position,
      part: 0,
      tool: text,
      position: 0,
      probability: 0.1,
      input: text,
      output: text,
      samples: 1,
      tokens: [text],
      verdict,
      ...(verdict === "failed" ? { error: text } : { margin, losses: { none: loss(margin + 1), call: loss(5), result: loss(1) } }),
    };
    builder.add(candidate, { text, question: text });
  });
  const figures = { ...noFigures(), tried: 1, passedOver: { [text]: 2 }, positions: 1, samples: 3, candidates: 3, scored: 2, kept: 1 };
  const setAside = [{ document: 4, id: text, source: text, code: text, message: text }];
  return builder.finish(runFigures({ documents: 1, passages: 1, setAside, tools: { [text]: figures } }));
}

const HOSTILE = [
  "<script>document.title = 'taken'</script>",
  "<img src=x onerror=\"document.title = 'taken'\">",
  "</style><script>document.title = 'taken'</script>",
  "\"'><svg onload=alert(1)>",
  "</title></head><h1>taken</h1>",
  "<!-- --><![CDATA[ ]]>&lt;b&gt;&amp;&#60;",
  "javascript:alert(1)",
  "\u202eright to left\u202c",
  `${"unbroken".repeat(200)}`,
];

test("hostile texts are shown and do nothing", async () => {
  for (const text of HOSTILE) {
    const page = await open(reportWith(text), { width: 375 });
    assert.is(await page.locator("script, img, h1 *, .text > :not(mark, .weighed)").count(), 0);
    assert.is.not(await page.title(), "taken");
    assert.is(await page.locator("h1").count(), 1);
    assert.is(await page.locator(".set-aside p").textContent(), text);
    assert.is(await page.locator("#tool-0 h2").textContent(), text);
    assert.equal(await overflowing(page), { scrolls: false, wide: [] }, text);
  }
});

test("no text becomes markup: whatever it holds, the page has the same elements and shows the same text", async () => {
  const page = await open(reportWith("plain"));
  const read = (text: string): Promise<{ elements: string; question: string; message: string }> =>
    page.locator(":root").evaluate(
      (root, source) => {
        const { DOMParser } = root.ownerDocument.defaultView;
        const parsed = new DOMParser().parseFromString(source, "text/html");
        const elements = [...parsed.querySelectorAll("*")].map((element) => [element.tagName, ...element.getAttributeNames()].join(" "));
        const [question, message] = [".question", ".set-aside p"].map((selector) => parsed.querySelector(selector).textContent);
        return { elements: elements.join("\n"), question, message };
      },
      reportPage(reportWith(text)),
    );
  const { elements } = await read("plain");
  const pieces = fc.constantFrom(
    "<",
    ">",
    "&",
    '"',
    "'",
    "`",
    "=",
    "/",
    "<b>",
    "</p>",
    "</style>",
    "<!--",
    "-->",
    "&lt;",
    "&#x3c;",
    "a",
    " ",
    "\t",
  );
  const texts = fc
    .array(fc.oneof(pieces, fc.string({ unit: "grapheme" })), { minLength: 1, maxLength: 8 })
    .map((parts) => `x${parts.join("")}x`);
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const shown = await read(text);
      assert.is(shown.elements, elements);
      assert.is(shown.question, text);
      assert.is(shown.message, text);
    }),
    { numRuns: 60 },
  );
});

test("characters that HTML does not allow are shown as their pictures", async () => {
  const page = await open(reportWith("a\0b\x1b[31mc\x7f\x85d\re\ud800"));
  assert.is(await page.locator(".set-aside p").textContent(), "a␀b␛[31mc␡\ufffdd\ne\ufffd");
});

test("where nothing came of it, the page says so and what to look at", async () => {
  const calculator = parameters.tools[0]!;
  const one: Parameters = { ...parameters, tools: [calculator] };
  const finish = (figures: Partial<ReturnType<typeof noFigures>>) =>
    new ReportBuilder(one).finish(runFigures({ documents: 3, passages: 3, tools: { Calculator: { ...noFigures(), ...figures } } }));
  const unkept = candidatesOf(30).filter(({ candidate }) => candidate.tool === "Calculator" && candidate.verdict !== "kept");
  const builder = new ReportBuilder(one);
  for (const { candidate, passage } of unkept) builder.add(candidate, passage);
  const cases: readonly (readonly [Report, RegExp])[] = [
    [finish({}), /It was tried on no passage/],
    [finish({ passedOver: { "no number": 3 } }), /passed over every passage/],
    [finish({ tried: 3, boundaries: 90 }), /no place for a call to Calculator in 3 passages: .* A lower τs finds some/],
    [finish({ tried: 3, positions: 9, samples: 90 }), /None of 90 samples was a whole call/],
    [finish({ tried: 3, positions: 9, samples: 90, candidates: 4, failed: 4 }), /None of 4 calls was scored/],
    [builder.finish(figuresOf(unkept, 30)), /None of \d+ scored calls reached τf 0.50\. .*No call was kept, so there is none to show/s],
    [new ReportBuilder({ ...one, tools: [] }).finish(runFigures()), /No tool, taught on 0 documents/],
    [new ReportBuilder({ ...one, economy: false }).finish(runFigures()), /did all the work of the published algorithm/],
  ];
  for (const [report, said] of cases) {
    const page = await open(report, { width: 375 });
    const text = (await page.locator("body").textContent())!;
    assert.match(text, said);
    assert.not.match(text, /NaN|undefined|null|Infinity/);
    assert.equal(await overflowing(page), { scrolls: false, wide: [] });
  }
});

test("probabilities of nothing and losses without end have signs", async () => {
  const report = reportWith("plain");
  const [tool] = report.tools;
  const [example] = tool!.examples.best;
  const endless = {
    ...example!,
    margin: Number.POSITIVE_INFINITY,
    loss: { ...example!.loss, before: Number.POSITIVE_INFINITY },
    tokens: [{ text: " x", without: Number.NEGATIVE_INFINITY, with: -1 }],
  };
  const changed: Report = { ...report, tools: [{ ...tool!, examples: { ...tool!.examples, best: [endless] } }] };
  const page = await open(changed);
  const card = page.locator(".card").first();
  assert.match((await card.textContent())!, /∞ ?kept.*∞.*·x0% → 37%/s);
});

test.run();
