// From options to an agent: the model opened, the tools made, the clock set.
import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isSuited, readPrompts } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { CreateAgentOptions } from "../index.js";
import { folderPath, type LanguageModel, type LocalModel, resolveModel } from "../models/index.js";
import { calculator, calendar, questionAnswering, search, type Tool, translation } from "../tools/index.js";
import {
  type AnswerOptions,
  type ModelOptions,
  type ProtocolOption,
  readers,
  type ToolName,
  type ToolOptions,
  type TraceOption,
} from "./options.js";
import { say } from "./output.js";
import { LoadingProgress } from "./progress.js";

/** How a command opens its model, besides the options. */
interface Opening {
  readonly repeatable?: true;
  /** Without the shipped adapter: what is taught or measured starts from the base. */
  readonly base?: true;
  /** Tokens that all texts under way hold together. */
  readonly contextSize?: number;
}

/** @throws ToolwrightError `wrong-use`, and as `resolveModel` */
export async function openModel(
  { model, adapter, exact, protocol, repeatable, base, contextSize }: ModelOptions & ProtocolOption & Opening,
  signal: AbortSignal,
): Promise<LanguageModel> {
  const adapters = adaptersOf(adapter) ?? (base ? [] : undefined);
  using progress = new LoadingProgress(model, exact !== true);
  return await resolveModel(model, { adapters, exact, protocol, repeatable, contextSize, signal, onProgress: progress.onProgress });
}

/** The model for these tools: see `suitedModel`. Only one is open. @throws ToolwrightError as `openModel` */
export async function openModelFor(
  tools: readonly Tool[],
  options: Parameters<typeof openModel>[0],
  signal: AbortSignal,
): Promise<LanguageModel> {
  const model = await openModel(options, signal);
  if (isSuited(model, tools)) return model;
  say(`The adapter of ${model.name} was not taught all of these tools: it is left out.`);
  return await (model as LocalModel).withAdapters([], { instead: true });
}

/** Undefined where none is named: the model's default. */
function adaptersOf(files: readonly string[] | undefined): readonly { readonly file: string }[] | undefined {
  if (files === undefined || !files.includes("none")) return files?.map((file) => ({ file }));
  if (files.length === 1) return [];
  throw new ToolwrightError("wrong-use", "--adapter none stands beside other adapters.", "Leave one or the other out.", { exitCode: 2 });
}

/**
 * The tools, and for `mt` the model that it translates with, which is opened with them and closes with it.
 * @throws ToolwrightError `wrong-use`, `folder-not-found`, as `translation` and, for its model, as `resolveModel`
 */
export async function makeTools(options: ToolOptions): Promise<Tool[]> {
  const { tools, folder, translator } = options;
  checkSources(options);
  const makers: Record<ToolName, () => Tool | Promise<Tool>> = {
    calculator,
    calendar,
    search: () => search({ folder, onNote: (note) => say(`search: ${note}`) }),
    qa: () => questionAnswering({ folder, onNote: (note) => say(`qa: ${note}`) }),
    mt: () => translatorTool(translator),
  };
  const made: Tool[] = [];
  for (const name of tools) made.push(await makers[name]());
  return made;
}

/** Whether one of the tools reads texts of a folder. */
export function anyReads(tools: readonly ToolName[]): boolean {
  return tools.some((name) => readers.includes(name));
}

/** @throws ToolwrightError `wrong-use` for an option that none of the tools looks at */
export function checkSources({ tools, folder, translator }: ToolOptions): void {
  if (folder !== undefined && !anyReads(tools)) {
    throw new ToolwrightError(
      "wrong-use",
      `--folder is for the tools ${readers.join(" and ")}, which are not among --tools.`,
      "Add search to --tools, or leave --folder out.",
      { exitCode: 2 },
    );
  }
  if (translator !== undefined && !tools.includes("mt")) {
    throw new ToolwrightError(
      "wrong-use",
      "--translator is for the tool mt, which is not among --tools.",
      "Add mt to --tools, or leave it out.",
      {
        exitCode: 2,
      },
    );
  }
}

/**
 * Strategies that need a tool, before anything is asked under others.
 * @throws ToolwrightError `strategy-needs-tool`
 */
export function checkStrategies(strategies: readonly string[], toolSets: readonly (readonly ToolName[])[]): void {
  if (!strategies.includes("search") || toolSets.every((tools) => tools.includes("search"))) return;
  throw new ToolwrightError(
    "strategy-needs-tool",
    "The strategy search looks things up, and the search tool is not among --tools.",
    "Add search to --tools, or leave the strategy out.",
    { exitCode: 2 },
  );
}

/** Whether what a tool gives depends on the files of its folder. */
export function readsFolder({ name }: Pick<Tool, "name">): boolean {
  return name === "Search" || name === "QA";
}

async function translatorTool(translator: string | undefined): Promise<Tool> {
  if (translator === undefined) {
    throw new ToolwrightError(
      "wrong-use",
      "The tool mt has nothing to translate with.",
      "Give --translator a folder of Bergamot's models, or a model, such as openai:NAME.",
      { exitCode: 2 },
    );
  }
  if (existsSync(translator) && statSync(translator).isDirectory()) return translation({ folder: translator });
  // Without the adapter that comes with the default model: it was taught to call tools, not to translate.
  const model = await resolveModel(translator, { adapters: [] });
  const tool = translation({ model });
  return {
    ...tool,
    close: async () => {
      await tool.close();
      await model.close();
    },
  };
}

/**
 * What of an agent is set by options, but for its model, tools and trace.
 * @throws ToolwrightError `wrong-use` for a date or a time zone that does not exist
 */
export async function agentSettings(options: AnswerOptions): Promise<Omit<CreateAgentOptions, "model" | "tools" | "trace">> {
  const { strategy, instructions, prompts, temperature, seed, maxTokens, topK, costWeight, protocol, now, timeZone } = options;
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new ToolwrightError("wrong-use", `There is no time zone ${timeZone}.`, "Give an IANA name, such as Europe/Berlin or UTC.", {
      exitCode: 2,
    });
  }
  const clock = now === undefined ? undefined : await readClock(now, timeZone);
  return {
    strategy,
    instructions,
    ...(prompts !== undefined && { prompts: readPrompts(prompts) }),
    temperature,
    seed,
    maxTokens,
    topK,
    costWeight,
    protocol,
    timeZone,
    ...(clock && { now: () => clock }),
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A date without an offset is one of the tools' time zone, so that `--now 2026-12-24` is that day there. */
export async function readClock(text: string, timeZone: string | undefined): Promise<Date> {
  const { DateTime } = await import("luxon");
  const date = DateTime.fromISO(text, { zone: timeZone ?? "local" });
  if (date.isValid) return date.toJSDate();
  throw new ToolwrightError("wrong-use", `--now ${text} is no date.`, "Write it as 2026-12-24, 2026-12-24T18:00 or 2026-12-24T18:00:00Z.", {
    exitCode: 2,
  });
}

/** Where runs are recorded: into one file, or each into a file of its own in a folder; undefined: nowhere. */
export function tracePlace({ trace }: TraceOption): { readonly file: string } | { readonly folder: string } | undefined {
  if (trace === false) return undefined;
  if (trace === undefined) return { folder: folderPath("traces") };
  const isFolder = /[/\\]$/.test(trace) || (existsSync(trace) && statSync(trace).isDirectory());
  return isFolder ? { folder: trace } : { file: trace };
}

/** A new trace's path, named by the date and by what is in it. */
export function newTraceFile(folder: string, what: "chat" | "fork"): string {
  const date = new Date().toISOString().slice(0, 19).replace(/\D/g, "-");
  return join(folder, `${date}-${what}-${randomBytes(3).toString("hex")}.jsonl`);
}
