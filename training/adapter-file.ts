// Adapters as files: a GGUF that llama.cpp loads beside the base model (src/llama-adapter.cpp), with what it was made of.
import { type GgufValue, ggufValue, writeGguf } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { type AdapterDescription, readAdapter, readTensorFile } from "../models/index.js";
import type { LoraShape, LoraTensor } from "./lora.js";
import { TARGETS } from "./weights.js";

/** What an adapter was made of. */
export interface AdapterOrigin {
  readonly architecture: string;
  /** SHA-256 of the base model's source file, and its name. */
  readonly base: { readonly digest: string; readonly name: string };
  /** SHA-256 of the dataset. */
  readonly dataset: string;
  /** The strategy that it was trained for. */
  readonly strategy: string;
  /** Names of the tools that it was trained to call. */
  readonly tools: readonly string[];
  /** Of training; written as JSON. */
  readonly parameters: object;
  /** Of toolwright. */
  readonly version: string;
  readonly licence?: string;
}

/** An adapter to start from. */
export interface AdapterFile {
  readonly description: AdapterDescription;
  /** With rsLoRA its alpha is the stored one, alpha · √rank. There is no dropout in a file. */
  readonly shape: Omit<LoraShape, "dropout">;
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
    ["toolwright.tools", origin.tools.join(",")],
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

/** @throws ToolwrightError as `readAdapter`; `adapter-invalid` for one that changes what is not trained, or not the same in each layer */
export async function readAdapterFile(path: string): Promise<AdapterFile> {
  const description = await readAdapter(path);
  const { rank, targets: names, layers = [0, 0] } = description;
  const targets = TARGETS.filter((target) => names.includes(target));
  const strange = names.filter((name) => !(TARGETS as readonly string[]).includes(name));
  if (strange.length > 0) throw invalid(path, `it changes ${strange.join(", ")}; ${TARGETS.join(", ")} are trained`);
  const values = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, tensor] of (await readTensorFile(path)).tensors) {
    const { shape } = tensor;
    if (shape[name.endsWith(".lora_a") ? 1 : 0] !== rank) throw invalid(path, `its tensors have several ranks, and one is expected`);
    values.set(name, { shape, values: await tensor.read() });
  }
  if (values.size !== 2 * targets.length * (layers[1] - layers[0]))
    throw invalid(path, "not every one of its layers has the same matrices");
  // An alpha of 0 says that B·A is added as it is.
  return { description, shape: { rank, alpha: description.alpha || rank, targets, layers }, values };
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
