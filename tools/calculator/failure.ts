import { ToolwrightError } from "../../errors.js";

/** Why a call of the calculator fails: `unreadable`, `not-allowed`, `undefined` (no such result), `limit` (time, memory, size), `worker`. */
export type Reason = "unreadable" | "not-allowed" | "undefined" | "limit" | "worker";

export function failure(reason: Reason, message: string, remedy: string, cause?: unknown): ToolwrightError {
  return new ToolwrightError(`calculator-${reason}`, message, remedy, { cause });
}
