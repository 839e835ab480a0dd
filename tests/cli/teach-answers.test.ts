import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { end, event } from "../models/chat-server.js";
import { inPlace, type Place } from "./program.js";

const test = suite("toolwright teach --from-answers");

const CORPUS = [12, 13, 14].map((n) => `${JSON.stringify({ question: `What is ${n}*${n}?`, answer: n * n })}\n`).join("");
const ARGS = ["teach", "c.jsonl", "--from-answers", "--samples", "2", "--model", "openai:m", "--out", "out"];

/** Calls for the square and says it; of 14 it says another. */
function squares({ server }: Place): void {
  server.answers((response, { body }) => {
    const contents = (body.messages as readonly { readonly content: string }[]).map(({ content }) => content);
    const asked = contents.findLast((content) => content.startsWith("What is"))!;
    const n = Number(/\d+/.exec(asked)![0]);
    const called = contents.at(-1) !== asked; // The result has come back.
    event(response, { content: called ? ` ${n === 14 ? 100 : n * n}.` : `That is [Calculator(${n}*${n})` }, "stop");
    end(response, { prompt_tokens: 20, completion_tokens: 8 });
  });
}

test(
  "right answers become a dataset with its card, and what is there is gone on with",
  inPlace(async (place) => {
    const { folder, run } = place;
    squares(place);
    await writeFile(join(folder, "c.jsonl"), `${CORPUS}{"question":"Why?","solution":"Because."}\n`);
    const { code, stdout, stderr } = await run(ARGS);
    assert.is(code, 0, stderr);
    assert.match(
      stdout,
      /^2 lessons of 3 questions: 4 of 6 answers are right; of those 0 have no call, 0 one that failed, 0 one that is not used\. 1 records have no known answer\.\nout\/dataset\.jsonl\n$/,
    );
    assert.match(stderr, /^3 questions, 4 of 6 answers right, 2 lessons, \d+ a minute$/m);
    assert.equal((await readdir(join(folder, "out"))).sort(), ["README.md", "dataset.jsonl", "journal.jsonl"]);
    const lessons = (await readFile(join(folder, "out", "dataset.jsonl"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(
      lessons.map(({ question, marked }) => [question, marked]),
      [12, 13].map((n) => [`What is ${n}*${n}?`, `That is [Calculator(${n}*${n}) → ${n * n}] ${n * n}.`]),
    );
    assert.match(await readFile(join(folder, "out", "README.md"), "utf8"), /toolwright teach c\.jsonl --from-answers --samples 2/);
    assert.is((await run(ARGS)).code, 2);
    const asked = place.server.requests.length;
    const resumed = await run([...ARGS, "--resume", "--json"]);
    assert.is(resumed.code, 0, resumed.stderr);
    assert.equal(JSON.parse(resumed.stdout), {
      ...{ questions: 3, unknown: 1, answers: 6, right: 4, call_free: 0, unsound: 0, unused: 0, lessons: 2, out: "out" },
    });
    assert.is(place.server.requests.length, asked);
    const filter = await run([...ARGS, "--tau-f", "1"]);
    assert.is(filter.code, 2);
    assert.match(filter.stderr, /--tau-f has no meaning with --from-answers/);
  }),
);

test.run();
