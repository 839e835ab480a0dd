import { type Backend, Graph, quantize, TensorStore } from "../engine/index.js";
import type { WeightType } from "./weights.js";

const TOKENS = 128;
const ROUNDS = 8;
/** A less exact type must be faster by this much. */
const WORTH = 0.85;

/**
 * The type whose matrices this CPU multiplies by fastest, measured on a matrix of the given sides in some tens of milliseconds. The types
 * take turns, and the fastest turn of each counts, so that other work of the machine slows all of them or none.
 */
export async function fastestType(backend: Backend, columns: number, rows: number): Promise<WeightType> {
  const blocks = columns % 32 === 0 && rows % 32 === 0;
  const products = {
    F32: await productOf(backend, "F32", columns, rows),
    BF16: await productOf(backend, "BF16", columns, rows),
    Q8_0: blocks ? await productOf(backend, "Q8_0", columns, rows) : undefined,
  };
  try {
    const fastest = { F32: Number.POSITIVE_INFINITY, BF16: Number.POSITIVE_INFINITY, Q8_0: Number.POSITIVE_INFINITY };
    for (let round = 0; round < ROUNDS; round++) {
      for (const type of ["F32", "BF16", "Q8_0"] as const) {
        const taken = await products[type]?.time();
        if (round > 0 && taken !== undefined) fastest[type] = Math.min(fastest[type], taken);
      }
    }
    // Q8_0 makes two products on the way forward and one on the way back.
    if (1.5 * fastest.Q8_0 < WORTH * Math.min(fastest.BF16, fastest.F32)) return "Q8_0";
    return fastest.BF16 < WORTH * fastest.F32 ? "BF16" : "F32";
  } finally {
    for (const product of Object.values(products)) product?.free();
  }
}

interface Product {
  /** Milliseconds. */
  time(): Promise<number>;
  free(): void;
}

/** @returns undefined where there is no memory for it */
async function productOf(backend: Backend, type: "F32" | "BF16" | "Q8_0", columns: number, rows: number): Promise<Product | undefined> {
  const store = new TensorStore(backend, 1);
  const weights = store.tensor(type, columns, rows);
  if (!store.allocate((type === "Q8_0" ? backend.amx : undefined) ?? backend.plain)) {
    store.free();
    return undefined;
  }
  const values = Float32Array.from({ length: columns * Math.max(rows, TOKENS) }, (_, i) => Math.sin(i));
  store.set(weights, await quantize(type, values.subarray(0, columns * rows), columns));
  return {
    async time() {
      // A graph's memory is the next one's too.
      const graph = new Graph(backend, 4);
      try {
        const input = graph.input("F32", columns, TOKENS);
        graph.output(graph.mulMat(weights, input));
        graph.allocate();
        graph.set(input, values.subarray(0, columns * TOKENS));
        const started = performance.now();
        await graph.compute();
        return performance.now() - started;
      } finally {
        graph.free();
      }
    },
    free: () => store.free(),
  };
}
