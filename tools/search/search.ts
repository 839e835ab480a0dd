import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { codeOf, messageOf, ToolwrightError } from "../../errors.js";
import { defineTool } from "../define.js";
import type { Tool, ToolOutput } from "../tool.js";
import { cacheFolder } from "./cache-folder.js";
import { examples } from "./examples.js";
import { clip, excerpt, quotation, titledExcerpt } from "./excerpt.js";
import type { Folder, IndexReport, PassageHit } from "./folder.js";
import { sourceOf } from "./passages.js";
import { readRequest } from "./request.js";
import type { OpenedSource, SearchResult } from "./result.js";
import { queryWords } from "./words.js";

// Each source is loaded when it is first asked: a program that makes the tool and does not use it waits for none of them.

export interface SearchOptions {
  /**
   * A folder whose .txt, .md, .html and .jsonl files are searched, with those of its subfolders. The index follows changes.
   * Default: none.
   */
  readonly folder?: string;
  /** The folder in which the index of `folder` is kept; `false`: in memory only. Default: the platform's cache folder, or `TOOLWRIGHT_HOME`'s. */
  readonly cache?: string | false;
  /** Facts about countries and definitions of words, offline. Default true. */
  readonly reference?: boolean;
  /** Asks Wikipedia, or another wiki with the same API, what the other sources do not have. Default false. */
  readonly wikipedia?: boolean | { readonly baseUrl: string };
  /** Lets `open` fetch public web pages by their address. Default false. */
  readonly pages?: boolean;
  /** Most characters of a result; an opened source may have four times as many. Default 300. */
  readonly maxLength?: number;
  /** Told, in a sentence each, what could not be indexed or kept. Default: a process warning. */
  readonly onNote?: (note: string) => void;
}

const input = z.object({
  query: z.string().trim().min(1).max(1000).describe("What to look up, or open: ID, or quote: ID, words, or refine: QUERY | more words"),
});

/** The search tool, whose operations programs can use by themselves too. */
export interface SearchTool extends Tool<typeof input> {
  /**
   * Results, best first. `within` is a query that this one refines: only what that finds too.
   * In this order: what the reference answers outright, then what the folder has; where neither has anything, Wikipedia;
   * where that is off or has nothing, what the reference has on the subject; last, passages that have few of the words.
   * @param options.limit default 5
   * @throws ToolwrightError `folder-unreadable`; a wiki that cannot be reached is told in `Found.note`
   */
  find(query: string, options?: { readonly within?: string; readonly limit?: number; readonly signal?: AbortSignal }): Promise<Found>;
  /**
   * The whole text of a result by its id: a passage (`notes.md#2`), a file (`notes.md`), `country:PER`, `countries:QUERY`, `word:bank`,
   * `wiki:18110`, and with `pages` a web address.
   * @throws ToolwrightError `source-not-found`, `pages-off`, `folder-unreadable`, and for web pages `address-refused`, `fetch-…`, `http-status`
   */
  open(id: string, options?: { readonly signal?: AbortSignal }): Promise<OpenedSource>;
  /**
   * The sentences of a source that have most of the words, word for word.
   * @throws ToolwrightError `quote-not-found`, and as `open`
   */
  quote(id: string, words: string, options?: { readonly signal?: AbortSignal }): Promise<OpenedSource>;
  /** Brings the folder's index up to date, which every use does by itself, and says what is in it. Without a folder: an empty report. */
  refresh(): Promise<IndexReport>;
}

export interface Found {
  readonly results: readonly SearchResult[];
  /** Why a source could not be asked. */
  readonly note?: string;
}

/** Passages with more than this share of a query's words come before a dictionary's definition of its subject. */
const STRONG = 0.5;
const OPENED = 4;
const MAX_LENGTH = 300;

/**
 * A tool that looks things up: an offline reference, a folder of the user's, Wikipedia.
 * @throws ToolwrightError `bad-option`, `folder-not-found`
 */
export function search(options: SearchOptions = {}): SearchTool {
  const { reference = true, wikipedia = false, pages = false, maxLength = MAX_LENGTH } = options;
  if (!Number.isInteger(maxLength) || maxLength < 40) {
    throw new ToolwrightError("bad-option", `search: maxLength is ${maxLength}.`, "Give a whole number of characters, at least 40.", {
      exitCode: 2,
    });
  }
  const onNote = options.onNote ?? ((note: string) => process.emitWarning(note, "ToolwrightWarning"));
  const path = options.folder === undefined ? undefined : folderPath(options.folder);
  const cache = options.cache === false ? undefined : resolve(options.cache ?? cacheFolder());
  const wiki = wikipedia === false ? undefined : wikiAddress(wikipedia === true ? DEFAULT_WIKI : wikipedia.baseUrl);
  let opened: Promise<Folder> | undefined;
  const openFolder = (path: string): Promise<Folder> => {
    opened ??= import("./folder.js").then(({ Folder }) => new Folder(path, cache, onNote));
    return opened;
  };

  const find: SearchTool["find"] = async (query, { within, limit = 5, signal } = {}) => {
    const whole = within === undefined ? query : `${within} ${query}`;
    const answer = reference ? await (await import("./reference.js")).referenceAnswer(whole) : undefined;
    const hits = path === undefined ? [] : await unlessAborted((await openFolder(path)).find(query, limit, within), signal);
    const passages = (strong: boolean) =>
      hits.filter((hit) => hit.coverage > STRONG === strong).map((hit) => passageResult(hit, whole, maxLength));
    const results = [...(answer === undefined ? [] : [answer]), ...passages(true)];
    let note: string | undefined;
    if (wiki !== undefined && results.length === 0) {
      try {
        results.push(...(await (await import("./wikipedia.js")).findPages(wiki, whole, limit, maxLength, signal)));
      } catch (failure) {
        if (signal?.aborted === true) throw failure;
        note = `Wikipedia: ${messageOf(failure)}`;
      }
    }
    if (reference && results.length === 0) results.push(...(await (await import("./reference.js")).referenceLookup(whole, limit)));
    return { results: [...results, ...passages(false)].slice(0, limit), ...(note === undefined ? {} : { note }) };
  };

  const open: SearchTool["open"] = async (id, { signal } = {}) => {
    if (/^https?:/i.test(id)) {
      if (pages) return (await import("./page.js")).openWebPage(id, signal);
      throw new ToolwrightError("pages-off", "Web pages are not opened.", "Make the tool with search({ pages: true }) to open them.");
    }
    const source =
      (reference ? await (await import("./reference.js")).openReference(id) : undefined) ??
      (wiki === undefined ? undefined : await (await import("./wikipedia.js")).openPage(wiki, id, signal)) ??
      (path === undefined ? undefined : await unlessAborted((await openFolder(path)).open(id), signal));
    if (source === undefined) {
      throw new ToolwrightError(
        "source-not-found",
        `There is no source ${JSON.stringify(clip(id, 100))}.`,
        "Give an id as a search result shows it.",
      );
    }
    return source;
  };

  const quote: SearchTool["quote"] = async (id, about, choices) => {
    const { source, text } = await open(id, choices);
    const quoted = quotation(text, queryWords(about), maxLength * OPENED);
    if (quoted === undefined) {
      throw new ToolwrightError(
        "quote-not-found",
        `${id} says nothing with ${JSON.stringify(about)}.`,
        "Open the source, or give words that stand in it.",
      );
    }
    return { source, text: quoted };
  };

  const tool = defineTool({
    name: "Search",
    description: "Looks up facts, definitions and documents.",
    input,
    examples,
    cost: { milliseconds: wiki === undefined ? 5 : 500, tokens: 50 },
    // The first look at a large folder takes longest; one that is cut off here goes on and the next call finds it done.
    timeout: 30_000,
    // Which sources are asked, not what is in them: a folder's content may change under the same version.
    version: [
      "1",
      reference && "reference",
      path !== undefined && shortDigest(path),
      wiki,
      pages && "pages",
      maxLength !== MAX_LENGTH && `length ${maxLength}`,
    ]
      .filter(Boolean)
      .join("+"),
    run: async ({ query }, { signal }): Promise<ToolOutput> => {
      const request = readRequest(query);
      if (request.kind === "find") return shown(request.query, await find(request.query, { within: request.within, signal }), maxLength);
      const { source, text } =
        request.kind === "open" ? await open(request.id, { signal }) : await quote(request.id, request.words, { signal });
      return { text: clip(text, maxLength * OPENED), sources: [source] };
    },
  });
  return {
    ...tool,
    find,
    open,
    quote,
    refresh: async () => (path === undefined ? { files: 0, passages: 0, read: 0, skipped: [] } : (await openFolder(path)).refresh()),
    close: async () => (await opened)?.close(),
  };
}

function folderPath(folder: string): string {
  try {
    if (statSync(folder).isDirectory()) return realpathSync(folder);
  } catch (cause) {
    const message = `search: the folder ${folder} cannot be opened (${codeOf(cause)}).`;
    throw new ToolwrightError("folder-not-found", message, "Give the path of a folder that exists.", { cause, exitCode: 2 });
  }
  throw new ToolwrightError("folder-not-found", `search: ${folder} is not a folder.`, "Give the path of a folder.", { exitCode: 2 });
}

function shortDigest(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 8);
}

const DEFAULT_WIKI = "https://en.wikipedia.org";

function wikiAddress(baseUrl: string): string {
  if (/^https?:\/\//i.test(baseUrl) && URL.canParse(baseUrl)) return baseUrl;
  throw new ToolwrightError(
    "bad-option",
    `search: wikipedia.baseUrl ${JSON.stringify(baseUrl)} is not a web address.`,
    `Give one such as ${DEFAULT_WIKI}.`,
    { exitCode: 2 },
  );
}

function passageResult({ passage, score }: PassageHit, query: string, maxLength: number): SearchResult {
  const about = queryWords(query);
  const named = passage.title.split(" › ").at(-1) ?? passage.title;
  const room = maxLength - passage.id.length - 3;
  // A file's name is in the id.
  const text = passage.id.includes(named)
    ? excerpt(passage.text, about, Math.max(40, room))
    : titledExcerpt(named, passage.text, about, room);
  return { text, source: { ...sourceOf(passage), score }, direct: false };
}

/** The results as the model sees them: the best, and others as far as they fit, each with the id to open it by. */
function shown(query: string, { results, note }: Found, maxLength: number): ToolOutput {
  const [best] = results;
  const sources = results.map(({ source }) => source);
  if (best === undefined) return { text: [`No results for ${JSON.stringify(clip(query, 100))}.`, note].filter(Boolean).join(" "), sources };
  // The reference's results stand for themselves: nothing is put beside them that a small model might copy instead.
  const ofReference = ({ source }: SearchResult) => /^(?:country|countries|word):/.test(source.id);
  const withId = ({ text, source }: SearchResult) => `${text} (${source.id})`;
  let text = ofReference(best) ? clip(best.text, maxLength) : withId(best);
  for (const result of ofReference(best) ? [] : results.slice(1)) {
    const next = `${text}\n${withId(result)}`;
    if (ofReference(result) || next.length > maxLength || (result.source.score ?? 0) < (best.source.score ?? 0) / 2) break;
    text = next;
  }
  return { text: note === undefined ? text : `${text}\n${note}`, ...(best.value === undefined ? {} : { value: best.value }), sources };
}

/** Leaves work that others share going when one of them gives up. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}
