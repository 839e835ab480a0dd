import { type RecordedEvent, type RunInput, event as recordedEvent, runInput } from "./contents.js";
import { isChain } from "./summary.js";
import type { Trace, TraceRun } from "./trace.js";

/** `markdown`: a transcript to read. `messages`: a line of `{"messages": […]}` a conversation, OpenAI's chat format. `jsonl-events`: the events. */
export const exportFormats = ["markdown", "messages", "jsonl-events"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * A trace in another form, in pieces that are written one after the other. Only what the model wrote, the tools gave and the reader
 * saw is in it.
 */
export function exportTrace(trace: Trace, format: ExportFormat): AsyncIterable<string> {
  if (format === "markdown") return markdown(trace);
  return format === "messages" ? messages(trace) : events(trace);
}

async function* events(trace: Trace): AsyncGenerator<string> {
  for await (const record of trace.records()) {
    if (record.kind !== "event") continue;
    const data = await trace.data(record);
    yield `${JSON.stringify({ run: record.run, ...(data as object) })}\n`;
  }
}

async function* markdown(trace: Trace): AsyncGenerator<string> {
  for await (const start of trace.runs()) {
    if (isChain(start.first.data)) continue; // Its run says what came of it.
    let shown = "";
    for await (const { input, event } of partsOf(trace, start)) {
      if (input !== undefined) yield `## ${oneLine(input.question)}\n\n*${[input.model.name, input.now].filter(Boolean).join(", ")}*\n\n`;
      if (event?.type === "text") shown += event.delta;
      const repeated = event?.type === "answer" && oneLine(shown).endsWith(oneLine(event.text)); // Has been read already.
      if (event !== undefined && !repeated) yield paragraph(event);
    }
    yield "\n\n";
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function paragraph(event: RecordedEvent): string {
  switch (event.type) {
    case "text":
      return event.delta;
    case "call":
      return `\n\n> ${code(`${event.tool}(${event.input})`)}`;
    case "result": {
      const outcome = event.error === undefined ? code(event.output ?? "") : `failed: ${code(event.error)}`;
      return ` → ${outcome} (${event.cached ? "known already" : `${Math.round(event.ms)} ms`})\n\n`;
    }
    case "spared":
      return "";
    case "chain": {
      const calls = event.calls.map(({ tool, input }) => ` ${code(`${tool}(${input})`)}`).join("");
      return `\n\n${event.index + 1}. ${event.answer ?? `*${event.error?.message}*`}${calls}`;
    }
    case "answer":
      return `\n\nAnswer: ${event.text.trim()}`;
    case "error":
      return `\n\n*${event.code}: ${event.message} ${event.remedy}*\n\n`;
    case "usage":
      return "";
  }
}

/** Text as code on one line, whatever backticks it holds (CommonMark, "Code spans"). */
function code(text: string): string {
  const line = oneLine(text);
  const fence = "`".repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
  return fence.length > 1 || line.startsWith("`") ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

/** A chat's runs are one conversation; of turns that were taken back, and of failed ones, the last try stays. */
async function* messages(trace: Trace): AsyncGenerator<string> {
  let turns: (readonly ChatMessage[])[] = [];
  for await (const start of trace.runs()) {
    if (isChain(start.first.data)) continue;
    const { before, messages } = await turnOf(trace, start);
    if (before === 0 && turns.length > 0) yield conversation(turns);
    turns = [...turns.slice(0, before), messages];
  }
  if (turns.length > 0) yield conversation(turns);
}

const conversation = (turns: readonly (readonly ChatMessage[])[]): string => `${JSON.stringify({ messages: turns.flat() })}\n`;

async function turnOf(trace: Trace, start: TraceRun): Promise<{ before: number; messages: ChatMessage[] }> {
  const messages: ChatMessage[] = [];
  let run: RunInput | undefined;
  let text = "";
  let answer = "";
  let calls: ToolCall[] = [];
  const results = new Map<string, string>();
  /** The calls so far as one message, with a result for each, as the format demands. */
  const endCalls = (): void => {
    if (calls.length === 0) return;
    messages.push({ role: "assistant", content: text.trim() === "" ? null : text, tool_calls: calls });
    for (const { id } of calls) messages.push({ role: "tool", tool_call_id: id, content: results.get(id) ?? "" });
    calls = [];
    text = "";
  };
  /** Unique in a conversation: the loop counts calls from 0 in each run. */
  const nameOf = (id: string): string => `${start.run}-${id}`;
  for await (const { input, event } of partsOf(trace, start)) {
    if (input !== undefined) {
      run = input;
      messages.push({ role: "user", content: input.question });
    }
    if (event?.type === "text") {
      endCalls();
      text += event.delta;
    } else if (event?.type === "call") {
      if (results.size > 0) endCalls(); // Calls that are made together are one message; this one follows their results.
      results.clear();
      const { tool, input: written } = event;
      calls.push({ id: nameOf(event.id), type: "function", function: { name: tool, arguments: argumentsOf(written, tool, run) } });
    } else if (event?.type === "result") results.set(nameOf(event.id), event.output ?? event.error ?? "");
    else if (event?.type === "answer") answer = event.text;
  }
  endCalls();
  const last = text.trim() === "" ? answer : text;
  if (last !== "") messages.push({ role: "assistant", content: last });
  return { before: run?.turn ?? 0, messages };
}

/**
 * Arguments as the format wants them, an object in JSON. What a marker has otherwise stands under the tool's one required string, or
 * under `input` where it has more arguments.
 */
function argumentsOf(written: string, tool: string, run: RunInput | undefined): string {
  try {
    const value = JSON.parse(written) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return written;
  } catch {
    // A marker's arguments are no JSON, as a rule.
  }
  const schema = run?.tools?.find(({ name }) => name === tool)?.schema;
  const { required, properties } = (schema ?? {}) as {
    required?: readonly string[];
    properties?: Record<string, { type?: unknown } | undefined>;
  };
  const strings = (required ?? []).filter((name) => properties?.[name]?.type === "string");
  return JSON.stringify({ [strings.length === 1 && strings[0] !== undefined ? strings[0] : "input"]: written });
}

/** What a run started from, then its events. Records that do not look like these are passed over. */
async function* partsOf(trace: Trace, start: TraceRun): AsyncGenerator<{ readonly input?: RunInput; readonly event?: RecordedEvent }> {
  for await (const { kind, data } of trace.run(start)) {
    if (kind === "run") yield { input: runInput.safeParse(data).data };
    else if (kind === "event") yield { event: recordedEvent.safeParse(data).data };
  }
}
