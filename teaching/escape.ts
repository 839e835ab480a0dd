import { MarkerParser } from "../agent/index.js";

/** A part of a text, in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** `[Name(`, and `[Name\(`, `[Name\\(` …: what an escape is written into, and what was escaped before. */
const OPENING = /\[([A-Za-z][A-Za-z0-9_]{0,63})(\\*)\(/g;

/** What reads as a call in a finished text, with or without a result: `[Name(input)`, up to its `]`. */
export function markerSpans(text: string, tools: Iterable<string>): readonly TextSpan[] {
  const parser = new MarkerParser({ tools, mode: "read" });
  return [...parser.feed(text), ...parser.end()].flatMap((event) =>
    event.type === "call" ? [{ start: event.start, end: event.end }] : [],
  );
}

/**
 * A text in which nothing begins a call to these tools: `[Calculator(` becomes `[Calculator\(`, and where such a backslash stands
 * already, after whatever name, one more is added. Any other text stays as it is. `unescapeMarkers` takes it back, for every text.
 *
 * An opening that is never closed is escaped too: it would swallow a call that is put in after it.
 */
export function escapeMarkers(text: string, tools: Iterable<string>): string {
  return withInsertions(
    text,
    escapesIn(text, tools).map((at) => ({ at, text: "\\" })),
  );
}

/** Offsets before which `escapeMarkers` puts a backslash, ascending. */
export function escapesIn(text: string, tools: Iterable<string>): number[] {
  const names = new Set(tools);
  return openings(text).flatMap(({ name, backslashes, at }) => (backslashes > 0 || names.has(name) ? [at] : []));
}

/** The text that `escapeMarkers` was given, whatever the tools were. */
export function unescapeMarkers(text: string): string {
  return text.replace(OPENING, (opening, name: string, backslashes: string) =>
    backslashes === "" ? opening : `[${name}${backslashes.slice(1)}(`,
  );
}

/** Offsets of the backslashes that `unescapeMarkers` takes out, ascending. */
export function escapedIn(text: string): number[] {
  return openings(text).flatMap(({ backslashes, at }) => (backslashes > 0 ? [at] : []));
}

/** `at` is the offset after the name. */
function openings(text: string): { readonly name: string; readonly backslashes: number; readonly at: number }[] {
  return Array.from(text.matchAll(OPENING), ({ index, 1: name = "", 2: backslashes = "" }) => ({
    name,
    backslashes: backslashes.length,
    at: index + 1 + name.length,
  }));
}

/** @param insertions in ascending order of `at` */
export function withInsertions(text: string, insertions: readonly { readonly at: number; readonly text: string }[]): string {
  let whole = "";
  let from = 0;
  for (const insertion of insertions) {
    whole += text.slice(from, insertion.at) + insertion.text;
    from = insertion.at;
  }
  return whole + text.slice(from);
}
