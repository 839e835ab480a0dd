import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { type Block, type Document, HeadingPath, squeeze } from "./document.js";
import { marks, nesting, taglessBlocks } from "./tags.js";

// Loaded on demand only (`await import`): parsing HTML is rare and its libraries are not small.

/** The parts of a DOM node that are used here; linkedom's own types need the browser's. */
interface Node {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly childNodes: Iterable<Node>;
  readonly textContent: string | null;
}

/** Above these the article is not sought, which would take seconds, but all of the body's text is taken. */
const MOST_ELEMENTS = 10_000;
const DEEPEST = 100;
/** Beyond these the parser takes more than a second: its time grows with the square of them. */
const MOST_MARKS = 50_000;
const DEEPEST_PARSED = 1000;
/** An article shorter than a part of the page's text is not its content: the page is a list or a table. */
const LEAST_SHARE = 0.2;

/** The title and text of a page: its article without navigation and the like where there is one, else all of its text. */
export function readHtml(html: string): Document {
  if (marks(html) > MOST_MARKS || nesting(html) > DEEPEST_PARSED) return { blocks: taglessBlocks(html) };
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<!DOCTYPE html><html><head></head><body>${html}</body></html>`);
  const title = squeeze(document.querySelector("title")?.textContent ?? "");
  const whole = blocksOf(document.body as unknown as Node | null);
  const article = isModest(document.body as unknown as Node | null) ? articleOf(document) : [];
  const blocks = length(article) >= length(whole) * LEAST_SHARE ? article : whole;
  return { ...(title === "" ? {} : { title }), blocks };
}

/** Takes the document apart: nothing else may be read from it afterwards. */
function articleOf(document: unknown): Block[] {
  // Its declared types name the browser's `Document` and `Node`.
  const reader = new Readability(document as never, { serializer: (node: unknown) => node as never });
  return blocksOf((reader.parse()?.content ?? null) as Node | null);
}

function isModest(root: Node | null): boolean {
  const waiting: { node: Node; depth: number }[] = root === null ? [] : [{ node: root, depth: 0 }];
  let elements = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.node.nodeType !== ELEMENT_NODE) continue;
    elements += 1;
    if (elements > MOST_ELEMENTS || next.depth > DEEPEST) return false;
    for (const node of next.node.childNodes) waiting.push({ node, depth: next.depth + 1 });
  }
  return true;
}

const SKIPPED: ReadonlySet<string> = new Set("SCRIPT STYLE NOSCRIPT TEMPLATE SVG IFRAME OBJECT HEAD NAV BUTTON SELECT".split(" "));
const BREAKS: ReadonlySet<string> = new Set(
  (
    "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY BR DD DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN OL P PRE " +
    "SECTION TABLE TBODY TR UL"
  ).split(" "),
);
const TEXT_NODE = 3;
const ELEMENT_NODE = 1;

/** The text of a tree, a block a paragraph, item or row. Walks without recursion: pages may nest without end. */
function blocksOf(root: Node | null): Block[] {
  const blocks: Block[] = [];
  const headings = new HeadingPath();
  let open = "";
  const end = () => {
    const text = squeeze(open);
    open = "";
    if (text !== "") blocks.push(headings.block(text));
  };
  const waiting: (Node | "end")[] = root === null ? [] : [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === "end") end();
    else if (node.nodeType === TEXT_NODE) open += node.textContent ?? "";
    else if (node.nodeType === ELEMENT_NODE && !SKIPPED.has(node.nodeName.toUpperCase())) {
      const name = node.nodeName.toUpperCase();
      if (/^H[1-6]$/.test(name)) {
        end();
        headings.enter(Number(name.charAt(1)), squeeze(node.textContent ?? ""));
        continue;
      }
      if (name === "TD" || name === "TH") open += " ";
      if (BREAKS.has(name)) {
        end();
        waiting.push("end");
      }
      for (const child of [...node.childNodes].reverse()) waiting.push(child);
    }
  }
  end();
  return blocks;
}

function length(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0);
}
