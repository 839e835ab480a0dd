import { type Block, squeeze } from "./document.js";

// A page's tags without a parser, in linear time: for pages that would keep a parser busy for minutes.

/** `<` is not allowed within, so that a text of nothing but `<a` is gone through once. */
const TAG = /<(\/?)([a-z][a-z0-9-]*)[^<>]*>/gi;
/** Never closed, or closed by what follows: they do not nest. */
const FLAT: ReadonlySet<string> = new Set(
  "area base br col dd dt embed hr img input li link meta option p param source tbody td th tr track wbr".split(" "),
);

/** How deep the elements of a page nest at most; unclosed ones count. */
export function nesting(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, closing, name = ""] of html.matchAll(TAG)) {
    if (FLAT.has(name.toLowerCase())) continue;
    depth = Math.max(0, depth + (closing === "" ? 1 : -1));
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** How many tags and character references a page has at most. */
export function marks(html: string): number {
  let count = 0;
  for (const _ of html.matchAll(/[<&]/g)) count += 1;
  return count;
}

/** The text between the tags, scripts and styles left out. */
export function taglessBlocks(html: string): Block[] {
  const texts: string[] = [];
  let at = 0;
  let skipped: string | undefined;
  for (const tag of html.matchAll(TAG)) {
    const name = (tag[2] ?? "").toLowerCase();
    if (skipped === undefined) texts.push(html.slice(at, tag.index));
    at = tag.index + tag[0].length;
    if (skipped !== undefined && tag[1] === "/" && name === skipped) skipped = undefined;
    else if (skipped === undefined && tag[1] === "" && (name === "script" || name === "style")) skipped = name;
  }
  if (skipped === undefined) texts.push(html.slice(at));
  return texts
    .map((text) => squeeze(plain(text)))
    .filter((text) => text !== "")
    .map((text) => ({ text }));
}

const REFERENCES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function plain(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7}));/g, (whole, name?: string, number?: string) => {
    if (name !== undefined) return REFERENCES[name] ?? whole;
    const code = Number(number);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
