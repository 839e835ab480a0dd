import type { Choice, Shape } from "./signature.js";

/** An argument as it was written. */
export interface Written {
  readonly text: string;
  readonly quoted: boolean;
  /** The text for a JSON parser. */
  readonly json: string;
}

/** What a text is that its shape cannot be read from. */
export const misfit = Symbol("misfit");

/** The value that the shape makes of text. */
export function read(shape: Shape, written: Written): unknown {
  const { text, quoted, json } = written;
  switch (shape.kind) {
    case "text":
      return text;
    case "number": {
      const number = toNumber(text.trim());
      return shape.integer && !Number.isInteger(number) ? misfit : number;
    }
    case "boolean":
      return /^(true|false)$/i.test(text.trim()) ? text.trim().toLowerCase() === "true" : misfit;
    case "choice":
      return choose(shape.of, text.trim(), quoted);
    case "list": {
      const value = parseJson(json);
      return Array.isArray(value) ? value : misfit;
    }
    case "object": {
      const value = parseJson(json);
      return isObject(value) ? value : misfit;
    }
    case "any": {
      const value = quoted ? misfit : parseJson(json);
      return value === misfit ? text : value;
    }
    case "either":
      for (const option of [...shape.of].sort((a, b) => rank(a, quoted) - rank(b, quoted))) {
        const value = read(option, written);
        if (value !== misfit) return value;
      }
      return misfit;
  }
}

/** A value from a JSON object stays as it is, but text where something else is asked for is read as that. */
export function fit(shape: Shape, value: unknown): unknown {
  return typeof value === "string" ? read(shape, { text: value, quoted: true, json: value }) : value;
}

/** In which order the options of `either` are tried: quoted text is text first, bare text last; anything goes comes after what is narrower. */
function rank(shape: Shape, quoted: boolean): number {
  if (shape.kind === "text") return quoted ? 0 : 3;
  return shape.kind === "any" ? 2 : 1;
}

/** The choice with this text, or the only one with it in other case. Of `"3"` and `3`, quotes say which. */
function choose(choices: readonly Choice[], text: string, quoted: boolean): Choice | typeof misfit {
  const exact = choices.filter((choice) => String(choice) === text);
  const alike = choices.filter((choice) => String(choice).toLowerCase() === text.toLowerCase());
  const found = exact.find((choice) => (typeof choice === "string") === quoted) ?? exact[0] ?? (alike.length === 1 ? alike[0] : undefined);
  return found === undefined ? misfit : found;
}

function toNumber(text: string): number | typeof misfit {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : misfit;
}

const WORD = /[\p{L}\p{N}_]/u;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** What a text that is one quote from end to end says; undefined for any other text. */
export function unquote(text: string): string | undefined {
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== "'") return undefined;
  for (let i = 1; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === "\\") i++;
    else if (character === quote && !(quote === "'" && WORD.test(text.charAt(i + 1)))) {
      return i === text.length - 1 ? unescaped(text.slice(1, i)) : undefined;
    }
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code?: string, character = "") =>
    code === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** What a shape asks for, in words for the model. */
export function expected(shape: Shape): string {
  switch (shape.kind) {
    case "text":
      return "text";
    case "number":
      return shape.integer ? "a whole number" : "a number";
    case "boolean":
      return "true or false";
    case "choice":
      return shape.of.length === 1
        ? JSON.stringify(shape.of[0])
        : clip(`one of ${shape.of.map((choice) => JSON.stringify(choice)).join(", ")}`, 120);
    case "list":
      return "a JSON list";
    case "object":
      return "a JSON object";
    case "either":
      return shape.of.map(expected).join(" or ");
    case "any":
      return "a value";
  }
}

export function clip(text: string, length = 40): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value, or `misfit` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return misfit;
  }
}
