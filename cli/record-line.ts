import { contents, type RecordedEvent, type TraceRecord } from "../traces/index.js";
import { oneLine } from "./terminal.js";

/** Characters of a line that is not a terminal's. */
const LONGEST = 500;

/** A record of a trace on one line for people: its line in the file, seconds since the trace began, run, kind, and what it says. */
export function recordLine(record: TraceRecord, columns = LONGEST): string {
  const { i, t, run, kind, failed } = record;
  const line = String(i + 1).padStart(5);
  const seconds = (t / 1000).toFixed(3).padStart(9);
  const start = `${line} ${seconds}  ${run}  ${(failed ? `${kind} failed` : kind).padEnd(8)}  `;
  return `${start}${oneLine(wordsOf(record), Math.max(20, columns - start.length))}`;
}

/** In words where the data is what the agent's loop puts there, as JSON otherwise. */
function wordsOf({ kind, data, failed }: TraceRecord): string {
  return (failed ? undefined : wordsOfInput(kind, data)) ?? JSON.stringify(data);
}

function wordsOfInput(kind: TraceRecord["kind"], data: unknown): string | undefined {
  if (kind === "run") {
    const run = contents.run.safeParse(data).data;
    return run && `${JSON.stringify(run.question)}, ${run.model.name}`;
  }
  if (kind === "output") {
    const output = contents.output.safeParse(data).data;
    return output?.type === "text" ? JSON.stringify(output.text) : undefined;
  }
  if (kind === "event") {
    const event = contents.event.safeParse(data).data;
    return event && `${event.n} ${event.type} ${wordsOfEvent(event)}`;
  }
  return undefined;
}

function wordsOfEvent(event: RecordedEvent): string {
  switch (event.type) {
    case "text":
      return JSON.stringify(event.delta);
    case "call":
      return `${event.tool}(${event.input})`;
    case "result":
      return event.error === undefined ? `→ ${event.output}` : `failed: ${event.error}`;
    case "spared":
      return `${event.tool}, ${event.margin.toFixed(2)} nats for ${event.cost.toFixed(2)} s`;
    case "chain":
      return `${event.index} ${event.strategy} ${event.error === undefined ? JSON.stringify(event.answer) : event.error.code}`;
    case "answer":
      return JSON.stringify(event.text);
    case "usage":
      return JSON.stringify(event["usage"]);
    case "error":
      return `${event.code}: ${event.message}`;
  }
}
