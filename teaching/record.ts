// What teaching works on and what it records: passages of a corpus, candidates and their losses, lessons.
import type { ModelIdentity } from "../models/index.js";
import type { Source } from "../tools/index.js";

/** A value that JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A part of a document that fits the model: what calls are put into at one go. A short document is one passage. */
export interface Passage {
  /** Place of its document in the corpus, from 0. Documents that were set aside count too. */
  readonly document: number;
  /** Which of its document's passages, from 0. */
  readonly part: number;
  /** The document's own id, or `FILE:LINE`, or `FILE`; from the second part on with `#PART`. */
  readonly id: string;
  /** Where it comes from, for people: `notes.md`, `train.jsonl, line 12`, `standard input, line 3`. */
  readonly source: string;
  /** Of a record with a solution: what the user asked. The text is then the assistant's turn. */
  readonly question?: string;
  /** What stands before `text` in the document, as far as it is read as context (the overlap); no call is put there. */
  readonly before: string;
  /** Where calls may go. The parts' texts, joined, are the document. */
  readonly text: string;
  /** Of a question that is to be answered: all answers that are right. */
  readonly answer?: readonly string[];
  /** ISO date at which the text was written, where that is known: the clock that tools see. */
  readonly date?: string;
  /** Whatever else the record carried. */
  readonly meta?: { readonly [name: string]: Json };
}

/** A document, or the rest of one, that cannot be taught on; the run goes on without it. */
export interface SetAside {
  readonly document: number;
  readonly id: string;
  readonly source: string;
  /** Code of the error, such as `bad-line`, `not-text`, `too-long`. */
  readonly code: string;
  readonly message: string;
}

/**
 * What became of a candidate.
 * - `kept`: its margin reached τf
 * - `below`: its margin did not
 * - `hopeless`: not scored, since even a perfect result could not have reached τf there (`bound` says by how much)
 * - `unrelated`: its result does not have the word or number that follows
 * - `failed`: the tool gave an error, or the arguments do not fit it
 * - `looked-ahead`: its result is stored text that stands in the text after the position, or comes from the document itself
 */
export type Verdict = "kept" | "below" | "hopeless" | "unrelated" | "failed" | "looked-ahead";

/** A loss and what it was computed on. */
export interface Loss {
  /** Weighted: −Σ w log p, in nats. */
  readonly value: number;
  /** log p of each of the weighed tokens (`Candidate.tokens`), in order. */
  readonly logprobs: readonly number[];
}

/** A call proposed at a position of a passage. */
export interface Candidate {
  /** `Passage.id`, and its place in the corpus. */
  readonly passage: string;
  readonly document: number;
  readonly part: number;
  readonly tool: string;
  /** Offset in `Passage.text`, in UTF-16 units: the call goes before the character there, and before the white space before that. */
  readonly position: number;
  /** p(marker token) there. */
  readonly probability: number;
  /** The arguments as the model wrote them. */
  readonly input: string;
  /** How many of the samples wrote this call. */
  readonly samples: number;
  readonly output?: string;
  readonly error?: string;
  readonly sources?: readonly Source[];
  /** The texts of the tokens from the position on that the losses weigh (at most five), the first being at the position. */
  readonly tokens?: readonly string[];
  /** L(ε), L(call without result), L(call with result). `call` may be missing when `result` alone decided. */
  readonly losses?: { readonly none: Loss; readonly call?: Loss; readonly result: Loss };
  /** min(L(ε), L(call)) − L(call, result), in nats; an upper bound of it where `losses.call` is missing. */
  readonly margin?: number;
  /** Of a hopeless one: what its margin could have been at most, by the rule in `rule`. */
  readonly bound?: number;
  readonly verdict: Verdict;
}

/** A call in a lesson. */
export interface LessonCall {
  readonly tool: string;
  /** Offset in the lesson's `text`. */
  readonly position: number;
  readonly input: string;
  readonly output: string;
  readonly margin: number;
  /** The clock that the tool saw, where the passage has a date. */
  readonly now?: string;
  readonly sources?: readonly Source[];
}

/** One text of the dataset, with its calls. */
export interface Lesson {
  readonly id: string;
  readonly source: string;
  readonly document: number;
  readonly part: number;
  readonly question?: string;
  /** As it stands in the corpus. */
  readonly text: string;
  /** In order of position; no two at the same. */
  readonly calls: readonly LessonCall[];
  /** `text` with the calls in it, each as `[Name(input) → output]`; what looked like a call in the text itself is escaped. */
  readonly marked: string;
  readonly date?: string;
  readonly meta?: { readonly [name: string]: Json };
}

/** What a stage of the work did for one tool; figures of passages add up. */
export interface Figures {
  /** Passages that the tool was tried on, and those that its heuristic passed over, by reason. */
  tried: number;
  passedOver: { [reason: string]: number };
  /** Token boundaries where a call may begin; those with p > τs; those among the best k, where calls were sampled. */
  boundaries: number;
  likely: number;
  positions: number;
  /** Calls that the model wrote; those that are whole and fit the tool; distinct ones by position and text. */
  samples: number;
  wellFormed: number;
  candidates: number;
  /** Calls that a tool ran for; results that came from the cache; calls that gave an error; results dropped by the look-ahead rule. */
  executed: number;
  cached: number;
  failed: number;
  lookedAhead: number;
  /** Candidates whose losses were computed; those that were kept; calls in the dataset. */
  scored: number;
  kept: number;
  calls: number;
  /** What `--economy` saved, by means: how many units of work were not done. */
  saved: {
    /** Positions not sampled, since L(ε) < τf there. */
    hopelessPositions: number;
    /** Positions that only repeat a neighbour. */
    mergedPositions: number;
    /** Samples not drawn at positions with enough distinct calls. */
    samples: number;
    /** Tokens not computed, since samples that began alike shared them. */
    sharedTokens: number;
    /** Candidates not scored, since their result has nothing to do with what follows, or could not reach τf. */
    hopelessCalls: number;
    /** Losses not computed: of the call without its result where that could not matter, and of equal calls at several positions. */
    losses: number;
  };
  /** Wall time in milliseconds, and tokens that the engine took in, by stage. */
  ms: { read: number; sample: number; execute: number; filter: number };
  tokens: { read: number; sample: number; filter: number };
}

/** What decides a dataset besides the corpus; the same parameters, model and corpus give the same bytes. */
export interface Parameters {
  readonly model: ModelIdentity;
  readonly tools: readonly ToolParameters[];
  readonly placement: "before" | "splice";
  readonly economy: boolean;
  /** Only calls whose result has the word or number that follows are kept. */
  readonly related: boolean;
  /** Most tokens before a position that a loss is computed with; undefined: all. */
  readonly context?: number;
  readonly as?: "chat" | "text";
  readonly seed: number;
  /** The clock of texts without a date (ISO), and the time zone (IANA) that tools reckon in. */
  readonly now: string;
  readonly timeZone: string;
  /** Tokens of a passage, and of the overlap before it. */
  readonly window: number;
  readonly overlap: number;
  readonly shard?: { readonly index: number; readonly of: number };
  /** Version of the format and of toolwright. */
  readonly format: number;
  readonly version: string;
}

export interface ToolParameters {
  readonly name: string;
  readonly version: string;
  /** A position is likely above this probability of the marker token. */
  readonly tauS: number;
  /** A call is kept from this margin on, in nats. */
  readonly tauF: number;
  /** Most positions of a passage. */
  readonly topK: number;
  /** Samples at each position. */
  readonly samples: number;
  /** Digest of what its results depend on besides the version, such as the files that it searches. */
  readonly salt?: string;
}
