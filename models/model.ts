/** What a model can do. `generate` is what every model can. */
export interface Capabilities {
  /** Goes on with its own partial text: what was spliced in is taken as if the model had written it. */
  readonly continues: boolean;
  /** Gives exact token log-probabilities of a given text (`ScoringModel`). */
  readonly score: boolean;
  /** A sequence can be forked; forks share the work done so far. */
  readonly fork: boolean;
  /** `GenerateOptions.grammar` holds the output to a GBNF grammar. */
  readonly grammar: boolean;
  /** `GenerateOptions.prefer` works: the model's next-token ranking is known. */
  readonly ranks: boolean;
  /** LoRA adapters can be loaded. */
  readonly adapters: boolean;
  /** Tool calls come as structured data when `Prompt.tools` is given. */
  readonly nativeTools: boolean;
}

/** What ran, for traces: enough to tell two models apart. */
export interface ModelIdentity {
  readonly name: string;
  /** SHA-256 of the source file, for models that are files. */
  readonly digest?: string;
  /** The storage type that ran, such as `"Q8_0"`. */
  readonly storage?: string;
  readonly adapters?: readonly { readonly digest: string; readonly scale: number }[];
  /** The library or endpoint that ran it. */
  readonly runtime?: string;
}

/** A structured call from a model with native tool calls. */
export interface NativeCall {
  readonly id: string;
  readonly tool: string;
  /** The arguments as the JSON text that the model gave. */
  readonly input: string;
}

/** A tool as endpoints with native calls want it. */
export interface NativeTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>;
}

/** A turn of a conversation. `content` is always plain text: control strings of a chat template in it are never special tokens. */
export interface Message {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  /** Of an assistant's turn under the native protocol. */
  readonly calls?: readonly NativeCall[];
  /** Of a tool's turn under the native protocol: which call it answers. */
  readonly callId?: string;
}

/** What a sequence starts from. The model renders it with its own chat template and stands at the start of the assistant's turn. */
export interface Prompt {
  readonly messages: readonly Message[];
  /** How many leading messages many prompts have in common (instructions, demonstrations): their state is worth keeping. Default 0. */
  readonly shared?: number;
  /** Offered as native tools; only for models with `can.nativeTools`. */
  readonly tools?: readonly NativeTool[];
}

export interface GenerateOptions {
  /** 0 is greedy. Default 0. */
  readonly temperature?: number;
  /** Nucleus, 0 to 1; default 1 (off). Only with a temperature. */
  readonly topP?: number;
  /** Default: one drawn by the model. */
  readonly seed?: number;
  /** Most tokens of this call of `generate`. Default: what the context holds. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
  /** GBNF grammar whose root the output must follow from here on; needs `can.grammar`. The output ends (`"grammar"`) when nothing may follow. */
  readonly grammar?: string;
  /** Takes the first of these token texts that is among the `k` likeliest next tokens, and stops (`"preferred"`) after it. Needs `can.ranks`. */
  readonly prefer?: { readonly texts: readonly string[]; readonly k: number };
  /** Says, with a token that has one of these texts, how likely it was that one of them came (`margin`). Needs `can.ranks`. */
  readonly watch?: readonly string[];
  /** The next token, and only that, has none of these texts. Needs `can.ranks`. */
  readonly avoid?: readonly string[];
}

/** Why output ended: the model's own end, the token limit, a finished grammar, a `prefer` that took hold, or native calls that wait for results. */
export type StopReason = "end" | "length" | "grammar" | "preferred" | "calls";

/**
 * One piece of output. `tokens` counts the tokens it stands for (endpoints: 0 until usage is known). `margin`, of a watched token: the
 * natural log of the odds that a watched one came, p / (1 − p).
 */
export type Delta =
  | { readonly type: "text"; readonly text: string; readonly tokens: number; readonly margin?: number }
  | { readonly type: "calls"; readonly calls: readonly NativeCall[] }
  | { readonly type: "stop"; readonly reason: StopReason };

/** Results that go back into the text. */
export interface Splice {
  /**
   * How many characters of the end did not belong to the call and are taken back: at most the last delta's, with `can.ranks` all since the
   * last splice.
   */
  readonly drop: number;
  /** What a model that continues takes in, such as ` → 1776]`. Plain text: never special tokens. */
  readonly text: string;
  /** The same for models that do not: each call with its result. `marker` is whole: `[Calculator(37*48) → 1776]`. */
  readonly results: readonly { readonly id: string; readonly marker: string; readonly output: string; readonly failed: boolean }[];
}

/** Counted in tokens. */
export interface Usage {
  /** Taken in anew: prompt, splices. */
  readonly input: number;
  /** Of the prompt, reused from kept state. */
  readonly cached: number;
  /** Written by the model. */
  readonly output: number;
}

/**
 * One text in the making. Pull-based: a token is computed when the consumer asks for the next delta, so whoever stops
 * asking (a call was found) has stopped the model exactly there.
 */
export interface Sequence {
  /**
   * Goes on from where the text stands. Ends with a `stop` delta; `return()` (leaving a `for await`) stops it after the last
   * delta that was delivered. Only one at a time.
   * @throws ToolwrightError `aborted` when the signal fires, `context-full`, `endpoint-*`
   */
  generate(options?: GenerateOptions): AsyncIterableIterator<Delta>;
  /** Of sequences that stand for a recorded one: tells it a delta that came from the record and not from its own `generate`. */
  accept?(delta: Delta): void;
  /** Puts results into the text; the next `generate` goes on after them. */
  splice(splice: Splice): void;
  /** An independent copy that shares the state so far. Needs `can.fork`. */
  fork(): Promise<Sequence>;
  readonly usage: Usage;
  /** The assistant's turn as it stands. In a later prompt of the same model this very object costs no new prefill. */
  message(): Message;
  /** @param options `keep`: its state stays for a later prompt that begins alike, as long as there is room. Default false. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Generates text. What needs a capability that is missing throws `ToolwrightError` with code `unsupported` that names model and flag. */
export interface LanguageModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  readonly can: Capabilities;
  /** The strategy that it was trained for, by name: an agent's default. Undefined: none in particular. */
  readonly strategy?: string;
  /** Names of the tools that it was trained to call, without being shown them where its strategy shows none. Undefined: not known. */
  readonly taught?: readonly string[];
  /**
   * The same model as it is without what it was taught: for other tools, with which that would mislead it. Only where nobody chose the
   * adapter that taught it. It lives as long as this one.
   */
  untaught?(): Promise<LanguageModel>;
  /** Most tokens of prompt and output together; undefined where unknown. */
  readonly contextSize?: number;
  /** How many tokens a text takes; an estimate (characters / 4) where the tokenizer is not at hand. */
  countTokens(text: string): number;
  /**
   * Drops what is kept in memory of texts that have ended, so that what comes next does not depend, in its last bits, on what was before.
   * Models that keep nothing do not have it.
   */
  forget?(): void;
  /** @param written the assistant's turn as far as it stands already: generation goes on after it (needs `can.continues` when not empty). */
  open(prompt: Prompt, options?: { readonly signal?: AbortSignal; readonly written?: string }): Promise<Sequence>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Log-probabilities of a text after a prefix. */
export interface Scores {
  /** Token ids of the text; empty where an endpoint does not tell them. */
  readonly tokens: readonly number[];
  /** Where each token begins in the text, in UTF-16 units; a token that begins inside a character begins where that does. */
  readonly offsets: readonly number[];
  /** Natural log of each token's probability, given all before it. */
  readonly logprobs: readonly number[];
  /** For each token, the natural logs of what each alternative would have had in its place. Only when they were asked for. */
  readonly alternatives?: readonly (readonly number[])[];
}

export interface ScoreOptions {
  readonly signal?: AbortSignal;
  /**
   * Token texts, such as `" ["`, whose log-probabilities are wanted in place of each token. One that is no single token of the model
   * has −Infinity; so has one that an endpoint does not list among the likeliest.
   */
  readonly alternatives?: readonly string[];
}

/** A language model that also scores (`can.score`), and goes on from plain text. */
export interface ScoringModel extends LanguageModel {
  /**
   * `prefix` and `text` are tokenised apart where the model's tokenizer is at hand, as plain text, no token added but the BOS where the
   * model asks for one. Without a BOS and with an empty prefix the first token has no condition; its entry is NaN.
   */
  score(prefix: string, text: string, options?: ScoreOptions): Promise<Scores>;
  /** Goes on from plain text: no chat template, no token added but the BOS. */
  openText(text: string, options?: { readonly signal?: AbortSignal }): Promise<Sequence>;
}
