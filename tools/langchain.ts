// LangChain's tools as ours, and ours as LangChain's. Reached through `toolwright/langchain` only: it loads LangChain.
import { randomUUID } from "node:crypto";
import { isDirectToolOutput, type MessageContent, ToolMessage } from "@langchain/core/messages";
import type { RunnableToolLike } from "@langchain/core/runnables";
import { DynamicStructuredTool, type StructuredToolInterface } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { z } from "zod";
import { messageOf, ToolwrightError } from "../errors.js";
import { defineTool } from "./define.js";
import type { Tool, ToolDefinition, ToolOutput } from "./tool.js";

/** A tool of LangChain's: made with `tool()`, a `StructuredTool`, a `Tool` of one text, a runnable's `asTool()`. */
export type LangChainTool = StructuredToolInterface | RunnableToolLike;

/** What LangChain does not know of a tool, and what is to be other than LangChain has it. */
export type FromLangChainOptions = Partial<Omit<ToolDefinition, "input" | "run">>;

/**
 * A LangChain tool as one of ours. Its name gets `_` for what a call cannot hold (`wiki-search` becomes `wiki_search`), its description
 * becomes one line, and its argument schema (zod or JSON Schema) is kept for what a model may write; LangChain checks and transforms
 * the arguments when it runs the tool. The run's abort and the tool's time-out reach it as `config.signal`. The model reads the content
 * of a result, objects as JSON; an artifact is not for it.
 * @throws ToolwrightError `tool-definition` when it is no such tool; its `run` throws what the tool throws, `tool-failed` for a message
 *   with the status `error`, and `tool-output` for a result that only LangGraph can carry out
 */
export function fromLangChain(tool: LangChainTool, options: FromLangChainOptions = {}): Tool {
  if (typeof tool?.invoke !== "function" || typeof tool.name !== "string" || tool.schema === undefined) {
    throw unusable(
      "This is not a LangChain tool: it needs a name, a schema and invoke.",
      "Give what tool() of @langchain/core/tools returns.",
    );
  }
  return defineTool({
    name: tool.name.replace(/[^A-Za-z0-9_]+/g, "_"),
    description: (tool.description ?? "").replace(/\s+/g, " ").trim(),
    ...options,
    input: inputOf(tool),
    run: async (args, { signal }) => {
      const call = { type: "tool_call" as const, id: randomUUID(), name: tool.name, args };
      // Without the callbacks of the chain that the agent may run in: the agent's runnable reports every call to them.
      return textOf(tool.name, await tool.invoke(call, { signal, callbacks: [] }));
    },
  });
}

/** Only the shape of the arguments: LangChain applies the schema itself, and what transforms must not be applied twice. */
function inputOf({ name, schema }: LangChainTool): z.ZodObject {
  try {
    const {
      type,
      properties = {},
      required = [],
      $defs,
      definitions,
    } = toJsonSchema(schema, { io: "input", unrepresentable: "any" }) as z.core.JSONSchema.JSONSchema;
    if (type !== undefined && type !== "object") throw new Error(`it is of the type ${type}, not object`);
    // LangChain's tools of one text declare it as optional (`Tool` in @langchain/core/tools), and count on it.
    const { input, ...others } = properties;
    const one = typeof input === "object" && input.type === "string" && Object.keys(others).length === 0;
    const shape = {
      type: "object" as const,
      properties,
      required: one ? ["input"] : required,
      additionalProperties: false,
      $defs,
      definitions,
    };
    return z.fromJSONSchema(shape) as z.ZodObject;
  } catch (error) {
    throw unusable(
      `The schema of ${name} cannot be used: ${messageOf(error)}.`,
      "Describe its arguments with z.object({ … }) or plain JSON Schema.",
    );
  }
}

function textOf(name: string, output: unknown): string {
  if (ToolMessage.isInstance(output)) {
    const text = contentText(output.content);
    if (output.status === "error") throw new ToolwrightError("tool-failed", text, `Correct the call of ${name}.`);
    return text;
  }
  if (isDirectToolOutput(output)) {
    throw new ToolwrightError("tool-output", `${name} gave a command that only LangGraph can carry out.`, `Let ${name} return text.`);
  }
  return contentText(output as MessageContent);
}

/** Text as it is, the text of content blocks, anything else as JSON. */
function contentText(content: MessageContent): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content) ?? "";
  return content
    .map((block) => (block.type === "text" ? String(block["text"]) : MEDIA.has(block.type) ? `(${block.type})` : JSON.stringify(block)))
    .join("\n");
}

/** Content blocks whose data no text model can read. */
const MEDIA: ReadonlySet<string> = new Set(["image", "image_url", "audio", "input_audio", "video", "file"]);

/**
 * One of our tools for LangChain's agents, graphs and models. `config.signal` and the tool's own time-out end it; what it throws is
 * LangChain's to handle (its agents show it to the model). The message's artifact is the whole `ToolOutput`, with its sources. Whether a
 * tool with side effects may run is for LangChain's own means to ask, such as its human-in-the-loop middleware.
 */
export function toLangChain<Schema extends z.ZodObject>(tool: Tool<Schema>): DynamicStructuredTool<Schema> {
  const { name, description, input } = tool;
  return new DynamicStructuredTool<Schema>({
    name,
    description,
    schema: input,
    responseFormat: "content_and_artifact",
    func: async (args, _runManager, config): Promise<[string, ToolOutput]> => {
      const output = await runInTime(tool, args as z.output<Schema>, config?.signal);
      return [output.text, output];
    },
  });
}

/** Waits no longer than the tool's time-out, whether the tool heeds its signal or not. */
async function runInTime<Schema extends z.ZodObject>(
  tool: Tool<Schema>,
  args: z.output<Schema>,
  stop: AbortSignal | undefined,
): Promise<ToolOutput> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new ToolwrightError("tool-timeout", `${tool.name} took longer than ${tool.timeout} ms.`, "Ask for less at once."));
  }, tool.timeout);
  const signal = stop === undefined ? late.signal : AbortSignal.any([stop, late.signal]);
  try {
    signal.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
    const context = { signal, now: new Date(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    return await Promise.race([tool.run(args, context), stopped]);
  } finally {
    clearTimeout(timer);
  }
}

function unusable(message: string, remedy: string): ToolwrightError {
  return new ToolwrightError("tool-definition", message, remedy, { exitCode: 2 });
}
