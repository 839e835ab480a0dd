// The thread in which expressions are evaluated: one message in, one message out. Its limits of time and memory are its keeper's.
import { parentPort } from "node:worker_threads";
import { messageOf, ToolwrightError } from "../../errors.js";
import { evaluate } from "./evaluation.js";
import { failure } from "./failure.js";
import type { Reply, Request } from "./keeper.js";

const port = parentPort!;

port.on("message", ({ expression, rounding }: Request) => port.postMessage(reply(expression, rounding)));
port.postMessage("ready");

function reply(expression: string, rounding: Request["rounding"]): Reply {
  try {
    return { output: evaluate(expression, rounding) };
  } catch (error) {
    const { code, message, remedy } =
      error instanceof ToolwrightError ? error : failure("worker", messageOf(error), "Report this as a bug.");
    return { code, message, remedy };
  }
}
