import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AgentEvent } from "../../agent/index.js";
import { type ExportFormat, exportTrace, openTrace, recordTo } from "../../traces/index.js";
import { all, inFolder, recordRuns } from "./small-agent.js";

const test = suite("export");

type Body = AgentEvent extends infer Event ? (Event extends { n: number } ? Omit<Event, "n"> : never) : never;

/** A trace of runs of which only the start and the events are recorded. */
async function record(
  file: string,
  runs: readonly { run: string; turn?: number; tools?: unknown; events: readonly Body[] }[],
): Promise<void> {
  await using recorder = await recordTo(file);
  for (const { run, turn, tools, events } of runs) {
    const tape = recorder.tape(run);
    await tape.input("run", () => ({
      question: `Question of ${run}`,
      turn,
      tools,
      model: { name: "small" },
      now: "2026-07-31T12:00:00.000Z",
    }));
    for (const [n, event] of events.entries()) tape.made("event", { n, ...event });
    await tape.end();
  }
}

const exported = async (file: string, format: ExportFormat): Promise<string> =>
  (await all(exportTrace(await openTrace(file), format))).join("");

const conversations = async (file: string): Promise<unknown[]> =>
  (await exported(file, "messages"))
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { messages: unknown }).messages);

const text = (delta: string): Body => ({ type: "text", delta });
const call = (id: string, input: string): Body => ({ type: "call", id, tool: "Multiply", input, span: [0, 0] });
const result = (id: string, output: string): Body => ({ type: "result", id, output, ms: 3.4, cached: false });
const answer = (text: string): Body => ({ type: "answer", text });

test(
  "a transcript reads as it was shown",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const error: Body = { type: "error", code: "call-malformed", message: "[X( was taken as text.", remedy: "Close it.", fatal: false };
    await record(file, [
      { run: "a", events: [text("It is"), call("c0", "`6` * 7"), result("c0", "42"), text(" 42."), error, answer("It is 42.")] },
      { run: "b", events: [text("So: 1"), answer("1776")] },
    ]);
    assert.is(
      await exported(file, "markdown"),
      [
        "## Question of a",
        "",
        "*small, 2026-07-31T12:00:00.000Z*",
        "",
        "It is",
        "",
        "> `` Multiply(`6` * 7) `` → `42` (3 ms)",
        "",
        " 42.",
        "",
        "*call-malformed: [X( was taken as text. Close it.*",
        "",
        "",
        "",
        "## Question of b",
        "",
        "*small, 2026-07-31T12:00:00.000Z*",
        "",
        "So: 1",
        "",
        "Answer: 1776",
        "",
        "",
      ].join("\n"),
    );
  }),
);

test(
  "calls become tool calls with their results, those made together in one message",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const tools = [
      {
        name: "Multiply",
        schema: { type: "object", properties: { product: { type: "string" }, digits: { type: "number" } }, required: ["product"] },
      },
    ];
    const events = [
      text("It is"),
      call("c0", "6*7"),
      call("c1", '{"product":"2*2"}'),
      result("c0", "42"),
      result("c1", "4"),
      call("c2", "1*1"),
      text(" and more."),
      answer("42"),
    ];
    await record(file, [{ run: "a", tools, events }]);
    const toolCall = (id: string, args: string): unknown => ({ id, type: "function", function: { name: "Multiply", arguments: args } });
    assert.equal(await conversations(file), [
      [
        { role: "user", content: "Question of a" },
        { role: "assistant", content: "It is", tool_calls: [toolCall("a-c0", '{"product":"6*7"}'), toolCall("a-c1", '{"product":"2*2"}')] },
        { role: "tool", tool_call_id: "a-c0", content: "42" },
        { role: "tool", tool_call_id: "a-c1", content: "4" },
        { role: "assistant", content: null, tool_calls: [toolCall("a-c2", '{"product":"1*1"}')] },
        { role: "tool", tool_call_id: "a-c2", content: "" },
        { role: "assistant", content: " and more." },
      ],
    ]);
  }),
);

test(
  "a chat is one conversation without what was taken back; independent runs are one each",
  inFolder(async (folder) => {
    const file = join(folder, "chat.jsonl");
    const run = (run: string, turn?: number) => ({ run, turn, events: [answer(`Answer of ${run}`)] });
    await record(file, [run("a", 0), run("b", 1), run("c", 1), run("d", 2), run("e"), run("f")]);
    const said = (await conversations(file)).map((messages) =>
      (messages as { content: string }[]).map(({ content }) => content.at(-1)).join(""),
    );
    assert.equal(said, ["aaccdd", "ee", "ff"]);
  }),
);

test(
  "events come out as they were",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const events = await recordRuns(file, ["What is 6*7?"]);
    const lines = (await exported(file, "jsonl-events"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { run: string });
    const { run } = JSON.parse((await readFile(file, "utf8")).split("\n")[1]!) as { run: string };
    assert.equal(
      lines,
      (JSON.parse(JSON.stringify(events)) as object[]).map((event) => ({ run, ...event })),
    );
  }),
);

test(
  "records that do not look as expected are passed over",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await record(file, [{ run: "a", events: [{ type: "sound" } as unknown as Body, answer("42")] }]);
    assert.is((await conversations(file)).length, 1);
    assert.match(await exported(file, "markdown"), "Answer: 42");
  }),
);

test.run();
