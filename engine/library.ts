// Finds and loads the llama.cpp libraries that the @node-llama-cpp platform packages ship. Loaded once a process, on first use.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import koffi, { type KoffiFunc, type LibraryHandle } from "koffi";
import { messageOf, ToolwrightError } from "../errors.js";
import { type Batch, type ContextParams, checkLayouts, type ModelParams, type Pointer, type QuantizeParams } from "./structs.js";

/** The llama.cpp release that the struct layouts are of. */
export const RELEASE = "v0.5.0";

/** A function of a native library, with `.async`. */
export type Fn<Args extends unknown[], Result> = KoffiFunc<(...args: Args) => Result>;

/** The functions in use; each is what its namesake in the release's llama.h says. */
export interface Native {
  model_default_params: Fn<[], ModelParams>;
  context_default_params: Fn<[], ContextParams>;
  model_quantize_default_params: Fn<[], QuantizeParams>;
  sampler_chain_default_params: Fn<[], { no_perf: boolean }>;
  log_set: Fn<[callback: unknown, data: null], void>;
  backend_init: Fn<[], void>;
  model_load_from_file: Fn<[path: string, params: ModelParams], Pointer | null>;
  model_free: Fn<[model: Pointer], void>;
  model_quantize: Fn<[input: string, output: string, params: QuantizeParams], number>;
  model_get_vocab: Fn<[model: Pointer], Pointer>;
  model_desc: Fn<[model: Pointer, out: Uint8Array, size: number], number>;
  model_n_ctx_train: Fn<[model: Pointer], number>;
  model_n_embd: Fn<[model: Pointer], number>;
  model_n_layer: Fn<[model: Pointer], number>;
  model_n_params: Fn<[model: Pointer], number | bigint>;
  model_size: Fn<[model: Pointer], number | bigint>;
  model_ftype: Fn<[model: Pointer], number>;
  ftype_name: Fn<[ftype: number], string>;
  model_chat_template: Fn<[model: Pointer, name: null], string | null>;
  model_meta_val_str: Fn<[model: Pointer, key: string, out: Uint8Array, size: number], number>;
  model_has_encoder: Fn<[model: Pointer], boolean>;
  model_is_recurrent: Fn<[model: Pointer], boolean>;
  model_is_hybrid: Fn<[model: Pointer], boolean>;
  adapter_lora_init: Fn<[model: Pointer, path: string], Pointer | null>;
  adapter_lora_free: Fn<[adapter: Pointer], void>;
  set_adapters_lora: Fn<[context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array], number>;
  init_from_model: Fn<[model: Pointer, params: ContextParams], Pointer | null>;
  free: Fn<[context: Pointer], void>;
  n_ctx: Fn<[context: Pointer], number>;
  set_n_threads: Fn<[context: Pointer, one: number, batch: number], void>;
  get_memory: Fn<[context: Pointer], Pointer>;
  memory_seq_rm: Fn<[memory: Pointer, sequence: number, from: number, to: number], boolean>;
  memory_seq_cp: Fn<[memory: Pointer, from: number, to: number, start: number, end: number], void>;
  state_seq_save_file: Fn<[context: Pointer, path: string, sequence: number, tokens: Int32Array, count: number], number | bigint>;
  state_seq_load_file: Fn<
    [context: Pointer, path: string, sequence: number, tokens: Int32Array, capacity: number, count: BigUint64Array],
    number | bigint
  >;
  batch_init: Fn<[tokens: number, embd: number, sequences: number], Batch>;
  batch_free: Fn<[batch: Batch], void>;
  decode: Fn<[context: Pointer, batch: Batch], number>;
  get_logits: Fn<[context: Pointer], Pointer | null>;
  vocab_n_tokens: Fn<[vocab: Pointer], number>;
  vocab_is_eog: Fn<[vocab: Pointer, token: number], boolean>;
  vocab_is_control: Fn<[vocab: Pointer, token: number], boolean>;
  vocab_bos: Fn<[vocab: Pointer], number>;
  vocab_eos: Fn<[vocab: Pointer], number>;
  vocab_get_add_bos: Fn<[vocab: Pointer], boolean>;
  vocab_get_text: Fn<[vocab: Pointer, token: number], string>;
  tokenize: Fn<[vocab: Pointer, text: Uint8Array, bytes: number, out: Int32Array, capacity: number, add: boolean, parse: boolean], number>;
  token_to_piece: Fn<[vocab: Pointer, token: number, out: Uint8Array, size: number, lstrip: number, special: boolean], number>;
  sampler_chain_init: Fn<[params: { no_perf: boolean }], Pointer>;
  sampler_chain_add: Fn<[chain: Pointer, sampler: Pointer], void>;
  sampler_init_top_p: Fn<[p: number, minKeep: number], Pointer>;
  sampler_init_temp: Fn<[temperature: number], Pointer>;
  sampler_init_dist: Fn<[seed: number], Pointer>;
  sampler_init_grammar: Fn<[vocab: Pointer, grammar: string, root: string], Pointer | null>;
  sampler_sample: Fn<[sampler: Pointer, context: Pointer, index: number], number>;
  sampler_apply: Fn<[sampler: Pointer, candidates: unknown], void>;
  sampler_accept: Fn<[sampler: Pointer, token: number], void>;
  sampler_clone: Fn<[sampler: Pointer], Pointer>;
  sampler_free: Fn<[sampler: Pointer], void>;
  print_system_info: Fn<[], string>;
}

const signatures: Record<keyof Native, string> = {
  model_default_params: "llama_model_params llama_model_default_params()",
  context_default_params: "llama_context_params llama_context_default_params()",
  model_quantize_default_params: "llama_model_quantize_params llama_model_quantize_default_params()",
  sampler_chain_default_params: "llama_sampler_chain_params llama_sampler_chain_default_params()",
  log_set: "void llama_log_set(void *callback, void *data)",
  backend_init: "void llama_backend_init()",
  model_load_from_file: "void *llama_model_load_from_file(const char *path, llama_model_params params)",
  model_free: "void llama_model_free(void *model)",
  model_quantize: "uint32_t llama_model_quantize(const char *input, const char *output, const llama_model_quantize_params *params)",
  model_get_vocab: "void *llama_model_get_vocab(void *model)",
  model_desc: "int32_t llama_model_desc(void *model, void *out, size_t size)",
  model_n_ctx_train: "int32_t llama_model_n_ctx_train(void *model)",
  model_n_embd: "int32_t llama_model_n_embd(void *model)",
  model_n_layer: "int32_t llama_model_n_layer(void *model)",
  model_n_params: "uint64_t llama_model_n_params(void *model)",
  model_size: "uint64_t llama_model_size(void *model)",
  model_ftype: "int32_t llama_model_ftype(void *model)",
  ftype_name: "const char *llama_ftype_name(int32_t ftype)",
  model_chat_template: "const char *llama_model_chat_template(void *model, const char *name)",
  model_meta_val_str: "int32_t llama_model_meta_val_str(void *model, const char *key, void *out, size_t size)",
  model_has_encoder: "bool llama_model_has_encoder(void *model)",
  model_is_recurrent: "bool llama_model_is_recurrent(void *model)",
  model_is_hybrid: "bool llama_model_is_hybrid(void *model)",
  adapter_lora_init: "void *llama_adapter_lora_init(void *model, const char *path)",
  adapter_lora_free: "void llama_adapter_lora_free(void *adapter)",
  set_adapters_lora: "int32_t llama_set_adapters_lora(void *context, void *adapters, size_t count, void *scales)",
  init_from_model: "void *llama_init_from_model(void *model, llama_context_params params)",
  free: "void llama_free(void *context)",
  n_ctx: "uint32_t llama_n_ctx(void *context)",
  set_n_threads: "void llama_set_n_threads(void *context, int32_t one, int32_t batch)",
  get_memory: "void *llama_get_memory(void *context)",
  memory_seq_rm: "bool llama_memory_seq_rm(void *memory, int32_t sequence, int32_t from, int32_t to)",
  memory_seq_cp: "void llama_memory_seq_cp(void *memory, int32_t from, int32_t to, int32_t start, int32_t end)",
  state_seq_save_file: "size_t llama_state_seq_save_file(void *context, const char *path, int32_t sequence, void *tokens, size_t count)",
  state_seq_load_file:
    "size_t llama_state_seq_load_file(void *context, const char *path, int32_t sequence, void *tokens, size_t capacity, void *count)",
  batch_init: "llama_batch llama_batch_init(int32_t tokens, int32_t embd, int32_t sequences)",
  batch_free: "void llama_batch_free(llama_batch batch)",
  decode: "int32_t llama_decode(void *context, llama_batch batch)",
  get_logits: "void *llama_get_logits(void *context)",
  vocab_n_tokens: "int32_t llama_vocab_n_tokens(void *vocab)",
  vocab_is_eog: "bool llama_vocab_is_eog(void *vocab, int32_t token)",
  vocab_is_control: "bool llama_vocab_is_control(void *vocab, int32_t token)",
  vocab_bos: "int32_t llama_vocab_bos(void *vocab)",
  vocab_eos: "int32_t llama_vocab_eos(void *vocab)",
  vocab_get_add_bos: "bool llama_vocab_get_add_bos(void *vocab)",
  vocab_get_text: "const char *llama_vocab_get_text(void *vocab, int32_t token)",
  tokenize: "int32_t llama_tokenize(void *vocab, void *text, int32_t bytes, void *out, int32_t capacity, bool add, bool parse)",
  token_to_piece: "int32_t llama_token_to_piece(void *vocab, int32_t token, void *out, int32_t size, int32_t lstrip, bool special)",
  sampler_chain_init: "void *llama_sampler_chain_init(llama_sampler_chain_params params)",
  sampler_chain_add: "void llama_sampler_chain_add(void *chain, void *sampler)",
  sampler_init_top_p: "void *llama_sampler_init_top_p(float p, size_t min_keep)",
  sampler_init_temp: "void *llama_sampler_init_temp(float t)",
  sampler_init_dist: "void *llama_sampler_init_dist(uint32_t seed)",
  sampler_init_grammar: "void *llama_sampler_init_grammar(void *vocab, const char *grammar, const char *root)",
  sampler_sample: "int32_t llama_sampler_sample(void *sampler, void *context, int32_t index)",
  sampler_apply: "void llama_sampler_apply(void *sampler, _Inout_ llama_token_data_array *candidates)",
  sampler_accept: "void llama_sampler_accept(void *sampler, int32_t token)",
  sampler_clone: "void *llama_sampler_clone(void *sampler)",
  sampler_free: "void llama_sampler_free(void *sampler)",
  print_system_info: "const char *llama_print_system_info()",
};

export interface Library extends Native {
  /** The npm package that the libraries are from, such as `@node-llama-cpp/linux-x64`. */
  readonly package: string;
  readonly folder: string;
  /** Runs `work` with the library's messages collected; for saying why something failed. Nothing may be running asynchronously. */
  withMessages<T>(work: () => T): { value: T; messages: string };
}

/** Packages for this platform, the ones a user installs for a GPU first. */
function packageNames(): string[] {
  const os = { linux: "linux", darwin: "mac", win32: "win" }[process.platform as string];
  const cpu = process.arch === "arm" ? "armv7l" : process.arch;
  if (os === "mac") return [cpu === "arm64" ? "mac-arm64-metal" : `mac-${cpu}`];
  return [`${os ?? process.platform}-${cpu}-cuda`, `${os ?? process.platform}-${cpu}-vulkan`, `${os ?? process.platform}-${cpu}`];
}

function findLibraries(): { package: string; folder: string } {
  const names = packageNames().map((name) => `@node-llama-cpp/${name}`);
  const releases: string[] = [];
  for (const name of names) {
    let entry: string;
    try {
      entry = fileURLToPath(import.meta.resolve(name));
    } catch {
      continue; // Not installed: the next kind of package may be.
    }
    const bins = path.join(path.dirname(entry), "..", "bins");
    const folder = path.join(bins, readdirSync(bins)[0] ?? "");
    const metadata = JSON.parse(readFileSync(path.join(folder, "_nlcBuildMetadata.json"), "utf8"));
    const release = metadata?.buildOptions?.llamaCpp?.release;
    if (release === RELEASE) return { package: name, folder };
    releases.push(`${name} has llama.cpp ${release}`);
  }
  throw new ToolwrightError(
    "engine-missing",
    `No llama.cpp ${RELEASE} library for ${process.platform}-${process.arch} is installed (looked for ${names.join(", ")}${releases.length ? `; ${releases.join("; ")}` : ""}).`,
    "Run `npm ci` without --omit=optional on this machine. On a platform that has no such package, use a model behind an endpoint, such as --model openai:NAME.",
  );
}

/** Opens one of the release's libraries by its plain name; one that is open already is shared. */
export function openLibrary(folder: string, name: "ggml-base" | "ggml" | "llama"): LibraryHandle {
  const pattern = new RegExp(`^(lib)?${name}(\\.v[\\d.]+)?\\.(so|dylib|dll)$`);
  const file = readdirSync(folder).find((entry) => pattern.test(entry));
  if (!file) throw new Error(`${folder} has no file like ${pattern.source}`);
  return koffi.load(path.join(folder, file), { global: true });
}

let loaded: Library | undefined;

/**
 * The native library of this platform.
 * @throws ToolwrightError `engine-missing` (no package for this platform), `engine-load` (the library does not load, such as with an
 * older C library), `engine-layout` (another release).
 */
export function library(): Library {
  loaded ??= load();
  return loaded;
}

function load(): Library {
  const found = findLibraries();
  let native: Native;
  let silence: unknown;
  try {
    openLibrary(found.folder, "ggml-base");
    const ggml = openLibrary(found.folder, "ggml");
    const llama = openLibrary(found.folder, "llama");
    native = Object.fromEntries(Object.entries(signatures).map(([name, signature]) => [name, llama.func(signature)])) as unknown as Native;
    // A log callback in JavaScript would be called from other threads; this exported function does nothing and is native.
    silence = llama.symbol("llama_opt_param_filter_all");
    native.log_set(silence, null);
    ggml.func("void ggml_backend_load_all_from_path(const char *path)")(found.folder);
  } catch (error) {
    throw new ToolwrightError(
      "engine-load",
      `The llama.cpp library of ${found.package} cannot be loaded on this ${process.platform}-${process.arch} machine: ${messageOf(error)}.`,
      "It needs glibc 2.35 or newer on Linux (not musl), macOS 13 or newer, or Windows 10 or newer. Otherwise use a model behind an endpoint, such as --model openai:NAME.",
      { cause: error },
    );
  }
  checkLayouts(
    {
      model: native.model_default_params(),
      context: native.context_default_params(),
      quantize: native.model_quantize_default_params(),
      chain: native.sampler_chain_default_params(),
    },
    found.package,
  );
  native.backend_init();
  return Object.assign(native, found, {
    withMessages<T>(work: () => T) {
      let messages = "";
      const callback = koffi.register(
        (_level: number, text: string) => void (messages += text),
        koffi.pointer(koffi.proto("void (int level, const char *text, void *data)")),
      );
      native.log_set(callback, null);
      try {
        return { value: work(), messages };
      } finally {
        native.log_set(silence, null);
        koffi.unregister(callback);
      }
    },
  });
}
