// Runs the calls that were sampled: as the agent's loop would, but many at once and, with a cache, each only once ever.
import { StringDecoder } from "node:string_decoder";
import { type Call, MarkerParser, nodesOf, readArguments, runTool } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { Source, Tool } from "../tools/index.js";
import { type CachedResult, type CallCache, callKey, openCallCache } from "./call-cache.js";
import { turns } from "./turns.js";

/** What a call came to. Exactly one of `output` and `error`. */
export interface Executed {
  /** At most 2,000 bytes of the result, as much as an agent puts into its text; not yet in a marker's form. Never blank. */
  readonly output?: string;
  /** One sentence or a few words: the arguments do not fit, the tool failed, took too long, gave nothing or no text. */
  readonly error?: string;
  readonly sources?: readonly Source[];
  /** The tool's own time; 0 where it did not run. */
  readonly ms: number;
  /** Came from the cache, or from the same input earlier in the list. */
  readonly cached: boolean;
}

export interface ExecuteOptions {
  /** The clock that the tool sees: the passage's date. Default: the present moment, with which a cache on disk is of no use. */
  readonly now?: Date;
  /** IANA name. */
  readonly timeZone: string;
  /** Stops everything: the promise rejects with its reason, whether or not the tool heeds it. */
  readonly signal?: AbortSignal;
  /** Default: none beyond the list. A tool that is not `cacheable` never uses it. */
  readonly cache?: CallCache;
  /** Calls that run at the same time. Default 8. */
  readonly atOnce?: number;
  /** Digest of what the tool's results depend on besides its version, such as the files of a folder that it searches; part of cache keys. */
  readonly toolSalt?: string;
}

/** As in the agent: UTF-8 bytes of one result that go into a text at most. */
const LONGEST_RESULT = 2000;

type Node = ReturnType<typeof nodesOf>[number];

/** An execution with what an enclosing call gets. */
interface Ran extends CachedResult {
  readonly ms: number;
  readonly cached: boolean;
}

/**
 * Runs calls of one tool by their inputs, the text between the parentheses; gives what each came to, in the same order.
 *
 * A call means what it means in the agent's loop: arguments are read in the same way, and calls of the same tool inside the arguments
 * are run first (a call of another tool there is text). Each distinct input runs once, several at the same time, each under the tool's
 * time-out. A tool's failure is an outcome, never thrown. A tool that is not `cacheable` runs for every input of the list.
 * @throws ToolwrightError `tool-side-effects` (such a tool is not run unattended), `bad-option`; the signal's reason
 */
export async function executeCalls(tool: Tool, inputs: readonly string[], options: ExecuteOptions): Promise<Executed[]> {
  check(tool, options);
  const { now = new Date(), timeZone, cache = openCallCache(undefined), toolSalt: salt, atOnce = 8 } = options;
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const inTurn = turns(atOnce);
  const started = new Map<string, Promise<Ran>>();

  const run = async (node: Node): Promise<CachedResult & { readonly ms: number }> => {
    await Promise.all(
      node.parts.map(async (part) => {
        part.outcome = await once(part);
      }),
    );
    const read = readArguments(node, tool);
    if ("error" in read) return { error: clipped(read.error), ms: 0 };
    // A clock of its own for each call: a tool might set it.
    return inTurn(() => attempt(tool, read.args, { now: new Date(now), timeZone }, signal));
  };
  const call = async (node: Node, input: string): Promise<Ran> => {
    if (!tool.cacheable) return { ...(await run(node)), cached: false };
    const key = callKey({ tool, salt, input, now, timeZone });
    const known = await cache.get(tool.name, key);
    if (known !== undefined) return { ...known, ms: 0, cached: true };
    const { ms, ...result } = await run(node);
    await cache.put(tool.name, key, result);
    return { ...result, ms, cached: false };
  };
  const once = async (node: Node): Promise<Ran> => {
    const input = node.call.input.trim();
    const before = tool.cacheable ? started.get(input) : undefined;
    if (before !== undefined) return { ...(await before), ms: 0, cached: true };
    const running = call(node, input);
    started.set(input, running);
    return running;
  };

  return Promise.all(
    inputs.map(async (input): Promise<Executed> => {
      const whole = readWhole(tool, input);
      if (whole === undefined) return { error: "these are not the arguments of one whole call", ms: 0, cached: false };
      const { value: _, ...executed } = await once(nodesOf(whole, [0, 0]).at(-1)!);
      return executed;
    }),
  );
}

function check(tool: Tool, { now, atOnce }: ExecuteOptions): void {
  if (tool.sideEffects) {
    throw new ToolwrightError(
      "tool-side-effects",
      `${tool.name} has side effects, and teaching runs a tool many times without asking.`,
      "Teach with a tool that only reads; for this one, make a copy that changes nothing.",
      { exitCode: 2 },
    );
  }
  if (now !== undefined && Number.isNaN(now.getTime())) {
    throw new ToolwrightError("bad-option", "now is no date.", "Give a Date that is one, or leave it out.", { exitCode: 2 });
  }
  if (atOnce !== undefined && !(atOnce >= 1)) {
    throw new ToolwrightError("bad-option", `atOnce is ${atOnce}.`, "Give how many calls may run at the same time, at least 1.", {
      exitCode: 2,
    });
  }
}

/** The call with this input, as the agent reads it when a model writes it; undefined where it would read something else. */
function readWhole(tool: Tool, input: string): Call | undefined {
  const written = `[${tool.name}(${input})`;
  const [event] = new MarkerParser({ tools: [tool.name], mode: "generate" }).feed(written);
  return event?.type === "call" && event.start === 0 && event.end === written.length ? event.call : undefined;
}

/** Runs the tool, whatever it does and gives. @throws the signal's reason */
async function attempt(
  tool: Tool,
  args: Record<string, unknown>,
  context: { readonly now: Date; readonly timeZone: string },
  signal: AbortSignal,
): Promise<CachedResult & { readonly ms: number }> {
  const began = performance.now();
  try {
    const { ms, ...outcome } = await runTool(tool, args, context, signal);
    return { ...resultOf(outcome), ms };
  } catch {
    if (signal.aborted) throw signal.reason;
    // It threw something that cannot even be written as text.
    return { error: "failed without a message", ms: performance.now() - began };
  }
}

/** What a tool gave, which need not be what its type says. */
function resultOf({ output, value, error, sources }: { readonly [name in keyof CachedResult]?: unknown }): CachedResult {
  if (error !== undefined) return { error: clipped(typeof error === "string" ? error : "failed without a message") };
  if (typeof output !== "string") return { error: "gave no text" };
  if (output.trim() === "") return { error: "gave nothing" };
  if (value !== undefined && typeof value !== "string") return { error: "gave a value that is not text" };
  if (sources !== undefined && !isSources(sources)) return { error: "gave sources that are not a list of ids and titles" };
  return {
    output: clipped(output),
    ...(value === undefined ? {} : { value }),
    ...(sources === undefined ? {} : { sources: sources.map(plain) }),
  };
}

function isSources(sources: unknown): sources is readonly Source[] {
  const isSource = (source: Partial<Source> | null | undefined) => typeof source?.id === "string" && typeof source.title === "string";
  return Array.isArray(sources) && sources.every(isSource);
}

/** Only what a record may hold. */
function plain({ id, title, url, score }: Source): Source {
  return { id, title, ...(typeof url === "string" ? { url } : {}), ...(Number.isFinite(score) ? { score } : {}) };
}

/** As much of a text as may stand in a text; a character is not cut in two. */
function clipped(text: string): string {
  const bytes = Buffer.from(text.slice(0, LONGEST_RESULT + 1));
  return bytes.length <= LONGEST_RESULT ? text : `${new StringDecoder("utf8").write(bytes.subarray(0, LONGEST_RESULT))}…`;
}
