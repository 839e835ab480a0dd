import { ToolwrightError } from "../errors.js";
import type { SeveralStrategy } from "./strategy.js";

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

/**
 * Tokens that each chain of a strategy may write.
 * @param maxTokens of one answer, as they were asked for
 * @throws ToolwrightError `budget-too-small`
 */
export function chainTokens(
  { name, chains, least }: Pick<SeveralStrategy, "name" | "chains" | "least">,
  budget: Pick<Budget, "tokens">,
  maxTokens = defaultBudget.tokens,
): number {
  const each = Math.min(maxTokens, Math.floor(budget.tokens / chains));
  if (each >= least) return each;
  throw new ToolwrightError(
    "budget-too-small",
    `${name} answers with ${chains === 1 ? "a chain" : `${chains} chains`} of at least ${least} tokens; ${each} are allowed for each.`,
    `Allow ${least} tokens an answer (maxTokens) and ${chains * least} in all (budget.tokens) or more, or choose another strategy.`,
    { exitCode: 2 },
  );
}
