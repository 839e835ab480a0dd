// Held-out tasks for `eval`: other wordings, names and nouns than the corpus has, so that what is learned from it shows on unseen text.
import { arithmetic } from "./arithmetic.js";
import { problems, wordProblem } from "./corpus.js";
import { dateQuestion } from "./dates.js";
import type { Draw } from "./draw.js";
import { everyday } from "./everyday.js";
import { capital, definition, lookup } from "./lookup.js";
import { plainQuestion } from "./plain.js";
import type { Meta, Problem } from "./problem.js";
import { units } from "./units.js";

/** A line of a task file. */
export interface Task {
  readonly question: string;
  readonly answer: string | readonly string[];
  /** The clock, an ISO date. */
  readonly now?: string;
  /** No call is of any use to it. */
  readonly needless?: true;
}

const words =
  (fits: (meta: Meta) => boolean) =>
  (draw: Draw, held: boolean): Problem | undefined => {
    const problem = wordProblem(draw, held);
    return problem !== undefined && fits(problem.meta) ? problem : undefined;
  };

const single = ({ steps, distractor }: Meta) => steps === 1 && !distractor;

/** The sets by name; the first ones but `arithmetic`, up to `compare`, are word problems. */
export const TASK_SETS = {
  arithmetic,
  "one-step": words(single),
  "two-step": words(({ steps, distractor }) => steps === 2 && !distractor),
  distractor: words(({ distractor }) => distractor),
  "unknown-start": words((meta) => single(meta) && meta.situation.startsWith("change") && meta.unknown !== "result"),
  compare: words((meta) => single(meta) && meta.situation.startsWith("compare")),
  units,
  dates: dateQuestion,
  lookup,
  capitals: capital,
  definitions: definition,
  everyday,
  "no-call": plainQuestion,
} as const satisfies Record<string, (draw: Draw, held: boolean) => Problem | undefined>;

export type TaskSet = keyof typeof TASK_SETS;

export const isTaskSet = (name: string): name is TaskSet => Object.hasOwn(TASK_SETS, name);

/** The problems of a set; skeletons and seed have nothing in common with the corpus. */
export function heldOut(set: TaskSet, { count = 240, seed = 1 }: { readonly count?: number; readonly seed?: number } = {}): Problem[] {
  return [...problems({ count, seed, held: true, source: TASK_SETS[set] })];
}

/** Situations in which no tool is of any use. */
const NEEDLESS: readonly string[] = ["everyday", "no call"];

/** As `eval` reads it. A date is right with or without its weekday. */
export function task({ question, answer, date, meta }: Problem): Task {
  const weekdayFree = /^[A-Z][a-z]+day, (.*)$/.exec(answer)?.[1];
  return {
    question,
    answer: weekdayFree === undefined ? answer : [answer, weekdayFree],
    ...(date === undefined ? {} : { now: date }),
    ...(NEEDLESS.includes(meta.situation) ? { needless: true } : {}),
  };
}
