// Options that several commands share. What a value must look like is said here; what it means is for agent.ts.
import { type Command, InvalidArgumentError, Option } from "commander";
import { strategies, strategyNamed } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";

export interface JsonOption {
  readonly json?: true;
}

export interface ModelOptions {
  readonly model: string;
  /** Files; `none` alone: not even the shipped one. */
  readonly adapter?: readonly string[];
  readonly exact?: true;
}

export interface ProtocolOption {
  readonly protocol?: "marker" | "native";
}

export interface ToolOptions {
  readonly tools: readonly ToolName[];
  readonly folder?: string;
  /** A folder of translation models, or a language model's name. */
  readonly translator?: string;
}

export interface AnswerOptions extends ModelOptions, ProtocolOption, ToolOptions {
  readonly strategy?: string;
  readonly instructions?: string;
  readonly prompts?: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  readonly topK?: number;
  readonly costWeight?: number | "fit";
  readonly now?: string;
  readonly timeZone?: string;
}

export interface TraceOption {
  /** A file or a folder; `false`: nothing is recorded. Default: the folder of traces. */
  readonly trace?: string | false;
}

/** What is used unless tools are named: those that the shipped adapter was taught. */
export const usualTools = ["calculator", "calendar", "search"] as const;
export const toolNames = [...usualTools, "qa", "mt"] as const;
export type ToolName = (typeof toolNames)[number];

/** Those that look into `--folder`. */
export const readers: readonly ToolName[] = ["search", "qa"];

export function jsonOption(command: Command, what: string): Command {
  return command.option("--json", what);
}

export function modelOptions(command: Command): Command {
  return command
    .optionsGroup("Model:")
    .option("-m, --model <name>", "local, FILE.gguf, hf:OWNER/REPO/FILE.gguf, openai:NAME, or PROVIDER:NAME of LangChain's", "local")
    .option(
      "--adapter <file>",
      "LoRA adapter as GGUF, or none; repeatable (default: of chat, ask and replay, the one that comes with the model)",
      (file: string, files: readonly string[] = []) => [...files, file],
    )
    .option("--exact", "run the model file as it is, not converted to what is fastest on this CPU");
}

export function protocolOption(command: Command): Command {
  return command.addOption(
    new Option("--protocol <how>", "how calls come; native needs an endpoint").choices(["marker", "native"]).default("marker"),
  );
}

export function toolOptions(command: Command): Command {
  const usual = usualTools.join(",");
  return sourceOptions(
    command
      .optionsGroup("Tools:")
      .addOption(
        new Option("-t, --tools <names>", `separated by commas: ${toolNames.join(", ")}; or none`)
          .argParser(readTools)
          .default(usualTools, usual),
      ),
  );
}

/** What tools need besides their names. */
export function sourceOptions(command: Command): Command {
  return command
    .option("--folder <folder>", "texts for the search and qa tools: .txt, .md, .html, .jsonl")
    .option("--translator <what>", "what mt translates with: a folder of Bergamot's models, or a model such as openai:NAME");
}

export function answerOptions(command: Command): Command {
  const names = strategies.map(({ name }) => name);
  return toolOptions(protocolOption(modelOptions(command)))
    .optionsGroup("Answer:")
    .addOption(
      new Option(
        "-s, --strategy <name>",
        `how a question is answered: ${names.join(", ")} (default: what the model was trained for, or ${names[0]})`,
      ).argParser(readStrategy),
    )
    .option("--prompts <folder>", "prompts of your own, in another language for one: files like those in data/prompts")
    .option("--instructions <text>", "what you want of the model, put before everything else")
    .option(
      "--temperature <number>",
      "0 is greedy",
      number("a number, 0 or more", (value) => value >= 0),
      0,
    )
    .option("--seed <number>", "of sampling (default: drawn for each answer)", whole("a whole number from 0 to 4294967295", 0, 2 ** 32 - 1))
    .option("--max-tokens <number>", "most tokens of one answer (default: 512)", whole("a whole number, 1 or more", 1))
    .option("--top-k <number>", "a call starts when its marker is among so many likeliest tokens", whole("a whole number, 1 or more", 1), 1)
    .option(
      "--cost-weight <number>",
      "how much a call must be worth: log-probability for each second that it costs, or fit, as was measured (default: 0, calls are free)",
      readWeight,
    )
    .option("--now <date>", "the clock that tools see, such as 2026-12-24 or 2026-12-24T18:00 (default: the machine's)")
    .option("--time-zone <name>", "that tools reckon in, such as Europe/Berlin (default: the machine's)");
}

export function traceOption(command: Command): Command {
  return command
    .optionsGroup("Trace:")
    .option("--trace <path>", "record to this file, or to a file in this folder (default: the folder of traces)")
    .option("--no-trace", "record nothing");
}

export function readWeight(text: string): number | "fit" {
  return text === "fit" ? text : number("a number, 0 or more, or fit", (value) => value >= 0)(text);
}

function readStrategy(name: string): string {
  try {
    return strategyNamed(name).name;
  } catch (error) {
    if (!(error instanceof ToolwrightError)) throw error;
    throw new InvalidArgumentError(`${error.message} ${error.remedy}`);
  }
}

/** Values separated by commas, after those of the option's earlier uses. */
export function listed(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",").map((item) => item.trim())];
}

/** Several, as `listed`. */
export function readStrategies(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...listed(text).map(readStrategy)];
}

function readTools(text: string): readonly ToolName[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  if (names.length === 1 && names[0] === "none") return [];
  const unknown = names.find((name) => !(toolNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no tool "${unknown}". Choose from ${toolNames.join(", ")}, or none.`);
  // Always in the same order: the beginning that prompts share is then the same, and its state is kept on disk.
  return toolNames.filter((name) => names.includes(name));
}

/** Tools that are taught: named one after the other, in the order in which they are known. */
export function readToolNames(text: string, before: readonly ToolName[] = []): readonly ToolName[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(toolNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no tool "${unknown}". Choose from ${toolNames.join(", ")}.`);
  return toolNames.filter((name) => names.includes(name) || before.includes(name));
}

/** @param wanted what it must be, as a part of a sentence */
export function whole(wanted: string, least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return number(wanted, (value) => Number.isSafeInteger(value) && value >= least && value <= most);
}

export function number(wanted: string, fits: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || !fits(value)) throw new InvalidArgumentError(`It must be ${wanted}.`);
    return value;
  };
}
