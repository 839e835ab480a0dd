import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tinyModel } from "../fixtures/tiny-model.js";
import { says } from "../models/chat-server.js";
import { inPlace, type Place } from "./program.js";

const test = suite("toolwright replay");
const MODEL = ["--model", "openai:m"];

/** A run that searches a folder, recorded to `trace.jsonl`, as it was shown. */
async function record({ server, folder, run }: Place): Promise<string> {
  await mkdir(join(folder, "notes"));
  await writeFile(join(folder, "notes", "plants.txt"), "The ficus is watered on Thursdays.\n");
  server.answers(says(["It is watered [Search(ficus watered)"]), says([" on Thursdays."]));
  const { stdout, stderr } = await run(["ask", ...MODEL, "--folder", "notes", "--trace", "trace.jsonl", "When is the ficus watered?"]);
  return `> When is the ficus watered?\n${stderr}${stdout}`;
}

test(
  "shows the run as it was shown, without model, tools and their files",
  inPlace(async (place) => {
    const shown = await record(place);
    place.server.answers();
    await writeFile(join(place.folder, "notes", "plants.txt"), "");
    const { code, stdout, stderr } = await place.run(["replay", "trace.jsonl"]);
    assert.is(stderr + stdout, shown);
    assert.match(shown, /Search\(ficus watered\) → .*Thursdays/);
    assert.is(code, 0);
    assert.is(place.server.requests.length, 2);
  }),
);

test(
  "--json prints the events as they were",
  inPlace(async (place) => {
    await record(place);
    const events = (await place.run(["replay", "--json", "trace.jsonl"])).stdout;
    const exported = (await place.run(["trace", "export", "--format", "jsonl-events", "trace.jsonl"])).stdout;
    assert.is(events, exported);
    assert.match(events, /"type":"call"/);
  }),
);

test(
  "a record that was changed ends it with 3, after what comes before it",
  inPlace(async (place) => {
    await record(place);
    const trace = join(place.folder, "trace.jsonl");
    await writeFile(trace, (await readFile(trace, "utf8")).replaceAll("Thursdays.", "Fridays."));
    const { code, stderr } = await place.run(["replay", "trace.jsonl"]);
    assert.is(code, 3);
    assert.match(stderr, /\ntoolwright: trace\.jsonl, line \d+: the record was changed/);
  }),
);

test(
  "--live tools takes results anew, and ends with 3 where one differs",
  inPlace(async (place) => {
    await record(place);
    const again = ["replay", "--live", "tools", "--folder", "notes", "trace.jsonl"];
    const same = await place.run(again);
    assert.is(same.code, 0, same.stderr);
    await writeFile(join(place.folder, "notes", "plants.txt"), "The ficus is watered on Sundays.\n");
    const { code, stderr } = await place.run(again);
    assert.is(code, 3);
    assert.match(stderr, /toolwright: trace\.jsonl, line \d+ .*: the result differs: .*Thursdays.*, and is now .*Sundays/);
  }),
);

test(
  "--live model takes its output anew, and ends with 3 where it differs",
  inPlace(async ({ server, run }) => {
    server.answers(says(["Yes", "."]));
    await run(["ask", ...MODEL, "--trace", "trace.jsonl", "Well?"]);
    const again = ["replay", "--live", "model", ...MODEL, "trace.jsonl"];
    const same = await run(again);
    assert.is(same.code, 0, same.stderr);
    server.answers(says(["Yes", "!"]));
    const { code, stderr } = await run(again);
    assert.is(code, 3);
    assert.match(stderr, /the output differs: text was "\.", and is now "!"/);
    assert.is(server.requests.length, 3);
  }),
);

test(
  "--from goes its own way after an event and records that",
  inPlace(async ({ folder, run }) => {
    const model = ["--model", await tinyModel(), "--exact"];
    await run(["ask", ...model, "--tools", "none", "--max-tokens", "8", "--trace", "trace.jsonl", "Hello"]);
    const { code, stderr } = await run(["replay", "--from", "2", ...model, "--out", "fork.jsonl", "trace.jsonl"]);
    assert.is(code, 0, stderr);
    assert.match(stderr, /Recorded to fork\.jsonl\n$/);
    const [header] = (await readFile(join(folder, "fork.jsonl"), "utf8")).split("\n");
    const { file, n } = JSON.parse(header!).parent;
    assert.equal({ file, n }, { file: "trace.jsonl", n: 2 });
    const events = async (trace: string) =>
      (await run(["replay", "--json", trace])).stdout.split("\n").map((line) => line.replace(/"run":"\w+",/, ""));
    assert.equal((await events("fork.jsonl")).slice(0, 3), (await events("trace.jsonl")).slice(0, 3));
    assert.is(
      (await run(["replay", "--from", "2", ...model, "--out", "fork.jsonl", "trace.jsonl"])).code,
      2,
      "an existing trace is not written over",
    );
    await run(["replay", "--from", "0", ...model, "trace.jsonl"]);
    const [fork] = await readdir(join(folder, "home", "traces"));
    assert.match(fork!, /-fork-[0-9a-f]{6}\.jsonl$/);
  }),
);

for (const [args, says] of [
  [["replay", "nothing.jsonl"], /nothing\.jsonl: There is no such file/],
  [["replay", "--out", "a.jsonl", "b.jsonl"], /--out is for the trace that --from makes/],
  [["replay", "--from", "1", "--live", "tools", "b.jsonl"], /cannot be used with/],
  [["replay", "--from", "-1", "b.jsonl"], /must be the number of an event/],
] as const) {
  test(
    `${args.join(" ")} is wrong use`,
    inPlace(async ({ run }) => {
      const { code, stdout, stderr } = await run(args);
      assert.is(code, 2);
      assert.is(stdout, "");
      assert.match(stderr, says);
      assert.not.match(stderr, /\n {4}at /);
    }),
  );
}

test.run();
