import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { localModel } from "../../models/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { inPlace } from "./program.js";

const test = suite("toolwright score");
const SCORE = ["score", "--model", await tinyModel(), "--exact"];
const line = (prefix: string, text: string) => `${JSON.stringify({ prefix, text, id: 1 })}\n`;

test(
  "a line of tokens and log-probabilities for each text, in order",
  inPlace(async ({ folder, run }) => {
    const texts = Array.from({ length: 100 }, (_, i) => ["What is ".repeat(1 + ((7 * i) % 30)), ` ${i} [Calculator(${i}*${i})`] as const);
    await writeFile(join(folder, "texts.jsonl"), texts.map(([prefix, text]) => line(prefix, text)).join("\n"));
    const { code, stdout, stderr } = await run([...SCORE, "texts.jsonl"]);
    assert.is(code, 0, stderr);
    const scores = stdout
      .trimEnd()
      .split("\n")
      .map((scored) => JSON.parse(scored));
    assert.is(scores.length, 100);
    await using model = await localModel({ file: await tinyModel(), exact: true });
    for (const i of [0, 63, 99]) {
      const { tokens, logprobs } = await model.score(...texts[i]!);
      assert.equal(Object.keys(scores[i]), ["tokens", "logprobs"]);
      assert.equal(scores[i].tokens, tokens);
      // What runs beside a text changes the order of additions.
      for (const [at, logprob] of scores[i].logprobs.entries())
        assert.ok(Math.abs(logprob - logprobs[at]!) < 1e-2, `${logprob} is ${logprobs[at]}`);
    }
  }),
);

test(
  "from standard input, each as soon as it is there",
  inPlace(async ({ start }) => {
    const { child, ended } = start([...SCORE, "-"]);
    child.stdin.write(line("", "Hello"));
    const [first] = await new Promise<string[]>((resolve) => child.stdout.once("data", (text: string) => resolve(text.split("\n"))));
    assert.is(JSON.parse(first!).logprobs[0], null, "nothing comes before the first token");
    child.stdin.end(line("Hello", " the"));
    const { code, stdout } = await ended;
    assert.is(stdout.split("\n").length, 3);
    assert.is(code, 0);
  }),
);

for (const [what, bad, says] of [
  ["no JSON", "Hello\n", /texts\.jsonl, line 3: .*JSON/],
  ["no text", '{"prefix": "a"}\n', /texts\.jsonl, line 3: .*text/],
  ["a text that is too long", line("", "a b ".repeat(2000)), /texts\.jsonl, line 3: The text has .*\d+ tokens/],
] as const) {
  test(
    `a line with ${what} ends it, named by file and number, after the lines before it`,
    inPlace(async ({ folder, run }) => {
      await writeFile(join(folder, "texts.jsonl"), `${line("", "Hello")}\n${bad}${line("", "Hello")}`);
      const { code, stdout, stderr } = await run([...SCORE, "texts.jsonl"]);
      assert.is(stdout.split("\n").length, 2);
      assert.match(stderr, says);
      assert.ok(code === 1 || code === 2, `${code}`);
    }),
  );
}

test(
  "a bad line ends it while standard input is still open",
  inPlace(async ({ start }) => {
    const { child, ended } = start([...SCORE, "-"]);
    child.stdin.write("Hello\n");
    const { code, stderr } = await ended;
    assert.match(stderr, /^toolwright: standard input, line 1: /);
    assert.is(code, 2);
  }),
);

test(
  "a file that cannot be read, and a model that cannot score, are named",
  inPlace(async ({ run }) => {
    const missing = await run([...SCORE, "nothing.jsonl"]);
    assert.match(missing.stderr, /^toolwright: nothing\.jsonl cannot be read: ENOENT/);
    assert.is(missing.code, 2);
    const endpoint = await run(["score", "--model", "openai:m", "-"]);
    assert.match(endpoint.stderr, /^toolwright: m cannot score texts/);
    assert.is(endpoint.code, 2);
  }),
);

test.run();
