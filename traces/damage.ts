import { ToolwrightError } from "../errors.js";

// What can be wrong with a trace's file, in words. Lines count from 1: record i is meant to stand on line i + 1.

const untrusted = "What comes after it cannot be trusted. Use a copy of the trace, or record the run again.";

export function notATrace(file: string, why: string): ToolwrightError {
  return new ToolwrightError("not-a-trace", `${file} is not a trace: ${why}.`, "Name a .jsonl file that toolwright recorded.", {
    exitCode: 2,
  });
}

export function newer(file: string, version: unknown, known: number): ToolwrightError {
  return new ToolwrightError(
    "trace-newer",
    `${file} has format version ${String(version)}; this toolwright reads versions up to ${known}.`,
    "Use a newer toolwright: npm install toolwright@latest",
  );
}

export function torn(file: string, line: number, bytes: number): ToolwrightError {
  return new ToolwrightError(
    "trace-torn",
    `${file}, line ${line}: the line is cut off after ${bytes} bytes; its writer was stopped, or the file was cut.`,
    "Every line before it is whole. Recording to the file again removes the torn line.",
  );
}

export function changed(file: string, line: number): ToolwrightError {
  return new ToolwrightError("trace-changed", `${file}, line ${line}: the record was changed after it was written.`, untrusted, {
    exitCode: 3,
  });
}

export function missing(file: string, line: number, first: number, last: number): ToolwrightError {
  const records = first === last ? `record ${first} is` : `records ${first} to ${last} are`;
  return new ToolwrightError("trace-missing", `${file}, line ${line}: ${records} missing before it.`, untrusted, { exitCode: 3 });
}

export function moved(file: string, line: number, index: number): ToolwrightError {
  const message = `${file}, line ${line}: record ${index} was moved or copied here; its place is line ${index + 1}.`;
  return new ToolwrightError("trace-moved", message, untrusted, { exitCode: 3 });
}

/** A whole record, chained as it should be, that does not follow the schema. */
export function unlawful(file: string, line: number, why: string): ToolwrightError {
  return new ToolwrightError(
    "trace-invalid",
    `${file}, line ${line}: the record does not follow the format: ${why}.`,
    "Whatever wrote this trace does not follow docs/trace-format.md; mend it there and record again.",
  );
}

export function partDamaged(file: string, line: number, part: string, what: "missing" | "changed", cause?: unknown): ToolwrightError {
  return new ToolwrightError(
    `trace-part-${what}`,
    `${file}, line ${line}: its part ${part} ${what === "missing" ? "cannot be read" : "was changed after it was written"}.`,
    "A trace and its .parts folder belong together: copy both.",
    { cause, exitCode: what === "missing" ? 1 : 3 },
  );
}

export function unwritable(file: string, cause: unknown): ToolwrightError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ToolwrightError(
    "trace-unwritable",
    `${file} cannot be written: ${why}`,
    "Choose a place that you may write to and that has room.",
    { cause },
  );
}

export function exists(file: string): ToolwrightError {
  return new ToolwrightError("trace-exists", `${file} exists already.`, "Name a file that does not exist yet.", { exitCode: 2 });
}

export function closed(file: string): ToolwrightError {
  return new ToolwrightError(
    "trace-closed",
    `${file}: the recorder is closed.`,
    "Close a recorder after the last run that it records has ended.",
  );
}

/** @param other undefined when it is this process */
export function inUse(file: string, other?: { readonly who: string; readonly lock: string }): ToolwrightError {
  if (other === undefined) {
    return new ToolwrightError("trace-in-use", `${file} is being recorded to by this process already.`, "Use one recorder for a trace.");
  }
  return new ToolwrightError(
    "trace-in-use",
    `${file} is being written by ${other.who}.`,
    `Wait until it is done, or record to another file. If nothing writes to it any more, delete ${other.lock}`,
  );
}
