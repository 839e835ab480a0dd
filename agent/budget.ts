/** What one run may use. Where several chains answer, tokens and time are for all of them, the rest is for each. */
export interface Budget {
  /** Calls, nested ones and repeated ones included. Default 16. */
  readonly calls: number;
  /** Tokens that the model writes. Default 512; where several chains answer, 512 for each. */
  readonly tokens: number;
  /** Default 120,000. */
  readonly milliseconds: number;
  /** UTF-8 bytes of results that go into the text. Default 16,384. A result that does not fit is cut. */
  readonly bytes: number;
  /** Calls that fail, or are written so that they cannot run. Default 3; the next one ends the run. */
  readonly failures: number;
}

export const defaultBudget: Budget = { calls: 16, tokens: 512, milliseconds: 120_000, bytes: 16_384, failures: 3 };
