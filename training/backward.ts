import type { Tensor } from "../engine/index.js";
import { attendBack } from "./attention.js";
import { type LayerRecord, type Read, type Setting, turned } from "./forward.js";
import { isTrained, linearBack, type Place } from "./linear.js";
import type { Adapted } from "./lora.js";
import type { Block } from "./weights.js";

/**
 * The way back through one layer.
 * @param gradient of the layer's output
 * @param through whether layers below are trained
 * @param placeOf where the gradients of a matrix go
 * @returns the gradient of the layer's input where `through`
 */
export function layerBackward(
  setting: Setting,
  record: LayerRecord,
  gradient: Tensor,
  through: boolean,
  placeOf: (adapted: Adapted) => Place,
): Tensor | undefined {
  const { graph, model } = setting;
  const { applied, linears, weights } = record;
  const trained = (...blocks: Block[]) => blocks.some((block) => isTrained(linears[block]));
  const back = (gradients: Partial<Record<Block, Tensor>>, { dropped, mask }: Read, further: boolean) => {
    const arrivals = (Object.entries(gradients) as [Block, Tensor][]).map(([block, arrived]) => {
      return { linear: linears[block], lows: applied[block].lows, gradient: arrived };
    });
    return linearBack(graph, arrivals, dropped, mask, further, placeOf);
  };
  const throughNorm = (arrived: Tensor, norm: Tensor, x: Tensor) => graph.rmsNormBack(graph.mul(arrived, norm), x, model.epsilon);

  const toMiddle = through || trained("qkv", "o");
  const toHidden = toMiddle || trained("gate", "up");
  const gated = back({ down: gradient }, record.downRead, toHidden);
  if (!gated) return undefined;
  const gate = applied.gate.output;
  const gradients = {
    gate: graph.siluBack(graph.mul(gated, applied.up.output), gate),
    up: graph.mul(gated, graph.silu(gate)),
  };
  const hidden = back(gradients, record.hiddenRead, toMiddle);
  if (!hidden) return undefined;
  const middle = graph.add(gradient, throughNorm(hidden, weights.hiddenNorm, record.middle));

  const toInputs = through || trained("qkv");
  const mixed = back({ o: middle }, record.outputRead, toInputs);
  if (!mixed) return undefined;
  const arrived = attendBack(graph, record.attention, mixed, setting.padding(), setting.spans);
  const [size, heads, tokens] = arrived.shape;
  const unturned = turned(setting, graph.reshape(arrived, size * heads, tokens), setting.positionsBack);
  const normal = back({ qkv: graph.reshape(unturned, size * heads, tokens) }, record.attentionRead, through);
  return normal && graph.add(middle, throughNorm(normal, weights.attentionNorm, record.input));
}
