import { type Backend, Graph, quantize, TensorStore } from "../engine/index.js";
import type { WeightType } from "./weights.js";

/** The most exact first. */
const CANDIDATES: readonly WeightType[] = ["F32", "BF16", "Q8_0"];
const TOKENS = 128;
const ROUNDS = 4;
/** A less exact type must be faster by this much. */
const WORTH = 0.85;
/** Q8_0 is multiplied by twice on the way forward and once on the way back. */
const PRODUCTS: Readonly<Record<WeightType, number>> = { F32: 1, BF16: 1, Q8_0: 1.5 };

/** The type whose matrices this CPU multiplies by fastest, measured on a matrix of the given sides in some tens of milliseconds. */
export async function fastestType(backend: Backend, columns: number, rows: number): Promise<WeightType> {
  let best: WeightType = "F32";
  let bestTime = Number.POSITIVE_INFINITY;
  for (const type of CANDIDATES) {
    if (type === "Q8_0" && (columns % 32 !== 0 || rows % 32 !== 0)) continue;
    const time = PRODUCTS[type] * (await measure(backend, type, columns, rows));
    if (time >= bestTime * WORTH) continue;
    best = type;
    bestTime = time;
  }
  return best;
}

/** Milliseconds of the fastest of a few products. */
async function measure(backend: Backend, type: WeightType, columns: number, rows: number): Promise<number> {
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
