import { type Backend, random, type Tensor, TensorStore } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { Hyperparameters } from "./base.js";
import { MATRICES, matrixSizes, placedSizes, TARGETS, type Target } from "./weights.js";

/** What is trained: W·x becomes W·x + alpha / rank · B·A·dropout(x). */
export interface LoraShape {
  readonly rank: number;
  /** rsLoRA is an alpha of `alpha · √rank`, as GGUF adapters have it. */
  readonly alpha: number;
  readonly targets: readonly Target[];
  /** The layers that are trained, half-open. */
  readonly layers: readonly [from: number, to: number];
  /** Share of the inputs of A that are left out, from 0 to below 1. The matrices that read the same values leave out the same. */
  readonly dropout: number;
}

/** A trainable matrix; its values may be written between calls of a network. */
export interface LoraTensor {
  /** llama.cpp's name, such as `blk.0.attn_q.weight.lora_a`. */
  readonly name: string;
  /** ggml's order: A is `[columns of W, rank]`, B is `[rank, rows of W]`, the first index the fastest. */
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** The two tensors beside one frozen matrix, and their copies in the engine's memory, whose columns and rows are those of the matrix there. */
export interface Adapted {
  readonly a: LoraTensor;
  readonly b: LoraTensor;
  readonly deviceA: Tensor;
  /** B transposed, with the scale in it: `[rows of W, rank]`. */
  readonly deviceB: Tensor;
  /**
   * Where graphs put the gradients, for each lane. Memory of their own: results that stayed among a graph's would leave its memory in more
   * pieces than ggml can count.
   */
  readonly gradients: readonly Gradients[];
}

/** Of the shapes of `deviceA` and `deviceB`; that of B is without the scale. */
export interface Gradients {
  readonly a: Tensor;
  readonly b: Tensor;
}

export interface Lora {
  readonly shape: LoraShape;
  readonly tensors: readonly LoraTensor[];
  at(layer: number, target: Target): Adapted | undefined;
  /** Copies the values to the engine's memory. */
  upload(): void;
  /** Adds `factor` times what a lane's graphs found to the gradients of all tensors. */
  add(lane: number, factor: number): void;
  free(): void;
}

/** @throws ToolwrightError `lora-invalid` */
export function checkShape(shape: LoraShape, model: Hyperparameters): void {
  const { rank, alpha, targets, layers, dropout } = shape;
  const [from, to] = layers;
  const whole = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most;
  const invalid = (what: string, remedy: string) => new ToolwrightError("lora-invalid", what, remedy, { exitCode: 2 });
  if (!whole(rank, 1, model.width))
    throw invalid(`The rank is ${rank}.`, `Give a whole number from 1 to the model's width, ${model.width}.`);
  if (!(Number.isFinite(alpha) && alpha > 0)) throw invalid(`Alpha is ${alpha}.`, "Give a number above 0, such as twice the rank.");
  const strange = targets.find((target) => !TARGETS.includes(target));
  if (strange !== undefined || targets.length === 0 || new Set(targets).size < targets.length) {
    throw invalid(`The targets are ${targets.join(", ") || "none"}.`, `Give some of ${TARGETS.join(", ")}, each once.`);
  }
  if (!(whole(from, 0, model.layers - 1) && whole(to, from + 1, model.layers))) {
    throw invalid(`The layers are ${from} up to ${to}.`, `Give a range within 0 up to ${model.layers}, which is how many the model has.`);
  }
  if (!(dropout >= 0 && dropout < 1)) throw invalid(`The dropout is ${dropout}.`, "Give a share from 0 to below 1.");
}

/**
 * @param seed of A's values, which are even within ±1/√columns, as PEFT's; B is zero
 * @param lanes how many graphs are computed at a time
 */
export function createLora(backend: Backend, model: Hyperparameters, shape: LoraShape, seed: number, lanes: number): Lora {
  const [from, to] = shape.layers;
  const targets = TARGETS.filter((target) => shape.targets.includes(target));
  const scale = shape.alpha / shape.rank;
  const sizes = matrixSizes(model);
  const placed = placedSizes(model);
  const store = new TensorStore(backend, 2 * (1 + lanes) * targets.length * (to - from));
  const draw = random(seed);
  const adapted = new Map<string, Adapted>();
  const key = (layer: number, target: Target) => `blk.${layer}.${MATRICES[target]}.weight`;
  for (let layer = from; layer < to; layer++) {
    for (const target of targets) {
      const [columns, rows] = sizes[target];
      const name = key(layer, target);
      const a = loraTensor(`${name}.lora_a`, [columns, shape.rank]);
      const bound = 1 / Math.sqrt(columns);
      for (let i = 0; i < a.values.length; i++) a.values[i] = (2 * draw() - 1) * bound;
      adapted.set(name, {
        a,
        b: loraTensor(`${name}.lora_b`, [shape.rank, rows]),
        deviceA: store.tensor("F32", placed[target][0], shape.rank),
        deviceB: store.tensor("F32", placed[target][1], shape.rank),
        gradients: Array.from({ length: lanes }, () => ({
          a: store.tensor("F32", placed[target][0], shape.rank),
          b: store.tensor("F32", placed[target][1], shape.rank),
        })),
      });
    }
  }
  if (!store.allocate(backend.plain)) {
    throw new ToolwrightError("engine-memory", "There is not enough memory for the adapter.", "Choose a smaller rank or fewer layers.");
  }
  const all = [...adapted.values()];
  const lengths = ({ deviceA, deviceB }: Adapted) => [deviceA, deviceB].map(({ shape: [columns, rank] }) => columns * rank);
  const scratch = new Float32Array(Math.max(...all.flatMap(lengths)));
  return {
    shape,
    tensors: all.flatMap(({ a, b }) => [a, b]),
    at: (layer, target) => adapted.get(key(layer, target)),
    upload() {
      for (const { a, b, deviceA, deviceB } of all) {
        const { rank } = shape;
        const [columns] = a.shape;
        const [placedColumns] = deviceA.shape;
        scratch.fill(0);
        for (let k = 0; k < rank; k++) scratch.set(a.values.subarray(k * columns, (k + 1) * columns), k * placedColumns);
        store.set(deviceA, scratch.subarray(0, rank * placedColumns));
        const rows = b.shape[1];
        const [placedRows] = deviceB.shape;
        scratch.fill(0);
        for (let k = 0; k < rank; k++)
          for (let row = 0; row < rows; row++) scratch[k * placedRows + row] = b.values[row * rank + k]! * scale;
        store.set(deviceB, scratch.subarray(0, rank * placedRows));
      }
    },
    add(lane, factor) {
      const { rank } = shape;
      for (const { a, b, gradients } of all) {
        const found = gradients[lane]!;
        const [columns] = a.shape; // What the engine has more of is padding.
        store.read(found.a, scratch);
        const [placedColumns] = found.a.shape;
        for (let k = 0; k < rank; k++)
          for (let i = 0; i < columns; i++) a.gradient[k * columns + i]! += scratch[k * placedColumns + i]! * factor;
        const [, rows] = b.shape;
        store.read(found.b, scratch);
        const [placedRows] = found.b.shape;
        for (let i = 0; i < rows; i++)
          for (let k = 0; k < rank; k++) b.gradient[i * rank + k]! += scratch[k * placedRows + i]! * factor * scale;
      }
    },
    free: () => store.free(),
  };
}

function loraTensor(name: string, shape: readonly [number, number]): LoraTensor {
  const length = shape[0] * shape[1];
  return { name, shape, values: new Float32Array(length), gradient: new Float32Array(length) };
}
