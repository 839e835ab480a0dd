import koffi from "koffi";
import { type Backend, TYPES, type TypeName } from "./ggml.js";
import type { Pointer } from "./structs.js";

/** Elements along each axis, the fastest first (ggml's `ne`): a matrix of 3 rows of 64 is `[64, 3, 1, 1]`. */
export type Shape = readonly [number, number, number, number];

export interface Tensor {
  readonly pointer: Pointer;
  readonly shape: Shape;
  /** Bytes from one element to the next along each axis; of no meaning for Q8_0. */
  readonly strides: Shape;
}

export interface RopeSettings {
  /** Of a head's elements, how many are turned. */
  readonly dimensions: number;
  /** Tokens of the context that the model was trained with. */
  readonly trained: number;
  readonly base: number;
  readonly scale: number;
  /** Divisors of the frequencies, one for each pair of elements, where the model has them. */
  readonly factors?: Tensor;
}

const FLOAT = 4;

/** Tensors that stay: weights, in memory of a given kind. */
export class TensorStore {
  readonly #backend: Backend;
  readonly #context: Pointer;
  #buffer: Pointer | undefined;
  #empty = true;

  constructor(backend: Backend, capacity: number) {
    this.#backend = backend;
    const { native } = backend;
    this.#context = native.init({ mem_size: capacity * Number(native.tensor_overhead()), mem_buffer: null, no_alloc: true });
  }

  tensor(type: TypeName, ...sizes: number[]): Tensor {
    this.#empty = false;
    return newTensor(this.#backend, this.#context, TYPES[type], sizes);
  }

  /** Of a type that only the library knows. */
  stored(type: number, columns: number, rows: number): Tensor {
    this.#empty = false;
    return newTensor(this.#backend, this.#context, type, [columns, rows]);
  }

  /** Gives all tensors memory. @returns whether there was enough */
  allocate(kind: Pointer): boolean {
    if (this.#empty) return true;
    this.#buffer = this.#backend.native.backend_alloc_ctx_tensors_from_buft(this.#context, kind) ?? undefined;
    return this.#buffer !== undefined;
  }

  /** Writes a whole tensor. */
  set(tensor: Tensor, data: ArrayBufferView): void {
    this.#backend.native.backend_tensor_set(tensor.pointer, data, 0, data.byteLength);
  }

  /** Copies a whole F32 tensor's values to the beginning of `target`. */
  read({ pointer, shape }: Tensor, target: Float32Array): void {
    this.#backend.native.backend_tensor_get(pointer, target, 0, FLOAT * shape[0] * shape[1] * shape[2] * shape[3]);
  }

  free(): void {
    if (this.#buffer) this.#backend.native.backend_buffer_free(this.#buffer);
    this.#backend.native.free(this.#context);
  }
}

function newTensor({ native }: Backend, context: Pointer, type: number, sizes: readonly number[]): Tensor {
  const [n0 = 1, n1 = 1, n2 = 1, n3 = 1] = sizes;
  const pointer = native.new_tensor_4d(context, type, n0, n1, n2, n3);
  return { pointer, shape: [n0, n1, n2, n3], strides: stridesOf([n0, n1, n2, n3]) };
}

function stridesOf([n0, n1, n2]: Shape): Shape {
  return [FLOAT, FLOAT * n0, FLOAT * n0 * n1, FLOAT * n0 * n1 * n2];
}

/**
 * Builds a graph, whose operations are computed in the order in which they are written down here, and computes it. Operations are
 * ggml's of the same name; all numbers are F32 except weights and indices. Nothing is checked: a wrong shape ends the process.
 */
export class Graph {
  readonly #backend: Backend;
  readonly #context: Pointer;
  readonly #graph: Pointer;

  /** @param capacity tensors, views among them, that it can have */
  constructor(backend: Backend, capacity: number) {
    this.#backend = backend;
    const { native } = backend;
    const size = capacity * Number(native.tensor_overhead()) + Number(native.graph_overhead_custom(capacity, false));
    this.#context = native.init({ mem_size: size, mem_buffer: null, no_alloc: true });
    this.#graph = native.new_graph_custom(this.#context, capacity, false);
  }

  /** Gives every tensor its place. Then inputs are set, and then it is computed. */
  allocate(): void {
    this.#backend.allocate(this.#graph);
  }

  compute(): Promise<void> {
    return this.#backend.compute(this.#graph);
  }

  free(): void {
    this.#backend.native.free(this.#context);
  }

  input(type: TypeName, ...sizes: number[]): Tensor {
    const tensor = newTensor(this.#backend, this.#context, TYPES[type], sizes);
    this.#backend.native.set_input(tensor.pointer);
    return tensor;
  }

  /** Of a type that only the library knows. */
  storedInput(type: number, columns: number, rows: number): Tensor {
    const tensor = newTensor(this.#backend, this.#context, type, [columns, rows]);
    this.#backend.native.set_input(tensor.pointer);
    return tensor;
  }

  /** Keeps what an operation makes until the graph is computed, for `read`. */
  output(tensor: Tensor): Tensor {
    this.#backend.native.set_output(tensor.pointer);
    return tensor;
  }

  set(tensor: Tensor, data: ArrayBufferView): void {
    this.#backend.native.backend_tensor_set(tensor.pointer, data, 0, data.byteLength);
  }

  /** Copies a whole tensor's values to the beginning of `target`. */
  read({ pointer, shape }: Tensor, target: Float32Array): void {
    this.#backend.native.backend_tensor_get(pointer, target, 0, FLOAT * shape[0] * shape[1] * shape[2] * shape[3]);
  }

  /** A whole tensor's bytes in place: valid until another graph is allocated. */
  bytes({ pointer }: Tensor): Uint8Array {
    const { native } = this.#backend;
    return new Uint8Array(koffi.view(native.get_data(pointer), Number(native.nbytes(pointer))));
  }

  add(a: Tensor, b: Tensor): Tensor {
    return this.#op(this.#backend.native.add(this.#context, a.pointer, b.pointer), a.shape);
  }

  sub(a: Tensor, b: Tensor): Tensor {
    return this.#op(this.#backend.native.sub(this.#context, a.pointer, b.pointer), a.shape);
  }

  /** b is repeated along the axes in which a is longer. */
  mul(a: Tensor, b: Tensor): Tensor {
    return this.#op(this.#backend.native.mul(this.#context, a.pointer, b.pointer), a.shape);
  }

  /** Sums over axis 0 of both; axis 2 of b may be a multiple of a's. b is contiguous. */
  mulMat(a: Tensor, b: Tensor): Tensor {
    return this.#op(this.#backend.native.mul_mat(this.#context, a.pointer, b.pointer), [a.shape[1], b.shape[1], b.shape[2], 1]);
  }

  /** Sums over axis 1 of both. b may be transposed. */
  outProd(a: Tensor, b: Tensor): Tensor {
    return this.#op(this.#backend.native.out_prod(this.#context, a.pointer, b.pointer), [a.shape[0], b.shape[0], b.shape[2], 1]);
  }

  silu(a: Tensor): Tensor {
    return this.#op(this.#backend.native.silu(this.#context, a.pointer), a.shape);
  }

  siluBack(gradient: Tensor, a: Tensor): Tensor {
    return this.#op(this.#backend.native.silu_back(this.#context, gradient.pointer, a.pointer), a.shape);
  }

  /** silu(gate) · up */
  swiglu(gate: Tensor, up: Tensor): Tensor {
    return this.#op(this.#backend.native.swiglu_split(this.#context, gate.pointer, up.pointer), gate.shape);
  }

  scaleBias(a: Tensor, scale: number, bias: number): Tensor {
    return this.#op(this.#backend.native.scale_bias(this.#context, a.pointer, scale, bias), a.shape);
  }

  rmsNorm(a: Tensor, epsilon: number): Tensor {
    return this.#op(this.#backend.native.rms_norm(this.#context, a.pointer, epsilon), a.shape);
  }

  rmsNormBack(gradient: Tensor, a: Tensor, epsilon: number): Tensor {
    return this.#op(this.#backend.native.rms_norm_back(this.#context, gradient.pointer, a.pointer, epsilon), a.shape);
  }

  /** In place, turns pairs of neighbours in each head of `[head size, heads, tokens]`; back by positions below 0. */
  ropeInPlace(a: Tensor, positions: Tensor, { dimensions, trained, base, scale, factors }: RopeSettings): Tensor {
    const NORMAL = 0;
    const [extension, attention, fast, slow] = [0, 1, 32, 1] as const; // No YaRN.
    const pointer = this.#backend.native.rope_ext_inplace(
      this.#context,
      a.pointer,
      positions.pointer,
      factors?.pointer ?? null,
      dimensions,
      NORMAL,
      trained,
      base,
      scale,
      extension,
      attention,
      fast,
      slow,
    );
    return { ...this.#op(pointer, a.shape), strides: a.strides };
  }

  /** In place of a, over axis 0, of `a · scale + mask`. */
  softMaxInPlace(a: Tensor, mask: Tensor | undefined, scale: number): Tensor {
    return this.#op(this.#backend.native.soft_max_ext_inplace(this.#context, a.pointer, mask?.pointer ?? null, scale, 0), a.shape);
  }

  softMaxBack(gradient: Tensor, y: Tensor, scale: number): Tensor {
    return this.#op(this.#backend.native.soft_max_ext_back(this.#context, gradient.pointer, y.pointer, scale, 0), y.shape);
  }

  getRows(a: Tensor, rows: Tensor): Tensor {
    return this.#op(this.#backend.native.get_rows(this.#context, a.pointer, rows.pointer), [a.shape[0], rows.shape[0], 1, 1]);
  }

  /** Zeros of the shape of `like`, with the gradient's rows added at their places. */
  getRowsBack(gradient: Tensor, rows: Tensor, like: Tensor): Tensor {
    return this.#op(this.#backend.native.get_rows_back(this.#context, gradient.pointer, rows.pointer, like.pointer), [
      like.shape[0],
      like.shape[1],
      1,
      1,
    ]);
  }

  /** Writes the rows of b over those of a. */
  setRows(a: Tensor, b: Tensor, rows: Tensor): Tensor {
    return this.#op(this.#backend.native.set_rows(this.#context, a.pointer, b.pointer, rows.pointer), a.shape);
  }

  /** Writes b over a part of a, whose axes 1 and 2 have the strides given, from a byte on. */
  setInPlace(a: Tensor, b: Tensor, stride1: number, stride2: number, offset: number): Tensor {
    const end = a.strides[3];
    return this.#op(this.#backend.native.set_inplace(this.#context, a.pointer, b.pointer, stride1, stride2, end, offset), a.shape);
  }

  /** Adds b to a part of a, which is contiguous, as `setInPlace` writes it. */
  addInPlace(a: Tensor, b: Tensor, stride1: number, stride2: number, offset: number): Tensor {
    const end = a.strides[3];
    return this.#op(this.#backend.native.acc_inplace(this.#context, a.pointer, b.pointer, stride1, stride2, end, offset), a.shape);
  }

  reshape(a: Tensor, ...sizes: number[]): Tensor {
    const [n0 = 1, n1 = 1, n2 = 1, n3 = 1] = sizes;
    const shape: Shape = [n0, n1, n2, n3];
    return { pointer: this.#backend.native.reshape_4d(this.#context, a.pointer, n0, n1, n2, n3), shape, strides: stridesOf(shape) };
  }

  /** @param offset in bytes */
  view(a: Tensor, [n0, n1, n2]: readonly [number, number, number], [s1, s2]: readonly [number, number], offset: number): Tensor {
    const pointer = this.#backend.native.view_3d(this.#context, a.pointer, n0, n1, n2, s1, s2, offset);
    return { pointer, shape: [n0, n1, n2, 1], strides: [a.strides[0], s1, s2, s2 * n2] };
  }

  /** A view in which axis i of a is axis `axes[i]`. */
  permute(a: Tensor, axes: readonly [number, number, number]): Tensor {
    const [x0, x1, x2] = axes;
    const shape: [number, number, number, number] = [1, 1, 1, 1];
    const strides: [number, number, number, number] = [...a.strides];
    axes.forEach((axis, i) => {
      shape[axis] = a.shape[i]!;
      strides[axis] = a.strides[i]!;
    });
    return { pointer: this.#backend.native.permute(this.#context, a.pointer, x0, x1, x2, 3), shape, strides };
  }

  transpose(a: Tensor): Tensor {
    return this.permute(a, [1, 0, 2]);
  }

  /** A contiguous copy. */
  cont(a: Tensor): Tensor {
    return this.#op(this.#backend.native.cont(this.#context, a.pointer), a.shape);
  }

  /** @param type a name, or a number that only the library knows */
  cast(a: Tensor, type: TypeName | number): Tensor {
    return this.#op(this.#backend.native.cast(this.#context, a.pointer, typeof type === "number" ? type : TYPES[type]), a.shape);
  }

  #op(pointer: Pointer, shape: Shape): Tensor {
    this.#backend.native.build_forward_expand(this.#graph, pointer);
    return { pointer, shape, strides: stridesOf(shape) };
  }
}
