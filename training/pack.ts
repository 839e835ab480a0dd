/** Several examples in one sequence, without padding. */
export interface Pack {
  readonly tokens: Int32Array;
  /** RoPE position of each token, from 0 in each example. */
  readonly positions: Int32Array;
  /** Where each example begins, ascending. Attention is causal within an example and closed between them. */
  readonly starts: Int32Array;
  /** The token to predict after each; meaningful where its weight is above 0. */
  readonly targets: Int32Array;
  /** Loss weight of predicting a position's target; 0: no output layer there. */
  readonly weights: Float32Array;
}
