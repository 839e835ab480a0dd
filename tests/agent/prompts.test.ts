import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createAgent, type PromptBook, readPrompts, shippedPrompts } from "../../agent/index.js";
import type { ToolwrightError } from "../../errors.js";
import { scriptedModel } from "../../models/index.js";
import { calculator } from "../../tools/index.js";
import { openTrace, recordTo, replayRuns } from "../../traces/index.js";

const SHIPPED = fileURLToPath(new URL("../../../data/prompts", import.meta.url));

async function withFolder(files: Readonly<Record<string, unknown>>, use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-prompts-"));
  try {
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const german = {
  version: 1,
  source: "a test",
  text: "Antworte kurz. Wo ein Werkzeug hilft, rufe es in eckigen Klammern auf.\n{tools}",
  tool: "[{name}({arguments})]: {description}",
};

const problemOf = (use: () => unknown): ToolwrightError => {
  try {
    use();
  } catch (error) {
    return error as ToolwrightError;
  }
  return assert.unreachable() as never;
};

test("every prompt that is shipped is read, with its source and version", async () => {
  const book = shippedPrompts();
  for (const file of await readdir(SHIPPED)) {
    const name = file.replace(".json", "") as Exclude<keyof PromptBook, "digest">;
    assert.equal(book[name], JSON.parse(await readFile(join(SHIPPED, file), "utf8")), file);
    assert.ok(book[name].source.length > 10 && book[name].version >= 1, file);
  }
  assert.match(book.digest, /^[0-9a-f]{32}$/);
});

test("own prompts stand for those of their name, and the model reads them", () =>
  withFolder({ "tools.json": german }, async (folder) => {
    const prompts = readPrompts(folder);
    assert.equal(prompts["chain-of-thought"], shippedPrompts()["chain-of-thought"]);
    assert.is.not(prompts.digest, shippedPrompts().digest);
    const model = scriptedModel([["Gut."]]);
    await createAgent({ model, tools: [calculator()], prompts }).ask("Wie viel ist 2 mal 3?");
    assert.match(model.given.prompts[0]!.messages[0]!.content, /^Antworte kurz\..*\n\[Calculator\(expression\)\]: /);
  }));

test("the digest is of what a model may read, not of who wrote it", () =>
  withFolder({ "tools.json": { ...shippedPrompts().tools, source: "somebody else", version: 9 } }, (folder) => {
    assert.is(readPrompts(folder).digest, shippedPrompts().digest);
  }));

test("what is no prompt says which file and what is wrong", async () => {
  for (const [files, message] of [
    [{}, /has no prompts/],
    [{ "tool.json": german }, /tool\.json is not a prompt's name/],
    [{ "tools.json": "{" }, /tools\.json is no JSON/],
    [{ "tools.json": { ...german, text: "no place for them" } }, /tools\.json does not fit: .*\{tools\}/],
    [{ "tools.json": { ...german, extra: 1 } }, /does not fit/],
  ] as const) {
    await withFolder(files, (folder) => {
      const { code, message: said, exitCode } = problemOf(() => readPrompts(folder));
      assert.equal([code, exitCode], ["prompts-invalid", 2]);
      assert.match(said.replace(/\s+/g, " "), message);
    });
  }
  assert.match(problemOf(() => readPrompts("/no/such/folder")).message, "cannot be read");
});

test("a trace names its prompts, and a replay with others says so and compares the rest", () =>
  withFolder({ "tools.json": german }, async (folder) => {
    const prompts = readPrompts(folder);
    const file = join(folder, "trace.jsonl");
    const trace = await recordTo(file);
    await createAgent({ model: scriptedModel([["6."]]), tools: [calculator()], prompts, trace }).ask("Wie viel ist 2 mal 3?");
    await trace.close();
    let changed = 0;
    const onChangedPrompts = () => changed++;
    assert.is((await replayRuns(await openTrace(file), { onChangedPrompts }))[0]!.answer, "6.");
    assert.is(changed, 1);
    await replayRuns(await openTrace(file), { prompts, onChangedPrompts });
    assert.is(changed, 1);
  }));

test.run();
