import { lookup } from "node:dns";
import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { BlockList, isIP } from "node:net";
import type { AxiosResponse } from "axios";
import { messageOf, ToolwrightError } from "../../errors.js";
import { declaredInHtml, decode } from "./decoding.js";

// The one way of the search tool to the network. An address may come from a model or a document, so that by default nothing
// but public web servers can be reached: each address, its DNS answers and each redirect are checked before a connection.

interface FetchOptions {
  /** Media types that are taken, such as `text/html`. */
  readonly accept: readonly string[];
  /** An origin that the user has named (`http://127.0.0.1:8080`): it, and only it, may be anywhere. */
  readonly trusted?: string;
  readonly signal?: AbortSignal;
  /** For the whole fetch with its redirects, in milliseconds. Default 8,000. */
  readonly timeout?: number;
  /** Of the body, unpacked, in bytes. Default 2 MiB. */
  readonly maxBytes?: number;
}

interface Fetched {
  /** Where the redirects led. */
  readonly url: string;
  readonly type: string;
  readonly text: string;
}

const MOST_REDIRECTS = 5;
const USER_AGENT = "toolwright (https://www.npmjs.com/package/toolwright)";

/**
 * Gets a text from the web.
 * @throws ToolwrightError `address-refused`, `fetch-failed`, `fetch-too-large`, `fetch-timeout`, `fetch-type`, `http-status`;
 *   the signal's reason when it is aborted
 */
export async function fetchText(address: string, options: FetchOptions): Promise<Fetched> {
  const { accept, trusted, timeout = 8000, maxBytes = 2 * 1024 * 1024 } = options;
  const timer = AbortSignal.timeout(timeout);
  const signal = options.signal === undefined ? timer : AbortSignal.any([options.signal, timer]);
  let url = checkAddress(address, trusted);
  try {
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const response = await get(url, { accept, trusted, maxBytes, signal });
      const location: unknown = response.headers["location"];
      if (response.status >= 300 && response.status < 400 && typeof location === "string") {
        url = checkAddress(location, trusted, url);
        continue;
      }
      if (response.status < 200 || response.status > 299) {
        throw new ToolwrightError("http-status", `${url.host} answered ${response.status}.`, "Check the address, or try again later.");
      }
      return textOf(response, url, accept);
    }
  } catch (failure) {
    throw fetchError(failure, url, { timer, timeout, maxBytes, signal: options.signal });
  }
  throw new ToolwrightError(
    "fetch-failed",
    `${address} is redirected more than ${MOST_REDIRECTS} times.`,
    "Give the address where it leads.",
  );
}

/** The address to connect to, once what can be seen in it is checked. `URL` reads odd forms (`0x7f.1`, `2130706433`) as `127.0.0.1`. */
function checkAddress(address: string, trusted: string | undefined, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    throw refused(address, "it is not a web address");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refused(address, `${url.protocol} is not http or https`);
  if (url.username !== "" || url.password !== "") throw refused(address, "it carries a user name");
  if (url.origin === trusted) return url;
  // Other services than the web's listen on other ports.
  if (url.port !== "") throw refused(address, `port ${url.port} is not the web's`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // RFC 6761: `localhost` is this machine whatever a resolver says.
  if (isClosed(host) || /(?:^|\.)localhost\.?$/.test(host)) throw refused(address, "it is not a public address");
  return url;
}

function refused(address: string, why: string): ToolwrightError {
  return new ToolwrightError(
    "address-refused",
    `${clipAddress(address)} is not fetched: ${why}.`,
    "Only public http and https addresses can be opened.",
  );
}

function clipAddress(address: string): string {
  return address.length > 100 ? `${address.slice(0, 99)}…` : address;
}

/** Public by their number, but not by their use; what request-filtering-agent refuses need not be here. */
const CLOSED = new BlockList();
// Azure's host agent and metadata service.
CLOSED.addAddress("168.63.129.16");
// IPv4-compatible IPv6 (RFC 4291 2.5.5.1, deprecated): an IPv4 address in disguise.
CLOSED.addSubnet("::", 96, "ipv6");

function isClosed(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && CLOSED.check(address, family === 6 ? "ipv6" : "ipv4");
}

async function get(
  url: URL,
  { accept, trusted, maxBytes, signal }: { accept: readonly string[]; trusted: string | undefined; maxBytes: number; signal: AbortSignal },
): Promise<AxiosResponse<Buffer>> {
  const [{ default: axios }, { RequestFilteringHttpAgent, RequestFilteringHttpsAgent }] = await Promise.all([
    import("axios"),
    import("request-filtering-agent"),
  ]);
  // An agent for each request: no connection that was checked for one address is used for another.
  const open = url.origin === trusted;
  const agents = open
    ? { httpAgent: new Agent(), httpsAgent: new SecureAgent() }
    : { httpAgent: new RequestFilteringHttpAgent(), httpsAgent: new RequestFilteringHttpsAgent(), lookup: lookupPublic };
  return axios.get<Buffer>(url.href, {
    ...agents,
    adapter: "http",
    // A proxy would resolve names itself, behind the checks.
    proxy: false,
    maxRedirects: 0,
    maxContentLength: maxBytes,
    responseType: "arraybuffer",
    validateStatus: null,
    headers: { Accept: accept.join(", "), "User-Agent": USER_AGENT },
    signal,
  });
}

/** DNS, with the answers checked that request-filtering-agent lets pass; it wraps this and checks the rest. */
const lookupPublic = ((hostname: string, options: object, done: (error: Error | null, address?: unknown, family?: unknown) => void) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error);
    const closed = addresses.find(({ address }) => isClosed(address));
    if (closed !== undefined) return done(refused(hostname, `it leads to ${closed.address}, which is not a public address`));
    return done(null, addresses);
  });
}) as never;

function textOf(response: AxiosResponse<Buffer>, url: URL, accept: readonly string[]): Fetched {
  const header = String(response.headers["content-type"] ?? "");
  const type = header.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!accept.includes(type)) {
    throw new ToolwrightError(
      "fetch-type",
      `${url.host} sent ${type === "" ? "no media type" : type}.`,
      `Only ${accept.join(", ")} can be read.`,
    );
  }
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(header)?.[1] ?? (type.includes("html") ? declaredInHtml(response.data) : undefined);
  const text = decode(response.data, charset);
  if (text === undefined)
    throw new ToolwrightError("fetch-type", `${url.host} sent something that is not text.`, "Only texts can be read.");
  return { url: url.href, type, text };
}

function fetchError(
  failure: unknown,
  url: URL,
  { timer, timeout, maxBytes, signal }: { timer: AbortSignal; timeout: number; maxBytes: number; signal: AbortSignal | undefined },
): unknown {
  if (failure instanceof ToolwrightError) return failure;
  if (signal?.aborted === true) return signal.reason;
  if (timer.aborted)
    return new ToolwrightError("fetch-timeout", `${url.host} did not answer within ${timeout / 1000} s.`, "Try again later.");
  const message = messageOf(failure);
  const cause = (failure as { cause?: unknown }).cause;
  if (cause instanceof ToolwrightError) return cause;
  if (/maxContentLength/.test(message)) {
    return new ToolwrightError("fetch-too-large", `${url.host} sent more than ${maxBytes} bytes.`, "Open a smaller page.", {
      cause: failure,
    });
  }
  // The wording of request-filtering-agent, which throws plain errors.
  if (/is not allowed\. Because/.test(message)) return refused(url.href, "it does not lead to a public address");
  const why = (failure as { code?: unknown }).code ?? message;
  return new ToolwrightError("fetch-failed", `${url.host} could not be reached (${String(why)}).`, "Check the network and the address.", {
    cause: failure,
  });
}
