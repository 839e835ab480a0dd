// HTML that is safe by construction: what a template holds is text unless it is markup itself.

/** A piece of HTML. Only `html` makes it. */
export class Markup {
  readonly #text: string;

  constructor(parts: TemplateStringsArray, values: readonly Content[]) {
    this.#text = parts.reduce((text, part, place) => `${text}${written(values[place - 1])}${part}`);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template, between tags or within a quoted attribute. False, null and undefined are nothing. */
export type Content = string | number | Markup | false | null | undefined | readonly Content[];

/** HTML with values in it. Strings are escaped; so hostile text stays text. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts, values);
}

function written(value: Content): string {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(written).join("");
  return value instanceof Markup ? value.toString() : escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[^\P{Cc}\t\n]/gu, pictured);
}

/** Control characters are no part of HTML: their pictures are shown, or the sign for what has none. */
function pictured(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
}
