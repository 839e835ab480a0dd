// The loop around the network: batches, steps, validations, checkpoints, an end.
import { existsSync } from "node:fs";
import { ToolwrightError } from "../errors.js";
import { version } from "../version.js";
import { startFrom, writeAdapter } from "./adapter-file.js";
import { type Checkpoint, type Ending, readCheckpoint, type State, saveCheckpoint, type Training } from "./checkpoint.js";
import { type Course, packsInOrder, seedOf } from "./course.js";
import type { DatasetCounts, TrainingData } from "./dataset.js";
import { ROOM, TrainingFolder } from "./folder.js";
import { type Network, openNetwork } from "./network.js";
import { clipGradients, createOptimiser } from "./optimiser.js";
import type { Pack } from "./pack.js";
import { comparable, type Init, type Prepared, parametersOf, prepare } from "./prepare.js";
import { writeTrainPage } from "./report.js";
import { learningRate } from "./schedule.js";
import { checkOptions, defaults, shapeFor, type TrainOptions, type TrainParameters } from "./settings.js";
import { watch } from "./watch.js";

export type TrainEvent =
  /** `done`: steps that an earlier run did. */
  | { readonly type: "start"; readonly parameters: TrainParameters; readonly counts: DatasetCounts; readonly done: number }
  | ({ readonly type: "step" } & StepFigures)
  /** `best`: no validation before it had a lower loss. */
  | ({ readonly type: "validation" } & ValidationFigures)
  | { readonly type: "checkpoint"; readonly step: number; readonly file: string }
  | ({ readonly type: "done" } & Outcome);

export interface StepFigures {
  /** From 1. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  /** Mean over the tokens that carry loss, in nats. */
  readonly loss: number;
  /** Tokens that carry loss, and all. */
  readonly lossTokens: number;
  readonly tokens: number;
  readonly learningRate: number;
  /** Of the gradient, before it was clipped. */
  readonly norm: number;
  /** What this step took. */
  readonly took: number;
  /** Of work, since the very beginning. */
  readonly seconds: number;
}

export interface ValidationFigures {
  readonly step: number;
  readonly loss: number;
  readonly best: boolean;
  readonly seconds: number;
}

/**
 * How a run ended.
 * - `steps`: all were done. `early`: validations did not get better any more
 * - `stopped`: by the signal; `resume` goes on
 * - `diverged`: the loss rose or was no number; `why` says it
 */
export interface Outcome {
  readonly reason: Ending | "stopped" | "diverged";
  readonly step: number;
  readonly why?: string;
  /** The file that was written: with the values of the best validation where there was one. After `diverged` those of the last checkpoint, if any. */
  readonly adapter?: string;
  readonly best?: State["best"];
  readonly seconds: number;
}

/**
 * Trains an adapter. A step is `batch` packs; its gradient is the mean over their tokens that carry loss. Every so often the loss on the
 * validation lessons is taken, and a checkpoint written, from which `resume` goes on to the same bytes as without an interruption.
 * @throws ToolwrightError as `readTrainingData`, `findModel` and `openNetwork`; `wrong-setting`, `output-exists`, `output-in-use`,
 *   `parameters-differ` (the checkpoint is of others), `adapter-mismatch`, `file-not-written`. The last checkpoint is then as it was.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent> {
  checkOptions(options);
  const folder = await TrainingFolder.open(options.out, { resume: options.resume ?? false });
  let begun = false;
  try {
    const before = existsSync(folder.paths.checkpoint) ? await readCheckpoint(folder.paths.checkpoint) : undefined;
    const { source, data, init, course } = await prepare(options);
    const shape = shapeFor(options, source.layers, init?.file);
    const weights = before === undefined ? options.weights : before.parameters.weights;
    await using network = await (options.openNetwork ?? openNetwork)(source.file, shape, {
      weights,
      threads: options.threads,
      seed: options.seed,
    });
    const parameters = parametersOf(options, { source, data, init, course, shape, network });
    if (before !== undefined) comparable(options.out, before, parameters);
    begun = true;
    yield* new Run(options, folder, parameters, source, data, course, network, before, init).events();
  } finally {
    folder.close(!begun);
  }
}

/** One run of a training, from a checkpoint or the beginning. */
class Run {
  readonly #options: TrainOptions;
  readonly #folder: TrainingFolder;
  readonly #parameters: TrainParameters;
  readonly #source: Prepared["source"];
  readonly #data: TrainingData;
  readonly #course: Course;
  readonly #network: Network;
  readonly #before: Checkpoint | undefined;
  readonly #init: Init | undefined;
  readonly #training: Training;
  readonly #validation: readonly Pack[];
  readonly #started = performance.now();
  #state: State = { step: 0, seconds: 0, watched: {}, since: 0, log: 0 };
  /** Seconds of earlier runs. */
  #earlier = 0;

  constructor(
    options: TrainOptions,
    folder: TrainingFolder,
    parameters: TrainParameters,
    source: Prepared["source"],
    data: TrainingData,
    course: Course,
    network: Network,
    before: Checkpoint | undefined,
    init: Init | undefined,
  ) {
    this.#options = options;
    this.#folder = folder;
    this.#parameters = parameters;
    this.#source = source;
    this.#data = data;
    this.#course = course;
    this.#network = network;
    this.#before = before;
    this.#init = init;
    const { tensors } = network;
    const { optimiser, weightDecay } = parameters;
    this.#training = {
      tensors,
      optimiser: createOptimiser(optimiser, tensors, { weightDecay }),
      best: tensors.map(({ values }) => new Float32Array(values.length)),
    };
    this.#validation = packsInOrder(data.validation, parameters.pack);
  }

  async *events(): AsyncGenerator<TrainEvent> {
    const { steps, validateEvery } = this.#parameters;
    await this.#begin();
    yield { type: "start", parameters: this.#parameters, counts: this.#data.counts, done: this.#state.step };
    const every = this.#options.checkpointEvery ?? defaults.checkpointEvery;
    while (this.#state.ended === undefined) {
      const done = this.#state.step;
      const figures = done < steps ? await this.#step() : undefined;
      if (figures === undefined && done < steps) {
        yield* this.#checkpoint();
        yield await this.#done("stopped");
        return;
      }
      if (figures !== undefined) {
        const { trouble, ...watched } = watch(
          this.#state.watched,
          figures.step,
          Number.isFinite(figures.norm) ? figures.loss : figures.norm,
        );
        if (trouble !== undefined) {
          this.#folder.log({ kind: "diverged", step: figures.step, why: trouble });
          yield await this.#diverged(trouble);
          return;
        }
        this.#state = { ...this.#state, step: figures.step, seconds: figures.seconds, watched };
        this.#folder.log({ kind: "step", ...figures });
        yield { type: "step", ...figures };
      }
      const { step } = this.#state;
      if (this.#validation.length > 0 && (step === steps || step % validateEvery === 0)) yield await this.#validate();
      const { patience } = this.#parameters;
      if (step === steps) this.#state = { ...this.#state, ended: "steps" };
      else if (patience > 0 && this.#state.since >= patience) this.#state = { ...this.#state, ended: "early" };
      if (this.#state.ended !== undefined || step % every === 0) yield* this.#checkpoint();
    }
    yield await this.#done(this.#state.ended);
  }

  /** Where an earlier run was, or the beginning. */
  async #begin(): Promise<void> {
    if (this.#before !== undefined) {
      await this.#before.restore(this.#training);
      this.#state = this.#before.state;
      this.#earlier = this.#state.seconds;
      this.#folder.openLog(this.#state.log);
      return;
    }
    if (this.#init !== undefined) startFrom(this.#init.path, this.#init.file, this.#network.tensors);
    this.#folder.openLog(0);
    this.#folder.log({ kind: "start", parameters: this.#parameters, counts: this.#data.counts, started: new Date().toISOString() });
  }

  get #seconds(): number {
    return this.#earlier + (performance.now() - this.#started) / 1000;
  }

  /** Does a step; undefined when the signal came before it was whole, and then nothing is changed. */
  async #step(): Promise<StepFigures | undefined> {
    const { seed, clip } = this.#parameters;
    const { tensors, optimiser } = this.#training;
    const done = this.#state.step;
    const began = performance.now();
    const { epoch, packs } = this.#course.batch(done);
    const lossTokens = packs.reduce((sum, { weights }) => sum + weights.reduce((all, weight) => all + weight, 0), 0);
    for (const { gradient } of tensors) gradient.fill(0);
    let loss = 0;
    for (const [index, pack] of packs.entries()) {
      if (this.#options.signal?.aborted) return undefined;
      loss += (await this.#network.accumulate(pack, { scale: 1 / lossTokens, seed: seedOf(seed, done, index) })).loss;
    }
    const norm = clipGradients(tensors, clip);
    const rate = learningRate(
      {
        name: this.#parameters.schedule,
        peak: this.#parameters.learningRate,
        warmup: this.#parameters.warmup,
        steps: this.#parameters.steps,
      },
      done + 1,
    );
    if (Number.isFinite(norm)) optimiser.step(done + 1, rate);
    const tokens = packs.reduce((sum, pack) => sum + pack.tokens.length, 0);
    return {
      step: done + 1,
      epoch,
      loss: loss / lossTokens,
      lossTokens,
      tokens,
      learningRate: rate,
      norm,
      took: (performance.now() - began) / 1000,
      seconds: this.#seconds,
    };
  }

  async #validate(): Promise<TrainEvent> {
    let [loss, weight] = [0, 0];
    for (const pack of this.#validation) {
      const part = await this.#network.loss(pack);
      loss += part.loss;
      weight += part.weight;
    }
    const { step } = this.#state;
    const mean = loss / weight;
    const better = Number.isFinite(mean) && mean < (this.#state.best?.loss ?? Number.POSITIVE_INFINITY);
    if (better) for (const [index, { values }] of this.#training.tensors.entries()) this.#training.best[index]!.set(values);
    this.#state = { ...this.#state, ...(better ? { best: { step, loss: mean }, since: 0 } : { since: this.#state.since + 1 }) };
    const figures: ValidationFigures = { step, loss: mean, best: better, seconds: this.#seconds };
    this.#folder.log({ kind: "validation", ...figures });
    return { type: "validation", ...figures };
  }

  async *#checkpoint(): AsyncGenerator<TrainEvent> {
    this.#state = { ...this.#state, seconds: this.#seconds, log: this.#folder.logBytes };
    await resumable(saveCheckpoint(this.#folder.paths.checkpoint, this.#parameters, this.#state, this.#training));
    await resumable(writeTrainPage(this.#folder.paths));
    yield { type: "checkpoint", step: this.#state.step, file: this.#folder.paths.checkpoint };
  }

  async #done(reason: Outcome["reason"], why?: string): Promise<TrainEvent> {
    const { step, best, ended } = this.#state;
    const good = ended !== undefined || (reason === "diverged" && step > 0);
    if (good) await resumable(this.#writeAdapter());
    return {
      type: "done",
      reason,
      step,
      ...(why === undefined ? {} : { why }),
      ...(good ? { adapter: this.#options.out } : {}),
      ...(best === undefined ? {} : { best }),
      seconds: this.#seconds,
    };
  }

  /** Goes back to the last checkpoint, whose adapter is written. */
  async #diverged(why: string): Promise<TrainEvent> {
    const { checkpoint } = this.#folder.paths;
    this.#state = { step: 0, seconds: 0, watched: {}, since: 0, log: 0 };
    if (existsSync(checkpoint)) {
      const last = await readCheckpoint(checkpoint);
      await last.restore(this.#training);
      this.#state = last.state;
    }
    await resumable(writeTrainPage(this.#folder.paths));
    return await this.#done("diverged", why);
  }

  async #writeAdapter(): Promise<void> {
    const { tensors, best } = this.#training;
    const { base, dataset, strategy, tools, lora } = this.#parameters;
    const chosen =
      this.#state.best === undefined ? tensors : tensors.map(({ name, shape }, index) => ({ name, shape, values: best[index]! }));
    const trained = this.#state.best ?? { step: this.#state.step };
    await writeAdapter(this.#options.out, chosen, lora.alpha, {
      architecture: this.#network.information.architecture,
      base,
      dataset,
      strategy,
      tools,
      parameters: { ...this.#parameters, trained },
      version: version(),
      licence: this.#options.licence ?? this.#source.licence,
    });
  }
}

/** A failure to write, with what to do about it here. */
async function resumable(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ToolwrightError) || error.code !== "file-not-written") throw error;
    throw new ToolwrightError(error.code, error.message, ROOM, { cause: error.cause });
  }
}
