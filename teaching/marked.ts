import { type Call, formatMarker, formatResult, MarkerParser } from "../agent/index.js";
import { escapedIn, escapesIn, unescapeMarkers, withInsertions } from "./escape.js";

/** What of a call its text shows. */
export interface WrittenCall extends Pick<Call, "tool" | "input"> {
  readonly output: string;
}

/** A call that was found in a marked text. */
export interface FoundCall extends WrittenCall {
  /** Offset in the text without calls and escapes at which its marker stands: `markerPlace` of the call's position. */
  readonly place: number;
}

/** What belongs to the number after it: a call stands before `$24` and `-3`, not inside. */
const SIGN = /[\p{Sc}+\-−±~≈#]/u;
const SIGNED = /[\p{Sc}+\-−±~≈#.\p{N}]/u;
const BLANK = /\s/;
const LINE_BREAK = /[\r\n]/;

/**
 * Where the marker of a call at a position goes: before the white space before it, so that what the position had before it still
 * stands there. The white space at the head of a line stays at the head of the line. A sign or currency goes with the number after it.
 * A later position never has an earlier place.
 */
export function markerPlace(text: string, position: number): number {
  const at = beforeSigns(text, position);
  let blank = at;
  while (blank > 0 && BLANK.test(text.charAt(blank - 1)) && !LINE_BREAK.test(text.charAt(blank - 1))) blank--;
  return leads(text, blank) ? at : blank;
}

/** Where the signs before a number at the position begin, when a word begins with them. */
function beforeSigns(text: string, position: number): number {
  if (!SIGNED.test(text.charAt(position))) return position;
  let sign = position;
  while (sign > 0 && SIGN.test(text.charAt(sign - 1))) sign--;
  return sign === 0 || BLANK.test(text.charAt(sign - 1)) ? sign : position;
}

/** Whether an offset is at the head of a line, white space aside: a marker there has its blank after it, elsewhere before it. */
export function leads(text: string, offset: number): boolean {
  let at = offset;
  while (at > 0 && BLANK.test(text.charAt(at - 1))) {
    if (LINE_BREAK.test(text.charAt(at - 1))) return true;
    at--;
  }
  return at === 0;
}

/** A marker with the blank that parts it from the text at this place. */
export function spliced(text: string, at: number, marker: string): string {
  return leads(text, at) ? `${marker} ` : ` ${marker}`;
}

/**
 * A text with calls in it. Within a line a blank and the marker are put in, `48/2 = [Calculator(48/2) → 24] 24`; at the head of a line
 * the marker and a blank. What looked like a call before is escaped. `readMarked` takes it back.
 * @param calls in order of position, no two with the same place
 * @param tools names of all tools that a reader of the text will know
 */
export function markText(text: string, calls: readonly (WrittenCall & { readonly position: number })[], tools: Iterable<string>): string {
  const markers = calls.map((call) => {
    const at = markerPlace(text, call.position);
    const marker = formatMarker(call, call.output);
    return { at, text: spliced(text, at, marker) };
  });
  const escapes = escapesIn(text, tools).map((at) => ({ at, text: "\\" }));
  return withInsertions(
    text,
    [...markers, ...escapes].sort((a, b) => a.at - b.at),
  );
}

/** The text that `markText` was given, and the calls as their markers show them. Exact for every text. */
export function readMarked(marked: string, tools: Iterable<string>): { readonly text: string; readonly calls: readonly FoundCall[] } {
  const parser = new MarkerParser({ tools, mode: "read" });
  let escaped = "";
  let blankDue = false;
  const found: FoundCall[] = [];
  for (const event of [...parser.feed(marked), ...parser.end()]) {
    if (event.type === "text") {
      escaped += blankDue ? event.text.slice(1) : event.text;
      blankDue = false;
    } else if (event.type === "call") {
      blankDue = leads(escaped, escaped.length);
      if (!blankDue) escaped = escaped.slice(0, -1);
      found.push({ tool: event.call.tool, input: event.call.input, output: event.result ?? "", place: escaped.length });
    }
  }
  const taken = escapedIn(escaped);
  const calls = found.map((call) => ({ ...call, place: call.place - taken.filter((at) => at < call.place).length }));
  return { text: unescapeMarkers(escaped), calls };
}

/** A stretch of a marked text: what the model writes up to the end of a call, or of the text, and what is then spliced in. */
export interface Piece {
  readonly written: string;
  /** Where in `written` the call that ends it begins, the blank before it included; undefined for the last stretch. */
  readonly call?: number;
  /** ` → 24]`; empty for the last stretch. */
  readonly spliced: string;
}

/** A marked text as it comes about when the model writes it. Joined, the pieces are the text; escapes stay. */
export function piecesOf(marked: string, tools: Iterable<string>): readonly Piece[] {
  const parser = new MarkerParser({ tools, mode: "read" });
  const pieces: Piece[] = [];
  let from = 0;
  for (const event of [...parser.feed(marked), ...parser.end()]) {
    if (event.type !== "call") continue;
    const end = event.start + event.call.marker.length;
    const call = event.start - from - (event.start > from && marked.charAt(event.start - 1) === " " ? 1 : 0);
    pieces.push({ written: marked.slice(from, end), call, spliced: marked.slice(end, event.end) });
    from = event.end;
  }
  if (from < marked.length) pieces.push({ written: marked.slice(from), spliced: "" });
  return pieces;
}

/** Whether a call's marker is read again as this call: it is not when its arguments hold a line break or an open quote, say. */
export function isReadable(call: WrittenCall, tools: Iterable<string>): boolean {
  const marker = formatMarker(call, call.output);
  const parser = new MarkerParser({ tools, mode: "read" });
  const [event, ...others] = [...parser.feed(marker), ...parser.end()];
  return (
    others.length === 0 &&
    event?.type === "call" &&
    event.call.tool === call.tool &&
    event.call.input === call.input &&
    event.result === formatResult(call.output)
  );
}
