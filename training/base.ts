import { open } from "node:fs/promises";
import { gguf } from "@huggingface/gguf";
import { dequantize, isReadable, rowBytes } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { checkGguf } from "../models/index.js";

/** Architectures whose forward and backward pass is known here, by GGUF's `general.architecture`. */
const ARCHITECTURES = ["llama"];

/** What the graphs need to know of a model. */
export interface Hyperparameters {
  readonly architecture: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Tokens that it was trained to hold. */
  readonly context: number;
  readonly epsilon: number;
  readonly rope: { readonly dimensions: number; readonly base: number; readonly scale: number };
}

/** A stored tensor: bytes as they are in the file. */
export interface StoredTensor {
  readonly type: number;
  readonly columns: number;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

/** A model file that training starts from, open for reading. */
export interface Base {
  readonly hyperparameters: Hyperparameters;
  has(name: string): boolean;
  /** ggml's number for the type that a tensor is stored as. */
  typeOf(name: string): number | undefined;
  stored(name: string): Promise<StoredTensor>;
  /** Row after row. */
  values(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens a model file.
 * @throws ToolwrightError `model-not-found`, `model-invalid`, `architecture-unknown` when training does not know the model's kind
 */
export async function openBase(file: string): Promise<Base> {
  checkGguf(file);
  const { metadata, tensorInfos, tensorDataOffset } = await gguf(file, { allowLocalFile: true });
  const tensors = new Map(tensorInfos.map((tensor) => [tensor.name, tensor]));
  const entries: Readonly<Record<string, unknown>> = { ...metadata };
  const hyperparameters = describe(file, entries, (name) => tensors.get(name)?.shape.map(Number));
  const layerTensor = /^blk\.\d+\.(attn_(norm|q|k|v|output)|ffn_(norm|gate|up|down))\.weight$/;
  const others = ["token_embd.weight", "output_norm.weight", "output.weight", "rope_freqs.weight"];
  const strange = tensorInfos.find(({ name }) => !layerTensor.test(name) && !others.includes(name));
  if (strange) throw unknown(file, `has a tensor ${strange.name}, which the models that training knows do not have`);

  const handle = await open(file);
  const stored = async (name: string): Promise<StoredTensor> => {
    const tensor = tensors.get(name);
    if (!tensor) throw new ToolwrightError("model-invalid", `${file} has no tensor ${name}.`, "Fetch the file again, or give another one.");
    const [columns = 1, ...more] = tensor.shape.map(Number);
    const rows = more.reduce((product, size) => product * size, 1);
    if (!isReadable(tensor.dtype)) throw unreadable(file, name, tensor.dtype);
    const bytes = new Uint8Array(rowBytes(tensor.dtype, columns) * rows);
    await handle.read(bytes, 0, bytes.length, Number(tensorDataOffset) + Number(tensor.offset));
    return { type: tensor.dtype, columns, rows, bytes };
  };
  return {
    hyperparameters,
    has: (name) => tensors.has(name),
    typeOf: (name) => tensors.get(name)?.dtype,
    stored,
    async values(name) {
      const { type, columns, rows, bytes } = await stored(name);
      return dequantize(type, bytes, columns * rows);
    },
    close: () => handle.close(),
  };
}

function describe(
  file: string,
  metadata: Readonly<Record<string, unknown>>,
  shapeOf: (tensor: string) => readonly number[] | undefined,
): Hyperparameters {
  const architecture = String(metadata["general.architecture"] ?? "none");
  if (!ARCHITECTURES.includes(architecture)) throw unknown(file, `is of the architecture ${architecture}`);
  const value = (key: string): number | undefined => {
    const found = metadata[`${architecture}.${key}`];
    return found === undefined ? undefined : Number(found);
  };
  const needed = (key: string): number => {
    const found = value(key);
    if (found !== undefined && Number.isFinite(found)) return found;
    const what = found === undefined ? "no" : "no single";
    throw new ToolwrightError("model-invalid", `${file} has ${what} ${architecture}.${key}.`, "Fetch the file again, or give another one.");
  };
  const scaling = String(metadata[`${architecture}.rope.scaling.type`] ?? "none");
  if (scaling !== "none" && scaling !== "linear") throw unknown(file, `stretches its positions by ${scaling}`);
  const width = needed("embedding_length");
  const heads = needed("attention.head_count");
  const headSize = value("attention.key_length") ?? width / heads;
  return {
    architecture,
    layers: needed("block_count"),
    width,
    heads,
    keyHeads: value("attention.head_count_kv") ?? heads,
    headSize,
    hidden: needed("feed_forward_length"),
    vocabulary: shapeOf("token_embd.weight")?.[1] ?? needed("vocab_size"),
    context: needed("context_length"),
    epsilon: needed("attention.layer_norm_rms_epsilon"),
    rope: {
      dimensions: value("rope.dimension_count") ?? headSize,
      base: value("rope.freq_base") ?? 10000,
      scale: scaling === "linear" ? 1 / (value("rope.scaling.factor") ?? 1) : 1,
    },
  };
}

function unreadable(file: string, tensor: string, type: number): ToolwrightError {
  return new ToolwrightError(
    "model-invalid",
    `${file}: tensor ${tensor} is stored as type ${type} of ggml, which cannot be read.`,
    "Convert the model to F16, BF16 or Q8_0 first.",
  );
}

function unknown(file: string, what: string): ToolwrightError {
  return new ToolwrightError(
    "architecture-unknown",
    `${file} ${what}; training knows ${ARCHITECTURES.join(", ")} without biases and experts.`,
    "Train a model of a known architecture, such as the default one.",
  );
}
