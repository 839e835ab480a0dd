// Reads small GGUF files whole: adapters and checkpoints. Their tensors are F32, F16 or BF16.
import { open } from "node:fs/promises";
import { GGMLQuantizationType, gguf } from "@huggingface/gguf";
import { messageOf, ToolwrightError } from "../errors.js";
import { checkGguf } from "../models/index.js";

export interface TensorFile {
  /** The metadata whose values are single. */
  readonly metadata: ReadonlyMap<string, string | number | boolean>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export interface StoredTensor {
  /** In ggml's order, `ne0` first. */
  readonly shape: readonly number[];
  read(): Promise<Float32Array>;
}

/** @throws ToolwrightError `model-not-found`, `model-unreadable`, `model-invalid` (no whole GGUF file) */
export async function readTensorFile(path: string): Promise<TensorFile> {
  checkGguf(path);
  try {
    const { metadata, tensorInfos, tensorDataOffset } = await gguf(path, { allowLocalFile: true });
    const single = Object.entries(metadata).flatMap(([key, value]): [string, string | number | boolean][] =>
      typeof value === "bigint" ? [[key, Number(value)]] : typeof value === "object" || value === undefined ? [] : [[key, value]],
    );
    const tensors = tensorInfos.map(({ name, shape, dtype, offset }): [string, StoredTensor] => {
      const sizes = shape.map(Number);
      const count = sizes.reduce((product, size) => product * size, 1);
      return [name, { shape: sizes, read: () => read(path, Number(tensorDataOffset) + Number(offset), count, dtype) }];
    });
    return { metadata: new Map(single), tensors: new Map(tensors) };
  } catch (error) {
    throw error instanceof ToolwrightError ? error : unreadable(path, messageOf(error), error);
  }
}

async function read(path: string, at: number, count: number, type: GGMLQuantizationType): Promise<Float32Array> {
  const wide = type === GGMLQuantizationType.F32;
  if (!wide && type !== GGMLQuantizationType.F16 && type !== GGMLQuantizationType.BF16) {
    throw unreadable(path, `it has a tensor of the type ${GGMLQuantizationType[type]}; F32, F16 and BF16 are known`);
  }
  const bytes = new Uint8Array(count * (wide ? 4 : 2));
  const file = await open(path);
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    if (bytesRead < bytes.length) throw unreadable(path, "it ends early");
  } finally {
    await file.close();
  }
  if (wide) return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return type === GGMLQuantizationType.F16 ? Float32Array.from(halves, fromF16) : fromBF16(halves);
}

/** IEEE 754 binary16. */
export function fromF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a 32-bit number. */
function fromBF16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

function unreadable(path: string, why: string, cause?: unknown): ToolwrightError {
  return new ToolwrightError("file-unreadable", `${path} cannot be read: ${why}.`, "Copy the file again, or give another one.", { cause });
}
