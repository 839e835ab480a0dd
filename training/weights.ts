import { type Backend, Graph, type Tensor, TensorStore, type TypeName } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { Base, Hyperparameters } from "./base.js";

/**
 * How frozen weights may be kept. `Q8_0` is the output layer and the way back only, with BF16 on the way forward: products by quantised
 * weights round their inputs to 8 bits too, and that moves gradients by up to 5 % where it happens in every layer. `Q8_0-forward` is
 * Q8_0 everywhere: the fastest with AMX.
 */
export const WEIGHT_TYPES = ["F32", "BF16", "Q8_0", "Q8_0-forward"] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];

type StoredType = Extract<TypeName, "F32" | "BF16" | "Q8_0">;

/** The matrices of a layer, by the name that LoRA's targets have. */
export const MATRICES = {
  q: "attn_q",
  k: "attn_k",
  v: "attn_v",
  o: "attn_output",
  gate: "ffn_gate",
  up: "ffn_up",
  down: "ffn_down",
} as const;
export type Target = keyof typeof MATRICES;
export const TARGETS = Object.keys(MATRICES) as readonly Target[];

/** Matrices that read the same and are kept as one, their outputs one after another, by its name. */
export const BLOCKS = { qkv: ["q", "k", "v"], o: ["o"], gate: ["gate"], up: ["up"], down: ["down"] } as const satisfies Record<
  string,
  readonly Target[]
>;
export type Block = keyof typeof BLOCKS;

/** A frozen matrix W: `forward` gives W·x, `back`, its transpose, the gradient of x from that of W·x. */
export interface Frozen {
  readonly forward: Tensor;
  /** Where gradients come through. */
  readonly back?: Tensor;
}

export interface LayerWeights {
  readonly attentionNorm: Tensor;
  readonly hiddenNorm: Tensor;
  readonly matrices: Readonly<Record<Block, Frozen>>;
}

export interface Weights {
  /** As the file has it. */
  readonly embeddings: Tensor;
  readonly layers: readonly LayerWeights[];
  readonly norm: Tensor;
  readonly output: Frozen;
  readonly ropeFactors?: Tensor;
  free(): void;
}

/** Columns and rows of each matrix of a layer. */
export function matrixSizes(model: Hyperparameters): Readonly<Record<Target, readonly [columns: number, rows: number]>> {
  const queries = model.heads * model.headSize;
  const keys = model.keyHeads * model.headSize;
  return {
    q: [model.width, queries],
    k: [model.width, keys],
    v: [model.width, keys],
    o: [queries, model.width],
    gate: [model.width, model.hidden],
    up: [model.width, model.hidden],
    down: [model.hidden, model.width],
  };
}

/**
 * As `matrixSizes`, as they are in memory: the hidden values are more by some zeros where their number is a multiple of 256. Products
 * write tiles of 32 rows; rows that lie a multiple of a kibibyte apart would drive each other out of the first-level cache.
 */
export function placedSizes(model: Hyperparameters): Readonly<Record<Target, readonly [columns: number, rows: number]>> {
  const { hidden } = model;
  return matrixSizes({ ...model, hidden: hidden % 256 === 0 ? hidden + BLOCK : hidden });
}

const TENSORS_PER_LAYER = 2 + 2 * TARGETS.length;
/** Of a quantised row, and of AMX's tiles. */
const BLOCK = 32;
/**
 * Products that sum over fewer elements gain nothing from quantised weights; and where they sum over one block only, the release's
 * AMX product is wrong (it adds to what the memory held).
 */
const SHORTEST = 256;

/**
 * Reads a model's weights into memory as `type`; matrices whose sides are no multiples of 32 stay F32 where it is Q8_0.
 * @param from the first layer that gradients come through
 * @throws ToolwrightError `model-invalid`, `engine-memory`
 */
export async function loadWeights(backend: Backend, base: Base, type: WeightType, from: number): Promise<Weights> {
  const model = base.hyperparameters;
  const capacity = model.layers * TENSORS_PER_LAYER + 8;
  const plain = new TensorStore(backend, capacity);
  const fast = new TensorStore(backend, capacity);
  const free = () => {
    plain.free();
    fast.free();
  };
  const fill: (() => Promise<void>)[] = [];

  const quick: StoredType = type === "Q8_0-forward" ? "Q8_0" : type;
  const layerType: StoredType = type === "Q8_0" ? "BF16" : quick;
  const place = (columns: number, rows: number, wanted: StoredType): Place => {
    const quantized = wanted === "Q8_0" && columns % BLOCK === 0 && rows % BLOCK === 0 && columns >= SHORTEST;
    const kept = wanted === "Q8_0" && !quantized ? "F32" : wanted;
    const store = quantized && backend.amx !== undefined ? fast : plain;
    return { store, type: kept, tensor: store.tensor(kept, columns, rows) };
  };
  const matrix = (parts: readonly Stored[], forwardType: StoredType, backToo: boolean): Frozen => {
    const [columns, rows] = [parts[0]!.placed[0], parts.reduce((sum, { placed }) => sum + placed[1], 0)];
    const forward = place(columns, rows, forwardType);
    const back = backToo ? place(rows, columns, quick) : undefined;
    fill.push(() => fillMatrix(backend, base, parts, forward, back));
    return { forward: forward.tensor, back: back?.tensor };
  };
  const vector = (name: string, length: number): Tensor => {
    const tensor = plain.tensor("F32", length);
    fill.push(async () => {
      const values = await base.values(name);
      if (values.length !== length) throw misshapen(name, { columns: values.length, rows: 1 }, length, 1);
      plain.set(tensor, values);
    });
    return tensor;
  };

  try {
    const sizes = matrixSizes(model);
    const placed = placedSizes(model);
    const vocabulary = [model.width, model.vocabulary] as const;
    const head = base.has("output.weight") ? "output.weight" : "token_embd.weight";
    const stored = await base.stored("token_embd.weight");
    const embeddings = plain.stored(stored.type, stored.columns, stored.rows);
    if (stored.columns !== model.width) throw misshapen("token_embd.weight", stored, model.width, model.vocabulary);
    fill.push(async () => plain.set(embeddings, stored.bytes));
    const weights: Weights = {
      embeddings,
      layers: Array.from({ length: model.layers }, (_, index): LayerWeights => {
        const of = (block: Block) => {
          const parts = BLOCKS[block].map((target): Stored => {
            return { name: `blk.${index}.${MATRICES[target]}.weight`, size: sizes[target], placed: placed[target] };
          });
          return matrix(parts, layerType, index >= from);
        };
        return {
          attentionNorm: vector(`blk.${index}.attn_norm.weight`, model.width),
          hiddenNorm: vector(`blk.${index}.ffn_norm.weight`, model.width),
          matrices: { qkv: of("qkv"), o: of("o"), gate: of("gate"), up: of("up"), down: of("down") },
        };
      }),
      norm: vector("output_norm.weight", model.width),
      output: matrix([{ name: head, size: vocabulary, placed: vocabulary }], quick, true),
      ropeFactors: base.has("rope_freqs.weight") ? vector("rope_freqs.weight", model.rope.dimensions / 2) : undefined,
      free,
    };
    if (!plain.allocate(backend.plain) || !fast.allocate(backend.amx ?? backend.plain)) {
      throw new ToolwrightError(
        "engine-memory",
        `There is not enough memory for the model's weights as ${type}, kept twice.`,
        "Train a smaller model, or close other programs.",
      );
    }
    for (const one of fill) await one();
    return weights;
  } catch (error) {
    free();
    throw error;
  }
}

/** Where a matrix is kept. */
interface Place {
  readonly store: TensorStore;
  readonly type: StoredType;
  readonly tensor: Tensor;
}

/** A matrix of the file: its columns and rows there and in memory, where more than there are zeros. */
interface Stored {
  readonly name: string;
  readonly size: readonly [columns: number, rows: number];
  readonly placed: readonly [columns: number, rows: number];
}

/** Converts matrices as the file has them to one, and turns it round for the way back, with all threads. */
async function fillMatrix(backend: Backend, base: Base, parts: readonly Stored[], forward: Place, back: Place | undefined): Promise<void> {
  const graph = new Graph(backend, 32);
  try {
    const [columns, rows] = forward.tensor.shape;
    const memory = graph.input("F32", columns, rows);
    let values = memory;
    const sources: { readonly source: Tensor; readonly bytes: Uint8Array }[] = [];
    let first = 0;
    for (const { name, size, placed } of parts) {
      const stored = await base.stored(name);
      if (stored.columns !== size[0] || stored.rows !== size[1]) throw misshapen(name, stored, ...size);
      const source = graph.storedInput(stored.type, stored.columns, stored.rows);
      sources.push({ source, bytes: stored.bytes });
      const [, stride, whole] = memory.strides;
      values = graph.setInPlace(values, graph.cast(source, "F32"), stride, whole, first * stride);
      first += placed[1];
    }
    const straight = graph.output(graph.cast(values, forward.type));
    const turned = back && graph.output(graph.cast(graph.cont(graph.transpose(values)), back.type));
    graph.allocate();
    if (parts.some(({ size, placed }) => size[0] < placed[0] || size[1] < placed[1])) graph.set(memory, new Float32Array(columns * rows));
    for (const { source, bytes } of sources) graph.set(source, bytes);
    await graph.compute();
    forward.store.set(forward.tensor, graph.bytes(straight));
    if (back && turned) back.store.set(back.tensor, graph.bytes(turned));
  } finally {
    graph.free();
  }
}

function misshapen(
  name: string,
  found: { readonly columns: number; readonly rows: number },
  columns: number,
  rows: number,
): ToolwrightError {
  return new ToolwrightError(
    "model-invalid",
    `Tensor ${name} has ${found.columns} × ${found.rows} elements where ${columns} × ${rows} are expected.`,
    "Fetch the model file again, or give another one.",
  );
}
