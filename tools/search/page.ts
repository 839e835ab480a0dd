import { squeeze } from "./document.js";
import { fetchText } from "./http.js";
import type { OpenedSource } from "./result.js";

const PAGES = ["text/html", "application/xhtml+xml"];
const TEXTS = ["text/plain", "text/markdown", "application/json"];

/**
 * The text of a web page; of an HTML page its article.
 * @throws ToolwrightError as `fetchText` does
 */
export async function openWebPage(address: string, signal?: AbortSignal): Promise<OpenedSource> {
  const { url, type, text } = await fetchText(address, { accept: [...PAGES, ...TEXTS], signal });
  if (!PAGES.includes(type)) return { source: { id: url, title: url, url }, text: text.trim() };
  const { title, blocks } = (await import("./html.js")).readHtml(text);
  return { source: { id: url, title: squeeze(title ?? url), url }, text: blocks.map((block) => block.text).join("\n\n") };
}
