import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import { noDigest, seal } from "../../traces/chain.js";
import { openTrace, recordTo } from "../../traces/index.js";
import { all, errorOf, inFolder, recordRuns } from "./small-agent.js";

const test = suite("trace");

const verified = async (file: string): Promise<unknown> => (await openTrace(file)).verify();

/** A trace of which each line is chained to the one before, as a recorder would have written it. */
function writeTrace(file: string, records: Iterable<string>): void {
  const fd = openSync(file, "w");
  let index = 0;
  let prev = noDigest;
  let block = "";
  const add = (members: string): void => {
    const { line, digest } = seal(index++, members, prev);
    prev = digest;
    block += line;
    if (block.length < 1_000_000) return;
    writeSync(fd, block);
    block = "";
  };
  add('"format":"toolwright-trace","version":1,"library":"0.1.0","created":"2026-07-31T12:00:00.000Z"');
  for (const members of records) add(members);
  writeSync(fd, block);
  closeSync(fd);
}

const lines = async (file: string): Promise<string[]> => (await readFile(file, "utf8")).trimEnd().split("\n");

test(
  "a change of any byte is found and its line named",
  inFolder(async (folder) => {
    const whole = join(folder, "whole.jsonl");
    await recordRuns(whole, ["What is 6*7?"]);
    const bytes = await readFile(whole);
    const file = join(folder, "changed.jsonl");
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= mask;
        await writeFile(file, changed);
        const error = await errorOf(verified(file));
        const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
        // In the header's name and version, another file is seen; a newline put in or taken out moves the lines after it.
        const expected = line === 1 ? ["trace-changed", "not-a-trace", "trace-newer"] : ["trace-changed"];
        assert.ok(expected.includes(error.code), `${error.code}: ${error.message}`);
        if (error.code === "trace-changed") assert.match(error.message, `changed.jsonl, line ${line}:`);
      }),
      { numRuns: 200 },
    );
  }),
);

test(
  "missing, moved and copied lines are found and named",
  inFolder(async (folder) => {
    const whole = join(folder, "whole.jsonl");
    await recordRuns(whole, ["What is 6*7?", "Again?"]);
    const original = await lines(whole);
    const file = join(folder, "edited.jsonl");
    const count = original.length;
    const damage = async (edit: (text: string[]) => void): Promise<ToolwrightError> => {
      const text = [...original];
      edit(text);
      await writeFile(file, `${text.join("\n")}\n`);
      return errorOf(verified(file));
    };
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: count - 2 }), fc.integer({ min: 1, max: count - 2 }), async (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const gone = await damage((text) => text.splice(first, last - first + 1));
        assert.is(gone.code, "trace-missing");
        assert.match(gone.message, first === last ? `record ${first} is missing` : `records ${first} to ${last} are missing`);
        assert.match(gone.message, `line ${first + 1}:`);
        if (first === last) return;
        const swapped = await damage((text) => ([text[first], text[last]] = [text[last]!, text[first]!]));
        assert.is(swapped.code, "trace-moved");
        assert.match(swapped.message, `line ${last + 1}: record ${first} was moved`);
        const copied = await damage((text) => text.splice(last, 0, text[first]!));
        assert.is(copied.code, "trace-moved");
        assert.match(copied.message, `line ${last + 1}: record ${first} was moved or copied`);
      }),
      { numRuns: 40 },
    );
    assert.is((await damage((text) => text.shift())).code, "trace-missing");
  }),
);

test(
  "a record that was replaced by another whole one is found",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const text = await lines(file);
    const { prev, run } = JSON.parse(text[5]!) as { prev: string; run: string };
    text[5] = seal(5, `"t":1,"run":"${run}","kind":"output","data":{"type":"text","text":" was","tokens":1}`, prev).line.trimEnd();
    await writeFile(file, `${text.join("\n")}\n`);
    const error = await errorOf(verified(file));
    assert.is(error.code, "trace-changed");
    assert.match(error.message, "line 6:");
  }),
);

test(
  "bytes cut out of the middle are found",
  inFolder(async (folder) => {
    const whole = join(folder, "whole.jsonl");
    await recordRuns(whole, ["What is 6*7?"]);
    const bytes = await readFile(whole);
    const header = bytes.indexOf(10) + 1;
    const file = join(folder, "cut.jsonl");
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: header, max: bytes.length - 3 }), fc.integer({ min: 1, max: 300 }), async (at, length) => {
        const end = Math.min(at + length, bytes.length - 2);
        await writeFile(file, Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]));
        assert.ok(["trace-changed", "trace-missing"].includes((await errorOf(verified(file))).code));
      }),
      { numRuns: 100 },
    );
  }),
);

test(
  "a trace that is cut off gives what is whole, then says where it is cut",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 30));
    for (const read of ["records", "tail"] as const) {
      const trace = await openTrace(file);
      const seen: number[] = [];
      const error = await errorOf(
        (async () => {
          for await (const { i } of read === "tail" ? trace.tail(3) : trace.records()) seen.push(i);
        })(),
      );
      assert.is(error.code, "trace-torn");
      assert.is(error.exitCode, 1);
      assert.match(error.message, "line 19: the line is cut off after");
      assert.equal(seen.slice(-2), [16, 17]);
    }
  }),
);

test(
  "a trace cut between lines has a run without an end",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const text = await lines(file);
    await writeFile(file, `${text.slice(0, -1).join("\n")}\n`);
    const { run } = JSON.parse(text[1]!) as { run: string };
    assert.equal(await verified(file), { records: 17, runs: 1, unfinished: [run] });
  }),
);

test(
  "what is no trace, or one of a newer version, says so",
  inFolder(async (folder) => {
    const file = join(folder, "some.jsonl");
    for (const [content, code] of [
      ["", "not-a-trace"],
      ["Hello\n", "not-a-trace"],
      ['{"question":"a task"}\n', "not-a-trace"],
      ["\u0000".repeat(300_000), "not-a-trace"],
      [seal(0, '"format":"toolwright-journal","version":1', noDigest).line, "not-a-trace"],
      [seal(0, '"format":"toolwright-trace","version":3', noDigest).line, "trace-newer"],
      ['{"i":0,"format":"toolwright-trace","version":4,"and":"another digest"}\n', "trace-newer"],
      [seal(0, '"format":"toolwright-trace","version":1,"library":1', noDigest).line, "trace-invalid"],
      ['{"i":0,"format":"toolwright-trace","version":1,"lib', "trace-torn"],
    ] as const) {
      await writeFile(file, content);
      const error = await errorOf(openTrace(file));
      assert.is(error.code, code, content.slice(0, 50));
      assert.match(error.message, "some.jsonl");
      assert.ok(error.remedy.length > 10);
    }
    assert.is((await errorOf(openTrace(join(folder, "none.jsonl")))).code, "trace-not-found");
    await mkdir(join(folder, "folder"));
    assert.is((await errorOf(openTrace(join(folder, "folder")))).code, "not-a-trace");
  }),
);

test(
  "a record that does not follow the format is named with what is wrong",
  inFolder(async (folder) => {
    const file = join(folder, "odd.jsonl");
    writeTrace(file, ['"t":0,"run":"a","kind":"run","data":{}', '"t":0,"run":"a","kind":"guess","data":{}']);
    const error = await errorOf(verified(file));
    assert.is(error.code, "trace-invalid");
    assert.match(error.message, /odd\.jsonl, line 3: .*kind/s);
  }),
);

test(
  "parts that are missing or changed are named",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await using recorder = await recordTo(file);
    recorder.tape().made("splice", { text: "x".repeat(70_000) });
    const parts = `${file}.parts`;
    const part = join(parts, (await readdir(parts))[0]!);
    await verified(file);
    await writeFile(part, "{}");
    const changed = await errorOf(verified(file));
    assert.is(changed.code, "trace-part-changed");
    assert.match(changed.message, `line 2: its part ${part}`);
    await rm(part);
    assert.is((await errorOf(verified(file))).code, "trace-part-missing");
  }),
);

test(
  "the tail of any length is the end of the whole",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const trace = await openTrace(file);
    const whole = await all(trace.records());
    for (let count = 0; count <= whole.length + 2; count++) {
      assert.equal(await all(trace.tail(count)), count === 0 ? [] : whole.slice(-count), `${count}`);
    }
  }),
);

test(
  "damage in the tail is named by its line",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const text = await lines(file);
    text[16] = text[16]!.replace('"t":', '"u":');
    await writeFile(file, `${text.join("\n")}\n`);
    const error = await errorOf(all((await openTrace(file)).tail(3)));
    assert.is(error.code, "trace-changed");
    assert.match(error.message, "line 17:");
  }),
);

test(
  "a large trace is read through in little memory, and its tail without reading it through",
  inFolder(async (folder) => {
    const file = join(folder, "large.jsonl");
    const records = 100_000;
    writeTrace(
      file,
      (function* () {
        for (let i = 0; i < records; i++) {
          yield `"t":${i},"run":"r${Math.floor(i / 1000)}","kind":"${i % 1000 === 999 ? "end" : "event"}","data":{"n":${i},"type":"text","delta":"${"word ".repeat(20)}"}`;
        }
      })(),
    );
    const trace = await openTrace(file);
    assert.ok(trace.size > 25_000_000);
    assert.equal(
      (await all(trace.tail(5))).map(({ i }) => i),
      [99_996, 99_997, 99_998, 99_999, 100_000],
    );
    // A change outside the tail is not seen by it, so it was not read.
    const bytes = await readFile(file);
    bytes[bytes.length - 200_000]! ^= 1;
    await writeFile(file, bytes);
    assert.is((await all(trace.tail(5))).length, 5);
    bytes[bytes.length - 200_000]! ^= 1;
    await writeFile(file, bytes);

    let most = 0;
    let count = 0;
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const held = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = held();
    for await (const _ of trace.records()) if (++count % 10_000 === 0) most = Math.max(most, held() - before);
    assert.is(count, records);
    assert.ok(most < 2_000_000, `${most} bytes were held`);
  }),
);

test.run();
