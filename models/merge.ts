// An adapter's changes put into a model's weights, as a model file of its own.
import { open, rename, rm } from "node:fs/promises";
import os from "node:os";
import { basename, resolve } from "node:path";
import { gguf } from "@huggingface/gguf";
import { convertModel, type GgufTensor, type GgufValue, ggufValue, type Storage, writeGguf } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { type AdapterDescription, checkAdapter, readAdapter } from "./adapter.js";
import { modelDigest } from "./digest.js";
import { type GgufHeader, readGguf } from "./gguf.js";
import { valuesOf } from "./tensor-file.js";

export interface MergeOptions {
  /** How the merged weights are stored. Default `"BF16"`; `"F32"` is exact. */
  readonly storage?: Storage;
}

const EMBEDDING = "token_embd.weight";

type Stored = GgufHeader["tensors"][number];

/** The matrices that change a tensor: scale · B·A is added. */
interface Change {
  readonly a: Stored;
  readonly b: Stored;
  readonly rank: number;
  readonly scale: number;
}

/** As `mergeAdapter` of index.ts says. */
export async function mergeAdapter(model: string, adapter: string, out: string, { storage = "BF16" }: MergeOptions): Promise<void> {
  const digest = await modelDigest(model);
  const description = await readAdapter(adapter);
  checkAdapter(description, { file: model, digest, name: basename(model) });
  if ([model, adapter].some((file) => resolve(file) === resolve(out))) {
    throw new ToolwrightError("wrong-use", `The merged model would overwrite ${out}.`, "Give another file to write.", { exitCode: 2 });
  }
  const threads = Math.min(8, os.availableParallelism());
  const [plain, whole, converted] = ["plain", "whole", "converted"].map((kind) => `${out}.${process.pid}.${kind}`) as [
    string,
    string,
    string,
  ];
  try {
    await writable(out);
    await convertModel(model, plain, "F32", threads); // Whatever it is stored as: the library knows how to read it.
    await writeMerged(plain, description, whole);
    if (storage !== "F32") await convertModel(whole, converted, storage, threads, false);
    await rename(storage === "F32" ? whole : converted, out);
  } finally {
    await Promise.all([plain, whole, converted].map((file) => rm(file, { force: true })));
  }
}

/** The library aborts, or says nothing of use, where a file cannot be made. */
async function writable(out: string): Promise<void> {
  const trial = `${out}.${process.pid}.plain`;
  try {
    await (await open(trial, "w")).close();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = "Check that its folder exists, may be written and has room.";
    throw new ToolwrightError("file-not-written", `${out} cannot be written: ${message}`, remedy, { cause: error });
  }
}

/** @param plain the model with all its tensors as 32-bit floats */
async function writeMerged(plain: string, adapter: AdapterDescription, out: string): Promise<void> {
  const { tensors } = readGguf(plain);
  const added = readGguf(adapter.file);
  const changes = changesOf(adapter, added.tensors, tensors);
  const [weights, matrices] = [await open(plain), await open(adapter.file)];
  try {
    await writeGguf(out, {
      metadata: mergedMetadata(await metadataOf(plain), added.metadata, adapter),
      tensors: tensors.map((tensor): GgufTensor => {
        const { name, shape } = tensor;
        const data = async () => {
          const values = await valuesOf(plain, weights, tensor);
          const change = changes.get(name);
          if (change !== undefined) {
            const [a, b] = [await valuesOf(adapter.file, matrices, change.a), await valuesOf(adapter.file, matrices, change.b)];
            const { scale, rank } = change;
            if (name === EMBEDDING) addProduct(values, a, transposed(b, rank), rank, scale);
            else addProduct(values, b, a, rank, scale);
          }
          return values;
        };
        return { name, shape, type: "F32", data };
      }),
    });
  } finally {
    await Promise.all([weights.close(), matrices.close()]);
  }
}

/** Lists too, such as the vocabulary. */
async function metadataOf(file: string): Promise<Readonly<Record<string, GgufValue>>> {
  const { typedMetadata } = await gguf(file, { allowLocalFile: true, typedMetadata: true });
  const { version, tensor_count, kv_count, ...entries } = typedMetadata; // The header's own fields, which are no metadata.
  return entries;
}

function mergedMetadata(
  base: Readonly<Record<string, GgufValue>>,
  added: GgufHeader["metadata"],
  adapter: AdapterDescription,
): Record<string, GgufValue> {
  const name = base["general.name"]?.value;
  return {
    ...base,
    "general.name": ggufValue("string", `${typeof name === "string" ? name : "model"} + ${adapter.name ?? basename(adapter.file)}`),
    ...Object.fromEntries([...added].filter(([key]) => key.startsWith("toolwright."))),
    "toolwright.adapter.digest": ggufValue("string", adapter.sha256),
  };
}

/** @throws ToolwrightError `adapter-mismatch` for a tensor that the model does not have, or has in another shape */
function changesOf(adapter: AdapterDescription, pairs: readonly Stored[], tensors: readonly Stored[]): Map<string, Change> {
  const matrices = new Map(pairs.map((tensor) => [tensor.name, tensor]));
  const known = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const changes = new Map<string, Change>();
  for (const [key, a] of matrices) {
    if (!key.endsWith(".lora_a")) continue;
    const name = key.slice(0, -".lora_a".length);
    const b = matrices.get(`${name}.lora_b`)!; // `readAdapter` has seen it.
    const tensor = known.get(name);
    const wanted = name === EMBEDDING ? [b.shape[1], a.shape[1]] : [a.shape[0], b.shape[1]];
    if (tensor === undefined || tensor.shape.length !== 2 || tensor.shape.some((size, i) => size !== wanted[i])) {
      const has = tensor === undefined ? "has none of that name" : `has it as ${tensor.shape.join(" × ")}`;
      throw new ToolwrightError(
        "adapter-mismatch",
        `The adapter ${basename(adapter.file)} changes ${name} as ${wanted.join(" × ")}, and the model ${has}.`,
        "Use the adapter with the model that it was made for.",
      );
    }
    const rank = b.shape[0]!;
    changes.set(name, { a, b, rank, scale: adapter.alpha === 0 ? 1 : adapter.alpha / rank });
  }
  return changes;
}

/**
 * Adds scale · left · right to a matrix. All are row after row.
 * @param left rows of `rank` values; @param right `rank` rows
 */
function addProduct(values: Float32Array, left: Float32Array, right: Float32Array, rank: number, scale: number): void {
  const columns = right.length / rank;
  const change = new Float64Array(columns);
  for (let row = 0; row < left.length / rank; row++) {
    change.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * left[row * rank + r]!;
      const start = r * columns;
      for (let column = 0; column < columns; column++) change[column]! += factor * right[start + column]!;
    }
    const start = row * columns;
    for (let column = 0; column < columns; column++) values[start + column]! += change[column]!;
  }
}

/** Of a matrix with rows of `columns` values. */
function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  }
  return result;
}
