// What a file or folder in the making was begun with, and what it is gone on with. Any folder may import this file.
import { ToolwrightError } from "./errors.js";

/** A journal's first line; what is none has nothing in it. Whether it is as it was written shows when the journal is read. */
export function firstLine(bytes: Buffer): Record<string, unknown> {
  try {
    return (JSON.parse(bytes.toString()) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

/** The parameters that differ, by their path, each with both values: `tasks.digest: 12ab, now 34cd`. An empty list is as if not set. */
export function differingParameters(before: object, now: object): ReadonlyMap<string, string> {
  const [was, is] = [new Map(flat(before, "")), new Map(flat(now, ""))];
  const names = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  return new Map(names.map((name) => [name, `${name}: ${was.get(name) ?? "not set"}, now ${is.get(name) ?? "not set"}`]));
}

/** Values by their path; a list of texts or numbers is one value. */
function flat(value: unknown, path: string): [string, string][] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) return [[path, value.join(" ")]];
  return Object.entries(value).flatMap(([name, member]) => flat(member, path === "" ? name : `${path}.${name}`));
}

/**
 * @param file as the message names it; a folder too
 * @param options.remedy what else than resuming with the same ones can be done: `teach into another folder`
 * @param options.indifferent names of parameters that decide nothing. Default: none
 * @throws ToolwrightError `parameters-differ`, with each difference
 */
export function refuseDifferent(
  file: string,
  before: object,
  now: object,
  { remedy, indifferent = [] }: { readonly remedy: string; readonly indifferent?: readonly string[] },
): void {
  const differing = [...differingParameters(before, now)].filter(([name]) => !indifferent.includes(name));
  if (differing.length === 0) return;
  const list = differing.map(([, text]) => text).join("; ");
  throw new ToolwrightError(
    "parameters-differ",
    `${file} was begun with other parameters (${list}).`,
    `Resume with the same ones, or ${remedy}.`,
    { exitCode: 2 },
  );
}
