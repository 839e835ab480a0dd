// What makes of gradients new values. State is plain numbers, so that a checkpoint holds it.

/** Values that are trained, and the gradient of the loss by them. */
export interface Trained {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

export const optimisers = ["lion", "adamw"] as const;
export type OptimiserName = (typeof optimisers)[number];

export interface Optimiser {
  readonly name: OptimiserName;
  /** Running means, `moments[kind][tensor]`; they may be written between steps. */
  readonly moments: readonly (readonly Float32Array[])[];
  /**
   * Changes the values by their gradients.
   * @param step which step this is, from 1 on
   */
  step(step: number, learningRate: number): void;
}

export interface OptimiserOptions {
  /** Decoupled: values shrink by learningRate · weightDecay at each step. */
  readonly weightDecay: number;
}

/** As published: AdamW's of Loshchilov & Hutter (2019) and torch, Lion's of Chen et al. (2023), table 2. */
const BETAS = { adamw: [0.9, 0.999], lion: [0.9, 0.99] } as const;
const EPSILON = 1e-8;

export function createOptimiser(name: OptimiserName, tensors: readonly Trained[], options: OptimiserOptions): Optimiser {
  return name === "adamw" ? adamw(tensors, options) : lion(tensors, options);
}

const zeros = (tensors: readonly Trained[]) => tensors.map(({ values }) => new Float32Array(values.length));

/**
 * AdamW (Loshchilov & Hutter 2019, algorithm 2), with epsilon added as torch does, after the correction of v:
 * θ ← θ(1 − ηλ); m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η · m̂ / (√v̂ + ε).
 */
function adamw(tensors: readonly Trained[], { weightDecay }: OptimiserOptions): Optimiser {
  const [means, squares] = [zeros(tensors), zeros(tensors)];
  const [b1, b2] = BETAS.adamw;
  return {
    name: "adamw",
    moments: [means, squares],
    step(step, learningRate) {
      const size = learningRate / (1 - b1 ** step);
      const root = Math.sqrt(1 - b2 ** step);
      const kept = 1 - learningRate * weightDecay;
      tensors.forEach(({ values, gradient }, index) => {
        const mean = means[index]!;
        const square = squares[index]!;
        for (let i = 0; i < values.length; i++) {
          const g = gradient[i]!;
          const m = (mean[i] = b1 * mean[i]! + (1 - b1) * g);
          const v = (square[i] = b2 * square[i]! + (1 - b2) * g * g);
          values[i] = values[i]! * kept - (size * m) / (Math.sqrt(v) / root + EPSILON);
        }
      });
    },
  };
}

/** Lion (Chen et al. 2023, algorithm 2): θ ← θ(1 − ηλ) − η · sign(β₁m + (1−β₁)g); m ← β₂m + (1−β₂)g. */
function lion(tensors: readonly Trained[], { weightDecay }: OptimiserOptions): Optimiser {
  const momenta = zeros(tensors);
  const [b1, b2] = BETAS.lion;
  return {
    name: "lion",
    moments: [momenta],
    step(_, learningRate) {
      const kept = 1 - learningRate * weightDecay;
      tensors.forEach(({ values, gradient }, index) => {
        const momentum = momenta[index]!;
        for (let i = 0; i < values.length; i++) {
          const g = gradient[i]!;
          const m = momentum[i]!;
          values[i] = values[i]! * kept - learningRate * Math.sign(b1 * m + (1 - b1) * g);
          momentum[i] = b2 * m + (1 - b2) * g;
        }
      });
    },
  };
}

/** Scales the gradients down to a global Euclidean norm, where it is above that. @returns the norm that they had */
export function clipGradients(tensors: readonly Trained[], norm: number): number {
  let sum = 0;
  for (const { gradient } of tensors) for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  const had = Math.sqrt(sum);
  if (had > norm) {
    const scale = norm / had;
    for (const { gradient } of tensors) for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale;
  }
  return had;
}
