import { z } from "zod";
import type { NativeTool } from "../models/index.js";
import type { Tool } from "../tools/index.js";

/** A tool as endpoints with native calls want it. */
export function nativeTool({ name, description, input }: Tool): NativeTool {
  return { name, description, parameters: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) };
}
