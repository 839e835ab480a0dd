import type { Graph, Tensor } from "../engine/index.js";
import type { Adapted, Gradients } from "./lora.js";
import type { Frozen } from "./weights.js";

/** A frozen matrix and what is trained beside it. */
export interface Linear {
  readonly frozen: Frozen;
  readonly adapted?: Adapted;
}

export interface Applied {
  readonly output: Tensor;
  /** A·x, a column for each of A's rows: `[tokens, rank]`. */
  readonly low?: Tensor;
}

/** W·x + s·B·A·d for `x` of `[columns, tokens]`. @param dropped d: x, or what dropout left of it */
export function applyLinear(graph: Graph, { frozen, adapted }: Linear, x: Tensor, dropped: Tensor): Applied {
  const output = graph.mulMat(frozen.forward, x);
  if (!adapted) return { output };
  const low = graph.mulMat(dropped, adapted.deviceA);
  return { output: graph.add(output, graph.outProd(adapted.deviceB, low)), low };
}

export interface Arrival {
  readonly linear: Linear;
  readonly low?: Tensor;
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
  for (const { linear, low, gradient } of arrivals) {
    const { frozen, adapted } = linear;
    if (through) direct = sum(direct, graph.mulMat(frozen.back!, gradient));
    if (!adapted || !low) continue;
    const lowGradient = graph.mulMat(gradient, adapted.deviceB); // [tokens, rank]
    found({
      adapted,
      a: graph.output(graph.outProd(dropped, graph.transpose(lowGradient))),
      b: graph.output(graph.outProd(gradient, graph.transpose(low))),
    });
    if (through) beside = sum(beside, graph.outProd(adapted.deviceA, lowGradient));
  }
  if (!direct || !beside) return direct;
  return graph.add(direct, mask ? graph.mul(beside, mask) : beside);
}
