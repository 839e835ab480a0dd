import { z } from "zod";
import type { NativeTool } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { formatArguments } from "./arguments.js";

/** The arguments of a native call as a marker has them; as they came where they are no JSON object. */
export function linearInput(input: string, tool: Tool | undefined): string {
  if (!tool) return input;
  try {
    const args: unknown = JSON.parse(input);
    return typeof args === "object" && args !== null && !Array.isArray(args)
      ? formatArguments(args as Record<string, unknown>, tool)
      : input;
  } catch {
    return input; // What is wrong with it is said when the arguments are read.
  }
}

/** A tool as endpoints with native calls want it. */
export function nativeTool({ name, description, input }: Tool): NativeTool {
  return { name, description, parameters: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) };
}
