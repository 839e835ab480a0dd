import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { formatResult, parseArguments } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { type DatasetFormat, type Exported, exportDataset } from "../../teaching/export.js";
import { readMarked } from "../../teaching/marked.js";
import { lessonOf } from "../../teaching/merge.js";
import type { Candidate, Lesson } from "../../teaching/record.js";
import { calculator, defineTool } from "../../tools/index.js";

const test = suite("export of a dataset");

const distance = defineTool({
  name: "Distance",
  description: "kilometres between two places",
  input: z.object({ from: z.string(), to: z.string(), miles: z.boolean().optional() }),
  run: () => "1",
});
const tools = [calculator(), distance];
const names = tools.map(({ name }) => name);

const call = (position: number, more: Partial<Candidate> = {}): Candidate => ({
  passage: "a",
  document: 0,
  part: 0,
  tool: "Calculator",
  position,
  probability: 0.1,
  input: "48/2",
  samples: 1,
  output: "24",
  margin: 1,
  verdict: "kept",
  ...more,
});

function lesson(text: string, kept: readonly Candidate[], more: { question?: string; document?: number; part?: number } = {}): Lesson {
  return lessonOf({ document: 0, part: 0, id: "a", source: "a.txt", before: "", text, ...more }, kept, { tools: names });
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function exported(
  lessons: readonly Lesson[],
  format: DatasetFormat,
  given: Parameters<typeof exportDataset>[2] = tools,
): Promise<{ rows: unknown[]; result: Exported }> {
  const lines = exportDataset(each(lessons), format, given);
  const rows: unknown[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done) return { rows, result: next.value };
    assert.match(next.value, /^[^\n]+\n$/);
    rows.push(JSON.parse(next.value));
  }
}

// The formats as their own documentation defines them, and nothing of the exporter's.

/** TRL, "Dataset formats and types": standard prompt-completion and standard language modelling. */
const trlPrompt = z.strictObject({ prompt: z.string(), completion: z.string().min(1) });
const trlText = z.strictObject({ text: z.string().min(1) });

/** TRL: conversational language modelling. */
const trlMessages = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() }))
    .refine((messages) => messages.at(-1)?.role === "assistant", "ends with the assistant"),
});

/** OpenAI, FineTuneChatRequestInput: what a line of a training file for chat models is. */
const openai = z
  .strictObject({
    messages: z.array(
      z.discriminatedUnion("role", [
        z.strictObject({ role: z.literal("user"), content: z.string().min(1) }),
        z
          .strictObject({
            role: z.literal("assistant"),
            content: z.string().nullable(),
            tool_calls: z
              .array(
                z.strictObject({
                  id: z.string().min(1),
                  type: z.literal("function"),
                  function: z.strictObject({ name: z.string().regex(/^[\w-]{1,64}$/), arguments: z.string() }),
                }),
              )
              .min(1)
              .optional(),
          })
          .refine(({ content, tool_calls }) => content !== null || tool_calls !== undefined, "content or calls"),
        z.strictObject({ role: z.literal("tool"), tool_call_id: z.string(), content: z.string() }),
      ]),
    ),
    tools: z.array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: z.string(),
          description: z.string(),
          parameters: z.looseObject({ type: z.literal("object"), properties: z.record(z.string(), z.unknown()) }),
        }),
      }),
    ),
    parallel_tool_calls: z.boolean(),
  })
  .refine(({ messages }) => messages.at(-1)?.role === "assistant", "ends with the assistant");

type Conversation = z.infer<typeof openai>;

interface ReadCall {
  readonly tool: string;
  readonly args: unknown;
  output?: string;
  readonly place: number;
}

/** What a reader of the format makes of a conversation: the assistant's text, and the calls with the offsets at which they stand in it. */
function readConversation({ messages, tools: offered }: Conversation): { question: string; text: string; calls: ReadCall[] } {
  let text = "";
  const calls: ReadCall[] = [];
  const open = new Map<string, (typeof calls)[number]>();
  const [first, ...turns] = messages;
  for (const message of turns) {
    if (message.role === "assistant") {
      assert.is(open.size, 0, "every call has its result before the assistant goes on");
      text += message.content ?? "";
      for (const { id, function: made } of message.tool_calls ?? []) {
        assert.ok(offered.some(({ function: { name } }) => name === made.name));
        const one = { tool: made.name, args: JSON.parse(made.arguments), place: text.length };
        calls.push(one);
        open.set(id, one);
      }
    } else if (message.role === "tool") {
      const answered = open.get(message.tool_call_id);
      assert.ok(answered, "a result answers a call");
      answered.output = message.content;
      open.delete(message.tool_call_id);
    } else assert.unreachable("one user's turn");
  }
  assert.is(open.size, 0);
  return { question: first?.role === "user" ? first.content : "", text, calls };
}

const question = "How many clips?";
const sold = lesson("She sold 48/2 = 24 clips.", [call(16)], { question });

test("a record with a question is prompt and completion for TRL, each on a line of its own", async () => {
  const { rows } = await exported([sold], "trl");
  assert.equal(rows, [{ prompt: "How many clips?\n", completion: "She sold 48/2 = [Calculator(48/2) → 24] 24 clips." }]);
});

test("plain texts are TRL's language modelling", async () => {
  assert.equal((await exported([lesson("so 24", [call(3)])], "trl")).rows, [{ text: "so [Calculator(48/2) → 24] 24" }]);
});

test("a file for TRL has records of one kind: the first decides, and what is left out is counted", async () => {
  const plain = lesson("so 24", []);
  const asked = await exported([sold, plain], "trl");
  assert.equal(asked.rows[1], { prompt: "", completion: "so 24" });
  assert.equal(asked.result, { lines: 2, leftOut: {} });
  const told = await exported([plain, sold, plain], "trl");
  assert.equal(told.rows, [{ text: "so 24" }, { text: "so 24" }]);
  assert.equal(told.result, { lines: 2, leftOut: { question: 1 } });
});

test("a conversation for TRL shows the calls in the assistant's turn", async () => {
  assert.equal((await exported([sold], "trl-messages")).rows, [
    {
      messages: [
        { role: "user", content: question },
        { role: "assistant", content: "She sold 48/2 = [Calculator(48/2) → 24] 24 clips." },
      ],
    },
  ]);
});

test("a conversation for OpenAI has structured calls, their results, and the tools", async () => {
  const text = "From Rome to Oslo it is 2,007 km.";
  const far = call(24, { tool: "Distance", input: "Rome, to: Oslo", output: "2,007 [km]\nby air" });
  const { rows } = await exported([lesson(text, [far], { question: "How far?" })], "openai", [distance]);
  assert.equal(rows, [
    {
      messages: [
        { role: "user", content: "How far?" },
        {
          role: "assistant",
          content: "From Rome to Oslo it is",
          tool_calls: [{ id: "call_1", type: "function", function: { name: "Distance", arguments: '{"from":"Rome","to":"Oslo"}' } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "2,007 [km]\nby air" },
        { role: "assistant", content: " 2,007 km." },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "Distance",
            description: "kilometres between two places",
            parameters: {
              type: "object",
              properties: { from: { type: "string" }, to: { type: "string" }, miles: { type: "boolean" } },
              required: ["from", "to"],
            },
          },
        },
      ],
      parallel_tool_calls: false,
    },
  ]);
});

test("a call at the very start has no text before it", async () => {
  const { rows } = await exported([lesson("24 clips", [call(0)], { question })], "openai");
  const [, first] = (rows[0] as Conversation).messages;
  assert.is(first?.content, null);
});

test("plain texts have no place in conversations and are counted", async () => {
  for (const format of ["trl-messages", "openai"] as const) {
    const { rows, result } = await exported([lesson("so 24", []), sold, lesson("so 25", [])], format);
    assert.is(rows.length, 1);
    assert.equal(result, { lines: 1, leftOut: { "no-question": 2 } });
  }
});

test("the parts of a record are one conversation again", async () => {
  const parts = [
    lesson("It is 48/2 = 24. ", [call(13)], { question, document: 4 }),
    lesson("Then [Calculator(1)] 24 ", [call(21, { input: "12*2" })], { question, document: 4, part: 1 }),
    lesson("and 24.", [call(4, { input: "20+4" })], { question, document: 4, part: 2 }),
  ];
  const next = lesson("Another.", [], { question: "And?", document: 5 });
  const { rows, result } = await exported([...parts, next], "openai");
  assert.equal(result, { lines: 2, leftOut: {} });
  const { text, calls } = readConversation(openai.parse(rows[0]));
  assert.is(text, "It is 48/2 = 24. Then [Calculator(1)] 24 and 24.");
  assert.equal(
    calls.map(({ place }) => place),
    [12, 37, 44],
  );
  assert.equal((await exported([...parts, next], "trl-messages")).rows.length, 2);
  const { completion } = trlPrompt.parse((await exported(parts, "trl")).rows[0]);
  assert.is(
    completion,
    "It is 48/2 = [Calculator(48/2) → 24] 24. Then [Calculator\\(1)] [Calculator(12*2) → 24] 24 and [Calculator(20+4) → 24] 24.",
  );
});

test("parts whose beginning is missing are left out", async () => {
  const late = lesson("and 24.", [], { question, document: 4, part: 1 });
  const first = lesson("It is. ", [], { question, document: 5 });
  const third = lesson("So.", [], { question, document: 5, part: 2 });
  const { rows, result } = await exported([late, first, third], "trl-messages");
  assert.is(rows.length, 1);
  assert.equal(result, { lines: 1, leftOut: { "part-missing": 2 } });
});

test("calls of a tool that is not given, or that no longer fit it, are told", async () => {
  try {
    await exported([sold], "openai", [distance]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ToolwrightError);
    assert.is((error as ToolwrightError).code, "tool-unknown");
    assert.match((error as ToolwrightError).message, "Calculator");
  }
  const changed = { ...distance, input: z.object({ place: z.number() }) };
  const far = lesson("It is 24 km.", [call(6, { tool: "Distance", input: "Rome, Oslo" })], { question });
  assert.equal((await exported([far, sold], "openai", [calculator(), changed])).result, { lines: 1, leftOut: { "call-misfit": 1 } });
});

const words = fc
  .array(
    fc.constantFrom("48/2 = 24", "$24", " ", "\n", "Rome", "[Calculator(1) → 1]", "[Calculator\\(1)]", "é𝟛", "→", "24", ". ", "(24)"),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((pieces) => `x${pieces.join("")}`);

const kept = (text: string) =>
  fc.array(
    fc
      .record({
        position: fc.nat(text.length - 1),
        call: fc.constantFrom(
          { tool: "Calculator", input: "48/2" },
          { tool: "Calculator", input: "max(1, 2) * 3" },
          { tool: "Distance", input: 'Rome, "Oslo, Norway"' },
          { tool: "Distance", input: '{"from": "a", "to": "b", "miles": true}' },
        ),
        output: fc.constantFrom("24", "2 [km] → \nby air", ""),
        margin: fc.double({ min: 0.5, max: 3, noNaN: true }),
      })
      .filter(({ position }) => /\S/.test(text.charAt(position)))
      .map(({ call: { tool, input }, ...more }) => call(more.position, { ...more, tool, input })),
    { maxLength: 5 },
  );

/** Records of one to three parts. */
const records = fc.array(
  fc.record({
    question: fc.string({ minLength: 1 }),
    parts: fc.array(
      words.chain((text) => fc.tuple(fc.constant(text), kept(text))),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { maxLength: 4 },
);

test("calls, outputs and text survive in every format", async () => {
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(records, async (made) => {
      const lessons = made.flatMap(({ question, parts }, document) =>
        parts.map(([text, candidates], part) => lesson(text, candidates, { question, document, part })),
      );
      const written = made.map(({ question }, document) => {
        const parts = lessons.filter((part) => part.document === document);
        return { question, text: parts.map(({ text }) => text).join(""), calls: parts.flatMap((part) => part.calls) };
      });
      calls += written.flatMap((record) => record.calls).length;

      const chats = (await exported(lessons, "openai")).rows.map((row) => readConversation(openai.parse(row)));
      const expected = written.map(({ question, text, calls }) => ({
        question,
        text,
        calls: calls.map(({ tool, input, output }) => {
          const parsed = parseArguments(input, tools.find(({ name }) => name === tool)!);
          return { tool, args: parsed.ok && parsed.args, output };
        }),
      }));
      assert.equal(
        chats.map((chat) => ({ ...chat, calls: chat.calls.map(({ place: _, ...others }) => others) })),
        expected,
      );

      const shown = written.map(({ question, text, calls }) => ({
        question,
        text,
        calls: calls.map(({ tool, input, output }) => ({ tool, input, output: formatResult(output) })),
      }));
      const asShown = (question: string, marked: string) => {
        const read = readMarked(marked, names);
        return { question, text: read.text, calls: read.calls.map(({ tool, input, output }) => ({ tool, input, output })) };
      };
      const pairs = (await exported(lessons, "trl")).rows.map((row) => trlPrompt.parse(row));
      assert.equal(
        pairs.map(({ prompt, completion }) => asShown(prompt.slice(0, -1), completion)),
        shown,
      );
      const turns = (await exported(lessons, "trl-messages")).rows.map((row) => trlMessages.parse(row).messages);
      assert.equal(
        turns.map(([user, assistant]) => asShown(user?.content ?? "", assistant?.content ?? "")),
        shown,
      );

      const plain = lessons.map(({ question: _, ...others }) => others);
      const texts = (await exported(plain, "trl")).rows.map((row) => trlText.parse(row).text);
      assert.equal(
        texts.map((text) => readMarked(text, names).text),
        plain.map(({ text }) => text),
      );
      assert.equal(
        (await exported(lessons, "jsonl")).rows,
        lessons.map((one) => ({ format: 1, ...one })),
      );
    }),
    { numRuns: 200 },
  );
  assert.ok(calls > 300, `${calls} calls`);
});

test.run();
