import type { Tokenizer } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { type Dialect, noLists, readPrompt, scoreRequest, scoresOf } from "./completions-scores.js";
import { CompletionSequence } from "./completions-sequence.js";
import { CompletionsServer, Rejection } from "./completions-server.js";
import { PATIENCE_MS } from "./endpoint.js";
import type { Capabilities, ModelIdentity, Prompt, ScoreOptions, Scores, ScoringModel, Sequence } from "./model.js";
import { aborted, checkPrompt } from "./refusals.js";
import { type ChatTemplate, chatTemplate } from "./template.js";

export interface CompletionsModelOptions {
  /** As the server calls it. */
  readonly model: string;
  /** Of a server that speaks OpenAI's completions API, such as `http://127.0.0.1:8000/v1`. Default: `OPENAI_BASE_URL`. */
  readonly baseUrl?: string;
  /** Default: `OPENAI_API_KEY`. Servers of one's own often need none. */
  readonly apiKey?: string;
  /** Most tokens of prompt and output together, where it is known. */
  readonly contextSize?: number;
  /** How the server tells a prompt's log-probabilities. Default: found out when the first text is scored. */
  readonly dialect?: Dialect;
  /** How many of the likeliest tokens are asked for beside each, where alternatives are wanted. Default 20, vLLM's usual limit. */
  readonly likeliest?: number;
  /** The model's chat template (Jinja), for `open`. Default: plain "Question:" and "Answer:" lines, as for a base model. */
  readonly template?: string;
  /** The longest silence of the server, in milliseconds. Default 120,000. */
  readonly timeout?: number;
}

/**
 * A model behind a server of OpenAI's completions API (`POST /v1/completions`): it goes on with plain text, and it scores where the
 * server returns the log-probabilities of a prompt, as vLLM does and servers that answer `echo` with `logprobs`.
 *
 * The server tokenises prefix and text together. A token across the border between them is the text's first, at offset 0, with the
 * log-probability of the whole token: let the text begin where a word does, with its space. Of alternatives only those among the
 * `likeliest` are known. A server takes control strings such as `<|im_end|>` for special tokens wherever they stand, in messages and
 * results too, unlike a local model.
 *
 * Without `maxTokens` the server decides how much it writes. `generate` and `score` throw ToolwrightError `endpoint-auth`,
 * `endpoint-rate-limit`, `endpoint-failed`, `endpoint-garbage`, `endpoint-cut`, `endpoint-unreachable`, `context-full`, `aborted`;
 * `score` also `unsupported` when the server gives no log-probabilities of a prompt.
 * @throws ToolwrightError `wrong-setting` when there is no base URL or an impossible one, `template-failed`
 */
export function completionsModel(options: CompletionsModelOptions): ScoringModel {
  const url = parseUrl(options.baseUrl ?? process.env.OPENAI_BASE_URL ?? "");
  return new CompletionsModel(url, options);
}

class CompletionsModel implements ScoringModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  readonly can: Capabilities = {
    continues: true,
    score: true,
    fork: true,
    grammar: false,
    ranks: false,
    adapters: false,
    nativeTools: false,
  };
  readonly contextSize?: number;
  readonly #server: CompletionsServer;
  readonly #template: ChatTemplate;
  readonly #likeliest: number;
  #dialect: Dialect | undefined;
  /** Settles when whoever tries to find the dialect has done so, or failed. */
  #finding: Promise<void> | undefined;

  constructor(url: URL, options: CompletionsModelOptions) {
    const { model, apiKey, contextSize, dialect, likeliest = 20, template, timeout = PATIENCE_MS } = options;
    const address = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
    const secret = apiKey ?? (process.env.OPENAI_API_KEY || undefined);
    this.name = model;
    this.identity = { name: model, runtime: address };
    this.contextSize = contextSize;
    this.#server = new CompletionsServer(url, { address, model, secret }, timeout);
    this.#template = chatTemplate(template, CHARACTERS, () => undefined);
    this.#likeliest = likeliest;
    this.#dialect = dialect;
  }

  countTokens(text: string): number {
    return Math.ceil(text.length / 4);
  }

  async open(
    prompt: Prompt,
    { signal, written = "" }: { readonly signal?: AbortSignal; readonly written?: string } = {},
  ): Promise<Sequence> {
    if (signal?.aborted) throw aborted(this.name, signal.reason);
    checkPrompt(this, prompt, written);
    return this.#sequence(spell(this.#template.render(prompt.messages, true)), written);
  }

  async openText(text: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Sequence> {
    if (signal?.aborted) throw aborted(this.name, signal.reason);
    return this.#sequence(text, "");
  }

  #sequence(beginning: string, written: string): Sequence {
    return new CompletionSequence({ model: this, server: this.#server, beginning }, written);
  }

  async score(prefix: string, text: string, options: ScoreOptions = {}): Promise<Scores> {
    const { signal, alternatives } = options;
    if (signal?.aborted) throw aborted(this.name, signal.reason);
    if (text === "") return { tokens: [], offsets: [], logprobs: [], ...(alternatives && { alternatives: [] }) };
    while (this.#dialect === undefined) {
      if (this.#finding === undefined) return this.#find(prefix, text, options);
      await unlessAborted(this.#finding, signal, this.name);
    }
    const scores = await this.#ask(this.#dialect, prefix, text, options);
    if (scores === undefined) throw this.#server.garbage();
    return scores;
  }

  /** Scores in whichever dialect the server answers. Whoever else wants scores meanwhile waits, rather than ask for the same. */
  async #find(prefix: string, text: string, options: ScoreOptions): Promise<Scores> {
    let found = () => {};
    this.#finding = new Promise((resolve) => (found = resolve));
    let refused: ToolwrightError | undefined;
    try {
      for (const dialect of ["vllm", "echo"] as const) {
        try {
          const scores = await this.#ask(dialect, prefix, text, options);
          if (scores === undefined) continue;
          this.#dialect = dialect;
          return scores;
        } catch (error) {
          // A strict server refuses what it does not know.
          if (!(error instanceof ToolwrightError) || !(error.cause instanceof Rejection)) throw error;
          if (error.code !== "endpoint-failed" || ![400, 422].includes(error.cause.status ?? 0)) throw error;
          refused = error;
        }
      }
      throw this.#unable("gives no log-probabilities of a prompt", refused);
    } finally {
      this.#finding = undefined;
      found();
    }
  }

  /** Undefined when the answer does not have what was asked for. */
  async #ask(dialect: Dialect, prefix: string, text: string, { signal, alternatives }: ScoreOptions): Promise<Scores | undefined> {
    const likeliest = alternatives === undefined ? 1 : this.#likeliest; // Servers take 0 to mean one thing or another.
    const answer = await this.#server.post({ prompt: prefix + text, ...scoreRequest(dialect, likeliest) }, signal);
    let tokens: ReturnType<typeof readPrompt>;
    try {
      tokens = readPrompt(dialect, answer);
    } catch (error) {
      throw this.#server.garbage(error);
    }
    const scores = tokens && scoresOf(tokens, prefix, text, { generated: dialect === "echo" ? 1 : 0, alternatives });
    if (scores === noLists) throw this.#unable("does not list the likeliest tokens of a prompt");
    return scores;
  }

  #unable(what: string, cause?: ToolwrightError): ToolwrightError {
    const why = cause === undefined ? "." : `: ${cause.message}`;
    return new ToolwrightError(
      "unsupported",
      `${this.#server.endpoint.address} ${what} for ${this.name}${why}`,
      "Use a server that does: vLLM (`prompt_logprobs`), or one that answers `echo` with `logprobs`, such as llama-cpp-python with logits_all; or a local model.",
      { cause, exitCode: 2 },
    );
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The server tokenises; for the template a token is a character. */
const CHARACTERS = {
  encode: (text: string) => Array.from(text, (character) => character.codePointAt(0)!),
} as Tokenizer;

function spell(characters: readonly number[]): string {
  return characters.map((character) => String.fromCodePoint(character)).join("");
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined, name: string): Promise<void> {
  if (signal === undefined) return work;
  let stop = () => {};
  const abort = new Promise<never>((_, reject) => {
    stop = () => reject(aborted(name, signal.reason));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([work, abort]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function parseUrl(text: string): URL {
  const url = /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.username === "" && url.password === "") return url;
  const given = text === "" ? "No base URL is given." : `The base URL ${text} is no address.`;
  const what = url === undefined ? given : `The base URL for ${url.host} holds a name or a password.`;
  const remedy = "Give one like http://127.0.0.1:8000/v1 (OPENAI_BASE_URL); what is secret goes into the API key.";
  throw new ToolwrightError("wrong-setting", what, remedy, { exitCode: 2 });
}
