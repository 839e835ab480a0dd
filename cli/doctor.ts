import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import type { Command } from "commander";
import { messageOf, ToolwrightError } from "../errors.js";
import { defaultModel, type FolderName, openFolder, storageChoice } from "../models/index.js";
import { cachedModels } from "./cached-models.js";
import { type JsonOption, jsonOption } from "./options.js";
import { print, printJson } from "./output.js";
import { styles } from "./terminal.js";

/** What was looked at. `fault`: a chat does not work without it. `note`: it works, though not everything does. */
interface Finding {
  readonly what: string;
  readonly state: "good" | "note" | "fault";
  readonly says: string;
  /** What to do about it. */
  readonly remedy?: string;
}

const FOLDERS = ["models", "digests", "states", "index", "traces", "history"] as const satisfies readonly FolderName[];
const VARIABLES = ["TOOLWRIGHT_HOME", "HF_ENDPOINT", "HF_TOKEN", "OPENAI_BASE_URL", "OPENAI_API_KEY"] as const;
const HUB_PATIENCE_MS = 4000;
/** Python takes its time to start on a busy machine. */
const PIP_PATIENCE_MS = 15_000;
/** Share of the processor below which the storage types were measured on a busy machine. */
const QUIET = 0.75;
const MARKS = { good: "✓", note: "·", fault: "✗" } as const satisfies Record<Finding["state"], string>;

export function define(command: Command): void {
  jsonOption(command, "print the findings as JSON").action(doctor);
}

async function doctor({ json }: JsonOption): Promise<void> {
  const [model, hub, pip] = await Promise.all([lookAtModel(), lookAtHub(), lookAtPip()]);
  const findings = [
    lookAtMachine(),
    await lookAtEngine(),
    await lookAtFolders(),
    modelFinding(model, [hub, pip]),
    ...(await lookAtStorage()),
    hub,
    pip,
    lookAtVariables(),
  ];
  const works = findings.every(({ state }) => state !== "fault");
  if (json) await printJson({ works, findings });
  else
    await print(
      `${findings.map(textOf).join("")}\n${works ? "A chat works here: npm start, or toolwright chat." : "A chat does not work here yet."}\n`,
    );
  if (!works) process.exitCode = 1;
}

function textOf({ what, state, says, remedy }: Finding): string {
  const { bold, red } = styles(process.stdout);
  const mark = state === "fault" ? red(MARKS[state]) : MARKS[state];
  return `${mark} ${bold(what.padEnd(10))} ${says}\n${remedy === undefined ? "" : `${" ".repeat(13)}→ ${remedy}\n`}`;
}

function lookAtMachine(): Finding {
  const cpu = os.cpus()[0]?.model.trim() ?? "unknown CPU";
  const [memory, free] = [os.totalmem(), os.freemem()].map((bytes) => (bytes / 2 ** 30).toFixed(1));
  const { header } = process.report.getReport() as unknown as { readonly header: { readonly glibcVersionRuntime?: string } };
  const glibc = header.glibcVersionRuntime === undefined ? "" : `, glibc ${header.glibcVersionRuntime}`;
  const machine = `${process.platform}-${process.arch}, ${cpu}, ${os.availableParallelism()} cores, ${memory} GiB of memory (${free} free)`;
  return { what: "machine", state: "good", says: `${machine}, Node ${process.version}${glibc}` };
}

async function lookAtEngine(): Promise<Finding> {
  try {
    const { library, RELEASE } = await import("../engine/index.js");
    return { what: "engine", state: "good", says: `llama.cpp ${RELEASE} of ${library().package}, its layouts fit` };
  } catch (error) {
    return faultOf("engine", error);
  }
}

async function lookAtFolders(): Promise<Finding> {
  try {
    const paths = await Promise.all(FOLDERS.map((folder) => openFolder(folder)));
    return { what: "folders", state: "good", says: `can be written: ${paths.join(", ")}` };
  } catch (error) {
    return faultOf("folders", error);
  }
}

/** What is wrong with the copy of the default model; nothing when it is as it should be. */
async function lookAtModel(): Promise<{ readonly file?: string; readonly wrong?: string }> {
  const here = (await cachedModels()).fetched.find(({ name }) => name === "local");
  if (here === undefined) return { wrong: "it is not here" };
  if (here.sha256 === defaultModel.known?.sha256) return { file: here.file };
  return { wrong: here.problem ?? `${here.file} is damaged, its SHA-256 is ${here.sha256}` };
}

function modelFinding({ file, wrong }: { readonly file?: string; readonly wrong?: string }, sources: readonly Finding[]): Finding {
  if (wrong === undefined) return { what: "model", state: "good", says: `${file}, SHA-256 ${defaultModel.known?.sha256}` };
  const says = `the default model: ${wrong}`;
  if (sources.some(({ state }) => state === "good"))
    return { what: "model", state: "note", says, remedy: "It is fetched on first use, or now with: toolwright model fetch" };
  return {
    what: "model",
    state: "fault",
    says,
    remedy: "Go online, give a file with --model FILE.gguf, or use an endpoint with --model openai:NAME.",
  };
}

/** How the default model runs here; nothing before its first use. */
async function lookAtStorage(): Promise<Finding[]> {
  const choice = await storageChoice(defaultModel.known?.sha256 ?? "");
  if (choice === undefined) return [];
  const { storage, measured, share, at, note } = choice;
  const name = (one: string) => (one === "source" ? "the file as it is" : one);
  const figures = measured.map((one) => `${name(one.storage)} ${one.ms.toFixed(0)} ms`).join(", ");
  const says = `the default model runs as ${storage === "source" ? "it is" : storage}, measured${at === undefined ? "" : ` ${at.slice(0, 10)}`}: ${figures}`;
  if (share === undefined || share >= QUIET) return [{ what: "storage", state: "good", says }];
  const busy = `; other programs took ${(100 * (1 - share)).toFixed(0)} % of the processor meanwhile`;
  return [{ what: "storage", state: "note", says: says + busy, remedy: `To measure again on a quiet machine, remove ${note}` }];
}

async function lookAtHub(): Promise<Finding> {
  const { HUB_URL } = await import("@huggingface/hub");
  const url = process.env.HF_ENDPOINT || HUB_URL;
  try {
    const { status } = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(HUB_PATIENCE_MS) });
    return { what: "hub", state: status < 500 ? "good" : "note", says: `${url} answers with status ${status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { what: "hub", state: "note", says: `${url} cannot be reached: ${messageOf(cause)}` };
  }
}

async function lookAtPip(): Promise<Finding> {
  const says = await firstAnswer([["python3", "-m", "pip"], ["python", "-m", "pip"], ["py", "-m", "pip"], ["pip"], ["pip3"]]);
  if (says !== undefined) return { what: "pip", state: "good", says };
  return { what: "pip", state: "note", says: "there is no Python with pip, the other way to fetch the default model" };
}

async function firstAnswer(commands: readonly (readonly [string, ...string[]])[]): Promise<string | undefined> {
  for (const [program, ...args] of commands) {
    try {
      return (await promisify(execFile)(program, [...args, "--version"], { timeout: PIP_PATIENCE_MS })).stdout.trim();
    } catch {
      // Not on this machine, or without pip: the next may be.
    }
  }
  return undefined;
}

/** Names alone: a value may be a secret. */
function lookAtVariables(): Finding {
  const set = VARIABLES.filter((name) => process.env[name]);
  return { what: "settings", state: "good", says: set.length === 0 ? `none of ${VARIABLES.join(", ")} is set` : `set: ${set.join(", ")}` };
}

function faultOf(what: string, error: unknown): Finding {
  return { what, state: "fault", says: messageOf(error), ...(error instanceof ToolwrightError && { remedy: error.remedy }) };
}
