import { type Backend, Graph, quantize, TensorStore } from "../engine/index.js";
import type { WeightType } from "./weights.js";

const TOKENS = 128;
const ROUNDS = 4;
/** A less exact type must be faster by this much. */
const WORTH = 0.85;

/** The type whose matrices this CPU multiplies by fastest, measured on a matrix of the given sides in some tens of milliseconds. */
export async function fastestType(backend: Backend, columns: number, rows: number): Promise<WeightType> {
  const exact = await measure(backend, "F32", columns, rows);
  const half = await measure(backend, "BF16", columns, rows);
  const halfway = columns % 32 === 0 && rows % 32 === 0 ? (half + (await measure(backend, "Q8_0", columns, rows))) / 2 : half;
  if (halfway < WORTH * Math.min(half, exact)) return "Q8_0";
  return half < WORTH * exact ? "BF16" : "F32";
}

/** Milliseconds of the fastest of a few products. */
async function measure(backend: Backend, type: "F32" | "BF16" | "Q8_0", columns: number, rows: number): Promise<number> {
  const store = new TensorStore(backend, 1);
  const graph = new Graph(backend, 4);
  try {
    const weights = store.tensor(type, columns, rows);
    if (!store.allocate((type === "Q8_0" ? backend.amx : undefined) ?? backend.plain)) return Number.POSITIVE_INFINITY;
    const values = Float32Array.from({ length: columns * Math.max(rows, TOKENS) }, (_, i) => Math.sin(i));
    store.set(weights, await quantize(type, values.subarray(0, columns * rows), columns));
    const input = graph.input("F32", columns, TOKENS);
    graph.output(graph.mulMat(weights, input));
    graph.allocate();
    let fastest = Number.POSITIVE_INFINITY;
    for (let round = 0; round <= ROUNDS; round++) {
      graph.set(input, values.subarray(0, columns * TOKENS));
      const started = performance.now();
      await graph.compute();
      if (round > 0) fastest = Math.min(fastest, performance.now() - started);
    }
    return fastest;
  } finally {
    graph.free();
    store.free();
  }
}
