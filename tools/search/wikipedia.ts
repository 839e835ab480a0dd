import { z } from "zod";
import { ToolwrightError } from "../../errors.js";
import { excerpt } from "./excerpt.js";
import { fetchText } from "./http.js";
import type { OpenedSource, SearchResult } from "./result.js";
import { queryWords } from "./words.js";

/** A wiki that speaks the MediaWiki API at `/w/api.php`. Pages are in its own language; ids are `wiki:` and the page's number. */
export interface Wiki {
  readonly baseUrl: string;
}

const DEFAULT_URL = "https://en.wikipedia.org";

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

/** @throws ToolwrightError `bad-option` */
export function wikiOf(option: true | { readonly baseUrl: string }): Wiki {
  const baseUrl = option === true ? DEFAULT_URL : option.baseUrl;
  if (!/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new ToolwrightError("bad-option", `search: wikipedia.baseUrl ${JSON.stringify(baseUrl)} is not a web address.`, `Give one such as ${DEFAULT_URL}.`, {
      exitCode: 2,
    });
  }
  return { baseUrl };
}

/** Pages whose text has the words, in the wiki's own order; each with the part of its introduction that is nearest to them. */
export async function findPages(wiki: Wiki, query: string, limit: number, length: number, signal?: AbortSignal): Promise<SearchResult[]> {
  const pages = await ask(wiki, { generator: "search", gsrsearch: query, gsrlimit: String(limit), exintro: "1", exlimit: "max" }, signal);
  return pages
    .filter((page) => page.pageid !== undefined && (page.extract ?? "").trim() !== "")
    .sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
    .map((page) => ({ text: excerpt(page.extract ?? "", queryWords(query), length), source: sourceOf(page), direct: false }));
}

/** The text of a page; undefined where the wiki has none of that number. */
export async function openPage(wiki: Wiki, id: string, signal?: AbortSignal): Promise<OpenedSource | undefined> {
  const number = /^wiki:(\d{1,12})$/.exec(id)?.[1];
  if (number === undefined) return undefined;
  const [page] = await ask(wiki, { pageids: number }, signal);
  return page?.extract === undefined ? undefined : { source: sourceOf(page), text: page.extract.trim() };
}

/** https://www.mediawiki.org/wiki/API:Query with Extension:TextExtracts: plain texts of the pages. */
async function ask(wiki: Wiki, parameters: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<Page[]> {
  const url = new URL("/w/api.php", wiki.baseUrl);
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
    throw new ToolwrightError("wiki-answer", `${url.host} refused the search: ${parsed.data.error.info}`, "Write the query in other words.");
  }
  return parsed.data.query?.pages ?? [];
}

function unexpected(url: URL, cause: unknown): ToolwrightError {
  return new ToolwrightError("wiki-answer", `${url.host} did not answer as a wiki does.`, "Check wikipedia.baseUrl.", { cause });
}

function sourceOf({ pageid, title, fullurl }: Page): SearchResult["source"] {
  return { id: `wiki:${pageid}`, title, ...(fullurl === undefined ? {} : { url: fullurl }) };
}
