import type { Graph, Tensor } from "../engine/index.js";
import type { Hyperparameters } from "./base.js";
import type { Weights } from "./weights.js";

/** Positions whose logits are in memory at once. */
const ROWS = 64;

/** A position that carries loss, the token to predict there, and its weight. */
export interface Counted {
  readonly position: number;
  readonly target: number;
  readonly weight: number;
}

export interface Head {
  /** Of the last layer's output; undefined where only the loss is wanted. */
  readonly gradient?: Tensor;
  /** Fills the inputs, once the graph has its memory. */
  set(): void;
  /** Σ −weight · log p, once it is computed. */
  loss(): number;
}

/**
 * Final norm, output layer and cross entropy, at the positions that count only. Probabilities take the place of logits, and their
 * gradient by the logits (p, less 1 at the target) theirs.
 */
export function head(
  graph: Graph,
  model: Hyperparameters,
  weights: Weights,
  x: Tensor,
  counted: readonly Counted[],
  withGradient: boolean,
): Head {
  const places = graph.input("I32", counted.length);
  const factors = withGradient ? graph.input("F32", 1, counted.length) : undefined;
  const rows = graph.getRows(x, places);
  let normal = graph.mul(graph.rmsNorm(rows, model.epsilon), weights.norm);
  const parts: { readonly targets: Tensor; readonly ids: Int32Array; readonly probabilities: Tensor }[] = [];
  for (let start = 0; start < counted.length; start += ROWS) {
    const part = counted.slice(start, start + ROWS);
    const [, stride1] = normal.strides;
    const states = graph.view(normal, [model.width, part.length, 1], [stride1, stride1 * part.length], start * stride1);
    const shares = graph.softMaxInPlace(graph.mulMat(weights.output.forward, states), undefined, 1);
    const each = graph.reshape(shares, 1, model.vocabulary * part.length);
    const targets = graph.input("I32", part.length);
    const probabilities = graph.output(graph.getRows(each, targets));
    parts.push({ targets, ids: Int32Array.from(part, ({ target }, row) => row * model.vocabulary + target), probabilities });
    if (!withGradient) continue;
    const differences = graph.setRows(each, graph.scaleBias(probabilities, 1, -1), targets);
    const statesGradient = graph.mulMat(weights.output.back!, graph.reshape(differences, model.vocabulary, part.length));
    normal = graph.setInPlace(normal, statesGradient, stride1, stride1 * part.length, start * stride1);
  }
  let gradient: Tensor | undefined;
  if (factors) {
    const arrived = graph.mul(graph.mul(normal, weights.norm), factors);
    gradient = graph.getRowsBack(graph.rmsNormBack(arrived, rows, model.epsilon), places, x);
  }
  return {
    gradient,
    set() {
      graph.set(
        places,
        Int32Array.from(counted, ({ position }) => position),
      );
      if (factors) {
        graph.set(
          factors,
          Float32Array.from(counted, ({ weight }) => weight),
        );
      }
      for (const { targets, ids } of parts) graph.set(targets, ids);
    },
    loss() {
      let sum = 0;
      const read = new Float32Array(ROWS);
      parts.forEach(({ probabilities, ids }, part) => {
        graph.read(probabilities, read);
        // A probability that F32 cannot hold counts as the least that it can.
        for (let i = 0; i < ids.length; i++) sum -= counted[part * ROWS + i]!.weight * Math.log(Math.max(read[i]!, LEAST));
      });
      return sum;
    },
  };
}

const LEAST = 2 ** -126;
