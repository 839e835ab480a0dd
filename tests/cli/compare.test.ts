import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { end, event } from "../models/chat-server.js";
import { inPlace, type Place } from "./program.js";

const test = suite("toolwright compare");

const lines = (tasks: readonly object[]) => tasks.map((task) => `${JSON.stringify(task)}\n`).join("");
const sums = (numbers: readonly number[]) => lines(numbers.map((n) => ({ question: `What is ${n}*${n}?`, answer: n * n })));
const SUMS = sums([2, 3, 4, 5]);
const TOWNS = lines([{ question: "Where is 7*7?", answer: 49 }]);

/** Squares right when it is asked for steps, and wrong otherwise. Counts the requests. */
function squares({ server }: Place): { asked: number } {
  const count = { asked: 0 };
  server.answers((response, { body }) => {
    count.asked++;
    const text = JSON.stringify(body.messages);
    const n = Number([...text.matchAll(/(\d+)\*/g)].at(-1)![1]);
    event(response, { content: text.includes("step by step") ? `The answer is ${n * n}.` : "It is 1." }, "stop");
    end(response, { prompt_tokens: 20, completion_tokens: 8 });
  });
  return count;
}

const ARGS = ["compare", "sums.jsonl", "towns.jsonl", "--model", "openai:m", "--strategy", "direct,step-by-step", "--tools", "calculator"];

test(
  "sets and strategies in one table, with what can be said of them, and as a page",
  inPlace(async (place) => {
    const { folder, run } = place;
    const count = squares(place);
    await writeFile(join(folder, "sums.jsonl"), sums([2, 3, 4, 5, 6, 7, 8, 9]));
    await writeFile(join(folder, "towns.jsonl"), TOWNS);
    const { code, stdout, stderr } = await run([...ARGS, "--report", "page.html"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^right +sums +towns\ndirect, no adapter +0% +0%\nstep-by-step, no adapter +100% +100%\n/);
    assert.match(stdout, /8 +8 +100% to 100% +0 +\d+ +\d+ +\+100\.0 \(\+100\.0 to \+100\.0\) +step-by-step, no adapter\n/);
    assert.match(stdout, /Against direct, no adapter: step-by-step, no adapter is better by 100\.0 points/);
    assert.is(count.asked, 18);
    assert.match(await readFile(join(folder, "page.html"), "utf8"), /<h2>sums<\/h2>/);

    const again = await run([...ARGS, "--json"]);
    assert.is(again.code, 0, again.stderr);
    assert.is(count.asked, 18, "what was asked is not asked again");
    const rows = again.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(
      rows.map(({ set, configuration, n, correct, difference }) => [set, configuration, n, correct, difference]),
      [
        ["sums", "direct, no adapter", 8, 0, null],
        ["sums", "step-by-step, no adapter", 8, 8, 1],
        ["towns", "direct, no adapter", 1, 0, null],
        ["towns", "step-by-step, no adapter", 1, 1, 1],
      ],
    );
  }),
);

test(
  "what decides a result decides whether it is kept: other questions, a limit, another strategy",
  inPlace(async (place) => {
    const { folder, run } = place;
    const count = squares(place);
    await writeFile(join(folder, "sums.jsonl"), SUMS);
    const common = ["compare", "sums.jsonl", "--model", "openai:m", "--cache", "kept", "--tools", "calculator"];
    await mkdir(join(folder, "kept"));
    await run([...common, "--strategy", "direct", "--limit", "2"]);
    assert.is(count.asked, 2);
    await run([...common, "--strategy", "direct"]);
    assert.is(count.asked, 6);
    await run([...common, "--strategy", "direct,zero-shot"]);
    assert.is(count.asked, 10);
    await writeFile(join(folder, "sums.jsonl"), SUMS.replace("2*2", "6*6"));
    await run([...common, "--strategy", "direct"]);
    assert.is(count.asked, 14);
    assert.is((await readdir(join(folder, "kept"))).filter((name) => name.endsWith(".jsonl")).length, 4);
    const two = await run([...common, "--strategy", "direct", "--model", "openai:other"]);
    assert.is(count.asked, 18, "what a configuration is called beside others does not matter");
    assert.match(two.stdout, /direct, no adapter, openai:m .*\ndirect, no adapter, openai:other /);
  }),
);

test(
  "stopped, it goes on where it was",
  inPlace(async (place) => {
    const { folder, run, start } = place;
    let asked = 0;
    let stop: (() => void) | undefined;
    place.server.answers((response) => {
      if (++asked === 12) stop?.();
      event(response, { content: "It is 4." }, "stop");
      end(response, { prompt_tokens: 20, completion_tokens: 8 });
    });
    const many = lines(Array.from({ length: 40 }, (_, n) => ({ question: `What is ${n}+0?`, answer: n })));
    await writeFile(join(folder, "many.jsonl"), many);
    const args = ["compare", "many.jsonl", "--model", "openai:m", "--strategy", "direct", "--tools", "calculator"];
    const { child, ended } = start(args);
    stop = () => child.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.is(code, 130, stderr);
    assert.match(stderr, /Go on with: |Go on with the same command/);
    const whole = await run([...args, "--json"]);
    assert.is(JSON.parse(whole.stdout).n, 40);
    assert.ok(asked >= 40 && asked < 60, `${asked}`);
  }),
);

test(
  "wrong use is told",
  inPlace(async ({ folder, run }) => {
    for (const [args, message] of [
      [["--sets", "sums"], /There is no set "sums"\. Choose from arithmetic/],
      [["--strategy", "guess"], /There is no strategy "guess"/],
      [["x.jsonl", "--sets", "dates"], /--sets is of the built-in sets/],
      [["x.jsonl"], /x\.jsonl/],
      [["a/x.jsonl", "b/x.jsonl"], /Two sets of questions are called x/],
      [["x.jsonl", "--strategy", "direct,search", "--tools", "calculator"], /strategy search looks things up/],
    ] as const) {
      const { code, stderr } = await run(["compare", ...args, "--model", "openai:m"]);
      assert.is(code, 2, stderr);
      assert.match(stderr, message);
    }
    assert.not(existsSync(join(folder, "home", "compared")));
  }),
);

test.run();
