import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ToolwrightError } from "../../errors.js";
import type { Candidate } from "../../teaching/record.js";
import { mergeShards, type Redone, refilter } from "../../teaching/redo.js";
import type { TeachOptions } from "../../teaching/teach.js";
import {
  corpusIn,
  eventsOf,
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

const test = suite("teaching: merged and judged anew");

const tool = { tool: placeTool(), tauS: 0, topK: 3, samples: 2 };

async function saved(redone: Redone, out: string): Promise<void> {
  await redone.save(out);
  await outputs(out);
}

async function marginsOf(folder: string): Promise<number[]> {
  const lines = (await readFile(join(folder, "candidates.jsonl"), "utf8")).trim().split("\n");
  return lines.flatMap((line) => (JSON.parse(line) as Candidate).margin ?? []);
}

/** A document set aside, one of several parts, and some of one. */
const CORPUS = `${linesOf(textsOf(2))}not JSON\n${linesOf([textsOf(30).join(" "), ...textsOf(5)])}`;

test(
  "shards of a run, merged, have the bytes of one process",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, CORPUS);
    await taught(smallTeaching({ corpus, out: join(folder, "whole") }));
    const shards = [1, 2, 3].map((index) => join(folder, `${index}`));
    for (const [at, out] of shards.entries()) await taught(smallTeaching({ corpus, out, shard: { index: at + 1, of: 3 } }));
    const merged = join(folder, "merged");
    await saved(await mergeShards(shards.toReversed()), merged);
    await sameBytes(merged, join(folder, "whole"));
    // What was merged is a dataset as any other: it can be judged anew, and gone on with.
    await saved(await refilter(merged, -20), join(folder, "again"));
    await sameBytes(join(folder, "again"), join(folder, "whole"));
    const events = await eventsOf(smallTeaching({ corpus, out: merged, resume: true }));
    assert.equal(
      events.map(({ type }) => type),
      ["start", "end"],
    );
  }),
);

test(
  "shards on the engine, merged, have the bytes of one process",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(5)));
    await using model = await tinyTeachingModel();
    await taught(smallTeaching({ corpus, model, out: join(folder, "whole") }));
    const shards = [1, 2].map((index) => join(folder, `${index}`));
    for (const [at, out] of shards.entries()) {
      await using own = await tinyTeachingModel();
      await taught(smallTeaching({ corpus, model: own, out, shard: { index: at + 1, of: 2 } }));
    }
    await saved(await mergeShards(shards), join(folder, "merged"));
    await sameBytes(join(folder, "merged"), join(folder, "whole"));
  }),
);

test(
  "more shards than documents",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(2)));
    await taught(smallTeaching({ corpus, out: join(folder, "whole") }));
    const shards = [1, 2, 3].map((index) => join(folder, `${index}`));
    for (const [at, out] of shards.entries()) await taught(smallTeaching({ corpus, out, shard: { index: at + 1, of: 3 } }));
    await saved(await mergeShards(shards), join(folder, "merged"));
    await sameBytes(join(folder, "merged"), join(folder, "whole"));
  }),
);

for (const [what, code, message, shards] of [
  ["one is missing", "shard-missing", /Shard 2 of 2/, [{ shard: { index: 1, of: 2 } }]],
  [
    "one is there twice",
    "shard-twice",
    /Shard 1 of 2 is there twice/,
    [{ shard: { index: 1, of: 2 } }, { shard: { index: 2, of: 2 } }, { shard: { index: 1, of: 2 } }],
  ],
  [
    "one was made with another seed",
    "parameters-differ",
    /1 was not made as .*0 was/,
    [{ shard: { index: 1, of: 2 } }, { shard: { index: 2, of: 2 }, seed: 7 }],
  ],
  [
    "they are of different splits",
    "parameters-differ",
    /1 was not made as .*0 was/,
    [{ shard: { index: 1, of: 2 } }, { shard: { index: 2, of: 3 } }],
  ],
  [
    "they were made up to different limits",
    "parameters-differ",
    /0 ends at document 3, of a corpus that others read up to document 8/,
    [
      { shard: { index: 1, of: 2 }, limit: 3 },
      { shard: { index: 2, of: 2 }, limit: 8 },
    ],
  ],
] as [string, string, RegExp, Partial<TeachOptions>[]][]) {
  test(
    `shards are not merged when ${what}`,
    inFolder(async (folder) => {
      const corpus = await corpusIn(folder, CORPUS);
      const folders = shards.map((_, index) => join(folder, `${index}`));
      for (const [index, more] of shards.entries()) await eventsOf({ ...smallTeaching({ corpus, out: folders[index]! }), ...more });
      const error = (await rejected(mergeShards(folders))) as ToolwrightError;
      assert.is(error.code, code, error.message);
      assert.match(error.message, message);
      assert.is(error.exitCode, 2);
    }),
  );
}

test(
  "a shard that is not finished is not merged, even if it was once",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, linesOf(textsOf(6)));
    const folders = [1, 2].map((index) => join(folder, `${index}`));
    const shard = (index: number, more: Partial<TeachOptions>) => {
      return eventsOf({ ...smallTeaching({ corpus, out: folders[index - 1]!, shard: { index, of: 2 } }), ...more });
    };
    await shard(1, { limit: 2 });
    // More documents were asked for, and it was stopped: the journal has an end that is not its last word.
    const controller = new AbortController();
    const heuristic = () => {
      controller.abort();
      return { tried: true, reason: "all" };
    };
    const tools = [{ ...smallTeaching({}).tools[0]!, heuristic }];
    await shard(1, { resume: true, tools, signal: controller.signal });
    await shard(2, { limit: 4 });
    const error = (await rejected(mergeShards(folders))) as ToolwrightError;
    assert.is(error.code, "shard-unfinished");
    assert.match(error.message, /1 is not finished/);
    await shard(1, { resume: true, limit: 4 });
    await mergeShards(folders);
  }),
);

test(
  "a folder that is no dataset is neither merged nor judged anew",
  inFolder(async (folder) => {
    await writeFile(join(folder, "dataset.jsonl"), "");
    for (const work of [mergeShards([folder]), refilter(folder, 1)]) {
      const error = (await rejected(work)) as ToolwrightError;
      assert.is(error.code, "not-a-dataset");
      assert.match(error.message, /has no journal\.jsonl/);
    }
  }),
);

test(
  "judged anew with the same τf, a dataset is the same; with any other, it is the one that teaching gives",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, CORPUS);
    const teachWith = async (tauF: number, out: string) => {
      await taught({ ...smallTeaching({ corpus, out: join(folder, out), published: true }), tools: [{ ...tool, tauF }] });
    };
    await teachWith(0, "low");
    const margins = (await marginsOf(join(folder, "low"))).sort((a, b) => a - b);
    const half = margins[Math.floor(0.8 * margins.length)]!; // Some are kept, and one of them just so.
    await teachWith(half, "high");
    const kept = (await readFile(join(folder, "high", "dataset.jsonl"), "utf8")).split('"margin"').length;
    assert.ok(kept > 2 && kept < (await readFile(join(folder, "low", "dataset.jsonl"), "utf8")).split('"margin"').length);

    for (const [from, tauF, to] of [
      ["low", 0, "low"],
      ["low", half, "high"],
      ["high", 0, "low"],
    ] as const) {
      const out = join(folder, `${from}-${tauF}`);
      const redone = await refilter(join(folder, from), tauF);
      assert.is(await redone.undecided(), 0);
      await saved(redone, out);
      await sameBytes(out, join(folder, to));
    }
  }),
);

test(
  "under economy a lower τf tells how many candidates it cannot decide, and a higher one keeps the same calls",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, CORPUS);
    await taught({ ...smallTeaching({ corpus, out: join(folder, "thrifty") }), tools: [{ ...tool, tauF: 0.2 }] });
    const redone = await refilter(join(folder, "thrifty"), -20);
    const lines = (await readFile(join(folder, "thrifty", "candidates.jsonl"), "utf8")).trim().split("\n");
    const candidates = lines.map((line) => JSON.parse(line) as Candidate);
    const open = candidates.filter(({ verdict, losses }) => verdict === "hopeless" || (losses !== undefined && losses.call === undefined));
    assert.ok(open.length > 0);
    assert.is(await redone.undecided(), open.length);
    assert.is(await (await refilter(join(folder, "thrifty"), 0.2)).undecided(), 0);
    // What is not known is not kept.
    for await (const entry of redone.entries()) {
      if (entry.kind !== "passage") continue;
      for (const { verdict, losses } of entry.candidates) if (verdict === "kept") assert.ok(losses?.call !== undefined);
    }

    const higher = join(folder, "higher");
    await saved(await refilter(join(folder, "thrifty"), 0.6), higher);
    const kept = candidates.filter(({ verdict, margin }) => verdict === "kept" && margin! >= 0.6).length;
    const again = (await readFile(join(higher, "candidates.jsonl"), "utf8")).split('"verdict":"kept"').length - 1;
    assert.is(again, kept);
  }),
);

test(
  "a dataset is not written over",
  inFolder(async (folder) => {
    const corpus = await corpusIn(folder, CORPUS);
    const out = join(folder, "out");
    await taught(smallTeaching({ corpus, out }));
    const error = (await rejected((await refilter(out, 1)).save(out))) as ToolwrightError;
    assert.is(error.code, "output-exists");
  }),
);

test.run();
