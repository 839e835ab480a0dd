import type { Graph, Tensor } from "../engine/index.js";

/** A run of tokens that see only each other. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** Keys are taken in this many at once, some past the span's end where the mask hides them: products are fast on whole vectors only. */
const KEYS = 16;

export function keysOf({ length }: Span): number {
  return Math.ceil(length / KEYS) * KEYS;
}

/** Queries, keys and values are `[head size, heads, tokens]`. */
export interface AttentionInputs {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
}

interface SavedSpan {
  /** `[head size, length, heads]` */
  readonly queries: Tensor;
  /** Attention weights, `[keys, length, heads]`. */
  readonly shares: Tensor;
}

export interface Attention {
  readonly inputs: AttentionInputs;
  readonly spans: readonly SavedSpan[];
  /** `[head size · heads, tokens]` */
  readonly output: Tensor;
}

const FLOAT = 4;

/** Attention within each span; takes the memory of the queries. @param maskOf of `[keys, keys]`, causal */
export function attend(graph: Graph, inputs: AttentionInputs, spans: readonly Span[], maskOf: (keys: number) => Tensor): Attention {
  const { keys, values } = inputs;
  const [size, heads, tokens] = inputs.queries.shape;
  const scale = 1 / Math.sqrt(size);
  let output = inputs.queries;
  const saved = spans.map((span): SavedSpan => {
    const queries = byHead(graph, part(graph, inputs.queries, span.start, span.length));
    const range = keysOf(span);
    const scores = graph.mulMat(graph.permute(part(graph, keys, span.start, range), [0, 2, 1]), queries);
    const shares = graph.softMaxInPlace(scores, maskOf(range), scale);
    const mixed = graph.mulMat(byKey(graph, part(graph, values, span.start, range)), shares);
    output = put(graph, output, mixed, span);
    return { queries, shares };
  });
  return { inputs, spans: saved, output: graph.reshape(output, size * heads, tokens) };
}

/**
 * The gradients of queries, keys and values, in the memory of the output's gradient, the keys and the values.
 * @param padding zeros of `[head size, key heads, tokens after the last span]`
 */
export function attendBack(
  graph: Graph,
  { inputs, spans: saved }: Attention,
  gradient: Tensor,
  spans: readonly Span[],
  padding: Tensor | undefined,
): AttentionInputs {
  const { keys, values } = inputs;
  const [size, heads, tokens] = inputs.queries.shape;
  const keyHeads = keys.shape[1];
  const scale = 1 / Math.sqrt(size);
  const arriving = graph.reshape(gradient, size, heads, tokens);
  let queryGradient = arriving;
  let keyGradient = keys;
  let valueGradient = values;
  spans.forEach((span, index) => {
    const { queries, shares } = saved[index]!;
    const range = keysOf(span);
    // Heads that share keys lie one after another: their queries count as more queries of the same keys.
    const grouped = (tensor: Tensor) => graph.reshape(tensor, tensor.shape[0], (span.length * heads) / keyHeads, keyHeads);
    const spanKeys = part(graph, keys, span.start, range);
    const mixed = byHead(graph, part(graph, arriving, span.start, span.length));
    const sharesGradient = graph.mulMat(graph.permute(part(graph, values, span.start, range), [0, 2, 1]), mixed);
    const spanValues = graph.outProd(grouped(mixed), grouped(shares));
    const scores = graph.softMaxBack(sharesGradient, shares, scale);
    const spanQueries = graph.mulMat(byKey(graph, spanKeys), scores);
    const spanKeysGradient = graph.outProd(grouped(queries), grouped(scores));
    queryGradient = put(graph, queryGradient, spanQueries, span);
    keyGradient = put(graph, keyGradient, spanKeysGradient, span);
    valueGradient = put(graph, valueGradient, spanValues, span);
  });
  if (padding) {
    const rest = padding.shape[2];
    const [, stride1, stride2] = keys.strides;
    const offset = (tokens - rest) * stride2;
    keyGradient = graph.setInPlace(keyGradient, padding, stride1, stride2, offset);
    valueGradient = graph.setInPlace(valueGradient, padding, stride1, stride2, offset);
  }
  return { queries: queryGradient, keys: keyGradient, values: valueGradient };
}

/** Tokens from `start` on of `[size, heads, tokens]`. */
function part(graph: Graph, tensor: Tensor, start: number, length: number): Tensor {
  const [size, heads] = tensor.shape;
  const [, stride1, stride2] = tensor.strides;
  return graph.view(tensor, [size, heads, length], [stride1, stride2], start * stride2);
}

/** `[size, heads, tokens]` to `[size, tokens, heads]`. */
function byHead(graph: Graph, tensor: Tensor): Tensor {
  return graph.cont(graph.permute(tensor, [0, 2, 1]));
}

/** `[size, heads, tokens]` to `[tokens, size, heads]`. */
function byKey(graph: Graph, tensor: Tensor): Tensor {
  return graph.cont(graph.permute(tensor, [1, 2, 0]));
}

/** Writes the span's tokens of `[size, tokens, heads]` over those of `[size, heads, tokens]`. */
function put(graph: Graph, target: Tensor, source: Tensor, { start, length }: Span): Tensor {
  const [size, , heads] = source.shape;
  const [, stride1, stride2] = source.strides;
  const own = graph.view(source, [size, length, heads], [stride1, stride2], 0);
  const token = FLOAT * size * heads;
  return graph.setInPlace(target, graph.permute(own, [0, 2, 1]), FLOAT * size, token, start * token);
}
