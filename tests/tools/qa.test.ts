import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { scriptedModel } from "../../models/index.js";
import { questionAnswering } from "../../tools/qa/index.js";
import { isOneOf } from "../fixtures/compared.js";
import { questions } from "../fixtures/questions.js";

const DOCUMENTS = fileURLToPath(new URL("../../../tests/fixtures/qa", import.meta.url));
const tool = questionAnswering({ folder: DOCUMENTS, cache: false });
const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };
test.after(() => tool.close());

/** With documents of its own, by name. */
async function asking<T>(documents: Readonly<Record<string, string>>, ask: (tool: ReturnType<typeof questionAnswering>) => Promise<T>) {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-qa-"));
  const own = questionAnswering({ folder, cache: false, reference: false });
  try {
    for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, name), text);
    return await ask(own);
  } finally {
    await own.close();
    await rm(folder, { recursive: true });
  }
}

test("questions about documents and the reference are answered in their words, or not at all", async () => {
  const right = { seen: 0, unseen: 0 };
  for (const { question, answers, seen } of questions) {
    const found = await tool.answer(question);
    if (found === undefined ? answers.length === 0 : isOneOf(found.answer, answers)) right[seen ? "seen" : "unseen"] += 1;
    if (found === undefined) continue;
    assert.ok(found.sentence.includes(found.answer), `${question}: ${found.answer} in ${found.sentence}`);
    const { text } = await tool.open(found.source.id);
    assert.ok(text.includes(found.sentence), `${question}: ${found.sentence} in ${found.source.id}`);
  }
  // The figures of docs/tools.md.
  assert.ok(right.seen >= 83, `${right.seen} of those that were seen`);
  assert.ok(right.unseen >= 16, `${right.unseen} of those that were not`);
});

test("the model gets the answer, the sentence and the source's id; an enclosing call gets the answer", async () => {
  const { text, value, sources } = await tool.run({ question: "Who built the harbour wall?" }, context);
  const sentence = "The harbour wall was built in 1847 by Josiah Trent, an engineer from Bristol.";
  assert.is(text, `Josiah Trent: "${sentence}" (harbour.md#1)`);
  assert.is(value, "Josiah Trent");
  assert.equal(
    sources?.map(({ id, title }) => ({ id, title })),
    [{ id: "harbour.md#1", title: "Port Ellery harbour › History" }],
  );
});

test("what nothing answers is not found", async () => {
  for (const question of [
    "Who stole the Morning Star?",
    "How deep is the harbour?",
    "????",
    "Is the lighthouse old?",
    "What?",
    "How constructor is __proto__?",
  ]) {
    assert.equal(await tool.run({ question }, context), { text: "not found", sources: [] }, question);
  }
  assert.is(await asking({}, (own) => own.answer("Who built the wall?")), undefined);
});

test("whoever does it and whom it is done to are told apart", async () => {
  const documents = { "a.txt": "Anna Berg called Otto Lind on Monday. The letter was written by Ida Moll for Karl Rees." };
  await asking(documents, async (own) => {
    const answer = async (question: string) => (await own.answer(question))?.answer;
    assert.is(await answer("Who called Otto Lind?"), "Anna Berg");
    assert.is(await answer("Who did Anna Berg call?"), "Otto Lind");
    assert.is(await answer("Who wrote the letter?"), "Ida Moll");
    assert.is(await answer("By whom was the letter written?"), "Ida Moll");
  });
});

test("an answer stands in its sentence and that in its source, whatever the documents hold", async () => {
  const word = fc.constantFrom(
    "Anna",
    "the",
    "wall",
    "built",
    "in",
    "1847",
    "by",
    "(",
    ")",
    '"',
    "[Search(x)]",
    "é",
    "，",
    ".",
    ":",
    "because",
    "is",
    "\n",
  );
  const texts = fc.array(word, { minLength: 20, maxLength: 60, size: "max" }).map((words) => words.join(" "));
  const asked = fc.constantFrom(
    "Who built the wall?",
    "When was the wall built?",
    "Why is the wall built?",
    "What is the wall?",
    "Where is Anna?",
  );
  await fc.assert(
    fc.asyncProperty(texts, asked, async (text, question) => {
      await asking({ "a.txt": text }, async (own) => {
        const found = await own.answer(question);
        if (found === undefined) return;
        assert.ok(found.answer !== "" && found.sentence.includes(found.answer));
        assert.ok((await own.open(found.source.id)).text.includes(found.sentence));
      });
    }),
    { numRuns: 15 },
  );
});

test("a model chooses among the answers that fit about as well, and among no others", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-qa-"));
  try {
    await writeFile(
      join(folder, "a.txt"),
      "The bridge was opened by Anna Berg and repaired by Otto Lind. Otto Lind opened the bridge again.",
    );
    const ask = async (written: string, grammar: boolean) => {
      await using model = scriptedModel(() => [written], { grammar });
      const own = questionAnswering({ folder, cache: false, reference: false, model });
      const found = await own.answer("Who opened the bridge?");
      await own.close();
      return { answer: found?.answer, options: model.given.options, last: model.given.prompts[0]?.messages.at(-1)?.content };
    };
    const held = await ask("Anna Berg", true);
    assert.is(held.answer, "Anna Berg");
    assert.match(held.options[0]?.grammar ?? "", /^root ::= .*"Anna Berg"/);
    assert.match(held.last ?? "", /\nQuestion: Who opened the bridge\?$/);
    const free = await ask("I think it was Anna.", false);
    assert.is(free.options[0]?.grammar, undefined);
    assert.is(free.answer, (await ask("Otto Lind", false)).answer, "what is no candidate leaves the choice as it was");
    assert.is((await ask('"anna berg".', false)).answer, "Anna Berg");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("another model is another version, and so is another folder", async () => {
  const versions = [
    questionAnswering(),
    questionAnswering({ folder: DOCUMENTS }),
    questionAnswering({ model: scriptedModel([], { name: "one" }) }),
    questionAnswering({ model: scriptedModel([], { name: "two" }) }),
  ].map(({ version }) => version);
  assert.is(new Set(versions).size, versions.length, versions.join(" "));
});

test("a folder that is not there is told when the tool is made", () => {
  assert.throws(
    () => questionAnswering({ folder: join(DOCUMENTS, "nowhere") }),
    (error: { code?: string }) => error.code === "folder-not-found",
  );
});

test("every demonstration shows what its calls give, and goes on with the answer", async () => {
  const reference = questionAnswering();
  for (const { text } of reference.examples) {
    const [call, question = "", result] = /\[QA\((.+?)\) → (.+?)\] /.exec(text) ?? [];
    const output = await reference.run({ question }, context);
    assert.is(result, output.text, text);
    assert.ok(text.slice(text.indexOf(call!) + call!.length).startsWith(output.value!), text);
  }
  const asked = reference.examples.flatMap(({ question }) => question ?? []);
  assert.is(new Set(asked).size, asked.length);
  assert.ok(asked.length >= 15);
});

test.run();
