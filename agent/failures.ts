import { messageOf, ToolwrightError } from "../errors.js";
import type { EventBody } from "./events.js";
import type { MarkerEvent } from "./marker.js";

/** How a run can fail by the question's own: the model did not get to an answer. Any other failure is of what it runs on. */
const OWN = /^(budget-(calls|tokens|milliseconds|bytes|failures)|empty-answer|repeating-calls|context-full)$/;

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

/** The error that a run ended with. */
export function failureOf({
  code,
  message,
  remedy,
}: Pick<Extract<EventBody, { type: "error" }>, "code" | "message" | "remedy">): ToolwrightError {
  return new ToolwrightError(code, message, remedy, { exitCode: code === "aborted" ? 130 : 1 });
}

export type Rejection = Pick<Extract<MarkerEvent, { type: "rejected" }>, "reason" | "tool" | "text">;

/** What is told of something that looked like a call and was none. */
export function rejectionNote({ reason, tool, text }: Rejection, tools: Iterable<string>): Extract<EventBody, { type: "error" }> {
  const why =
    { "unknown-tool": `there is no tool ${tool}`, unclosed: "it does not end", malformed: "another call begins inside it" }[
      reason as string
    ] ?? `it is ${reason.replace("too-", "too ")}`;
  return {
    type: "error",
    code: `call-${reason}`,
    message: `${text.slice(0, 80)} was taken as text: ${why}.`,
    remedy: `Calls are [Name(arguments)] with one of: ${[...tools].join(", ")}.`,
    fatal: false,
  };
}
