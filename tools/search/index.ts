// The search tool: the offline reference, folders of documents, Wikipedia and web pages. What a source is and how it is read
// belongs here; how results get into a text does not.

export { fromWindows1252 } from "./decoding.js";
export { sentences } from "./excerpt.js";
export type { IndexReport } from "./folder.js";
export type { OpenedSource, SearchResult } from "./result.js";
export type { Skipped } from "./scan.js";
export { type Found, type SearchOptions, type SearchTool, search } from "./search.js";
export { fold, stem, words } from "./words.js";
