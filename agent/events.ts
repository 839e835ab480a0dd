import type { Usage } from "../models/index.js";
import type { Source } from "../tools/index.js";

/** Characters of the assistant's turn, counted in UTF-16 units: `[start, end)`. */
export type Span = readonly [start: number, end: number];

/** Text for the reader, a piece at a time; calls and results are not in it. */
interface TextEvent {
  readonly type: "text";
  readonly delta: string;
}

/**
 * A call that is about to run. `within` is the id of the call that encloses it; `margin`, where calls are weighed: log of the
 * probability that one begins here, less log of that of going on without, in nats.
 */
interface CallEvent {
  readonly type: "call";
  readonly margin?: number;
  readonly id: string;
  readonly tool: string;
  readonly input: string;
  readonly span: Span;
  readonly within?: string;
}

/** Its result. Exactly one of `output` and `error`; `ms` is the tool's own time; `cached`: the run had it already. */
interface ResultEvent {
  readonly type: "result";
  readonly id: string;
  readonly output?: string;
  readonly error?: string;
  readonly ms: number;
  readonly cached: boolean;
}

/** A call that the model began and that was not made: it was not worth its cost. `margin` is in nats, `cost` in seconds. */
interface SparedEvent {
  readonly type: "spared";
  readonly tool: string;
  readonly margin: number;
  readonly cost: number;
}

/** One of several chains that a question is answered by has ended. In a trace it is a run of its own, named by the run and `index`. */
interface ChainEvent extends ChainResult {
  readonly type: "chain";
}

/** The answer as the user sees it: once, near the end of a run that ends well. */
interface AnswerEvent extends Standing {
  readonly type: "answer";
  readonly text: string;
}

/** What the run took: tokens, calls, milliseconds. The last event of a run that ends well. */
interface UsageEvent {
  readonly type: "usage";
  readonly usage: Usage;
  readonly calls: number;
  readonly ms: number;
}

/** Something went wrong. `fatal` ends the run; otherwise (an unknown tool, a malformed call, a cut answer) it goes on. */
interface ErrorEvent {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly fatal: boolean;
}

/** An event without its number. */
export type EventBody = TextEvent | CallEvent | ResultEvent | SparedEvent | ChainEvent | AnswerEvent | UsageEvent | ErrorEvent;

/**
 * What happens in a run, in order. Every front end (REPL, recorder, callbacks, a server) consumes this one stream.
 * `n` counts from 0 within the run.
 */
export type AgentEvent = { readonly n: number } & EventBody;

/** A call with its result, as programs want it. */
export interface CallRecord {
  readonly tool: string;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly ms: number;
  /** Where calls are weighed: log of the probability that one began, less log of that of going on without, in nats. */
  readonly margin?: number;
}

/** What came of a chain. */
export interface ChainResult {
  /** From 0, in the order in which they were started. */
  readonly index: number;
  readonly strategy: string;
  /** Under its strategy; undefined where it failed, with `error`. */
  readonly answer?: string;
  readonly error?: { readonly code: string; readonly message: string };
  /** As the model wrote it, calls and results included. */
  readonly written: string;
  /** Those that another chain had made before have taken no time. */
  readonly calls: readonly CallRecord[];
  /** Calls that were written and not made. */
  readonly unmade: UnmadeCalls;
  readonly usage: Usage;
}

export interface UnmadeCalls {
  /** Cut off or ill-formed. */
  readonly malformed: number;
  /** To a tool that there is not. */
  readonly unknown: number;
  /** With arguments that do not fit, or not approved. */
  readonly refused: number;
  /** Not worth their cost. */
  readonly spared: number;
}

/** What an answer stands on, where its strategy says. */
export interface Standing {
  /** Of chains that answered: how many gave this answer, and how many there were. */
  readonly agreement?: { readonly votes: number; readonly of: number };
  /** What it quotes, in order. Each quote stands in its source, letter by letter. */
  readonly sources?: readonly QuotedSource[];
}

export interface QuotedSource extends Source {
  readonly quote: string;
}
