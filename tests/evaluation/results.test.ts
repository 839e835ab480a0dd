import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ResultsFile, readResults } from "../../evaluation/results.js";
import { inFolder } from "../teaching/small-teaching.js";
import { configuration, parameters, result, thrownBy } from "./small-results.js";

const test = suite("results file");
const { now: _now, ...given } = parameters;

async function two(file: string): Promise<void> {
  await using results = await ResultsFile.open(file, given, { resume: false });
  assert.equal([...results.begin(configuration("a"))], []);
  results.add(result("1", true));
  results.add(result("2", false));
  results.end({ configuration: "a", seconds: 1, tokens: 26 });
}

test(
  "what is written is read, and gone on with under the same clock",
  inFolder(async (folder) => {
    const file = join(folder, "deep", "r.jsonl");
    await two(file);
    const before = await readResults(file);
    assert.equal(before.configurations, [
      {
        configuration: configuration("a"),
        results: [result("1", true), result("2", false)],
        sittings: [{ configuration: "a", seconds: 1, tokens: 26 }],
      },
    ]);
    {
      await using results = await ResultsFile.open(file, { ...given, version: "9" }, { resume: true });
      assert.is(results.parameters.now, before.parameters.now);
      assert.equal([...results.begin(configuration("a"))], ["1", "2"]);
      assert.equal([...results.begin(configuration("b"))], []);
      results.add(result("3", true, { configuration: "b" }));
      assert.equal(
        results.configurations.map(({ results }) => results.length),
        [2, 1],
      );
    }
    assert.equal(
      (await readResults(file)).configurations.map(({ results }) => results.map(({ id }) => id)),
      [["1", "2"], ["3"]],
    );
    // Every line is JSON on its own.
    for (const line of (await readFile(file, "utf8")).trimEnd().split("\n")) JSON.parse(line);
  }),
);

test(
  "half a line is left out, and removed by who goes on",
  inFolder(async (folder) => {
    const file = join(folder, "r.jsonl");
    await two(file);
    await appendFile(file, '{"i":5,"kind":"result","configuration":"a","id":"3');
    assert.is((await readResults(file)).configurations[0]!.results.length, 2);
    await using results = await ResultsFile.open(file, given, { resume: true });
    assert.is(results.begin(configuration("a")).size, 2);
    results.add(result("3", true));
    await results.close();
    assert.is((await readResults(file)).configurations[0]!.results.length, 3);
  }),
);

test(
  "a file that is there is not written over, nor gone on with under other parameters or by two",
  inFolder(async (folder) => {
    const file = join(folder, "r.jsonl");
    await two(file);
    const bytes = await readFile(file, "utf8");
    const refused = async (more: object, code: string, says: RegExp, resume = true) => {
      const error = await thrownBy(ResultsFile.open(file, { ...given, ...more }, { resume }));
      assert.is(error.code, code);
      assert.match(error.message, says);
    };
    await refused({}, "output-exists", /r\.jsonl is there already/, false);
    await refused({ match: "exact" }, "parameters-differ", /\(match: number, now exact\)/);
    await refused({ tasks: { ...given.tasks, name: "other", digest: "1" } }, "parameters-differ", /\(tasks\.digest: 0+, now 1\)/);
    await refused({ now: "2020-01-01T00:00:00.000Z" }, "parameters-differ", /now 2020/);
    {
      await using results = await ResultsFile.open(file, given, { resume: true });
      assert.throws(() => results.begin(configuration("a", { model: { name: "m", digest: "other" } })), /model\.digest: d, now other/);
      await refused({}, "trace-in-use", /r\.jsonl/);
    }
    assert.is(await readFile(file, "utf8"), bytes);
  }),
);

test(
  "what is no results file is named so, and a changed one is found out",
  inFolder(async (folder) => {
    const file = join(folder, "r.jsonl");
    for (const content of ["", "hello\n", '{"question":"a?"}\n', "null\n"]) {
      await writeFile(file, content);
      assert.is((await thrownBy(readResults(file))).code, "not-results", content);
    }
    assert.is((await thrownBy(readResults(join(folder, "none.jsonl")))).code, "file-unreadable");
    const own = join(folder, "own.jsonl");
    await two(own);
    await writeFile(own, (await readFile(own, "utf8")).replace('"correct":false', '"correct":true'));
    assert.is((await thrownBy(readResults(own))).code, "trace-changed");
  }),
);

test.run();
