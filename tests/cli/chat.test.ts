import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findModel } from "../../models/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { event, says, status } from "../models/chat-server.js";
import { inPlace } from "./program.js";

const test = suite("toolwright chat, with stdin not a terminal");
const CHAT = ["chat", "--model", "openai:m"];

test(
  "each line is a turn, with its answer on stdout and nothing else there",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["It is [Calculator(37*48)"]), says([" 1776."]), says(["Twice that is 3552."]));
    const { code, stdout, stderr } = await run(CHAT, { input: "\ufeffWhat is 37*48?\r\n\n  And twice that?" });
    assert.is(stdout, "It is 1776.\nTwice that is 3552.\n");
    assert.match(stderr, /^ {2}⚙ Calculator\(37\*48\) → 1776 {2}\S+ ms\n$/);
    assert.is(code, 0);
    const said = server.requests.at(-1)!.body.messages.map(({ content }) => content);
    assert.ok(said.includes("What is 37*48?"));
    assert.ok(said.includes("It is [Calculator(37*48) → 1776] 1776."));
    assert.is(said.at(-1), "And twice that?");
    const [trace, ...others] = await readdir(join(folder, "home", "traces"));
    assert.match(trace!, /^\d{4}(-\d\d){5}-chat-[0-9a-f]{6}\.jsonl$/);
    assert.equal(others, []);
    assert.is((await run(["replay", join("home", "traces", trace!)])).stdout, stdout);
  }),
);

test(
  "a turn that fails says so on stderr, and the next one has its turn",
  inPlace(async ({ server, run }) => {
    server.answers(status(401), says(["Yes."]));
    const { code, stdout, stderr } = await run(CHAT, { input: "Well?\nWell?\n" });
    assert.is(stdout, "Yes.\n");
    assert.match(stderr, /^toolwright: .*401/);
    assert.is(code, 1);
  }),
);

test(
  "--json prints an object a turn",
  inPlace(async ({ server, run }) => {
    server.answers(says(["[Calendar(2026-01-01 + 1 day)"]), says(["It is\nJanuary 2."]), says(["Yes."]));
    const { stdout } = await run([...CHAT, "--json"], { input: "When?\nSure?\n" });
    const [first, second] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.is(first.answer, "It is\nJanuary 2.");
    assert.is(first.calls.length, 1);
    assert.is(second.answer, "Yes.");
    assert.equal(second.calls, []);
    assert.is(first.trace, second.trace);
  }),
);

test(
  "Ctrl-C ends it with 130, also while it waits for a line",
  inPlace(async ({ server, start }) => {
    server.answers((response) => {
      says(["Yes."])(response, server.requests[0]!);
      child.stdout.on("data", () => child.kill("SIGINT"));
    });
    const { child, ended } = start(CHAT);
    child.stdin.write("Well?\n");
    const { code, stdout } = await ended;
    assert.is(stdout, "Yes.\n");
    assert.is(code, 130);
  }),
);

test(
  "--continue goes on with the last chat, in its trace",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["The king was called Ottokar."]), says(["He was called Ottokar."]));
    assert.is((await run([...CHAT, "--continue"], { input: "" })).code, 2);
    await run(CHAT, { input: "Who was the king?\n" });
    const { stdout, stderr } = await run([...CHAT, "-c"], { input: "What was he called?\n" });
    assert.is(stdout, "He was called Ottokar.\n", stderr);
    const said = server.requests[1]!.body.messages.map(({ content }) => content);
    assert.equal(
      said.filter((text) => /king/.test(text)),
      ["Who was the king?", "The king was called Ottokar."],
    );
    const traces = await readdir(join(folder, "home", "traces"));
    assert.is(traces.length, 1);
    const replayed = await run(["replay", join("home", "traces", traces[0]!)]);
    assert.is(replayed.stdout, "The king was called Ottokar.\nHe was called Ottokar.\n", replayed.stderr);
  }),
);

test(
  "a chat whose process was killed in a turn is continued before that turn, in a trace of its own",
  inPlace(async ({ server, folder, start, run }) => {
    server.answers(says(["First."]), (response) => {
      event(response, { content: "Sec" });
      setTimeout(() => child.kill("SIGKILL"), 100);
    });
    const { child, ended } = start(CHAT, { input: "One?\nTwo?\n" });
    assert.is((await ended).code, null);
    server.answers(says(["Third."]));
    assert.is((await run([...CHAT, "-c"], { input: "Three?\n" })).stdout, "Third.\n");
    const traces = (await readdir(join(folder, "home", "traces"))).filter((name) => name.endsWith(".jsonl")).sort();
    assert.is(traces.length, 2);
    const replays = await Promise.all(traces.map((name) => run(["replay", join("home", "traces", name)])));
    assert.equal(new Set(replays.map(({ stdout, code }) => `${code} ${stdout}`)), new Set(["3 First.\n", "0 First.\nThird.\n"]));
  }),
);

test(
  "a trace that was changed is not continued",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["First."]));
    await run([...CHAT, "--trace", "chat.jsonl"], { input: "One?\n" });
    const trace = join(folder, "chat.jsonl");
    await writeFile(trace, (await readFile(trace, "utf8")).replace("First", "Frist"));
    const { code, stderr } = await run([...CHAT, "-c", "--trace", "chat.jsonl"], { input: "Two?\n" });
    assert.is(code, 3);
    assert.match(stderr, /^toolwright: chat\.jsonl, line \d+: the record was changed/);
    await truncate(trace, 0);
    assert.is((await run([...CHAT, "-c", "--trace", "chat.jsonl"], { input: "Two?\n" })).code, 2);
  }),
);

test(
  "the default model answers with calls that it writes itself",
  inPlace(async ({ run }) => {
    await findModel("local");
    const input = "What is 37*48?\nHow many days is it until December 25?\n";
    const { code, stdout, stderr } = await run(["chat", "--no-trace", "--now", "2026-11-20"], {
      input,
      environment: { TOOLWRIGHT_HOME: process.env["TOOLWRIGHT_HOME"] },
    });
    assert.is(code, 0, stderr);
    assert.match(stdout, /^.*1776.*\n.*35.*\n$/);
    assert.match(stderr, /Calculator\(37\*48\) → 1776/);
    assert.match(stderr, /Calendar\(.*\) → 35/);
  }),
);

test(
  "a trace that cannot be written is told at each question, and nothing is answered unrecorded",
  inPlace(async ({ server, folder, run }) => {
    server.answers(says(["Yes."]));
    await writeFile(join(folder, "file"), "");
    const { code, stdout, stderr } = await run([...CHAT, "--trace", "file/chat.jsonl"], { input: "Well?\n" });
    assert.is(code, 1);
    assert.is(stdout, "");
    assert.match(stderr, /^toolwright: file\/chat\.jsonl cannot be written: /);
  }),
);

test(
  "a model file runs here",
  inPlace(async ({ run }) => {
    const { code, stdout, stderr } = await run(["chat", "--model", await tinyModel(), "--exact", "--max-tokens", "8", "--tools", "none"], {
      input: "Hello\nHello\n",
    });
    assert.is(code, 0, stderr);
    assert.match(stdout, /\S/);
    assert.match(stderr, /The answer was cut at 8 tokens/);
  }),
);

test.run();
