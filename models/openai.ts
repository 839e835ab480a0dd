import { ToolwrightError } from "../errors.js";
import { EndpointModel, PATIENCE_MS, type Protocol, type Sampling, TRIES } from "./endpoint.js";
import type { LanguageModel } from "./model.js";

export interface OpenAIModelOptions {
  readonly model: string;
  /** Default: `OPENAI_API_KEY`. Servers of one's own often need none. */
  readonly apiKey?: string;
  /** Of an endpoint that speaks OpenAI's chat completions. Default: `OPENAI_BASE_URL`, else OpenAI's own. */
  readonly baseUrl?: string;
  /** How calls come. Default `"marker"`. */
  readonly protocol?: Protocol;
  /** The longest silence of the endpoint, in milliseconds. Default 120,000. */
  readonly timeout?: number;
}

const OPENAI_URL = "https://api.openai.com/v1";

/**
 * A model behind an OpenAI-compatible endpoint. Its `generate` throws ToolwrightError `endpoint-auth`, `endpoint-rate-limit`,
 * `endpoint-failed`, `endpoint-garbage`, `endpoint-cut`, `endpoint-unreachable`, `context-full`, `unsupported`, `aborted`.
 * @throws ToolwrightError `endpoint-auth` when there is no key for OpenAI's own endpoint, `wrong-setting` for an impossible base URL
 */
export function openaiModel({ model, apiKey, baseUrl, protocol = "marker", timeout = PATIENCE_MS }: OpenAIModelOptions): LanguageModel {
  const url = parseUrl(baseUrl ?? (process.env.OPENAI_BASE_URL || OPENAI_URL));
  const secret = apiKey ?? (process.env.OPENAI_API_KEY || undefined);
  const address = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
  if (secret === undefined && address === OPENAI_URL) {
    throw new ToolwrightError(
      "endpoint-auth",
      `There is no API key for ${address}.`,
      "Set OPENAI_API_KEY, or OPENAI_BASE_URL for another endpoint.",
    );
  }
  const make = async ({ temperature, topP, maxTokens }: Sampling) => {
    const { ChatOpenAI } = await import("@langchain/openai");
    return new ChatOpenAI({
      model,
      apiKey: secret ?? "none",
      // OpenAI's reasoning models refuse to be given one; the names are LangChain's own test for them.
      temperature: /^(o\d|gpt-5(?!-chat))/.test(model) ? undefined : temperature,
      topP,
      maxTokens,
      timeout,
      maxRetries: 0,
      // The client would print what it cannot parse to the terminal.
      configuration: { baseURL: url.href, logLevel: "off" },
    });
  };
  return new EndpointModel({
    endpoint: { address, model, secret },
    runtime: address,
    protocol,
    make,
    tries: TRIES,
    patienceMs: timeout,
    saysWhy: true,
  });
}

function parseUrl(text: string): URL {
  const url = /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.username === "" && url.password === "") return url;
  const what = url === undefined ? `The base URL ${text} is no address.` : `The base URL for ${url.host} holds a name or a password.`;
  throw new ToolwrightError("wrong-setting", what, `Give one like ${OPENAI_URL}; what is secret goes into the API key.`, { exitCode: 2 });
}
