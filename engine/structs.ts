// Struct layouts of llama.cpp release v0.5.0 (the one inside @node-llama-cpp/* 3.22.1), field for field as in its include/llama.h
// and ggml/include/ggml.h. `checkLayouts` holds them against the library's own defaults before anything else is called.
import koffi from "koffi";
import { ToolwrightError } from "../errors.js";

/** An address in native memory. */
export type Pointer = bigint;

/** llama.h `struct llama_model_params`. */
export interface ModelParams {
  n_gpu_layers: number;
  load_mode: number;
  vocab_only: boolean;
  check_tensors: boolean;
  use_extra_bufts: boolean;
  [field: string]: unknown;
}

/** llama.h `struct llama_context_params`. */
export interface ContextParams {
  n_ctx: number;
  n_batch: number;
  n_ubatch: number;
  n_seq_max: number;
  n_outputs_max: number;
  n_threads: number;
  n_threads_batch: number;
  flash_attn_type: number;
  kv_unified: boolean;
  [field: string]: unknown;
}

/** llama.h `struct llama_batch`. */
export interface Batch {
  n_tokens: number;
  token: Pointer;
  pos: Pointer;
  n_seq_id: Pointer;
  seq_id: Pointer;
  logits: Pointer;
}

/** llama.h `struct llama_model_quantize_params`. */
export interface QuantizeParams {
  nthread: number;
  ftype: number;
  allow_requantize: boolean;
  pure: boolean;
  [field: string]: unknown;
}

type Field = readonly [type: string, defaultValue: unknown];

// Each field with the default that the release's own llama_*_default_params() gives it.
const modelParams: Record<string, Field> = {
  devices: ["void *", null],
  tensor_buft_overrides: ["void *", null],
  n_gpu_layers: ["int32_t", -1],
  split_mode: ["int32_t", 1],
  load_mode: ["int32_t", -1],
  lazy_mode: ["int32_t", 1],
  main_gpu: ["int32_t", 0],
  tensor_split: ["void *", null],
  progress_callback: ["void *", null],
  progress_callback_user_data: ["void *", null],
  kv_overrides: ["void *", null],
  vocab_only: ["bool", false],
  check_tensors: ["bool", false],
  use_extra_bufts: ["bool", true],
  no_host: ["bool", false],
  no_alloc: ["bool", false],
  load_mtp: ["bool", false],
};

const contextParams: Record<string, Field> = {
  n_ctx: ["uint32_t", 512],
  n_batch: ["uint32_t", 2048],
  n_ubatch: ["uint32_t", 512],
  n_seq_max: ["uint32_t", 1],
  n_rs_seq: ["uint32_t", 0],
  n_outputs_max: ["uint32_t", 0],
  n_outputs_max_per_seq: ["uint32_t", 1],
  n_threads: ["int32_t", 4],
  n_threads_batch: ["int32_t", 4],
  ctx_type: ["int32_t", 0],
  rope_scaling_type: ["int32_t", -1],
  pooling_type: ["int32_t", -1],
  attention_type: ["int32_t", -1],
  flash_attn_type: ["int32_t", -1],
  rope_freq_base: ["float", 0],
  rope_freq_scale: ["float", 0],
  yarn_ext_factor: ["float", -1],
  yarn_attn_factor: ["float", -1],
  yarn_beta_fast: ["float", -1],
  yarn_beta_slow: ["float", -1],
  yarn_orig_ctx: ["uint32_t", 0],
  defrag_thold: ["float", -1],
  cb_eval: ["void *", null],
  cb_eval_user_data: ["void *", null],
  type_k: ["int32_t", 1],
  type_v: ["int32_t", 1],
  abort_callback: ["void *", null],
  abort_callback_data: ["void *", null],
  embeddings: ["bool", false],
  offload_kqv: ["bool", true],
  no_perf: ["bool", true],
  op_offload: ["bool", true],
  swa_full: ["bool", true],
  kv_unified: ["bool", false],
  samplers: ["void *", null],
  n_samplers: ["size_t", 0],
  ctx_other: ["void *", null],
};

const quantizeParams: Record<string, Field> = {
  nthread: ["int32_t", 0],
  ftype: ["int32_t", 7],
  output_tensor_type: ["int32_t", 43],
  token_embedding_type: ["int32_t", 43],
  allow_requantize: ["bool", false],
  quantize_output_tensor: ["bool", true],
  only_copy: ["bool", false],
  pure: ["bool", false],
  keep_split: ["bool", false],
  dry_run: ["bool", false],
  imatrix: ["void *", null],
  kv_overrides: ["void *", null],
  tt_overrides: ["void *", null],
  prune_layers: ["void *", null],
  max_buf_size: ["size_t", 8 * 1024 ** 3],
};

const define = (name: string, fields: Record<string, Field>) =>
  koffi.struct(name, Object.fromEntries(Object.entries(fields).map(([field, [type]]) => [field, type])));

define("llama_model_params", modelParams);
define("llama_context_params", contextParams);
define("llama_model_quantize_params", quantizeParams);
koffi.struct("llama_batch", {
  n_tokens: "int32_t",
  token: "void *",
  embd: "void *",
  pos: "void *",
  n_seq_id: "void *",
  seq_id: "void *",
  logits: "void *",
});
koffi.struct("llama_sampler_chain_params", { no_perf: "bool" });
// `data` points to { int32 id; float logit; float p } triples.
koffi.struct("llama_token_data_array", { data: "void *", size: "size_t", selected: "int64_t", sorted: "bool" });

/** Throws `engine-layout` when a struct that the library fills does not read back as this release's defaults. */
export function checkLayouts(defaults: { model: unknown; context: unknown; quantize: unknown; chain: unknown }, where: string): void {
  const expected = { model: modelParams, context: contextParams, quantize: quantizeParams, chain: { no_perf: ["bool", true] as Field } };
  for (const [struct, fields] of Object.entries(expected)) {
    const given = defaults[struct as keyof typeof defaults] as Record<string, unknown>;
    for (const [field, [, value]] of Object.entries(fields)) {
      const found = typeof given[field] === "bigint" ? Number(given[field]) : given[field];
      if (found !== value) {
        throw new ToolwrightError(
          "engine-layout",
          `The llama.cpp library in ${where} is not the release that this version was written for: its default of ${struct}.${field} reads ${String(found)}, not ${String(value)} (${process.platform}-${process.arch}).`,
          "Reinstall with `npm ci`, so that the @node-llama-cpp packages have the exact version of package-lock.json.",
        );
      }
    }
  }
}
