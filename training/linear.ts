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

/** B is taken in pieces of so many rows, which stay in the first-level cache for all tokens. */
const PIECE = 256;

/** W·x + s·B·A·d for `x` of `[columns, tokens]`. @param dropped d: x, or what dropout left of it */
export function applyLinear(graph: Graph, { frozen, parts }: Linear, x: Tensor, dropped: Tensor): Applied {
  let output = graph.mulMat(frozen.forward, x);
  let first = 0;
  const lows = parts.map(({ rows, adapted }) => {
    const start = first;
    first += rows;
    if (!adapted) return undefined;
    const low = graph.mulMat(dropped, adapted.deviceA);
    const [, stride, whole] = output.strides;
    for (const [from, count] of pieces(rows)) {
      const change = graph.outProd(range(graph, adapted.deviceB, from, count), low);
      output = graph.addInPlace(output, change, stride, whole, FLOAT * (start + from));
    }
    return low;
  });
  return { output, lows };
}

export interface Arrival {
  readonly linear: Linear;
  readonly lows: readonly (Tensor | undefined)[];
  /** Of the output. */
  readonly gradient: Tensor;
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
  found: (gradients: Gradients) => void,
): Tensor | undefined {
  const sum = (left: Tensor | undefined, right: Tensor) => (left ? graph.add(left, right) : right);
  let direct: Tensor | undefined;
  let beside: Tensor | undefined;
  for (const { linear, lows, gradient } of arrivals) {
    if (through) direct = sum(direct, graph.mulMat(linear.frozen.back!, gradient));
    let first = 0;
    for (const [i, { rows, adapted }] of linear.parts.entries()) {
      const own = range(graph, gradient, first, rows);
      const low = lows[i];
      first += rows;
      if (!adapted || !low) continue;
      const lowGradient = graph.mulMat(own, adapted.deviceB); // [tokens, rank]
      found({
        adapted,
        a: graph.output(graph.outProd(dropped, graph.transpose(lowGradient))),
        b: graph.output(graph.outProd(own, graph.transpose(low))),
      });
      if (through) beside = sum(beside, graph.outProd(adapted.deviceA, lowGradient));
    }
  }
  if (!direct || !beside) return direct;
  return graph.add(direct, mask ? graph.mul(beside, mask) : beside);
}

const FLOAT = 4;

/** Rows from `first` on of `[rows, columns]`. */
function range(graph: Graph, tensor: Tensor, first: number, count: number): Tensor {
  const [rows, columns] = tensor.shape;
  const [, stride, whole] = tensor.strides;
  return count === rows ? tensor : graph.view(tensor, [count, columns, 1], [stride, whole], FLOAT * first);
}

function pieces(rows: number): (readonly [from: number, count: number])[] {
  const count = Math.ceil(rows / PIECE);
  const size = Math.ceil(rows / count / 16) * 16;
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => [i * size, Math.min(size, rows - i * size)] as const);
}
