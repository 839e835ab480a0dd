import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tinyModel } from "../fixtures/tiny-model.js";
import { event, says, status } from "../models/chat-server.js";
import { HubServer } from "../models/hub-server.js";
import { inPlace, type Place, PROGRAM } from "./program.js";
import { hasTerminals, Terminal } from "./terminal.js";

const chat = suite("toolwright chat, at a terminal");
if (!hasTerminals) console.log("Without tmux there are no terminals for tests: those of the chat at a terminal are skipped.");
const test = hasTerminals ? chat : chat.skip;

const open = (place: Place, ...more: readonly string[]) => Terminal.start([PROGRAM, "chat", "--model", "openai:m", ...more], place);
const aSecond = () => pause(1000);
const questions = ({ server }: Place) => server.requests.map(({ body }) => body.messages.at(-1)?.content);

test(
  "an answer appears as it is written, and a call above the line in which it was made",
  inPlace(async (place) => {
    let goOn = (): void => {};
    const half = new Promise<void>((resolve) => (goOn = resolve));
    place.server.answers(says(["37*48 is ", "[Calculator(37*48)"]), async (response, request) => {
      event(response, { content: " 17" });
      await half;
      await says(["76."])(response, request);
    });
    await using terminal = await open(place);
    const greeting = await terminal.until(/^>$/m);
    assert.match(
      greeting,
      /^m · few-shot · Calculator, Calendar, Search\n\/help lists commands, Ctrl-C stops an answer, Ctrl-D leaves\.\n\n>$/,
    );
    await terminal.enter("What is 37*48?");
    const begun = await terminal.until(/is 17$/m);
    assert.match(begun, /\n> What is 37\*48\?\n {2}⚙ Calculator\(37\*48\) → 1776 {2}\S+ ms\n37\*48 is 17$/);
    goOn();
    assert.match(await terminal.until(/\n\n>$/), /ms\n37\*48 is 1776\.\n\n>$/);
    await terminal.press("C-d");
    assert.is(await terminal.ended(), 0);
  }),
);

test(
  "Ctrl-C stops an answer and the chat goes on; twice it leaves",
  inPlace(async (place) => {
    const { server } = place;
    server.answers(
      (response) => event(response, { content: "Well, " }),
      says(["Yes."]),
      (response) => event(response, { content: "Hm, " }),
    );
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.enter("First?");
    await terminal.until(/^Well,$/m);
    await terminal.press("C-c");
    await terminal.until(/^Well,\nStopped\.\n\n>$/m);
    assert.is(await server.requests[0]!.left, true);
    await terminal.enter("Second?");
    await terminal.until(/^Yes\.\n\n>$/m);
    await aSecond();
    await terminal.enter("Third?");
    await terminal.until(/^Hm,$/m);
    await terminal.press("C-c", "C-c");
    assert.is(await terminal.ended(), 0);
    const [trace] = await readdir(join(place.folder, "home", "traces"));
    const { code, stdout } = await place.run(["replay", join("home", "traces", trace!)]);
    assert.is(code, 0);
    assert.match(stdout, /^Yes\.$/m);
  }),
);

test(
  "at the prompt Ctrl-C takes back what was typed, and leaves where nothing was",
  inPlace(async (place) => {
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.type("Not this");
    await terminal.until(/^> Not this$/m);
    await terminal.press("C-c");
    await terminal.until(/^>$/m);
    await terminal.enter("Nor this \\");
    await terminal.until(/^…$/m);
    await aSecond(); // Else it is twice within a second.
    await terminal.press("C-c");
    await terminal.until(/^>$/m);
    await aSecond();
    await terminal.press("C-c");
    assert.is(await terminal.ended(), 0);
    assert.equal(place.server.requests, []);
  }),
);

test(
  "what is pasted, or continued with a backslash, is one message; what is typed ahead waits for its turn",
  inPlace(async (place) => {
    let goOn = (): void => {};
    const typed = new Promise<void>((resolve) => (goOn = resolve));
    place.server.answers(
      async (response, request) => {
        event(response, { content: "One" });
        await typed;
        await says(["."])(response, request);
      },
      says(["Two."]),
      says(["Three."]),
    );
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.paste("Lines:\n\tone\ntwo\x1b[31m\n");
    await terminal.until(/^> Lines:↵ {4}one↵two\[31m$/m);
    await terminal.press("Enter");
    await terminal.until(/^One$/m);
    await terminal.enter("This \\");
    await terminal.enter("and that");
    await terminal.enter("Last");
    assert.not.match(await terminal.screen(), /This/);
    goOn();
    await terminal.until(/^> This \\\n… and that\nTwo\.\n\n> Last\nThree\.\n\n>$/m);
    assert.equal(questions(place), ["Lines:\n    one\ntwo[31m", "This \nand that", "Last"]);
  }),
);

test(
  "what was typed is there in the next session, for this user alone",
  inPlace(async (place) => {
    place.server.answers(says(["Yes."]));
    for (const [question, keys] of [
      ["First?", ["Up"]],
      ["Second?", ["Up", "Up"]],
    ] as const) {
      await using terminal = await open(place, "--no-trace");
      await terminal.until(/^>$/m);
      await terminal.enter(question);
      await terminal.until(/^Yes\.\n\n>$/m);
      await terminal.press("C-l", ...keys);
      await terminal.until(/^> First\?$/m);
    }
    const history = join(place.folder, "home", "history", "chat");
    assert.is(await readFile(history, "utf8"), "First?\nSecond?\n");
    assert.is((await stat(history)).mode & 0o777, 0o600);
  }),
);

test(
  "commands and their arguments are completed",
  inPlace(async (place) => {
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.type("/str");
    await terminal.press("Tab");
    await terminal.type("z");
    await terminal.press("Tab", "Enter");
    await terminal.until(/^> \/strategy zero-shot\n {3}few-shot (.*\n)*\* {2}zero-shot/m);
    await terminal.type("/s");
    await terminal.press("Tab", "Tab");
    await terminal.until(/^\/strategy +\/save +\/stats$/m);
    await terminal.press("C-u");
    await terminal.enter("/model");
    await terminal.until(/^m, http:\S+$/m);
    await terminal.enter("/nonsense");
    await terminal.until(/^toolwright: There is no command \/nonsense\.\n\/help lists them\./m);
    await terminal.enter("/help");
    await terminal.until(/^\/quit +leave/m);
    await terminal.enter("/quit");
    assert.is(await terminal.ended(), 0);
  }),
);

test(
  "turns are taken back, asked again, saved and loaded",
  inPlace(async (place) => {
    const { server, folder } = place;
    server.answers(says(["One."]), says(["Two."]), says(["Two again."]), status(400), says(["Three."]), says(["Four."]));
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.enter("/save chat.jsonl");
    await terminal.until(/^toolwright: Nothing of this chat has been recorded\./m);
    for (const [typed, shown] of [
      ["First?", /^One\.\n\n>$/m],
      ["Second?", /^Two\.\n\n>$/m],
      ["/retry", /^Two again\.\n\n>$/m],
      ["/undo", /^Taken back: Second\?\n>$/m],
      ["Third?", /^toolwright: .*400.*\n(.+\n)+\n>$/m],
      ["/retry", /^Three\.\n\n>$/m],
      ["/stats", /^turns +4\n/m],
      ["/save chat.jsonl", /^Saved to chat\.jsonl\.\n>$/m],
      ["/save chat.jsonl", /^toolwright: chat\.jsonl exists already\./m],
      ["/undo", /^Taken back: Third\?\n>$/m],
      ["/load chat.jsonl", /^Going on after 2 turns of chat\.jsonl\.\n>$/m],
      ["Fourth?", /^Four\.\n\n>$/m],
      ["/load nothing.jsonl", /^toolwright: nothing\.jsonl: There is no such file\./m],
    ] as const) {
      await terminal.enter(typed);
      await terminal.until(shown);
    }
    const asked = server.requests.map(({ body }) =>
      body.messages.filter(({ content }) => /^\w+\?$/.test(content)).map(({ content }) => content),
    );
    assert.equal(asked, [
      ["First?"],
      ["First?", "Second?"],
      ["First?", "Second?"],
      ["First?", "Third?"],
      ["First?", "Third?"],
      ["First?", "Third?", "Fourth?"],
    ]);
    assert.equal(
      server.requests.map(({ body }) => body["temperature"]),
      [0, 0, 0.7, 0, 0.7, 0],
    );
    const traces = (await readdir(join(folder, "home", "traces"))).filter((name) => name.endsWith(".jsonl")).sort();
    assert.is(traces.length, 2);
    const replays = await Promise.all(traces.map((name) => place.run(["replay", join("home", "traces", name)])));
    assert.equal(
      replays.map(({ code }) => code),
      [0, 0],
    );
    assert.ok(replays.some(({ stdout }) => stdout.endsWith("Three.\nFour.\n")));
  }),
);

test(
  "a model is changed while the chat goes on",
  inPlace(async (place) => {
    place.server.answers(says(["One."]), says(["Two."]));
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.enter("First?");
    await terminal.until(/^One\.\n\n>$/m);
    await terminal.enter("/model nothing.gguf");
    await terminal.until(/^toolwright: There is no file .*nothing\.gguf/m);
    await terminal.enter("/model openai:other");
    await terminal.until(/^other, http/m);
    await terminal.enter("Second?");
    await terminal.until(/^Two\.\n\n>$/m);
    assert.equal(
      place.server.requests.map(({ body }) => body.model),
      ["m", "other"],
    );
    assert.ok(place.server.requests[1]!.body.messages.some(({ content }) => content === "One."));
  }),
);

test(
  "a tool with effects outside runs only when it is allowed to",
  inPlace(async (place) => {
    const call = says(["[Note(buy milk)"]);
    place.server.answers(call, says(["Noted."]), call, says(["Not noted."]));
    await using terminal = await Terminal.start([fileURLToPath(new URL("./approving-chat-child.js", import.meta.url))], place);
    await terminal.until(/^>$/m);
    await terminal.enter("Note that I need milk.");
    await terminal.until(/Note\(buy milk\) has effects outside\. Run it\? \[y\/N\]$/m);
    await terminal.press("y");
    await terminal.until(/\[y\/N\] yes\n {2}⚙ Note\(buy milk\) → written .*\nNoted\.\n\n>$/m);
    await terminal.enter("And again.");
    await terminal.until(/\[y\/N\]$/m);
    await terminal.press("Enter");
    await terminal.until(/\[y\/N\] no\n {2}⚙ Note\(buy milk\) failed: not approved by the user .*\nNot noted\.\n\n>$/m);
    assert.is(await readFile(join(place.folder, "notes.txt"), "utf8"), "buy milk\n");
  }),
);

test(
  "control characters of a model or a tool do not reach the terminal",
  inPlace(async (place) => {
    place.server.answers(says(["Hi\x1b[2J\x1b]0;title\x07 [Calculator(1+\x1b[1A1)"]), says([" there\x9b5A."]));
    await using terminal = await open(place);
    await terminal.until(/^>$/m);
    await terminal.enter("Hello");
    const screen = await terminal.until(/there5A\.\n\n>$/m);
    assert.match(screen, /^> Hello\n {2}⚙ Calculator\(1\+\[1A1\) .*\nHi\[2J\]0;title there5A\.\n\n>$/m);
  }),
);

test(
  "a model that is fetched has a progress bar",
  inPlace(async (place) => {
    await using hub = await HubServer.start();
    hub.put("tiny.gguf", await readFile(await tinyModel()));
    hub.behaviour.pause = 50;
    const environment = { ...place.environment, HF_ENDPOINT: hub.url };
    await using terminal = await Terminal.start([PROGRAM, "chat", "--model", "hf:owner/repo/tiny.gguf", "--exact"], {
      ...place,
      environment,
    });
    await terminal.until(/^Fetching the model from the Hugging Face hub, this once \(0\.7 MB\) …\n {2}█+░+ \d+ % {2}0\.\d of 0\.7 MB$/m);
    await terminal.until(/^ {2}█+ 100 % {2}0\.7 of 0\.7 MB\nFetched\.\ntiny\.gguf · .*\n.*\n\n>$/m);
  }),
);

chat.run();
