import { messageOf, ToolwrightError } from "../errors.js";

/** What an error says of an endpoint. */
export interface Endpoint {
  /** Its base URL without credentials, or the model's name where the URL is not known. */
  readonly address: string;
  readonly model: string;
  /** Never to be in a message. */
  readonly secret?: string;
}

type FailureCode =
  | "endpoint-auth"
  | "endpoint-rate-limit"
  | "endpoint-failed"
  | "endpoint-garbage"
  | "endpoint-cut"
  | "endpoint-unreachable"
  | "context-full";

/** How an endpoint failed, and whether asking again may help. */
export interface Failure {
  readonly code: FailureCode;
  /** Follows the address. */
  readonly what: string;
  readonly again: boolean;
  /** How long the endpoint asks to wait, in milliseconds. */
  readonly waitMs?: number;
  readonly status?: number;
}

/** The endpoint sent nothing for the whole of the time-out. */
export class Silence extends Error {
  constructor(readonly seconds: number) {
    super(`nothing came for ${seconds} s`);
  }
}

/** The stream ended well as HTTP, and yet it was not a whole answer. */
export class Incomplete extends Error {
  constructor(readonly code: "endpoint-garbage" | "endpoint-cut" | "endpoint-failed") {
    super(code);
  }
}

/**
 * @param begun the endpoint had sent a part of its answer
 */
export function classify(thrown: unknown, begun: boolean): Failure {
  if (thrown instanceof Silence) {
    return { code: begun ? "endpoint-cut" : "endpoint-unreachable", what: `sent nothing for ${thrown.seconds} s`, again: false };
  }
  if (thrown instanceof Incomplete) return incomplete(thrown.code);
  if (nameOf(thrown) === "ContextOverflowError")
    return { code: "context-full", what: "says that the conversation is too long for the model", again: false };
  const status = statusOf(thrown);
  if (status !== undefined) return statusFailure(status, thrown);
  if (thrown instanceof SyntaxError) return incomplete("endpoint-garbage");
  return networkFailure(thrown, begun);
}

function incomplete(code: Incomplete["code"]): Failure {
  if (code === "endpoint-cut") return { code, what: "ended its answer in the middle", again: true };
  if (code === "endpoint-failed") return { code, what: "kept the rest of its answer back (content filter)", again: false };
  return { code, what: "answered with something that is no stream of chat completions", again: false };
}

function statusFailure(status: number, thrown: unknown): Failure {
  const waitMs = retryAfter(thrown);
  if (status === 401 || status === 403)
    return { code: "endpoint-auth", what: `refuses the API key (status ${status})`, again: false, status };
  if (status === 429) {
    // What OpenAI sends for an account without credit: waiting does not help.
    const spent = codeOf(thrown) === "insufficient_quota";
    const what = spent ? "says that the account's quota is used up (status 429)" : "is asked too often (status 429)";
    return { code: "endpoint-rate-limit", what, again: !spent, waitMs, status };
  }
  const again = status >= 500 || status === 408 || status === 409;
  return { code: "endpoint-failed", what: `answered with status ${status}: ${firstLine(thrown)}`, again, waitMs, status };
}

const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|CERT_.*|.*SELF_SIGNED.*|ERR_TLS.*|ERR_SSL.*|UNABLE_TO.*)$/;
const CUT = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE)$/;

function networkFailure(thrown: unknown, begun: boolean): Failure {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const code = codeOf(error);
    if (code !== undefined && UNREACHABLE.test(code))
      return { code: "endpoint-unreachable", what: `cannot be reached (${code})`, again: false };
    if ((code !== undefined && CUT.test(code)) || error.message === "terminated") {
      return {
        code: "endpoint-cut",
        what: begun ? "ended its answer in the middle" : "closed the connection before it answered",
        again: true,
      };
    }
  }
  if (nameOf(thrown) === "TimeoutError") return { code: "endpoint-unreachable", what: "did not answer in time", again: false };
  return { code: "endpoint-failed", what: `failed: ${firstLine(thrown)}`, again: false };
}

/** The error as the user sees it: what happened where, and what to do. */
export function endpointError(failure: Failure, endpoint: Endpoint, cause: unknown): ToolwrightError {
  const message = `${endpoint.address} ${failure.what}.`;
  const clean = endpoint.secret ? message.replaceAll(endpoint.secret, "…") : message;
  return new ToolwrightError(failure.code, clean, remedy(failure, endpoint), { cause });
}

function remedy({ code, status, waitMs }: Failure, { address, model }: Endpoint): string {
  switch (code) {
    case "endpoint-auth":
      return "Set the API key that this endpoint knows: OPENAI_API_KEY for an OpenAI-compatible one.";
    case "endpoint-rate-limit":
      return waitMs === undefined
        ? "Wait a while, ask for less at a time, or look at the account's limits."
        : `Ask again in ${Math.ceil(waitMs / 1000)} s, or ask for less at a time.`;
    case "endpoint-failed":
      return status === 404 ? `Check the base URL ${address} and that it has a model ${model}.` : "Check the request, or try again later.";
    case "endpoint-garbage":
      return "Check the base URL: it usually ends in /v1 and must speak the chat completions API with streaming.";
    case "endpoint-cut":
      return "Ask again; what has arrived so far is not a whole answer.";
    case "endpoint-unreachable":
      return "Check the base URL (OPENAI_BASE_URL), the network, and that the server runs.";
    case "context-full":
      return "Shorten the question or start a new conversation.";
  }
}

function nameOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.name : undefined;
}

/** LangChain's integrations keep the HTTP status in one of these places. */
function statusOf(thrown: unknown): number | undefined {
  const { status, statusCode, response } = fields(thrown);
  const found = [status, statusCode, fields(response).status].find((value) => typeof value === "number");
  return found as number | undefined;
}

function codeOf(thrown: unknown): string | undefined {
  const { code } = fields(thrown);
  return typeof code === "string" ? code : undefined;
}

function retryAfter(thrown: unknown): number | undefined {
  const { headers, response } = fields(thrown);
  const value = headerOf(headers ?? fields(response).headers, "retry-after");
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function headerOf(headers: unknown, name: string): string | undefined {
  const value = headers instanceof Headers ? headers.get(name) : fields(headers)[name];
  return typeof value === "string" ? value : undefined;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** LangChain adds lines with links of its own. */
function firstLine(thrown: unknown): string {
  return messageOf(thrown).split("\n")[0]!.replace(/\.$/, "").slice(0, 300);
}
