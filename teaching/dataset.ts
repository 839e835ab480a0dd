import { createReadStream } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { formatResult } from "../agent/index.js";
import { messageOf, ToolwrightError } from "../errors.js";
import { markerPlace, readMarked } from "./marked.js";
import type { Json, Lesson } from "./record.js";

/** Version of the lines of `dataset.jsonl` and `candidates.jsonl`; it rises when a reader of the one before would misread them. */
export const datasetFormat = 1;

/** UTF-16 units beyond which a line is no lesson of ours: nobody's memory should end in a file that is something else. */
const LONGEST_LINE = 64 * 1024 * 1024;

const json: z.ZodType<Json> = z.json();
const place = z.int().nonnegative();
const meta = z.record(z.string(), json);

const sourceSchema = z.object({ id: z.string(), title: z.string(), url: z.string().optional(), score: z.number().optional() });

const callSchema = z.object({
  tool: z.string(),
  position: place,
  input: z.string(),
  output: z.string(),
  margin: z.number(),
  now: z.string().optional(),
  sources: z.array(sourceSchema).optional(),
});

const lessonSchema = z.object({
  id: z.string(),
  source: z.string(),
  document: place,
  part: place,
  question: z.string().optional(),
  text: z.string(),
  calls: z.array(callSchema),
  marked: z.string(),
  date: z.string().optional(),
  meta: meta.optional(),
});

/** A lesson as a line of `dataset.jsonl`, with its newline. The same lesson gives the same bytes, whatever the order of its members. */
export function datasetLine(lesson: Lesson): string {
  return `${JSON.stringify({ format: datasetFormat, ...lessonSchema.parse(lesson) })}\n`;
}

/**
 * The lessons of a `dataset.jsonl`, read as they are asked for. Members that this version does not know are left out; empty lines are
 * passed over.
 * @throws ToolwrightError, naming file and line: `dataset-newer` (a line of another version), `bad-line` (no lesson, or one whose
 *   `marked` is not its text with its calls), `file-unreadable`
 */
export async function* readDataset(file: string): AsyncGenerator<Lesson> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (line.trim() !== "") yield lessonIn(line, `${file}, line ${number}`);
  }
}

function lessonIn(line: string, where: string): Lesson {
  const value = objectIn(line, where);
  if (value.format !== datasetFormat) throw otherFormat(where, value.format);
  const { data: lesson, error } = lessonSchema.safeParse(value);
  if (lesson === undefined) throw badLine(where, z.prettifyError(error).replace(/\s+/g, " "));
  const { text, calls } = readMarked(lesson.marked, new Set(lesson.calls.map(({ tool }) => tool)));
  const written = lesson.calls.map(({ tool, input, output, position }) => ({
    tool,
    input,
    output: formatResult(output),
    place: markerPlace(lesson.text, position),
  }));
  if (text !== lesson.text || !isDeepStrictEqual(calls, written)) throw badLine(where, '"marked" is not "text" with "calls"');
  return lesson;
}

function objectIn(line: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw badLine(where, messageOf(error));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw badLine(where, "it is no object");
  return value as Record<string, unknown>;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  let pieces: string[] = [];
  let length = 0;
  let number = 1;
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8", highWaterMark: 256 * 1024 })) {
      const [head = "", ...others] = (chunk as string).split("\n");
      pieces.push(head);
      length += head.length;
      for (const next of others) {
        yield pieces.join("");
        pieces = [next];
        length = next.length;
        number++;
      }
      if (length > LONGEST_LINE) throw badLine(`${file}, line ${number}`, "it is longer than any lesson");
    }
  } catch (error) {
    if (error instanceof ToolwrightError) throw error;
    throw new ToolwrightError("file-unreadable", `${file} cannot be read: ${messageOf(error)}`, "Check the path.", {
      cause: error,
      exitCode: 2,
    });
  }
  yield pieces.join("");
}

function badLine(where: string, why: string): ToolwrightError {
  return new ToolwrightError(
    "bad-line",
    `${where} is no lesson: ${why}.`,
    "Name a dataset.jsonl that teach wrote, or make it again with teach --resume.",
    { exitCode: 2 },
  );
}

function otherFormat(where: string, format: unknown): ToolwrightError {
  if (format === undefined) return badLine(where, 'it has no "format"');
  return new ToolwrightError(
    "dataset-newer",
    `${where} has format ${JSON.stringify(format)}; this version of toolwright reads format ${datasetFormat}.`,
    "Use the version of toolwright that wrote it, or a newer one.",
    { exitCode: 2 },
  );
}
