import { ToolwrightError } from "../../errors.js";

/** Why a call fails; `undefined` is a result that does not exist, `limit` one of time, memory or size, `worker` the thread itself. */
export type Reason = "unreadable" | "not-allowed" | "undefined" | "limit" | "worker";

export function failure(reason: Reason, message: string, remedy: string, cause?: unknown): ToolwrightError {
  return new ToolwrightError(`calculator-${reason}`, message, remedy, { cause });
}
