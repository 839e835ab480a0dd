// Writes GGUF files, version 3: models and LoRA adapters. Source of the layout: ggml/include/gguf.h and ggml/src/gguf.cpp of the
// pinned llama.cpp release. Reading is @huggingface/gguf's.
import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import type { MetadataValue } from "@huggingface/gguf";
import { ToolwrightError } from "../errors.js";

/** The types of a single metadata value, and what each is in JavaScript. */
export interface GgufScalars {
  u8: number;
  i8: number;
  u16: number;
  i16: number;
  u32: number;
  i32: number;
  f32: number;
  f64: number;
  u64: bigint;
  i64: bigint;
  bool: boolean;
  string: string;
}

/**
 * A typed metadata value; `ggufValue` and `ggufArray` make one. The shape is the one in which
 * `gguf(path, { typedMetadata: true })` reads: what was read can be written again.
 */
export interface GgufValue {
  /** `enum gguf_type`. */
  readonly type: number;
  readonly value: MetadataValue;
  /** The type of an array's elements; arrays of arrays are not for llama.cpp. */
  readonly subType?: number;
}

/** Stored bytes, or values that are converted to the tensor's type (not to quantised ones: that is the library's quantiser's work). */
export type GgufData = Uint8Array | Float32Array;

export interface GgufTensor {
  /** At most 63 bytes of UTF-8, unique in the file. */
  readonly name: string;
  /** Elements of each of one to four dimensions, the fastest first (ggml's `ne`): a matrix of 3 rows of 64 is `[64, 3]`. */
  readonly shape: readonly number[];
  readonly type: keyof typeof TENSOR_TYPES;
  /** A function is called when the tensor's turn has come, so that the data of a big file need never be in memory at once. */
  readonly data: GgufData | (() => GgufData | Promise<GgufData>);
}

export interface GgufContent {
  /** In file order. `general.alignment` (u32, a power of two, default 32) is the multiple of bytes at which tensors start. */
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: Iterable<GgufTensor>;
}

/** The bytes of a value, or nothing where the type cannot hold it. */
type Encode = (value: MetadataValue) => Buffer | undefined;

const SCALARS: Readonly<Record<keyof GgufScalars, { readonly id: number; readonly encode: Encode }>> = {
  u8: { id: 0, encode: number("Uint8", 1) },
  i8: { id: 1, encode: number("Int8", 1) },
  u16: { id: 2, encode: number("Uint16", 2) },
  i16: { id: 3, encode: number("Int16", 2) },
  u32: { id: 4, encode: number("Uint32", 4) },
  i32: { id: 5, encode: number("Int32", 4) },
  f32: { id: 6, encode: number("Float32", 4) },
  bool: { id: 7, encode: (value) => (typeof value === "boolean" ? Buffer.of(value ? 1 : 0) : undefined) },
  string: { id: 8, encode: (value) => (typeof value === "string" ? text(value) : undefined) },
  u64: { id: 10, encode: number("BigUint64", 8) },
  i64: { id: 11, encode: number("BigInt64", 8) },
  f64: { id: 12, encode: number("Float64", 8) },
};
const SCALAR_NAMES = new Map(Object.entries(SCALARS).map(([name, { id }]) => [id, name as keyof GgufScalars]));
const ARRAY = 9;

/** `enum ggml_type`, and how many elements share a block of how many bytes. */
const TENSOR_TYPES = {
  F32: { id: 0, elements: 1, bytes: 4 },
  F16: { id: 1, elements: 1, bytes: 2 },
  Q4_1: { id: 3, elements: 32, bytes: 20 },
  Q8_0: { id: 8, elements: 32, bytes: 34 },
  BF16: { id: 30, elements: 1, bytes: 2 },
} as const;

const VERSION = 3;
const DEFAULT_ALIGNMENT = 32;
/** `GGML_MAX_NAME` less the terminating zero. */
const MAX_NAME_BYTES = 63;
const MAX_DIMENSIONS = 4;

/** Values are checked when they are written. */
export function ggufValue<T extends keyof GgufScalars>(type: T, value: GgufScalars[T]): GgufValue {
  return { type: SCALARS[type].id, value };
}

export function ggufArray<T extends keyof GgufScalars>(type: T, values: readonly GgufScalars[T][]): GgufValue {
  return { type: ARRAY, subType: SCALARS[type].id, value: [...values] };
}

/**
 * Writes a GGUF file. `path` then holds the new file whole; after an error it holds what it held before.
 * @throws ToolwrightError `gguf-invalid` for content that the format or llama.cpp cannot hold, `file-not-written` for any error of
 *   the file system; what else a tensor's `data` function throws is passed on
 */
export async function writeGguf(path: string, content: GgufContent): Promise<void> {
  const tensors = [...content.tensors];
  const alignment = alignmentOf(content.metadata);
  const header = encodeHeader(content.metadata, tensors, alignment);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, fileParts(header, tensors, alignment), { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new ToolwrightError(
      "file-not-written",
      `${path} was not written: ${error.message}`,
      "Check that its folder exists, may be written and has room.",
      { cause: error },
    );
  }
}

async function* fileParts(header: Buffer, tensors: readonly GgufTensor[], alignment: number): AsyncGenerator<Uint8Array> {
  yield header;
  for (const tensor of tensors) {
    const bytes = storedBytes(tensor, typeof tensor.data === "function" ? await tensor.data() : tensor.data);
    yield bytes;
    yield padding(bytes.byteLength, alignment);
  }
}

function encodeHeader(metadata: GgufContent["metadata"], tensors: readonly GgufTensor[], alignment: number): Buffer {
  const entries = Object.entries(metadata);
  const parts = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) {
    if (key === "") throw invalid("a metadata key is empty", "Give it a name.");
    parts.push(text(key), encodeValue(key, value));
  }
  const names = new Set<string>();
  let offset = 0;
  for (const tensor of tensors) {
    if (names.has(tensor.name)) throw invalid(`two tensors are named ${tensor.name}`, "Give each tensor a name of its own.");
    names.add(tensor.name);
    const size = storedSize(tensor);
    parts.push(text(tensor.name), u32(tensor.shape.length), ...tensor.shape.map(u64), u32(TENSOR_TYPES[tensor.type].id), u64(offset));
    offset += size + padding(size, alignment).length;
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, padding(length, alignment)]);
}

function encodeValue(key: string, { type, value, subType }: GgufValue): Buffer {
  if (type !== ARRAY) return Buffer.concat([u32(type), encodeScalar(key, type, value)]);
  if (subType === undefined || !Array.isArray(value)) throw invalid(`metadata ${key}: no array`, "Make it with ggufArray.");
  const elements = value.map((element) => encodeScalar(key, subType, element));
  return Buffer.concat([u32(type), u32(subType), u64(elements.length), ...elements]);
}

function encodeScalar(key: string, type: number, value: MetadataValue): Buffer {
  const name = SCALAR_NAMES.get(type);
  if (name === undefined) throw invalid(`metadata ${key}: ${type} is no type of a single value`, "Make it with ggufValue or ggufArray.");
  const bytes = SCALARS[name].encode(value);
  if (bytes === undefined) throw invalid(`metadata ${key}: ${value} is no ${name}`, `Give a value that ${name} holds, or another type.`);
  return bytes;
}

/** The size of a tensor's data in bytes, once its name and shape are found good. */
function storedSize({ name, shape, type }: GgufTensor): number {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw invalid(`tensor ${name}: the name is too long`, `Use ${MAX_NAME_BYTES} bytes or fewer.`);
  }
  if (shape.length < 1 || shape.length > MAX_DIMENSIONS || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw invalid(`tensor ${name}: the shape [${shape}] is not possible`, `Give one to ${MAX_DIMENSIONS} whole numbers above 0.`);
  }
  const { elements, bytes } = TENSOR_TYPES[type];
  if (shape[0]! % elements !== 0) {
    throw invalid(`tensor ${name}: a row of ${shape[0]} does not divide into blocks of ${elements}`, "Store it as F32, F16 or BF16.");
  }
  return (shape.reduce((product, size) => product * size, 1) / elements) * bytes;
}

function storedBytes(tensor: GgufTensor, data: GgufData): Uint8Array {
  const bytes = data instanceof Float32Array ? convert(tensor, data) : data;
  if (bytes.byteLength !== storedSize(tensor)) {
    const given = data instanceof Float32Array ? `${data.length} values` : `${data.byteLength} bytes`;
    const wanted = `${tensor.type} of shape [${tensor.shape}]`;
    throw invalid(`tensor ${tensor.name}: ${given} are not ${wanted}`, "Give all its data, and no more.");
  }
  return bytes;
}

/** Typed arrays have the machine's byte order, which is GGUF's little-endian on every platform that the engine runs on. */
function convert(tensor: GgufTensor, values: Float32Array): Uint8Array {
  switch (tensor.type) {
    case "F32":
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case "F16":
      return halves(values, toF16);
    case "BF16":
      return halves(values, toBF16);
    case "Q4_1":
    case "Q8_0":
      throw invalid(`tensor ${tensor.name}: values are not converted to ${tensor.type}`, "Write F32, F16 or BF16 and quantise the file.");
  }
}

function halves(values: Float32Array, round: (bits: number) => number): Uint8Array {
  const bits = bitsOf(values);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = round(bits[i]!);
  return new Uint8Array(halves.buffer);
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

const rounding = new Float32Array(1);
const roundingBits = bitsOf(rounding);

/** To the nearest, ties to even, as `ggml_compute_fp32_to_fp16` (ggml-impl.h), from and to bit patterns. */
function toF16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16 and above: infinity
  if (magnitude < 0x38800000) {
    // Below 2^-14 halves are multiples of 2^-24, which is the distance of floats from 0.5 on: the addition rounds.
    roundingBits[0] = magnitude;
    rounding[0]! += 0.5;
    return sign | (roundingBits[0] - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** To the nearest, ties to even, as `ggml_compute_fp32_to_bf16` (ggml-impl.h), from and to bit patterns. */
function toBF16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 64; // NaN, made quiet
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function alignmentOf(metadata: GgufContent["metadata"]): number {
  const given = metadata["general.alignment"];
  if (given === undefined) return DEFAULT_ALIGNMENT;
  const { type, value } = given;
  if (type !== SCALARS.u32.id || typeof value !== "number" || value < 1 || !Number.isInteger(Math.log2(value))) {
    throw invalid(`metadata general.alignment: ${value} is no u32 power of two`, `Leave it out for ${DEFAULT_ALIGNMENT}.`);
  }
  return value;
}

function padding(length: number, alignment: number): Buffer {
  return Buffer.alloc((alignment - (length % alignment)) % alignment);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

type Accessor = "Uint8" | "Int8" | "Uint16" | "Int16" | "Uint32" | "Int32" | "Float32" | "Float64" | "BigUint64" | "BigInt64";

function number(accessor: Accessor, bytes: number): Encode {
  const kind = accessor.startsWith("Big") ? "bigint" : "number";
  return (value) => {
    if (typeof value !== kind) return undefined;
    const view = new DataView(new ArrayBuffer(bytes));
    view[`set${accessor}`](0, value as never, true);
    const kept = view[`get${accessor}`](0, true);
    // An integer that does not read back did not fit; a float is rounded, but not to infinity.
    const fits = accessor.startsWith("Float") ? Number.isFinite(kept) === Number.isFinite(value) : kept === value;
    return fits ? Buffer.from(view.buffer) : undefined;
  };
}

function invalid(what: string, remedy: string): ToolwrightError {
  return new ToolwrightError("gguf-invalid", `GGUF ${what}`, remedy);
}
