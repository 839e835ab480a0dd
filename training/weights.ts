import { type Backend, Graph, type Tensor, TensorStore, type TypeName } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { Base, Hyperparameters, StoredTensor } from "./base.js";
import { BLOCK, type Matrix, rotate, rotation } from "./product.js";

/** How frozen weights may be kept. */
export type WeightType = Extract<TypeName, "F32" | "BF16" | "Q8_0">;

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

/** A frozen matrix W: `forward` gives W·x, `back`, its transpose, the gradient of x from that of W·x. */
export interface Frozen {
  readonly forward: Matrix;
  /** Where gradients come through. */
  readonly back?: Matrix;
}

export interface LayerWeights {
  readonly attentionNorm: Tensor;
  readonly hiddenNorm: Tensor;
  readonly matrices: Readonly<Record<Target, Frozen>>;
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

const TENSORS_PER_LAYER = 2 + 3 * TARGETS.length;
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

  const turn = plain.tensor("F32", BLOCK, BLOCK);
  fill.push(async () => plain.set(turn, rotation()));
  const place = (columns: number, rows: number, exact: boolean): Place => {
    const quantized = type === "Q8_0" && columns % BLOCK === 0 && rows % BLOCK === 0 && columns >= SHORTEST;
    const kept = type === "Q8_0" && !quantized ? "F32" : type;
    const store = quantized && backend.amx !== undefined ? fast : plain;
    const parts = quantized && exact ? 2 : 1;
    return {
      store,
      type: kept,
      parts: Array.from({ length: parts }, () => store.tensor(kept, columns, rows)),
      rotation: parts > 1 ? turn : undefined,
    };
  };
  const matrix = (name: string, columns: number, rows: number, backToo: boolean): Frozen => {
    const forward = place(columns, rows, true);
    const back = backToo ? place(rows, columns, false) : undefined;
    fill.push(async () => {
      const stored = await base.stored(name);
      if (stored.columns !== columns || stored.rows !== rows) throw misshapen(name, stored, columns, rows);
      await fillMatrix(backend, stored, forward, back);
    });
    return { forward, back };
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
    const stored = await base.stored("token_embd.weight");
    const embeddings = plain.stored(stored.type, stored.columns, stored.rows);
    if (stored.columns !== model.width) throw misshapen("token_embd.weight", stored, model.width, model.vocabulary);
    fill.push(async () => plain.set(embeddings, stored.bytes));
    const weights: Weights = {
      embeddings,
      layers: Array.from({ length: model.layers }, (_, index): LayerWeights => {
        const of = (target: Target) => matrix(`blk.${index}.${MATRICES[target]}.weight`, ...sizes[target], index >= from);
        return {
          attentionNorm: vector(`blk.${index}.attn_norm.weight`, model.width),
          hiddenNorm: vector(`blk.${index}.ffn_norm.weight`, model.width),
          matrices: { q: of("q"), k: of("k"), v: of("v"), o: of("o"), gate: of("gate"), up: of("up"), down: of("down") },
        };
      }),
      norm: vector("output_norm.weight", model.width),
      output: matrix(base.has("output.weight") ? "output.weight" : "token_embd.weight", model.width, model.vocabulary, true),
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

/** A matrix and where it is kept. */
interface Place extends Matrix {
  readonly store: TensorStore;
  readonly type: WeightType;
}

/** Converts a matrix as the file has it, and turns it round for the way back, with all threads. */
async function fillMatrix(backend: Backend, stored: StoredTensor, forward: Place, back: Place | undefined): Promise<void> {
  const graph = new Graph(backend, 32);
  try {
    const source = graph.storedInput(stored.type, stored.columns, stored.rows);
    const values = graph.cast(source, "F32");
    const split = (rows: Tensor, { parts, type, rotation: by }: Place): Tensor[] => {
      let rest = by ? rotate(graph, by, rows) : rows;
      return parts.map((_, part) => {
        const kept = graph.output(graph.cast(rest, type));
        if (part < parts.length - 1) rest = graph.sub(rest, graph.cast(kept, "F32"));
        return kept;
      });
    };
    const turn = forward.rotation && graph.input("F32", BLOCK, BLOCK);
    const straight = split(values, { ...forward, rotation: turn });
    const turned = back ? split(graph.cont(graph.transpose(values)), back) : [];
    graph.allocate();
    graph.set(source, stored.bytes);
    if (turn) graph.set(turn, rotation());
    await graph.compute();
    for (const [i, part] of straight.entries()) forward.store.set(forward.parts[i]!, graph.bytes(part));
    for (const [i, part] of turned.entries()) back?.store.set(back.parts[i]!, graph.bytes(part));
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
