import type { Source } from "../tool.js";

/** One thing found. */
export interface SearchResult {
  /** What answers the query, or the part of the text nearest to it. */
  readonly text: string;
  /** The bare fact, for calls that enclose this one: `Canberra`, `580367`. */
  readonly value?: string;
  readonly source: Source;
  /** Answers the question by itself: nothing else needs to be looked at. */
  readonly direct: boolean;
}

/** A result opened: its whole text. */
export interface OpenedSource {
  readonly source: Source;
  readonly text: string;
}
