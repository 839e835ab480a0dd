import { createHash } from "node:crypto";
import { DateTime } from "luxon";
import { numbersIn } from "../agent/index.js";
import { messageOf, ToolwrightError } from "../errors.js";
import { linesOf, nameOf } from "./lines.js";
import type { Task } from "./record.js";

const FORM =
  'Each line is an object such as {"question": "What is 2+3?", "answer": 5}; the answer is a text, a number or a list of accepted ones.';
/** Characters of a question; a results file has a line for each. */
const LONGEST = 16_384;

export interface TaskOptions {
  /** Only the first so many. Default: all. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/**
 * The tasks of a file, one a line, as a stream: `{question, answer}` with an optional `id`, `now` and `needless` (true: no call is of any use to it). Of a worked solution (`answer` with
 * `####`, or `solution`) the answer is what follows `####`, or the last number of a `solution` without it.
 * @param file JSONL, also as gzip; `"-"` is standard input
 * @throws ToolwrightError `file-unreadable`; `bad-line` and `id-twice` with file and line; `no-tasks`
 */
export async function* readTasks(file: string, { limit = Number.POSITIVE_INFINITY, signal }: TaskOptions = {}): AsyncGenerator<Task> {
  const ids = new Map<string, number>();
  for await (const { place, number, text } of linesOf(file, signal)) {
    if (ids.size >= limit) return;
    const task = readTask(text, place, number);
    const before = ids.get(task.id);
    if (before !== undefined) {
      throw new ToolwrightError(
        "id-twice",
        `${place}: the id ${JSON.stringify(task.id)} stands in line ${before} too.`,
        "Give each task an id of its own, or none.",
        { exitCode: 2 },
      );
    }
    ids.set(task.id, number);
    yield task;
  }
  if (ids.size === 0) throw new ToolwrightError("no-tasks", `${nameOf(file)} has no tasks.`, FORM, { exitCode: 2 });
}

function readTask(line: string, place: string, number: number): Task {
  const bad = (why: string) => new ToolwrightError("bad-line", `${place}: ${why}`, FORM, { exitCode: 2 });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw bad(`not JSON: ${messageOf(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("not a JSON object.");
  const { id, question, answer, solution, now, needless } = value as Readonly<Record<string, unknown>>;
  if (typeof question !== "string" || question.trim() === "") throw bad("it has no question.");
  if (question.length > LONGEST) throw bad(`its question has ${question.length} characters; at most ${LONGEST} are read.`);
  if (!isMissing(id) && typeof id !== "string" && typeof id !== "number") throw bad("its id is neither a text nor a number.");
  if (!isMissing(now) && !(typeof now === "string" && DateTime.fromISO(now).isValid))
    throw bad(`its now ${JSON.stringify(now)} is no ISO date, such as 2024-12-24.`);
  if (!isMissing(needless) && typeof needless !== "boolean") throw bad("its needless is neither true nor false.");
  const accepted = isMissing(answer) ? solved(solution) : [answer].flat().map(acceptedText);
  if (accepted === undefined || accepted.length === 0) throw bad("it has no answer.");
  const texts = accepted.filter((one) => one !== undefined && one !== "");
  if (texts.length < accepted.length) throw bad("its answer is neither a text, a number nor a list of them.");
  return {
    id: isMissing(id) ? String(number) : String(id),
    question,
    accepted: texts as string[],
    ...(isMissing(now) ? {} : { now: now as string }),
    ...(needless === true ? { needless } : {}),
  };
}

function acceptedText(answer: unknown): string | undefined {
  if (typeof answer === "number" && Number.isFinite(answer)) return String(answer);
  return typeof answer === "string" ? (final(answer) ?? answer.trim()) : undefined;
}

/** What GSM8K writes after the worked solution. */
function final(text: string): string | undefined {
  return /####\s*(.*\S)\s*$/.exec(text)?.[1];
}

function solved(solution: unknown): string[] | undefined {
  if (typeof solution !== "string") return undefined;
  const answer = final(solution) ?? numbersIn(solution).at(-1)?.text;
  return answer === undefined ? undefined : [answer];
}

const isMissing = (value: unknown): value is null | undefined => value === undefined || value === null;

/** Counts tasks and takes their digest, which tells whether two evaluations had the same ones. */
export async function surveyTasks(
  tasks: AsyncIterable<Task> | Iterable<Task>,
): Promise<{ readonly count: number; readonly digest: string }> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const { id, question, accepted, now = null } of tasks) {
    hash.update(`${JSON.stringify([id, question, accepted, now])}\n`);
    count++;
  }
  return { count, digest: hash.digest("hex").slice(0, 32) };
}

/** A task's clock. @param timeZone IANA name, for what has no offset */
export function clockOf(now: string, timeZone: string): Date {
  return DateTime.fromISO(now, { zone: timeZone }).toJSDate();
}
