import { Quotes } from "./quotes.js";

/** A call as it was written. */
export interface Call {
  /** The registered name. */
  readonly tool: string;
  /** What stands between the outer parentheses, unchanged. */
  readonly input: string;
  /** The call as a marker without its end: `[Name(input)`. */
  readonly marker: string;
  /** Calls to registered tools directly inside `input`, in order; they have parts of their own. */
  readonly parts: readonly NestedCall[];
}

/** A call inside another: `enclosing.input.slice(start, end)` is its text. */
export interface NestedCall extends Call {
  readonly start: number;
  readonly end: number;
}

interface Frame {
  /** Of a registered call; an ordinary parenthesis has none. */
  readonly tool?: string;
  readonly start: number;
  /** Where the text between the parentheses begins. */
  readonly inside: number;
  readonly parts: NestedCall[];
}

const NAME_CHARACTER = /[A-Za-z0-9_]/;
/** Before a name these make it part of something else: `object.Search(…)`, a longer word. */
const JOINS = /[\p{L}\p{N}.]/u;

/**
 * The call that `Name(input)` stands for. A call inside it is nested when its name is one of `tools`, at any depth; inside
 * quotes it is text. Linear in the input's length.
 */
export function readCall(tool: string, input: string, tools: ReadonlySet<string>): Call {
  const quotes = new Quotes();
  const outer: Frame = { start: 0, inside: 0, parts: [] };
  const frames: Frame[] = [outer];
  let wordStart = 0;
  for (let i = 0; i < input.length; i++) {
    const character = input.charAt(i);
    const plain = quotes.plain(character);
    const frame = frames.at(-1) ?? outer;
    if (plain && character === "(") {
      const name = input.slice(wordStart, i);
      const called = tools.has(name) && !JOINS.test(input.charAt(wordStart - 1));
      frames.push(called ? { tool: name, start: wordStart, inside: i + 1, parts: [] } : { ...frame, tool: undefined });
    } else if (plain && character === ")" && frames.length > 1) {
      frames.pop();
      if (frame.tool !== undefined) {
        const enclosing = frames.at(-1) ?? outer;
        const text = input.slice(frame.inside, i);
        const [start, end] = [frame.start - enclosing.inside, i + 1 - enclosing.inside];
        enclosing.parts.push({ tool: frame.tool, input: text, marker: markerOf(frame.tool, text), parts: frame.parts, start, end });
      }
    }
    if (!plain || !NAME_CHARACTER.test(character)) wordStart = i + 1;
  }
  return { tool, input, marker: markerOf(tool, input), parts: outer.parts };
}

/** Where the parenthesis that closes the arguments stands, when the text after `Name(` begins with `text`; -1 when it is still open. */
export function closingParenthesis(text: string): number {
  const quotes = new Quotes();
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (!quotes.plain(character)) continue;
    if (character === "(") depth++;
    else if (character === ")" && depth-- === 0) return i;
  }
  return -1;
}

/** A result as it stands in text: one line, without what would end its marker. The trace keeps the original. */
export function formatResult(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replaceAll("[", "(")
    .replaceAll("]", ")")
    .replaceAll("→", "->")
    .trim();
}

/** The whole marker: `[Name(input) → result]`. */
export function formatMarker(call: Pick<Call, "tool" | "input">, result: string): string {
  return `${markerOf(call.tool, call.input)} → ${formatResult(result)}]`;
}

function markerOf(tool: string, input: string): string {
  return `[${tool}(${input})`;
}
