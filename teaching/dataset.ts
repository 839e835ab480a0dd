import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { formatResult } from "../agent/index.js";
import { messageOf, ToolwrightError } from "../errors.js";
import { decodeLine, Input, Unfit } from "./corpus-bytes.js";
import { markerPlace, readMarked } from "./marked.js";
import type { Json, Lesson } from "./record.js";

/** Version of the lines of `dataset.jsonl` and `candidates.jsonl`; it rises when a reader of the one before would misread them. */
export const datasetFormat = 1;

/** Bytes beyond which a line is no lesson of ours: nobody's memory should end in a file that is something else. */
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

/** The dataset that a path names: a file, or `dataset.jsonl` or `dataset.jsonl.gz` in a folder. It need not be there. */
export function datasetFile(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const file = join(path, "dataset.jsonl");
  const packed = `${file}.gz`;
  return !existsSync(file) && existsSync(packed) ? packed : file;
}

/**
 * Whether a file's first line that is not empty says a format, as lessons do; a file of nothing has no lines of any other kind.
 * @throws ToolwrightError `file-unreadable`
 */
export async function isDataset(file: string): Promise<boolean> {
  try {
    await using input = await Input.open(file, file);
    if (!input.looksLikeRecords) return input.head.toString("latin1").trim() === "";
  } catch (error) {
    throw unreadable(error);
  }
  for await (const line of linesOf(file)) {
    if (line.trim() === "") continue;
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null && "format" in value;
    } catch {
      return /^\s*\{\s*"format"\s*:/.test(line); // A line that is torn.
    }
  }
  return true;
}

/**
 * The lessons of a `dataset.jsonl`, also as gzip, read as they are asked for. Members that this version does not know are left out; empty lines are
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
  try {
    await using input = await Input.open(file, file);
    let number = 0;
    for await (const bytes of input.lines(LONGEST_LINE)) {
      number++;
      if (bytes === undefined) throw badLine(`${file}, line ${number}`, "it is longer than any lesson");
      yield decodeLine(bytes);
    }
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): unknown {
  if (!(error instanceof Unfit)) return error;
  return new ToolwrightError(error.code, error.message, "Check the path.", { cause: error, exitCode: 2 });
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
