import { messageOf } from "../errors.js";
import { Unfit } from "./corpus-bytes.js";
import type { Json } from "./record.js";

/** A line of a corpus, checked. */
export interface CorpusRecord {
  readonly id?: string;
  readonly question?: string;
  readonly text: string;
  /** All that are right; only where `as` is `question`. */
  readonly answer?: readonly string[];
  readonly date?: string;
  readonly meta?: { readonly [name: string]: Json };
}

/**
 * A line as a record: `{text}` or `{question, solution}`, with `id`, `date` and `meta` where it has them and they are not null.
 * @param place the file and the line, for messages
 * @param as `text` joins a question and its solution; `chat` refuses a text; `question` refuses what has no known answer and needs no
 *   solution, whose place `text` the answer then takes
 * @throws Unfit `bad-line`, `no-question`, `no-answer`, `not-text`
 */
export function readRecord(line: string, place: string, as?: "chat" | "text" | "question"): CorpusRecord {
  const bad = (why: string) => new Unfit("bad-line", `${place}: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw bad(`not JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw bad("not a JSON object.");
  const { id, date, meta, text, question } = value;
  const answer = as === "question" ? answerOf(value) : undefined;
  const solution = isMissing(value.solution) ? answer?.[0] : value.solution;
  const asked = typeof question === "string" && typeof solution === "string";
  if (!asked && typeof text !== "string") throw bad('neither {"text": "…"} nor {"question": "…", "solution": "…"}.');
  if (!isMissing(id) && typeof id !== "string" && typeof id !== "number") throw bad("its id is neither a text nor a number.");
  if (!isMissing(date) && !isDate(date)) throw bad(`its date ${JSON.stringify(date)} is not an ISO date such as 2024-03-01.`);
  if (!isMissing(meta) && !isObject(meta)) throw bad("its meta is not an object.");
  if ((as === "chat" || as === "question") && !asked) throw noQuestion(place);
  if (as === "question" && answer === undefined) throw new Unfit("no-answer", `${place}: its answer is not known.`);
  const chat = asked && as !== "text";
  const record: CorpusRecord = {
    id: isMissing(id) ? undefined : String(id),
    question: chat ? question : undefined,
    text: chat ? solution : asked ? `${question}\n${solution}` : (text as string),
    answer,
    date: isMissing(date) ? undefined : date,
    meta: isMissing(meta) ? undefined : (meta as { readonly [name: string]: Json }),
  };
  for (const part of chat ? [record.question!, record.text] : [record.text]) {
    if (part.includes("\0")) throw new Unfit("not-text", `${place} holds NUL characters, which are no text.`);
    if (part.trim() === "") throw new Unfit("not-text", `${place} holds no text${chat ? " in its question or its solution" : ""}.`);
  }
  return record;
}

/** A record's `answer`, a text, a number or a list of them, or what follows `####`, as GSM8K ends its answers and solutions. */
function answerOf({ answer, solution }: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const final = (text: unknown) => (typeof text === "string" ? /####\s*(.*\S)\s*$/.exec(text)?.[1] : undefined);
  const given = isMissing(answer) ? [final(solution)] : [answer].flat().map((one) => final(one) ?? one);
  const texts = given.flatMap((one) => (typeof one === "number" ? [String(one)] : typeof one === "string" ? [one.trim()] : []));
  return texts.length === 0 || texts.includes("") ? undefined : texts;
}

/** The refusal of a text where chats are asked for. */
export function noQuestion(place: string): Unfit {
  return new Unfit("no-question", `${place}: a text without a question cannot be taught on as a chat.`);
}

/** How far into a Markdown file its front matter is looked for, in characters. */
const FRONT_MATTER = 2048;

/** The `date` of the front matter that a Markdown text begins with, where it is a date. */
export function frontMatterDate(text: string): string | undefined {
  const matter = /^---[ \t]*\r?\n((?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text.slice(0, FRONT_MATTER))?.[1];
  const written = /^date:[ \t]*(["']?)(.*?)\1[ \t]*(?:#.*)?\r?$/m.exec(matter ?? "")?.[2];
  if (written === undefined) return undefined;
  // YAML and Jekyll write "2024-03-01 10:00:00 +0100".
  const iso = written.replace(/^(\S+) (\d\d:\d\d(?::\d\d)?)(?: ?(Z|[+-]\d\d):?(\d\d)?)?$/, (_, day, time, hours = "", minutes = "") =>
    hours === "" || hours === "Z" ? `${day}T${time}${hours}` : `${day}T${time}${hours}:${minutes || "00"}`,
  );
  return isDate(iso) ? iso : undefined;
}

function isDate(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const [, day] = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.exec(value) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(value))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day); // 31 February is none.
}

function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
