import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { codeOf, messageOf, ToolwrightError } from "../errors.js";

// The file format is ggml/docs/gguf.md of llama.cpp. @huggingface/gguf, which reads whole headers, takes 140 ms for the default
// model's and goes on into stale memory where a file ends early; telling a sound file from a broken one needs only the lengths, and
// reading an adapter only single values. It is for metadata of lists: of whole models.

/** Elements and bytes of a block by `enum ggml_type`, as `ggml_blck_size` and `ggml_type_size` give them. */
const BLOCKS: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  9: [32, 36], // Q8_1
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  15: [256, 292], // Q8_K
  16: [256, 66], // IQ2_XXS
  17: [256, 74], // IQ2_XS
  18: [256, 98], // IQ3_XXS
  19: [256, 50], // IQ1_S
  20: [32, 18], // IQ4_NL
  21: [256, 110], // IQ3_S
  22: [256, 82], // IQ2_S
  23: [256, 136], // IQ4_XS
  24: [1, 1], // I8
  25: [1, 2], // I16
  26: [1, 4], // I32
  27: [1, 8], // I64
  28: [1, 8], // F64
  29: [256, 56], // IQ1_M
  30: [1, 2], // BF16
  34: [256, 54], // TQ1_0
  35: [256, 66], // TQ2_0
  39: [32, 17], // MXFP4
  40: [64, 36], // NVFP4
  41: [128, 18], // Q1_0
  42: [64, 18], // Q2_0
};

/** Bytes of a metadata value by `enum gguf_type`; strings and arrays say their own length. */
const VALUE_BYTES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const UINT32 = 4;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

const DEFAULT_ALIGNMENT = 32;
const MAX_DIMENSIONS = 4;
/** The format's limit on keys; names of tensors are shorter. */
const MAX_NAME_BYTES = 65535;
/** Longer texts are no values that anybody looks at. */
const MAX_TEXT_BYTES = 1 << 20;
/** Arrays of arrays are in the format, though no model has them. */
const MAX_ARRAY_DEPTH = 4;
const CHUNK = 1 << 20;

/** A metadata value that is text, a whole number of 32 bits, a float of 32 bits, or a truth value, with its `enum gguf_type`. */
export interface GgufScalar {
  readonly type: number;
  readonly value: string | number | boolean;
}

/** What the header of a GGUF file says. */
export interface GgufHeader {
  /** Without arrays, which may be long, and types that models do not use. */
  readonly metadata: ReadonlyMap<string, GgufScalar>;
  /** `shape` in ggml's order, the fastest dimension first; `type` by `enum ggml_type`; `at`: bytes from the start of the file. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly type: number; readonly at: number }[];
}

/** `enum gguf_type` of values that are looked at. */
export const GGUF_TYPES = { u32: UINT32, f32: FLOAT32, bool: BOOL, string: STRING } as const;

/**
 * Checks that a file is a whole GGUF file: its magic, its version, a header that can be read, and data for every tensor in it.
 * Takes a few milliseconds.
 * @throws ToolwrightError `model-not-found` when there is no such file, `model-unreadable`, `model-invalid`
 */
export function checkGguf(path: string): void {
  readGguf(path);
}

/** The header of a file that is checked as `checkGguf` does; throws as that does. */
export function readGguf(path: string): GgufHeader {
  const file = openModel(path);
  try {
    const { size } = fstatSync(file);
    const { end, ...header } = parse(new Header(file, size));
    if (end > size) throw new Fault(`it ends early: its tensors need ${end} bytes and it has ${size}`);
    return header;
  } catch (error) {
    if (!(error instanceof Fault)) throw unreadable(path, error);
    throw new ToolwrightError(
      "model-invalid",
      `${path} is no usable GGUF file: ${error.message}.`,
      "Fetch the file again, or give another one.",
    );
  } finally {
    closeSync(file);
  }
}

function openModel(path: string): number {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw unreadable(path, error);
    throw new ToolwrightError("model-not-found", `There is no file ${path}.`, "Check the path of the model file.", { cause: error });
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new ToolwrightError("model-not-found", `${path} is no file.`, "Give the path of a GGUF file.");
}

function unreadable(path: string, error: unknown): ToolwrightError {
  const remedy = "Check that you may read the file and that its disk is well.";
  return new ToolwrightError("model-unreadable", `${path} cannot be read: ${messageOf(error)}`, remedy, { cause: error });
}

/** What is wrong with the file, as a part of a sentence. */
class Fault extends Error {}

/** @returns with `end`: where the data of the last tensor ends, in bytes from the start of the file */
function parse(header: Header): GgufHeader & { readonly end: number } {
  if (header.bytes(4).toString("latin1") !== "GGUF") throw new Fault("it does not begin with GGUF");
  const version = header.u32();
  if (version !== 2 && version !== 3) throw new Fault(`its version is ${version}; versions 2 and 3 are known`);
  const count = header.u64();
  const entries = header.u64();
  if (count === 0) throw new Fault("it has no tensors");

  const metadata = new Map<string, GgufScalar>();
  for (let i = 0; i < entries; i++) {
    const key = header.text();
    const type = header.u32();
    const value = readScalar(header, type);
    if (value !== undefined) metadata.set(key, { type, value });
  }
  const given = metadata.get("general.alignment");
  const alignment = given?.type === UINT32 ? Number(given.value) : DEFAULT_ALIGNMENT;
  if (alignment === 0) throw new Fault("its alignment is 0");

  const tensors = [];
  let last = 0;
  for (let i = 0; i < count; i++) {
    const { end, ...tensor } = readTensor(header);
    tensors.push(tensor);
    last = Math.max(last, end);
  }
  const start = Math.ceil(header.position / alignment) * alignment;
  return { metadata, tensors: tensors.map(({ offset, ...tensor }) => ({ ...tensor, at: start + offset })), end: start + last };
}

/** @returns with `offset` and `end` in bytes from the start of the data */
function readTensor(header: Header): Omit<GgufHeader["tensors"][number], "at"> & { readonly offset: number; readonly end: number } {
  const name = header.text();
  const dimensions = header.u32();
  if (dimensions > MAX_DIMENSIONS) throw new Fault(`its tensor ${name} has ${dimensions} dimensions`);
  const shape: number[] = [];
  for (let i = 0; i < dimensions; i++) shape.push(header.u64());
  const elements = shape.reduce((product, size) => product * size, 1);
  const type = header.u32();
  const block = BLOCKS[type];
  const offset = header.u64();
  // A type newer than this table: at least its first byte must be there.
  return { name, shape, type, offset, end: offset + (block === undefined ? 1 : (elements / block[0]) * block[1]) };
}

/** A value that is looked at; of any other, nothing, and it is passed over. */
function readScalar(header: Header, type: number): GgufScalar["value"] | undefined {
  switch (type) {
    case UINT32:
      return header.u32();
    case FLOAT32:
      return header.bytes(4).readFloatLE();
    case BOOL:
      return header.bytes(1)[0] !== 0;
    case STRING: {
      const length = header.u64();
      if (length <= MAX_TEXT_BYTES) return header.bytes(length).toString();
      header.skip(length);
      return undefined;
    }
    default:
      skipValue(header, type, 0);
      return undefined;
  }
}

function skipValue(header: Header, type: number, depth: number): void {
  const bytes = VALUE_BYTES[type];
  if (bytes !== undefined) header.skip(bytes);
  else if (type === STRING) header.skip(header.u64());
  else if (type === ARRAY && depth < MAX_ARRAY_DEPTH) skipArray(header, depth);
  else throw new Fault(`its metadata has a value of the unknown type ${type}`);
}

function skipArray(header: Header, depth: number): void {
  const type = header.u32();
  const length = header.u64();
  const bytes = VALUE_BYTES[type];
  if (bytes !== undefined) header.skip(bytes * length);
  else for (let i = 0; i < length; i++) skipValue(header, type, depth + 1);
}

/** Reads the file from its start on, a chunk at a time. */
class Header {
  readonly #file: number;
  readonly #size: number;
  #chunk = Buffer.alloc(0);
  #chunkStart = 0;
  position = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** Lengths beyond what a number holds are beyond any file too, so rounding does no harm. */
  u64(): number {
    const bytes = this.bytes(8);
    return bytes.readUInt32LE(4) * 2 ** 32 + bytes.readUInt32LE();
  }

  text(): string {
    const length = this.u64();
    if (length > MAX_NAME_BYTES) throw new Fault(`it has a name of ${length} bytes`);
    return this.bytes(length).toString();
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.#size) throw this.#short();
  }

  bytes(length: number): Buffer {
    const start = this.position;
    this.skip(length);
    if (start < this.#chunkStart || this.position > this.#chunkStart + this.#chunk.length) this.#read(start, length);
    return this.#chunk.subarray(start - this.#chunkStart, this.position - this.#chunkStart);
  }

  #read(start: number, length: number): void {
    const buffer = Buffer.alloc(Math.max(length, Math.min(CHUNK, this.#size - start)));
    const bytesRead = readSync(this.#file, buffer, 0, buffer.length, start);
    if (bytesRead < length) throw this.#short();
    this.#chunk = buffer.subarray(0, bytesRead);
    this.#chunkStart = start;
  }

  #short(): Fault {
    return new Fault(`it ends early: at ${this.#size} bytes its header is not over`);
  }
}
