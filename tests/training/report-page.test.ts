import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type TrainingRecord, writeComparison } from "../../training/report.js";
import { trainPage } from "../../training/report-page.js";
import { TestBrowser } from "../fixtures/browser.js";

const test = suite("page of a training");

let browser: TestBrowser;
test.before(async () => {
  browser = await TestBrowser.start();
});
test.after(async () => {
  await browser?.[Symbol.asyncDispose]();
});

const STEPS = 900;

/** A training whose loss falls to `low`. */
function record(low: number, more: Partial<TrainingRecord["parameters"]> = {}): TrainingRecord {
  const steps = Array.from({ length: STEPS }, (_, i) => ({
    step: i + 1,
    epoch: Math.floor(i / 300),
    loss: low + 2 * Math.exp(-i / 60) + 0.1 * Math.sin(7 * i),
    lossTokens: 600,
    tokens: 1000,
    learningRate: 2e-4 * (1 - i / STEPS),
    norm: 1,
    took: 2,
    seconds: 2 * (i + 1),
  }));
  const validations = [150, 300, 450, 600, 750, 900].map((step) => ({
    step,
    loss: low + 0.1 + Math.abs(step - 600) / 1000,
    best: step <= 600,
    seconds: 2 * step,
  }));
  return {
    parameters: {
      base: { name: "<b>base</b>.gguf", digest: "ab".repeat(32) },
      weights: "Q8_0",
      dataset: "cd".repeat(32),
      loss: "all",
      turns: 1,
      strategy: "direct",
      tools: ["Calculator"],
      lora: { rank: 16, alpha: 32, targets: ["q", "v"], layers: [0, 30], dropout: 0 },
      optimiser: "lion",
      learningRate: 2e-4,
      schedule: "linear",
      warmup: 45,
      weightDecay: 0.05,
      clip: 1,
      steps: STEPS,
      batch: 1,
      pack: 1024,
      validation: 50,
      validateEvery: 150,
      patience: 5,
      seed: 0,
      version: "0.1.0",
      ...more,
    },
    counts: {
      lessons: 2000,
      calls: 2500,
      cut: 0,
      tooLong: 3,
      silent: 0,
      examples: 1947,
      validation: 50,
      tokens: 300_000,
      lossTokens: 200_000,
    },
    started: "2026-11-27T12:00:00.000Z",
    steps,
    validations,
  };
}

const adamw = record(0.3, { optimiser: "adamw", learningRate: 1e-3 });

test("one training: its figures, curves and parameters, in light and dark, on small screens", async () => {
  for (const look of [{ width: 1400 }, { width: 360, scheme: "dark" }] as const) {
    const { page, complaints, requests } = await browser.open(trainPage([record(0.4)]), look);
    assert.equal([...complaints, ...requests], []);
    assert.is(await page.title(), "Trained: <b>base</b>.gguf");
    assert.match((await page.locator("h1").textContent())!, /<b>base<\/b>\.gguf, trained on 1,947 texts with 2,500 calls/);
    assert.equal(await page.locator(".tiles b").allTextContents(), ["900", "0.500", "500", "30 min 0 s"]);
    assert.is(await page.locator(".area.tall .dot").count(), 6);
    assert.is(await page.locator(".area.tall polyline").count(), 3);
    assert.match((await page.locator(".threshold-name").textContent())!, /best: 0\.500/);
    assert.match((await page.locator("dl.parameters").textContent())!, /Layers0 to 29.*linear, 45 steps/);
    assert.not.match((await page.locator("main").textContent())!, /Given up/);
    const wide = await page.locator(":root").evaluate((root) => root.scrollWidth - root.clientWidth);
    assert.is(wide, 0, `${wide} pixels too wide at ${look.width}`);
    // The curve falls: its last point is lower than its first.
    const points = await page.locator(".area.tall polyline.line.of-0:not(.raw)").getAttribute("points");
    const heights = points!.split(" ").map((point) => Number(point.split(",")[1]));
    assert.ok(heights.length <= 451 && heights.at(-1)! > heights[0]! + 30, `${heights[0]} to ${heights.at(-1)}`);
  }
});

test("two that are compared: both curves in one plot, and a table of what came of them", async () => {
  const { page, complaints } = await browser.open(trainPage([adamw, record(0.4)]));
  assert.equal(complaints, []);
  assert.equal(await page.locator(".tiles dt").allTextContents(), ["AdamW 0.001", "Lion 0.0002"]);
  assert.is(await page.locator(".area.tall polyline.of-0").count(), 2);
  assert.is(await page.locator(".area.tall polyline.of-1").count(), 2);
  const rows = await page.locator("section", { hasText: "What came of them" }).locator("tbody tr").allTextContents();
  assert.match(rows[0]!, /AdamW 0\.0010\.400600/);
  assert.match(rows[1]!, /Lion 0\.00020\.500600/);
});

test("one that was given up says why; one without steps and validations is a page all the same", async () => {
  const { page } = await browser.open(trainPage([{ ...record(0.4), diverged: "the loss of step 901 is NaN" }]));
  assert.match((await page.locator(".warning").textContent())!, /Given up: the loss of step 901 is NaN/);
  const empty = await browser.open(trainPage([{ ...record(0.4), steps: [], validations: [] }]));
  assert.equal(empty.complaints, []);
  assert.match((await empty.page.locator(".tiles").textContent())!, /steps0of 900/);
});

test("a log that is none is refused", async () => {
  const page = join(import.meta.dirname ?? ".", "none.html");
  try {
    await writeComparison(page, [join("package.json")]);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /package\.json is no log of a training/);
  }
  assert.not(await readFile(page).catch(() => false));
});

test.run();
