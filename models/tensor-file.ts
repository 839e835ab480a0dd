// Values of tensors in GGUF files: of adapters and checkpoints whole, of models one tensor at a time.
import { type FileHandle, open } from "node:fs/promises";
import { dequantize, isReadable, rowBytes } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { type GgufHeader, readGguf } from "./gguf.js";

type GgufTensorInfo = GgufHeader["tensors"][number];

/** A GGUF file whose tensors are read when they are asked for. */
export interface TensorFile extends Pick<GgufHeader, "metadata"> {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export interface StoredTensor {
  /** In ggml's order, `ne0` first. */
  readonly shape: readonly number[];
  /** @throws ToolwrightError as `valuesOf` */
  read(): Promise<Float32Array>;
}

/** As `readTensorFile` of index.ts says. */
export function readTensorFile(path: string): TensorFile {
  const { metadata, tensors } = readGguf(path);
  const stored = tensors.map((tensor): [string, StoredTensor] => {
    const read = async () => {
      await using file = await open(path);
      return await valuesOf(path, file, tensor);
    };
    return [tensor.name, { shape: tensor.shape, read }];
  });
  return { metadata, tensors: new Map(stored) };
}

/** Of one read: systems refuse more than 2 GiB. */
const LARGEST_READ = 1 << 28;

/**
 * @param path of the file, for messages
 * @throws ToolwrightError `unsupported` for a type that cannot be read as numbers, `model-invalid` where the file ends early
 */
export async function valuesOf(path: string, file: FileHandle, { name, shape, type, at }: GgufTensorInfo): Promise<Float32Array> {
  if (!isReadable(type)) {
    const message = `${path}: the tensor ${name} is stored as type ${type} of ggml, which cannot be read as numbers.`;
    throw new ToolwrightError("unsupported", message, "Convert it to F32, F16 or BF16.");
  }
  const [columns = 1, ...more] = shape;
  const rows = more.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(rowBytes(type, columns) * rows);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(LARGEST_READ, bytes.length - done), at + done);
    if (bytesRead === 0) throw new ToolwrightError("model-invalid", `${path} ends within its tensor ${name}.`, "Copy the file again.");
    done += bytesRead;
  }
  return await dequantize(type, bytes, columns * rows);
}
