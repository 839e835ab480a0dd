import type { Graph, Tensor } from "../engine/index.js";

/** A run of tokens that see only each other. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** Keys are taken in this many at once, some past the span's end where the mask hides them: products are fast on whole vectors only. */
const KEYS = 16;
/** Queries that are computed together, with the keys up to the last of them: the keys behind are hidden from all. */
export const QUERIES = 64;

export function keysOf({ length }: Pick<Span, "length">): number {
  return Math.ceil(length / KEYS) * KEYS;
}

/** Some of a span's queries, and the keys that they see: those of the span from its beginning on. */
export interface Stretch {
  /** From the span's beginning. */
  readonly from: number;
  readonly count: number;
  readonly keys: number;
}

function stretches({ length }: Span): Stretch[] {
  return Array.from({ length: Math.ceil(length / QUERIES) }, (_, i) => {
    const from = i * QUERIES;
    const count = Math.min(QUERIES, length - from);
    return { from, count, keys: keysOf({ length: from + count }) };
  });
}

/** How many heads of each kind there are in `[head size, heads, tokens]`: those of queries, then of keys, then of values. */
export interface Heads {
  readonly queries: number;
  readonly keys: number;
}

export interface Attention {
  /** `[head size, heads, tokens]` */
  readonly inputs: Tensor;
  readonly heads: Heads;
  /** Attention weights of each span's stretches, `[keys, count, heads]`. */
  readonly shares: readonly (readonly Tensor[])[];
  /** `[head size · heads, tokens]` */
  readonly output: Tensor;
}

const FLOAT = 4;

/**
 * Attention within each span.
 * @param inputs queries, keys and values
 * @param memory for the output: `[head size, heads of queries, tokens]`
 * @param padding zeros for the tokens after the last span: `[head size, all heads, such tokens]`
 * @param maskOf of `[keys, count or more]`, causal
 */
export function attend(
  graph: Graph,
  inputs: Tensor,
  heads: Heads,
  memory: Tensor,
  padding: Tensor | undefined,
  spans: readonly Span[],
  maskOf: (stretch: Stretch) => Tensor,
): Attention {
  const [size, , tokens] = inputs.shape;
  const scale = 1 / Math.sqrt(size);
  let output = padded(graph, memory, padding);
  const shares = spans.map((span) => {
    const { queries, keys, values } = partsOf(graph, inputs, heads, span);
    const valuesByKey = byKey(graph, values);
    return stretches(span).map((stretch) => {
      const { from, count } = stretch;
      const read = byHead(graph, range(graph, queries, from, count));
      const scores = apart(graph, graph.mulMat(seen(graph, keys, stretch), grouped(graph, read, heads)), heads);
      const own = graph.softMaxInPlace(scores, maskOf(stretch), scale);
      const mixed = graph.mulMat(seenByKey(graph, valuesByKey, stretch), grouped(graph, own, heads));
      output = put(graph, output, apart(graph, mixed, heads), 0, span.start + from, count);
      return own;
    });
  });
  return { inputs, heads, shares, output: graph.reshape(output, size * heads.queries, tokens) };
}

/** The gradient of the inputs, in their memory. @param padding as in `attend` */
export function attendBack(
  graph: Graph,
  { inputs, heads, shares }: Attention,
  gradient: Tensor,
  padding: Tensor | undefined,
  spans: readonly Span[],
): Tensor {
  const [size, , tokens] = inputs.shape;
  const scale = 1 / Math.sqrt(size);
  const arriving = graph.reshape(gradient, size, heads.queries, tokens);
  let written = inputs;
  spans.forEach((span, index) => {
    const { queries, keys, values } = partsOf(graph, inputs, heads, span);
    const keysByKey = byKey(graph, keys);
    const sums: { keys?: Tensor; values?: Tensor } = {};
    // The last stretch sees all keys: what the others give is added to the beginning of that.
    for (const [place, stretch] of [...stretches(span).entries()].reverse()) {
      const { from, count } = stretch;
      const own = shares[index]![place]!;
      const mixed = grouped(graph, byHead(graph, range(graph, arriving, span.start + from, count)), heads);
      const ownGradient = apart(graph, graph.mulMat(seen(graph, values, stretch), mixed), heads);
      const scores = grouped(graph, graph.softMaxBack(ownGradient, own, scale), heads);
      const read = grouped(graph, byHead(graph, range(graph, queries, from, count)), heads);
      sums.keys = sum(graph, sums.keys, graph.outProd(read, scores));
      sums.values = sum(graph, sums.values, graph.outProd(mixed, grouped(graph, own, heads)));
      const readGradient = apart(graph, graph.mulMat(seenByKey(graph, keysByKey, stretch), scores), heads);
      written = put(graph, written, readGradient, 0, span.start + from, count);
    }
    written = put(graph, written, sums.keys!, heads.queries, span.start, span.length);
    written = put(graph, written, sums.values!, heads.queries + heads.keys, span.start, span.length);
  });
  return padded(graph, written, padding);
}

/**
 * `[first, count, heads of queries]` as `[first, more, heads of keys]`: heads that share keys lie one after another, and their queries count as
 * more queries of the same keys. A product is one for each head of its result, and threads wait for each other after each.
 */
function grouped(graph: Graph, tensor: Tensor, heads: Heads): Tensor {
  const [first, count] = tensor.shape;
  return graph.reshape(tensor, first, (count * heads.queries) / heads.keys, heads.keys);
}

/** The reverse of `grouped`. */
function apart(graph: Graph, tensor: Tensor, heads: Heads): Tensor {
  const [first, count] = tensor.shape;
  return graph.reshape(tensor, first, (count * heads.keys) / heads.queries, heads.queries);
}

/** A span's queries, and its keys and values with those that complete the last whole vector: `[size, heads, tokens]`. */
function partsOf(graph: Graph, inputs: Tensor, heads: Heads, span: Span) {
  const [size] = inputs.shape;
  const [, stride1, stride2] = inputs.strides;
  const part = (head: number, count: number, tokens: number) =>
    graph.view(inputs, [size, count, tokens], [stride1, stride2], head * stride1 + span.start * stride2);
  return {
    queries: part(0, heads.queries, span.length),
    keys: part(heads.queries, heads.keys, keysOf(span)),
    values: part(heads.queries + heads.keys, heads.keys, keysOf(span)),
  };
}

/** Tokens from `start` on of `[size, heads, tokens]`. */
function range(graph: Graph, tensor: Tensor, start: number, count: number): Tensor {
  const [size, heads] = tensor.shape;
  const [, stride1, stride2] = tensor.strides;
  return graph.view(tensor, [size, heads, count], [stride1, stride2], start * stride2);
}

/** The keys that a stretch sees, of `[size, heads, tokens]` as `[size, keys, heads]`. */
function seen(graph: Graph, tensor: Tensor, { keys }: Stretch): Tensor {
  return graph.permute(range(graph, tensor, 0, keys), [0, 2, 1]);
}

/** The same of `[tokens, size, heads]` as `[keys, size, heads]`. */
function seenByKey(graph: Graph, tensor: Tensor, { keys }: Stretch): Tensor {
  const [, size, heads] = tensor.shape;
  const [, stride1, stride2] = tensor.strides;
  return graph.view(tensor, [keys, size, heads], [stride1, stride2], 0);
}

/** `[size, heads, tokens]` to `[size, tokens, heads]`. */
function byHead(graph: Graph, tensor: Tensor): Tensor {
  return graph.cont(graph.permute(tensor, [0, 2, 1]));
}

/** `[size, heads, tokens]` to `[tokens, size, heads]`. */
function byKey(graph: Graph, tensor: Tensor): Tensor {
  return graph.cont(graph.permute(tensor, [1, 2, 0]));
}

/** Adds `[size, fewer tokens, heads]` to the beginning of `[size, tokens, heads]`. */
function sum(graph: Graph, all: Tensor | undefined, some: Tensor): Tensor {
  return all ? graph.addInPlace(all, some, all.strides[1], all.strides[2], 0) : some;
}

/** Writes the first tokens of `[size, tokens, heads]` over those from `start` on of some heads of `[size, all heads, all tokens]`. */
function put(graph: Graph, target: Tensor, source: Tensor, head: number, start: number, count: number): Tensor {
  const [size, , heads] = source.shape;
  const [, stride1, stride2] = target.strides;
  const own = graph.view(source, [size, count, heads], [source.strides[1], source.strides[2]], 0);
  return graph.setInPlace(target, graph.permute(own, [0, 2, 1]), stride1, stride2, head * stride1 + start * stride2);
}

/** Writes zeros over the last tokens of `[size, heads, tokens]`. */
function padded(graph: Graph, target: Tensor, padding: Tensor | undefined): Tensor {
  if (!padding) return target;
  const [size, heads, tokens] = target.shape;
  const [, stride1, stride2] = target.strides;
  const rest = padding.shape[2];
  const zeros = graph.view(padding, [size, heads, rest], [FLOAT * size, FLOAT * size * heads], 0);
  return graph.setInPlace(target, zeros, stride1, stride2, (tokens - rest) * stride2);
}
