// Self-teaching against the bare library: the recorded work of its stages done again with nothing above it, in the same process.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Work } from "../engine/index.js";
import { calculator, type LocalModel, localModel } from "../index.js";
import { engineTeachingModel } from "../teaching/engine-model.js";
import { type Candidate, type TeachEvent, type TeachingModel, type TeachOptions, teach } from "../teaching/index.js";
import { bareContext, CELLS, THREADS } from "./engine.js";
import { type Row, time } from "./measure.js";
import { replayed, replayRow, tokensIn } from "./replay.js";

const GSM8K = fileURLToPath(new URL("../../data/gsm8k_train.jsonl", import.meta.url));

type Stage = "read" | "sample" | "losses";

/** A teaching model whose stages are timed, and whose engine's work is recorded by stage. */
function observed(
  model: LocalModel,
  teaching: TeachingModel,
): { model: TeachingModel; ms: Record<Stage, number>; work: { stage: Stage; work: Work[] }[] } {
  const ms = { read: 0, sample: 0, losses: 0 };
  const work: { stage: Stage; work: Work[] }[] = [];
  const { counts } = model.scheduler;
  const stage = async <Result>(name: Stage, run: () => Promise<Result>): Promise<Result> => {
    // What was changed in memory since the last stage belongs to this one.
    counts.record ??= [];
    let result!: Result;
    ms[name] += await time(async () => {
      result = await run();
    });
    work.push({ stage: name, work: counts.record });
    counts.record = [];
    return result;
  };
  return {
    ms,
    work,
    model: {
      identity: teaching.identity,
      contextSize: teaching.contextSize,
      trainedFor: (tool) => teaching.trainedFor(tool),
      countTokens: (text) => teaching.countTokens(text),
      prepare: (beginnings) => stage("read", () => teaching.prepare(beginnings)),
      read: (...args) => stage("read", () => teaching.read(...args)),
      sample: (...args) => stage("sample", () => teaching.sample(...args)),
      losses: (...args) => stage("losses", () => teaching.losses(...args)),
      get tokens() {
        return teaching.tokens;
      },
      release: () => teaching.release(),
    },
  };
}

async function collect(options: TeachOptions): Promise<Extract<TeachEvent, { type: "passage" }>[]> {
  const passages: Extract<TeachEvent, { type: "passage" }>[] = [];
  for await (const event of teach(options)) if (event.type === "passage") passages.push(event);
  return passages;
}

/** @param documents of GSM8K for the whole; @param published for the comparison with the algorithm to the letter */
export async function teachRows(file: string, documents: number, published: number): Promise<Row[]> {
  const model = await localModel({ file, exact: true, repeatable: true, threads: THREADS, contextSize: CELLS });
  const folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-bench-"));
  const tool = calculator();
  try {
    const teaching = engineTeachingModel(model);
    const seen = observed(model, teaching);
    let passages: Awaited<ReturnType<typeof collect>> = [];
    const whole = await time(async () => {
      const out = path.join(folder, "whole");
      passages = await collect({
        corpus: GSM8K,
        tools: [tool],
        model: seen.model,
        limit: documents,
        out,
        cache: path.join(folder, "calls"),
      });
    });
    const bare = bareContext(file);
    const lengths = new Map<number, number>();
    const raw = { read: 0, sample: 0, losses: 0 };
    for (const { stage, work } of seen.work) raw[stage] += await replayed(bare.context, work, lengths);
    bare.free();
    model.scheduler.counts.record = undefined;
    const tokens = (stage: Stage) => seen.work.reduce((sum, one) => sum + (one.stage === stage ? tokensIn(one.work) : 0), 0);
    const share = (work: string, stage: Stage, least: number): Row => {
      const [ours, bare] = [seen.ms[stage], raw[stage]];
      return replayRow(work, { ours, raw: bare, tokens: tokens(stage), share: bare / ours, least });
    };
    const bareTime = raw.read + raw.sample + raw.losses;
    const kept = passages.flatMap(({ candidates }) => candidates.filter(({ verdict }) => verdict === "kept"));
    const calls = passages.flatMap(({ lesson }) => lesson.calls.map((call) => ({ text: lesson.text, ...call })));
    const right = calls.filter(({ text, position, output }) => standsRight(text, position, output)).length;
    return [
      share("teaching: filter", "losses", 0.9),
      share("teaching: sampling", "sample", 0.85),
      {
        work: `whole \`teach\` of ${documents} records of GSM8K, calculator`,
        against: "time of the bare engine work it did",
        wanted: "≤ 1.15 × its time",
        measured: `${(whole / bareTime).toFixed(2)} ×`,
        holds: whole / bareTime <= 1.15,
        figures: {
          "ours, s": +(whole / 1000).toFixed(1),
          "bare, s": +(bareTime / 1000).toFixed(1),
          "tokens a document": Math.round((tokens("read") + tokens("sample") + tokens("losses")) / passages.length),
        },
      },
      ...(published > 0 ? [await economyRow(engineTeachingModel(model), published)] : []),
      {
        work: `kept calls a document, the first ${documents} of GSM8K, τf 0.5`,
        against: "Toolformer's calculator: 3,680 at τf 0.5, 994 at 1.0, of over a million documents of the web, another kind of text",
        wanted: "≥ 1.0, of them ≥ 90 % right where they stand",
        measured: `${(kept.length / passages.length).toFixed(2)}; ${calls.length === 0 ? "none" : `${Math.round((100 * right) / calls.length)} %`}`,
        holds: kept.length >= passages.length && right >= 0.9 * calls.length,
        figures: {
          "in the dataset, a document": +(calls.length / passages.length).toFixed(2),
          "kept at τf 1.0, a document": +(kept.filter(({ margin = 0 }) => margin >= 1).length / passages.length).toFixed(2),
        },
      },
    ];
  } finally {
    await tool.close();
    await model.close();
    await rm(folder, { recursive: true });
  }
}

/** Whether the next number in the text is what the call gives, as far as the text writes it out. */
function standsRight(text: string, position: number, output: string): boolean {
  const next = /\d[\d,]*(?:\.\d+)?/.exec(text.slice(position))?.[0].replaceAll(",", "");
  const given = /-?\d[\d,]*(?:\.\d+)?/.exec(output)?.[0].replaceAll(",", "");
  if (next === undefined || given === undefined) return false;
  const places = /\.(\d+)$/.exec(next)?.[1]?.length ?? 0;
  return Math.abs(Math.abs(Number(given)) - Number(next)) <= 0.500001 * 10 ** -places;
}

async function economyRow(model: TeachingModel, documents: number): Promise<Row> {
  const tool = calculator();
  const run = async (economy: boolean) => {
    let kept: Candidate[] = [];
    const ms = await time(async () => {
      const passages = await collect({ corpus: GSM8K, tools: [tool], model, limit: documents, economy });
      kept = passages.flatMap(({ candidates }) => candidates.filter(({ verdict }) => verdict === "kept"));
    });
    return { ms, kept: new Set(kept.map(({ document, part, position, input }) => JSON.stringify([document, part, position, input]))) };
  };
  const economy = await run(true);
  const published = await run(false);
  await tool.close();
  const lost = [...published.kept].filter((key) => !economy.kept.has(key)).length;
  const share = published.kept.size === 0 ? 0 : lost / published.kept.size;
  return {
    work: `the same of ${documents} records, economy against none (\`--published --placement splice --related\`)`,
    against: "kept calls lost; time",
    wanted: "≤ 3 % lost, ≥ 5 × faster",
    measured: `${(100 * share).toFixed(1)} % lost, ${(published.ms / economy.ms).toFixed(1)} × faster`,
    holds: share <= 0.03 && published.ms >= 5 * economy.ms,
    figures: {
      "kept without": published.kept.size,
      lost,
      "kept with it": economy.kept.size,
      "with it, s": +(economy.ms / 1000).toFixed(1),
      "without, s": +(published.ms / 1000).toFixed(1),
    },
  };
}

/** Runs this very file in a process of its own on so many documents; time and memory without the process's own beginning. */
async function grown(documents: number): Promise<{ readonly ms: number; readonly megabytes: number }> {
  const child = fileURLToPath(new URL("./teach-growth.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", child, String(documents)], { maxBuffer: 1e6 });
  return JSON.parse(stdout) as { ms: number; megabytes: number };
}

/** Ten times the documents: ten times the time, the same memory. With the tiny model, so that it is our own work that is measured. */
export async function growthRow(): Promise<Row> {
  const few = await grown(100);
  const many = await grown(1000);
  const growth = many.ms / few.ms / 10;
  return {
    work: "`teach` of 1,000 documents, tiny model",
    against: "of 100",
    wanted: "10 × the time within 5 %, memory flat",
    measured: `${(10 * growth).toFixed(2)} ×; ${(many.megabytes - few.megabytes).toFixed(0)} MB more`,
    holds: Math.abs(growth - 1) <= 0.05 && many.megabytes - few.megabytes < 16,
    figures: {
      "100, s": +(few.ms / 1000).toFixed(1),
      "1,000, s": +(many.ms / 1000).toFixed(1),
      "100, MB": Math.round(few.megabytes),
      "1,000, MB": Math.round(many.megabytes),
    },
  };
}
