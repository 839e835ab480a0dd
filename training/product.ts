import type { Graph, Tensor } from "../engine/index.js";

/** A frozen matrix to multiply by. */
export interface Matrix {
  /** Their sum is the matrix: what Q8_0 loses of the first is the second, so that forward products are about as exact as BF16's. */
  readonly parts: readonly Tensor[];
  /** `[32, 32]`: a rotation that every block of the inputs takes first, as every block of the matrix's rows has. */
  readonly rotation?: Tensor;
}

/** Elements that a quantised row keeps at one scale. */
export const BLOCK = 32;

/**
 * A Walsh-Hadamard matrix, orthonormal and its own inverse. A value that stands out takes the precision of all others that share its
 * scale. Rotated, a block has no such values, and the product stays the same: errors of Q8_0 halve.
 */
export function rotation(): Float32Array {
  const ones = (bits: number): number => (bits === 0 ? 0 : (bits & 1) + ones(bits >> 1));
  return Float32Array.from({ length: BLOCK * BLOCK }, (_, i) => {
    const [row, column] = [Math.floor(i / BLOCK), i % BLOCK];
    return (ones(row & column) % 2 === 0 ? 1 : -1) / Math.sqrt(BLOCK);
  });
}

/** Rotates every block of each column of `[rows, columns]`. */
export function rotate(graph: Graph, by: Tensor, x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  return graph.reshape(graph.mulMat(by, graph.reshape(x, BLOCK, (rows / BLOCK) * columns)), rows, columns);
}

/** What several matrices read is rotated once. */
const rotated = new WeakMap<Tensor, Tensor>();

export function multiply(graph: Graph, { parts, rotation: by }: Matrix, x: Tensor): Tensor {
  const input = by ? (rotated.get(x) ?? rotate(graph, by, x)) : x;
  if (by) rotated.set(x, input);
  const [first, ...rest] = parts.map((part) => graph.mulMat(part, input));
  return rest.reduce((sum, one) => graph.add(sum, one), first!);
}
