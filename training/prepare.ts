// From options to all that a training needs: the model, the examples, their order, and the record of what decides it.
import { ToolwrightError } from "../errors.js";
import { refuseDifferent } from "../parameters.js";
import { version } from "../version.js";
import { type AdapterFile, readAdapterFile } from "./adapter-file.js";
import type { Checkpoint } from "./checkpoint.js";
import { Course } from "./course.js";
import { readTrainingData, type TrainingData } from "./dataset.js";
import type { Network } from "./network.js";
import { defaults, MOST_VALIDATION, type TrainOptions, type TrainParameters } from "./settings.js";
import { openSource, type Source } from "./source.js";

/** An adapter to start from. */
export interface Init {
  readonly path: string;
  readonly digest: string;
  readonly file: AdapterFile;
}

export interface Prepared {
  readonly source: Omit<Source, "reader" | typeof Symbol.asyncDispose>;
  readonly data: TrainingData;
  readonly init?: Init;
  readonly course: Course;
}

/** All that is read before training begins; the model's vocabulary is closed again. */
export async function prepare(options: TrainOptions): Promise<Prepared> {
  const {
    dataset,
    loss = defaults.loss,
    batch = defaults.batch,
    turns = defaults.turns,
    epochs = defaults.epochs,
    seed = 0,
    steps,
  } = options;
  await using source = await openSource(options.model ?? "local", options.signal);
  const init = options.init === undefined ? undefined : await initOf(options.init, source);
  const pack = packSize(options, source);
  const data = await readTrainingData(typeof dataset === "string" ? [dataset] : dataset, source.reader, {
    loss,
    longest: pack,
    turns,
    validation: { share: options.validation ?? defaults.validation, most: MOST_VALIDATION },
    seed,
  });
  return { source: { ...source }, data, init, course: new Course(data.examples, { pack, batch, seed, epochs, steps }) };
}

function packSize({ pack = defaults.pack }: TrainOptions, { context }: Pick<Source, "context">): number {
  return Math.min(pack, context);
}

async function initOf(path: string, source: Source): Promise<Init> {
  const file = await readAdapterFile(path);
  const { base, sha256 } = file.description;
  if (base !== undefined && base.sha256 !== source.digest) {
    throw new ToolwrightError(
      "adapter-mismatch",
      `${path} was trained on ${base.name ?? "a model"} (SHA-256 ${base.sha256.slice(0, 12)}…), and ${source.name} (${source.digest.slice(0, 12)}…) is another file.`,
      "Start from an adapter of this model, or train that model.",
      { exitCode: 2 },
    );
  }
  return { path, digest: sha256, file };
}

export function parametersOf(
  options: TrainOptions,
  { source, data, init, course, shape, network }: Prepared & { readonly shape: TrainParameters["lora"]; readonly network: Network },
): TrainParameters {
  const { optimiser = defaults.optimiser } = options;
  const { steps } = course;
  const every = Math.max(1, Math.ceil(steps / 20));
  return {
    base: { name: source.name, digest: source.digest },
    weights: network.information.weights,
    dataset: data.digest,
    ...(init === undefined ? {} : { init: init.digest }),
    loss: options.loss ?? defaults.loss,
    turns: options.turns ?? defaults.turns,
    strategy: "direct",
    tools: [...new Set([...data.tools, ...(init?.file.description.tools ?? [])])].sort(),
    lora: shape,
    optimiser,
    learningRate: options.learningRate ?? defaults.learningRate[optimiser],
    schedule: options.schedule ?? defaults.schedule,
    warmup: options.warmup ?? Math.min(100, every),
    weightDecay: options.weightDecay ?? defaults.weightDecay[optimiser],
    clip: options.clip ?? defaults.clip,
    steps,
    batch: options.batch ?? defaults.batch,
    pack: packSize(options, source),
    validation: data.counts.validation,
    validateEvery: options.validateEvery ?? every,
    patience: options.patience ?? defaults.patience,
    seed: options.seed ?? 0,
    version: version(),
  };
}

export function comparable(out: string, { parameters }: Checkpoint, now: TrainParameters): void {
  refuseDifferent(out, parameters, now, { remedy: "train into another file" });
}
