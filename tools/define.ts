import type { z } from "zod";
import { ToolwrightError } from "../errors.js";
import type { Cost, Example, Tool, ToolDefinition, ToolOutput } from "./tool.js";

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const DEFAULT_TIMEOUT = 10_000;

/**
 * Makes a tool of a definition: checks it and fills in the defaults that `ToolDefinition` names. A tool that holds something open
 * gives its own `close`: `{ ...defineTool(definition), close }`.
 * @throws ToolwrightError `tool-definition` when the definition is not usable; its `run` throws `tool-output` when the definition's
 *   `run` gives anything but a string or `{ text }`
 */
export function defineTool<Schema extends z.ZodObject>(definition: ToolDefinition<Schema>): Tool<Schema> {
  check(definition);
  const { name, description, input, examples = [], cost = {}, sideEffects = false, timeout = DEFAULT_TIMEOUT } = definition;
  const { version = "1", cacheable = true } = definition;
  return {
    name,
    description,
    input,
    examples,
    cost,
    sideEffects,
    timeout,
    version,
    cacheable,
    run: async (args, context) => outputOf(name, await definition.run(args, context)),
    close: async () => {},
  };
}

function check(definition: ToolDefinition): void {
  const { name, description, input, run, timeout, version, cost, examples } = definition;
  if (typeof name !== "string" || !NAME.test(name)) {
    throw unusable(
      `The tool name ${JSON.stringify(name)} cannot be written in a call.`,
      "Begin it with a letter and use letters, digits and _, at most 64 characters.",
    );
  }
  if (typeof description !== "string" || description.trim() === "" || /[\r\n]/.test(description)) {
    throw unusable(`The description of ${name} is not one line of text.`, "Say in one line what the tool is for.");
  }
  if (!isObjectSchema(input)) {
    throw unusable(`The input of ${name} is not a zod 4 object schema.`, "Give z.object({ … }) of zod 4, also for a single argument.");
  }
  if (typeof run !== "function") {
    throw unusable(`The tool ${name} has no run function.`, "Give run(args, context), which returns a string or { text }.");
  }
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0)) {
    throw unusable(`The timeout of ${name} is ${timeout}.`, "Give milliseconds above 0.");
  }
  if (version !== undefined && (typeof version !== "string" || version === "")) {
    throw unusable(`The version of ${name} is ${JSON.stringify(version)}.`, 'Give a text that is not empty, such as "1".');
  }
  checkCost(name, cost ?? {});
  for (const [index, example] of (examples ?? []).entries()) checkExample(name, index, example);
}

/** Told by its shape, not its class: the schema may come from another copy of zod. */
function isObjectSchema(input: unknown): boolean {
  return (input as { _zod?: { def?: { type?: unknown } } } | null | undefined)?._zod?.def?.type === "object";
}

function checkCost(name: string, cost: Cost): void {
  for (const [unit, amount] of Object.entries(cost)) {
    if (amount !== undefined && !(Number.isFinite(amount) && amount >= 0)) {
      throw unusable(`The cost of ${name} in ${unit} is ${amount}.`, "Give a number from 0 up.");
    }
  }
}

function checkExample(name: string, index: number, example: Example): void {
  if (typeof example?.text !== "string" || !example.text.includes(`[${name}(`)) {
    throw unusable(
      `Example ${index + 1} of ${name} shows no call of it.`,
      `Write one into its text, such as "… [${name}(arguments) → result] result".`,
    );
  }
  if (example.now !== undefined && Number.isNaN(Date.parse(example.now))) {
    throw unusable(
      `Example ${index + 1} of ${name} has the clock ${JSON.stringify(example.now)}.`,
      "Give an ISO date, such as 2024-05-17.",
    );
  }
}

function outputOf(name: string, output: string | ToolOutput): ToolOutput {
  if (typeof output === "string") return { text: output };
  if (typeof output?.text === "string") return output;
  throw new ToolwrightError("tool-output", `${name} gave no text.`, `Let run of ${name} return a string or { text }.`);
}

function unusable(message: string, remedy: string): ToolwrightError {
  return new ToolwrightError("tool-definition", message, remedy, { exitCode: 2 });
}
