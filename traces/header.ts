import { z } from "zod";
import type { ToolwrightError } from "../errors.js";
import { version } from "../version.js";
import { unseal } from "./chain.js";
import { changed, missing, newer, notATrace, torn, unlawful } from "./damage.js";
import { formatName, formatVersion, type TraceHeader, type TraceParent, traceHeader } from "./record.js";

/** The members of a new trace's first line, as a journal takes them. */
export function headerMembers(created: Date, parent?: TraceParent): string {
  const members = { format: formatName, version: formatVersion, library: version(), created: created.toISOString(), parent };
  return JSON.stringify(members).slice(1, -1);
}

/**
 * The header in a trace's first line.
 * @param line without its newline; undefined when the file has no line at all
 * @throws ToolwrightError `not-a-trace`, `trace-newer`, `trace-changed`, `trace-missing`, `trace-torn`, `trace-invalid`
 */
export function readHeader(file: string, line: { readonly bytes: Buffer; readonly ended: boolean } | undefined): TraceHeader {
  if (line === undefined) throw notATrace(file, "it is empty");
  const first = unseal(line.bytes);
  if (first === undefined) throw damaged(file, line);
  if (first["format"] !== formatName) {
    if (first.i > 0 && typeof first["run"] === "string") throw missing(file, 1, 0, first.i - 1);
    throw notATrace(file, `its format is ${JSON.stringify(first["format"]) ?? "not named"}`);
  }
  const { version } = first;
  if (typeof version === "number" && version > formatVersion) throw newer(file, version, formatVersion);
  const { data, error } = traceHeader.safeParse(first);
  if (data === undefined) throw unlawful(file, 1, z.prettifyError(error));
  return data;
}

/** A first line whose digest does not hold. That of a newer version may be made in another way, which is no damage. */
function damaged(file: string, { bytes, ended }: { readonly bytes: Buffer; readonly ended: boolean }): ToolwrightError {
  const start = bytes.toString("latin1", 0, 100);
  if (!start.includes(`"format":"${formatName}"`)) return notATrace(file, "its first line is not a trace's header");
  const version = Number(/"version":(\d+)/.exec(start)?.[1]);
  if (version > formatVersion) return newer(file, version, formatVersion);
  return ended ? changed(file, 1) : torn(file, 1, bytes.length);
}
