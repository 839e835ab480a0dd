import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent, Tape } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import type { Capabilities, Delta, LanguageModel, Prompt, Sequence } from "../../models/index.js";
import { recordTo, type TraceRecorder } from "../../traces/index.js";

// A loop and a model that are as small as they can be and still have everything that a trace holds.

/** Runs a test in a folder of its own. */
export const inFolder = (test: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-traces-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const can: Capabilities = {
  continues: true,
  score: false,
  fork: true,
  grammar: false,
  ranks: false,
  adapters: false,
  nativeTools: false,
};

export interface SmallModel extends LanguageModel {
  /** Deltas that were really asked for, and what each opened sequence began with. */
  readonly asked: { deltas: number; readonly opened: (string | undefined)[] };
}

/** Writes what `next` says comes after the text so far, word by word; `undefined` ends it. */
export function smallModel(next: (written: string, prompt: Prompt) => string | undefined, name = "small"): SmallModel {
  const asked = { deltas: 0, opened: [] as (string | undefined)[] };
  const close = async (): Promise<void> => {};
  const open: LanguageModel["open"] = async (prompt, options) => {
    asked.opened.push(options?.written);
    let text = options?.written ?? "";
    const sequence: Sequence = {
      async *generate({ maxTokens = Number.POSITIVE_INFINITY } = {}) {
        for (let tokens = 0; tokens < maxTokens; tokens++) {
          asked.deltas++;
          const piece = next(text, prompt);
          if (piece === undefined) return yield { type: "stop", reason: "end" };
          text += piece;
          yield { type: "text", text: piece, tokens: 1 };
        }
        yield { type: "stop", reason: "length" };
      },
      splice: (splice) => {
        text = text.slice(0, text.length - splice.drop) + splice.text;
      },
      fork: () => open(prompt, { written: text }),
      usage: { input: 0, cached: 0, output: 0 },
      message: () => ({ role: "assistant", content: text }),
      close,
      [Symbol.asyncDispose]: close,
    };
    return sequence;
  };
  return { name, identity: { name }, can, asked, countTokens: (text) => text.length, open, close, [Symbol.asyncDispose]: close };
}

/** `It is [Multiply(6*7) → 42] 42.` */
export const multiplying = (): SmallModel =>
  smallModel((written) => {
    if (written.endsWith("]")) return " 42";
    if (written.endsWith("42")) return ".";
    return ["It", " is", " [Multiply(6*7)", undefined][written === "" ? 0 : written === "It" ? 1 : written === "It is" ? 2 : 3];
  });

export type Tools = Readonly<Record<string, (input: string) => string | Promise<string>>>;

export const multiply: Tools = {
  Multiply: (input) => {
    const [a = "", b = ""] = input.split("*");
    return String(Number(a) * Number(b));
  },
};

/** The loop: one answer, calls of the form `[Tool(input)` at the end of a piece of output. */
export async function* drive(
  question: string,
  { tape, model, tools }: { tape: Tape; model: LanguageModel; tools: Tools },
): AsyncGenerator<AgentEvent> {
  let n = 0;
  let left = true;
  const made = <T extends object>(event: T): T & { n: number } => {
    const numbered = { n: n++, ...event };
    tape.made("event", numbered);
    return numbered;
  };
  try {
    const run = await tape.input("run", () => ({ question, now: "2026-07-31T12:00:00.000Z", model: model.identity, can: model.can }));
    const prompt: Prompt = { messages: [{ role: "user", content: run.question }] };
    tape.made("prompt", { digest: createHash("sha256").update(JSON.stringify(prompt)).digest("hex").slice(0, 32) });
    const sequence = await model.open(prompt);
    let pieces = sequence.generate();
    let answer = "";
    for (;;) {
      let live = false;
      const delta: Delta = await tape.input("output", async () => {
        live = true;
        return (await pieces.next()).value as Delta;
      });
      if (!live) sequence.accept?.(delta);
      if (delta.type !== "text") break;
      const [, before = "", tool, input = ""] = /^(.*?) ?\[(\w+)\((.*)\)/s.exec(delta.text) ?? ["", delta.text];
      if (before !== "") yield made({ type: "text", delta: before });
      answer += before;
      if (tool === undefined) continue;
      await pieces.return?.();
      const id = `c${n}`;
      yield made({ type: "call", id, tool, input, span: [0, 0] as const });
      const { output, ms } = await tape.input("result", async () => {
        const started = performance.now();
        return { id, output: (await tools[tool]?.(input)) ?? "", ms: performance.now() - started };
      });
      yield made({ type: "result", id, output, ms, cached: false });
      tape.made("splice", { drop: 0, text: ` → ${output}]` });
      sequence.splice({ drop: 0, text: ` → ${output}]`, results: [] });
      pieces = sequence.generate();
    }
    yield made({ type: "answer", text: answer });
    left = false;
  } catch (error) {
    left = false;
    if ((error as { code?: string }).code === "run-left") return;
    const { code = "run-failed", message, remedy = "" } = error as { code?: string; message: string; remedy?: string };
    yield made({ type: "error", code, message, remedy, fatal: true });
  } finally {
    if (left) await tape.input("abort", () => ({ reason: "left" }));
    await tape.end();
  }
}

/** A run's events, all of them. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The error that something is meant to end with. */
export async function errorOf(promise: Promise<unknown>): Promise<ToolwrightError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ToolwrightError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** A trace of runs that ask these questions of `model`, and what was seen of them. */
export async function recordRuns(
  file: string,
  questions: readonly string[],
  model: LanguageModel = multiplying(),
  tools: Tools = multiply,
): Promise<AgentEvent[]> {
  await using recorder = await recordTo(file);
  const events: AgentEvent[] = [];
  for (const question of questions) events.push(...(await ask(recorder, question, model, tools)));
  return events;
}

export const ask = (recorder: TraceRecorder, question: string, model: LanguageModel, tools: Tools): Promise<AgentEvent[]> =>
  all(drive(question, { tape: recorder.tape(), model, tools }));
