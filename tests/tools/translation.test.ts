import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseArguments } from "../../agent/arguments.js";
import { scriptedModel } from "../../models/index.js";
import { Bergamot } from "../../tools/translate/bergamot.js";
import { modelsIn } from "../../tools/translate/bergamot-models.js";
import { translation } from "../../tools/translate/index.js";
import { codeOf, languageOf } from "../../tools/translate/languages.js";
import { phrases } from "../fixtures/phrases.js";

const test = suite<{ folder: string }>("translation");
const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };
test.before.each(async (place) => {
  place.folder = await mkdtemp(join(tmpdir(), "toolwright-translation-"));
});
test.after.each((place) => rm(place.folder, { recursive: true }));

/** Long enough for a model's file, compressed too, and none. */
const NO_MODEL = Buffer.concat(Array.from({ length: 64 }, (_, at) => createHash("sha512").update(`${at}`).digest()));

async function put(folder: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name.endsWith(".gz") ? gzipSync(NO_MODEL) : NO_MODEL);
  }
}

const filesOf = (pair: string, folder = `tiny/${pair}`) => [
  `${folder}/model.${pair}.intgemm.alphas.bin`,
  `${folder}/lex.50.50.${pair}.s2t.bin`,
  `${folder}/vocab.${pair}.spm`,
];

const codeThrown = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

const failure = (work: Promise<unknown>): Promise<{ code?: string; message: string; remedy?: string }> =>
  work.then(
    () => ({ message: "it worked" }),
    (error) => error,
  );

test("with nothing to translate with there is no tool", () => {
  assert.is(
    codeThrown(() => translation()),
    "translator-missing",
  );
  assert.is(
    codeThrown(() => translation({ model: scriptedModel([]), to: "Klingonese" })),
    "language-unknown",
  );
});

test("a folder without a whole model is told when the tool is made, with what it lacks", async ({ folder }) => {
  assert.is(
    codeThrown(() => translation({ folder: join(folder, "nowhere") })),
    "folder-not-found",
  );
  assert.is(
    codeThrown(() => translation({ folder })),
    "translation-models-missing",
  );
  await put(folder, "tiny/fren/model.fren.intgemm.alphas.bin", "tiny/fren/vocab.fren.spm");
  assert.throws(() => translation({ folder }), /fren lacks lex\./);
  await put(folder, ...filesOf("fren"));
  await writeFile(join(folder, "tiny/fren/vocab.fren.spm"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
  assert.throws(() => translation({ folder }), /pointer of Git LFS/);
  await writeFile(join(folder, "tiny/fren/vocab.fren.spm"), "");
  assert.is(
    codeThrown(() => translation({ folder })),
    "translation-model-invalid",
  );
});

test("models are found by their files' names, compressed too, with one vocabulary or two", async ({ folder }) => {
  await put(folder, ...filesOf("fren"), ...filesOf("fren", "base/fren"), ...filesOf("ende").map((name) => `${name}.gz`));
  await put(folder, "enja/model.enja.intgemm.bin", "enja/lex.50.50.enja.s2t.bin", "enja/srcvocab.enja.spm", "enja/trgvocab.enja.spm");
  const found = modelsIn(folder);
  assert.equal(found.map(({ from, to }) => `${from} ${to}`).sort(), ["en de", "en ja", "fr en"]);
  assert.is(found.find(({ to }) => to === "ja")?.vocabularies.length, 2);
  assert.match(found.find(({ from }) => from === "fr")?.model ?? "", /tiny/);
  const bergamot = new Bergamot(found);
  assert.equal([...bergamot.sourcesFor("en")], ["fr"]);
  assert.equal([...bergamot.sourcesFor("de")].sort(), ["en", "fr"], "from French by way of English");
  assert.equal([...bergamot.sourcesFor("fr")], []);
});

test("files that are no models are refused by Bergamot itself, each time, and other calls go on", async ({ folder }) => {
  await put(folder, ...filesOf("fren"));
  const tool = translation({ folder });
  for (const text of ["la maison rouge", "où est la gare"]) {
    const error = await failure(tool.run({ text }, context));
    assert.is(error.code, "translation-model-invalid");
    assert.match(error.message, /model fr to en .*SentencePiece/);
  }
  assert.is((await tool.run({ text: "the red house" }, context)).text, "the red house", "what is in the language already stays");
  const other = await failure(tool.run({ text: "the red house", to: "German" }, context));
  assert.is(other.code, "language-not-translated");
  assert.match(other.remedy ?? "", /French to English/);
  await tool.close();
});

test("a compressed file that is damaged is named", async ({ folder }) => {
  await put(folder, ...filesOf("fren"));
  await rm(join(folder, "tiny/fren/vocab.fren.spm"));
  await writeFile(join(folder, "tiny/fren/vocab.fren.spm.gz"), NO_MODEL);
  const tool = translation({ folder });
  assert.match((await failure(tool.run({ text: "la maison rouge" }, context))).message, /vocab\.fren\.spm\.gz cannot be decompressed/);
  await tool.close();
});

test("what the models cannot translate goes to the language model", async ({ folder }) => {
  await put(folder, ...filesOf("fren"));
  await using model = scriptedModel(() => ["the red house\nor so"]);
  const tool = translation({ folder, model });
  assert.is((await tool.run({ text: "das rote Haus am See" }, context)).text, "the red house");
  await tool.close();
});

test("a language model is asked after demonstrations, in one line, greedily", async () => {
  await using model = scriptedModel(() => [" good morning "], { grammar: true });
  const tool = translation({ model });
  assert.is((await tool.run({ text: "Guten Morgen" }, context)).text, "good morning");
  await tool.run({ text: "good morning", to: "fr" }, context);
  const [into, outOf] = model.given.prompts;
  assert.is(into?.messages.at(-1)?.content, "Translate into English: Guten Morgen");
  assert.is(into?.shared, (into?.messages.length ?? 0) - 1);
  assert.is(outOf?.messages.at(-1)?.content, "Translate into French: good morning");
  assert.is(outOf?.messages[1]?.content, "la maison rouge");
  assert.is(model.given.options[0]?.temperature, undefined);
  assert.is(model.given.options[0]?.grammar, "root ::= [^\\n]+");
});

test("a language model that writes nothing has failed", async () => {
  await using model = scriptedModel(() => ["\n"]);
  assert.is((await failure(translation({ model }).run({ text: "Haus" }, context))).code, "translation-failed");
});

test("languages are known by code and by name", () => {
  for (const [given, code] of [
    ["fr", "fr"],
    ["French", "fr"],
    [" german ", "de"],
    ["UKRAINIAN", "uk"],
  ])
    assert.is(codeOf(given!), code);
  for (const given of ["", "xx", "Frenchish", "__proto__"])
    assert.is(
      codeThrown(() => codeOf(given)),
      "language-unknown",
      given,
    );
});

test("the language of short phrases is told", async () => {
  let right = 0;
  for (const { from, text } of phrases) if ((await languageOf(text)) === from) right += 1;
  // The figure of docs/tools.md.
  assert.ok(right >= 44, `${right} of ${phrases.length}`);
  assert.is(await languageOf("chemin de fer", new Set(["fr", "en"])), "fr");
  assert.is(await languageOf("12345"), undefined);
});

test("every demonstration is a call that can be read, in a language that can be told, and goes on with its result", async () => {
  const dictionary = new Map<string, string>();
  await using model = scriptedModel((messages) => [dictionary.get(messages.at(-1)!.content)!]);
  const tool = translation({ model });
  for (const { text } of tool.examples) {
    const [call, input = "", result = ""] = /\[MT\((.+)\) → (.+?)\] /.exec(text) ?? [];
    const parsed = parseArguments(input, tool);
    assert.ok(parsed.ok, `${input} can be read`);
    const args = tool.input.parse(parsed.args);
    const target = args.to ?? "English";
    dictionary.set(`Translate into ${target}: ${args.text}`, result);
    assert.is((await tool.run(args, context)).text, result, text);
    assert.ok(text.slice(text.indexOf(call!) + call!.length).startsWith(result), text);
  }
  const asked = tool.examples.flatMap(({ question }) => question ?? []);
  assert.is(new Set(asked).size, asked.length);
  assert.ok(asked.length >= 15);
});

test.run();
