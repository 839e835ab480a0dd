// Which of a question's sampled answers are lessons.
import type { AgentEvent } from "../agent/index.js";
import { matchAnswer } from "../evaluation/index.js";
import { isReadable, isUsed, type Lesson, type LessonCall, markerPlace, markText, type Passage } from "../teaching/index.js";

/** An answer with its calls, as the run told it. */
export interface Sampled {
  /** As the user saw it. */
  readonly text: string;
  /** `position` is in `text`: what stands there came after the result. */
  readonly calls: readonly { readonly tool: string; readonly input: string; readonly output: string; readonly position: number }[];
  /** Every call could be read, ran and gave a result, none stood in another, and the answer came to its own end. */
  readonly sound: boolean;
}

/** What became of the answers to one question, or to all. */
export interface AnswerCounts {
  readonly answers: number;
  readonly right: number;
  /** Right ones without a call; with one that failed, was cut off or stood in another; with a result that the text made no use of. */
  readonly callFree: number;
  readonly unsound: number;
  readonly unused: number;
  /** Lessons: distinct ones among what is left, the shortest. */
  readonly kept: number;
}

/** A run's events as an answer. */
export function sampledFrom(events: Iterable<AgentEvent>): Sampled {
  let text = "";
  let sound = true;
  const calls = new Map<string, { tool: string; input: string; output?: string; position: number }>();
  for (const event of events) {
    if (event.type === "text") text += event.delta;
    else if (event.type === "call") {
      if (event.within !== undefined) sound = false;
      calls.set(event.id, { tool: event.tool, input: event.input, position: text.length });
    } else if (event.type === "result") {
      if (event.output === undefined) sound = false;
      else calls.get(event.id)!.output = event.output;
    } else if (event.type === "error") sound = false;
  }
  const indent = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const placed = [...calls.values()].map(({ tool, input, output = "", position }) => {
    let at = Math.max(0, position - indent);
    while (trimmed.charAt(at) === " ") at++;
    return { tool, input, output, position: Math.min(at, trimmed.length) };
  });
  return { text: trimmed, calls: placed, sound };
}

/**
 * At most `most` lessons of the answers to a question: right ones whose calls all gave a result that is used, distinct, the shortest
 * first. A result is used when the word or number after the call is in it, or when it holds the answer.
 * @param right whether each answer is, by the rule of the evaluation
 * @param tools names of all tools of the run
 */
export function lessonsFrom(
  passage: Passage,
  sampled: readonly { readonly answer: Sampled; readonly right: boolean }[],
  { tools, most }: { readonly tools: readonly string[]; readonly most: number },
): { readonly lessons: readonly Lesson[]; readonly counts: AnswerCounts } {
  const accepted = passage.answer ?? [];
  const counts = { answers: sampled.length, right: 0, callFree: 0, unsound: 0, unused: 0, kept: 0 };
  const found = new Map<string, Sampled>();
  for (const { answer, right } of sampled) {
    if (!right) continue;
    counts.right++;
    const { text, calls } = answer;
    const places = new Set(calls.map(({ position }) => markerPlace(text, position)));
    if (calls.length === 0) counts.callFree++;
    else if (!answer.sound || places.size < calls.length || !calls.every((call) => isReadable(call, tools))) counts.unsound++;
    else if (!calls.every(({ output, position }) => isUsed(text, position, output) || matchAnswer("contains", output, accepted).correct))
      counts.unused++;
    else found.set(markText(text, calls, tools), answer);
  }
  const shortest = [...found].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)).slice(0, most);
  counts.kept = shortest.length;
  return { lessons: shortest.map(([marked, answer], index) => lessonOf(passage, answer, marked, index)), counts };
}

function lessonOf(
  { document, id, source, question, date, meta }: Passage,
  { text, calls }: Sampled,
  marked: string,
  index: number,
): Lesson {
  // Nothing was weighed: the margin says no more than that the call was kept.
  const placed = calls.map((call): LessonCall => ({ ...call, margin: 0, ...(date === undefined ? {} : { now: date }) }));
  return {
    id: index === 0 ? id : `${id}~${index + 1}`,
    source,
    document,
    part: 0,
    ...(question === undefined ? {} : { question }),
    text,
    calls: placed,
    marked,
    ...(date === undefined ? {} : { date }),
    ...(meta === undefined ? {} : { meta }),
  };
}

export const noAnswers: AnswerCounts = { answers: 0, right: 0, callFree: 0, unsound: 0, unused: 0, kept: 0 };

export function addCounts(a: AnswerCounts, b: AnswerCounts): AnswerCounts {
  return {
    answers: a.answers + b.answers,
    right: a.right + b.right,
    callFree: a.callFree + b.callFree,
    unsound: a.unsound + b.unsound,
    unused: a.unused + b.unused,
    kept: a.kept + b.kept,
  };
}
