// What teaching asks of a model, whoever runs it: reading a text, sampling calls in the middle of it, and weighing what follows.
import { isTaught } from "../agent/index.js";
import type { LanguageModel, Message, ModelIdentity } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { leads } from "./marked.js";

/**
 * What a text is read after. The first `shared` messages, or `text` up to `shared` characters, are the same for many texts: their state
 * is kept. With messages the text is the assistant's turn, which begins with `written`.
 */
export type Beginning =
  | { readonly text: string; readonly shared?: number }
  | { readonly messages: readonly Message[]; readonly written?: string; readonly shared?: number };

/** A text as a model reads it. All lists have an entry for each token. */
export interface Reading {
  /** Where the token begins, in UTF-16 units. */
  readonly offsets: readonly number[];
  readonly logprobs: readonly number[];
  /** p(marker token) in place of the token; only when it was asked for. */
  readonly marker?: readonly number[];
}

/** A place at which calls are sampled: one for each seed. */
export interface SampleRequest {
  /** The token's offset in the text. */
  readonly at: number;
  readonly seeds: readonly number[];
}

/** What a place gave. */
export interface SampledCalls {
  /** The arguments of each seed's call, without the closing parenthesis; undefined where the call did not end. */
  readonly inputs: readonly (string | undefined)[];
  /** Tokens that the samples have in common and that were computed once. */
  readonly sharedTokens: number;
  /** Samples that were not followed to their end, since there were enough distinct calls. */
  readonly cut: number;
}

/** Text after which a part of the passage is weighed. */
export interface LossRequest {
  /** A marker, or "" for nothing. */
  readonly marker: string;
  /** Offset of the token before which a spliced marker goes. */
  readonly at: number;
  /** Offset of the first weighed token (the same, or the next where that is a blank), and where the last of them ends. */
  readonly from: number;
  readonly to: number;
}

export interface LossOptions {
  readonly placement: "before" | "splice";
  /** How many tokens from the position on are weighed. */
  readonly count: number;
  /** Most tokens of the text before the position that are read; undefined: all. */
  readonly context?: number;
  /** Requests with the same marker are answered from one pass. */
  readonly share: boolean;
  readonly signal?: AbortSignal;
}

/** Whether a model was trained to call a tool without being shown it. */
export function trainedFor(model: Pick<LanguageModel, "strategy" | "taught">, tool: string): boolean {
  return model.strategy === "direct" && isTaught(model, tool);
}

export interface TeachingModel {
  readonly identity: ModelIdentity;
  /** Most tokens of a beginning, a text and a call together. */
  readonly contextSize: number;
  /** Whether it was trained to write calls to this tool without being shown any. */
  trainedFor(tool: string): boolean;
  countTokens(text: string): number;
  /**
   * To be called before a text is worked on, with all that it will be read after. Ends the work on the one before; what is shared of the
   * beginnings stays from text to text as long as they are the same.
   */
  prepare(beginnings: readonly Beginning[]): Promise<void>;
  /** @param marker the token probabilities of a marker are wanted too */
  read(beginning: Beginning, text: string, options: { readonly marker: boolean; readonly signal?: AbortSignal }): Promise<Reading>;
  /**
   * Calls to a tool, each begun with ` [Name(` at a place of the text and sampled at temperature 1, held to the tool's grammar.
   * @param options.share samples of a place that begin alike are computed once
   * @param options.enough a place with so many distinct calls is done
   * @param options.longest tokens of a call that has not ended after which it is not followed further; default and most: `LONGEST_CALL`
   */
  sample(
    beginning: Beginning,
    text: string,
    requests: readonly SampleRequest[],
    options: {
      readonly tool: Pick<Tool, "name" | "input">;
      readonly share: boolean;
      readonly enough: number;
      readonly longest?: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<SampledCalls[]>;
  /** log p of the tokens from each place on, after the marker and what precedes them. Fewer at the text's end. */
  losses(beginning: Beginning, text: string, requests: readonly LossRequest[], options: LossOptions): Promise<number[][]>;
  /** What the model has computed so far, in tokens. */
  readonly tokens: number;
  /** Forgets the texts, so that the next one does not depend on them; shared beginnings stay. */
  release(): void;
}

/** No call is followed further, in tokens. */
export const LONGEST_CALL = 48;

/** A marker, or the beginning of one, as it stands at this place of the text: `markText` puts it there in the same way. */
export function placed(text: string, at: number, marker: string): string {
  return leads(text, at) ? marker : ` ${marker}`;
}
