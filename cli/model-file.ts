import { stat } from "node:fs/promises";
import { GGMLFileQuantizationType, type GGUFParseOutput, gguf } from "@huggingface/gguf";
import { loadModel } from "../engine/index.js";
import { messageOf } from "../errors.js";
import { modelDigest, storageChoice } from "../models/index.js";

/** What a model file says of itself, and whether it runs on this machine. */
export interface ModelDescription {
  readonly file: string;
  readonly name?: string;
  readonly sha256: string;
  /** Of the file. */
  readonly bytes: number;
  readonly tensors: number;
  readonly architecture: string;
  readonly parameters: number;
  /** Those that one token is computed with: of a mixture of experts, only the chosen experts' share of the experts' tensors counts. */
  readonly activeParameters: number;
  readonly experts?: { readonly all: number; readonly used: number };
  /** Most tensors' storage type, such as `Q4_1`. */
  readonly storage?: string;
  readonly layers?: number;
  readonly width?: number;
  /** Tokens that it was trained to hold. */
  readonly context?: number;
  readonly tokenizer?: string;
  readonly vocabulary?: number;
  readonly chatTemplate: boolean;
  readonly licence?: string;
  readonly runs: { readonly can: true; readonly as?: string } | { readonly can: false; readonly why: string };
}

type Tensor = GGUFParseOutput["tensorInfos"][number];

/** The tensors that hold the experts of a layer, such as `blk.0.ffn_up_exps.weight` (`LLM_TENSOR_FFN_UP_EXPS` and its like, src/llama-arch.cpp). */
const EXPERTS = /_exps\./;

/** @param file a GGUF file that `findModel` has found whole. @throws ToolwrightError as `modelDigest` */
export async function describeModelFile(file: string): Promise<ModelDescription> {
  const sha256 = await modelDigest(file);
  const { metadata, tensorInfos } = await gguf(file, { allowLocalFile: true });
  const values = metadata as unknown as Record<string, unknown>;
  const text = (key: string) => (typeof values[key] === "string" ? values[key] : undefined);
  const number = (key: string) => (["number", "bigint"].includes(typeof values[key]) ? Number(values[key]) : undefined);
  const architecture = text("general.architecture") ?? "unknown";
  const all = number(`${architecture}.expert_count`);
  const used = number(`${architecture}.expert_used_count`);
  const share = all && used ? used / all : 1;
  const fileType = number("general.file_type");
  const tokens = values["tokenizer.ggml.tokens"];
  return {
    file,
    name: text("general.name"),
    sha256,
    bytes: (await stat(file)).size,
    tensors: tensorInfos.length,
    architecture,
    parameters: sum(tensorInfos, elements),
    activeParameters: Math.round(sum(tensorInfos, (tensor) => elements(tensor) * (EXPERTS.test(tensor.name) ? share : 1))),
    ...(all && used ? { experts: { all, used } } : {}),
    storage: fileType === undefined ? undefined : GGMLFileQuantizationType[fileType],
    layers: number(`${architecture}.block_count`),
    width: number(`${architecture}.embedding_length`),
    context: number(`${architecture}.context_length`),
    tokenizer: text("tokenizer.ggml.model"),
    vocabulary: Array.isArray(tokens) ? tokens.length : undefined,
    chatTemplate: text("tokenizer.chat_template") !== undefined,
    licence: text("general.license"),
    runs: await tryIt(file, sha256),
  };
}

/** Without its weights a model loads in no time, and the library still says no to what it does not know. */
async function tryIt(file: string, sha256: string): Promise<ModelDescription["runs"]> {
  try {
    await (await loadModel(file, { vocabularyOnly: true })).close();
    return { can: true, as: (await storageChoice(sha256))?.storage };
  } catch (error) {
    return { can: false, why: messageOf(error) };
  }
}

function elements({ shape }: Tensor): number {
  return shape.reduce((product, size) => product * Number(size), 1);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
