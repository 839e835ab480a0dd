import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { entriesOf } from "../../teaching/store.js";
import type { TeachOptions } from "../../teaching/teach.js";
import { Journal } from "../../traces/journal.js";
import {
  bytesOf,
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
import { rejected } from "./small-tools.js";
import type { ChildSettings } from "./teaching-child.js";

const test = suite("teaching: stopped and gone on with");
const CHILD = fileURLToPath(new URL("teaching-child.js", import.meta.url));

/** `npm run soak` takes more. */
const KILLS = Number(process.env["TEACHING_KILLS"] ?? 50);

/** Ends with what the child said; `saw` hears each line at once. */
function start(settings: ChildSettings, saw: (line: string, child: ChildProcessWithoutNullStreams) => void = () => {}) {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(settings)]);
  const lines: string[] = [];
  let rest = "";
  let errors = "";
  child.stdin.on("error", () => {});
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const all = (rest + text).split("\n");
    rest = all.pop()!;
    for (const line of all) {
      lines.push(line);
      saw(line, child);
    }
  });
  const ended = new Promise<string[]>((resolve, reject) =>
    child.on("error", reject).on("close", () => {
      if (errors !== "") reject(new Error(errors));
      resolve(lines);
    }),
  );
  return { child, ended };
}

/** Stops runs again and again, and goes on with each until it is complete. @returns how often it was stopped before its end */
async function killed(folder: string, settings: Omit<ChildSettings, "out">, kills: number, patience: number): Promise<number> {
  let done = 0;
  for (let round = 0; done < kills; round++) {
    const out = join(folder, `${settings.model}-${round}`);
    for (let complete = false; !complete; ) {
      const spare = done >= kills;
      const early = Math.random() < 0.1;
      const { child, ended } = start({ ...settings, out, resume: true }, (line) => {
        if (line === "start" && !spare) void setTimeout(Math.random() * patience).then(() => child.kill("SIGKILL"));
      });
      if (early && !spare) void setTimeout(Math.random() * 300).then(() => child.kill("SIGKILL"));
      const lines = await ended;
      assert.not.ok(
        lines.some((line) => line.includes(": ")),
        lines.at(-1),
      );
      complete = lines.at(-1) === "written";
      if (!complete) done++;
    }
    await sameBytes(out, join(folder, "whole"));
    const entries: string[] = [];
    for await (const entry of entriesOf(out)) entries.push(entry.kind === "end" ? "end" : `${entry.document}.${entry.part}`);
    assert.is(new Set(entries).size, entries.length, "each passage once");
  }
  return done;
}

test(
  `killed at ${KILLS} random moments, runs end with the bytes of one that was not`,
  inFolder(async (folder) => {
    const many = join(folder, "many");
    const few = join(folder, "few");
    await Promise.all([mkdir(many), mkdir(few)]);
    const hashing = { corpus: await corpusIn(many, linesOf(textsOf(60))), model: "hashing", delay: 1 } as const;
    const tiny = { corpus: await corpusIn(few, linesOf(textsOf(12))), model: "tiny" } as const;
    await taught(smallTeaching({ ...hashing, model: hashingModel(), out: join(many, "whole") }));
    await using model = await tinyTeachingModel();
    await taught(smallTeaching({ ...tiny, model, out: join(few, "whole") }));
    assert.match((await bytesOf(join(few, "whole")))["dataset"]!, /\[Place\([a-h]\) → \d\]/);
    const [one, other] = await Promise.all([killed(many, hashing, 0.7 * KILLS, 80), killed(few, tiny, 0.3 * KILLS, 500)]);
    assert.ok(one + other >= KILLS);
  }),
);

test(
  "a journal that was cut anywhere is gone on with to the same bytes",
  inFolder(async (folder) => {
    const lines = linesOf(textsOf(6)).split("\n");
    lines.splice(2, 0, "not JSON");
    const corpus = await corpusIn(folder, lines.join("\n"));
    const whole = join(folder, "whole");
    await taught(smallTeaching({ corpus, out: whole }));
    const journal = await readFile(join(whole, "journal.jsonl"));
    const header = journal.indexOf(10);
    const goesOn = async (length: number) => {
      const out = join(folder, "cut");
      await rm(out, { recursive: true, force: true });
      await mkdir(out);
      await writeFile(join(out, "journal.jsonl"), journal.subarray(0, length));
      await taught(smallTeaching({ corpus, out, resume: true }));
      await sameBytes(out, whole, `when cut after ${length} of ${journal.length} bytes`);
    };
    for (const length of [0, 1, header - 1, header, header + 1, header + 2, journal.length - 1, journal.length]) await goesOn(length);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: journal.length }), goesOn), { numRuns: 40 });
  }),
);

test(
  "two processes on one dataset refuse each other",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(3)));
    const out = join(folder, "out");
    const settings = { corpus, out, model: "hashing" } as const;
    let held: (() => void) | undefined;
    const holding = new Promise<void>((resolve) => (held = resolve));
    const first = start({ ...settings, hold: 1 }, (line) => line === "passage" && held?.());
    await holding;
    const [said] = await start({ ...settings, resume: true }).ended;
    assert.match(said!, /^trace-in-use: .*out\/journal\.jsonl is being written by process \d+\. Wait until it is done/);
    first.child.stdin.end();
    assert.is((await first.ended).at(-1), "written");
    assert.is(readdirSync(out).filter((name) => name.includes("lock")).length, 0);
  }),
);

test(
  "an interrupted run finishes the document at hand, and goes on to the same bytes",
  inFolder(async (folder) => {
    const long = textsOf(60).join(" ");
    const corpus = await corpusIn(folder, linesOf(["Once 1 word.", long, ...textsOf(2)]));
    await taught(smallTeaching({ corpus, out: join(folder, "whole") }));
    const parts = (await eventsOf(smallTeaching({ corpus }))).filter((event) => event.type === "passage" && event.lesson.document === 1);
    assert.ok(parts.length > 2);

    const out = join(folder, "out");
    // It waits after the long document's first part; the signal comes to it there.
    const { child, ended } = start({ corpus, out, model: "hashing", hold: 2 }, (_, { pid }) => pid);
    let seen = 0;
    child.stdout.on("data", (text: string) => {
      seen += text.split("passage").length - 1;
      if (seen < 2) return;
      child.kill("SIGINT");
      void setTimeout(100).then(() => child.stdin.end());
    });
    assert.equal(await ended, ["start", ...new Array(1 + parts.length).fill("passage"), "end false", "written"]);
    const stopped = JSON.parse((await bytesOf(out))["report"]!) as { corpus: { documents: number } };
    assert.is(stopped.corpus.documents, 2);

    await taught(smallTeaching({ corpus, out, resume: true }));
    await sameBytes(out, join(folder, "whole"));
  }),
);

/** Runs the child with so many KiB for each file. */
async function onSmallDisk(kib: number, settings: ChildSettings): Promise<string> {
  const script = `ulimit -f ${kib}; exec "$0" "$1" "$2" | cat`;
  const { stdout } = await promisify(execFile)("bash", ["-c", script, process.execPath, CHILD, JSON.stringify(settings)]);
  return stdout;
}

test(
  "a disk that is full stops the run with an error; with room again it goes on to the same bytes",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(9)));
    const whole = join(folder, "whole");
    await taught(smallTeaching({ corpus, out: whole }));
    const size = (await readFile(join(whole, "journal.jsonl"))).length / 1024;
    assert.ok(size > 24);

    const out = join(folder, "out");
    const settings = { corpus, out, model: "hashing" } as const;
    const said = await onSmallDisk(16, settings);
    assert.match(
      said,
      /\ntrace-unwritable: .*journal\.jsonl cannot be written: .* Nothing that was done is lost\. Make room, then .*--resume\.\n$/,
    );
    assert.ok(said.split("passage").length > 2);
    assert.not(existsSync(join(out, "dataset.jsonl")));

    // Now the journal has room, with what the stopped writer left in it, and the page has not.
    const page = (await readFile(join(whole, "report.html"))).length / 1024;
    assert.ok(page > Math.ceil(size) + 6, `the page has ${page} KiB, the journal ${size}`);
    const written = await onSmallDisk(Math.ceil(size) + 6, { ...settings, resume: true });
    assert.match(written, /trace-unwritable: .*report\.html cannot be written: .*--resume/);
    assert.match(await onSmallDisk(10_000, { ...settings, resume: true }), /start\nend true\nwritten\n$/);
    await sameBytes(out, whole);
  }),
);

/** What a folder holds, by name. */
function contents(folder: string): { readonly [name: string]: string } {
  const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
  return Object.fromEntries(readdirSync(folder).map((name) => [name, digest(join(folder, name))]));
}

const TEXTS = textsOf(4);
const tool = { tool: placeTool(), tauS: 0, tauF: -20, topK: 2, samples: 2 };

for (const [what, code, message, change, corpus = linesOf(TEXTS)] of [
  ["without --resume", "output-exists", /out has a dataset already/, { resume: false }],
  ["with another τf", "parameters-differ", /tools\.0\.tauF: -20, now 1\)/, { tools: [{ ...tool, tauF: 1 }] }],
  [
    "with another tool",
    "parameters-differ",
    /tools\.0\.name: Place, now Other/,
    { tools: [{ ...tool, tool: placeTool({ name: "Other" }) }] },
  ],
  ["with another seed", "parameters-differ", /seed: 0, now 7/, { seed: 7 }],
  ["as another shard", "parameters-differ", /shard\.index: not set, now 1/, { shard: { index: 1, of: 2 } }],
  [
    "with another model",
    "parameters-differ",
    /model\.storage: F32, now Q8_0/,
    { model: { ...hashingModel(), identity: { name: "hashing", digest: "0".repeat(64), storage: "Q8_0", runtime: "none" } } },
  ],
  ["with a text that was changed", "corpus-changed", /texts\.jsonl, line 2 is not the text/, {}, linesOf(TEXTS.with(1, "Other 1."))],
  ["with a text more at the beginning", "corpus-changed", /texts\.jsonl, line 1 is not/, {}, linesOf(["New 1.", ...TEXTS])],
  ["with a text less at the end", "corpus-changed", /ends before texts\.jsonl, line 4/, {}, linesOf(TEXTS.slice(0, 3))],
  ["with a lower limit", "corpus-changed", /or its --limit, ends before texts\.jsonl, line 3/, { limit: 2 }],
  ["with other dates", "corpus-changed", /line 1 is not/, {}, TEXTS.map((text) => `{"text":"${text}","date":"2024-01-01"}\n`).join("")],
  ["with a line that is broken now", "corpus-changed", /line 2 is not/, {}, linesOf(TEXTS).replace('\n{"text"', "\n{text")],
] as [string, string, RegExp, Partial<TeachOptions>, string?][]) {
  test(
    `going on ${what} is refused, and the dataset stays as it is`,
    inFolder(async (folder) => {
      const out = join(folder, "out");
      const file = await corpusIn(folder, linesOf(TEXTS));
      await taught(smallTeaching({ corpus: file, out }));
      const before = contents(out);
      await writeFile(file, corpus);
      const error = (await rejected(eventsOf({ ...smallTeaching({ corpus: file, out, resume: true }), ...change }))) as ToolwrightError;
      assert.is(error.code, code, error.message);
      assert.match(error.message, message);
      assert.is(error.exitCode, 2);
      assert.equal(contents(out), before);
    }),
  );
}

test(
  "more documents at the end, by the corpus or by the limit, are gone on with",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(6)));
    await taught(smallTeaching({ corpus, out: join(folder, "whole") }));
    const out = join(folder, "out");
    await taught(smallTeaching({ corpus, out, limit: 2 }));
    await taught(smallTeaching({ corpus, out, limit: 4, resume: true }));
    await writeFile(corpus, linesOf(textsOf(5)));
    await taught(smallTeaching({ corpus, out, resume: true }));
    await writeFile(corpus, linesOf(textsOf(6)));
    const [begun] = await taught(smallTeaching({ corpus, out, resume: true }));
    assert.equal([begun?.type === "start" && begun.documents, begun?.type === "start" && begun.done], [5, 5]);
    await sameBytes(out, join(folder, "whole"));
  }),
);

test(
  "what was set aside stays so when it is gone on with, though it is mended now",
  inFolder(async (folder) => {
    const good = linesOf(TEXTS);
    const corpus = await corpusIn(folder, `{"text": 1}\n${good}`);
    const out = join(folder, "out");
    await taught(smallTeaching({ corpus, out, limit: 3 }));
    await writeFile(corpus, linesOf(["Mended 1.", ...TEXTS]));
    await taught(smallTeaching({ corpus, out, resume: true }));
    const lessons = (await readFile(join(out, "dataset.jsonl"), "utf8")).trim().split("\n");
    assert.equal(
      lessons.map((line) => (JSON.parse(line) as { text: string }).text),
      TEXTS,
    );
  }),
);

for (const [what, code, members] of [
  ["of another format", "dataset-newer", '"kind":"teach","parameters":{"format":99}'],
  ["of something else", "not-a-dataset", '"kind":"trace"'],
] as const) {
  test(
    `a journal ${what} is left alone`,
    inFolder(async (folder) => {
      const out = join(folder, "out");
      await Journal.create(join(out, "journal.jsonl"), members)!.close();
      const before = contents(out);
      const corpus = await corpusIn(folder, linesOf(TEXTS));
      const error = (await rejected(eventsOf(smallTeaching({ corpus, out, resume: true })))) as ToolwrightError;
      assert.is(error.code, code);
      assert.is(error.exitCode, 2);
      assert.equal(contents(out), before);
    }),
  );
}

test(
  "a journal that somebody changed is refused, with the line",
  inFolder(async (folder) => {
    const out = join(folder, "out");
    const corpus = await corpusIn(folder, linesOf(TEXTS));
    await taught(smallTeaching({ corpus, out }));
    const file = join(out, "journal.jsonl");
    await writeFile(file, (await readFile(file, "utf8")).replace('"position":', '"position":1'));
    const error = (await rejected(eventsOf(smallTeaching({ corpus, out, resume: true })))) as ToolwrightError;
    assert.is(error.code, "trace-changed");
    assert.match(error.message, /journal\.jsonl, line 2/);
    assert.is(((await rejected(outputs(out))) as ToolwrightError).code, "trace-changed");
  }),
);

test(
  "files of a folder that are no part of a dataset are not written over",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(TEXTS));
    await writeFile(join(folder, "README.md"), "mine");
    for (const resume of [false, true]) {
      const error = (await rejected(eventsOf(smallTeaching({ corpus, out: folder, resume })))) as ToolwrightError;
      assert.is(error.code, "output-exists");
      assert.match(error.message, /README\.md is there already/);
    }
    assert.equal(readdirSync(folder).sort(), ["README.md", "texts.jsonl"]);
  }),
);

for (const [what, code, corpus] of [
  ["is missing", "corpus-not-found", "missing.jsonl"],
  ["is an empty folder", "corpus-empty", "nothing"],
] as const) {
  test(
    `a corpus that ${what} leaves nothing behind`,
    inFolder(async (folder) => {
      await mkdir(join(folder, "nothing"));
      const out = join(folder, "out");
      const error = (await rejected(eventsOf(smallTeaching({ corpus: join(folder, corpus), out })))) as ToolwrightError;
      assert.is(error.code, code);
      assert.is(error.exitCode, 2);
      assert.not(existsSync(out));
    }),
  );
}

test.run();
