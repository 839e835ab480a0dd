import { createHash, randomInt } from "node:crypto";
import type { Prompt } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { nativeTool } from "./native.js";
import type { RunSettings } from "./settings.js";
import { isSeveral } from "./strategy.js";

/** What a trace says of a tool: enough to rebuild its calls' arguments, and to tell whether a tool at hand is the same. */
export interface ToolRecord {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly sideEffects: boolean;
  readonly cacheable: boolean;
  /** JSON Schema of the arguments. */
  readonly schema: Record<string, unknown>;
  /** Of all that the prompt takes from the tool. */
  readonly digest: string;
}

const known = new WeakMap<Tool, ToolRecord>();

export function describeTool(tool: Tool): ToolRecord {
  let record = known.get(tool);
  if (!record) {
    const { name, description, version, sideEffects, cacheable } = tool;
    const shown = tool.examples.filter(({ question }) => question !== undefined); // Running text is for teaching, not for prompts.
    const schema = nativeTool(tool).parameters;
    const digest = createHash("sha256")
      .update(JSON.stringify([name, description, schema, shown]))
      .digest("hex")
      .slice(0, 32);
    record = { name, description, version, sideEffects, cacheable, schema, digest };
    known.set(tool, record);
  }
  return record;
}

/** What a run starts from, as the tape has it. */
export interface Start {
  readonly question: string;
  /** ISO 8601. */
  readonly now: string;
  readonly timeZone: string;
  readonly seed: number;
  /** Of a call to each tool, in seconds; where calls are weighed. */
  readonly costs?: Readonly<Record<string, number>>;
}

/** Settles what a run starts from, and has it recorded with all that it goes by. */
export async function startOf(question: string, settings: RunSettings): Promise<Start> {
  const {
    model,
    tools,
    instructions,
    prompts,
    strategy,
    chosen,
    protocol,
    temperature,
    topK,
    costWeight,
    budget,
    maxTokens,
    evidence,
    chain,
  } = settings;
  const draws = temperature > 0 || isSeveral(strategy);
  return await settings.tape.input("run", () => ({
    question,
    now: settings.clock().toISOString(),
    timeZone: settings.timeZone,
    seed: settings.seed ?? (draws ? randomInt(2 ** 31) : 0),
    options: {
      instructions,
      prompts: prompts.digest,
      strategy: strategy.name,
      ...(chosen ? { chosen } : {}),
      protocol,
      temperature,
      topK,
      ...(costWeight > 0 ? { costWeight } : {}),
      ...(isSeveral(strategy) && maxTokens !== undefined ? { maxTokens } : {}),
      budget,
    },
    turn: settings.history.length,
    ...(settings.given ? { history: settings.given } : {}),
    ...(evidence === undefined ? {} : { evidence }),
    ...(chain === undefined ? {} : { chain }),
    model: model.identity,
    can: model.can,
    contextSize: model.contextSize,
    tools: tools.map(describeTool),
    ...(costWeight > 0 ? { costs: settings.costs.costs } : {}),
  }));
}

/** What a trace says of a prompt. */
export function promptDigest(prompt: Prompt): string {
  return createHash("sha256").update(JSON.stringify(prompt)).digest("hex").slice(0, 32);
}
