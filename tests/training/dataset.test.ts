import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hashFile } from "../../models/index.js";
import { type DatasetSettings, readTrainingData } from "../../training/dataset.js";
import type { Example } from "../../training/example.js";
import { openSource, type Source } from "../../training/source.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { rejected } from "../teaching/small-tools.js";
import { datasetIn, inFolder, lesson, lessonsTo } from "./small-training.js";

const test = suite("data for training");
const TAUGHT = fileURLToPath(new URL("../../../data/taught/gsm8k-calculator", import.meta.url));

let source: Source;
test.before(async () => {
  source = await openSource(await tinyModel());
});
test.after(async () => {
  await source[Symbol.asyncDispose]();
});

const settings: DatasetSettings = { loss: "all", turns: 1, longest: 512, validation: { share: 0.2, most: 100 }, seed: 0 };
const read = (files: string | readonly string[], more: Partial<DatasetSettings> = {}) =>
  readTrainingData(typeof files === "string" ? [files] : files, source.reader, { ...settings, ...more });

const without = <Key extends string>(key: Key, value: ReturnType<typeof lesson>) => ({ ...value, [key]: undefined });

test(
  "a dataset, the folder that holds it, and lines of records",
  inFolder(async (folder) => {
    const file = await datasetIn(folder, lessonsTo(10));
    const data = await read(file);
    assert.equal([data.counts.lessons, data.counts.calls, data.counts.examples, data.counts.validation], [10, 10, 8, 2]);
    assert.equal(await read(folder), data);
    const records = join(folder, "records.jsonl");
    await writeFile(records, '{"question":"What is 1+1?","solution":"It is 2."}\n\n{"text":"This is it."}\n');
    const plain = await read(records, { validation: { share: 0, most: 0 } });
    assert.equal([plain.counts.lessons, plain.counts.calls, plain.counts.examples, plain.tools], [2, 0, 2, []]);
    const both = await read([file, records]);
    assert.is(both.counts.lessons, 12);
    assert.is.not(both.digest, data.digest);
  }),
);

test(
  "gzip of each gives the same, in a folder too; the dataset that comes with the package is read",
  inFolder(async (folder) => {
    const file = await datasetIn(folder, lessonsTo(10));
    const records = join(folder, "records.jsonl");
    await writeFile(records, '{"question":"What is 1+1?","solution":"It is 2."}\n\n{"text":"This is it."}\n');
    for (const plain of [file, records]) {
      const packed = `${plain}.gz`;
      await writeFile(packed, gzipSync(await readFile(plain)));
      const { digest: _, ...before } = await read(plain);
      const { digest, ...after } = await read(packed);
      assert.equal(after, before);
      assert.is(digest, await hashFile(packed));
    }
    await rm(file);
    assert.is((await read(folder)).counts.lessons, 10);
    const { counts, tools } = await read(TAUGHT, { longest: 4096 });
    assert.equal([counts.lessons, counts.calls, tools], [1000, 680, ["Calculator"]]);
  }),
);

test(
  "parts of a record are one example again",
  inFolder(async (folder) => {
    const whole = lesson(8);
    const cut = whole.text.indexOf(" in all");
    const first = { ...whole, text: whole.text.slice(0, cut), marked: whole.marked.replace(" in all.", "") };
    const second = { ...whole, id: `${whole.id}#1`, part: 1, text: " in all.", calls: [], marked: " in all." };
    const apart = await read(await datasetIn(folder, [first, second], "a.jsonl"));
    const one = await read(await datasetIn(folder, [whole], "b.jsonl"));
    assert.equal(apart.examples, one.examples);
  }),
);

test(
  "too long: a plain text is cut, a record with a question is left out; both are counted",
  inFolder(async (folder) => {
    const long = "This is it and that is the answer. ".repeat(30);
    const plain = without("question", { ...lesson(1), text: long, calls: [], marked: long });
    const record = { ...lesson(2), text: long, calls: [], marked: long };
    const { counts, examples } = await read(await datasetIn(folder, [plain, record, lesson(4)]), { longest: 128 });
    assert.equal([counts.lessons, counts.cut, counts.tooLong, counts.examples], [3, 1, 1, 2]);
    assert.is(Math.max(...examples.map(({ tokens }) => tokens.length)), 128);
  }),
);

test(
  "lessons of one question are on one side of the split, which another seed changes and more lessons do not",
  inFolder(async (folder) => {
    const twice = [...lessonsTo(30), ...lessonsTo(30).map((one) => ({ ...one, document: one.document + 100, id: `again ${one.id}` }))];
    const { examples, validation } = await read(await datasetIn(folder, twice));
    assert.is(validation.length, 12);
    const keys = (some: typeof examples) => new Set(some.map(({ tokens }) => tokens.join()));
    for (const key of keys(validation)) assert.not(keys(examples).has(key));
    const other = await read(await datasetIn(folder, twice), { seed: 1 });
    assert.is.not([...keys(other.validation)].sort().join("|"), [...keys(validation)].sort().join("|"));
    const capped = await read(await datasetIn(folder, twice), { validation: { share: 0.5, most: 4 } });
    assert.is(capped.validation.length, 4);
    for (const key of keys(capped.validation)) assert.ok(keys(validation).has(key));
  }),
);

test(
  "with loss on calls, lessons without one are left out and counted; a dataset of such is refused",
  inFolder(async (folder) => {
    const silent = { ...lesson(2), calls: [], marked: lesson(2).text };
    const { counts } = await read(await datasetIn(folder, [lesson(4), silent]), { loss: "calls" });
    assert.equal([counts.silent, counts.examples], [1, 1]);
    const error = await rejected(read(await datasetIn(folder, [silent]), { loss: "calls" }));
    assert.match(String(error), /No token of .* carries loss: of 1 lessons 1 have no call\./);
    assert.is((error as { code?: string }).code, "dataset-without-loss");
  }),
);

test(
  "what is no dataset says so, with file and line",
  inFolder(async (folder) => {
    await mkdir(join(folder, "empty"));
    assert.match(String(await rejected(read(join(folder, "empty")))), /There is no dataset .*empty.dataset\.jsonl/);
    assert.match(String(await rejected(read(join(folder, "missing.jsonl")))), /There is no dataset .*missing\.jsonl/);
    const newer = join(folder, "newer.jsonl");
    await writeFile(newer, '{"format":2,"id":"a"}\n');
    assert.match(String(await rejected(read(newer))), /newer\.jsonl, line 1 has format 2/);
    const broken = join(folder, "broken.jsonl");
    await writeFile(broken, '{"question":"a","solution":"b"}\n{"question":\n');
    assert.match(String(await rejected(read(broken))), /broken\.jsonl, line 2 cannot be trained on/);
    const torn = join(folder, "torn.jsonl");
    await writeFile(torn, '{"format":1,"id":\n');
    assert.match(String(await rejected(read(torn))), /torn\.jsonl, line 1 is no lesson/);
  }),
);

test(
  "lessons as chats: each once, of one to so many turns, none too long, and validation alone",
  inFolder(async (folder) => {
    const lessons = [...lessonsTo(30), without("question", lesson(31))];
    const file = await datasetIn(folder, lessons as ReturnType<typeof lesson>[]);
    const alone = await read(file);
    const data = await read(file, { turns: 3 });
    assert.equal(data.validation, alone.validation);
    assert.equal([data.counts.lessons, data.counts.lossTokens], [31, alone.counts.lossTokens]);
    const answers = ({ tokens, weights }: Example) =>
      [...tokens].filter((token, i) => weights[i]! > 0 && source.reader.tokenizer.isEnd(token)).length;
    const counts = new Set(data.examples.map(answers));
    assert.equal([...counts].sort(), [0, 1, 2, 3]);
    const longest = Math.max(...alone.examples.map(({ tokens }) => tokens.length)) + 20;
    const short = await read(file, { turns: 3, longest });
    assert.ok(short.examples.every(({ tokens }) => tokens.length <= longest));
    assert.is(short.counts.lossTokens, alone.counts.lossTokens);
    assert.equal(await read(file, { turns: 3 }), data);
    assert.not.equal(await read(file, { turns: 3, seed: 1 }), data);
  }),
);

test.run();
