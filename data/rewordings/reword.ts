import { evaluate, type Task } from "../../evaluation/index.js";
import type { LanguageModel, ScoringModel } from "../../models/index.js";
import { calculator, calendar, search } from "../../tools/index.js";
import { FAULTS, type Fault, faultOf, wordDistance } from "./filter.js";
import { beginning, DEMONSTRATIONS, grammarFor, PROMPTS, request } from "./prompt.js";

/** A line of the input; other members are taken over. */
export interface Problem {
  readonly id: string;
  readonly question: string;
  readonly solution: string;
  readonly answer: string;
  /** The clock, where the answer depends on it. */
  readonly date?: string;
  readonly meta?: object;
}

/** How many there were: problems that cannot be reworded, that were answered wrong as they are, and what became of rewordings. */
export type Counts = { readonly [kind in "unfit" | "unanswered" | "written" | "answered wrong" | "kept" | Fault]: number };

export interface RewordOptions {
  /** Writes the rewordings: a base model. */
  readonly writer: ScoringModel;
  /** Answers them. */
  readonly answerer: LanguageModel;
  /** Default 1. */
  readonly seed?: number;
}

/** Rewordings that are tried of a problem with each prompt. */
const TRIES = 3;

/** Problems whose rewordings are under way together. */
const AT_ONCE = 12;
const SAMPLING = { temperature: 0.5, topP: 0.95, maxTokens: 80 };
const CLOCK = new Date("2025-01-01T12:00:00Z");

/**
 * Has problems reworded that the model answers right, and keeps what `faultOf` lets pass and is answered right too. Yields after every few
 * problems, with the counts so far. The same models, problems and seed give the same rewordings.
 */
export async function* reword(
  problems: readonly Problem[],
  { writer, answerer, seed = 1 }: RewordOptions,
): AsyncGenerator<{ readonly kept: readonly Problem[]; readonly counts: Counts; readonly done: number }> {
  const none = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  const counts = { unfit: 0, unanswered: 0, written: 0, ...none, "answered wrong": 0, kept: 0 };
  for (let at = 0; at < problems.length; at += AT_ONCE) {
    const some = problems.slice(at, at + AT_ONCE);
    const fit = some.filter(({ question }) => grammarFor(question) !== undefined);
    const right = await answeredRight(fit, answerer);
    const known = fit.filter(({ id }) => right.has(id));
    counts.unfit += some.length - fit.length;
    counts.unanswered += fit.length - known.length;
    const written = await write(known, writer, seed + at);
    counts.written += written.length;
    const passed: Problem[] = [];
    for (const problem of known) {
      const taken: string[] = [];
      for (const { text, prompt } of written.filter(({ of }) => of === problem)) {
        const fault = faultOf(text, problem, [...DEMONSTRATIONS, ...taken]);
        if (fault !== undefined) {
          counts[fault]++;
          continue;
        }
        taken.push(text);
        const reworded = { of: problem.id, prompt, distance: Number(wordDistance(problem.question, text).toFixed(2)) };
        passed.push({ ...problem, id: `${problem.id}-reworded-${taken.length}`, question: text, meta: { ...problem.meta, reworded } });
      }
    }
    const still = await answeredRight(passed, answerer);
    counts["answered wrong"] += passed.length - still.size;
    const kept = passed.filter(({ id }) => still.has(id));
    counts.kept += kept.length;
    yield { kept, counts: { ...counts }, done: at + some.length };
  }
}

/** Ids of those that are answered right, greedily and with the tools running. */
async function answeredRight(problems: readonly Problem[], model: LanguageModel): Promise<ReadonlySet<string>> {
  model.forget?.();
  const tasks = problems.map(
    ({ id, question, answer, date }): Task => ({ id, question, accepted: [answer], ...(date === undefined ? {} : { now: date }) }),
  );
  const right = new Set<string>();
  for await (const event of evaluate({ tasks, model, tools: [calculator(), calendar(), search()], now: CLOCK, maxTokens: 160 }))
    if (event.type === "result" && event.result.correct) right.add(event.result.id);
  return right;
}

interface Written {
  readonly of: Problem;
  readonly prompt: string;
  readonly text: string;
}

/** All rewordings that are tried, prompt by prompt, and within one in the order of the problems. */
async function write(problems: readonly Problem[], model: ScoringModel, seed: number): Promise<Written[]> {
  const written: Written[] = [];
  for (const [number, prompt] of PROMPTS.entries()) {
    model.forget?.();
    await holdBeginning(model, beginning(prompt));
    const texts = problems.flatMap((of, index) =>
      Array.from({ length: TRIES }, async (_, attempt): Promise<Written> => {
        const drawn = ((seed * 1009 + index) * 31 + attempt) * 7 + number;
        return { of, prompt: prompt.name, text: await oneText(model, request(prompt, of.question), of.question, drawn) };
      }),
    );
    written.push(...(await Promise.all(texts)));
  }
  return written;
}

/** Has the model keep the state of what the requests share. */
async function holdBeginning(model: ScoringModel, text: string): Promise<void> {
  const sequence = await model.openText(text);
  for await (const _ of sequence.generate({ maxTokens: 1 }));
  await sequence.close({ keep: true });
}

/** Ends early what is longer than any that is kept. */
async function oneText(model: ScoringModel, asked: string, question: string, seed: number): Promise<string> {
  await using sequence = await model.openText(asked);
  let text = "";
  for await (const delta of sequence.generate({ ...SAMPLING, seed: seed >>> 0, grammar: grammarFor(question) })) {
    if (delta.type === "text") text += delta.text;
    if (text.length > 1.6 * question.length + 20) break;
  }
  return text.replace(/\s+/g, " ").trim();
}
