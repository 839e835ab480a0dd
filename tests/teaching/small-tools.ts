import { z } from "zod";
import { defineTool, type Tool, type ToolDefinition } from "../../tools/index.js";

/** A tool that says what it was asked, and counts. */
export function echo(more: Partial<ToolDefinition> = {}): { readonly tool: Tool; readonly asked: string[] } {
  const asked: string[] = [];
  const run = async ({ text }: Record<string, unknown>) => {
    asked.push(String(text));
    return `<${text}>`;
  };
  const input = z.object({ text: z.string() });
  return { asked, tool: defineTool({ name: "Echo", description: "Says it again.", input, run, ...more } as ToolDefinition) };
}

/** A tool whose `run` need not do what its type says. */
export const lying = (run: (args: Record<string, unknown>) => unknown): Tool => ({
  ...echo({ name: "Liar" }).tool,
  run: run as Tool["run"],
});

/** What a promise rejects with. */
export async function rejected(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}
