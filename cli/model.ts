import { stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { STORAGE, type Storage } from "../engine/index.js";
import { type AdapterDescription, findModel, isAdapter, mergeAdapter, modelDigest, readAdapter } from "../models/index.js";
import { baseText, changesText, foundAdapters } from "./adapters.js";
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

  const info = command.command("info").description("what a model file is, fetched first where it is not here; or an adapter file");
  jsonOption(info.argument("[name]", NAME, "local"), "print it as JSON").action(describe);

  const adapters = command.command("adapters").description("LoRA adapters: the one that comes with the package, and those in a folder");
  jsonOption(adapters.argument("[folder]", "default: the folder of adapters"), "print them as JSON").action(listAdapters);

  const merge = command
    .command("merge")
    .description("a model file whose weights have an adapter's changes in them")
    .argument("<model>", NAME)
    .argument("<adapter>", "LoRA adapter as GGUF")
    .requiredOption("-o, --out <file>", "the new model file")
    .addOption(new Option("--type <name>", "how its weights are stored; F32 is exact").choices(Object.keys(STORAGE)).default("BF16"));
  jsonOption(merge, "print its path, size and digest as JSON").action(mergeIt);
}

interface MergeCommandOptions extends JsonOption {
  readonly out: string;
  readonly type: Storage;
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

async function listAdapters(folder: string | undefined, { json }: JsonOption): Promise<void> {
  const found = await foundAdapters(folder);
  if (json) return await printJson(found.map(({ adapter, ...rest }) => ({ ...rest, ...adapter })));
  if (found.length === 0) return say("There are no adapters. `toolwright train` makes one; a folder of them can be named.");
  await print(
    table(
      found.map(({ file, shipped, adapter }) => {
        if (adapter === undefined) return ["damaged", "", "", "", file];
        return [baseText(adapter), `rank ${adapter.rank}`, megabytes(adapter.bytes), adapter.sha256, shipped ? `${file} (shipped)` : file];
      }),
    ),
  );
  for (const { problem } of found) if (problem !== undefined) say(problem);
}

async function mergeIt(name: string, adapter: string, { out, type, json }: MergeCommandOptions): Promise<void> {
  await mergeAdapter(await find(name), adapter, out, { storage: type });
  if (json) await printJson({ file: out, size: (await stat(out)).size, sha256: await modelDigest(out), storage: type });
  else await print(`${out}\n`);
}

async function describe(name: string, { json }: JsonOption): Promise<void> {
  const file = await find(name);
  if (isAdapter(file)) {
    const adapter = await readAdapter(file);
    if (json) await printJson(adapter);
    else await print(table(adapterRows(adapter)));
    return;
  }
  const description = await describeModelFile(file);
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
  return given(rows);
}

function adapterRows(adapter: AdapterDescription): string[][] {
  const { base, parameters } = adapter;
  return given([
    ["file", adapter.file],
    ["kind", "LoRA adapter"],
    ["name", adapter.name],
    ["size", megabytes(adapter.bytes)],
    ["sha256", adapter.sha256],
    ["architecture", adapter.architecture],
    ["base", base && `${base.name ?? "unnamed"}, SHA-256 ${base.sha256}`],
    ["rank, alpha", `${adapter.rank}, ${adapter.alpha}`],
    ["changes", changesText(adapter)],
    ["strategy", adapter.strategy],
    ["tools", adapter.tools?.join(", ")],
    ["dataset", adapter.dataset && `SHA-256 ${adapter.dataset}`],
    ["parameters", parameters === undefined ? undefined : JSON.stringify(parameters)],
    ["made by", adapter.version && `toolwright ${adapter.version}`],
    ["licence", adapter.licence],
  ]);
}

function given(rows: readonly (readonly [label: string, value: string | undefined])[]): string[][] {
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
