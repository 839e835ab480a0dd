import { type Backend, Graph, rowBytes, type Tensor, TensorStore, TYPES, type TypeName } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { Base, Hyperparameters } from "./base.js";

/**
 * How frozen weights may be kept. Products by quantised weights round their inputs to 8 bits too, and weights that are quantised anew are
 * not quite those of the file: on the way forward, in every layer, that moves gradients by up to 5 %. So with `Q8_0` the layers are on the
 * way forward as the file has them, where AMX multiplies by that, and each product is made of what the rounding leaves as well; else they
 * are BF16. `Q8_0-once` is Q8_0 everywhere and each product made once: the fastest with AMX.
 */
export const WEIGHT_TYPES = ["F32", "BF16", "Q8_0", "Q8_0-once"] as const;
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
  /** W·x is to be made of x and of what the product's rounding of x leaves. */
  readonly twice: boolean;
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

/** Q4_0, Q4_1 and Q8_0, by ggml's numbers: quantised types by whose blocks of 32 AMX multiplies. */
const AMX_TYPES = [2, 3, 8];

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

  const kind: StoredType = type === "Q8_0-once" ? "Q8_0" : type;
  const isQuantisable = (columns: number, rows: number) => columns % BLOCK === 0 && rows % BLOCK === 0 && columns >= SHORTEST;
  const place = (columns: number, rows: number, wanted: StoredType): Place => {
    const quantized = wanted === "Q8_0" && isQuantisable(columns, rows);
    const kept = TYPES[wanted === "Q8_0" && !quantized ? "F32" : wanted];
    const store = quantized && backend.amx !== undefined ? fast : plain;
    return { store, type: kept, tensor: store.stored(kept, columns, rows) };
  };
  /** Of a layer on the way forward, where it is to be exact. */
  const placeExact = (columns: number, rows: number, names: readonly string[]): Place => {
    const [own, ...others] = names.map((name) => base.typeOf(name));
    const isFast = backend.amx !== undefined && own !== undefined && AMX_TYPES.includes(own) && others.every((other) => other === own);
    if (!isFast || !isQuantisable(columns, rows)) return place(columns, rows, "BF16");
    return { store: fast, type: own, tensor: fast.stored(own, columns, rows) };
  };
  const matrix = (parts: readonly Stored[], { exact, backToo }: { readonly exact: boolean; readonly backToo: boolean }): Frozen => {
    const [columns, rows] = [parts[0]!.placed[0], parts.reduce((sum, { placed }) => sum + placed[1], 0)];
    const names = parts.map(({ name }) => name);
    const forward = exact ? placeExact(columns, rows, names) : place(columns, rows, kind);
    const back = backToo ? place(rows, columns, kind) : undefined;
    fill.push(() => fillMatrix(backend, base, parts, forward, back));
    return { forward: forward.tensor, twice: exact && AMX_TYPES.includes(forward.type), back: back?.tensor };
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
          return matrix(parts, { exact: type === "Q8_0", backToo: index >= from });
        };
        return {
          attentionNorm: vector(`blk.${index}.attn_norm.weight`, model.width),
          hiddenNorm: vector(`blk.${index}.ffn_norm.weight`, model.width),
          matrices: { qkv: of("qkv"), o: of("o"), gate: of("gate"), up: of("up"), down: of("down") },
        };
      }),
      norm: vector("output_norm.weight", model.width),
      output: matrix([{ name: head, size: vocabulary, placed: vocabulary }], { exact: false, backToo: true }),
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
  /** ggml's number for it. */
  readonly type: number;
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
    const sources: { readonly source: Tensor; readonly type: number; readonly bytes: Uint8Array }[] = [];
    let first = 0;
    for (const { name, size, placed } of parts) {
      const stored = await base.stored(name);
      if (stored.columns !== size[0] || stored.rows !== size[1]) throw misshapen(name, stored, ...size);
      const source = graph.storedInput(stored.type, stored.columns, stored.rows);
      sources.push({ source, type: stored.type, bytes: stored.bytes });
      const [, stride, whole] = memory.strides;
      values = graph.setInPlace(values, graph.cast(source, "F32"), stride, whole, first * stride);
      first += placed[1];
    }
    const own = sources.every(({ type }) => type === forward.type);
    const straight = own ? undefined : graph.output(graph.cast(values, forward.type));
    const turned = back && graph.output(graph.cast(graph.cont(graph.transpose(values)), back.type));
    graph.allocate();
    if (parts.some(({ size, placed }) => size[0] < placed[0] || size[1] < placed[1])) graph.set(memory, new Float32Array(columns * rows));
    for (const { source, bytes } of sources) graph.set(source, bytes);
    await graph.compute();
    forward.store.set(forward.tensor, straight ? graph.bytes(straight) : placedBytes(parts, sources, columns, rows, forward.type));
    if (back && turned) back.store.set(back.tensor, graph.bytes(turned));
  } finally {
    graph.free();
  }
}

/** Matrices' own bytes, one after another; what the memory has more of are blocks of zeros. */
function placedBytes(
  parts: readonly Stored[],
  sources: readonly { readonly bytes: Uint8Array }[],
  columns: number,
  rows: number,
  type: number,
): Uint8Array {
  const whole = rowBytes(type, columns);
  const bytes = new Uint8Array(whole * rows);
  let first = 0;
  parts.forEach(({ size, placed }, index) => {
    const row = rowBytes(type, size[0]);
    for (let i = 0; i < size[1]; i++) bytes.set(sources[index]!.bytes.subarray(i * row, (i + 1) * row), (first + i) * whole);
    first += placed[1];
  });
  return bytes;
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
