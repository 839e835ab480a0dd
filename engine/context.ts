import koffi from "koffi";
import { ToolwrightError } from "../errors.js";
import type { Library } from "./library.js";
import type { Batch, Pointer } from "./structs.js";
import { Threads } from "./threads.js";

/** Storage of keys and values, with its `ggml_type` (ggml.h). */
const CACHE_TYPES = { F32: 0, F16: 1 } as const;
export type CacheType = keyof typeof CACHE_TYPES;

export interface ContextOptions {
  /** Cells of attention memory, shared by all sequences, in tokens. */
  readonly cells: number;
  /** Most tokens of one step. Default 512. */
  readonly batchSize?: number;
  /** Default `"F16"`. */
  readonly cacheType?: CacheType;
  readonly threads: number;
  /** Whether a step may use fewer threads while other processes take the cores. Results differ in the last bits. */
  readonly yielding: boolean;
  readonly adapters?: readonly { readonly pointer: Pointer; readonly scale: number }[];
}

/** One token of a step: which, where, whose, and whether logits after it are wanted. */
export interface Slot {
  readonly token: number;
  readonly position: number;
  readonly sequence: number;
  readonly output: boolean;
}

/** A `llama_context` and its batch: the calls as they are, in JavaScript's types. Nothing here may be called while a decode runs. */
export interface Context {
  readonly pointer: Pointer;
  readonly cells: number;
  readonly batchSize: number;
  /** Runs one `llama_decode` off the main thread. @returns the rows of logits, one per slot with `output`, valid until the next decode. */
  decode(slots: readonly Slot[]): Promise<Float32Array[]>;
  copy(from: number, to: number, length: number): void;
  /** @returns whether it could be done: recurrent models cannot drop a part. */
  remove(sequence: number, from: number): boolean;
  save(file: string, sequence: number, tokens: readonly number[]): Promise<void>;
  /** @returns the tokens whose state was restored, or undefined when the file does not fit. */
  restore(file: string, sequence: number, capacity: number): Promise<number[] | undefined>;
  free(): void;
}

/** Ids that a context has for sequences (llama.cpp's LLAMA_MAX_SEQ). */
export const MAX_SEQUENCES = 256;
// The library keeps room for this many rows of logits at least, whatever a step asks for.
const ROWS = 64;

/** Calls a function of the library on another thread, so that the event loop goes on. */
export function inBackground<Args extends unknown[], Result>(
  fn: { async: (...args: [...Args, (error: unknown, result: Result) => void]) => void },
  ...args: Args
): Promise<Result> {
  return new Promise((resolve, reject) => fn.async(...args, (error, result) => (error ? reject(error) : resolve(result))));
}

export function createContext(lib: Library, model: Pointer, vocabulary: number, options: ContextOptions): Context {
  const batchSize = options.batchSize ?? 512;
  const params = Object.assign(lib.context_default_params(), {
    n_ctx: options.cells,
    n_batch: batchSize,
    n_ubatch: batchSize,
    n_seq_max: ROWS,
    n_threads: options.threads,
    n_threads_batch: options.threads,
    type_k: CACHE_TYPES[options.cacheType ?? "F16"],
    type_v: CACHE_TYPES[options.cacheType ?? "F16"],
    // Flash attention works on 16 bits whatever the storage (`build_attn_mha`, llama-graph.cpp). 0: off; −1: where the device has it.
    flash_attn_type: options.cacheType === "F32" ? 0 : -1,
    // One pool of cells: a prefix can be shared, and a partial copy between separate pools would abort the process.
    kv_unified: true,
  });
  const pointer = lib.init_from_model(model, params);
  if (!pointer) {
    throw new ToolwrightError(
      "engine-context",
      `llama.cpp could not make room for ${options.cells} tokens of context.`,
      "Ask for a smaller context, or close other programs: it needs the memory at once.",
    );
  }
  const adapters = options.adapters ?? [];
  if (adapters.length > 0) {
    const pointers = BigUint64Array.from(adapters, (adapter) => adapter.pointer);
    lib.set_adapters_lora(
      pointer,
      pointers,
      adapters.length,
      Float32Array.from(adapters, (adapter) => adapter.scale),
    );
  }
  const memory = lib.get_memory(pointer);
  const batch: Batch = lib.batch_init(batchSize, 0, 1);
  const tokens = new Int32Array(koffi.view(batch.token, batchSize * 4));
  const positions = new Int32Array(koffi.view(batch.pos, batchSize * 4));
  const outputs = new Int8Array(koffi.view(batch.logits, batchSize));
  new Int32Array(koffi.view(batch.n_seq_id, batchSize * 4)).fill(1);
  const sequences = Array.from(
    new BigUint64Array(koffi.view(batch.seq_id, batchSize * 8)),
    (address) => new Int32Array(koffi.view(address, 4)),
  );

  const threads = options.yielding ? new Threads(options.threads) : undefined;
  let current = options.threads;
  const step = async (): Promise<number> => {
    if (threads === undefined) return inBackground(lib.decode, pointer, batch);
    const started = performance.now();
    const count = threads.next(started);
    if (count !== current) lib.set_n_threads(pointer, count, count);
    current = count;
    const before = process.cpuUsage();
    const status = await inBackground(lib.decode, pointer, batch);
    const { user, system } = process.cpuUsage(before);
    const now = performance.now();
    threads.took(count, now - started, (user + system) / 1000, now);
    return status;
  };

  let place: Pointer | null = null;
  let logits = new Float32Array(0);
  return {
    pointer,
    cells: lib.n_ctx(pointer),
    batchSize,
    async decode(slots) {
      let rows = 0;
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i]!;
        tokens[i] = slot.token;
        positions[i] = slot.position;
        sequences[i]![0] = slot.sequence;
        outputs[i] = slot.output ? 1 : 0;
        if (slot.output) rows++;
      }
      batch.n_tokens = slots.length;
      const status = await step();
      if (status === 1) {
        throw new ToolwrightError(
          "context-full",
          `The context of ${options.cells} tokens has no room for ${slots.length} more.`,
          "Ask for a larger context, run fewer questions at once, or shorten the text.",
        );
      }
      if (status !== 0) {
        throw new ToolwrightError(
          "engine-decode",
          `llama_decode failed with status ${status} on ${slots.length} tokens.`,
          "Check the model file (`toolwright model info`); if it is sound, please report this.",
        );
      }
      if (rows === 0) return [];
      // A view is made anew only where the rows are elsewhere or more: to the garbage collector each counts as megabytes.
      const at = lib.get_logits(pointer);
      if (at !== place || logits.length < rows * vocabulary) {
        logits = new Float32Array(koffi.view(at, Math.max(rows, ROWS) * vocabulary * 4));
        place = at;
      }
      return Array.from({ length: rows }, (_, row) => logits.subarray(row * vocabulary, (row + 1) * vocabulary));
    },
    copy: (from, to, length) => lib.memory_seq_cp(memory, from, to, 0, length),
    remove: (sequence, from) => lib.memory_seq_rm(memory, sequence, from, -1),
    async save(file, sequence, ids) {
      const written = await inBackground(lib.state_seq_save_file, pointer, file, sequence, Int32Array.from(ids), ids.length);
      if (Number(written) === 0) {
        throw new ToolwrightError(
          "state-not-saved",
          `The state could not be written to ${file}.`,
          "Check that the folder exists and has room.",
        );
      }
    },
    async restore(file, sequence, capacity) {
      const ids = new Int32Array(capacity);
      const count = new BigUint64Array(1);
      const read = await inBackground(lib.state_seq_load_file, pointer, file, sequence, ids, capacity, count);
      return Number(read) === 0 ? undefined : Array.from(ids.subarray(0, Number(count[0])));
    },
    free() {
      lib.batch_free(batch);
      lib.free(pointer);
    },
  };
}
