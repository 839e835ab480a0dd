// The loss that a call must lower (Schick et al. 2023, section 2, "Filtering API Calls", and appendix A.1).

/** How many tokens from the position on are weighed, and how much each: max(0, 1 − 0.2 t), normalised. */
export const WEIGHTS: readonly number[] = [1, 0.8, 0.6, 0.4, 0.2].map((weight) => weight / 3);

/** −Σ w log p, in nats. A text that ends within the weighed tokens has fewer of them. */
export function weightedLoss(logprobs: readonly number[]): number {
  return WEIGHTS.reduce((sum, weight, index) => sum - weight * (logprobs[index] ?? 0), 0);
}

/** min(L(ε), L(call)) − L(call, result): how much the result helps, beyond what the bare call does. */
export function marginOf(none: number, call: number, result: number): number {
  return Math.min(none, call) - result;
}
