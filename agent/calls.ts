// Runs what the model called: nested calls inside out, independent ones at the same time, each under its time-out.
import { messageOf, ToolwrightError } from "../errors.js";
import type { Source, Tool, ToolContext } from "../tools/index.js";
import { type NestedValue, parseArguments } from "./arguments.js";
import type { Call } from "./call.js";
import type { Span } from "./events.js";

/** A call in its place in a run: ids are `c0`, `c1`, … in the order in which calls are run. */
export interface Node {
  readonly call: Call;
  readonly span: Span;
  readonly parent?: Node;
  readonly parts: readonly Node[];
  /** Given by the model, under the native protocol. */
  readonly nativeId?: string;
  /** Of the outermost call, where calls are weighed. */
  readonly margin?: number;
  id: string;
  outcome?: Outcome;
}

/** What a call came to. Exactly one of `output` and `error`. */
export interface Outcome {
  readonly output?: string;
  /** What an enclosing call gets instead of `output`. */
  readonly value?: string;
  readonly error?: string;
  readonly sources?: readonly Source[];
  /** The tool's own time. */
  readonly ms: number;
  /** Another chain had called it. */
  readonly shared?: true;
}

/** The tree of a call, the innermost first. */
export function nodesOf(call: Call, span: Span, { nativeId, margin }: Pick<Node, "nativeId" | "margin"> = {}): Node[] {
  const nodes: Node[] = [];
  const add = (one: Call, at: Span, parent: Node | undefined): Node => {
    const parts: Node[] = [];
    const node: Node = { call: one, span: at, parent, parts, ...(parent ? {} : { nativeId, margin }), id: "" };
    // The parts stand in the input, which begins after `[Name(` of the outermost call, or `Name(` of a nested one.
    const inside = at[0] + one.tool.length + (parent ? 1 : 2);
    for (const part of one.parts) parts.push(add(part, [inside + part.start, inside + part.end], node));
    nodes.push(node);
    return node;
  };
  add(call, span, undefined);
  return nodes;
}

/** Values for the nested calls of a node, for reading its arguments; an error when one of them failed. */
function nestedValues(node: Node): NestedValue[] | string {
  const values: NestedValue[] = [];
  for (const [index, part] of node.parts.entries()) {
    const { outcome } = part;
    if (outcome?.error !== undefined) return `${part.call.tool} failed: ${outcome.error}`;
    const { start, end } = node.call.parts[index]!;
    values.push({ start, end, value: outcome?.value ?? outcome?.output ?? "" });
  }
  return values;
}

/** Arguments of a node whose parts have their outcomes. `text` is the input with their values in place. */
export function readArguments(node: Node, tool: Tool): { args: Record<string, unknown>; text: string } | { error: string } {
  const values = nestedValues(node);
  if (typeof values === "string") return { error: values };
  let text = node.call.input;
  for (const { start, end, value } of [...values].reverse()) text = text.slice(0, start) + value + text.slice(end);
  const parsed = parseArguments(node.call.input, tool, values);
  return parsed.ok ? { args: parsed.args, text } : { error: parsed.message };
}

/**
 * Runs a tool and waits no longer than its time-out, whether it heeds the signal or not.
 * @throws the run's abort reason; a tool's own failure is an outcome
 */
export async function runTool(
  tool: Tool,
  args: Record<string, unknown>,
  context: Omit<ToolContext, "signal">,
  signal: AbortSignal,
): Promise<Outcome> {
  const { value, error, ms } = await inTime(tool.timeout, signal, async (own): Promise<Omit<Outcome, "ms">> => {
    const output = await tool.run(args, { ...context, signal: own });
    return {
      output: output.text,
      ...(output.value === undefined ? {} : { value: output.value }),
      ...(output.sources ? { sources: output.sources } : {}),
    };
  });
  return value === undefined ? { error, ms } : { ...value, ms };
}

/**
 * Waits for a tool's work for so many milliseconds, whether it heeds its signal or not.
 * @returns what it gave, or by what it failed, and what it took
 * @throws the run's abort reason
 */
export async function inTime<T>(
  timeout: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value?: T; readonly error?: string; readonly ms: number }> {
  signal.throwIfAborted();
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) * 1000) / 1000;
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const stopped = new Promise<never>((_, reject) => {
      onAbort = () => {
        own.abort(signal.reason);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      timer = setTimeout(() => {
        const error = new ToolwrightError("tool-timeout", `took longer than ${timeout} ms`, "Ask for less at once.");
        own.abort(error);
        reject(error);
      }, timeout);
    });
    return { value: await Promise.race([work(own.signal), stopped]), ms: elapsed() };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return { error: messageOf(error) || "failed without a message", ms: elapsed() };
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

/** Waits for work that others may wait for too. @throws the abort reason */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", onAbort!);
  }
}
