import { ToolwrightError } from "../errors.js";
import type { Capabilities, GenerateOptions, Prompt } from "./model.js";

interface Able {
  readonly name: string;
  readonly can: Capabilities;
}

/** The error of a request that needs what the model cannot do. */
export function unsupported({ name }: Able, flag: keyof Capabilities, wanted: string): ToolwrightError {
  return new ToolwrightError(
    "unsupported",
    `${name} cannot do this: ${wanted} needs a model with \`can.${flag}\`.`,
    flag === "nativeTools" ? 'Open the model with protocol: "native", or leave the tools out.' : "Use a local model, or leave it out.",
    { exitCode: 2 },
  );
}

/** @throws ToolwrightError `unsupported` */
export function checkPrompt(model: Able, prompt: Prompt, written: string): void {
  if (prompt.tools !== undefined && !model.can.nativeTools) throw unsupported(model, "nativeTools", "a prompt with tools");
  if (written !== "" && !model.can.continues) throw unsupported(model, "continues", "going on from a written beginning");
}

/** @throws ToolwrightError `unsupported` */
export function checkOptions(model: Able, { grammar, prefer, watch, avoid }: GenerateOptions): void {
  if (grammar !== undefined && !model.can.grammar) throw unsupported(model, "grammar", "a grammar");
  if (prefer !== undefined && !model.can.ranks) throw unsupported(model, "ranks", "a preferred token");
  if ((watch ?? avoid) !== undefined && !model.can.ranks) throw unsupported(model, "ranks", "a watched token");
}

/** The error of work that a signal ended; `what` begins a sentence. */
export function aborted(what: string, cause?: unknown): ToolwrightError {
  return new ToolwrightError("aborted", `${what} was stopped.`, "Start it again when you want it.", { cause, exitCode: 130 });
}
