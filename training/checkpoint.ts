// A moment of training as one file, from which it goes on as if it had not been stopped. It is written whole or not at all.
import { type GgufTensor, ggufValue, writeGguf } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { readTensorFile, type TensorFile } from "../models/index.js";
import type { LoraTensor } from "./lora.js";
import type { Optimiser } from "./optimiser.js";
import type { TrainParameters } from "./settings.js";
import type { Watched } from "./watch.js";

/** It rises when a reader of the one before would misread a checkpoint. */
const FORMAT = 1;

/** Why a training ended by itself. */
export type Ending = "steps" | "early";

/** Where a training is; with the tensors, all that decides what comes next. Order and dropout follow from the step and the seed. */
export interface State {
  /** Steps that are done. */
  readonly step: number;
  /** Of work, over all runs. */
  readonly seconds: number;
  readonly watched: Watched;
  /** The best validation so far, and how many came after it. */
  readonly best?: { readonly step: number; readonly loss: number };
  readonly since: number;
  /** Bytes of `train.jsonl` that belong to it. */
  readonly log: number;
  readonly ended?: Ending;
}

/** What changes while it trains. */
export interface Training {
  readonly tensors: readonly LoraTensor[];
  readonly optimiser: Optimiser;
  /** Values at the best validation; they mean something when `State.best` is there. */
  readonly best: readonly Float32Array[];
}

export interface Checkpoint {
  readonly parameters: TrainParameters;
  readonly state: State;
  /** Puts the tensors' values where they belong. */
  restore(training: Training): Promise<void>;
}

/** @throws ToolwrightError `file-not-written`; the one before is then as it was */
export async function saveCheckpoint(path: string, parameters: TrainParameters, state: State, training: Training): Promise<void> {
  const tensors = partsOf(training, state).map(({ name, shape, values }): GgufTensor => ({ name, shape, type: "F32", data: values }));
  await writeGguf(path, {
    metadata: {
      "general.type": ggufValue("string", "training"),
      "toolwright.checkpoint.format": ggufValue("u32", FORMAT),
      "toolwright.checkpoint.parameters": ggufValue("string", JSON.stringify(parameters)),
      "toolwright.checkpoint.state": ggufValue("string", JSON.stringify(state)),
    },
    tensors,
  });
}

/** @throws ToolwrightError `checkpoint-invalid`, `checkpoint-newer`, `model-not-found`, `model-unreadable` */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const file = await readTensorFile(path).catch((error: unknown) => {
    throw error instanceof ToolwrightError && error.code === "model-invalid" ? invalid(path, error.message) : error;
  });
  const format = file.metadata.get("toolwright.checkpoint.format")?.value;
  if (format !== FORMAT) {
    if (typeof format !== "number") throw invalid(path, `${path} is no checkpoint.`);
    throw new ToolwrightError(
      "checkpoint-newer",
      `${path} has format ${format}; this toolwright reads format ${FORMAT}.`,
      "Go on with the toolwright that wrote it, or train anew into another file.",
      { exitCode: 2 },
    );
  }
  const state = part<State>(path, file, "toolwright.checkpoint.state");
  return {
    parameters: part<TrainParameters>(path, file, "toolwright.checkpoint.parameters"),
    state,
    async restore(training) {
      for (const { name, shape, values } of partsOf(training, state)) {
        const stored = file.tensors.get(name);
        if (stored?.shape.join() !== shape.join()) throw invalid(path, `${path} has no ${name} of the shape [${shape.join(", ")}].`);
        values.set(await stored.read());
      }
    },
  };
}

/** All tensors of a checkpoint by their names in it. */
function partsOf({ tensors, optimiser, best }: Training, state: State) {
  return tensors.flatMap(({ name, shape, values }, index) => [
    { name, shape, values },
    ...optimiser.moments.map((moment, kind) => ({ name: `${name}.m${kind}`, shape, values: moment[index]! })),
    ...(state.best === undefined ? [] : [{ name: `${name}.best`, shape, values: best[index]! }]),
  ]);
}

/** What this program wrote, in the format that it knows. */
function part<T>(path: string, { metadata }: TensorFile, key: string): T {
  try {
    return JSON.parse(String(metadata.get(key)?.value)) as T;
  } catch {
    throw invalid(path, `${path} has no ${key}.`);
  }
}

function invalid(path: string, message: string): ToolwrightError {
  return new ToolwrightError("checkpoint-invalid", message, `Remove ${path} and train anew.`);
}
