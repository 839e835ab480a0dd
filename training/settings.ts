// What decides an adapter: what a user sets, the defaults, and the record of both that a checkpoint and an adapter carry.
import { ToolwrightError } from "../errors.js";
import type { AdapterFile } from "./adapter-file.js";
import type { LossOn } from "./example.js";
import type { LoraShape } from "./lora.js";
import type { openNetwork } from "./network.js";
import type { OptimiserName } from "./optimiser.js";
import type { ScheduleName } from "./schedule.js";
import { TARGETS, type Target, type WeightType } from "./weights.js";

export interface TrainOptions {
  /** A `dataset.jsonl`, a folder that `teach` wrote, lines of `{"question", "solution"}` or `{"text"}`; several are one. */
  readonly dataset: string | readonly string[];
  /** The adapter's file. What is needed to go on is in the folder `OUT.training` beside it. */
  readonly out: string;
  /** A GGUF file, or a name that `findModel` knows. Default `"local"`. */
  readonly model?: string;
  /** Goes on where an earlier run of the same parameters was stopped. Default false: what is there is refused. */
  readonly resume?: boolean;
  /** An adapter to start from. Its rank, alpha, targets and layers are then this one's. */
  readonly init?: string;
  /** Default `"all"`. */
  readonly loss?: LossOn;
  /** Lessons with questions become chats of one to so many turns, so that an answer is learnt after others too. Default 1. */
  readonly turns?: number;

  /** Default 16. */
  readonly rank?: number;
  /** The change is alpha / rank · B·A; with `rslora` alpha / √rank · B·A. Default: twice the rank; with `rslora`, twice its root. */
  readonly alpha?: number;
  readonly rslora?: boolean;
  /** Default: all seven. */
  readonly targets?: readonly Target[];
  /** Half-open. Default: all layers. */
  readonly layers?: readonly [from: number, to: number];
  /** Of what A is given. Default 0. */
  readonly dropout?: number;

  /** Default `"lion"`. */
  readonly optimiser?: OptimiserName;
  /** The peak. Default: 1e-3 for AdamW, 2e-4 for Lion. */
  readonly learningRate?: number;
  /** Default `"cosine"`. */
  readonly schedule?: ScheduleName;
  /** In steps. Default: a twentieth of all, at most 100. */
  readonly warmup?: number;
  /** Default: 0.01 for AdamW, 0.05 for Lion. */
  readonly weightDecay?: number;
  /** Largest global norm of a step's gradient. Default 1. */
  readonly clip?: number;

  /** Default 3. */
  readonly epochs?: number;
  /** In place of epochs. */
  readonly steps?: number;
  /** Packs of a step. Default 1. */
  readonly batch?: number;
  /** Most tokens of a pack, and of an example. Default 1024, or what the model was trained to hold where that is less. */
  readonly pack?: number;

  /** Share of the lessons that is kept for validation, at most `MOST_VALIDATION`. Default 0.05. */
  readonly validation?: number;
  /** Steps from one validation to the next. Default: a twentieth of all. */
  readonly validateEvery?: number;
  /** Training ends after so many validations without a better one; 0: never. Default 5. */
  readonly patience?: number;
  /** Steps from one checkpoint to the next. Default 50. */
  readonly checkpointEvery?: number;

  /** Of the order, the split, dropout and what A begins with. Default 0. */
  readonly seed?: number;
  /** How the frozen weights are kept. Default: what this CPU multiplies fastest; on `resume`, what it was. */
  readonly weights?: "auto" | WeightType;
  readonly threads?: number;
  /** For the adapter's metadata. Default: the base model's. */
  readonly licence?: string;
  /** Ends the run after the pack at hand, with a checkpoint of the last whole step. */
  readonly signal?: AbortSignal;
  /** What computes losses and gradients. Default: the network on the engine. */
  readonly openNetwork?: typeof openNetwork;
}

/** What decides the adapter's bytes, besides the CPU. */
export interface TrainParameters {
  readonly base: { readonly name: string; readonly digest: string };
  /** Storage type of the frozen weights that ran. */
  readonly weights: WeightType;
  /** Digests. */
  readonly dataset: string;
  readonly init?: string;
  readonly loss: LossOn;
  readonly turns: number;
  readonly strategy: string;
  /** Names of the tools that the lessons call, and that the adapter to start from was trained to call. */
  readonly tools: readonly string[];
  readonly lora: LoraShape;
  readonly optimiser: OptimiserName;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly warmup: number;
  readonly weightDecay: number;
  readonly clip: number;
  readonly steps: number;
  readonly batch: number;
  readonly pack: number;
  readonly validation: number;
  readonly validateEvery: number;
  readonly patience: number;
  readonly seed: number;
  readonly version: string;
}

/** More lessons for validation take time and tell no more. */
export const MOST_VALIDATION = 100;

export const defaults = {
  rank: 16,
  pack: 1024,
  batch: 1,
  epochs: 3,
  validation: 0.05,
  patience: 5,
  clip: 1,
  checkpointEvery: 50,
  optimiser: "lion",
  schedule: "cosine",
  loss: "all",
  turns: 1,
  learningRate: { adamw: 1e-3, lion: 2e-4 },
  weightDecay: { adamw: 0.01, lion: 0.05 },
} as const;

/** Learning rates that suit AdamW are this many times those that suit Lion (Chen et al. 2023, section 5, has 3 to 10). */
export const ADAMW_TO_LION = 5;

/** @throws ToolwrightError `wrong-setting`, naming the option */
export function checkOptions(options: TrainOptions): void {
  const whole = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least;
  const rules: readonly (readonly [name: keyof TrainOptions, fits: (value: number) => boolean, wanted: string])[] = [
    ["rank", whole(1), "a whole number from 1"],
    ["alpha", (value) => value > 0, "a number above 0"],
    ["dropout", (value) => value >= 0 && value < 1, "a number from 0 up to below 1"],
    ["learningRate", (value) => value > 0, "a number above 0"],
    ["warmup", whole(0), "a whole number of steps"],
    ["weightDecay", (value) => value >= 0, "a number from 0"],
    ["clip", (value) => value > 0, "a number above 0"],
    ["epochs", (value) => value > 0, "a number above 0"],
    ["steps", whole(1), "a whole number from 1"],
    ["batch", whole(1), "a whole number of packs from 1"],
    ["turns", whole(1), "a whole number of turns from 1"],
    ["pack", whole(8), "a whole number of tokens from 8"],
    ["validation", (value) => value >= 0 && value < 1, "a share from 0 up to below 1"],
    ["validateEvery", whole(1), "a whole number of steps from 1"],
    ["patience", whole(0), "a whole number from 0"],
    ["checkpointEvery", whole(1), "a whole number of steps from 1"],
    ["seed", (value) => whole(0)(value) && value < 2 ** 32, "a whole number from 0 to 4294967295"],
  ];
  for (const [name, fits, wanted] of rules) {
    const value = options[name];
    if (typeof value !== "number" || (Number.isFinite(value) && fits(value))) continue;
    throw wrong(`${name} is ${value}.`, `Give ${wanted}.`);
  }
  if (options.targets?.length === 0) throw wrong("There are no targets.", "Name one or more of q, k, v, o, gate, up, down.");
}

/**
 * Which matrices are trained, of a model with so many layers.
 * @param init that an adapter to start from has
 * @throws ToolwrightError `wrong-setting`
 */
export function shapeFor(options: TrainOptions, layers: number, init?: AdapterFile): LoraShape {
  const { dropout = 0 } = options;
  if (init !== undefined) {
    for (const name of ["rank", "alpha", "rslora", "targets", "layers"] as const) {
      if (options[name] === undefined) continue;
      throw wrong(`${name} is set, and so is an adapter to start from.`, `Leave ${name} out: it is that adapter's.`);
    }
    return { ...init.shape, dropout };
  }
  const { rank = defaults.rank, rslora = false } = options;
  const root = Math.sqrt(rank);
  const alpha = options.alpha ?? 2 * (rslora ? root : rank);
  const [from, to] = options.layers ?? [0, layers];
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from < to && to <= layers)) {
    throw wrong(
      `There are no layers ${from} up to ${to}.`,
      `The model has layers 0 up to ${layers}; give the first one and the one after the last.`,
    );
  }
  const wanted = options.targets ?? TARGETS;
  return {
    rank,
    alpha: rslora ? alpha * root : alpha,
    targets: TARGETS.filter((target) => wanted.includes(target)),
    layers: [from, to],
    dropout,
  };
}

function wrong(what: string, remedy: string): ToolwrightError {
  return new ToolwrightError("wrong-setting", what, remedy, { exitCode: 2 });
}
