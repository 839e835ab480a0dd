import type { Message } from "../models/index.js";
import { contents, type Trace, type TraceRun } from "../traces/index.js";
import { ToolwrightError } from "../errors.js";

/**
 * The turns of a recorded chat, as its next run would get them: without those that were taken back, failed or were stopped. A last
 * line that its writer was stopped in is passed over; recording to the trace again removes it.
 */
export async function conversationOf(trace: Trace): Promise<Message[]> {
  let turns: (readonly Message[])[] = [];
  try {
    for await (const start of trace.runs()) {
      const { before, messages } = await turnOf(trace, start);
      turns = [...turns.slice(0, before), messages];
    }
  } catch (error) {
    if (!(error instanceof ToolwrightError && error.code === "trace-torn")) throw error;
  }
  return turns.flat();
}

/** A run's question and answer, with calls and results as they stand in the model's own text; none when the run did not end well. */
async function turnOf(trace: Trace, start: TraceRun): Promise<{ before: number; messages: Message[] }> {
  let before = 0;
  let question = "";
  let text = "";
  let ended = false;
  for await (const { kind, data, failed } of trace.run(start)) {
    if (failed) continue;
    if (kind === "run") ({ question, turn: before = 0 } = contents.run.parse(data));
    else if (kind === "output") {
      const output = contents.output.parse(data);
      if (output.type === "text") text += output.text;
    } else if (kind === "splice") {
      const splice = contents.splice.parse(data);
      text = text.slice(0, text.length - splice.drop) + splice.text;
    } else if (kind === "event") ended ||= contents.event.parse(data).type === "usage";
  }
  if (!ended) return { before, messages: [] };
  return { before, messages: [{ role: "user", content: question }, { role: "assistant", content: text }] };
}
