import { z } from "zod";
import { alignTokens, unitsOfBytes } from "./completions-alignment.js";
import type { Scores } from "./model.js";

/**
 * How a server tells a prompt's log-probabilities: `"vllm"` by its field `prompt_logprobs`, `"echo"` as OpenAI's older API did, by
 * `echo` with `logprobs`.
 */
export type Dialect = "vllm" | "echo";

/** A token of a prompt as a server tells it. */
interface PromptToken {
  readonly id?: number;
  /** Undefined for a first token that is not told. */
  readonly shown?: string;
  /** Undefined for a first token, which has no condition. */
  readonly logprob?: number;
  /** By how they are shown. Undefined where none are listed. */
  readonly likeliest?: ReadonlyMap<string, number>;
}

/** What a request asks for in a dialect: the prompt's log-probabilities, with so many of the likeliest tokens beside each. */
export function scoreRequest(dialect: Dialect, likeliest: number): Record<string, unknown> {
  // Some servers take a limit of 0 tokens for none. The one that is written is left out when the answer is read.
  if (dialect === "vllm") return { max_tokens: 1, temperature: 0, prompt_logprobs: likeliest, return_token_ids: true };
  return { max_tokens: 1, temperature: 0, echo: true, logprobs: likeliest };
}

/** The prompt's tokens, by dialect; undefined when the answer has none. @throws SyntaxError when it is no JSON */
export function readPrompt(dialect: Dialect, answer: string): readonly PromptToken[] | undefined {
  return dialect === "vllm" ? readVllm(answer) : readEcho(answer);
}

const vllmAnswer = z.object({
  choices: z
    .array(
      z.object({
        prompt_logprobs: z.array(z.record(z.string(), z.object({ logprob: z.number(), decoded_token: z.string() })).nullable()).min(1),
        prompt_token_ids: z.array(z.number()).nullish(),
      }),
    )
    .min(1),
});

function readVllm(answer: string): PromptToken[] | undefined {
  // JavaScript sorts keys that are numbers, and the order tells which token is the prompt's own: it comes first. No number and colon
  // inside a string can look like this, since its quotes are escaped.
  const { data } = vllmAnswer.safeParse(JSON.parse(answer.replace(/(?<!\\)"(\d+)"(?=\s*:)/g, '"#$1"')));
  if (data === undefined) return undefined;
  const { prompt_logprobs: rows, prompt_token_ids: ids } = data.choices[0]!;
  const tokens: PromptToken[] = [];
  for (const [index, row] of rows.entries()) {
    const key = ids?.[index] === undefined ? Object.keys(row ?? {})[0] : `#${ids[index]}`;
    const own = key === undefined ? undefined : row?.[key];
    if (own === undefined && index > 0) return undefined;
    const likeliest = row === null ? undefined : largest(Object.values(row).map((entry) => [entry.decoded_token, entry.logprob]));
    tokens.push({ ...(key && { id: Number(key.slice(1)) }), shown: own?.decoded_token, logprob: own?.logprob, likeliest });
  }
  return tokens;
}

/** Two tokens may be shown alike. */
function largest(entries: readonly (readonly [shown: string, logprob: number])[]): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const [shown, logprob] of entries) map.set(shown, Math.max(logprob, map.get(shown) ?? Number.NEGATIVE_INFINITY));
  return map;
}

const echoAnswer = z.object({
  choices: z
    .array(
      z.object({
        logprobs: z.object({
          tokens: z.array(z.string()),
          token_logprobs: z.array(z.number().nullable()),
          top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number() }).nullish().catch(undefined),
});

function readEcho(answer: string): PromptToken[] | undefined {
  const { data } = echoAnswer.safeParse(JSON.parse(answer));
  if (data === undefined) return undefined;
  const { tokens, token_logprobs: logprobs, top_logprobs: tops } = data.choices[0]!.logprobs;
  if (tokens.some((_, index) => index > 0 && typeof logprobs[index] !== "number")) return undefined;
  // Not all servers count as they list; what their tokens make up says the rest.
  const written = data.usage?.prompt_tokens === tokens.length - 1 ? 1 : 0;
  return tokens.slice(0, tokens.length - written).map((shown, index) => {
    const top = tops?.[index];
    return { shown, logprob: logprobs[index] ?? undefined, ...(top && { likeliest: new Map(Object.entries(top)) }) };
  });
}

/** No lists of the likeliest tokens came with an answer, though they are needed. */
export const noLists = Symbol("no lists of the likeliest tokens");

/**
 * The scores of a text after a prefix, from the tokens of both together. Undefined when the tokens do not make them up.
 * @param generated at most so many tokens at the end were written by the model
 */
export function scoresOf(
  tokens: readonly PromptToken[],
  prefix: string,
  text: string,
  { generated, alternatives }: { readonly generated: number; readonly alternatives?: readonly string[] },
): Scores | typeof noLists | undefined {
  const bytes = Buffer.from(prefix + text);
  const spans = alignTokens(
    tokens.map(({ shown }) => shown),
    bytes,
    generated,
  );
  if (spans === undefined) return undefined;
  const units = unitsOfBytes(prefix + text);
  const border = Buffer.byteLength(prefix);
  const placed = spans.map((span, index) => ({ ...tokens[index]!, ...span }));
  // A first token without room is the BOS; one at the very end was written by the model.
  if (placed[0]?.end === 0) placed.shift();
  const own = placed.filter(({ begin, end }) => (end > border || (begin === end && begin >= border)) && begin < bytes.length);
  if (alternatives !== undefined && own.some(({ logprob, likeliest }) => logprob !== undefined && !likeliest)) return noLists;
  const spaceless = placed.some(({ shown, begin }) => shown && bytes[begin] === 0x20 && /^[^\s\ufffd]/.test(shown));
  const ids = own.flatMap(({ id }) => id ?? []);
  return {
    tokens: ids.length === own.length ? ids : [],
    offsets: own.map(({ begin }) => Math.max(0, units[begin]! - prefix.length)),
    logprobs: own.map(({ logprob = Number.NaN }) => logprob),
    ...(alternatives && { alternatives: own.map((token) => alternatives.map((alternative) => logprobOf(alternative, token, spaceless))) }),
  };
}

/** @param spaceless the server shows tokens without their leading space: what is listed may stand for either */
function logprobOf(alternative: string, { shown, logprob, likeliest }: PromptToken, spaceless: boolean): number {
  if (logprob === undefined) return Number.NaN;
  if (shown === alternative) return logprob;
  const listed = likeliest?.get(alternative) ?? (spaceless ? likeliest?.get(alternative.replace(/^ /, "")) : undefined);
  return listed ?? Number.NEGATIVE_INFINITY;
}
