// Results made by hand, for figures, comparisons and the page.
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { type Configuration, format, type Parameters, type Result } from "../../evaluation/record.js";

export const parameters: Parameters = {
  format,
  version: "0.0.0",
  tasks: { name: "tasks.jsonl", count: 4, digest: "0".repeat(32) },
  match: "number",
  protocol: "marker",
  temperature: 0,
  seed: 0,
  maxTokens: 512,
  topK: 1,
  instructions: "",
  timeZone: "UTC",
  now: "2025-03-10T12:00:00.000Z",
};

export function configuration(name: string, more: Partial<Configuration> = {}): Configuration {
  return { name, strategy: "few-shot", tools: ["Calculator"], adapters: [], model: { name: "m", digest: "d", storage: "F32" }, ...more };
}

export function result(id: string, correct: boolean, more: Partial<Result> = {}): Result {
  return {
    configuration: "a",
    id,
    question: `What is ${id}+1?`,
    accepted: ["7"],
    answer: correct ? "It is 7." : "It is 8.",
    read: correct ? "7" : "8",
    correct,
    calls: [],
    malformed: 0,
    unknown: 0,
    refused: 0,
    usage: { input: 10, cached: 5, output: 3 },
    ms: 100,
    ...more,
  };
}

/** The error that some work ends with. */
export async function thrownBy(work: Promise<unknown>): Promise<ToolwrightError> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, ToolwrightError);
    return error as ToolwrightError;
  }
  throw new Error("it did not fail");
}
