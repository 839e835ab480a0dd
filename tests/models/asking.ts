import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import type { Delta, GenerateOptions, LanguageModel, Prompt, Sequence } from "../../models/model.js";

export const PROMPT: Prompt = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What is 37*48?" },
  ],
};

/** All that one `generate` gives. */
export async function deltas(sequence: Sequence, options?: GenerateOptions): Promise<Delta[]> {
  const all: Delta[] = [];
  for await (const delta of sequence.generate(options)) all.push(delta);
  return all;
}

/** What the model answers to `PROMPT`. */
export async function ask(model: LanguageModel, options?: GenerateOptions): Promise<Delta[]> {
  return deltas(await model.open(PROMPT), options);
}

export function textOf(all: readonly Delta[]): string {
  return all.map((delta) => (delta.type === "text" ? delta.text : "")).join("");
}

/** Generates until the text holds `mark`, then leaves the stream. */
export async function until(sequence: Sequence, mark: string): Promise<string> {
  let text = "";
  for await (const delta of sequence.generate()) {
    if (delta.type === "text") text += delta.text;
    if (text.includes(mark)) break;
  }
  return text;
}

/** The error with which some work ends. */
export async function refusal(work: Promise<unknown>): Promise<ToolwrightError> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  assert.instance(error, ToolwrightError, String(error));
  return error as ToolwrightError;
}
