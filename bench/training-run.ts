// One training run in a process of its own, for its speed, its losses and its peak of memory: what bench/training.ts compares with the
// peers' scripts. Takes a JSON object as its argument, prints another.
import { readFile } from "node:fs/promises";
import { goldenValues } from "../tests/fixtures/golden-gradients.js";
import { createOptimiser, openNetwork, type Pack, type Target, type WeightType } from "../training/index.js";
import { median } from "./measure.js";

export interface TrainingRun {
  readonly model: string;
  /** JSON file: `{ examples: [{ tokens, weights }, …] }`. */
  readonly examples: string;
  readonly weights: "auto" | WeightType;
  readonly threads: number;
  readonly rank: number;
  readonly targets: readonly Target[];
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
}

export interface TrainingFigures {
  readonly tokensPerSecond: number;
  readonly peakMegabytes: number;
  readonly weights: WeightType;
  /** Mean loss before each update. */
  readonly losses: readonly number[];
}

interface Example {
  readonly tokens: readonly number[];
  readonly weights: readonly number[];
}

const run: TrainingRun = JSON.parse(process.argv[2] ?? "{}");
const { examples }: { examples: Example[] } = JSON.parse(await readFile(run.examples, "utf8"));
const shape = { rank: run.rank, alpha: 2 * run.rank, targets: run.targets, layers: [0, 30] as const, dropout: 0 };
await using network = await openNetwork(run.model, shape, { weights: run.weights, threads: run.threads });
for (const [place, { name, values }] of network.tensors.entries()) if (name.endsWith("lora_a")) goldenValues(place, values);
const optimiser = createOptimiser("adamw", network.tensors, { weightDecay: 0.01 });
const losses: number[] = [];
const rates: number[] = [];
const WARM_UP = 2;
for (let step = 0; step < run.steps; step++) {
  const batch = Array.from({ length: run.batch }, (_, i) => examples[(step * run.batch + i) % examples.length]!);
  const started = performance.now();
  const pack = packed(batch);
  const total = pack.weights.reduce((sum, weight) => sum + weight, 0);
  const { loss, weight } = await network.accumulate(pack, { scale: 1 / total, seed: step });
  optimiser.step(step + 1, run.rate);
  for (const { gradient } of network.tensors) gradient.fill(0);
  losses.push(loss / weight);
  if (step >= WARM_UP) rates.push((1000 * pack.tokens.length) / (performance.now() - started));
}
const figures: TrainingFigures = {
  tokensPerSecond: median(rates),
  peakMegabytes: process.resourceUsage().maxRSS / 1000,
  weights: network.information.weights,
  losses,
};
console.log(JSON.stringify(figures));

function packed(batch: readonly Example[]): Pack {
  let next = 0;
  return {
    tokens: Int32Array.from(batch.flatMap(({ tokens }) => tokens)),
    positions: Int32Array.from(batch.flatMap(({ tokens }) => tokens.map((_, i) => i))),
    starts: Int32Array.from(batch, ({ tokens: { length } }) => (next += length) - length),
    targets: Int32Array.from(batch.flatMap(({ tokens }) => tokens.map((_, i) => tokens[i + 1] ?? 0))),
    weights: Float32Array.from(batch.flatMap(({ tokens, weights }) => tokens.map((_, i) => weights[i + 1] ?? 0))),
  };
}
