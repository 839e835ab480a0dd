// An adapter's changes put into a model's weights, as a model file of its own.
import { open, rename, rm } from "node:fs/promises";
import os from "node:os";
import { basename, resolve } from "node:path";
import { gguf } from "@huggingface/gguf";
import { convertModel, type GgufTensor, type GgufValue, ggufValue, type Storage, writeGguf } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { type AdapterDescription, checkAdapter, readAdapter } from "./adapter.js";
import { modelDigest } from "./digest.js";

export interface MergeOptions {
  /** How the merged weights are stored. Default `"BF16"`; `"F32"` is exact. */
  readonly storage?: Storage;
}

/** `enum ggml_type` of what an adapter's matrices may be stored as. */
const F32 = 0;
const F16 = 1;
const BF16 = 30;

const EMBEDDING = "token_embd.weight";
/** Of one read: systems refuse more than 2 GiB. */
const LARGEST_READ = 1 << 28;

/** Where a tensor's data are in a file. */
interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** Bytes from the start of the file. */
  readonly at: number;
}

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
  const { typedMetadata, tensors } = await contents(plain);
  const changes = await changesOf(adapter, tensors);
  const [weights, matrices] = [await open(plain), await open(adapter.file)];
  try {
    await writeGguf(out, {
      metadata: await mergedMetadata(typedMetadata, adapter),
      tensors: tensors.map((tensor): GgufTensor => {
        const { name, shape } = tensor;
        const data = async () => {
          const values = await valuesOf(weights, tensor);
          const change = changes.get(name);
          if (change !== undefined) {
            const [a, b] = [await valuesOf(matrices, change.a), await valuesOf(matrices, change.b)];
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

type File = Awaited<ReturnType<typeof open>>;

async function contents(
  file: string,
): Promise<{ readonly typedMetadata: Readonly<Record<string, GgufValue>>; readonly tensors: Stored[] }> {
  const { typedMetadata, tensorInfos, tensorDataOffset } = await gguf(file, { allowLocalFile: true, typedMetadata: true });
  const { version, tensor_count, kv_count, ...entries } = typedMetadata; // The header's own fields, which are no metadata.
  return {
    typedMetadata: entries,
    tensors: tensorInfos.map(({ name, shape, dtype, offset }) => ({
      name,
      shape: shape.map(Number),
      type: dtype,
      at: Number(tensorDataOffset + offset),
    })),
  };
}

async function mergedMetadata(base: Readonly<Record<string, GgufValue>>, adapter: AdapterDescription): Promise<Record<string, GgufValue>> {
  const { typedMetadata } = await contents(adapter.file);
  const added = Object.entries(typedMetadata).filter(([key]) => key.startsWith("toolwright."));
  const name = base["general.name"]?.value;
  return {
    ...base,
    "general.name": ggufValue("string", `${typeof name === "string" ? name : "model"} + ${adapter.name ?? basename(adapter.file)}`),
    ...Object.fromEntries(added),
    "toolwright.adapter.digest": ggufValue("string", adapter.sha256),
  };
}

/** @throws ToolwrightError `adapter-mismatch` for a tensor that the model does not have, or has in another shape */
async function changesOf(adapter: AdapterDescription, tensors: readonly Stored[]): Promise<Map<string, Change>> {
  const matrices = new Map((await contents(adapter.file)).tensors.map((tensor) => [tensor.name, tensor]));
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

/** @throws ToolwrightError `unsupported` for what is stored as another type than the three of single values */
async function valuesOf(file: File, { name, shape, type, at }: Stored): Promise<Float32Array> {
  if (type !== F32 && type !== F16 && type !== BF16) {
    throw new ToolwrightError(
      "unsupported",
      `The tensor ${name} is stored as type ${type}, and only F32, F16 and BF16 can be merged.`,
      "Convert the adapter to F32.",
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(count * (type === F32 ? 4 : 2));
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(LARGEST_READ, bytes.length - done), at + done);
    if (bytesRead === 0) throw new Error(`the data of ${name} end early`);
    done += bytesRead;
  }
  if (type === F32) return new Float32Array(bytes.buffer);
  return Float32Array.from(new Uint16Array(bytes.buffer), type === F16 ? fromF16 : fromBF16);
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

function fromBF16(half: number): number {
  bits[0] = half << 16;
  return float[0]!;
}

function fromF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
