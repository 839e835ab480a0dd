import type { Command } from "commander";
import { findModel, modelDigest } from "../models/index.js";
import { cachedModels } from "./cached-models.js";
import { interruption } from "./interruption.js";
import { describeModelFile, type ModelDescription } from "./model-file.js";
import { type JsonOption, jsonOption } from "./options.js";
import { print, printJson, say } from "./output.js";
import { LoadingProgress } from "./progress.js";
import { table } from "./terminal.js";

const NAME = "local, FILE.gguf or hf:OWNER/REPO/FILE.gguf";

export function define(command: Command): void {
  jsonOption(command.command("list").description("model files in the cache folder"), "print them as JSON").action(list);

  const fetch = command.command("fetch").description("bring a model file into the cache folder and print its path");
  jsonOption(fetch.argument("[name]", "local, or hf:OWNER/REPO/FILE.gguf", "local"), "print its path, size and digest as JSON").action(
    fetchIt,
  );

  const info = command.command("info").description("what a model file is; fetched first where it is not here");
  jsonOption(info.argument("[name]", NAME, "local"), "print it as JSON").action(describe);
}

async function list({ json }: JsonOption): Promise<void> {
  const { fetched, converted } = await cachedModels();
  if (json) return await printJson({ fetched, converted });
  if (fetched.length + converted.length === 0) return say("There are no model files yet. `toolwright model fetch` brings the default one.");
  const source = ({ source }: { readonly source: string }) =>
    fetched.find(({ sha256 }) => sha256?.startsWith(source))?.name ?? `${source}…`;
  const rows = [
    ...fetched.map(({ name, size, sha256 = "", runsAs, file, problem }) => [
      name,
      megabytes(size),
      sha256,
      problem === undefined ? runs(runsAs) : "damaged",
      file,
    ]),
    ...converted.map((copy) => [source(copy), megabytes(copy.size), "", `copy as ${copy.storage}`, copy.file]),
  ];
  await print(table(rows));
}

function runs(storage: string | undefined): string {
  if (storage === undefined) return "not used yet";
  return storage === "source" ? "runs as it is" : `runs as ${storage}`;
}

async function fetchIt(name: string, { json }: JsonOption): Promise<void> {
  const file = await find(name);
  if (json) await printJson({ file, sha256: await modelDigest(file) });
  else await print(`${file}\n`);
}

async function find(name: string): Promise<string> {
  using progress = new LoadingProgress(name, false);
  return await findModel(name, { signal: interruption(), onProgress: progress.onProgress });
}

async function describe(name: string, { json }: JsonOption): Promise<void> {
  const description = await describeModelFile(await find(name));
  if (json) await printJson(description);
  else await print(table(rowsOf(description)));
}

function rowsOf(model: ModelDescription): string[][] {
  const { parameters, activeParameters: active, experts, runs } = model;
  const rows: (readonly [string, string | undefined])[] = [
    ["file", model.file],
    ["name", model.name],
    ["size", `${megabytes(model.bytes)} in ${model.tensors} tensors`],
    ["sha256", model.sha256],
    ["architecture", model.architecture],
    ["parameters", `${count(parameters)}${active === parameters ? "" : `, ${count(active)} of them active for a token`}`],
    ["experts", experts && `${experts.used} of ${experts.all} for a token`],
    ["stored as", model.storage],
    ["layers, width", [model.layers, model.width].join(", ")],
    ["context", model.context === undefined ? undefined : `${model.context} tokens`],
    ["tokenizer", [model.tokenizer, model.vocabulary && `${model.vocabulary} tokens`].filter(Boolean).join(", ")],
    ["chat template", model.chatTemplate ? "yes" : "no"],
    ["licence", model.licence],
    ["runs here", runs.can ? `yes${runs.as === undefined ? "" : `, as ${runs.as}`}` : `no: ${runs.why}`],
  ];
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** 134515008 is `134.5 million`. */
function count(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toFixed(2)} billion`;
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} million` : String(number);
}
