// The rounds as one stream of events: each stage goes on with what is there of it, and a finished one is passed over.
import { copyFile, rename } from "node:fs/promises";
import { join, relative } from "node:path";
import { ToolwrightError } from "../errors.js";
import {
  configurationOf,
  defaultMatch,
  type EvaluationEvent,
  evaluate,
  type Result,
  ResultsFile,
  resultsFormat,
  surveyTasks,
} from "../evaluation/index.js";
import { findModel, modelDigest, resolveModel } from "../models/index.js";
import {
  type CardInput,
  cardInputs,
  entriesOf,
  type Parameters,
  planOf,
  readCorpus,
  type TeachEvent,
  teach,
  teachingModel,
  writeOutputs,
  writeWhole,
} from "../teaching/index.js";
import { type TrainEvent, train } from "../training/index.js";
import { version } from "../version.js";
import { type AnswerEvent, answerQuestions, writeAnswers } from "./answers.js";
import { RoundsLog, type StageFigures } from "./log.js";
import { allTasks, HeldOut, readTaskSets, setOf, surveyCorpus, type TaskSet } from "./material.js";
import { type RoundFigures, type RoundsParameters, roundsFormat, type SetFigures, type Stage } from "./record.js";
import { writeRoundDataset } from "./round-dataset.js";
import { checkRounds, type Opening, type RoundsOptions, roundsDefaults } from "./settings.js";
import { roundsRows } from "./table.js";

/** `rounds`: all were done. `no-gain`: one did not help. `stopped`: by the signal; `resume` goes on. */
export type Ending = "rounds" | "no-gain" | "stopped";

export type RoundsEvent =
  /** `leftOut`: documents whose question is among the tasks. */
  | { readonly type: "start"; readonly documents: number; readonly leftOut: number; readonly questions: number; readonly done: number }
  /** A stage begins or goes on. */
  | { readonly type: "stage"; readonly round: number; readonly stage: Stage; readonly documents?: number }
  | { readonly type: "teach"; readonly round: number; readonly event: TeachEvent }
  | { readonly type: "answers"; readonly round: number; readonly event: AnswerEvent }
  | { readonly type: "train"; readonly round: number; readonly event: TrainEvent }
  /** `before`: questions that had their results. */
  | { readonly type: "evaluate"; readonly round: number; readonly before: number; readonly event: EvaluationEvent }
  /** A round is finished, now or in an earlier run. `best`: the best one so far. */
  | { readonly type: "round"; readonly figures: RoundFigures; readonly best: number }
  /** `adapter`: the best round's; none where no round was better than the base. */
  | { readonly type: "end"; readonly reason: Ending; readonly best: number; readonly adapter?: string };

/** Where a round's things are. */
export interface RoundsPaths {
  readonly taught: string;
  readonly answers: string;
  readonly dataset: string;
  readonly adapter: string;
  readonly results: string;
}

export function roundsPaths(out: string, round: number): RoundsPaths {
  const folder = join(out, `round-${round}`);
  return {
    taught: join(folder, "taught"),
    answers: join(folder, "answers"),
    dataset: join(folder, "dataset.jsonl"),
    adapter: join(folder, "adapter.gguf"),
    results: join(folder, "results.jsonl"),
  };
}

/** Tokens that all questions under way hold together. */
const CONTEXT_SIZE = 16_384;

/**
 * Rounds of teaching, training and evaluating. Round 0 evaluates the base; each later one teaches on the corpus with the adapter of the
 * round before, trains an adapter on that from the base on, and evaluates with it. A round helps when it has more right answers, with
 * tools, than any before it; one that does not is the last. The best round's adapter is `OUT/adapter.gguf`.
 * @throws ToolwrightError `wrong-setting`, `output-exists`, `parameters-differ`, `nothing-taught` (a round has no lesson with a call),
 *   `training-diverged`; what `teach`, `answerQuestions`, `train` and `evaluate` throw. What is done stays, and `resume` goes on
 */
export async function* selfTeach(options: RoundsOptions): AsyncGenerator<RoundsEvent> {
  checkRounds(options);
  const { out, signal, first, limit } = options;
  const sets = await readTaskSets(options.tasks, signal);
  const heldOut = new HeldOut(sets);
  const survey = await surveyCorpus(options.corpus, heldOut, { answers: options.fromAnswers ?? false, limit, signal });
  const file = await findModel(options.model ?? "local", { signal });
  const plans = options.tools.map((tool) => planOf("run" in tool ? { tool } : tool, options.seed ?? 0));
  const parameters: RoundsParameters = {
    format: roundsFormat,
    model: await modelDigest(file, { signal }),
    exact: options.exact ?? false,
    corpus: { digest: survey.digest, documents: survey.documents, first, limit },
    tasks: Object.fromEntries(sets.map(({ name, digest }) => [name, digest])),
    tools: plans.map(({ name, version, tauS, tauF, topK, samples, salt }) => ({ name, version, tauS, tauF, topK, samples, salt })),
    ...(options.fromAnswers ? { samples: options.samples ?? roundsDefaults.samples } : {}),
    match: options.match ?? defaultMatch,
    seed: options.seed ?? 0,
    maxTokens: options.maxTokens ?? 512,
    training: options.training ?? {},
  };
  await using log = await RoundsLog.open(out, parameters, { resume: options.resume ?? false });
  const cards = await cardInputs([options.corpus].flat(), options.licence);
  const questions = sets.reduce((sum, { tasks }) => sum + tasks.length, 0);
  yield { type: "start", documents: survey.documents, leftOut: survey.leftOut, questions, done: log.rounds.length };
  yield* new Rounds(options, parameters, log, sets, heldOut, cards).events();
}

class Rounds {
  readonly #options: RoundsOptions;
  readonly #parameters: RoundsParameters;
  readonly #log: RoundsLog;
  readonly #sets: readonly TaskSet[];
  readonly #heldOut: HeldOut;
  readonly #cards: readonly CardInput[];
  readonly #command: string;

  constructor(
    options: RoundsOptions,
    parameters: RoundsParameters,
    log: RoundsLog,
    sets: readonly TaskSet[],
    heldOut: HeldOut,
    cards: readonly CardInput[],
  ) {
    this.#options = options;
    this.#parameters = parameters;
    this.#log = log;
    this.#sets = sets;
    this.#heldOut = heldOut;
    this.#cards = cards;
    this.#command = options.command ?? "selfTeach";
  }

  async *events(): AsyncGenerator<RoundsEvent> {
    const { out, rounds = roundsDefaults.rounds } = this.#options;
    const adapter = join(out, "adapter.gguf");
    let best: RoundFigures | undefined;
    const end = (reason: Ending): RoundsEvent => {
      const found = best?.round ?? 0;
      return { type: "end", reason, best: found, ...(found > 0 ? { adapter } : {}) };
    };
    for (let round = 0; round <= rounds; round++) {
      let figures = this.#log.rounds.find((one) => one.round === round);
      if (figures === undefined) {
        if (!(yield* this.#round(round))) {
          yield end("stopped");
          return;
        }
        figures = this.#figures(round);
        this.#log.add({ kind: "round", ...figures });
      }
      const helped = best === undefined || figures.correct > best.correct;
      if (helped) {
        best = figures;
        if (round > 0) await replaced(roundsPaths(out, round).adapter, adapter);
      }
      await this.#page(best!.round);
      yield { type: "round", figures, best: best!.round };
      if (!helped) {
        yield end("no-gain");
        return;
      }
    }
    yield end("rounds");
  }

  /** @returns whether it is finished; otherwise it was stopped */
  async *#round(round: number): AsyncGenerator<RoundsEvent, boolean> {
    if (round > 0) {
      if (!(yield* this.#stage(round, "teach", () => this.#teach(round)))) return false;
      if (this.#answersIn(round) && !(yield* this.#stage(round, "answers", () => this.#answer(round)))) return false;
      if (!(yield* this.#stage(round, "train", () => this.#train(round)))) return false;
    }
    return yield* this.#stage(round, "evaluate", () => this.#evaluate(round));
  }

  async *#stage(
    round: number,
    stage: Stage,
    work: () => AsyncGenerator<RoundsEvent, StageFigures | undefined>,
  ): AsyncGenerator<RoundsEvent, boolean> {
    if (this.#log.finished(round, stage) !== undefined) return true;
    if (this.#options.signal?.aborted) return false;
    yield { type: "stage", round, stage, ...(stage === "teach" || stage === "answers" ? { documents: this.#limit(round) } : {}) };
    const started = performance.now();
    let figures: StageFigures | undefined;
    try {
      figures = yield* work();
    } catch (error) {
      if (!(error instanceof ToolwrightError && error.code === "aborted" && this.#options.signal?.aborted)) throw error;
    } finally {
      const seconds = (performance.now() - started) / 1000;
      this.#log.add(
        figures === undefined ? { kind: "sitting", round, stage, seconds } : { kind: "stage", round, stage, seconds, ...figures },
      );
    }
    return figures !== undefined;
  }

  /** Documents of the corpus that a round teaches on, those of held-out questions included. */
  #limit(round: number): number | undefined {
    const { first, limit } = this.#options;
    return round > 1 || first === undefined ? limit : Math.min(first, limit ?? first);
  }

  /** Whether lessons are made of answers: untrained, the model takes long and is seldom right, so not in a first round that others follow. */
  #answersIn(round: number): boolean {
    const { fromAnswers = false, rounds = roundsDefaults.rounds } = this.#options;
    return fromAnswers && (round > 1 || rounds === 1);
  }

  /** The adapter that a round teaches with. */
  #before(round: number): readonly { readonly file: string }[] {
    return round === 1 ? [] : [{ file: roundsPaths(this.#options.out, round - 1).adapter }];
  }

  #open(how: Opening) {
    const {
      model = "local",
      exact,
      threads,
      signal,
      open = (given) => resolveModel(model, { ...given, exact, threads, signal }),
    } = this.#options;
    return open(how);
  }

  async *#teach(round: number): AsyncGenerator<RoundsEvent, StageFigures | undefined> {
    const { corpus, signal, seed, cache } = this.#options;
    const { taught } = roundsPaths(this.#options.out, round);
    const started = new Date();
    await using opened = await this.#open({ adapters: this.#before(round), repeatable: true });
    const model = await teachingModel(opened);
    const sizes = { window: 384, overlap: 64 };
    const passages = readCorpus(corpus, { countTokens: (text) => model.countTokens(text), ...sizes, limit: this.#limit(round), signal });
    let parameters: Parameters | undefined;
    let complete = false;
    for await (const event of teach({
      corpus: this.#heldOut.without(passages),
      tools: this.#options.tools,
      model,
      out: taught,
      resume: true,
      ...sizes,
      seed,
      cache,
      signal,
    })) {
      if (event.type === "start") parameters = event.parameters;
      if (event.type === "end") complete = event.complete;
      yield { type: "teach", round, event };
    }
    if (!complete) return undefined;
    const { corpus: counts, tools } = await writeOutputs(taught, () => entriesOf(taught), {
      parameters: parameters!,
      corpus: this.#cards,
      command: this.#command,
      started,
      seconds: (Date.now() - started.getTime()) / 1000,
    });
    return { texts: counts.passages, calls: tools.reduce((sum, { figures }) => sum + figures.calls, 0) };
  }

  async *#answer(round: number): AsyncGenerator<RoundsEvent, StageFigures | undefined> {
    const { corpus, signal, out } = this.#options;
    const { samples, match, seed, maxTokens } = this.#parameters;
    const { answers } = roundsPaths(out, round);
    await using model = await this.#open({ adapters: this.#before(round), contextSize: CONTEXT_SIZE });
    const sizes = { countTokens: (text: string) => model.countTokens(text), window: 384, overlap: 0 };
    const passages = readCorpus(corpus, { ...sizes, as: "question", limit: this.#limit(round), signal });
    let complete = false;
    for await (const event of answerQuestions({
      corpus: this.#heldOut.without(passages),
      tools: this.#tools(),
      model,
      out: answers,
      resume: true,
      samples,
      match,
      seed,
      maxTokens,
      signal,
    })) {
      if (event.type === "end") complete = event.complete;
      yield { type: "answers", round, event };
    }
    if (!complete) return undefined;
    const { counts } = await writeAnswers(answers, { corpus: this.#cards, command: this.#command });
    return { answers: counts.kept };
  }

  async *#train(round: number): AsyncGenerator<RoundsEvent, StageFigures | undefined> {
    const { training, signal, seed, threads, model, openNetwork, out } = this.#options;
    const { taught, answers, dataset, adapter } = roundsPaths(out, round);
    const { lessons, calls } = await writeRoundDataset(dataset, taught, this.#answersIn(round) ? answers : undefined);
    if (calls === 0) {
      throw new ToolwrightError(
        "nothing-taught",
        `Round ${round} has no text with a call that helps: there is nothing to train on.`,
        "Teach on more or other texts, or with --from-answers, into another folder.",
      );
    }
    let loss: number | null = null;
    for await (const event of train({ ...training, dataset, out: adapter, model, seed, threads, openNetwork, resume: true, signal })) {
      yield { type: "train", round, event };
      if (event.type !== "done") continue;
      if (event.reason === "stopped") return undefined;
      if (event.reason === "diverged") {
        const remedy = "Start again with a lower learning rate, into another folder.";
        throw new ToolwrightError("training-diverged", `The training of round ${round} was given up: ${event.why}.`, remedy);
      }
      loss = event.best?.loss ?? null;
    }
    return { lessons, loss };
  }

  async *#evaluate(round: number): AsyncGenerator<RoundsEvent, StageFigures | undefined> {
    const { match, seed, maxTokens } = this.#parameters;
    const { signal, out } = this.#options;
    const { adapter, results: file } = roundsPaths(out, round);
    const tasks = allTasks(this.#sets);
    const parameters = {
      format: resultsFormat,
      version: version(),
      tasks: { name: this.#sets.map(({ name }) => name).join("+"), ...(await surveyTasks(tasks)) },
      ...{ match, protocol: "marker" as const, temperature: 0, seed, maxTokens, topK: 1, instructions: "", timeZone: "UTC" },
    };
    await using results = await ResultsFile.open(file, parameters, { resume: true });
    await using model = await this.#open({ adapters: round === 0 ? [] : [{ file: adapter }], contextSize: CONTEXT_SIZE });
    const now = new Date(results.parameters.now);
    let complete = true;
    for (const tools of round === 0 ? [this.#tools(), []] : [this.#tools()]) {
      const name = tools.length > 0 ? "tools on" : "tools off";
      // As it is named within the folder, which may be moved.
      const asking = { model, tools, name, adapters: round === 0 ? [] : [relative(out, adapter)] };
      const skip = results.begin(configurationOf(asking));
      for await (const event of evaluate({ ...asking, tasks, match, seed, maxTokens, now, skip, signal })) {
        if (event.type === "result") results.add(event.result);
        else if (event.type === "end") {
          const { type: _, complete: whole, ...sitting } = event;
          if (sitting.tokens > 0) results.end(sitting);
          complete &&= whole;
        }
        yield { type: "evaluate", round, before: skip.size, event };
      }
      if (signal?.aborted || !complete) return undefined;
    }
    const [on = [], off] = results.configurations.map((one) => one.results);
    const sets = this.#sets.map(({ name }, index) => setFigures(name, index, on, off));
    const sum = (of: (set: SetFigures) => number) => sets.reduce((total, set) => total + of(set), 0);
    return { sets, n: sum(({ n }) => n), correct: sum(({ correct }) => correct) };
  }

  #tools() {
    return this.#options.tools.map((tool) => ("run" in tool ? tool : tool.tool));
  }

  /** What the stages of a round left, put together. */
  #figures(round: number): RoundFigures {
    const none = { texts: 0, calls: 0, answers: 0, lessons: 0, loss: null, sets: [], n: 0, correct: 0 };
    const stages = (["teach", "answers", "train", "evaluate"] as const).map((stage) => this.#log.finished(round, stage));
    return Object.assign({ round }, none, ...stages, { seconds: this.#log.seconds(round) }) as RoundFigures;
  }

  async #page(best: number): Promise<void> {
    const rows = roundsRows(this.#log.rounds, best);
    const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
    const [head = [], ...others] = rows;
    await writeWhole(join(this.#options.out, "rounds.md"), [line(head), line(head.map(() => "---")), ...others.map(line)]);
  }
}

function setFigures(name: string, index: number, on: readonly Result[], off: readonly Result[] | undefined): SetFigures {
  const of = (results: readonly Result[]) => results.filter(({ id }) => setOf(id) === index);
  const right = (results: readonly Result[]) => of(results).filter(({ correct }) => correct).length;
  return {
    name,
    n: of(on).length,
    correct: right(on),
    calls: of(on).reduce((sum, { calls }) => sum + calls.length, 0),
    ...(off === undefined ? {} : { withoutTools: right(off) }),
  };
}

/** A copy, whole or not at all. */
async function replaced(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}.partial`;
  await copyFile(from, partial);
  await rename(partial, to);
}
