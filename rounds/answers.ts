// Expert iteration: questions with known answers are answered several times with tools running, and right answers become lessons.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AgentEvent, liveTape, type Recorder } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { defaultMatch, evaluate, type MatchRule, type Result, type Task } from "../evaluation/index.js";
import type { LanguageModel, ModelIdentity } from "../models/index.js";
import { firstLine, refuseDifferent } from "../parameters.js";
import { type CardInput, datasetLine, type Lesson, type Passage, type SetAside, writeWhole } from "../teaching/index.js";
import type { Tool } from "../tools/index.js";
import { Journal, readJournal } from "../traces/index.js";
import { version } from "../version.js";
import { answersCard } from "./card.js";
import { type AnswerCounts, addCounts, lessonsFrom, noAnswers, sampledFrom } from "./lessons.js";

export interface AnswerOptions {
  /** As `readCorpus` gives them with `as: "question"`; passages without a known answer are passed over. */
  readonly corpus: AsyncIterable<Passage | SetAside>;
  readonly tools: readonly Tool[];
  /** With the strategy that it, or its adapter, was trained for; otherwise with demonstrations. */
  readonly model: LanguageModel;
  /** The folder of the dataset. */
  readonly out: string;
  /** Goes on with what is there: questions that are finished are not asked again. Default false. */
  readonly resume?: boolean;
  /** Answers to a question. Default 4. */
  readonly samples?: number;
  /** Default 0.7. */
  readonly temperature?: number;
  /** Most lessons of a question. Default 2. */
  readonly most?: number;
  /** Default `"number"`. */
  readonly match?: MatchRule;
  /** Default 0. */
  readonly seed?: number;
  /** The clock of questions without a date. Default: the beginning of 2025, the same for every run. */
  readonly now?: Date;
  /** IANA name. Default `"UTC"`. */
  readonly timeZone?: string;
  /** Of one answer. Default 512. */
  readonly maxTokens?: number;
  /** Ends it: questions under way are left, and asked again on `resume`. */
  readonly signal?: AbortSignal;
}

/** What decides the lessons besides the corpus. */
export interface AnswerParameters {
  readonly format: number;
  readonly version: string;
  readonly model: ModelIdentity;
  readonly tools: readonly { readonly name: string; readonly version: string }[];
  readonly samples: number;
  readonly temperature: number;
  readonly most: number;
  readonly match: MatchRule;
  readonly seed: number;
  readonly now: string;
  readonly timeZone: string;
  readonly maxTokens: number;
}

export interface FinishedQuestion {
  readonly document: number;
  readonly id: string;
  readonly question: string;
  readonly counts: AnswerCounts;
  readonly lessons: readonly Lesson[];
}

export type AnswerEvent =
  /** `done`: questions that an earlier run finished. */
  | { readonly type: "start"; readonly parameters: AnswerParameters; readonly done: number }
  | ({ readonly type: "question" } & FinishedQuestion)
  /** `complete`: every question is finished; `unknown`: records without a known answer. */
  | { readonly type: "end"; readonly complete: boolean; readonly unknown: number };

const FORMAT = 1;
const CLOCK = new Date("2025-01-01T12:00:00Z");

/**
 * Answers the questions of a corpus, many runs at once, and keeps lessons of the right answers in a journal, a line for each finished
 * question. Each answer's seed follows from the seed, the question's place and the answer's number.
 * @throws ToolwrightError `output-exists`, `parameters-differ`, `not-a-dataset`, `corpus-changed`, what `evaluate` and the journal throw
 */
export async function* answerQuestions(options: AnswerOptions): AsyncGenerator<AnswerEvent> {
  const { tools, model, out, signal } = options;
  const parameters = parametersOf(options);
  const journal = await openJournal(out, parameters, options.resume ?? false);
  try {
    const done = new Map<number, string>();
    for await (const { document, question } of finishedIn(out)) done.set(document, question);
    yield { type: "start", parameters, done: done.size };
    const open = new Map<number, { readonly passage: Passage; readonly results: Result[] }>();
    let unknown = 0;
    const tasks = async function* (): AsyncGenerator<Task> {
      for await (const passage of options.corpus) {
        if (signal?.aborted) return;
        if ("code" in passage || passage.question === undefined || passage.answer === undefined) {
          unknown++;
          continue;
        }
        const { document, question, answer: accepted, date } = passage;
        const before = done.get(document);
        if (before !== undefined && before !== question) throw changed(passage);
        if (before !== undefined) continue;
        open.set(document, { passage, results: [] });
        for (let sample = 0; sample < parameters.samples; sample++) {
          yield { id: `${document}.${sample}`, question, accepted, ...(date === undefined ? {} : { now: date }) };
        }
      }
    };
    const runs = new RunsInMemory();
    let complete = true;
    for await (const event of evaluate({
      tasks: tasks(),
      model,
      tools,
      trace: runs,
      match: parameters.match,
      temperature: parameters.temperature,
      seed: parameters.seed,
      now: new Date(parameters.now),
      timeZone: parameters.timeZone,
      maxTokens: parameters.maxTokens,
      signal,
    })) {
      if (event.type === "end") complete = event.complete;
      if (event.type !== "result") continue;
      const { result } = event;
      const document = Number.parseInt(result.id, 10);
      const { passage, results } = open.get(document)!;
      results.push(result);
      if (results.length < parameters.samples) continue;
      open.delete(document);
      const sampled = results.sort(bySample).map(({ trace, correct }) => ({ answer: sampledFrom(runs.take(trace!)), right: correct }));
      const names = tools.map(({ name }) => name);
      const { lessons, counts } = lessonsFrom(passage, sampled, { tools: names, most: parameters.most });
      const finished: FinishedQuestion = { document, id: passage.id, question: passage.question!, counts, lessons };
      journal.append(JSON.stringify({ kind: "question", ...finished }).slice(1, -1));
      yield { type: "question", ...finished };
    }
    yield { type: "end", complete: complete && !signal?.aborted, unknown };
  } finally {
    await journal.close();
  }
}

/**
 * Writes `dataset.jsonl` and `README.md` of what is finished, in the order of the corpus.
 * @throws ToolwrightError `not-a-dataset`, `trace-unwritable`
 */
export async function writeAnswers(
  folder: string,
  { corpus, command }: { readonly corpus: readonly CardInput[]; readonly command: string },
): Promise<{ readonly questions: number; readonly counts: AnswerCounts }> {
  const parameters = await headerOf(folder);
  const finished: FinishedQuestion[] = [];
  for await (const question of finishedIn(folder)) finished.push(question);
  finished.sort((a, b) => a.document - b.document);
  const lessons = finished.flatMap((question) => question.lessons);
  const counts = finished.reduce((sum, question) => addCounts(sum, question.counts), noAnswers);
  const figures = { questions: finished.length, counts };
  await writeWhole(
    join(folder, "dataset.jsonl"),
    lessons.map((lesson) => datasetLine(lesson)),
  );
  await writeWhole(join(folder, "README.md"), [answersCard({ parameters, ...figures, corpus, command })]);
  return figures;
}

function parametersOf(options: AnswerOptions): AnswerParameters {
  const { model, tools, samples = 4, temperature = 0.7, most = 2, match = defaultMatch, seed = 0, now = CLOCK } = options;
  for (const [name, value] of [
    ["samples", samples],
    ["most", most],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ToolwrightError("wrong-setting", `${name} is ${value}.`, "Give a whole number from 1.", { exitCode: 2 });
  }
  return {
    format: FORMAT,
    version: version(),
    model: model.identity,
    tools: tools.map((tool) => ({ name: tool.name, version: tool.version })),
    samples,
    temperature,
    most,
    match,
    seed,
    now: now.toISOString(),
    timeZone: options.timeZone ?? "UTC",
    maxTokens: options.maxTokens ?? 512,
  };
}

const journalOf = (folder: string) => join(folder, "journal.jsonl");

async function openJournal(folder: string, parameters: AnswerParameters, resume: boolean): Promise<Journal> {
  const other = existsSync(journalOf(folder)) ? undefined : ["dataset.jsonl", "README.md"].find((name) => existsSync(join(folder, name)));
  if (other !== undefined) throw taken(`${join(folder, other)} is there already, and the dataset has a file of that name.`);
  const { journal } = await Journal.open(journalOf(folder), `"kind":"answers","parameters":${JSON.stringify(parameters)}`, ({ bytes }) => {
    if (!resume) throw taken(`${folder} has a dataset already.`);
    const { kind, parameters: before } = firstLine(bytes) as { kind?: unknown; parameters?: AnswerParameters };
    if (kind !== "answers" || before === undefined) throw notAnswers(folder);
    refuseDifferent(folder, before, parameters, { remedy: "name another folder", indifferent: ["version"] });
  });
  return journal;
}

async function headerOf(folder: string): Promise<AnswerParameters> {
  for await (const { kind, parameters } of readJournal(journalOf(folder), { torn: "leave" })) {
    if (kind === "answers") return parameters as AnswerParameters;
    break;
  }
  throw notAnswers(folder);
}

async function* finishedIn(folder: string): AsyncGenerator<FinishedQuestion> {
  for await (const { i: _i, prev: _prev, digest: _digest, kind, ...rest } of readJournal(journalOf(folder), { torn: "leave" })) {
    if (kind === "question") yield rest as unknown as FinishedQuestion;
  }
}

const bySample = (a: Result, b: Result) => sampleOf(a) - sampleOf(b);
const sampleOf = ({ id }: Result) => Number(id.slice(id.indexOf(".") + 1));

/** Keeps the events of runs until they are asked for. */
class RunsInMemory implements Recorder {
  readonly #runs = new Map<string, AgentEvent[]>();
  #count = 0;

  tape() {
    const events: AgentEvent[] = [];
    const file = String(this.#count++);
    this.#runs.set(file, events);
    return {
      ...liveTape,
      file,
      made: (kind: string, value: unknown) => {
        if (kind === "event") events.push(value as AgentEvent);
      },
    };
  }

  take(file: string): readonly AgentEvent[] {
    const events = this.#runs.get(file)!;
    this.#runs.delete(file);
    return events;
  }

  async close(): Promise<void> {}
}

function taken(message: string): ToolwrightError {
  return new ToolwrightError("output-exists", message, "Name another folder with --out, or go on with it by --resume.", { exitCode: 2 });
}

function notAnswers(folder: string): ToolwrightError {
  return new ToolwrightError(
    "not-a-dataset",
    `${folder} holds a journal of something else.`,
    "Name a folder that --from-answers wrote, or another one.",
    {
      exitCode: 2,
    },
  );
}

function changed({ source }: Passage): ToolwrightError {
  return new ToolwrightError(
    "corpus-changed",
    `${source} is not the question that was asked before.`,
    "Resume with the same corpus, or write into another folder.",
    { exitCode: 2 },
  );
}
