import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, says, status } from "../models/chat-server.js";
import { inPlace } from "./program.js";

const test = suite("toolwright ask");
const CALL = says(["37*48 is ", "[Calculator(37*48)"]);
const QUESTION = ["ask", "--model", "openai:m"];

test(
  "the answer is on stdout, and its calls are on stderr",
  inPlace(async ({ server, run }) => {
    server.answers(CALL, says([" 1776", "."]));
    const { code, stdout, stderr } = await run([...QUESTION, "What", "is", "37*48?"]);
    assert.is(stdout, "37*48 is 1776.\n");
    assert.match(stderr, /^ {2}⚙ Calculator\(37\*48\) → 1776 {2}\d+(\.\d)? ms\n$/);
    assert.is(code, 0);
    assert.is(server.requests[0]?.body.messages.at(-1)?.content, "What is 37*48?");
  }),
);

test(
  "--json prints the answer with its calls, the usage and the trace, and nothing else",
  inPlace(async ({ server, folder, run }) => {
    server.answers(
      says(["[Calculator(1/0)"]),
      CALL,
      says([" 1776."], { usage: { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23 } }),
    );
    const { code, stdout, stderr } = await run([...QUESTION, "--json", "What is 37*48?"]);
    assert.is(code, 0);
    assert.is(stderr, "");
    assert.is(stdout.split("\n").length, 2);
    const { answer, calls, usage, trace, ...more } = JSON.parse(stdout);
    assert.is(answer, "37*48 is 1776.");
    assert.equal(Object.keys(calls[0]), ["tool", "input", "output", "error", "ms"]);
    assert.equal({ ...calls[1], ms: 0 }, { tool: "Calculator", input: "37*48", output: "1776", error: null, ms: 0 });
    assert.is(calls[0].output, null);
    assert.match(calls[0].error, /zero/);
    assert.equal(Object.keys(usage), ["input", "cached", "output"]);
    assert.ok(trace.startsWith(join(folder, "home", "traces")), trace);
    assert.match(await readFile(trace, "utf8"), /37\*48 is 1776/);
    assert.equal(more, {});
  }),
);

test(
  "a question comes from standard input for -",
  inPlace(async ({ server, run }) => {
    server.answers(says(["Yes."]));
    const { stdout } = await run([...QUESTION, "--no-trace", "-"], { input: "Is it\nso?\n" });
    assert.is(stdout, "Yes.\n");
    assert.is(server.requests[0]?.body.messages.at(-1)?.content, "Is it\nso?");
  }),
);

test(
  "what is asked for reaches the model and the tools",
  inPlace(async ({ server, run }) => {
    server.answers(says(["[Calendar(today)"]), says(["It is done."]));
    const options = [
      "--tools",
      "calendar",
      "--now",
      "2031-05-06",
      "--time-zone",
      "Pacific/Auckland",
      "--instructions",
      "Be brief.",
      "--temperature",
      "0.5",
      "--seed",
      "7",
    ];
    const { stderr, code } = await run([
      ...QUESTION,
      ...options,
      "--max-tokens",
      "99",
      "--strategy",
      "zero-shot",
      "--no-trace",
      "What day is it?",
    ]);
    assert.is(code, 0, stderr);
    assert.match(stderr, /Calendar\(today\) → .*May 6, 2031/);
    const { messages, temperature, seed, max_tokens } = server.requests[0]!.body;
    assert.match(messages[0]!.content, /^Be brief\./);
    assert.not.match(messages[0]!.content, /Calculator/);
    assert.is(messages.length, 2);
    assert.equal({ temperature, seed, max_tokens }, { temperature: 0.5, seed: 7, max_tokens: 99 });
  }),
);

test(
  "a folder of texts is searched",
  inPlace(async ({ server, folder, run }) => {
    await mkdir(join(folder, "notes"));
    await writeFile(join(folder, "notes", "plants.txt"), "The ficus is watered on Thursdays.\n");
    server.answers(says(["[Search(ficus watered)"]), says(["On Thursdays."]));
    const { stdout, stderr } = await run([...QUESTION, "--folder", "notes", "When is the ficus watered?"]);
    assert.match(stderr, /Search\(ficus watered\) → .*Thursdays/);
    assert.is(stdout, "On Thursdays.\n");
  }),
);

test(
  "--trace names the trace's file, or its folder",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["Yes."]));
    await mkdir(join(folder, "runs"));
    for (const trace of ["one.jsonl", "one.jsonl", "runs", "new/"])
      assert.is((await run([...QUESTION, "--trace", trace, "Well?"])).code, 0);
    assert.equal((await readdir(folder)).sort(), ["new", "one.jsonl", "runs"]);
    assert.is((await readdir(join(folder, "runs"))).length, 1);
    assert.is((await readdir(join(folder, "new"))).length, 1);
    const both = await run(["replay", "one.jsonl"]);
    assert.is(both.stdout, "Yes.\nYes.\n");
  }),
);

test(
  "--no-trace leaves no trace",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["Yes."]));
    const { stdout } = await run([...QUESTION, "--no-trace", "--json", "Well?"]);
    assert.is(JSON.parse(stdout).trace, null);
    assert.equal(await readdir(folder), []);
  }),
);

test(
  "settings come from .env, and the environment comes before it",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["Yes."]));
    await writeFile(join(folder, ".env"), `OPENAI_BASE_URL=${server.url}\nOPENAI_API_KEY=sk-of-the-file\n`);
    assert.is((await run([...QUESTION, "Well?"], { environment: { OPENAI_BASE_URL: undefined } })).code, 0);
    assert.is((await run([...QUESTION, "Well?"], { environment: { OPENAI_BASE_URL: undefined, OPENAI_API_KEY: undefined } })).code, 0);
    assert.equal(
      server.requests.map(({ headers }) => headers.authorization),
      ["Bearer sk-a-key-of-the-tests", "Bearer sk-of-the-file"],
    );
  }),
);

test(
  "a run that fails says what happened and what to do, without a stack",
  inPlace(async ({ server, run }) => {
    server.answers(status(401));
    const { code, stdout, stderr } = await run([...QUESTION, "Well?"]);
    assert.is(code, 1);
    assert.is(stdout, "");
    assert.match(stderr, /^toolwright: .*401.*\n.*OPENAI_API_KEY.*\n$/);
  }),
);

test(
  "TOOLWRIGHT_DEBUG=1 shows where it happened",
  inPlace(async ({ run }) => {
    const { stderr, code } = await run([...QUESTION, "--model", "nothing.gguf", "Well?"], { environment: { TOOLWRIGHT_DEBUG: "1" } });
    assert.is(code, 1);
    assert.match(stderr, /^toolwright: There is no file .*nothing\.gguf\.\n.+\nToolwrightError: .*\n {4}at /);
  }),
);

test(
  "Ctrl-C stops the run and ends with 130",
  inPlace(async ({ server, start }) => {
    server.answers((response) => {
      event(response, { content: "Well, " }); // And then nothing.
      child.kill("SIGINT");
    });
    const { child, ended } = start([...QUESTION, "Well?"]);
    const { code, stdout, stderr } = await ended;
    assert.is(code, 130);
    assert.is(stdout, "");
    assert.match(stderr, /^toolwright: The run was stopped\./);
    assert.is(await server.requests[0]!.left, true);
  }),
);

test(
  "qa answers from the folder, and mt translates with the model that it is given",
  inPlace(async ({ folder, server, run }) => {
    await mkdir(join(folder, "notes"));
    await writeFile(join(folder, "notes", "wall.txt"), "The wall was built in 1847 by Josiah Trent.");
    server.answers(says(["[QA(Who built the wall?)"]), says([" Josiah Trent. [MT(mur)"]), says(["wall"]), says([" A mur is a wall."]));
    const tools = ["--tools", "qa,mt", "--folder", "notes", "--translator", "openai:m"];
    const { code, stdout, stderr } = await run([...QUESTION, ...tools, "--json", "Who built the mur?"]);
    assert.is(code, 0, stderr);
    assert.equal(
      JSON.parse(stdout).calls.map(({ tool, output }: { tool: string; output: string }) => `${tool}: ${output}`),
      ['QA: Josiah Trent: "The wall was built in 1847 by Josiah Trent." (wall.txt#1)', "MT: wall"],
    );
    assert.is(server.requests[2]?.body.messages.at(-1)?.content, "Translate into English: mur");
  }),
);

test(
  "mt without anything to translate with, and options that no tool looks at, are wrong use, said at once",
  inPlace(async ({ folder, server, run }) => {
    for (const [args, message] of [
      [["--tools", "mt"], /nothing to translate with.\n.*--translator/],
      [["--tools", "mt", "--translator", folder], /has no translation model/],
      [["--tools", "calculator", "--folder", folder], /--folder is for the tools search and qa/],
      [["--translator", "openai:m"], /--translator is for the tool mt/],
    ] as const) {
      const { code, stderr } = await run([...QUESTION, ...args, "What?"]);
      assert.is(code, 2, args.join(" "));
      assert.match(stderr, message);
    }
    assert.is(server.requests.length, 0);
  }),
);

test.run();
