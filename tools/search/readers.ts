import { extname } from "node:path";
import { declaredInHtml, decode } from "./decoding.js";
import { type Block, type Document, HeadingPath, squeeze } from "./document.js";

/** What a file says, and what of it could not be read. */
interface Reading {
  readonly documents: readonly Document[];
  readonly problems: readonly string[];
}

type Format = "text" | "markdown" | "html" | "jsonl";

const FORMATS: Readonly<Record<string, Format>> = {
  ".txt": "text",
  ".text": "text",
  ".md": "markdown",
  ".markdown": "markdown",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
};

/** The format of a file by its name; undefined for files that are not read. */
export function formatOf(path: string): Format | undefined {
  return FORMATS[extname(path).toLowerCase()];
}

/** Undefined for what is not text, whatever the file is called. */
export async function readDocuments(path: string, bytes: Uint8Array): Promise<Reading | undefined> {
  const format = formatOf(path);
  const text = decode(bytes, format === "html" ? declaredInHtml(bytes) : undefined)?.replace(/\r\n?/g, "\n");
  if (text === undefined) return undefined;
  if (format === "html") return { documents: [(await import("./html.js")).readHtml(text)], problems: [] };
  if (format === "markdown") return { documents: [readMarkdown(text)], problems: [] };
  if (format === "jsonl") return readRecords(text);
  return { documents: [readText(text)], problems: [] };
}

/** Paragraphs are set apart by blank lines. */
export function readText(text: string): Document {
  const paragraphs = text.split(/\n\s*\n/).map(squeeze);
  return { blocks: paragraphs.filter((paragraph) => paragraph !== "").map((paragraph) => ({ text: paragraph })) };
}

/** Headings, list items and code fences are kept apart; inline markup is taken away. The first heading of level 1 is the title. */
function readMarkdown(text: string): Document {
  const { title: declared, body } = frontMatter(text);
  const headings = new HeadingPath();
  const blocks: Block[] = [];
  let title = declared;
  let open: string[] = [];
  let fence: string | undefined;
  const end = () => {
    const joined = squeeze(open.join(" "));
    open = [];
    if (joined !== "") blocks.push(headings.block(joined));
  };
  const heading = (level: number, words: string) => {
    end();
    if (level === 1 && title === undefined) title = words;
    else headings.enter(level, words);
  };
  for (const line of body.split("\n")) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) {
        end();
        fence = undefined;
      } else open.push(line);
      continue;
    }
    const atx = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    const underline = open.length === 1 ? /^ {0,3}(=+|-{2,})\s*$/.exec(line)?.[1] : undefined;
    if (mark !== undefined) {
      end();
      fence = mark.slice(0, 3);
    } else if (atx !== null) heading(atx[1]?.length ?? 1, inline(atx[2] ?? ""));
    else if (underline !== undefined) {
      const words = open.join(" ");
      open = [];
      heading(underline.startsWith("=") ? 1 : 2, squeeze(words));
    } else if (/^\s*$/.test(line)) end();
    else if (/^\s*(?:[-*+]|\d+[.)])\s+/.test(line)) {
      end();
      open.push(inline(line.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/, "")));
    } else open.push(inline(line.replace(/^\s*>+\s?/, "")));
  }
  end();
  return { ...(title === undefined || title === "" ? {} : { title }), blocks };
}

function frontMatter(text: string): { title?: string; body: string } {
  const match = /^---\n([\s\S]*?)\n(?:---|\.\.\.)\n/.exec(text);
  if (match === null) return { body: text };
  const title = /^title:\s*(.+)$/m.exec(match[1] ?? "")?.[1];
  return {
    ...(title === undefined ? {} : { title: squeeze(title.replace(/^(["'])(.*)\1\s*$/, "$2")) }),
    body: text.slice(match[0].length),
  };
}

/** `[text](address)` and images to their text; emphasis, code marks, HTML comments and tags away; table bars to commas. */
function inline(line: string): string {
  return line
    .replace(/<!--.*?-->|<\/?[a-z][^<>]*>/gi, "")
    .replace(/!?\[([^\][]*)\](?:\([^()\s]*(?:\s+"[^"]*")?\)|\[[^\][]*\])/g, "$1")
    .replace(/(\*\*\*|\*\*|\*|~~)(?=\S)([^*~]*?\S)\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}])(__|_)(?=\S)([^_]*?\S)\1(?![\p{L}\p{N}])/gu, "$2")
    .replace(/`+([^`]+)`+/g, "$1")
    .replace(/^\s*\|?[\s:|-]+\|[\s:|-]*$/, "")
    .replace(/^\s*\||\|\s*$/g, "")
    .replace(/\s*\|\s*/g, ", ");
}

const TITLE_FIELDS = ["title", "name", "question", "heading"];
const TEXT_FIELDS = ["text", "content", "body", "passage", "answer", "description", "summary", "abstract"];
const URL_FIELDS = ["url", "link", "href"];
/** Bad lines that are named; the rest is counted. */
const NAMED = 3;

/**
 * JSON Lines: a document a line. Title, text and address are the first field of the usual names that is there; a record
 * without a usual text field is all of its texts and numbers, `name: value`.
 */
function readRecords(text: string): Reading {
  const documents: Document[] = [];
  const bad: number[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const document = record(line);
    if (document === undefined) bad.push(at + 1);
    else documents.push(document);
  }
  const named = bad.slice(0, NAMED).join(", ") + (bad.length > NAMED ? ` and ${bad.length - NAMED} more` : "");
  return { documents, problems: bad.length === 0 ? [] : [`not JSON on line ${named}; the other lines are indexed`] };
}

function record(line: string): Document | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value === "string") return readText(value);
  if (typeof value !== "object" || value === null) return { blocks: [{ text: String(value) }] };
  const fields = Object.entries(value);
  const field = (names: readonly string[]) => {
    for (const name of names) {
      const found = fields.find(([key, content]) => key.toLowerCase() === name && typeof content === "string" && content.trim() !== "");
      if (found !== undefined) return String(found[1]);
    }
    return undefined;
  };
  const title = field(TITLE_FIELDS);
  const url = field(URL_FIELDS);
  const said = field(TEXT_FIELDS);
  const all = fields
    .filter(([, content]) => ["string", "number", "boolean"].includes(typeof content))
    .map(([key, content]) => `${key}: ${content}.`);
  return {
    ...(title === undefined ? {} : { title: squeeze(title) }),
    ...(url === undefined ? {} : { url }),
    blocks: readText(said ?? all.join(" ")).blocks,
  };
}
