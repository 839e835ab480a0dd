import type { Graph, RopeSettings, Tensor } from "../engine/index.js";
import { type Attention, attend, type Span } from "./attention.js";
import type { Hyperparameters } from "./base.js";
import { type Applied, applyLinear, type Linear } from "./linear.js";
import type { LayerWeights, Target } from "./weights.js";

/** What all layers of one graph share. */
export interface Setting {
  readonly graph: Graph;
  readonly model: Hyperparameters;
  readonly rope: RopeSettings;
  readonly positions: Tensor;
  readonly spans: readonly Span[];
  /** Causal mask of a span with so many keys. */
  maskOf(keys: number): Tensor;
  /** Zeros for the keys after the last span, where there are such tokens. */
  padding(): Tensor | undefined;
  /** A new dropout mask of `[width, tokens]`, where there is dropout. */
  dropout(width: number): Tensor | undefined;
}

/** What matrices read, and what dropout left of it for the trained ones. */
export interface Read {
  readonly mask?: Tensor;
  readonly dropped: Tensor;
}

/** What the way back needs of a layer. */
export interface LayerRecord {
  readonly weights: LayerWeights;
  readonly linears: Readonly<Record<Target, Linear>>;
  readonly applied: Readonly<Record<Target, Applied>>;
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
  linears: Readonly<Record<Target, Linear>>,
  input: Tensor,
): { readonly output: Tensor; readonly record: LayerRecord } {
  const { graph, model, rope, positions } = setting;
  const tokens = input.shape[1];
  const apply = (target: Target, x: Tensor, { dropped }: Read) => applyLinear(graph, linears[target], x, dropped);
  const read = (x: Tensor, ...targets: Target[]): Read => {
    const mask = targets.some((target) => linears[target].adapted) ? setting.dropout(x.shape[0]) : undefined;
    return { mask, dropped: mask ? graph.mul(x, mask) : x };
  };
  const heads = (x: Tensor, count: number) => graph.reshape(x, model.headSize, count, tokens);

  const normal = graph.mul(graph.rmsNorm(input, model.epsilon), weights.attentionNorm);
  const attentionRead = read(normal, "q", "k", "v");
  const q = apply("q", normal, attentionRead);
  const k = apply("k", normal, attentionRead);
  const v = apply("v", normal, attentionRead);
  const attention = attend(
    graph,
    {
      queries: graph.rope(heads(q.output, model.heads), positions, rope),
      keys: graph.rope(heads(k.output, model.keyHeads), positions, rope),
      values: heads(v.output, model.keyHeads),
    },
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
      applied: { q, k, v, o, gate, up, down },
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
