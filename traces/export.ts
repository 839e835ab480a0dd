import { event as recordedEvent, runInput, type RecordedEvent, type RecordedMessage, type RunInput } from "./contents.js";
import type { Trace, TraceRun } from "./trace.js";

/** `markdown`: a transcript to read. `messages`: a line of `{"messages": […]}` a run, OpenAI's chat format. `jsonl-events`: the events. */
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

async function* messages(trace: Trace): AsyncGenerator<string> {
  for await (const start of trace.runs()) {
    const chat: ChatMessage[] = [];
    let text = "";
    let answer = "";
    let calls: ToolCall[] = [];
    const results = new Map<string, string>();
    /** The calls so far as one turn, with a result for each, as the format demands. */
    const turn = (): void => {
      if (calls.length === 0) return;
      chat.push({ role: "assistant", content: text.trim() === "" ? null : text, tool_calls: calls });
      for (const { id } of calls) chat.push({ role: "tool", tool_call_id: id, content: results.get(id) ?? "" });
      calls = [];
      text = "";
    };
    for await (const { input, event } of partsOf(trace, start)) {
      if (input !== undefined) chat.push(...before(input), { role: "user", content: input.question });
      if (event?.type === "text") {
        turn();
        text += event.delta;
      } else if (event?.type === "call") {
        if (results.size > 0) turn(); // Calls that are written together are one turn; this one follows their results.
        results.clear();
        calls.push({ id: event.id, type: "function", function: { name: event.tool, arguments: argumentsOf(event.input) } });
      } else if (event?.type === "result") results.set(event.id, event.output ?? event.error ?? "");
      else if (event?.type === "answer") answer = event.text;
    }
    turn();
    const last = text.trim() === "" ? answer : text;
    if (last !== "") chat.push({ role: "assistant", content: last });
    if (chat.length > 0) yield `${JSON.stringify({ messages: chat })}\n`;
  }
}

/** The chat before a run, where the run's record has it. */
function before({ messages }: RunInput): ChatMessage[] {
  return Array.isArray(messages) ? messages.map(asChatMessage) : [];
}

function asChatMessage({ role, content, calls, callId }: RecordedMessage): ChatMessage {
  const tool_calls = calls?.map(({ id, tool, input }) => ({ id, type: "function" as const, function: { name: tool, arguments: input } }));
  return { role, content, ...(tool_calls && { tool_calls }), ...(callId !== undefined && { tool_call_id: callId }) };
}

/** Arguments as the format wants them, an object in JSON: what a marker has otherwise stands as `input`. */
function argumentsOf(input: string): string {
  try {
    const value = JSON.parse(input) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return input;
  } catch {
    // A marker's arguments are no JSON, as a rule.
  }
  return JSON.stringify({ input });
}

/** What a run started from, then its events. Records that do not look like these are passed over. */
async function* partsOf(trace: Trace, start: TraceRun): AsyncGenerator<{ readonly input?: RunInput; readonly event?: RecordedEvent }> {
  for await (const { kind, data } of trace.run(start)) {
    if (kind === "run") yield { input: runInput.safeParse(data).data };
    else if (kind === "event") yield { event: recordedEvent.safeParse(data).data };
  }
}
