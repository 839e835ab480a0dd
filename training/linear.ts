import type { Graph, Tensor } from "../engine/index.js";
import type { Adapted, Gradients } from "./lora.js";
import type { Frozen } from "./weights.js";

/** A frozen matrix, or several that read the same x and whose outputs lie one after another, and what is trained beside each. */
export interface Linear {
  readonly frozen: Frozen;
  readonly parts: readonly Part[];
}

export interface Part {
  readonly rows: number;
  readonly adapted?: Adapted;
}

export function isTrained({ parts }: Linear): boolean {
  return parts.some(({ adapted }) => adapted);
}

export interface Applied {
  readonly output: Tensor;
  /** For each part that is trained A·x, a column for each of A's rows: `[tokens, rank]`. */
  readonly lows: readonly (Tensor | undefined)[];
}

/**
 * W·x + s·B·A·d for `x` of `[columns, tokens]`.
 * @param dropped d: x, or what dropout left of it
 * @param rest what rounding leaves of x, for weights that want it
 */
export function applyLinear(graph: Graph, { frozen, parts }: Linear, x: Tensor, dropped: Tensor, rest: Tensor | undefined): Applied {
  let output = graph.mulMat(frozen.forward, x);
  if (frozen.twice && rest) output = graph.add(output, graph.mulMat(frozen.forward, rest));
  let first = 0;
  const lows = parts.map(({ rows, adapted }) => {
    const low = adapted && graph.mulMat(dropped, adapted.deviceA);
    if (adapted && low) output = addProduct(graph, output, first, adapted.deviceB, low);
    first += rows;
    return low;
  });
  return { output, lows };
}

/** What is lost of x where a product rounds it to 8 bits, as those by quantised weights do. */
export function roundingRest(graph: Graph, x: Tensor): Tensor {
  return graph.sub(x, graph.cast(graph.cast(x, "Q8_0"), "F32"));
}

export interface Arrival {
  readonly linear: Linear;
  readonly lows: readonly (Tensor | undefined)[];
  /** Of the output. */
  readonly gradient: Tensor;
}

/** Where the gradients of a trained matrix go, in place of what is there or added to it. */
export interface Place extends Gradients {
  readonly filled: boolean;
}

/**
 * The way back through matrices that read the same x.
 * @param mask what d is x times, where there is dropout
 * @param through whether the gradient of x is wanted
 */
export function linearBack(
  graph: Graph,
  arrivals: readonly Arrival[],
  dropped: Tensor,
  mask: Tensor | undefined,
  through: boolean,
  placeOf: (adapted: Adapted) => Place,
): Tensor | undefined {
  let direct: Tensor | undefined;
  let beside: Tensor | undefined;
  for (const { linear, lows, gradient } of arrivals) {
    if (through) {
      const own = graph.mulMat(linear.frozen.back!, gradient);
      direct = direct ? graph.add(direct, own) : own;
    }
    let first = 0;
    for (const [i, { rows, adapted }] of linear.parts.entries()) {
      const own = range(graph, gradient, first, rows);
      const low = lows[i];
      first += rows;
      if (!adapted || !low) continue;
      const lowGradient = graph.mulMat(own, adapted.deviceB); // [tokens, rank]
      const { a, b, filled } = placeOf(adapted);
      keepProduct(graph, a, filled, dropped, lowGradient);
      keepProduct(graph, b, filled, own, low);
      if (!direct) continue;
      if (!mask) direct = addProduct(graph, direct, 0, adapted.deviceA, lowGradient);
      else beside = beside ? addProduct(graph, beside, 0, adapted.deviceA, lowGradient) : graph.outProd(adapted.deviceA, lowGradient);
    }
  }
  return direct && beside && mask ? graph.add(direct, graph.mul(beside, mask)) : direct;
}

const FLOAT = 4;

/** Rows from `first` on of `[rows, columns]`. */
function range(graph: Graph, tensor: Tensor, first: number, count: number): Tensor {
  const [rows, columns] = tensor.shape;
  const [, stride, whole] = tensor.strides;
  return count === rows ? tensor : graph.view(tensor, [count, columns, 1], [stride, whole], FLOAT * first);
}

/** Adds a·b, of `[rows, rank]` and `[tokens, rank]`, to rows from `first` on of `[more rows, tokens]`. */
function addProduct(graph: Graph, target: Tensor, first: number, a: Tensor, b: Tensor): Tensor {
  const [, stride, whole] = target.strides;
  let sum = target;
  for (const [from, count] of pieces(a)) {
    const product = graph.outProd(range(graph, a, from, count), b);
    sum = graph.addInPlace(sum, product, stride, whole, FLOAT * (first + from));
  }
  return sum;
}

/** Puts aᵀ·b, of `[rows, tokens]` and `[tokens, rank]`, into memory of `[rows, rank]`, or adds it to what `filled` that. */
function keepProduct(graph: Graph, memory: Tensor, filled: boolean, a: Tensor, b: Tensor): void {
  const [, stride, whole] = memory.strides;
  for (const [from, count] of pieces(a)) {
    const product = graph.outProd(range(graph, a, from, count), graph.transpose(b));
    if (filled) graph.addInPlace(memory, product, stride, whole, FLOAT * from);
    else graph.setInPlace(memory, product, stride, whole, FLOAT * from);
  }
}

/** Products over axis 1 are made in pieces of at most so many rows, which stay in the first-level cache meanwhile. */
const PIECE = 256;

function pieces({ shape: [rows] }: Tensor): (readonly [from: number, count: number])[] {
  const size = Math.ceil(rows / Math.ceil(rows / PIECE) / 16) * 16;
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => [i * size, Math.min(size, rows - i * size)] as const);
}
