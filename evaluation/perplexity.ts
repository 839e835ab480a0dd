// How likely a model finds plain text, with no call in sight: what an adapter has made it forget shows here.
import { messageOf, ToolwrightError } from "../errors.js";
import type { LanguageModel, ScoringModel } from "../models/index.js";
import { pooled } from "./evaluate.js";
import { linesOf, textOf } from "./lines.js";

export interface PerplexityOptions {
  /** One that scores (`can.score`). */
  readonly model: LanguageModel;
  readonly texts: AsyncIterable<string> | Iterable<string>;
  /** Most tokens that are read at once, those of the overlap among them. Default 1024, or what the context holds. */
  readonly window?: number;
  /** Tokens before a window's own that are read again and not counted. Default 256, or a quarter of the window. */
  readonly overlap?: number;
  readonly signal?: AbortSignal;
}

export interface Perplexity {
  readonly texts: number;
  /** Tokens that count: each once, but for a text's first where nothing comes before it, not even a BOS. */
  readonly tokens: number;
  /** −log p, on average over the tokens. */
  readonly natsPerToken: number;
  readonly perplexity: number;
}

/** Windows that are scored at once. */
const AT_ONCE = 16;

/**
 * Each text is read on its own, in windows that are cut at blanks.
 * @throws ToolwrightError `unsupported`, `invalid-option`, `no-texts`, `aborted`
 */
export async function perplexity(options: PerplexityOptions): Promise<Perplexity> {
  const { model, signal } = options;
  if (!isScoring(model)) {
    throw new ToolwrightError(
      "unsupported",
      `${model.name} cannot score texts (score: false).`,
      "Use a local model, or completions:NAME.",
      {
        exitCode: 2,
      },
    );
  }
  const window = options.window ?? Math.min(1024, (model.contextSize ?? 1025) - 1);
  const overlap = options.overlap ?? Math.min(256, window >> 2);
  if (!(Number.isInteger(window) && Number.isInteger(overlap) && overlap >= 0 && window >= overlap + 16)) {
    const remedy = "Give a window that has room for 16 tokens besides the overlap.";
    throw new ToolwrightError("invalid-option", `A window of ${window} tokens with an overlap of ${overlap} cannot be read.`, remedy, {
      exitCode: 2,
    });
  }
  let [texts, tokens, nats] = [0, 0, 0];
  async function* windows(): AsyncGenerator<Window> {
    for await (const text of options.texts) {
      texts++;
      yield* windowsOf(text, (piece) => model.countTokens(piece), window - overlap, overlap);
    }
  }
  for await (const { logprobs } of pooled(windows(), AT_ONCE, ({ before, text }) => model.score(before, text, { signal }))) {
    for (const logprob of logprobs) {
      if (Number.isNaN(logprob)) continue;
      tokens++;
      nats -= logprob;
    }
  }
  if (tokens === 0) {
    throw new ToolwrightError("no-texts", "There is no text to score.", "Name files of text, or JSONL with a text on each line.", {
      exitCode: 2,
    });
  }
  return { texts, tokens, natsPerToken: nats / tokens, perplexity: Math.exp(nats / tokens) };
}

interface Window {
  readonly before: string;
  readonly text: string;
}

/** Pieces of a text of at most so many tokens, each with what stands before it; joined they are the text. */
export function* windowsOf(text: string, countTokens: (text: string) => number, size: number, overlap: number): Generator<Window> {
  const words = Array.from(text.matchAll(/\s*\S+|\s+$/g), ([word]) => word).flatMap((word) => fitting(word, countTokens, size));
  const counts = words.map(countTokens);
  for (let from = 0; from < words.length; ) {
    let to = from;
    for (let room = size; to < words.length && (to === from || counts[to]! <= room); to++) room -= counts[to]!;
    let start = from;
    for (let room = overlap; start > 0 && counts[start - 1]! <= room; start--) room -= counts[start - 1]!;
    yield { before: words.slice(start, from).join(""), text: words.slice(from, to).join("") };
    from = to;
  }
}

/** A word in pieces that fit: text without blanks may be long. */
function fitting(word: string, countTokens: (text: string) => number, size: number): string[] {
  const characters = Array.from(word);
  if (characters.length < 2 || countTokens(word) <= size) return [word];
  const half = characters.length >> 1;
  return [characters.slice(0, half), characters.slice(half)].flatMap((part) => fitting(part.join(""), countTokens, size));
}

/**
 * The texts of files: of `.jsonl` (and `.jsonl.gz`) each line's `text`, or its `question` and `solution`; of any other file all of it.
 * @throws ToolwrightError `file-unreadable`, `bad-line`
 */
export async function* readTexts(files: readonly string[], signal?: AbortSignal): AsyncGenerator<string> {
  for (const file of files) {
    if (!/\.jsonl(\.gz)?$/i.test(file)) {
      yield await textOf(file, signal);
      continue;
    }
    for await (const { place, text } of linesOf(file, signal)) yield textIn(text, place);
  }
}

function textIn(line: string, place: string): string {
  const bad = (why: string) =>
    new ToolwrightError("bad-line", `${place}: ${why}`, 'Each line is an object with a "text", or with a "question" and a "solution".', {
      exitCode: 2,
    });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw bad(`not JSON: ${messageOf(error)}`);
  }
  const { text, question, solution } = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if (typeof text === "string") return text;
  if (typeof question === "string" && typeof solution === "string") return `${question}\n${solution}`;
  throw bad("it has no text.");
}

function isScoring(model: LanguageModel): model is ScoringModel {
  return model.can.score;
}
