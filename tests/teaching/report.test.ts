import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { noFigures } from "../../teaching/figures.js";
import type { Candidate, Loss, Parameters } from "../../teaching/record.js";
import { type Report, ReportBuilder, type ReportExample, type ToolReport } from "../../teaching/report.js";
import { candidatesOf, chances, figuresOf, parameters, runFigures, type Tried } from "./sample-report.js";

const test = suite("report");

const TAU_F = 0.5;
const oneTool: Parameters = { ...parameters, tools: [{ ...parameters.tools[0]!, name: "Tool", tauF: TAU_F }] };
const loss = (value: number): Loss => ({ value, logprobs: [-value] });

function candidate(given: Partial<Candidate> & { readonly margin?: number }): Candidate {
  const { margin = 0 } = given;
  return {
    passage: "a:1",
    document: 0,
    part: 0,
    tool: "Tool",
    position: 0,
    probability: 0.5,
    input: "1",
    samples: 1,
    output: "1",
    tokens: ["x"],
    losses: { none: loss(margin + 1), call: loss(margin + 2), result: loss(1) },
    verdict: margin >= TAU_F ? "kept" : "below",
    ...given,
    margin: given.verdict === "hopeless" ? undefined : margin,
  };
}

function reportOn(candidates: readonly Candidate[], passages = 10, text = "x"): ToolReport {
  const builder = new ReportBuilder(oneTool);
  for (const one of candidates) builder.add(one, { text });
  return builder.finish(runFigures({ passages })).tools[0]!;
}

const build = (all: readonly Tried[], documents = 60): Report => {
  const builder = new ReportBuilder(parameters);
  for (const { candidate: one, passage } of all) builder.add(one, passage);
  return builder.finish(figuresOf(candidatesOf(documents), documents));
};

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const next = chances(seed);
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Margins on the edges of bins, beside them, and anywhere. */
const margins = fc.oneof(
  fc.integer({ min: -70, max: 110 }).map((step) => step / 20),
  fc.integer({ min: -70, max: 110 }).map((step) => step / 20 + Number.EPSILON),
  fc.double({ min: -4, max: 6, noNaN: true }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

test("the histogram and the curve count what a plain loop over all margins counts", () => {
  fc.assert(
    fc.property(fc.array(margins, { maxLength: 60 }), (all) => {
      const { margins: histogram, curve } = reportOn(all.map((margin, position) => candidate({ margin, position })));
      const within = (from: number, to: number) => all.filter((margin) => margin >= from && margin < to).length;
      histogram.exact.bins.forEach((count, bin) => {
        assert.is(count, within((bin - 60) / 20, (bin - 59) / 20), `bin ${bin}`);
      });
      assert.is(histogram.exact.bins.length, 160);
      assert.is(histogram.exact.under, within(Number.NEGATIVE_INFINITY, -3));
      assert.is(histogram.exact.over, all.filter((margin) => margin >= 5).length);
      assert.is(curve.length, 61);
      for (const { tauF, kept, perPassage, atMost } of curve) {
        assert.is(kept, all.filter((margin) => margin >= tauF).length, `τf ${tauF}`);
        assert.is(perPassage, kept / 10);
        assert.is(atMost, kept);
      }
    }),
    { numRuns: 200 },
  );
});

test("a margin of which only a bound is known counts as a bound: the curve gives both ends", () => {
  const {
    margins: histogram,
    curve,
    verdicts,
    examples,
  } = reportOn([
    candidate({ margin: 0.7 }),
    candidate({ margin: 0.3, position: 1 }),
    candidate({ margin: 0.4, position: 2, losses: { none: loss(1.4), result: loss(1) } }),
    candidate({ verdict: "hopeless", bound: 0.25, position: 3, losses: undefined }),
    candidate({ verdict: "failed", position: 4, losses: undefined }),
    candidate({ verdict: "looked-ahead", margin: 2, position: 5 }),
  ]);
  const sum = (bins: readonly number[]) => bins.reduce((total, count) => total + count, 0);
  assert.is(sum(histogram.exact.bins), 2);
  assert.is(sum(histogram.bounds.bins), 2);
  const at = (tauF: number) => curve.find((point) => point.tauF === tauF)!;
  assert.equal([at(0.5).kept, at(0.5).atMost], [1, 1]);
  assert.equal([at(0.3).kept, at(0.3).atMost], [2, 3]);
  assert.equal([at(0.2).kept, at(0.2).atMost], [2, 4]);
  assert.equal(verdicts, { kept: 1, below: 2, hopeless: 1, unrelated: 0, failed: 1, "looked-ahead": 1 });
  assert.equal(
    examples.worst.map(({ margin, bounded }) => [margin, bounded]),
    [
      [0.3, false],
      [0.4, true],
    ],
  );
});

const few = fc.record({
  document: fc.integer({ min: 0, max: 5 }),
  part: fc.integer({ min: 0, max: 1 }),
  position: fc.integer({ min: 0, max: 4 }),
  input: fc.constantFrom("1", "2", "3"),
  margin: fc.integer({ min: -8, max: 12 }).map((step) => step / 8),
});

/** All sorted, taken from the start while the passage still has room. */
function taken(all: readonly Candidate[], rank: (margin: number) => number, most: number, ofPassage: number): Candidate[] {
  const order = [...all].sort(
    (a, b) =>
      rank(a.margin!) - rank(b.margin!) ||
      a.document - b.document ||
      a.part - b.part ||
      a.position - b.position ||
      (a.input < b.input ? -1 : 1),
  );
  const room = new Map<string, number>();
  return order
    .filter(({ document, part }) => {
      const left = room.get(`${document}/${part}`) ?? ofPassage;
      room.set(`${document}/${part}`, left - 1);
      return left > 0;
    })
    .slice(0, most);
}

const place = ({ document, part, position, input }: Candidate | ReportExample) => `${document}/${part}/${position}/${input}`;

test("the examples are those that sorting all candidates gives, in whatever order they came", () => {
  const distinct = fc.uniqueArray(few, {
    maxLength: 90,
    selector: ({ document, part, position, input }) => [document, part, position, input].join(),
  });
  fc.assert(
    fc.property(distinct, (all) => {
      const candidates = all.map((given) => candidate(given));
      const { examples } = reportOn(candidates);
      const kept = candidates.filter(({ verdict }) => verdict === "kept");
      const below = candidates.filter(({ verdict }) => verdict === "below");
      const best = taken(kept, (margin) => -margin, 8, 2).map(place);
      const worst = taken(below, (margin) => margin, 8, 2).map(place);
      assert.equal(examples.best.map(place), best);
      assert.equal(examples.worst.map(place), worst);
      const near = [...taken(kept, (margin) => margin, 4, 1).reverse(), ...taken(below, (margin) => -margin, 4, 1)].map(place);
      assert.equal(
        examples.borderline.map(place),
        near.filter((one) => !best.includes(one) && !worst.includes(one)),
      );
    }),
    { numRuns: 300 },
  );
});

test("two runs give the same report but for their times, whatever was done first and whatever the cache held", () => {
  const all = candidatesOf(60);
  const first = build(all);
  for (const seed of [1, 2, 3]) {
    const builder = new ReportBuilder(parameters);
    for (const { candidate: one, passage } of shuffled(all, seed)) builder.add(one, passage);
    const figures = figuresOf(all, 60);
    const tools = Object.fromEntries(
      Object.entries(figures.tools).map(([name, { executed, cached, passedOver, ...rest }]) => [
        name,
        {
          ...rest,
          executed: executed - 5,
          cached: cached + 5,
          passedOver: Object.fromEntries(Object.entries(passedOver).reverse()),
          ms: { read: seed, sample: 1, execute: 2, filter: 3 },
        },
      ]),
    );
    const again = builder.finish({ ...figures, tools, started: "2025-03-05T10:00:00Z", seconds: 9 });
    const bytes = ({ times: _, ...rest }: Report) => JSON.stringify(rest);
    assert.is(bytes(again), bytes(first));
    assert.is.not(JSON.stringify(again.times), JSON.stringify(first.times));
  }
});

test("a report is its JSON, and the JSON does not grow with the candidates", () => {
  const small = build(candidatesOf(60));
  assert.equal(JSON.parse(JSON.stringify(small)), small);
  const [some, many] = [150, 1500].map((documents) => JSON.stringify(build(candidatesOf(documents), 60)).length);
  assert.ok(many! < 1.6 * some!, `${some} and ${many} characters`);
});

test("an example stands in as much of its text as a reader needs", () => {
  const text = `${"Long before. ".repeat(40)}It is 6 * 7 =\n 42 in all, ${"long after ".repeat(40)}`;
  const position = text.indexOf("42");
  const { before, after } = reportOn([candidate({ margin: 1, position })], 1, text).examples.best[0]!;
  assert.ok(before.startsWith("…"));
  assert.ok(before.endsWith("before. It is 6 * 7 ="));
  assert.ok(after.startsWith("\n 42 in all, long"));
  assert.ok(after.endsWith("…"));
  assert.ok(text.includes(before.slice(1) + after.slice(0, -1)));
  assert.ok(before.length <= 161 && before.length > 120, `${before.length} before`);
  assert.ok(after.length <= 121 && after.length > 90, `${after.length} after`);
});

test("no cut goes through a character", () => {
  for (const shift of ["", "x"]) {
    const text = `${shift}${"😀".repeat(300)}`;
    const { before, after } = reportOn([candidate({ margin: 1, position: 300 + shift.length })], 1, text).examples.best[0]!;
    assert.match(before, /^…(😀)+$/u);
    assert.match(after, /^(😀)+…$/u);
  }
});

test("the loss before is the lower of the two, and its log-probabilities are shown", () => {
  const logprobs = (first: number) => [first, -1];
  const losses = (none: number, call: number) => ({
    none: { value: none, logprobs: logprobs(-none) },
    call: { value: call, logprobs: logprobs(-call) },
    result: { value: 0.5, logprobs: logprobs(-0.5) },
  });
  const tokens = [" 42", " in"];
  const { best } = reportOn([
    candidate({ margin: 1.5, losses: losses(2, 3), tokens }),
    candidate({ margin: 1, losses: losses(2, 1.5), tokens, position: 1 }),
  ]).examples;
  assert.equal(
    best.map((example) => example.loss),
    [
      { before: 2, after: 0.5, baseline: "none" },
      { before: 1.5, after: 0.5, baseline: "call" },
    ],
  );
  assert.equal(best[1]!.tokens, [
    { text: " 42", without: -1.5, with: -0.5 },
    { text: " in", without: -1, with: -1 },
  ]);
});

test("a result of a megabyte is cut", () => {
  const [example] = reportOn([candidate({ margin: 1, output: "word ".repeat(200_000) })]).examples.best;
  assert.ok(example!.output.length <= 601);
});

test("a candidate of a tool that is not taught is told", () => {
  const builder = new ReportBuilder(oneTool);
  try {
    builder.add(candidate({ tool: "Search" }), { text: "x" });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ToolwrightError);
    assert.is((error as ToolwrightError).code, "unknown-tool");
    assert.match((error as ToolwrightError).message, "a:1 has a call to Search");
    assert.match((error as ToolwrightError).remedy, "Tool");
  }
});

test("a tool that did nothing, and a corpus without passages, have a report", () => {
  const { tools, times } = new ReportBuilder(oneTool).finish(runFigures());
  const { executed: _, cached: __, ms, ...figures } = noFigures();
  assert.equal(tools[0]!.figures, { ...figures, ran: 0 });
  assert.equal(times.tools["Tool"], { ms, executed: 0, cached: 0 });
  assert.ok(tools[0]!.curve.every(({ kept, perPassage }) => kept === 0 && perPassage === 0));
});

test.run();
