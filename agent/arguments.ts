import { messageOf } from "../errors.js";
import type { Tool } from "../tools/index.js";
import { closingParenthesis } from "./call.js";
import { Quotes } from "./quotes.js";
import { type Field, mayBeObject, type Signature, signatureOf, writtenName } from "./signature.js";
import { clip, expected, fit, isObject, misfit, parseJson, read, unquote, type Written } from "./values.js";

/** `message` is one short line for the model: which argument, what was expected, what was there. */
export type ParsedArguments =
  | { readonly ok: true; readonly args: Record<string, unknown> }
  | { readonly ok: false; readonly message: string };

/** What a nested call, at `input.slice(start, end)`, came to. */
export interface NestedValue {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/**
 * Reads the text between a call's parentheses to what the tool's schema asks for. Total: any text gives arguments or a message.
 *
 * - A tool with one required argument, or one in all, that is plain text takes everything as it is, trimmed, with `\(` `\)` and
 *   other escaped brackets and quotes without their backslash; or one quoted text; or `name: text`. Optional arguments may
 *   follow by name.
 * - Otherwise arguments stand in the schema's order, between commas outside quotes and brackets, or by name, `unit: "days"` or
 *   `unit=days`, in any order. Lists and objects are JSON.
 * - Or everything is one JSON object.
 *
 * Text becomes a number, a truth value or a choice only where the schema asks for one. Where two readings are possible:
 * - `{…}` is all the arguments when a key is an argument's name or the tool cannot take an object there, else a value
 * - `text, limit: 3` with `limit` an argument: an option, not text; likewise `query: text` in front. Quoted it is all text
 * - `5` for text or a number is a number, `"5"` the text; `null` for text or null is null, `"null"` the text
 *
 * @param values what nested calls came to: put in as data, so that nothing in them separates, names or quotes arguments
 */
export function parseArguments(input: string, tool: Pick<Tool, "name" | "input">, values: readonly NestedValue[] = []): ParsedArguments {
  const signature = signatureOf(tool);
  const given = gather(new Source(input, values), signature);
  if (typeof given === "string") return { ok: false, message: given };
  const args: Record<string, unknown> = {};
  for (const [name, argument] of given) {
    const shape = fieldNamed(name, signature)?.shape ?? { kind: "any" };
    const value = "value" in argument ? fit(shape, argument.value) : read(shape, argument);
    if (value === misfit) return { ok: false, message: `${name} must be ${expected(shape)}, got ${shown(argument)}` };
    args[name] = value;
  }
  const missing = signature.fields.find((field) => field.required && !given.has(field.name));
  if (missing !== undefined) return { ok: false, message: `${missing.name} is missing: it must be ${expected(missing.shape)}` };
  try {
    const checked = tool.input.safeParse(args);
    if (checked.success) return { ok: true, args: checked.data };
    const issue = checked.error.issues[0];
    const where = issue?.path.map(String).join(".") ?? "";
    return { ok: false, message: oneLine(`${where === "" ? "" : `${where}: `}${issue?.message ?? checked.error.message}`) };
  } catch (thrown) {
    return { ok: false, message: oneLine(messageOf(thrown)) }; // A check or transformation of the schema's own threw.
  }
}

/**
 * Writes arguments as a call has them between its parentheses, on one line; `parseArguments` reads the same arguments from it.
 * Used where a call came as data (native tool calls) and is shown as a marker.
 */
export function formatArguments(args: Readonly<Record<string, unknown>>, tool: Pick<Tool, "input">): string {
  const signature = signatureOf(tool);
  const { raw, fields, positional } = signature;
  const given = new Map(Object.entries(args).filter(([, value]) => value !== undefined));
  const named = (field: Field) => `${writtenName(field)}: ${JSON.stringify(given.get(field.name))}`;

  const declared = [...given.keys()].every((name) => fields.some((field) => field.name === name));
  const text = raw && given.get(raw.name);
  if (!declared || (raw && text === undefined && given.size > 0)) return JSON.stringify(Object.fromEntries(given));
  if (typeof text === "string") {
    const options = fields.filter((field) => field !== raw && given.has(field.name)).map(named);
    const plain = [text, ...options].join(", ");
    return readsAs(plain, text, signature) ? plain : [JSON.stringify(text), ...options].join(", ");
  }
  const firstByName = fields.findIndex((field, index) => index >= positional || !given.has(field.name));
  return fields
    .flatMap((field, index) => {
      if (!given.has(field.name)) return [];
      return [firstByName < 0 || index < firstByName ? JSON.stringify(given.get(field.name)) : named(field)];
    })
    .join(", ");
}

/** Whether `input` stands in a marker as it is and gives the tool this raw text. */
function readsAs(input: string, text: string, signature: Signature): boolean {
  if (/[\r\n]/.test(input) || closingParenthesis(`${input})`) !== input.length) return false;
  const given = gather(new Source(input, []), signature);
  const argument = typeof given === "string" ? undefined : given.get(signature.raw?.name ?? "");
  return argument !== undefined && "text" in argument && argument.text === text;
}

/** An argument as text, or as a value from a JSON object. */
type Argument = Written | { readonly value: unknown };

/** The arguments by name, or what is wrong with them. */
type Given = Map<string, Argument> | string;

interface Segment {
  readonly field?: Field;
  readonly start: number;
  /** Where the value begins: after `name:`. */
  readonly value: number;
  readonly end: number;
}

function gather(source: Source, signature: Signature): Given {
  const [start, end] = source.trim(0, source.text.length);
  if (source.text[start] === "{" && source.text[end - 1] === "}") {
    const value = parseJson(source.json(start, end));
    if (isObject(value)) {
      const first = signature.raw ?? signature.fields[0];
      const keys = Object.keys(value);
      const isValue =
        first && mayBeObject(first.shape) && (first.required || keys.length > 0) && !keys.some((key) => fieldNamed(key, signature));
      if (!isValue) return fromObject(value, signature);
    } else {
      const members = segmentsOf(source, start + 1, end - 1, signature);
      if (members.length > 0 && members.every((member) => member.field)) return fromSegments(source, members, signature);
    }
  }
  const segments = segmentsOf(source, start, end, signature);
  return (signature.raw && fromRaw(source, segments, signature, signature.raw, end)) ?? fromSegments(source, segments, signature);
}

function fromObject(object: Readonly<Record<string, unknown>>, signature: Signature): Given {
  const given = new Map<string, Argument>();
  for (const [key, value] of Object.entries(object)) {
    const name = fieldNamed(key, signature)?.name ?? (signature.open ? key : undefined);
    if (name === undefined) return `there is no argument ${clip(JSON.stringify(key))}; ${takes(signature)}`;
    if (given.has(name)) return `${name} is given twice`;
    given.set(name, { value });
  }
  return given;
}

/** The raw argument and the options after it; undefined when the segments are separate arguments after all. */
function fromRaw(source: Source, segments: readonly Segment[], signature: Signature, raw: Field, end: number): Given | undefined {
  const first = segments[0];
  if (first === undefined) return undefined;
  if (segments.every((segment) => segment.field) && segments.some((segment) => segment.field === raw)) return undefined;
  let last = segments.length;
  while (last > 1 && segments[last - 1]?.field && segments[last - 1]?.field !== raw) last--;
  if (last > 1 && signature.fields.length > 1 && source.written(first.start, first.end).quoted) return undefined;
  const options = fromSegments(source, segments.slice(last), signature);
  if (typeof options === "string") return options;
  const start = first.field === raw ? first.value : first.start;
  return new Map([[raw.name, source.written(start, last < segments.length ? (segments[last - 1]?.end ?? end) : end)], ...options]);
}

function fromSegments(source: Source, segments: readonly Segment[], signature: Signature): Given {
  const given = new Map<string, Argument>();
  for (const { field, value, end } of segments) {
    if (field === undefined || value === end) continue;
    if (given.has(field.name)) return `${field.name} is given twice`;
    given.set(field.name, source.written(value, end));
  }
  const { raw } = signature;
  const inOrder = raw === undefined ? signature.fields : [raw, ...signature.fields.filter((field) => field !== raw)];
  const open = inOrder.filter((field) => !given.has(field.name));
  const byPosition = segments.filter((segment) => segment.field === undefined);
  if (byPosition.length > open.length) return `too many arguments (${segments.length}): ${takes(signature)}; text with commas needs quotes`;
  byPosition.forEach(({ start, end }, index) => {
    const field = open[index];
    if (field !== undefined && start < end) given.set(field.name, source.written(start, end));
  });
  return given;
}

/** `unit:`, `unit =`, `"unit":` at the head of an argument; `http://` and `x == y` are values. */
const NAMED = /^(?:([A-Za-z_]\w*)|"([^"\\]*)"|'([^'\\]*)')\s*(?::(?!\/\/)|=(?!=))\s*/;

/** What stands between commas outside quotes and brackets; a comma at the very end separates nothing. */
function segmentsOf(source: Source, from: number, to: number, signature: Signature): Segment[] {
  const segments: Segment[] = [];
  const quotes = new Quotes();
  let depth = 0;
  let begin = from;
  const close = (at: number) => {
    const [start, end] = source.trim(begin, at);
    const head = NAMED.exec(source.text.slice(start, end));
    const field = head ? fieldNamed(head[1] ?? head[2] ?? head[3] ?? "", signature) : undefined;
    segments.push({ field, start, value: field && head ? start + head[0].length : start, end });
    begin = at + 1;
  };
  for (let i = from; i < to; i++) {
    const character = source.text.charAt(i);
    if (!quotes.plain(character)) continue;
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth = Math.max(0, depth - 1);
    else if (character === "," && depth === 0) close(i);
  }
  if (source.text.slice(begin, to).trim() !== "") close(to);
  return segments;
}

/** The text of the arguments, with what its nested calls came to. */
class Source {
  readonly text: string;
  readonly #values: readonly NestedValue[];

  constructor(text: string, values: readonly NestedValue[]) {
    this.text = text;
    this.#values = values;
  }

  trim(start: number, end: number): [start: number, end: number] {
    const text = this.text.slice(start, end);
    const from = start + text.length - text.trimStart().length;
    return [from, Math.max(from, end - text.length + text.trimEnd().length)];
  }

  written(start: number, end: number): Written {
    const quoted = unquote(this.text.slice(start, end));
    if (quoted !== undefined) return { text: quoted, quoted: true, json: quoted };
    return {
      text: this.#filled(start, end, (text) => text.replace(/\\([()[\]{}"'])/g, "$1"), String),
      quoted: false,
      json: this.json(start, end),
    };
  }

  /** The text for a JSON parser: a nested call's value is a number or a string there. */
  json(start: number, end: number): string {
    return this.#filled(start, end, String, (value) => (typeof parseJson(value) === "number" ? value : JSON.stringify(value)));
  }

  #filled(start: number, end: number, text: (piece: string) => string, value: (value: string) => string): string {
    let filled = "";
    let from = start;
    for (const nested of this.#values) {
      if (nested.start < from || nested.end > end) continue;
      filled += text(this.text.slice(from, nested.start)) + value(nested.value);
      from = nested.end;
    }
    return filled + text(this.text.slice(from, end));
  }
}

function fieldNamed(name: string, signature: Signature): Field | undefined {
  const alike = signature.fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
  return alike.find((field) => field.name === name) ?? (alike.length === 1 ? alike[0] : undefined);
}

function takes({ fields }: Signature): string {
  if (fields.length === 0) return "it takes none";
  return `it takes ${fields.map((field) => (field.required ? field.name : `${field.name} (optional)`)).join(", ")}`;
}

function shown(argument: Argument): string {
  return clip("value" in argument ? JSON.stringify(argument.value) : argument.text === "" ? "nothing" : JSON.stringify(argument.text));
}

function oneLine(text: string): string {
  return clip(text.replace(/\s+/g, " ").trim(), 200);
}
