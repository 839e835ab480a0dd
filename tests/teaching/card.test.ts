import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type CardContents, dataCard, licenceBeside } from "../../teaching/card.js";
import { noFigures } from "../../teaching/figures.js";
import type { Figures, Parameters } from "../../teaching/record.js";

const test = suite("data card");

const figures = (more: Partial<Figures>): Figures => ({ ...noFigures(), ...more });

const parameters: Parameters = {
  model: { name: "SmolLM2-135M-Instruct", digest: "b179c952", storage: "Q8_0", runtime: "llama.cpp" },
  tools: [
    { name: "Calculator", version: "3", tauS: 0, tauF: 0.5, topK: 20, samples: 10 },
    { name: "Calendar", version: "1", tauS: 0.05, tauF: 1, topK: 5, samples: 5 },
  ],
  placement: "before",
  economy: true,
  related: true,
  now: "2025-01-01T12:00:00.000Z",
  timeZone: "UTC",
  seed: 7,
  window: 512,
  overlap: 128,
  format: 1,
  version: "0.1.0",
};

const contents: CardContents = {
  parameters,
  figures: {
    documents: 1250,
    passages: 1300,
    setAside: 2,
    lessons: 1290,
    lessonsWithCalls: 800,
    tools: { Calculator: figures({ tried: 1100, candidates: 9000, executed: 1500, cached: 100, failed: 40, kept: 1900, calls: 1200 }) },
  },
  corpus: [{ name: "data/gsm8k_train.jsonl", licence: "MIT" }],
  command: "toolwright teach data/gsm8k_train.jsonl --tool calculator --out out/",
};

/** The head's plain members, lists under their name; enough YAML for what a card has. */
function headOf(card: string): Record<string, string | string[]> {
  const [, yaml = ""] = /^---\n(.*?)\n---\n/s.exec(card) ?? [];
  const head: Record<string, string | string[]> = {};
  let last = "";
  for (const line of yaml.split("\n")) {
    const [, name, value = ""] = /^(\w+):(?: (.*))?$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name;
      head[name] = value === "" ? [] : value;
    } else (head[last] as string[]).push(line.replace(/^- /, ""));
  }
  return head;
}

/** Rows of a Markdown table by their first cell. */
const rowsOf = (card: string) =>
  new Map(
    card
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => {
        const [name = "", ...others] = line
          .slice(2, -2)
          .split(/(?<!\\) \| /)
          .map((cell) => cell.trim());
        return [name, others];
      }),
  );

test("the head is what the hub reads", () => {
  assert.equal(headOf(dataCard(contents)), {
    license: "mit",
    task_categories: ["text-generation"],
    size_categories: ["1K<n<10K"],
    tags: ["tool-use", "toolformer", "toolwright"],
    configs: ["config_name: default", "  data_files: dataset.jsonl"],
  });
});

test("counts, tools, model, licences, parameters and the command are told", () => {
  const card = dataCard(contents);
  const rows = rowsOf(card.slice(0, card.indexOf("## How it was made")));
  assert.equal(rows.get("documents read"), ["1,250"]);
  assert.equal(rows.get("set aside with an error"), ["2"]);
  assert.equal(rows.get("of them with calls"), ["800"]);
  assert.equal(rows.get("Calculator"), ["1,100", "9,000", "1,600", "40", "0", "1,900", "1,200"]);
  assert.equal(rows.get("Calendar"), ["0", "0", "0", "0", "0", "0", "0"]);
  assert.equal(rows.get("`data/gsm8k_train.jsonl`"), ["MIT"]);
  const made = rowsOf(card.slice(card.indexOf("## How it was made")));
  assert.equal(made.get("model"), ["SmolLM2-135M-Instruct"]);
  assert.equal(made.get("its file's SHA-256"), ["`b179c952`"]);
  assert.equal(made.get("stored as"), ["Q8_0"]);
  assert.equal(made.get("Calculator"), ["3", "0", "0.5", "20", "10"]);
  assert.equal(made.get("seed"), ["7"]);
  assert.match(card, `\`\`\`sh\n${contents.command}\n\`\`\``);
  assert.match(card, "# Texts with calls to Calculator and Calendar\n");
});

test("what is not stated is said not to be, and is unknown to the hub", () => {
  const card = dataCard({ ...contents, corpus: [...contents.corpus, { name: "notes" }] });
  assert.is(headOf(card).license, "[mit, unknown]");
  assert.equal(rowsOf(card).get("`notes`"), ["not stated"]);
});

test("a licence of one's own is other to the hub, with its name", () => {
  const card = dataCard({ ...contents, corpus: [{ name: "notes", licence: 'ours: "all | rights"' }] });
  assert.is(headOf(card).license, "other");
  assert.is(headOf(card).license_name, JSON.stringify('ours: "all | rights"'));
  assert.match(card, '| `notes` | ours: "all \\| rights" |');
});

test("names and commands cannot leave their place in the page", () => {
  const card = dataCard({ ...contents, corpus: [{ name: "a`b|c\nd" }], command: "teach '```'" });
  assert.match(card, "| `` a`b\\|c d `` | not stated |");
  assert.match(card, "````sh\nteach '```'\n````");
});

test("how long it took and what the cache held does not show", () => {
  const tools = (more: Partial<Figures>) => ({ ...contents, figures: { ...contents.figures, tools: { Calculator: figures(more) } } });
  assert.is(
    dataCard(tools({ executed: 5, cached: 0, ms: { read: 1, sample: 2, execute: 3, filter: 4 } })),
    dataCard(tools({ executed: 2, cached: 3 })),
  );
});

test("the licences of the shipped texts are found beside them", async () => {
  const shipped = (name: string) => licenceBeside(fileURLToPath(new URL(`../../../data/${name}`, import.meta.url)), "file");
  assert.is(await shipped("gsm8k_train.jsonl"), "MIT");
  assert.is(await shipped("self_instruct_seed_tasks.jsonl"), "Apache-2.0");
  assert.is(await shipped("plain-questions.jsonl"), undefined);
});

test("a folder's licence is the file in it; a program's licence beside a file says nothing of it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-card-"));
  try {
    await writeFile(join(folder, "LICENSE"), "Ours.\n");
    await writeFile(join(folder, "notes.md"), "text");
    assert.is(await licenceBeside(join(folder, "notes.md"), "file"), undefined);
    assert.is(await licenceBeside(folder, "folder"), "LICENSE");
    await writeFile(join(folder, "LICENSE"), "Creative Commons Attribution 4.0 International\n");
    assert.is(await licenceBeside(folder, "folder"), "CC-BY-4.0");
    await mkdir(join(folder, "empty"));
    assert.is(await licenceBeside(join(folder, "empty"), "folder"), undefined);
    assert.is(await licenceBeside(join(folder, "nowhere"), "folder"), undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
