import { readFileSync } from "node:fs";
import { z } from "zod";
import { missing, newer, notATrace, unlawful } from "./damage.js";
import { formatVersion, traceHeader, type TraceHeader, type TraceParent } from "./record.js";

let library: string | undefined;

/** The members of a new trace's first line, as a journal takes them. */
export function headerMembers(created: Date, parent?: TraceParent): string {
  library ??= (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
  const members = { format: "toolwright-trace", version: formatVersion, library, created: created.toISOString(), parent };
  return JSON.stringify(members).slice(1, -1);
}

/**
 * The header in a trace's first line.
 * @param first the line, undefined when it is not a line of a journal
 * @throws ToolwrightError `not-a-trace`, `trace-newer`, `trace-missing`, `trace-invalid`
 */
export function readHeader(file: string, first: Record<string, unknown> | undefined): TraceHeader {
  if (first === undefined) throw notATrace(file, "its first line is not a trace's header");
  if (first["format"] !== "toolwright-trace") {
    const { i, run } = first;
    if (typeof i === "number" && i > 0 && typeof run === "string") throw missing(file, 1, 0, i - 1);
    throw notATrace(file, `its format is ${JSON.stringify(first["format"]) ?? "not named"}`);
  }
  const { version } = first;
  if (typeof version !== "number" || version > formatVersion) throw newer(file, version, formatVersion);
  const { data, error } = traceHeader.safeParse(first);
  if (data === undefined) throw unlawful(file, 1, z.prettifyError(error));
  return data;
}
