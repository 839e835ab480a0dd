import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { differenceText, diffTraces, openTrace } from "../../traces/index.js";
import { all, inFolder, multiply, recordRuns, smallModel } from "./small-agent.js";

const test = suite("diff");

const saying = (...pieces: readonly string[]) =>
  smallModel((written) => {
    let text = "";
    for (const piece of pieces) {
      if (text === written.replace(/ → \w+\]/g, "")) return piece;
      text += piece;
    }
    return undefined;
  });

async function differences(folder: string, a: Parameters<typeof recordRuns>, b: Parameters<typeof recordRuns>): Promise<string[]> {
  await recordRuns(join(folder, a[0]), ...(a.slice(1) as [string[]]));
  await recordRuns(join(folder, b[0]), ...(b.slice(1) as [string[]]));
  return (await all(diffTraces(await openTrace(join(folder, a[0])), await openTrace(join(folder, b[0]))))).map(differenceText);
}

test(
  "the same run twice, in other pieces, does not differ",
  inFolder(async (folder) => {
    assert.equal(await differences(folder, ["a", ["Q"], saying("One ", "two ", "three")], ["b", ["Q"], saying("One two", " three")]), []);
  }),
);

test(
  "a text that differs is named by the line where it parts",
  inFolder(async (folder) => {
    const list = await differences(folder, ["a", ["Q"], saying("One ", "two ", "three")], ["b", ["Q"], saying("One ", "two ", "four")]);
    assert.equal(list, [
      'run 1, output text (line 8 | line 8): "One two three" ≠ "One two four"',
      'run 1, event text (line 9 | line 9): "One two three" ≠ "One two four"',
      'run 1, event answer (line 11 | line 11): text: "One two three" ≠ "One two four"',
    ]);
  }),
);

test(
  "a call that one run has and the other has not is passed over",
  inFolder(async (folder) => {
    const list = await differences(folder, ["a", ["Q"], saying("[Multiply(2*3)", " six")], ["b", ["Q"], saying(" six")]);
    assert.equal(list, [
      'run 1, output text (line 4 | line 4): "[Multiply(2*3)" ≠ " six"',
      'run 1, event call (line 5 | –): only in the first: {"n":0,"type":"call","id":"c0","tool":"Multiply","input":"2*3","span":[0,0]}',
      ...list.slice(2, 6),
    ]);
    assert.ok(
      list.slice(2).every((text) => text.includes("| –): only in the first")),
      list.join("\n"),
    );
  }),
);

test(
  "a difference in a long text is shown where it is",
  inFolder(async (folder) => {
    const long = "word ".repeat(200);
    const [first = ""] = await differences(folder, ["a", ["Q"], saying(`${long}one`)], ["b", ["Q"], saying(`${long}two`)]);
    assert.match(first, /"[word ]+one" ≠ …"[word ]+two"/);
    assert.ok(first.length < 250);
  }),
);

test(
  "questions, results and the number of runs are compared too",
  inFolder(async (folder) => {
    const model = () => saying("[Multiply(2*3)");
    const list = await differences(folder, ["a", ["Q", "R"], model(), multiply], ["b", ["P"], model(), { Multiply: () => "7" }]);
    assert.match(list[0]!, 'run 1, run (line 2 | line 2): question: "Q" ≠ "P"');
    assert.match(list[1]!, "prompt");
    assert.match(list[2]!, 'run 1, result (line 6 | line 6): output: "6" ≠ "7"');
    assert.match(list.at(-1)!, /run 2, run \(line \d+ \| –\): only in .*a/);
  }),
);

test.run();
