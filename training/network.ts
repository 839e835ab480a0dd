import os from "node:os";
import { type Backend, Graph, openBackend, type RopeSettings, random, type Tensor } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { QUERIES, type Span, type Stretch } from "./attention.js";
import { layerBackward } from "./backward.js";
import { type Hyperparameters, openBase } from "./base.js";
import { type LayerRecord, layerForward, type Setting } from "./forward.js";
import { head } from "./head.js";
import type { Linear } from "./linear.js";
import { type Adapted, checkShape, createLora, type Lora, type LoraShape, type LoraTensor } from "./lora.js";
import type { Pack } from "./pack.js";
import { lanesOf, type Slice } from "./slices.js";
import { fastestType } from "./weight-type.js";
import { BLOCKS, type Block, loadWeights, placedSizes, type Target, WEIGHT_TYPES, type Weights, type WeightType } from "./weights.js";

export interface Loss {
  /** Σ weight · −log p, in nats. */
  readonly loss: number;
  /** Σ weight. */
  readonly weight: number;
}

/** A frozen model with a trainable adapter. One call at a time is computed; others wait. */
export interface Network extends AsyncDisposable {
  readonly tensors: readonly LoraTensor[];
  readonly information: {
    readonly architecture: string;
    readonly layers: number;
    readonly width: number;
    readonly vocabulary: number;
    /** Tokens that an example may have at most. */
    readonly context: number;
    /** How the frozen weights are kept. */
    readonly weights: WeightType;
  };
  /**
   * Adds `scale` times the gradient of the pack's loss to every tensor's `gradient`. Dropout is drawn from `seed`.
   * @throws ToolwrightError `pack-invalid`
   */
  accumulate(pack: Pack, options: { readonly scale: number; readonly seed: number }): Promise<Loss>;
  /**
   * The loss without dropout.
   * @throws ToolwrightError `pack-invalid`
   */
  loss(pack: Pack): Promise<Loss>;
}

export interface NetworkOptions {
  /** How frozen weights are kept. Default `"auto"`: `F32`, `BF16` or `Q8_0` as this CPU multiplies them fastest, measured when the network is opened. */
  readonly weights?: "auto" | WeightType;
  /** Default: one per core, at most 8. */
  readonly threads?: number;
  /** Of A's first values; B's are zero. Default 0. */
  readonly seed?: number;
}

/**
 * Graphs that are computed at a time, at most. Threads that compute one graph wait for each other after every operation, some 40,000 times,
 * and fetch half of what they read from the other's cache; threads with a graph each do neither.
 */
const LANES = 4;

/**
 * Opens a model file for training.
 * @throws ToolwrightError `model-not-found`, `model-invalid`, `architecture-unknown`, `lora-invalid`, `weights-unknown`, `engine-memory`
 */
export async function openNetwork(file: string, shape: LoraShape, options: NetworkOptions = {}): Promise<Network> {
  const base = await openBase(file);
  try {
    const model = base.hyperparameters;
    checkShape(shape, model);
    const wanted = options.weights ?? "auto";
    if (wanted !== "auto" && !WEIGHT_TYPES.includes(wanted)) {
      const remedy = `Give auto or one of ${WEIGHT_TYPES.join(", ")}.`;
      throw new ToolwrightError("weights-unknown", `Weights cannot be kept as ${wanted}.`, remedy, { exitCode: 2 });
    }
    const threads = options.threads ?? Math.min(8, os.availableParallelism());
    const backends: Backend[] = [];
    try {
      for (let lane = 0; lane < Math.min(threads, LANES); lane++) backends.push(openBackend(threads));
      const backend = backends[0]!;
      const type = wanted === "auto" ? await fastestType(backend, model.width, model.hidden) : wanted;
      const lora = createLora(backend, model, shape, options.seed ?? 0, backends.length);
      const weights = await loadWeights(backend, base, type, shape.layers[0]);
      return new LoraNetwork(backends, threads, model, weights, lora, type);
    } catch (error) {
      for (const backend of backends) backend.free();
      throw error;
    }
  } finally {
    await base.close();
  }
}

class LoraNetwork implements Network {
  readonly tensors: readonly LoraTensor[];
  readonly information: Network["information"];
  readonly #backends: readonly Backend[];
  readonly #threads: number;
  readonly #model: Hyperparameters;
  readonly #weights: Weights;
  readonly #lora: Lora;
  readonly #rope: RopeSettings;
  readonly #linears: readonly Readonly<Record<Block, Linear>>[];
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(backends: readonly Backend[], threads: number, model: Hyperparameters, weights: Weights, lora: Lora, type: WeightType) {
    this.#backends = backends;
    this.#threads = threads;
    this.#model = model;
    this.#weights = weights;
    this.#lora = lora;
    this.#rope = { ...model.rope, trained: model.context, factors: weights.ropeFactors };
    const sizes = placedSizes(model);
    this.#linears = weights.layers.map(({ matrices }, layer) => {
      const part = (target: Target) => ({ rows: sizes[target][1], adapted: lora.at(layer, target) });
      const blocks = Object.entries(BLOCKS) as [Block, readonly Target[]][];
      const linears = blocks.map(([block, targets]) => [block, { frozen: matrices[block], parts: targets.map(part) }]);
      return Object.fromEntries(linears) as Record<Block, Linear>;
    });
    this.tensors = lora.tensors;
    const { architecture, layers, width, vocabulary, context } = model;
    this.information = { architecture, layers, width, vocabulary, context, weights: type };
  }

  accumulate(pack: Pack, { scale, seed }: { readonly scale: number; readonly seed: number }): Promise<Loss> {
    return this.#run(pack, { scale, seed });
  }

  loss(pack: Pack): Promise<Loss> {
    return this.#run(pack, undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    if (this.#closed) return;
    this.#closed = true;
    this.#weights.free();
    this.#lora.free();
    for (const backend of this.#backends) backend.free();
  }

  #run(pack: Pack, training: { readonly scale: number; readonly seed: number } | undefined): Promise<Loss> {
    const run = async (): Promise<Loss> => {
      if (this.#closed) throw new ToolwrightError("network-closed", "The network is closed.", "Open it again.");
      const lanes = lanesOf(pack, this.#model, this.#backends.length);
      this.#lora.upload();
      const seeds = training && random(training.seed);
      const work = lanes.map((slices) =>
        slices.map((slice) => ({ slice, seed: seeds ? Math.floor(seeds() * 2 ** 32) : 0 })).filter(({ slice }) => slice.counted.length > 0),
      );
      const computed = await Promise.allSettled(
        work.map(async (slices, lane) => {
          this.#backends[lane]!.setThreads(Math.floor(this.#threads / lanes.length));
          let loss = 0;
          for (const [i, { slice, seed }] of slices.entries())
            loss += await this.#compute(slice, lane, training && { seed, filled: i > 0 });
          return loss;
        }),
      );
      let loss = 0;
      let weight = 0;
      for (const result of computed) {
        if (result.status === "rejected") throw result.reason;
        loss += result.value;
      }
      for (const [lane, slices] of work.entries()) {
        for (const { slice } of slices) for (const { weight: one } of slice.counted) weight += one;
        if (training && slices.length > 0) this.#lora.add(lane, training.scale);
      }
      return { loss, weight };
    };
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }

  /** @param training whether the lane's gradients are added to what its slices before have `filled`, and dropout's seed */
  async #compute(slice: Slice, lane: number, training: { readonly seed: number; readonly filled: boolean } | undefined): Promise<number> {
    const { tokens, positions, spans, counted } = slice;
    const model = this.#model;
    const weights = this.#weights;
    const [from] = this.#lora.shape.layers;
    const graph = new Graph(this.#backends[lane]!, capacityFor(model, spans, counted.length));
    try {
      const places = graph.input("I32", tokens.length);
      let placesBack: Tensor | undefined;
      const ids = graph.input("I32", tokens.length);
      // These are inputs only where they are used: one that no operation reads has no memory to be set.
      const masks = new Map<string, { readonly mask: Tensor; readonly stretch: Stretch }>();
      let padding: Tensor | undefined;
      const end = spans.at(-1)!;
      const heads = model.heads + 2 * model.keyHeads;
      const rest = tokens.length - end.start - end.length;
      const dropout =
        training && this.#lora.shape.dropout > 0
          ? dropoutOf(graph, model, tokens.length, training.seed, this.#lora.shape.dropout)
          : undefined;
      const setting: Setting = {
        graph,
        model,
        rope: this.#rope,
        positions: places,
        spans,
        get positionsBack() {
          return (placesBack ??= graph.input("I32", tokens.length));
        },
        maskOf(stretch) {
          const key = `${stretch.from} ${stretch.keys}`;
          const found = masks.get(key) ?? { mask: graph.input("F32", stretch.keys, QUERIES), stretch };
          masks.set(key, found);
          return found.mask;
        },
        padding() {
          if (rest > 0) padding ??= graph.input("F32", model.headSize, heads, rest);
          return padding;
        },
        dropout: (width) => dropout?.mask(width),
      };

      let x = graph.getRows(weights.embeddings, ids);
      const records: LayerRecord[] = [];
      weights.layers.forEach((layer, index) => {
        const { output, record } = layerForward(setting, layer, this.#linears[index]!, x);
        x = output;
        if (training && index >= from) records.push(record);
      });
      const top = head(graph, model, weights, x, counted, training !== undefined);
      const placeOf = ({ gradients }: Adapted) => ({ ...gradients[lane]!, filled: training?.filled ?? false });
      let gradient = top.gradient;
      for (let i = records.length - 1; gradient && i >= 0; i--) {
        gradient = layerBackward(setting, records[i]!, gradient, i > 0, placeOf);
      }

      graph.allocate();
      graph.set(ids, tokens);
      graph.set(places, positions);
      if (placesBack)
        graph.set(
          placesBack,
          positions.map((position) => -position),
        );
      for (const { mask, stretch } of masks.values()) graph.set(mask, causalMask(stretch));
      if (padding) graph.set(padding, new Float32Array(model.headSize * heads * rest));
      dropout?.set();
      top.set();
      await graph.compute();
      return top.loss();
    } finally {
      graph.free();
    }
  }
}

/** Tensors of a graph, views among them, at most. */
function capacityFor(model: Hyperparameters, spans: readonly Span[], counted: number): number {
  const stretches = spans.reduce((sum, { length }) => sum + Math.ceil(length / QUERIES), 0);
  return model.layers * (500 + 20 * spans.length + 50 * stretches) + counted + 1000;
}

function causalMask({ from, keys }: Stretch): Float32Array {
  const mask = new Float32Array(keys * QUERIES);
  for (let query = 0; query < QUERIES; query++) {
    mask.fill(Number.NEGATIVE_INFINITY, query * keys + Math.min(keys, from + query + 1), (query + 1) * keys);
  }
  return mask;
}

/** So many more values than one mask needs are drawn, for masks to start at different ones of them. */
const SPREAD = 1 << 16;

/**
 * Masks for the inputs of trained matrices: 0 with the probability of dropout, else what keeps the mean. One pool is drawn, and each
 * mask is a stretch of it from a drawn place on: a draw for every value of every layer would take a third of the time of a step.
 */
function dropoutOf(graph: Graph, model: Hyperparameters, tokens: number, seed: number, probability: number) {
  const { o, down } = placedSizes(model);
  const length = Math.max(model.width, down[0], o[0]) * tokens + SPREAD;
  const pool = graph.input("F32", length);
  const draw = random(seed);
  return {
    mask(width: number): Tensor {
      const start = Math.floor(draw() * SPREAD);
      const row = 4 * width;
      return graph.view(pool, [width, tokens, 1], [row, row * tokens], 4 * start);
    },
    set(): void {
      const kept = 1 / (1 - probability);
      graph.set(
        pool,
        Float32Array.from({ length }, () => (draw() < probability ? 0 : kept)),
      );
    },
  };
}
