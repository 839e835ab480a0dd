import { z } from "zod";
import { ToolwrightError } from "../../errors.js";
import { titledExcerpt } from "./excerpt.js";
import { fetchText } from "./http.js";
import type { OpenedSource, SearchResult } from "./result.js";
import { queryWords } from "./words.js";

// A wiki that speaks the MediaWiki API at `/w/api.php`. Its address is the user's; it and only it may be on a closed network.
// Ids are `wiki:` and the page's number.

const answer = z.object({
  error: z.object({ info: z.string() }).optional(),
  query: z
    .object({
      pages: z.array(
        z.object({
          pageid: z.number().optional(),
          title: z.string().default(""),
          index: z.number().optional(),
          extract: z.string().optional(),
          fullurl: z.string().optional(),
        }),
      ),
    })
    .optional(),
});
type Page = NonNullable<z.infer<typeof answer>["query"]>["pages"][number];

/**
 * Pages whose text has the words, in the wiki's own order; each with the part of its introduction that is nearest to them, at
 * most `length` characters together with its id.
 */
export async function findPages(wiki: string, query: string, limit: number, length: number, signal?: AbortSignal): Promise<SearchResult[]> {
  const pages = await ask(wiki, { generator: "search", gsrsearch: query, gsrlimit: String(limit), exintro: "1", exlimit: "max" }, signal);
  return pages
    .filter((page) => page.pageid !== undefined && (page.extract ?? "").trim() !== "")
    .sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
    .map((page) => {
      const source = sourceOf(page);
      const room = length - source.id.length - 3;
      return { text: titledExcerpt(page.title, page.extract ?? "", queryWords(query), room), source, direct: false };
    });
}

/** The text of a page; undefined where the wiki has none of that number. */
export async function openPage(wiki: string, id: string, signal?: AbortSignal): Promise<OpenedSource | undefined> {
  const number = /^wiki:(\d{1,12})$/.exec(id)?.[1];
  if (number === undefined) return undefined;
  const [page] = await ask(wiki, { pageids: number }, signal);
  if (page?.extract === undefined) return undefined;
  // Headings come as `== History ==`, paragraphs on a line each.
  const text = page.extract.replace(/^=+ (.+?) =+$/gm, "$1").replace(/\s*\n\s*/g, "\n\n");
  return { source: sourceOf(page), text: text.trim() };
}

/** https://www.mediawiki.org/wiki/API:Query with Extension:TextExtracts: plain texts of the pages. */
async function ask(wiki: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<Page[]> {
  const url = new URL("/w/api.php", wiki);
  url.search = new URLSearchParams({
    action: "query",
    format: "json",
    formatversion: "2",
    redirects: "1",
    prop: "extracts|info",
    inprop: "url",
    explaintext: "1",
    ...parameters,
  }).toString();
  const { text } = await fetchText(url.href, { accept: ["application/json"], trusted: url.origin, signal });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw unexpected(url, cause);
  }
  const parsed = answer.safeParse(data);
  if (!parsed.success) throw unexpected(url, parsed.error);
  if (parsed.data.error !== undefined) {
    throw new ToolwrightError(
      "wiki-answer",
      `${url.host} refused the search: ${parsed.data.error.info}`,
      "Write the query in other words.",
    );
  }
  return parsed.data.query?.pages ?? [];
}

function unexpected(url: URL, cause: unknown): ToolwrightError {
  return new ToolwrightError("wiki-answer", `${url.host} did not answer as a wiki does.`, "Check wikipedia.baseUrl.", { cause });
}

function sourceOf({ pageid, title, fullurl }: Page): SearchResult["source"] {
  return { id: `wiki:${pageid}`, title, ...(fullurl === undefined ? {} : { url: fullurl }) };
}
