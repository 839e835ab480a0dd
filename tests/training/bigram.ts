// A network small enough for tests of what is around it, and real: it learns which token follows which. Its one matrix begins as
// nothing and changes by B·A; losses and gradients are exact.
import { random } from "../../engine/index.js";
import type { LoraShape, LoraTensor } from "../../training/lora.js";
import type { Network, openNetwork } from "../../training/network.js";
import type { Pack } from "../../training/pack.js";

export interface BigramOptions {
  readonly vocabulary: number;
  /** Changes what `accumulate` says, by how often it was asked. */
  readonly loss?: (loss: number, time: number) => number;
  /** Called before each `accumulate`. */
  readonly before?: (time: number) => Promise<void> | void;
}

type Scored = { readonly loss: number; readonly weight: number };

export function bigramNetwork({ vocabulary, loss: changed = (loss) => loss, before }: BigramOptions): typeof openNetwork {
  return async (_, shape, { seed = 0 } = {}) => {
    const [a, b] = tensorsOf(shape, vocabulary, seed);
    let time = 0;
    const network: Network = {
      tensors: [a, b],
      information: { architecture: "llama", layers: 1, width: vocabulary, vocabulary, context: 2048, weights: "F32" },
      async accumulate(pack, { scale, seed }) {
        await before?.(time);
        const scored = score(a, b, shape, vocabulary, pack, { scale, draw: random(seed) });
        return { ...scored, loss: changed(scored.loss, time++) };
      },
      loss: async (pack) => score(a, b, shape, vocabulary, pack),
      [Symbol.asyncDispose]: async () => {},
    };
    return network;
  };
}

function tensorsOf({ rank }: LoraShape, vocabulary: number, seed: number): [LoraTensor, LoraTensor] {
  const draw = random(seed);
  const tensor = (side: string, ne0: number, ne1: number, value: () => number): LoraTensor => ({
    name: `blk.0.attn_q.weight.lora_${side}`,
    shape: [ne0, ne1],
    values: Float32Array.from({ length: ne0 * ne1 }, value),
    gradient: new Float32Array(ne0 * ne1),
  });
  return [tensor("a", vocabulary, rank, () => 2 * draw() - 1), tensor("b", rank, vocabulary, () => 0)];
}

function score(
  a: LoraTensor,
  b: LoraTensor,
  { rank, alpha, dropout }: LoraShape,
  vocabulary: number,
  pack: Pack,
  learning?: { readonly scale: number; readonly draw: () => number },
): Scored {
  let [loss, weight] = [0, 0];
  const logits = new Float64Array(vocabulary);
  for (let at = 0; at < pack.tokens.length; at++) {
    const kept = learning === undefined || dropout === 0 ? 1 : learning.draw() < dropout ? 0 : 1 / (1 - dropout);
    const w = pack.weights[at]!;
    if (w === 0) continue;
    const token = pack.tokens[at]!;
    const hidden = Array.from({ length: rank }, (_, j) => ((kept * alpha) / rank) * a.values[j * vocabulary + token]!);
    let sum = 0;
    for (let o = 0; o < vocabulary; o++) {
      let logit = 0;
      for (let j = 0; j < rank; j++) logit += b.values[o * rank + j]! * hidden[j]!;
      logits[o] = Math.exp(logit);
      sum += logits[o]!;
    }
    const target = pack.targets[at]!;
    loss -= w * Math.log(logits[target]! / sum);
    weight += w;
    if (learning === undefined) continue;
    const back = new Float64Array(rank);
    for (let o = 0; o < vocabulary; o++) {
      const d = w * learning.scale * (logits[o]! / sum - (o === target ? 1 : 0));
      for (let j = 0; j < rank; j++) {
        back[j]! += d * b.values[o * rank + j]!;
        b.gradient[o * rank + j]! += d * hidden[j]!;
      }
    }
    for (let j = 0; j < rank; j++) a.gradient[j * vocabulary + token]! += ((kept * alpha) / rank) * back[j]!;
  }
  return { loss, weight };
}
