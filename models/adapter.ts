// LoRA adapters as files: what one says of itself, which model it is for, and the one that the package ships.
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ToolwrightError } from "../errors.js";
import { modelDigest } from "./digest.js";
import { GGUF_TYPES, type GgufHeader, readGguf } from "./gguf.js";

/** What an adapter's file says of itself. What `toolwright` metadata tells is there only in files that were trained here. */
export interface AdapterDescription {
  readonly file: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** Of the file. */
  readonly bytes: number;
  readonly name?: string;
  readonly architecture: string;
  /** The largest, where tensors differ. */
  readonly rank: number;
  /** The change of a tensor is B·A times alpha / rank; with an alpha of 0, B·A as it is. */
  readonly alpha: number;
  /** What it changes in a layer: `q`, `k`, `v`, `o`, `gate`, `up`, `down`; anything else by its tensor's name. */
  readonly targets: readonly string[];
  /** The first layer that it changes, and the one after the last; none for an adapter that changes no layer. */
  readonly layers?: readonly [from: number, to: number];
  /** The model that it was trained on: SHA-256 of its source file, and its name. */
  readonly base?: { readonly sha256: string; readonly name?: string };
  /** SHA-256 of the dataset. */
  readonly dataset?: string;
  /** The strategy that it was trained for. */
  readonly strategy?: string;
  /** Names of the tools that it was trained to call. */
  readonly tools?: readonly string[];
  /** Of the training. */
  readonly parameters?: unknown;
  /** Of toolwright, which made it. */
  readonly version?: string;
  readonly licence?: string;
}

/** A model, as far as an adapter must fit it. */
export interface AdapterBase {
  readonly file: string;
  /** SHA-256 of the source file, and its name. */
  readonly digest: string;
  readonly name: string;
}

/** llama.cpp's names of a layer's matrices (`LLM_TENSOR_NAMES`, src/llama-arch.cpp). */
const TARGETS: Readonly<Record<string, string>> = {
  attn_q: "q",
  attn_k: "k",
  attn_v: "v",
  attn_output: "o",
  ffn_gate: "gate",
  ffn_up: "up",
  ffn_down: "down",
};
const EMBEDDING = "token_embd";

/** The package's own, at most one. */
const SHIPPED = fileURLToPath(new URL("../../data/adapter", import.meta.url));

/** @throws ToolwrightError `adapter-not-found`, `adapter-invalid`, `model-unreadable` */
export async function readAdapter(file: string): Promise<AdapterDescription> {
  const path = resolve(file);
  const header = headerOf(path);
  const { rank, targets, layers } = pairsOf(path, header);
  const text = (key: string) => {
    const value = header.metadata.get(key)?.value;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const base = text("toolwright.base.digest");
  return {
    file: path,
    sha256: await modelDigest(path),
    bytes: (await stat(path)).size,
    name: text("general.name"),
    architecture: text("general.architecture") ?? "unknown",
    rank,
    alpha: Number(header.metadata.get("adapter.lora.alpha")?.value ?? 0),
    targets,
    layers,
    ...(base === undefined ? {} : { base: { sha256: base, name: text("toolwright.base.name") } }),
    dataset: text("toolwright.dataset.digest"),
    strategy: text("toolwright.strategy"),
    tools: taughtTools(header.metadata.get("toolwright.tools")?.value),
    parameters: parsed(text("toolwright.parameters")),
    version: text("toolwright.version"),
    licence: text("general.license"),
  };
}

/** The tools that a file's `toolwright.tools` names; undefined where it says nothing. */
export function taughtTools(value: unknown): readonly string[] | undefined {
  return typeof value === "string" ? value.split(",").filter((name) => name !== "") : undefined;
}

/** Whether a GGUF file says that it is an adapter. @throws ToolwrightError `model-not-found`, `model-invalid`, `model-unreadable` */
export function isAdapter(file: string): boolean {
  return readGguf(file).metadata.get("general.type")?.value === "adapter";
}

/**
 * That an adapter is for this model, as far as names, digests and shapes tell.
 * @throws ToolwrightError `adapter-mismatch`
 */
export function checkAdapter(adapter: AdapterDescription, { file, digest, name }: AdapterBase): void {
  const { base, architecture } = adapter;
  if (base?.sha256 === digest) return;
  if (base !== undefined) {
    throw mismatch(
      adapter,
      `was trained on ${base.name ?? "a model"} (SHA-256 ${short(base.sha256)}), and ${name} (${short(digest)}) is another file`,
    );
  }
  const { metadata, tensors } = readGguf(file);
  const own = metadata.get("general.architecture")?.value;
  if (own !== architecture) throw mismatch(adapter, `is for models of the architecture ${architecture}, and ${name} is a ${own}`);
  // The library would multiply the output by the embedding's A and B, whose shapes are others, and abort the process.
  if (adapter.targets.includes(EMBEDDING) && !tensors.some((tensor) => tensor.name === "output.weight")) {
    throw mismatch(adapter, `changes the embedding, and ${name} uses that as its output layer too, which llama.cpp cannot do`);
  }
}

/** The adapter that comes with the package, for the model that it names as its base; undefined while there is none. */
export async function shippedAdapter(): Promise<AdapterDescription | undefined> {
  const [file] = await adapterFiles(SHIPPED);
  return file === undefined ? undefined : await readAdapter(file);
}

/** Paths of the GGUF files in a folder, in order; none where there is no such folder. */
export async function adapterFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.gguf$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** @throws ToolwrightError `adapter-not-found`, `adapter-invalid`, `model-unreadable` */
function headerOf(path: string): GgufHeader {
  let header: GgufHeader;
  try {
    header = readGguf(path);
  } catch (error) {
    if (!(error instanceof ToolwrightError)) throw error;
    if (error.code === "model-not-found")
      throw new ToolwrightError("adapter-not-found", `There is no adapter file ${path}.`, "Check the path given as adapter.", {
        exitCode: 2,
      });
    if (error.code === "model-invalid")
      throw new ToolwrightError("adapter-invalid", error.message, "Give a whole adapter file, or copy it again.");
    throw error;
  }
  // The library ends the process over a value of another type.
  for (const [key, type] of [
    ["general.type", "string"],
    ["general.architecture", "string"],
    ["adapter.type", "string"],
    ["adapter.lora.alpha", "f32"],
  ] as const) {
    const value = header.metadata.get(key);
    if (value !== undefined && value.type !== GGUF_TYPES[type]) throw invalid(path, `its ${key} is no ${type}`);
  }
  const value = (key: string) => header.metadata.get(key)?.value;
  if (value("general.type") !== "adapter") throw invalid(path, "it is a model", "Give it with --model, and an adapter beside it.");
  if (value("adapter.type") !== "lora") throw invalid(path, `it is of the kind ${value("adapter.type") ?? "that it does not name"}`);
  return header;
}

/** What the pairs of matrices change, once A and B are found to fit each other. */
function pairsOf(path: string, { tensors }: GgufHeader): Pick<AdapterDescription, "rank" | "targets" | "layers"> {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const changed = new Set(tensors.filter(({ name }) => /\.lora_[ab]$/.test(name)).map(({ name }) => name.replace(/\.lora_[ab]$/, "")));
  if (changed.size === 0) throw invalid(path, "it changes nothing: it has no tensors named .lora_a and .lora_b");
  const targets = new Set<string>();
  const layers: number[] = [];
  let rank = 0;
  for (const name of changed) {
    const [a, b] = [shapes.get(`${name}.lora_a`), shapes.get(`${name}.lora_b`)];
    if (a === undefined || b === undefined) throw invalid(path, `${name} has no lora_${a === undefined ? "a" : "b"}`);
    const { layer, part = name } = /^(?:blk\.(?<layer>\d+)\.)?(?<part>.+)\.weight$/.exec(name)?.groups ?? {};
    // The embedding's matrices are the other way round (`llm_graph_context::build_inp_embd`, src/llama-graph.cpp).
    const inner = part === EMBEDDING ? a[0] : a[1];
    if (inner !== b[0]) throw invalid(path, `the matrices for ${name} do not fit: A is of rank ${inner}, B of rank ${b[0]}`);
    rank = Math.max(rank, inner ?? 0);
    targets.add(TARGETS[part] ?? part);
    if (layer !== undefined) layers.push(Number(layer));
  }
  const order = Object.values(TARGETS);
  return {
    rank,
    targets: [...order.filter((target) => targets.has(target)), ...[...targets].filter((target) => !order.includes(target))],
    layers: layers.length === 0 ? undefined : [Math.min(...layers), Math.max(...layers) + 1],
  };
}

function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // Somebody else's: the adapter works all the same.
  }
}

const short = (digest: string) => `${digest.slice(0, 12)}…`;

function invalid(path: string, what: string, remedy = "Give a LoRA adapter as GGUF, in llama.cpp's own format."): ToolwrightError {
  return new ToolwrightError("adapter-invalid", `${path} is no LoRA adapter that can be used: ${what}.`, remedy);
}

function mismatch({ file }: AdapterDescription, why: string): ToolwrightError {
  const remedy = "Use the adapter with the model that it was made for, or leave it out (--adapter none).";
  return new ToolwrightError("adapter-mismatch", `The adapter ${basename(file)} ${why}.`, remedy);
}
