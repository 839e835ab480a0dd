// Adapters as files: a GGUF that llama.cpp loads beside the base model (src/llama-adapter.cpp), with what it was made of.
import { type GgufValue, ggufValue, writeGguf } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import type { LoraShape, LoraTensor } from "./lora.js";
import { readTensorFile } from "./tensor-file.js";
import { MATRICES, TARGETS, type Target } from "./weights.js";

/** What an adapter was made of. */
export interface AdapterOrigin {
  readonly architecture: string;
  /** SHA-256 of the base model's source file, and its name. */
  readonly base: { readonly digest: string; readonly name: string };
  /** SHA-256 of the dataset. */
  readonly dataset: string;
  /** The strategy that it was trained for. */
  readonly strategy: string;
  /** Of training; written as JSON. */
  readonly parameters: object;
  /** Of toolwright. */
  readonly version: string;
  readonly licence?: string;
}

/** An adapter that was read. */
export interface AdapterFile {
  /** alpha is the stored one: with rsLoRA, alpha · √rank. There is no dropout in a file. */
  readonly shape: Omit<LoraShape, "dropout">;
  readonly architecture: string;
  /** Of adapters that say so. */
  readonly base?: { readonly digest: string; readonly name: string };
  readonly values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** Above this ‖x − F16(x)‖ / ‖x‖ a tensor is stored as F32. A number in F16's normal range is off by at most 2⁻¹¹ of itself. */
const EXACT_ENOUGH = 1e-3;

/**
 * Writes an adapter. The same values and origin give the same bytes. Tensors are F16 where that is exact enough, else F32: too large or
 * too small numbers are what it cannot hold.
 * @throws ToolwrightError `file-not-written`
 */
export async function writeAdapter(
  path: string,
  tensors: readonly Pick<LoraTensor, "name" | "shape" | "values">[],
  alpha: number,
  origin: AdapterOrigin,
): Promise<void> {
  const said: [string, string | undefined][] = [
    ["general.license", origin.licence],
    ["toolwright.base.digest", origin.base.digest],
    ["toolwright.base.name", origin.base.name],
    ["toolwright.dataset.digest", origin.dataset],
    ["toolwright.strategy", origin.strategy],
    ["toolwright.parameters", JSON.stringify(origin.parameters)],
    ["toolwright.version", origin.version],
  ];
  const metadata: Record<string, GgufValue> = {
    "general.type": ggufValue("string", "adapter"),
    "general.architecture": ggufValue("string", origin.architecture),
    "adapter.type": ggufValue("string", "lora"),
    "adapter.lora.alpha": ggufValue("f32", alpha),
  };
  for (const [key, value] of said) if (value !== undefined) metadata[key] = ggufValue("string", value);
  await writeGguf(path, {
    metadata,
    tensors: tensors.map(({ name, shape, values }) => ({ name, shape, type: halvable(values) ? "F16" : "F32", data: values })),
  });
}

/** Whether F16 holds the values well enough. */
function halvable(values: Float32Array): boolean {
  let [error, size] = [0, 0];
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude >= 65520) return false; // Would be infinite.
    // The distance of neighbouring halves there; none is nearer than 2⁻²⁴.
    const spacing = magnitude === 0 ? 0 : 2 ** (Math.max(-14, Math.floor(Math.log2(magnitude))) - 10);
    const off = spacing === 0 ? 0 : magnitude - Math.round(magnitude / spacing) * spacing;
    error += off * off;
    size += value * value;
  }
  return error <= EXACT_ENOUGH ** 2 * size;
}

/** @throws ToolwrightError `adapter-not-found`, `adapter-invalid` */
export async function readAdapterFile(path: string): Promise<AdapterFile> {
  const { metadata, tensors } = await readTensorFile(path).catch((error: unknown) => {
    if (!(error instanceof ToolwrightError)) throw error;
    if (error.code === "model-not-found") {
      throw new ToolwrightError("adapter-not-found", `There is no adapter file ${path}.`, "Check the path.", { exitCode: 2 });
    }
    throw new ToolwrightError("adapter-invalid", error.message, error.remedy, { cause: error });
  });
  if (metadata.get("general.type") !== "adapter" || metadata.get("adapter.type") !== "lora") throw invalid(path, "it says nothing of LoRA");
  const alpha = metadata.get("adapter.lora.alpha");
  if (typeof alpha !== "number") throw invalid(path, "it has no adapter.lora.alpha");
  const found = new Set<Target>();
  const layers = new Set<number>();
  const ranks = new Set<number>();
  const values = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, tensor] of tensors) {
    const [, layer, matrix, side] = /^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$/.exec(name) ?? [];
    const target = TARGETS.find((one) => MATRICES[one] === matrix);
    if (target === undefined) {
      throw invalid(path, `its tensor ${name} belongs to no matrix that is trained (${Object.values(MATRICES).join(", ")})`);
    }
    found.add(target);
    layers.add(Number(layer));
    ranks.add(tensor.shape[side === "a" ? 1 : 0] ?? 0);
    values.set(name, { shape: tensor.shape, values: await tensor.read() });
  }
  const [rank, ...others] = ranks;
  const [from, to] = [Math.min(...layers), Math.max(...layers) + 1];
  if (rank === undefined || others.length > 0) throw invalid(path, `its tensors have ${ranks.size} ranks, and one is expected`);
  if (values.size !== 2 * found.size * (to - from))
    throw invalid(path, "not every one of its layers has the same matrices, A and B of each");
  const text = (key: string) => {
    const value = metadata.get(key);
    return typeof value === "string" ? value : undefined;
  };
  const digest = text("toolwright.base.digest");
  return {
    shape: { rank, alpha, targets: TARGETS.filter((target) => found.has(target)), layers: [from, to] },
    architecture: text("general.architecture") ?? "unknown",
    ...(digest === undefined ? {} : { base: { digest, name: text("toolwright.base.name") ?? "unknown" } }),
    values,
  };
}

/**
 * Puts an adapter's values into the tensors that are trained.
 * @throws ToolwrightError `adapter-mismatch` when it is for another model
 */
export function startFrom(path: string, adapter: AdapterFile, tensors: readonly LoraTensor[]): void {
  for (const { name, shape, values } of tensors) {
    const given = adapter.values.get(name);
    if (given === undefined || given.shape.join() !== shape.join()) {
      throw new ToolwrightError(
        "adapter-mismatch",
        `${path} does not fit the model: its ${name} is ${given === undefined ? "missing" : `[${given.shape.join(", ")}]`}, and [${shape.join(", ")}] is wanted.`,
        "Start from an adapter that was trained for this very model.",
        { exitCode: 2 },
      );
    }
    values.set(given.values);
  }
}

function invalid(path: string, why: string): ToolwrightError {
  return new ToolwrightError("adapter-invalid", `${path} is no adapter to start from: ${why}.`, "Give an adapter that train wrote.", {
    exitCode: 2,
  });
}
