// Training against torch + PEFT on the same machine and threads: speed, memory, and the losses of the first steps.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { folderPath } from "../index.js";
import { readTrainingData, TARGETS, type Target } from "../training/index.js";
import { openSource } from "../training/source.js";
import { median, type Row } from "./measure.js";
import type { TrainingFigures, TrainingRun } from "./training-run.js";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const ROUNDS = 3;
const BATCH = 8;
const THREADS = Math.min(8, os.availableParallelism());

/** Installs the peer once, outside of the project. @returns its Python */
async function install(): Promise<string> {
  const folder = path.join(path.dirname(folderPath("models")), "peers", "peft");
  const python = path.join(folder, "bin", "python");
  if (existsSync(path.join(folder, "ready"))) return python;
  await mkdir(folder, { recursive: true });
  await execute("python3", ["-m", "venv", folder]);
  await execute(python, ["-m", "pip", "install", "--quiet", "torch", "transformers", "peft", "gguf"]);
  await writeFile(path.join(folder, "ready"), "");
  return python;
}

/** @param shipped the default model's file, as it is fetched */
export async function trainingRows(shipped: string): Promise<Row[]> {
  const python = await install();
  const folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-bench-training-"));
  try {
    const real = path.join(folder, "real.json");
    const dense = path.join(folder, "dense.json");
    await writeFile(real, JSON.stringify({ examples: await realExamples(400) }));
    await writeFile(dense, JSON.stringify({ examples: denseExamples(64) }));
    return [
      ...(await speedRows(python, shipped, real, "real lengths, batches of 8", BATCH, 16, TARGETS, 1.3)),
      ...(await speedRows(python, shipped, dense, "dense 4×128, r=8 on q and v", 4, 8, ["q", "v"], 0.9)).slice(0, 1),
      await curveRow(python, shipped, real),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ours(run: TrainingRun): Promise<TrainingFigures> {
  const script = fileURLToPath(new URL("./training-run.js", import.meta.url));
  const { stdout } = await execute(process.execPath, [script, JSON.stringify(run)]);
  return JSON.parse(stdout);
}

async function theirs<T>(python: string, script: string, args: readonly string[]): Promise<T> {
  const { stdout } = await execute(python, [path.join(root, "bench", "peers", script), ...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

async function speedRows(
  python: string,
  model: string,
  examples: string,
  what: string,
  batch: number,
  rank: number,
  targets: readonly Target[],
  bound: number,
): Promise<Row[]> {
  const run: TrainingRun = { model, examples, weights: "auto", threads: THREADS, rank, targets, batch, steps: 6, rate: 1e-4 };
  const mine: TrainingFigures[] = [];
  const peers: Pick<TrainingFigures, "tokensPerSecond" | "peakMegabytes">[] = [];
  const peer = [
    ...["--dtype", "bf16", "--examples", examples, "--threads", `${THREADS}`, "--steps", "4"],
    ...["--batch", `${batch}`, "--rank", `${rank}`, "--targets", targets.join(",")],
  ];
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await ours(run));
    peers.push(await theirs(python, "peft_train.py", peer));
  }
  const ratio = median(mine.map(({ tokensPerSecond }, i) => tokensPerSecond / peers[i]!.tokensPerSecond));
  const [own, other] = [mine, peers].map((all) => median(all.map(({ peakMegabytes }) => peakMegabytes))) as [number, number];
  return [
    {
      work: `LoRA training, useful tokens/s: ${what}`,
      against: "torch + PEFT, bf16",
      wanted: `≥ ${bound} ×`,
      measured: `${ratio.toFixed(2)} ×`,
      holds: ratio >= bound,
      figures: {
        "ours, tokens/s": +median(mine.map(({ tokensPerSecond }) => tokensPerSecond)).toFixed(0),
        "PEFT, tokens/s": +median(peers.map(({ tokensPerSecond }) => tokensPerSecond)).toFixed(0),
        weights: mine[0]!.weights,
        threads: THREADS,
      },
    },
    {
      work: `LoRA training, peak memory: ${what}`,
      against: "torch + PEFT, bf16",
      wanted: "≤ ½",
      measured: `${(own / other).toFixed(2)} ×`,
      holds: own <= other / 2,
      figures: { "ours, MB": +own.toFixed(0), "PEFT, MB": +other.toFixed(0) },
    },
  ];
}

/** Two texts a step: the peer takes minutes in f32. */
async function curveRow(python: string, model: string, examples: string): Promise<Row> {
  const STEPS = 50;
  const [rank, rate, batch] = [16, 2e-4, 2];
  const run: TrainingRun = { model, examples, weights: "auto", threads: THREADS, rank, targets: TARGETS, batch, steps: STEPS, rate };
  const { losses: found, weights } = await ours(run);
  const peer = await theirs<{ losses: number[] }>(python, "lora_curve.py", [
    ...["--model", model, "--examples", examples, "--steps", `${STEPS}`],
    ...["--batch", `${batch}`, "--rank", `${rank}`, "--rate", `${rate}`, "--threads", `${THREADS}`],
  ]);
  const worst = Math.max(...found.map((loss, i) => Math.abs(loss / peer.losses[i]! - 1)));
  return {
    work: "loss curve of 50 steps of AdamW, r=16 on all linear layers",
    against: "torch + PEFT, f32, same data and order",
    wanted: "within 1 % at each step",
    measured: `${(100 * worst).toFixed(2)} %`,
    holds: worst <= 0.01,
    figures: { "first loss": +found[0]!.toFixed(3), "last loss": +found.at(-1)!.toFixed(3), weights },
  };
}

/** The beginning of the taught set, as `train` reads it. */
async function realExamples(count: number): Promise<{ tokens: number[]; weights: number[] }[]> {
  const dataset = path.join(root, "data", "taught", "gsm8k-calculator");
  await using source = await openSource("local");
  const settings = { loss: "all", turns: 1, longest: source.context, validation: { share: 0, most: 0 }, seed: 0 } as const;
  const { examples } = await readTrainingData([dataset], source.reader, settings);
  return examples.slice(0, count).map(({ tokens, weights }) => ({ tokens: [...tokens], weights: [...weights] }));
}

function denseExamples(count: number): { tokens: number[]; weights: number[] }[] {
  return Array.from({ length: count }, (_, n) => ({
    tokens: Array.from({ length: 128 }, (_, i) => (n * 7919 + i * 104729) % 49152),
    weights: Array.from({ length: 128 }, () => 1),
  }));
}
