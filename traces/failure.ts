import { ToolwrightError } from "../errors.js";
import type { Failure } from "./record.js";

/** What a record keeps of anything thrown. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ToolwrightError) {
    const { name, message, code, remedy, exitCode } = thrown;
    return { name, message, code, remedy, exitCode };
  }
  return thrown instanceof Error ? { name: thrown.name, message: thrown.message } : { name: "Error", message: String(thrown) };
}

/** The error that a replay throws where the run had this failure. */
export function errorOf({ name, message, code, remedy = "", exitCode }: Failure, cause?: unknown): Error {
  if (code !== undefined) return new ToolwrightError(code, message, remedy, { cause, exitCode });
  return Object.assign(new Error(message, { cause }), { name });
}
