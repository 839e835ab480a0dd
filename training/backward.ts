import type { Tensor } from "../engine/index.js";
import { attendBack } from "./attention.js";
import type { LayerRecord, Read, Setting } from "./forward.js";
import { linearBack } from "./linear.js";
import type { Gradients } from "./lora.js";
import type { Target } from "./weights.js";

/**
 * The way back through one layer.
 * @param gradient of the layer's output
 * @param through whether layers below are trained
 * @returns the gradient of the layer's input where `through`
 */
export function layerBackward(
  setting: Setting,
  record: LayerRecord,
  gradient: Tensor,
  through: boolean,
  found: (gradients: Gradients) => void,
): Tensor | undefined {
  const { graph, model } = setting;
  const { applied, linears, weights } = record;
  const trained = (...targets: Target[]) => targets.some((target) => linears[target].adapted);
  const back = (gradients: Partial<Record<Target, Tensor>>, { dropped, mask }: Read, further: boolean) => {
    const arrivals = (Object.entries(gradients) as [Target, Tensor][]).map(([target, arrived]) => {
      return { linear: linears[target], low: applied[target].low, gradient: arrived };
    });
    return linearBack(graph, arrivals, dropped, mask, further, found);
  };
  const throughNorm = (arrived: Tensor, norm: Tensor, x: Tensor) => graph.rmsNormBack(graph.mul(arrived, norm), x, model.epsilon);

  const toMiddle = through || trained("q", "k", "v", "o");
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

  const toInputs = through || trained("q", "k", "v");
  const mixed = back({ o: middle }, record.outputRead, toInputs);
  if (!mixed) return undefined;
  const { queries, keys, values } = attendBack(graph, record.attention, mixed, setting.spans, setting.padding());
  const flat = (x: Tensor) => graph.reshape(x, x.shape[0] * x.shape[1], x.shape[2]);
  const normal = back(
    {
      q: flat(graph.ropeBack(queries, setting.positions, setting.rope)),
      k: flat(graph.ropeBack(keys, setting.positions, setting.rope)),
      v: flat(values),
    },
    record.attentionRead,
    through,
  );
  return normal && graph.add(middle, throughNorm(normal, weights.attentionNorm, record.input));
}
