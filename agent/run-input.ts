import { createHash } from "node:crypto";
import type { Tool } from "../tools/index.js";
import { nativeTool } from "./native.js";

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

export function describeTools(tools: readonly Tool[]): ToolRecord[] {
  return tools.map(describeTool);
}
