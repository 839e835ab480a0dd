import { existsSync, statSync } from "node:fs";
import os from "node:os";
import { messageOf, ToolwrightError } from "../errors.js";
import { type CacheType, createContext, inBackground } from "./context.js";
import { createGrammar, type Grammar } from "./grammar.js";
import { type Library, library } from "./library.js";
import { createSampler, type Sampler, type SamplingOptions } from "./sampler.js";
import { Scheduler } from "./scheduler.js";
import type { Pointer } from "./structs.js";
import { createTokenizer, type Tokenizer } from "./tokenizer.js";

/** What a model file says of itself. */
export interface ModelInfo {
  readonly file: string;
  /** llama.cpp's one-line description, such as `llama 135M Q4_1`. */
  readonly description: string;
  readonly architecture: string;
  readonly parameters: number;
  /** Bytes of all tensors. */
  readonly bytes: number;
  /** Name of the storage type, such as `Q4_1`. */
  readonly storage: string;
  readonly layers: number;
  readonly width: number;
  readonly vocabulary: number;
  /** Tokens that it was trained to hold. */
  readonly trainedContext: number;
  /** Jinja source. */
  readonly chatTemplate?: string;
  metadata(key: string): string | undefined;
}

export interface AdapterSetting {
  /** A LoRA adapter as GGUF. */
  readonly file: string;
  /** Multiplies the adapter's own alpha / rank. Default 1. */
  readonly scale?: number;
}

export interface SchedulerSettings {
  /** Tokens that all sequences together hold; one alone holds no more than the model was trained for. Default 8192. */
  readonly cells?: number;
  /** A fixed number, so that results can be repeated bit by bit. Default: one per core, at most 8, and fewer while other processes take the cores. */
  readonly threads?: number;
  readonly batchSize?: number;
  readonly width?: number;
  readonly stepTime?: number;
  /** As in `SchedulerOptions`. */
  readonly repeatable?: boolean;
  /** How keys and values are kept: 16 bits (default) move log-probabilities by about 1e-3 nats with a step's shape; 32, without flash attention, hardly do. */
  readonly cacheType?: CacheType;
  /** One context has one set of adapters: sequences with another set need another scheduler. */
  readonly adapters?: readonly AdapterSetting[];
}

/** A loaded model file. */
export interface EngineModel {
  readonly info: ModelInfo;
  readonly tokenizer: Tokenizer;
  createScheduler(settings?: SchedulerSettings): Promise<Scheduler>;
  createSampler(options?: SamplingOptions): Sampler;
  /** @throws ToolwrightError `grammar-invalid` */
  createGrammar(gbnf: string): Grammar;
  /** Frees the model, its schedulers first. */
  close(): Promise<void>;
}

/**
 * Loads a GGUF file that llama.cpp can run and that writes text.
 * @throws ToolwrightError `model-not-found`, `model-invalid` (not a model, truncated, unknown architecture), and those of `library`
 */
export async function loadModel(file: string, options: { vocabularyOnly?: boolean } = {}): Promise<EngineModel> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new ToolwrightError(
      "model-not-found",
      `There is no model file ${file}.`,
      "Give the path of a GGUF file, or run `toolwright model fetch`.",
    );
  }
  const lib = library();
  const params = Object.assign(lib.model_default_params(), { vocab_only: options.vocabularyOnly ?? false });
  const pointer = await inBackground(lib.model_load_from_file, file, params);
  if (!pointer) throw invalid(lib, file, params);
  const info = describe(lib, pointer, file);
  const refuse = (why: string, remedy: string) => {
    lib.model_free(pointer);
    return new ToolwrightError("model-invalid", `${file} ${why}.`, remedy);
  };
  if (info.metadata("general.type") === "adapter") throw refuse("is a LoRA adapter, not a model", "Give it with --adapter beside a model.");
  if (lib.model_has_encoder(pointer))
    throw refuse(`(${info.architecture}) has an encoder, which is not supported`, "Use a decoder-only model.");

  const vocab = lib.model_get_vocab(pointer);
  const tokenizer = createTokenizer(lib, vocab, info.metadata);
  let controlTokens: Set<number> | undefined;
  const controls = () => {
    controlTokens ??= new Set(
      Array.from({ length: tokenizer.size }, (_, token) => token).filter((token) => tokenizer.isControl(token) && !tokenizer.isEnd(token)),
    );
    return controlTokens;
  };
  const schedulers = new Set<Scheduler>();
  const adapters = new Map<string, Pointer>();
  const loadAdapter = (path: string): Pointer => {
    if (!existsSync(path))
      throw new ToolwrightError("adapter-not-found", `There is no adapter file ${path}.`, "Check the path given as adapter.");
    const { mtimeMs, size } = statSync(path); // Training writes its file anew.
    const key = `${path}\0${mtimeMs}\0${size}`;
    let adapter = adapters.get(key);
    if (adapter === undefined) {
      const { value, messages } = lib.withMessages(() => lib.adapter_lora_init(pointer, path));
      if (!value) {
        throw new ToolwrightError(
          "adapter-invalid",
          `${path} is not a LoRA adapter for ${info.description}: ${lastError(messages)}.`,
          "Use an adapter that was trained for this very model.",
        );
      }
      adapter = value;
      adapters.set(key, adapter);
    }
    return adapter;
  };

  return {
    info,
    tokenizer,
    async createScheduler(settings = {}) {
      const cells = settings.cells ?? 8192;
      const threads = settings.threads ?? Math.min(8, os.availableParallelism());
      const context = createContext(lib, pointer, tokenizer.size, {
        cells,
        threads,
        yielding: settings.threads === undefined,
        batchSize: settings.batchSize,
        cacheType: settings.cacheType,
        adapters: settings.adapters?.map(({ file: path, scale }) => ({ pointer: loadAdapter(path), scale: scale ?? 1 })),
      });
      const embedding = tokenizer.size * info.width;
      const scheduler = new Scheduler(context, {
        longest: info.trainedContext,
        width: settings.width,
        stepTime: settings.stepTime,
        repeatable: settings.repeatable,
        // The output layer's share: its weights against all others'.
        rowCost: embedding / Math.max(embedding, info.parameters - embedding),
      });
      schedulers.add(scheduler);
      return scheduler;
    },
    createSampler: (sampling) => createSampler(lib, vocab, controls, sampling),
    createGrammar: (gbnf) => createGrammar(lib, vocab, controls, gbnf),
    async close() {
      await Promise.all(Array.from(schedulers, (scheduler) => scheduler.dispose()));
      for (const adapter of adapters.values()) lib.adapter_lora_free(adapter);
      adapters.clear();
      lib.model_free(pointer);
    },
  };
}

function describe(lib: Library, pointer: Pointer, file: string): ModelInfo {
  const out = Buffer.alloc(64 * 1024);
  const metadata = (key: string): string | undefined => {
    const length = lib.model_meta_val_str(pointer, key, out, out.length);
    return length < 0 ? undefined : out.toString("utf8", 0, Math.min(length, out.length - 1));
  };
  const length = lib.model_desc(pointer, out, out.length);
  return {
    file,
    description: out.toString("utf8", 0, length),
    architecture: metadata("general.architecture") ?? "unknown",
    parameters: Number(lib.model_n_params(pointer)),
    bytes: Number(lib.model_size(pointer)),
    storage: lib.ftype_name(lib.model_ftype(pointer)),
    layers: lib.model_n_layer(pointer),
    width: lib.model_n_embd(pointer),
    vocabulary: lib.vocab_n_tokens(lib.model_get_vocab(pointer)),
    trainedContext: lib.model_n_ctx_train(pointer),
    chatTemplate: lib.model_chat_template(pointer, null) ?? undefined,
    metadata,
  };
}

/** The library says why only in its log: the load fails once more, this time listened to. */
function invalid(lib: Library, file: string, params: ReturnType<Library["model_default_params"]>): ToolwrightError {
  let reason: string;
  try {
    reason = lastError(lib.withMessages(() => lib.model_load_from_file(file, params)).messages);
  } catch (error) {
    reason = messageOf(error);
  }
  return new ToolwrightError(
    "model-invalid",
    `${file} cannot be loaded as a model: ${reason}.`,
    "Check that it is a whole GGUF file of an architecture that llama.cpp v0.5.0 knows; fetch it again if it may be cut off.",
  );
}

function lastError(messages: string): string {
  const lines = messages.split("\n").filter((line) => /error|invalid|fail|unknown|mismatch|corrupt/i.test(line));
  const line =
    lines.find((one) => /error loading model|invalid magic|failed to load lora|: error/i.test(one)) ?? lines[0] ?? "no reason given";
  return line
    .replace(/^\w+: /, "")
    .replace(/\.$/, "")
    .trim();
}
