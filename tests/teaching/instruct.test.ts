import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { type Message, type ScriptedModel, scriptedModel } from "../../models/index.js";
import { type InstructEvent, type InstructLine, type InstructOptions, instruct, readSeeds } from "../../teaching/instruct/index.js";
import { TestBrowser } from "../fixtures/browser.js";

const test = suite("Self-Instruct");
const seeds = await readSeeds();

const VERBS = ["Name", "Describe", "List", "Explain", "Compare", "Summarise", "Translate", "Classify"];
const NOUNS =
  "river recipe poem letter theorem planet bridge market song garden novel machine island clock dragon tax cell storm vote coin".split(" ");
const REST = ["quickly", "for children", "in two lines", "without jargon", "as a pirate", "from memory", "by its age", "near the coast"];

/** A model that writes something for every request, the same for the same request. */
function obliging(options: { readonly continues?: boolean } = {}): ScriptedModel {
  return scriptedModel((messages, written) => [answer(messages, written)], options);
}

function answer(messages: readonly Message[], written: string): string {
  const asked = messages.at(-1)!.content;
  const digest = createHash("sha256").update(`${asked}\n${written}`).digest();
  const pick = (from: readonly string[], i: number) => from[digest[i]! % from.length]!;
  if (!asked.startsWith("Task: ")) {
    const items = Array.from(
      { length: 8 },
      (_, i) => `${pick(VERBS, i)} ${pick(NOUNS, i + 8)}s, a ${pick(NOUNS, i + 16)} ${pick(REST, i + 24)} <b>.`,
    );
    return items.map((item, i) => (i === 0 && written !== "" ? ` ${item}` : `${i + 9}. ${item}`)).join("\n");
  }
  if (asked.endsWith("Is it a classification?")) return digest[0]! % 4 === 0 ? "Yes" : "No";
  if (messages[0]!.content.includes("Label:")) return `Label: old\nInput: ${digest[1]}\n\nLabel: new\nInput: ${digest[2]} & more`;
  return digest[0]! % 5 === 0 ? "Input: nothing comes of it" : `Input: ${digest[1]}\nOutput: <i>${digest[2]}</i>`;
}

const inFolder = (work: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-instruct-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function run(options: Partial<InstructOptions> & { readonly out: string }): Promise<InstructEvent[]> {
  const events: InstructEvent[] = [];
  for await (const event of instruct({ model: obliging(), seeds, count: 60, atOnce: 2, ...options })) events.push(event);
  return events;
}

async function errorOf(work: Promise<unknown>): Promise<ToolwrightError> {
  return work.then(
    () => assert.unreachable("it should fail") as never,
    (error: ToolwrightError) => error,
  );
}

/** The files of a run but its journal. */
async function filesOf(out: string): Promise<string[]> {
  return Promise.all([out, `${out}.report.json`, `${out}.report.html`].map((file) => readFile(file, "utf8")));
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as InstructLine);

test(
  "tasks are written with what teach and train read, and what they came from",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    const events = await run({ out });
    assert.is(events.at(-1)!.type, "written");
    const lines = linesOf((await filesOf(out))[0]!);
    assert.is(new Set(lines.map(({ instruction }) => instruction)).size, 60);
    assert.is(new Set(lines.map(({ id }) => id)).size, lines.length);
    assert.equal(Object.keys(lines[0]!), [
      "id",
      "instruction",
      "input",
      "output",
      "is_classification",
      "question",
      "solution",
      "rouge_max",
      "meta",
    ]);
    for (const { instruction, input, output, question, solution, rouge_max, meta } of lines) {
      assert.is(question, `${instruction}\n\n${input}`);
      assert.is(solution, output);
      assert.ok(rouge_max < 0.7);
      assert.is(meta.seeds.length, 8);
    }
    assert.ok(
      lines.some(({ id, is_classification }) => is_classification && /-2$/.test(id)),
      "a classification has a line for each label",
    );
    assert.equal(
      (await readdir(folder)).sort(),
      ["tasks.jsonl", "tasks.jsonl.journal", "tasks.jsonl.report.html", "tasks.jsonl.report.json"],
      "nothing else is left",
    );
  }),
);

test(
  "a prompt shows eight seeds at first, then six and two of the new ones",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    await run({ out, count: 80 });
    const shown = linesOf((await filesOf(out))[0]!).map(({ meta }) => meta.seeds.filter((id) => id.startsWith("accepted-")).length);
    assert.is(shown[0], 0);
    assert.is(shown.at(-1), 2);
    assert.ok(shown.every((count) => count === 0 || count === 2));
  }),
);

test(
  "the examples are 12 classification seeds and 19 others, and fewer where the context is small, which the report says",
  inFolder(async (folder) => {
    const large = obliging();
    await run({ out: join(folder, "a"), model: large, count: 1 });
    const asked = large.given.prompts.find(({ messages }) => messages.at(-1)!.content.endsWith("Is it a classification?"))!;
    const answers = asked.messages.filter(({ role }) => role === "assistant").map(({ content }) => content);
    assert.equal([answers.filter((word) => word === "Yes").length, answers.filter((word) => word === "No").length], [12, 19]);
    await run({ out: join(folder, "b"), model: Object.assign(obliging(), { contextSize: 1000 }), count: 1 });
    const { examples } = JSON.parse(await readFile(join(folder, "b.report.json"), "utf8"));
    assert.ok(examples.classification + examples.others < 31 && examples.classification > 0 && examples.others > 0);
  }),
);

test(
  "a journal cut off at any byte is gone on with to the same bytes",
  inFolder(async (folder) => {
    const whole = join(folder, "whole.jsonl");
    await run({ out: whole });
    const files = await filesOf(whole);
    const journal = await readFile(`${whole}.journal`);
    const header = journal.indexOf(10) + 1;
    const cuts = [10, header, ...Array.from({ length: 10 }, (_, i) => header + ((i * 79_199) % (journal.length - header))), journal.length];
    for (const cut of cuts) {
      const out = join(folder, `cut-${cut}.jsonl`);
      await writeFile(`${out}.journal`, journal.subarray(0, cut));
      await run({ out, resume: true });
      assert.equal(await filesOf(out), files, `cut at ${cut}`);
    }
    // What was left of a batch when it was cut off stays in the journal, and is passed over whenever that is read again.
    const out = join(folder, "again.jsonl");
    await writeFile(`${out}.journal`, journal.subarray(0, journal.length - 400));
    for (let again = 0; again < 2; again++) await run({ out, resume: true });
    assert.equal(await filesOf(out), files, "read again");
  }),
);

test(
  "more tasks than a run was to make are made from where it ended, as one run would have",
  inFolder(async (folder) => {
    const [grown, whole] = [join(folder, "grown"), join(folder, "whole")];
    await run({ out: grown, count: 20 });
    await run({ out: grown, count: 80, resume: true });
    await run({ out: whole, count: 80 });
    assert.equal(await filesOf(grown), await filesOf(whole));
  }),
);

test(
  "how quickly a model answers changes nothing; the seed changes everything",
  inFolder(async (folder) => {
    const slow = obliging();
    const open = slow.open.bind(slow);
    slow.open = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      return open(...args);
    };
    await run({ out: join(folder, "a"), atOnce: 4 });
    await run({ out: join(folder, "b"), atOnce: 7, model: slow });
    await run({ out: join(folder, "c"), atOnce: 4, seed: 1 });
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => readFile(join(folder, name), "utf8")));
    assert.is(a, b);
    assert.is.not(a, c);
  }),
);

test(
  "a model that does not continue its own text is shown the list in the question",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    const model = obliging({ continues: false });
    await run({ out, model });
    const asked = model.given.prompts.map(({ messages }) => messages.at(-1)!.content).find((text) => !text.startsWith("Task: "));
    assert.match(asked!, /\n8\. .*\n\nGo on with numbers 9 to 16/);
    assert.is(new Set(linesOf((await filesOf(out))[0]!).map(({ instruction }) => instruction)).size, 60);
  }),
);

test(
  "an output that is there is not written over, nor gone on with under other options",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    await run({ out, count: 3 });
    const refused = await errorOf(run({ out }));
    assert.is(refused.code, "output-exists");
    assert.match(refused.remedy, /--resume/);
    await rm(out);
    assert.is((await errorOf(run({ out }))).code, "output-exists", "the journal alone is one too");
    const other = await errorOf(run({ out, resume: true, seed: 7, temperature: 0.1 }));
    assert.is(other.code, "other-run");
    assert.match(other.message, /--temperature 0\.7, now 0\.1; --seed 0, now 7/);
    assert.match(
      (await errorOf(run({ out, resume: true, model: scriptedModel([], { name: "another" }) }))).message,
      /the model scripted script, now another script/,
    );
    await writeFile(`${out}.journal`, '{"i":0,"kind":"header"}\n');
    assert.is((await errorOf(run({ out, resume: true }))).code, "other-run");
    await rm(`${out}.journal`);
    await writeFile(out, "mine");
    assert.is((await errorOf(run({ out, resume: true }))).code, "output-exists");
    assert.is(await readFile(out, "utf8"), "mine");
  }),
);

test(
  "two runs on one output refuse each other",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    const first = instruct({ model: obliging(), seeds, count: 60, atOnce: 2, out });
    await first.next();
    assert.is((await errorOf(run({ out, resume: true }))).code, "trace-in-use");
    await first.return();
    await run({ out, resume: true });
  }),
);

test(
  "stopped by its signal, a run ends after the batch at hand and says how to go on",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    const stop = new AbortController();
    const events: InstructEvent[] = [];
    const stopped = await errorOf(
      (async () => {
        for await (const event of instruct({ model: obliging(), seeds, count: 1000, atOnce: 2, out, signal: stop.signal })) {
          events.push(event);
          if (events.length === 2) stop.abort();
        }
      })(),
    );
    assert.equal([stopped.code, stopped.exitCode, events.length], ["aborted", 130, 2]);
    assert.match(stopped.remedy, /--resume/);
    const [first] = await run({ out, resume: true });
    assert.equal(first, events[1]);
  }),
);

test(
  "a model that writes nothing new ends the run, with what there is written",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    const model = scriptedModel((messages) => {
      const asked = messages.at(-1)!.content;
      return [
        !asked.startsWith("Task: ")
          ? " Name three rivers of Asia.\n10. Draw it now."
          : asked.endsWith("?")
            ? "No"
            : "Output: Ob, Lena, Amur.",
      ];
    });
    const { code, message } = await errorOf(run({ out, model }));
    assert.is(code, "instruct-dry");
    assert.match(message, /1 of 60 were written/);
    const [tasks, report] = await filesOf(out);
    assert.is(linesOf(tasks!).length, 1);
    const { instructions, spare } = JSON.parse(report!);
    assert.equal(instructions, { drafted: 64, rejected: { keyword: 32, repeated: 31 }, accepted: 1 });
    assert.is(spare, 0);
  }),
);

test(
  "an endpoint's error ends the run; the batches before are kept",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    let asked = 0;
    const failing = scriptedModel((messages, written) => {
      if (++asked > 90) throw new Error("the endpoint is gone");
      return [answer(messages, written)];
    });
    assert.match((await errorOf(run({ out, model: failing }))).message, /gone/);
    await run({ out, resume: true });
    await run({ out: join(folder, "whole") });
    assert.equal(await filesOf(out), await filesOf(join(folder, "whole")));
  }),
);

test(
  "a reply that does not end is cut off, and a request that the context cannot hold gives nothing",
  inFolder(async (folder) => {
    const endless = scriptedModel((messages, written) => {
      const asked = messages.at(-1)!.content;
      return asked.startsWith("Task: ") && !asked.endsWith("?") ? ["Output: ", ..."x".repeat(20_000)] : [answer(messages, written)];
    });
    const { code } = await errorOf(run({ out: join(folder, "a"), model: endless, count: 1 }));
    assert.is(code, "instruct-dry");
    const { instances } = JSON.parse(await readFile(join(folder, "a.report.json"), "utf8"));
    assert.ok(instances.rejected["cut off"] > 0);
  }),
);

test(
  "the report counts what became of everything, and its page shows texts as texts",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    await run({ out });
    const [, json, page] = await filesOf(out);
    const report = JSON.parse(json!);
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
    assert.is(report.instructions.drafted, report.instructions.accepted + sum(report.instructions.rejected));
    assert.is(report.classification.yes + report.classification.no + report.classification.unclear, report.instructions.accepted);
    assert.is(report.instructions.accepted, report.tasks + report.spare + report.instances.withoutAny);
    assert.is(sum(report.rouge.accepted), report.instructions.accepted);
    assert.ok(sum(report.rouge.accepted.slice(14)) === 0, "no instruction from 0.7 on is taken");
    assert.ok(report.diversity.verbs.some(({ verb }: { verb: string }) => verb === "describe"));
    assert.match(page!, /<svg class="sunburst"/);
    assert.match(page!, /&#60;i&#62;\d+&#60;\/i&#62;/u);
    assert.not.match(page!, /<i>\d+<\/i>|<b>\./);
    assert.not.match(page!, /https?:\/\//, "it needs nothing from elsewhere");
  }),
);

test(
  "a browser shows its page without a complaint, without asking for anything, and within its width",
  inFolder(async (folder) => {
    const out = join(folder, "tasks.jsonl");
    await run({ out });
    const [, , html] = await filesOf(out);
    await using browser = await TestBrowser.start();
    for (const width of [1200, 420]) {
      const { page, complaints, requests } = await browser.open(html!, { width });
      assert.equal([complaints, requests], [[], []]);
      assert.match((await page.locator("h1").textContent())!, /^\d+ new tasks from 175 seed tasks$/);
      assert.ok((await page.locator("svg.sunburst path").count()) > 8, "verbs and nouns have their sectors");
      const wide = await page.locator(":root").evaluate((root) => root.scrollWidth - root.clientWidth);
      assert.is(wide, 0, `at ${width} pixels`);
    }
  }),
);

test.run();
