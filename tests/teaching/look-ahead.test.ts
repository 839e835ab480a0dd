import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { executeCalls } from "../../teaching/execute.js";
import { looksAhead } from "../../teaching/look-ahead.js";
import type { Passage } from "../../teaching/record.js";
import { calculator, search } from "../../tools/index.js";

const at = { now: new Date("2024-05-17T12:00:00Z"), timeZone: "UTC" };

const document = (text: string, more: Partial<Passage> = {}): Passage => ({
  document: 0,
  part: 0,
  id: "notes.md",
  source: "notes.md",
  before: "",
  text,
  ...more,
});

test("what a search over the document's own folder finds is dropped where it is the document, and kept where it is another", async () => {
  const root = await mkdtemp(join(tmpdir(), "toolwright-look-ahead-"));
  const folder = join(root, "notes");
  await mkdir(folder);
  const old = new Date("2020-01-01");
  for (const [name, text] of Object.entries({
    "garden.md": "The garden needs water twice a week. The pump stands behind the shed, and its key hangs in the hall.",
    "pump.md": "The pump was made in Ulm in 1931.",
    "people.jsonl": `${["Ada wrote the first program.", "Grace built the first compiler."].map((text) => JSON.stringify({ text })).join("\n")}\n`,
  })) {
    await writeFile(join(folder, name), text);
    await utimes(join(folder, name), old, old);
  }
  const tool = search({ folder, cache: false, reference: false });
  try {
    const verdicts = async (query: string, passage: Passage) => {
      const [{ output, sources } = {}] = await executeCalls(tool, [query], at);
      return looksAhead({ output: output!, sources }, passage, 0);
    };
    const garden = document("The garden needs water twice a week.", { id: "notes/garden.md", source: "notes/garden.md" });
    assert.is(await verdicts("water twice week", garden), "its source is the document itself (garden.md#1)");
    assert.is(await verdicts("Where was it made? Ulm", garden), undefined);
    // Both are found, and only the other one is shown.
    assert.is(await verdicts("pump made in Ulm 1931", garden), undefined);
    assert.is(await verdicts("open: garden.md", garden), "its source is the document itself (garden.md)");
    const person = (line: number, text: string) => document(text, { id: `people.jsonl:${line}`, source: `people.jsonl, line ${line}` });
    assert.is(
      await verdicts("compiler", person(2, "Grace built the first compiler.")),
      "its source is the document itself (people.jsonl#2)",
    );
    assert.is(await verdicts("compiler", person(1, "Ada wrote the first program.")), undefined, "another line is another document");
  } finally {
    await tool.close();
    await rm(root, { recursive: true });
  }
});

test("a source is the document by its id, its title, its address, its file from a folder on", () => {
  const result = (source: { id?: string; title?: string; url?: string }) => ({
    output: "x",
    sources: [{ id: "s", title: "t", ...source }],
  });
  const dropped = (source: Parameters<typeof result>[0], more: Partial<Passage>) =>
    looksAhead(result(source), document("Some text.", more), 0) !== undefined;
  assert.ok(dropped({ id: "doc-7" }, { id: "doc-7", source: "all.jsonl, line 7" }));
  assert.ok(dropped({ id: "wiki/peru.md#3" }, { id: "wiki/peru.md", source: "all.jsonl, line 7" }));
  assert.ok(dropped({ id: "notes.md#4" }, { id: "notes.md#2", part: 2 }));
  assert.ok(dropped({ id: "a/notes.md#4" }, { source: "../texts/a/notes.md.gz", id: "1" }));
  assert.ok(dropped({ title: "notes.md" }, {}));
  assert.ok(dropped({ title: "Peru" }, { meta: { title: "Peru" } }));
  assert.ok(dropped({ url: "https://example.org/peru" }, { meta: { url: "https://example.org/peru" } }));
  assert.ok(dropped({ url: "https://example.org/peru" }, { id: "https://example.org/peru" }));
  assert.not(dropped({ id: "my-notes.md#4" }, {}));
  assert.not(dropped({ id: "wiki:18110", title: "Peru", url: "https://en.wikipedia.org/wiki/Peru" }, { meta: { title: "Chile" } }));
  assert.not(dropped({ id: "all.jsonl#6" }, { id: "all.jsonl:7", source: "all.jsonl, line 7" }));
  assert.not(dropped({}, { source: "standard input, line 3", id: "standard input:3" }));
});

test("eight words in a row of the text to come are too many, seven are not", () => {
  const text = "Before this. The Pump — behind the shed — was MADE in Ulm; nobody knows why.";
  const position = text.indexOf("The");
  const verdict = (output: string, from = position) => looksAhead({ output, sources: [] }, document(text), from);
  assert.is(verdict("So: the pump behind the shed was made. Really."), undefined, "seven");
  assert.is(
    verdict("So: the pump, behind the shed, was made in Ulm. Really."),
    "it has words of the text to come: the pump behind the shed was made in",
  );
  assert.is(verdict("So: the pump, behind the shed, was made in Ulm. Really.", position + 5), undefined, "they stand before the position");
  assert.is(verdict("the pump behind the shed was really made in Ulm nobody"), undefined);
  const chinese = document("他的生日是一九八五年五月十七日。");
  assert.ok(looksAhead({ output: "一九八五年五月十七日", sources: [] }, chinese, 0));
  assert.is(looksAhead({ output: "一九八五年六月十七日", sources: [] }, chinese, 0), undefined);
});

test("shared words are found wherever they stand, and only then", () => {
  const word = fc.constantFrom("a", "b", "ç", "Δ1");
  const words = fc.array(word, { maxLength: 40 });
  fc.assert(
    fc.property(words, words, (one, other) => {
      const text = other.join(", ");
      const expected = one.some(
        (_, index) => index + 8 <= one.length && ` ${other.join(" ")} `.includes(` ${one.slice(index, index + 8).join(" ")} `),
      );
      assert.is(looksAhead({ output: one.join(" ").toUpperCase(), sources: [] }, document(text), 0) !== undefined, expected);
    }),
    { numRuns: 500 },
  );
});

test("what was computed is never dropped for being right", async () => {
  const sums = calculator();
  const [{ output, sources } = {}] = await executeCalls(sums, ["18+24"], at);
  await sums.close();
  assert.is(looksAhead({ output: output!, sources }, document("42 42 42 42 42 42 42 42"), 0), undefined);
  assert.is(
    looksAhead({ output: "one two three four five six seven eight" }, document("one two three four five six seven eight"), 0),
    undefined,
  );
});

test("long texts take time that grows with their length", () => {
  const text = Array.from({ length: 200_000 }, (_, index) => `w${index % 1000}`).join(" ");
  const began = process.cpuUsage();
  looksAhead({ output: `${text} x`, sources: [] }, document("a b ".repeat(100_000)), 0);
  looksAhead({ output: "x".repeat(1_000_000), sources: [] }, document("x".repeat(1_000_000)), 0);
  assert.ok(process.cpuUsage(began).user < 3_000_000, "in microseconds");
});

test.run();
