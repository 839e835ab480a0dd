import type { Graph, RopeSettings, Tensor } from "../engine/index.js";
import { type Attention, attend, type Span, type Stretch } from "./attention.js";
import type { Hyperparameters } from "./base.js";
import { type Applied, applyLinear, isTrained, type Linear, roundingRest } from "./linear.js";
import type { Block, LayerWeights } from "./weights.js";

/** What all layers of one graph share. */
export interface Setting {
  readonly graph: Graph;
  readonly model: Hyperparameters;
  readonly rope: RopeSettings;
  readonly positions: Tensor;
  /** The same, negative: they turn back. */
  readonly positionsBack: Tensor;
  readonly spans: readonly Span[];
  /** Causal mask of a stretch of queries. */
  maskOf(stretch: Stretch): Tensor;
  /** Zeros for the tokens after the last span, where there are some: `[head size, all heads, such tokens]`. */
  padding(): Tensor | undefined;
  /** A new dropout mask of `[width, tokens]`, where there is dropout. */
  dropout(width: number): Tensor | undefined;
}

/** What matrices read, what dropout left of it for the trained ones, and what rounding leaves for those that want it. */
export interface Read {
  readonly mask?: Tensor;
  readonly dropped: Tensor;
  readonly rest?: Tensor;
}

/** What the way back needs of a layer. */
export interface LayerRecord {
  readonly weights: LayerWeights;
  readonly linears: Readonly<Record<Block, Linear>>;
  readonly applied: Readonly<Record<Block, Applied>>;
  readonly input: Tensor;
  readonly attentionRead: Read;
  readonly attention: Attention;
  readonly outputRead: Read;
  readonly middle: Tensor;
  readonly hiddenRead: Read;
  readonly downRead: Read;
}

/** One layer on `[width, tokens]`. */
export function layerForward(
  setting: Setting,
  weights: LayerWeights,
  linears: Readonly<Record<Block, Linear>>,
  input: Tensor,
): { readonly output: Tensor; readonly record: LayerRecord } {
  const { graph, model, positions } = setting;
  const tokens = input.shape[1];
  const apply = (block: Block, x: Tensor, { dropped, rest }: Read) => applyLinear(graph, linears[block], x, dropped, rest);
  const read = (x: Tensor, ...blocks: Block[]): Read => {
    const mask = blocks.some((block) => isTrained(linears[block])) ? setting.dropout(x.shape[0]) : undefined;
    const rest = blocks.some((block) => linears[block].frozen.twice) ? roundingRest(graph, x) : undefined;
    return { mask, dropped: mask ? graph.mul(x, mask) : x, rest };
  };

  const normal = graph.mul(graph.rmsNorm(input, model.epsilon), weights.attentionNorm);
  const attentionRead = read(normal, "qkv");
  const qkv = apply("qkv", normal, attentionRead);
  const heads = { queries: model.heads, keys: model.keyHeads };
  const attention = attend(
    graph,
    turned(setting, qkv.output, positions),
    heads,
    graph.input("F32", model.headSize, model.heads, tokens),
    setting.padding(),
    setting.spans,
    setting.maskOf,
  );
  const outputRead = read(attention.output, "o");
  const o = apply("o", attention.output, outputRead);
  const middle = graph.add(input, o.output);

  const hidden = graph.mul(graph.rmsNorm(middle, model.epsilon), weights.hiddenNorm);
  const hiddenRead = read(hidden, "gate", "up");
  const gate = apply("gate", hidden, hiddenRead);
  const up = apply("up", hidden, hiddenRead);
  const gated = graph.swiglu(gate.output, up.output);
  const downRead = read(gated, "down");
  const down = apply("down", gated, downRead);
  return {
    output: graph.add(middle, down.output),
    record: {
      weights,
      linears,
      applied: { qkv, o, gate, up, down },
      input,
      attentionRead,
      attention,
      outputRead,
      middle,
      hiddenRead,
      downRead,
    },
  };
}

/**
 * Queries, keys and values with the first two turned by their positions, in place.
 * @param x `[head size · all heads, tokens]`
 * @returns `[head size, all heads, tokens]`
 */
export function turned({ graph, model, rope }: Setting, x: Tensor, positions: Tensor): Tensor {
  const { headSize, heads, keyHeads } = model;
  const all = graph.reshape(x, headSize, heads + 2 * keyHeads, x.shape[1]);
  const [, stride1, stride2] = all.strides;
  const some = graph.view(all, [headSize, heads + keyHeads, x.shape[1]], [stride1, stride2], 0);
  return graph.view(graph.ropeInPlace(some, positions, rope), [headSize, heads + 2 * keyHeads, x.shape[1]], [stride1, stride2], 0);
}
