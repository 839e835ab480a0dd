import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatResult, stripMarkers } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { datasetFormat, datasetLine, readDataset } from "../../teaching/dataset.js";
import { escapeMarkers, markerSpans, unescapeMarkers } from "../../teaching/escape.js";
import { markerPlace, markText, readMarked } from "../../teaching/marked.js";
import { lessonOf } from "../../teaching/merge.js";
import type { Candidate, Lesson, Passage } from "../../teaching/record.js";

const test = suite("dataset");

const TOOLS = ["Calculator", "Search"];

const passage = (text: string, more: Partial<Passage> = {}): Passage => ({
  document: 0,
  part: 0,
  id: "notes.md",
  source: "notes.md",
  before: "",
  text,
  ...more,
});

const candidate = (position: number, more: Partial<Candidate> = {}): Candidate => ({
  passage: "notes.md",
  document: 0,
  part: 0,
  tool: "Calculator",
  position,
  probability: 0.1,
  input: "48/2",
  samples: 1,
  output: "24",
  margin: 1,
  verdict: "kept",
  ...more,
});

const lesson = (text: string, kept: readonly Candidate[]): Lesson => lessonOf(passage(text), kept, { tools: TOOLS });

/** The marked text when the calculator's call stands at the first `24`. */
const marked = (text: string): string => lesson(text, [candidate(text.indexOf("24"))]).marked;

/** Text made of what could be mistaken for a call, an escape or an end of either. */
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."[]()\\ \n\t\r$-\"'→.é𝟛",
        "24",
        "[Calculator",
        "[Calculator(",
        "[Search(",
        "(1)]",
        " → 2]",
        "[Calculator\\(",
        "Foo",
        "[Foo(",
        "[Foo\\(",
      ),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(""));

const awkwardCandidates = (text: string): fc.Arbitrary<Candidate[]> =>
  fc.array(
    fc
      .record({
        position: fc.nat(Math.max(0, text.length)),
        tool: fc.constantFrom(...TOOLS),
        input: fc.oneof(fc.constantFrom("48/2", "(1+2)*3", '"a)"', "[Search(x)", "what's new", "\\(", ")", "a\nb"), awkward),
        output: fc.oneof(fc.constantFrom("24", "", "a ] b\n→"), awkward),
        margin: fc.double({ min: 0.5, max: 3, noNaN: true }),
      })
      .map(({ position, ...more }) => candidate(position, more)),
    { maxLength: 6 },
  );

const withCandidates = awkward.chain((text) => fc.tuple(fc.constant(text), awkwardCandidates(text)));

test("a call goes before the white space before its token", () => {
  assert.is(marked("She sold 48/2 = 24 clips."), "She sold 48/2 = [Calculator(48/2) → 24] 24 clips.");
  assert.is(marked("She sold 48/2 =  \t24 clips."), "She sold 48/2 = [Calculator(48/2) → 24]  \t24 clips.");
});

test("at the head of a text or a line the marker comes first, after what the line is indented by", () => {
  assert.is(marked("24 clips"), "[Calculator(48/2) → 24] 24 clips");
  assert.is(marked("clips:\n24"), "clips:\n[Calculator(48/2) → 24] 24");
  assert.is(marked("clips:\r\n  24"), "clips:\r\n  [Calculator(48/2) → 24] 24");
  assert.is(marked("  24"), "  [Calculator(48/2) → 24] 24");
});

test("a currency or a sign goes with its number", () => {
  assert.is(marked("It is 48/2 = $24 now"), "It is 48/2 = [Calculator(48/2) → 24] $24 now");
  assert.is(marked("$24 is 48/2"), "[Calculator(48/2) → 24] $24 is 48/2");
  assert.is(marked("It is -24"), "It is [Calculator(48/2) → 24] -24");
  assert.is(marked("x-24"), "x- [Calculator(48/2) → 24]24");
});

test("where nothing separates a token from what is before it the marker still reads as one", () => {
  assert.is(marked("48/2=24 clips"), "48/2= [Calculator(48/2) → 24]24 clips");
  assert.equal(readMarked("48/2= [Calculator(48/2) → 24]24 clips", TOOLS), {
    text: "48/2=24 clips",
    calls: [{ tool: "Calculator", input: "48/2", output: "24", place: 5 }],
  });
});

test("the agent shows a lesson's text without its calls", () => {
  for (const text of ["She sold 48/2 = 24 clips.", "24 clips", "clips:\n24", "It is 48/2 = $24 now"]) {
    assert.is(stripMarkers(marked(text), TOOLS), text);
  }
});

test("calls of several tools stand together in order of position", () => {
  const { calls, marked } = lesson("In Rome 48/2 = 24 clips were sold.", [
    candidate(15),
    candidate(3, { tool: "Search", input: "where", output: "Rome [city]", sources: [{ id: "a", title: "A" }] }),
  ]);
  assert.is(marked, "In [Search(where) → Rome (city)] Rome 48/2 = [Calculator(48/2) → 24] 24 clips were sold.");
  assert.equal(calls, [
    { tool: "Search", position: 3, input: "where", output: "Rome [city]", margin: 1, sources: [{ id: "a", title: "A" }] },
    { tool: "Calculator", position: 15, input: "48/2", output: "24", margin: 1 },
  ]);
});

test("of the calls at one place the best stays, also where one begins at a currency", () => {
  const text = "48/2 = $24";
  const kept = [
    candidate(7, { input: "48/2*1", margin: 1.5 }),
    candidate(8, { input: "48/2", margin: 2 }),
    candidate(8, { input: "12*2" }),
  ];
  assert.equal(
    lesson(text, kept).calls.map(({ position, input }) => [position, input]),
    [[8, "48/2"]],
  );
});

test("of the calls with one output the first in the text stays, wherever it helps most", () => {
  const apart = [candidate(3, { margin: 2, input: "48 / 2" }), candidate(8, { margin: 3 }), candidate(8, { input: "12*2", margin: 4 })];
  assert.equal(
    lesson("so 24 or 24", apart).calls.map(({ position, input }) => [position, input]),
    [[3, "48 / 2"]],
  );
});

test("a call that gives back what was put into it is none", () => {
  assert.equal(lesson("so 24", [candidate(3, { input: " 24 ", margin: 3 })]).calls, []);
});

test("of the calls at one place with one output the shortest stays, of others the best", () => {
  const kept = [
    candidate(3, { input: "48/2*1", margin: 3 }),
    candidate(3, { input: "48 / 2", margin: 1 }),
    candidate(3, { input: "2", output: "2", margin: 0.9 }),
  ];
  assert.equal(
    lesson("so 24", kept).calls.map(({ input, margin }) => [input, margin]),
    [["48 / 2", 1]],
  );
  assert.equal(
    lesson("so 24", [...kept, candidate(3, { input: "20+5", output: "25", margin: 2 })]).calls.map(({ input }) => input),
    ["20+5"],
    "the margin of what stands for its output counts",
  );
});

test("equal margins give the earlier place, whatever order the candidates come in", () => {
  const kept = [candidate(3), candidate(8)];
  for (const order of [kept, [...kept].reverse()]) assert.is(lesson("so 24 or 24", order).calls[0]?.position, 3);
});

test("no call goes inside a call that the text itself shows, and that is escaped", () => {
  const text = "see [Calculator(48/2) → 24] and 24";
  const { calls, marked } = lesson(text, [candidate(24, { margin: 3 }), candidate(32)]);
  assert.equal(
    calls.map(({ position }) => position),
    [32],
  );
  assert.is(marked, "see [Calculator\\(48/2) → 24] and [Calculator(48/2) → 24] 24");
  assert.is(readMarked(marked, TOOLS).text, text);
});

test("a call that begins and never ends does not swallow the call after it", () => {
  const text = 'see [Calculator("48 and 24';
  const { marked } = lesson(text, [candidate(24)]);
  assert.equal(readMarked(marked, TOOLS), { text, calls: [{ tool: "Calculator", input: "48/2", output: "24", place: 23 }] });
});

test("what could not be read again is no call of a lesson", () => {
  const kept = [")", "a\nb", '"open', "1 [Search(x)"].map((input) => candidate(3, { input }));
  assert.equal(lesson("so 24", kept).calls, []);
});

test("a call has the clock that its tool saw: the one given, or the passage's date", () => {
  const dated = passage("so 24", { date: "2024-05-17" });
  assert.is(lessonOf(dated, [candidate(3)], { tools: TOOLS }).calls[0]?.now, "2024-05-17");
  assert.is(lessonOf(dated, [candidate(3)], { tools: TOOLS, now: "2024-05-17T12:00:00Z" }).calls[0]?.now, "2024-05-17T12:00:00Z");
});

test("text without an opening of a call is not touched by the escape", () => {
  for (const text of ["[1] \\[f(x) = 2\\] [see](http://x.y/a(b)) a\\[0\\]", "[Foo(1)] [Calculator] Calculator(1) [Calculator (1)]"]) {
    assert.is(escapeMarkers(text, TOOLS), text);
  }
});

test("an escape is taken back for every text, and nothing of it reads as a call", () => {
  fc.assert(
    fc.property(awkward, (text) => {
      const escaped = escapeMarkers(text, TOOLS);
      assert.is(unescapeMarkers(escaped), text);
      assert.equal(markerSpans(escaped, TOOLS), []);
      if (!/\[\w+\\*\(/.test(text)) assert.is(escaped, text);
    }),
    { numRuns: 2000 },
  );
});

test("a later position never has an earlier place", () => {
  fc.assert(
    fc.property(awkward, (text) => {
      for (let position = 1; position < text.length; position++) {
        assert.ok(markerPlace(text, position - 1) <= markerPlace(text, position), JSON.stringify([text, position]));
      }
    }),
    { numRuns: 1000 },
  );
});

test("for every text and all candidates, what a lesson shows gives back its text and its calls", () => {
  let calls = 0;
  fc.assert(
    fc.property(withCandidates, ([text, kept]) => {
      const made = lesson(text, kept);
      const read = readMarked(made.marked, TOOLS);
      assert.is(read.text, text);
      assert.equal(
        read.calls,
        made.calls.map(({ tool, input, output, position }) => ({
          tool,
          input,
          output: formatResult(output),
          place: markerPlace(text, position),
        })),
      );
      const places = read.calls.map(({ place }) => place);
      assert.equal(
        places,
        [...new Set(places)].sort((a, b) => a - b),
      );
      calls += made.calls.length;
    }),
    { numRuns: 3000 },
  );
  assert.ok(calls > 1000, `${calls} calls`);
});

test("a call is left out only for another at its place, for its output earlier on, or since it could not stand there at all", () => {
  fc.assert(
    fc.property(withCandidates, ([text, kept]) => {
      const { calls } = lesson(text, kept);
      const place = ({ position }: { position: number }) => markerPlace(text, position);
      const standing = new Set(calls.map(place));
      const outputs = (one: { tool: string; output?: string }) => JSON.stringify([one.tool, one.output]);
      for (const left of kept) {
        if (lesson(text, [left]).calls.length === 0 || standing.has(place(left))) continue;
        const here = new Set(kept.filter((other) => place(other) === place(left)).map(outputs));
        assert.ok(calls.some((call) => call.position < left.position && here.has(outputs(call))));
      }
    }),
    { numRuns: 500 },
  );
});

const inFolder = (act: (file: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-dataset-"));
  try {
    await act(join(folder, "dataset.jsonl"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const all = async (file: string): Promise<Lesson[]> => {
  const lessons: Lesson[] = [];
  for await (const one of readDataset(file)) lessons.push(one);
  return lessons;
};

async function refusal(file: string, content: string): Promise<ToolwrightError> {
  await writeFile(file, content);
  try {
    await all(file);
  } catch (error) {
    assert.instance(error, ToolwrightError);
    return error as ToolwrightError;
  }
  throw new Error("it was read");
}

test(
  "lessons are read as they were written",
  inFolder(async (file) => {
    const lessons = [
      lessonOf(passage("so 24", { question: "How many?", date: "2024-05-17", meta: { page: 3, tags: ["a", null] } }), [candidate(3)], {
        tools: TOOLS,
      }),
      lessonOf(passage("naïve 𝟛\u2028 [Calculator(1)]", { part: 1, id: "notes.md#1" }), [], { tools: TOOLS }),
    ];
    await writeFile(file, lessons.map(datasetLine).join(""));
    assert.equal(await all(file), lessons);
  }),
);

test("a line names its format first and does not depend on the order of members", () => {
  const { id, ...others } = lesson("so 24", [candidate(3)]);
  assert.is(datasetLine({ ...others, id }), datasetLine({ id, ...others }));
  assert.ok(datasetLine({ id, ...others }).startsWith(`{"format":${datasetFormat},"id":`));
});

test(
  "a line longer than the reader's pieces is one lesson",
  inFolder(async (file) => {
    const long = lesson(`so 24 ${"é and more. ".repeat(60_000)}`, [candidate(3)]);
    await writeFile(file, datasetLine(long) + datasetLine(long));
    assert.is((await all(file)).length, 2);
  }),
);

test(
  "a dataset of another version is refused by name",
  inFolder(async (file) => {
    const line = datasetLine(lesson("so 24", []));
    const error = await refusal(file, line + line.replace('"format":1', '"format":2'));
    assert.is(error.code, "dataset-newer");
    assert.is(error.message, `${file}, line 2 has format 2; this version of toolwright reads format 1.`);
  }),
);

test(
  "a line that is no lesson is refused with its number and the reason",
  inFolder(async (file) => {
    const line = datasetLine(lesson("so 24", [candidate(3)]));
    for (const [content, reason] of [
      ['{"text": "so"}\n', 'no "format"'],
      [`${line}{"format":1,`, "line 2 is no lesson: .*JSON"],
      [`${line}\n[]\n`, "line 3 is no lesson: it is no object"],
      [line.replace('"text":"so 24"', '"text":24'), "string"],
      [line.replace('"margin":1', '"margin":"1"'), "margin"],
      [line.replace('"text":"so 24"', '"text":"so 25"'), '"marked" is not "text" with "calls"'],
      [line.replace('"output":"24"', '"output":"25"'), '"marked" is not'],
      [line.replace('"position":3', '"position":0'), '"marked" is not'],
    ] as const) {
      const { code, message } = await refusal(file, content);
      assert.is(code, "bad-line", content);
      assert.match(message, new RegExp(reason));
    }
  }),
);

test("a file that is not there is said to be", async () => {
  try {
    await all("nowhere.jsonl");
    assert.unreachable();
  } catch (error) {
    assert.is((error as ToolwrightError).code, "file-unreadable");
  }
});

test("marking without calls is the escape", () => {
  fc.assert(fc.property(awkward, (text) => assert.is(markText(text, [], TOOLS), escapeMarkers(text, TOOLS))));
});

test.run();
