import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { contents, openTrace } from "../../traces/index.js";
import { failure, part } from "../../traces/record.js";
import { all, inFolder } from "./small-agent.js";

const test = suite("trace format");
const text = await readFile(new URL("../../../docs/trace-format.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, content = ""]) => ({ language, content }));

test(
  "the trace in the documentation is one",
  inFolder(async (folder) => {
    const file = join(folder, "documented.jsonl");
    await writeFile(file, blocks.find(({ language }) => language === "jsonl")?.content ?? "");
    const trace = await openTrace(file);
    assert.equal(await trace.verify(), { records: 15, runs: 1, unfinished: [] });
    for (const { kind, data } of await all(trace.records())) contents[kind].parse(data);
  }),
);

test("every kind of record is documented as it is", () => {
  const documented = new Set<string>();
  for (const [, kind = "", data = ""] of text.matchAll(/^(\w+) +(\{.*\})$/gm)) {
    contents[kind as keyof typeof contents].parse(JSON.parse(data));
    documented.add(kind);
  }
  assert.equal([...documented].sort(), Object.keys(contents).sort());
});

test("failures and parts are documented as they are", () => {
  const [failed, reference] = blocks.filter(({ language }) => language === "json").map(({ content }) => JSON.parse(content) as unknown);
  failure.parse(failed);
  part.parse(reference);
});

test.run();
