import { z } from "zod";
import { parseArguments } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { Tool } from "../tools/index.js";
import { datasetLine } from "./dataset.js";
import { markerPlace, markText } from "./marked.js";
import type { Lesson, LessonCall } from "./record.js";

/**
 * - `jsonl`: the lines of `dataset.jsonl`
 * - `trl`: TRL's prompt and completion, `{"prompt", "completion"}`; of plain texts TRL's language modelling, `{"text"}`
 * - `trl-messages`: TRL's conversations, `{"messages"}`, the calls being text of the assistant's turn
 * - `openai`: OpenAI's fine-tuning conversations, `{"messages", "tools"}`, the calls being structured tool calls
 */
export const datasetFormats = ["jsonl", "trl", "trl-messages", "openai"] as const;
export type DatasetFormat = (typeof datasetFormats)[number];

/** What an export needs of a tool. */
export type ExportedTool = Pick<Tool, "name" | "description" | "input">;

/**
 * Why a text is not in an export.
 * - `no-question`: a plain text, where the format wants a user's turn before the assistant's
 * - `question`: a record with a question, in a file that began with plain texts: TRL wants records of one kind
 * - `part-missing`: a part of a record, without the part before it
 * - `call-misfit`: the arguments of one of its calls do not fit the tool as it is now
 */
export type LeftOut = "no-question" | "question" | "part-missing" | "call-misfit";

/** How many lines were made, and how many texts were left out, by reason. */
export interface Exported {
  readonly lines: number;
  readonly leftOut: { readonly [reason in LeftOut]?: number };
}

/** A line's value, or why there is none. */
type Row = { readonly row: object } | { readonly leftOut: LeftOut };
type RowMaker = (lesson: Lesson) => Row;

/**
 * A dataset in another form, line by line, each with its newline; the generator's return value says what was left out. The parts of a
 * record with a question are one line again: they must follow one another, as they do in a dataset.
 *
 * Where calls are text (`trl`, `trl-messages`), what looked like a call in the text itself stays escaped: a model could not tell it
 * from a call. In `openai` it is as it was.
 * @param tools all tools of the dataset; `openai` lists them with every conversation
 * @throws ToolwrightError `tool-unknown`: `openai` meets a call to a tool that is not among them
 */
export async function* exportDataset(
  lessons: AsyncIterable<Lesson>,
  format: DatasetFormat,
  tools: readonly ExportedTool[],
): AsyncGenerator<string, Exported> {
  let lines = 0;
  const leftOut: { [reason in LeftOut]?: number } = {};
  if (format === "jsonl") {
    for await (const lesson of lessons) {
      yield datasetLine(lesson);
      lines++;
    }
    return { lines, leftOut };
  }
  const rowOf = format === "trl" ? trlRows() : format === "trl-messages" ? messagesRow : openaiRows(tools);
  for await (const record of wholeRecords(lessons, tools)) {
    const made = "leftOut" in record ? record : rowOf(record);
    if ("row" in made) {
      yield `${JSON.stringify(made.row)}\n`;
      lines++;
    } else leftOut[made.leftOut] = (leftOut[made.leftOut] ?? 0) + 1;
  }
  return { lines, leftOut };
}

/**
 * Plain passages one by one, and records with a question put together from their parts, which must follow one another.
 * @param tools all whose calls a reader of the texts will know; those of a record's own calls are known anyway
 */
export async function* wholeRecords(
  lessons: AsyncIterable<Lesson>,
  tools: readonly Pick<ExportedTool, "name">[] = [],
): AsyncGenerator<Lesson | { readonly leftOut: LeftOut }> {
  let parts: Lesson[] = [];
  for await (const lesson of lessons) {
    const [first] = parts;
    const goesOn = first !== undefined && lesson.document === first.document && lesson.part === parts.length;
    if (first !== undefined && !goesOn) {
      yield joined(first, parts, tools);
      parts = [];
    }
    if (lesson.question === undefined) yield lesson;
    else if (goesOn || lesson.part === 0) parts.push(lesson);
    else yield { leftOut: "part-missing" };
  }
  if (parts[0] !== undefined) yield joined(parts[0], parts, tools);
}

function joined(first: Lesson, parts: readonly Lesson[], tools: readonly Pick<ExportedTool, "name">[]): Lesson {
  if (parts.length === 1) return first;
  let text = "";
  let calls: LessonCall[] = [];
  for (const part of parts) {
    calls = [...calls, ...part.calls.map((call) => ({ ...call, position: call.position + text.length }))];
    text += part.text;
  }
  // A currency may end one part and its number begin the next: a call before each would stand at one place.
  calls = calls.filter(({ position }, i) => markerPlace(text, position) !== markerPlace(text, calls[i - 1]?.position ?? -1));
  const names = new Set([...tools, ...calls.map(({ tool }) => ({ name: tool }))].map(({ name }) => name));
  return { ...first, text, calls, marked: markText(text, calls, names) };
}

/** TRL joins prompt and completion as they are: the prompt ends its own line. The first record decides which kind the file has. */
function trlRows(): RowMaker {
  let plain: boolean | undefined;
  return ({ question, marked }) => {
    plain ??= question === undefined;
    if (!plain) return { row: { prompt: question === undefined ? "" : `${question}\n`, completion: marked } };
    return question === undefined ? { row: { text: marked } } : { leftOut: "question" };
  };
}

function messagesRow({ question, marked }: Lesson): Row {
  if (question === undefined) return { leftOut: "no-question" };
  return {
    row: {
      messages: [
        { role: "user", content: question },
        { role: "assistant", content: marked },
      ],
    },
  };
}

/** The text between calls is kept to the character: the assistant's contents, joined, are the lesson's text. */
function openaiRows(tools: readonly ExportedTool[]): RowMaker {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const functions = tools.map(({ name, description, input }) => {
    const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
    return { type: "function", function: { name, description, parameters } };
  });
  return ({ question, text, calls }) => {
    if (question === undefined) return { leftOut: "no-question" };
    const messages: object[] = [{ role: "user", content: question }];
    let from = 0;
    for (const [i, { tool: name, input, output, position }] of calls.entries()) {
      const tool = byName.get(name);
      if (tool === undefined) throw unknownTool(name);
      const given = parseArguments(input, tool);
      if (!given.ok) return { leftOut: "call-misfit" };
      const place = markerPlace(text, position);
      const id = `call_${i + 1}`;
      const call = { id, type: "function", function: { name, arguments: JSON.stringify(given.args) } };
      messages.push({ role: "assistant", content: text.slice(from, place) || null, tool_calls: [call] });
      messages.push({ role: "tool", tool_call_id: id, content: output });
      from = place;
    }
    messages.push({ role: "assistant", content: text.slice(from) });
    return { row: { messages, tools: functions, parallel_tool_calls: false } };
  };
}

function unknownTool(name: string): ToolwrightError {
  return new ToolwrightError(
    "tool-unknown",
    `The dataset has calls to ${name}, which is not among the tools given.`,
    "Give all tools that the dataset was made with.",
    { exitCode: 2 },
  );
}
