import type { Usage } from "../models/index.js";

/** Characters of the assistant's turn, counted in UTF-16 units: `[start, end)`. */
export type Span = readonly [start: number, end: number];

/** An event without its number. */
export type EventBody =
  | /** Text for the reader, a piece at a time; calls and results are not in it. */
  { readonly type: "text"; readonly delta: string } /** A call that is about to run. `within` is the id of the call that encloses it. */
  | {
      readonly type: "call";
      readonly id: string;
      readonly tool: string;
      readonly input: string;
      readonly span: Span;
      readonly within?: string;
    } /** Its result. Exactly one of `output` and `error`; `ms` is the tool's own time; `cached`: the run had it already. */
  | {
      readonly type: "result";
      readonly id: string;
      readonly output?: string;
      readonly error?: string;
      readonly ms: number;
      readonly cached: boolean;
    } /** The answer as the user sees it: once, near the end of a run that ends well. */
  | {
      readonly type: "answer";
      readonly text: string;
    } /** What the run took: tokens, calls, milliseconds. The last event of a run that ends well. */
  | {
      readonly type: "usage";
      readonly usage: Usage;
      readonly calls: number;
      readonly ms: number;
    } /** Something went wrong. `fatal` ends the run; otherwise (an unknown tool, a malformed call, a cut answer) it goes on. */
  | { readonly type: "error"; readonly code: string; readonly message: string; readonly remedy: string; readonly fatal: boolean };

/**
 * What happens in a run, in order. Every front end (REPL, recorder, callbacks, a server) consumes this one stream.
 * `n` counts from 0 within the run.
 */
export type AgentEvent = { readonly n: number } & EventBody;
