// The functions of ggml that compute graphs need, on the CPU: each is what its namesake in ggml.h, ggml-backend.h or ggml-alloc.h of
// the pinned release says. `openBackend` gives a place to compute; engine/graph.ts builds what is computed.
import koffi from "koffi";
import { messageOf, ToolwrightError } from "../errors.js";
import { inBackground } from "./context.js";
import { type Fn, library, openLibrary, RELEASE } from "./library.js";
import type { Pointer } from "./structs.js";

/** `enum ggml_type`, as far as graphs use it here. */
export const TYPES = { F32: 0, Q8_0: 8, I32: 26, BF16: 30 } as const;
export type TypeName = keyof typeof TYPES;

type Tensor = Pointer;
type Context = Pointer;
type Unary = Fn<[context: Context, a: Tensor], Tensor>;
type Binary = Fn<[context: Context, a: Tensor, b: Tensor], Tensor>;
type Part = Fn<[context: Context, a: Tensor, b: Tensor, s1: number, s2: number, s3: number, offset: number], Tensor>;
type Rope = Fn<
  [
    context: Context,
    a: Tensor,
    positions: Tensor,
    factors: Tensor | null,
    dimensions: number,
    mode: number,
    trained: number,
    base: number,
    scale: number,
    extension: number,
    attention: number,
    fast: number,
    slow: number,
  ],
  Tensor
>;

export interface Ggml {
  init: Fn<[params: { mem_size: number; mem_buffer: null; no_alloc: boolean }], Context>;
  free: Fn<[context: Context], void>;
  get_no_alloc: Fn<[context: Context], boolean>;
  get_mem_size: Fn<[context: Context], number | bigint>;
  tensor_overhead: Fn<[], number | bigint>;
  graph_overhead_custom: Fn<[size: number, gradients: boolean], number | bigint>;
  new_tensor_4d: Fn<[context: Context, type: number, n0: number, n1: number, n2: number, n3: number], Tensor>;
  nbytes: Fn<[tensor: Tensor], number | bigint>;
  row_size: Fn<[type: number, elements: number], number | bigint>;
  type_name: Fn<[type: number], string | null>;
  blck_size: Fn<[type: number], number | bigint>;
  get_type_traits: Fn<[type: number], Pointer>;
  quantize_chunk: Fn<
    [type: number, source: Float32Array, target: Uint8Array, start: number, rows: number, columns: number, importance: null],
    number | bigint
  >;
  get_data: Fn<[tensor: Tensor], Pointer>;
  set_input: Fn<[tensor: Tensor], void>;
  set_output: Fn<[tensor: Tensor], void>;
  new_graph_custom: Fn<[context: Context, size: number, gradients: boolean], Pointer>;
  build_forward_expand: Fn<[graph: Pointer, tensor: Tensor], void>;
  add: Binary;
  sub: Binary;
  mul: Binary;
  mul_mat: Binary;
  out_prod: Binary;
  silu: Unary;
  silu_back: Binary;
  swiglu_split: Binary;
  scale_bias: Fn<[context: Context, a: Tensor, scale: number, bias: number], Tensor>;
  rms_norm: Fn<[context: Context, a: Tensor, epsilon: number], Tensor>;
  rms_norm_back: Fn<[context: Context, gradient: Tensor, a: Tensor, epsilon: number], Tensor>;
  rope_ext_inplace: Rope;
  soft_max_ext_inplace: Fn<[context: Context, a: Tensor, mask: Tensor | null, scale: number, bias: number], Tensor>;
  soft_max_ext_back: Fn<[context: Context, gradient: Tensor, y: Tensor, scale: number, bias: number], Tensor>;
  get_rows: Binary;
  get_rows_back: Fn<[context: Context, gradient: Tensor, rows: Tensor, shape: Tensor], Tensor>;
  set_rows: Fn<[context: Context, a: Tensor, b: Tensor, rows: Tensor], Tensor>;
  set_inplace: Part;
  acc_inplace: Part;
  reshape_4d: Fn<[context: Context, a: Tensor, n0: number, n1: number, n2: number, n3: number], Tensor>;
  view_3d: Fn<[context: Context, a: Tensor, n0: number, n1: number, n2: number, s1: number, s2: number, offset: number], Tensor>;
  permute: Fn<[context: Context, a: Tensor, axis0: number, axis1: number, axis2: number, axis3: number], Tensor>;
  cont: Unary;
  cast: Fn<[context: Context, a: Tensor, type: number], Tensor>;
  backend_dev_by_type: Fn<[type: number], Pointer | null>;
  backend_dev_init: Fn<[device: Pointer, parameters: null], Pointer | null>;
  backend_dev_backend_reg: Fn<[device: Pointer], Pointer>;
  backend_dev_buffer_type: Fn<[device: Pointer], Pointer>;
  backend_reg_get_proc_address: Fn<[registry: Pointer, name: string], Pointer | null>;
  backend_buft_name: Fn<[type: Pointer], string>;
  backend_alloc_ctx_tensors_from_buft: Fn<[context: Context, type: Pointer], Pointer | null>;
  backend_buffer_free: Fn<[buffer: Pointer], void>;
  backend_tensor_set: Fn<[tensor: Tensor, data: ArrayBufferView, offset: number, size: number], void>;
  backend_tensor_get: Fn<[tensor: Tensor, data: ArrayBufferView, offset: number, size: number], void>;
  backend_graph_compute: Fn<[backend: Pointer, graph: Pointer], number>;
  backend_free: Fn<[backend: Pointer], void>;
  gallocr_new: Fn<[type: Pointer], Pointer>;
  gallocr_free: Fn<[allocator: Pointer], void>;
  gallocr_alloc_graph: Fn<[allocator: Pointer, graph: Pointer], boolean>;
}

koffi.struct("ggml_init_params", { mem_size: "size_t", mem_buffer: "void *", no_alloc: "bool" });
const typeTraits = koffi.struct("ggml_type_traits", {
  type_name: "const char *",
  blck_size: "int64_t",
  blck_size_interleave: "int64_t",
  type_size: "size_t",
  is_quantized: "bool",
  to_float: "void *",
  from_float_ref: "void *",
});

const C = "void *c";
const A = `${C}, void *a`;
const AB = `${A}, void *b`;
const SHAPE = "int64_t n0, int64_t n1, int64_t n2, int64_t n3";
const STRIDES = "size_t nb1, size_t nb2, size_t nb3, size_t offset";
const ROPE = `${AB}, void *f, int n, int mode, int ctx, float base, float scale, float ext, float attn, float fast, float slow`;

const signatures: Record<keyof Ggml, string> = {
  init: "void *ggml_init(ggml_init_params params)",
  free: `void ggml_free(${C})`,
  get_no_alloc: `bool ggml_get_no_alloc(${C})`,
  get_mem_size: `size_t ggml_get_mem_size(${C})`,
  tensor_overhead: "size_t ggml_tensor_overhead()",
  graph_overhead_custom: "size_t ggml_graph_overhead_custom(size_t size, bool grads)",
  new_tensor_4d: `void *ggml_new_tensor_4d(${C}, int type, ${SHAPE})`,
  nbytes: "size_t ggml_nbytes(void *t)",
  row_size: "size_t ggml_row_size(int type, int64_t n)",
  type_name: "const char *ggml_type_name(int type)",
  blck_size: "int64_t ggml_blck_size(int type)",
  get_type_traits: "void *ggml_get_type_traits(int type)",
  quantize_chunk:
    "size_t ggml_quantize_chunk(int type, void *src, void *dst, int64_t start, int64_t nrows, int64_t columns, void *imatrix)",
  get_data: "void *ggml_get_data(void *t)",
  set_input: "void ggml_set_input(void *t)",
  set_output: "void ggml_set_output(void *t)",
  new_graph_custom: `void *ggml_new_graph_custom(${C}, size_t size, bool grads)`,
  build_forward_expand: "void ggml_build_forward_expand(void *g, void *t)",
  add: `void *ggml_add(${AB})`,
  sub: `void *ggml_sub(${AB})`,
  mul: `void *ggml_mul(${AB})`,
  mul_mat: `void *ggml_mul_mat(${AB})`,
  out_prod: `void *ggml_out_prod(${AB})`,
  silu: `void *ggml_silu(${A})`,
  silu_back: `void *ggml_silu_back(${AB})`,
  swiglu_split: `void *ggml_swiglu_split(${AB})`,
  scale_bias: `void *ggml_scale_bias(${A}, float s, float b)`,
  rms_norm: `void *ggml_rms_norm(${A}, float eps)`,
  rms_norm_back: `void *ggml_rms_norm_back(${AB}, float eps)`,
  rope_ext_inplace: `void *ggml_rope_ext_inplace(${ROPE})`,
  soft_max_ext_inplace: `void *ggml_soft_max_ext_inplace(${A}, void *mask, float scale, float bias)`,
  soft_max_ext_back: `void *ggml_soft_max_ext_back(${AB}, float scale, float bias)`,
  get_rows: `void *ggml_get_rows(${AB})`,
  get_rows_back: `void *ggml_get_rows_back(${AB}, void *shape)`,
  set_rows: `void *ggml_set_rows(${AB}, void *rows)`,
  set_inplace: `void *ggml_set_inplace(${AB}, ${STRIDES})`,
  acc_inplace: `void *ggml_acc_inplace(${AB}, ${STRIDES})`,
  reshape_4d: `void *ggml_reshape_4d(${A}, ${SHAPE})`,
  view_3d: `void *ggml_view_3d(${A}, int64_t n0, int64_t n1, int64_t n2, size_t nb1, size_t nb2, size_t offset)`,
  permute: `void *ggml_permute(${A}, int a0, int a1, int a2, int a3)`,
  cont: `void *ggml_cont(${A})`,
  cast: `void *ggml_cast(${A}, int type)`,
  backend_dev_by_type: "void *ggml_backend_dev_by_type(int type)",
  backend_dev_init: "void *ggml_backend_dev_init(void *device, const char *params)",
  backend_dev_backend_reg: "void *ggml_backend_dev_backend_reg(void *device)",
  backend_dev_buffer_type: "void *ggml_backend_dev_buffer_type(void *device)",
  backend_reg_get_proc_address: "void *ggml_backend_reg_get_proc_address(void *reg, const char *name)",
  backend_buft_name: "const char *ggml_backend_buft_name(void *buft)",
  backend_alloc_ctx_tensors_from_buft: `void *ggml_backend_alloc_ctx_tensors_from_buft(${C}, void *buft)`,
  backend_buffer_free: "void ggml_backend_buffer_free(void *buffer)",
  backend_tensor_set: "void ggml_backend_tensor_set(void *t, void *data, size_t offset, size_t size)",
  backend_tensor_get: "void ggml_backend_tensor_get(void *t, void *data, size_t offset, size_t size)",
  backend_graph_compute: "int ggml_backend_graph_compute(void *backend, void *g)",
  backend_free: "void ggml_backend_free(void *backend)",
  gallocr_new: "void *ggml_gallocr_new(void *buft)",
  gallocr_free: "void ggml_gallocr_free(void *g)",
  gallocr_alloc_graph: "bool ggml_gallocr_alloc_graph(void *g, void *graph)",
};

/** Only the registry's own library has this one. */
const IN_REGISTRY: ReadonlySet<string> = new Set(["backend_dev_by_type"]);

let loaded: Ggml | undefined;

/** @throws ToolwrightError those of `library` */
function ggml(): Ggml {
  loaded ??= load();
  return loaded;
}

function load(): Ggml {
  const { folder, package: from } = library();
  let native: Ggml;
  try {
    const base = openLibrary(folder, "ggml-base");
    const registry = openLibrary(folder, "ggml");
    const entries = Object.entries(signatures);
    native = Object.fromEntries(
      entries.map(([name, signature]) => [name, (IN_REGISTRY.has(name) ? registry : base).func(signature)]),
    ) as unknown as Ggml;
  } catch (error) {
    throw new ToolwrightError(
      "engine-load",
      `The ggml library of ${from} lacks what training needs: ${messageOf(error)}.`,
      "Reinstall with `npm ci`, so that the @node-llama-cpp packages have the exact version of package-lock.json.",
      { cause: error },
    );
  }
  checkLayout(native, from);
  return native;
}

/** Holds types, the one struct passed by value and the one read against what the release's own functions say of them. */
function checkLayout(native: Ggml, from: string): void {
  const params = { mem_size: 4096, mem_buffer: null, no_alloc: true };
  const context = native.init(params);
  const traits = traitsOf(native, TYPES.Q8_0);
  const found = [
    Number(native.get_mem_size(context)),
    native.get_no_alloc(context),
    ...Object.values(TYPES).map((type) => native.type_name(type)),
    traits.type_name,
    Number(traits.blck_size),
    Number(traits.type_size),
  ];
  native.free(context);
  const expected = [params.mem_size, true, "f32", "q8_0", "i32", "bf16", "q8_0", 32, 34];
  const wrong = expected.findIndex((value, i) => found[i] !== value);
  if (wrong >= 0) {
    throw new ToolwrightError(
      "engine-layout",
      `The ggml library in ${from} is not of the llama.cpp release ${RELEASE} that this version was written for: ${String(found[wrong])} is not ${String(expected[wrong])}.`,
      "Reinstall with `npm ci`, so that the @node-llama-cpp packages have the exact version of package-lock.json.",
    );
  }
}

interface TypeTraits {
  readonly type_name: string | null;
  readonly blck_size: number | bigint;
  readonly type_size: number | bigint;
  readonly to_float: Pointer | null;
}

function traitsOf(native: Ggml, type: number): TypeTraits {
  return koffi.decode(native.get_type_traits(type), typeTraits) as TypeTraits;
}

/** Whether tensors of a type (`enum ggml_type`) that a file has can be read as numbers. */
export function isReadable(type: number): boolean {
  if (!(type >= 0 && type < TYPE_COUNT)) return false;
  return type === TYPES.F32 || traitsOf(ggml(), type).to_float !== null;
}

/** Bytes of a row of so many elements of a type that is readable. */
export function rowBytes(type: number, columns: number): number {
  return Number(ggml().row_size(type, columns));
}

/** `GGML_TYPE_COUNT`: the functions that describe types abort on others. */
const TYPE_COUNT = 43;
const toFloat = koffi.proto("void (void *x, void *y, int64_t k)");

/** Stored bytes of a readable type as numbers. */
export async function dequantize(type: number, bytes: Uint8Array, elements: number): Promise<Float32Array> {
  const native = ggml();
  const values = new Float32Array(elements);
  if (type === TYPES.F32) {
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const convert: Fn<[bytes: Uint8Array, values: Float32Array, elements: number], void> = koffi.decode(
    traitsOf(native, type).to_float,
    toFloat,
  );
  await inBackground(convert, bytes, values, elements);
  return values;
}

/** Rows of numbers in a storage type. A row's length is a multiple of the type's block (32 for Q8_0). */
export async function quantize(type: TypeName, values: Float32Array, columns: number): Promise<Uint8Array> {
  if (type === "F32") return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const native = ggml();
  const rows = values.length / columns;
  const bytes = new Uint8Array(rows * rowBytes(TYPES[type], columns));
  await inBackground(native.quantize_chunk, TYPES[type], values, bytes, 0, rows, columns, null);
  return bytes;
}

/** A CPU device with threads of its own and the kinds of memory that it computes from. */
export interface Backend {
  readonly native: Ggml;
  /** Buffer type of ordinary memory. */
  readonly plain: Pointer;
  /** Buffer type whose Q8_0 matrices the CPU's AMX unit multiplies by; undefined on a CPU without one. */
  readonly amx: Pointer | undefined;
  setThreads(count: number): void;
  /** @throws ToolwrightError `engine-memory` when the graph's values do not fit into memory, `engine-compute` */
  compute(graph: Pointer): Promise<void>;
  /** Gives the graph's tensors their places, in memory that is kept for the next graph. Inputs may be set afterwards. */
  allocate(graph: Pointer): void;
  free(): void;
}

const setThreads = koffi.proto("void (void *backend, int threads)");
const extraBuffers = koffi.proto("void *(void *device)");
/** Buffer types that the release's CPU device lists at most, the closing zero included, with room to spare. */
const MAX_EXTRA_BUFFERS = 16;

/** @throws ToolwrightError those of `ggml` */
export function openBackend(threads: number): Backend {
  const native = ggml();
  const device = native.backend_dev_by_type(0); // GGML_BACKEND_DEVICE_TYPE_CPU
  const backend = device && native.backend_dev_init(device, null);
  if (!device || !backend) {
    throw new ToolwrightError("engine-load", "ggml has no CPU device on this machine.", "Reinstall with `npm ci`.");
  }
  const registry = native.backend_dev_backend_reg(device);
  const address = (name: string) => native.backend_reg_get_proc_address(registry, name);
  const threadsAddress = address("ggml_backend_set_n_threads");
  const threadsOf: ((backend: Pointer, threads: number) => void) | undefined = threadsAddress
    ? koffi.decode(threadsAddress, setThreads)
    : undefined;
  threadsOf?.(backend, threads);
  const plain = native.backend_dev_buffer_type(device);
  const allocator = native.gallocr_new(plain);
  return {
    native,
    plain,
    amx: extraBufferTypes(address("ggml_backend_dev_get_extra_bufts"), device).find((type) => native.backend_buft_name(type) === "AMX"),
    setThreads: (count) => threadsOf?.(backend, count),
    allocate(graph) {
      if (native.gallocr_alloc_graph(allocator, graph)) return;
      throw new ToolwrightError(
        "engine-memory",
        "There is not enough memory for the values of one step of training.",
        "Train with shorter examples or fewer layers, or close other programs.",
      );
    },
    async compute(graph) {
      const status = await inBackground(native.backend_graph_compute, backend, graph);
      if (status === 0) return;
      throw new ToolwrightError("engine-compute", `ggml failed to compute a graph (status ${status}).`, "Please report this.");
    },
    free() {
      native.gallocr_free(allocator);
      native.backend_free(backend);
    },
  };
}

function extraBufferTypes(address: Pointer | null, device: Pointer): Pointer[] {
  if (!address) return [];
  const list: Pointer | null = koffi.decode(address, extraBuffers)(device);
  const types: Pointer[] = [];
  while (list && types.length < MAX_EXTRA_BUFFERS) {
    const type: Pointer | null = koffi.decode(list, types.length * 8, "void *");
    if (!type) break;
    types.push(type);
  }
  return types;
}
