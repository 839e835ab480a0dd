import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { readDataset } from "../../teaching/dataset.js";
import { exportDataset } from "../../teaching/export.js";
import type { Candidate, Passage } from "../../teaching/record.js";
import { type TeachEvent, teach } from "../../teaching/teach.js";
import {
  corpusIn,
  eventsOf,
  hashingModel,
  inFolder,
  linesOf,
  outputs,
  placeTool,
  sameBytes,
  smallTeaching,
  taught,
  textsOf,
  tinyTeachingModel,
} from "./small-teaching.js";
import { lying, rejected } from "./small-tools.js";

const test = suite("teach");

const passagesOf = (events: readonly TeachEvent[]) => events.filter((event) => event.type === "passage");
const asideOf = (events: readonly TeachEvent[]) => events.filter((event) => event.type === "set-aside");

test(
  "the same corpus, seed and model give the same bytes; another seed gives others",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(4)));
    for (const [out, seed] of [
      ["one", 1],
      ["two", 1],
      ["three", 2],
    ] as const) {
      // Each opened anew, as it is by another process.
      await using model = await tinyTeachingModel();
      await taught(smallTeaching({ corpus, model, seed, out: join(folder, out) }));
    }
    await sameBytes(join(folder, "one"), join(folder, "two"));
    const candidates = (out: string) => readFile(join(folder, out, "candidates.jsonl"), "utf8");
    assert.is.not(await candidates("one"), await candidates("three"));
    assert.match(await readFile(join(folder, "one", "dataset.jsonl"), "utf8"), /\[Place\("?[a-h]"?\) → \d\]/);
  }),
);

test(
  "a text's candidates do not depend on the texts before it, nor on the tools that these were tried on",
  inFolder(async () => {
    const other = { tool: placeTool({ name: "Other" }), tauS: 0, tauF: -20, topK: 2, samples: 2 };
    // A tool that is tried on some only, and texts of both kinds: each has a beginning of its own.
    const heuristic = ({ document }: Passage) => ({ tried: document % 2 === 1, reason: "odd" });
    const tools = [
      { ...other, tool: placeTool() },
      { ...other, heuristic },
    ];
    const texts = textsOf(5).map((text, document): Passage => {
      const question = document === 2 ? { question: "How many letters?" } : {};
      return { document, part: 0, id: `${document}`, source: `text ${document}`, before: "", text, ...question };
    });
    const from = async (first: number) => {
      await using model = await tinyTeachingModel();
      const corpus = (async function* () {
        yield* texts.slice(first);
      })();
      const events = await eventsOf({ ...smallTeaching({ corpus, model }), tools });
      return passagesOf(events).map(({ lesson, candidates }) => JSON.stringify([lesson, candidates]));
    };
    const all = await from(0);
    assert.is(all.length, 5);
    for (const first of [1, 2, 4]) {
      const rest = await from(first);
      for (const [at, one] of rest.entries()) assert.ok(one === all[first + at], `text ${first + at}, in a run from text ${first} on`);
    }
  }),
);

test(
  "events come in the order of the corpus, and each text is in the journal before its event",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf([...textsOf(2), textsOf(40).join(" "), ...textsOf(1)]));
    const out = join(folder, "out");
    const seen: string[] = [];
    for await (const event of teach(smallTeaching({ corpus, out }))) {
      if (event.type !== "passage") seen.push(event.type);
      else {
        seen.push(`${event.lesson.document}.${event.lesson.part}`);
        const journal = (await readFile(join(out, "journal.jsonl"), "utf8")).trim().split("\n");
        assert.ok(journal.at(-1)!.includes(JSON.stringify(event.lesson)));
      }
    }
    assert.equal(seen.slice(0, 4), ["start", "0.0", "1.0", "2.0"]);
    assert.equal(seen.slice(-3), [`2.${seen.length - 6}`, "3.0", "end"]);
    // One who stops listening leaves the dataset free.
    const other = join(folder, "other");
    for await (const { type } of teach(smallTeaching({ corpus, out: other }))) if (type === "passage") break;
    assert.is(passagesOf(await eventsOf(smallTeaching({ corpus, out: other, resume: true }))).length, seen.length - 3);
  }),
);

test(
  "what cannot be taught is set aside with its error, shows in the report, and the run goes on",
  inFolder(async (folder) => {
    await mkdir(join(folder, "texts"));
    const put = (name: string, content: string | Buffer) => writeFile(join(folder, "texts", name), content);
    const long = { text: "It has 7 letters.", meta: { notes: "m".repeat(200_000) } };
    const dated = { text: "It has 7 letters.", date: { ["d".repeat(200_000)]: 1 } };
    const named = { question: "q ".repeat(900), solution: "It has 7 letters.", id: "n".repeat(200_000) };
    const lines = [
      JSON.stringify({ text: textsOf(1)[0] }),
      "not JSON",
      '{"other": 1}',
      ...[long, dated, named].map((line) => JSON.stringify(line)),
    ];
    await put("a.jsonl", `${lines.join("\n")}\n`);
    await put("b.txt", Buffer.from([0, 1, 2, 255, 254, 0, 0, 7]));
    await put("c.txt", "");
    await put("d.txt", textsOf(1)[0]!);
    const out = join(folder, "out");
    const events = await taught(smallTeaching({ corpus: join(folder, "texts"), out, window: 2000 }));
    assert.equal(
      asideOf(events).map(({ code, source }) => `${source}: ${code}`),
      [
        "a.jsonl, line 2: bad-line",
        "a.jsonl, line 3: bad-line",
        "a.jsonl, line 4: passage-too-long",
        "a.jsonl, line 5: bad-line",
        "a.jsonl, line 6: passage-too-long",
        "b.txt: not-text",
        "c.txt: not-text",
      ],
    );
    assert.is(passagesOf(events).length, 2);
    const report = JSON.parse(await readFile(join(out, "report.json"), "utf8")) as {
      corpus: { documents: number; passages: number; setAside: { id: string; message: string }[] };
    };
    assert.equal([report.corpus.documents, report.corpus.passages, report.corpus.setAside.length], [9, 2, 7]);
    assert.match(report.corpus.setAside[0]!.message, /a\.jsonl, line 2: not JSON/);
    assert.ok(report.corpus.setAside.every(({ id, message }) => id.length <= 1001 && message.length <= 1001));
    // The journal can be read and gone on with.
    await taught(smallTeaching({ corpus: join(folder, "texts"), out, window: 2000, resume: true }));
  }),
);

test("a document whose prompt is too long for the model loses its rest, and the next one is taught", async () => {
  const model = { ...hashingModel(), contextSize: 260, tokens: 0 };
  const corpus = (async function* () {
    const passage = (document: number, part: number, text: string): Passage => {
      return { document, part, id: `${document}#${part}`, source: `text ${document}`, before: "", text };
    };
    yield passage(0, 0, "It has 7 letters.");
    yield passage(0, 1, "many words ".repeat(100));
    yield passage(0, 2, "It has 8 letters.");
    yield passage(1, 0, "It has 9 letters.");
  })();
  const events = await eventsOf(smallTeaching({ model, corpus }));
  assert.equal(
    events.map((event) => (event.type === "passage" ? event.lesson.id : event.type === "set-aside" ? event.code : event.type)),
    ["start", "0#0", "passage-too-long", "1#0", "end"],
  );
  assert.match(asideOf(events)[0]!.message, /text 0: with its prompt the text has \d+ tokens; hashing reads 260/);
});

test("what fails for another reason than the document ends the run", async () => {
  const model = {
    ...hashingModel(),
    read: async () => {
      throw new Error("the graphics card is on fire");
    },
    tokens: 0,
  };
  const corpus = (async function* () {
    yield { document: 0, part: 0, id: "a", source: "a", before: "", text: "It has 7 letters." };
  })();
  assert.is(((await rejected(eventsOf(smallTeaching({ model, corpus })))) as Error).message, "the graphics card is on fire");
});

test(
  "markers that a text has stay text: escaped in the lesson, as they were in an export",
  inFolder(async (folder) => {
    const text = "He wrote [Place(a) → 1] and [Place(b)] and [Place( to 5 people, [1] [link](x) [Other(2)] once.";
    const corpus = await corpusIn(folder, `${linesOf([text])}${JSON.stringify({ question: "What?", solution: text })}\n`);
    const out = join(folder, "out");
    await using model = await tinyTeachingModel();
    const tools = [{ tool: placeTool(), tauS: 0, tauF: -20, topK: 12, samples: 2 }];
    await taught({ ...smallTeaching({ corpus, out, model }), tools });
    let calls = 0;
    for await (const lesson of readDataset(join(out, "dataset.jsonl"))) {
      calls += lesson.calls.length;
      assert.match(lesson.text, text);
      assert.match(lesson.marked, "[Place\\(a) → 1]");
      assert.not.match(lesson.marked, "[Other\\(");
      // No call stands inside of what looks like one.
      for (const { position } of lesson.calls) {
        const spans = [...lesson.text.matchAll(/\[Place\([ab]\)( → 1)?\]/g)];
        assert.not(spans.some(({ index, 0: span }) => position > index && position < index + span.length));
      }
    }
    assert.ok(calls > 0);
    const lines: string[] = [];
    for await (const line of exportDataset(readDataset(join(out, "dataset.jsonl")), "openai", [tools[0]!.tool])) lines.push(line);
    assert.is(lines.length, 1);
    const { messages } = JSON.parse(lines[0]!) as { messages: { content?: string }[] };
    assert.match(messages.map(({ content }) => content ?? "").join(""), "[Place(a) → 1]");
  }),
);

test("a tool that hangs, fails or lies gives candidates with errors, none of them kept", async () => {
  const hanging = placeTool({ timeout: 20, run: () => new Promise<string>(() => {}) });
  const failing = placeTool({
    name: "Failing",
    run: () => {
      throw new Error("no\nidea");
    },
  });
  const dishonest = { ...placeTool({ name: "Lying" }), run: lying(() => ({ text: 7 })).run };
  const settings = { tauS: 0, tauF: -20, topK: 1, samples: 1 };
  const corpus = (async function* () {
    yield { document: 0, part: 0, id: "a", source: "a", before: "", text: "It has 7 letters." };
    yield { document: 1, part: 0, id: "b", source: "b", before: "", text: "It has 8 letters." };
  })();
  const tools = [hanging, failing, dishonest].map((tool) => ({ ...settings, tool }));
  const events = await eventsOf({ ...smallTeaching({ corpus }), tools });
  const candidates = passagesOf(events).flatMap((event): Candidate[] => [...event.candidates]);
  assert.ok(candidates.length >= 6 && candidates.every(({ verdict, losses }) => verdict === "failed" && losses === undefined));
  const errors = new Map(candidates.map(({ tool, error }) => [tool, error]));
  assert.match(errors.get("Place")!, /20 ms|0\.02|took longer/);
  assert.match(errors.get("Failing")!, /no idea|no\nidea/);
  assert.is(errors.get("Lying"), "gave no text");
  assert.equal(passagesOf(events)[0]!.lesson.calls, []);
});

test(
  "texts in other languages go through, whatever their letters",
  inFolder(async (folder) => {
    const texts = [
      "这个词有 5 个字母，共 12 个。",
      "هذه الكلمة فيها ٥ أحرف و 12 رقما.",
      "Слово из 5 букв.",
      "👨‍👩‍👧‍👦 5 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 7",
      "5",
    ];
    const corpus = await corpusIn(folder, linesOf(texts));
    const out = join(folder, "out");
    await using model = await tinyTeachingModel();
    await taught(smallTeaching({ corpus, out, model }));
    const lessons: string[] = [];
    for await (const { text, marked, calls } of readDataset(join(out, "dataset.jsonl"))) {
      lessons.push(text);
      if (calls.length === 0) assert.is(marked, text);
      else assert.match(marked, /\[Place\("?[a-h]"?\) → \d\]/);
    }
    assert.equal(lessons, texts);
  }),
);

test("a corpus without anything in it ends at once", async () => {
  const events = await eventsOf(smallTeaching({ corpus: (async function* () {})() }));
  assert.equal(
    events.map(({ type }) => type),
    ["start", "end"],
  );
});

test(
  "settings that cannot be leave nothing behind",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(1)));
    const out = join(folder, "out");
    for (const [code, options] of [
      ["wrong-setting", { tools: [{ tool: placeTool(), topK: 0 }] }],
      ["bad-option", { window: 0 }],
      ["bad-option", { shard: { index: 3, of: 2 } }],
      ["unsupported", { model: { name: "m", can: { score: false } } as never }],
    ] as const) {
      const error = (await rejected(eventsOf({ ...smallTeaching({ corpus, out }), ...options }))) as ToolwrightError;
      assert.is(error.code, code);
      assert.is(error.exitCode, 2);
      assert.not(existsSync(out), code);
    }
  }),
);

/** `npm run soak` takes more. */
const MANY = Number(process.env["TEACHING_TEXTS"] ?? 5000);

test(
  "ten times the texts take the same memory",
  inFolder(async (folder) => {
    const measure = async (count: number) => {
      const corpus = await corpusIn(folder, linesOf(textsOf(count)), `${count}.jsonl`);
      const out = join(folder, `${count}`);
      const tools = [{ tool: placeTool(), tauS: 0, tauF: -20, topK: 1, samples: 1 }];
      const began = performance.now();
      let highest = 0;
      let seen = 0;
      for await (const event of teach({ ...smallTeaching({ corpus, out }), tools })) {
        if (event.type === "passage" && ++seen % (count / 4) === 0) highest = Math.max(highest, held());
      }
      const teaching = performance.now() - began;
      await outputs(out);
      highest = Math.max(highest, held());
      return {
        highest,
        told: `${(highest / 1e6).toFixed(1)} MB, ${teaching.toFixed(0)} + ${(performance.now() - began - teaching).toFixed(0)} ms`,
      };
    };
    await measure(100);
    const [few, many] = [await measure(MANY / 10), await measure(MANY)];
    console.log(`\n  ${MANY / 10} texts: ${few.told}; ${MANY}: ${many.told} (teaching + writing)`);
    assert.ok(many.highest - few.highest < MANY * 1000, `${few.told}; ${many.told}`);
  }),
);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are reachable. */
function held(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test.run();
