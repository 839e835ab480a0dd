import { messageOf, ToolwrightError } from "../errors.js";

/** How a run can fail by the question's own: the model did not get to an answer. Any other failure is of what it runs on. */
const OWN = /^(budget-.*|empty-answer|repeating-calls|context-full)$/;

export function isOwnFailure(code: string): boolean {
  return OWN.test(code);
}

/** What a thrown thing says as the end of a run. */
export function asFailure(thrown: unknown): Pick<ToolwrightError, "code" | "message" | "remedy"> {
  if (thrown instanceof ToolwrightError) return { code: thrown.code, message: thrown.message, remedy: thrown.remedy };
  return {
    code: "run-failed",
    message: `The run failed: ${messageOf(thrown)}`,
    remedy: "If it happens again, please report it with the trace.",
  };
}
