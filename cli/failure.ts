import { type ExitCode, messageOf, ToolwrightError } from "../errors.js";
import { printable, styles } from "./terminal.js";

/** Says on stderr what went wrong and what to do; with `TOOLWRIGHT_DEBUG=1` also where. @returns the exit code that belongs to it */
export function reportFailure(thrown: unknown): ExitCode {
  const { bold } = styles(process.stderr);
  const known = thrown instanceof ToolwrightError;
  const remedy = known ? thrown.remedy : "This should not happen. Please report it with what TOOLWRIGHT_DEBUG=1 prints.";
  process.stderr.write(`${bold("toolwright:")} ${printable(messageOf(thrown))}\n${printable(remedy)}\n`);
  if (process.env.TOOLWRIGHT_DEBUG === "1") process.stderr.write(`${stackOf(thrown)}\n`);
  return known ? thrown.exitCode : 1;
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? String(thrown.stack) : `${thrown.stack}\nCaused by: ${stackOf(thrown.cause)}`;
}
