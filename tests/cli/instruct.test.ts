import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tinyModel } from "../fixtures/tiny-model.js";
import { type Answer, says, status } from "../models/chat-server.js";
import { inPlace } from "./program.js";

const test = suite("toolwright instruct");
const ENDPOINT = ["instruct", "--model", "openai:m", "--at-once", "2"];

const THINGS = [
  "river",
  "recipe",
  "poem",
  "letter",
  "theorem",
  "planet",
  "bridge",
  "market",
  "song",
  "garden",
  "novel",
  "machine",
  "storm",
];

/** Stands for a good chat model: every list has other tasks, every task an instance. */
function chatModel(): Answer {
  let lists = 0;
  return (response, request) => {
    const asked = request.body.messages.at(-1)!.content;
    const list = () => {
      const items = THINGS.slice(0, 8).map((thing, i) => `${i + 9}. Ask${lists} about${i} some ${thing} of region${lists}x${i}.`);
      lists++;
      return `Here you are:\n\n${items.join("\n")}`;
    };
    const text = !asked.startsWith("Task: ")
      ? list()
      : asked.endsWith("Is it a classification?")
        ? "No."
        : `Input: a\nOutput: Of ${asked.slice(6)}`;
    return says([text])(response, request);
  };
}

test(
  "an endpoint writes tasks from the paper's seeds; what came of it is said",
  inPlace(async ({ folder, server, run }) => {
    server.answers(chatModel());
    const { code, stdout, stderr } = await run([...ENDPOINT, "--out", "tasks.jsonl", "--count", "5"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^5 tasks, 5 lines: tasks\.jsonl\nReport: tasks\.jsonl\.report\.html\n$/);
    assert.match(stderr, /^Batch 1: \d+ of 32 instructions taken, \d+ of 5 tasks\n/);
    const [first] = (await readFile(join(folder, "tasks.jsonl"), "utf8")).split("\n");
    const { id, question, solution } = JSON.parse(first!);
    assert.is(id, "instruct-1");
    assert.match(question, /^Ask\d about\d .*\n\na$/);
    assert.match(solution, /^Of Ask/);
    const temperatures = new Set(server.requests.map(({ body }) => body["temperature"]));
    assert.equal(temperatures, new Set([0.7, 0]));

    const again = await run([...ENDPOINT, "--out", "tasks.jsonl", "--count", "5"]);
    assert.is(again.code, 2);
    assert.match(again.stderr, /tasks\.jsonl exists already\.\n.*--resume/);
    const more = await run([...ENDPOINT, "--out", "tasks.jsonl", "--count", "30", "--resume", "--json"]);
    assert.is(more.code, 0, more.stderr);
    const { tasks, lines, out, report } = JSON.parse(more.stdout);
    assert.equal([tasks, lines, out, report], [30, 30, "tasks.jsonl", "tasks.jsonl.report.html"]);
  }),
);

test(
  "seeds of one's own",
  inPlace(async ({ folder, server, run }) => {
    server.answers(chatModel());
    await writeFile(join(folder, "mine.jsonl"), '{"instruction": "Add these.", "input": "1 and 2", "output": "3"}\n');
    const { code, stderr } = await run([...ENDPOINT, "mine.jsonl", "--out", "tasks.jsonl", "--count", "2"]);
    assert.is(code, 0, stderr);
    assert.match(server.requests[0]!.body.messages.at(-1)!.content, /1\. Add these\.\n\nGo on with numbers 2 to 9/);
    const none = await run([...ENDPOINT, "missing.jsonl", "--out", "other.jsonl"]);
    assert.is(none.code, 2);
    assert.match(none.stderr, /missing\.jsonl/);
  }),
);

test(
  "an endpoint that fails is named, and --resume goes on",
  inPlace(async ({ folder, server, run }) => {
    server.answers(status(401, { body: { error: { message: "no" } } }));
    const failed = await run([...ENDPOINT, "--out", "tasks.jsonl", "--count", "3"]);
    assert.is(failed.code, 1);
    assert.not(existsSync(join(folder, "tasks.jsonl")));
    server.answers(chatModel());
    const { code, stderr } = await run([...ENDPOINT, "--out", "tasks.jsonl", "--count", "3", "--resume"]);
    assert.is(code, 0, stderr);
  }),
);

test(
  "Ctrl-C ends it after the batch at hand, with exit code 130",
  inPlace(async ({ folder, server, start, run }) => {
    const model = chatModel();
    server.answers(async (response, request) => {
      await setTimeout(30);
      return model(response, request);
    });
    const args = [...ENDPOINT, "--out", "tasks.jsonl", "--count", "90"];
    const { child, ended } = start(args);
    child.stderr.once("data", () => child.kill("SIGINT"));
    const { code, stderr } = await ended;
    assert.is(code, 130, stderr);
    assert.match(stderr, /Stopped with \d+ of 90 tasks; they are in tasks\.jsonl\.journal\.\nThe same command with --resume goes on\.\n$/);
    assert.not(existsSync(join(folder, "tasks.jsonl")));
    assert.is((await run([...args, "--resume"])).code, 0);
  }),
);

test(
  "killed again and again, a local model's run is gone on with to the same bytes",
  inPlace(async ({ folder, start, run }) => {
    // It writes noise, of which some passes the filter: bytes enough to compare. To the tiny model a byte is a token: short seeds.
    const seeds = ["Add up.", "Spell it.", "Say why.", "Is it old?"].map((instruction, i) => {
      return JSON.stringify({ instruction, input: `${i}`, output: "yes", is_classification: i === 3 });
    });
    await writeFile(join(folder, "seeds.jsonl"), seeds.join("\n"));
    const args = ["instruct", "seeds.jsonl", "--model", await tinyModel(), "--exact", "--count", "5", "--temperature", "0.3"];
    const whole = await run([...args, "--out", "whole"]);
    assert.is(whole.code, 0, whole.stderr);
    assert.match(whole.stderr, /Batch 2:/);
    for (const after of [undefined, "Batch 1:"]) {
      const { child, ended } = start([...args, "--out", "killed", "--resume"]);
      if (after !== undefined) {
        const said = new Promise((resolve) => child.stderr.on("data", (text: string) => text.includes(after) && resolve(undefined)));
        await Promise.race([said, ended]);
      }
      await setTimeout((after === undefined ? 500 : 0) + Math.random() * 800);
      child.kill("SIGKILL");
      await ended;
    }
    assert.is((await run([...args, "--out", "killed", "--resume"])).code, 0);
    for (const end of ["", ".report.json", ".report.html"])
      assert.is(await readFile(join(folder, `killed${end}`), "utf8"), await readFile(join(folder, `whole${end}`), "utf8"), end);
    const drafts = async (name: string) => (await readFile(join(folder, `${name}.journal`), "utf8")).match(/"draft":\{.*\},"prev"/g)!;
    const [one, other] = [await drafts("whole"), new Set(await drafts("killed"))];
    assert.ok(one.length > 5 && one.every((draft) => other.has(draft)));
  }),
);

for (const [what, args, says] of [
  ["no --out", [], /required option '-o, --out <file>'/],
  ["a count of 0", ["--out", "a", "--count", "0"], /whole number, 1 or more/],
  ["a top-p of 2", ["--out", "a", "--top-p", "2"], /above 0, at most 1/],
] as const) {
  test(
    `${what} is wrong use`,
    inPlace(async ({ run }) => {
      const { code, stderr } = await run(["instruct", ...args]);
      assert.is(code, 2);
      assert.match(stderr, says);
    }),
  );
}

test.run();
