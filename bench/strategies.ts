// Strategies of several chains against the bare library: what the engine was asked for, done again with nothing above it; and the same chains
// one after another.
import { readFileSync } from "node:fs";
import { createAgent, recite, type SeveralStrategy, selfConsistency, stepByStep } from "../agent/index.js";
import type { Work } from "../engine/index.js";
import { calculator, localModel } from "../index.js";
import { bareContext, THREADS } from "./engine.js";
import { inTurn, type Row, time } from "./measure.js";
import { replayed, tokensIn } from "./replay.js";

const CELLS = 16_384;
/** Tokens of a chain: as many in each of them as a chain of thought, or a passage, takes. */
const LONGEST = 96;

interface Case {
  readonly work: string;
  readonly strategy: (samples: number) => SeveralStrategy;
  readonly samples: number;
  readonly questions: readonly string[];
}

function questionsOf(set: string, count: number): string[] {
  const lines = readFileSync(new URL(`../../data/sets/${set}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  return lines.slice(0, count).map((line) => (JSON.parse(line) as { question: string }).question);
}

const cases: readonly Case[] = [
  {
    work: "self-consistency, 16 chains of thought",
    strategy: (samples) => selfConsistency({ samples, of: stepByStep }),
    samples: 16,
    questions: questionsOf("two-step", 3),
  },
  {
    work: "recitation, 20 passages",
    strategy: (samples) => recite({ samples }),
    samples: 20,
    questions: questionsOf("capitals", 3),
  },
];

/** @param source the model's own file, of which each side runs the copy that suits this CPU */
export async function strategyRows(source: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of cases) rows.push(await strategyRow(source, one));
  return rows;
}

async function strategyRow(source: string, { work: name, strategy, samples, questions }: Case): Promise<Row> {
  const model = await localModel({ file: source, threads: THREADS, contextSize: CELLS, adapters: [] });
  const tool = calculator();
  const bare = bareContext(model.info.file, { cells: CELLS });
  try {
    const { counts } = model.scheduler;
    let work: readonly Work[] = [];
    let written = 0;
    const run = async (how: SeveralStrategy, seeds: readonly number[]) => {
      const agent = createAgent({ model, tools: [tool], strategy: how, maxTokens: LONGEST });
      let output = 0;
      for (const seed of seeds) for (const question of questions) output += (await agent.ask(question, { seed })).usage.output;
      return output;
    };
    const ours = () =>
      time(async () => {
        counts.record = [];
        written = await run(strategy(samples), [1]);
        work = counts.record;
        counts.record = undefined;
      });
    await run(strategy(1), [1]); // The demonstrations' state is on disk from here on.
    const replay = () => {
      for (let sequence = 0; sequence < 256; sequence++) bare.context.remove(sequence, -1);
      return replayed(bare.context, work);
    };
    const { a, b, ratio } = await inTurn(3, ours, replay);
    let apart = 0;
    const alone = await time(async () => {
      apart = await run(
        strategy(1),
        Array.from({ length: samples }, (_, place) => place),
      );
    });
    // A vote that is settled stops the chains, so the tokens of both are not the same: a token's time is compared.
    const share = a / written / (alone / apart);
    return {
      work: `${name}, three questions`,
      against: "raw `llama_decode` replaying the recorded steps; the same chains one after another",
      wanted: "≤ 1.2 × its time; ≤ ½ of theirs a token",
      measured: `${ratio.toFixed(2)} ×; ${share.toFixed(2)}`,
      holds: ratio <= 1.2 && share <= 0.5,
      figures: { "ours, ms": Math.round(a), "raw, ms": Math.round(b), "tokens of the engine": tokensIn(work), "tokens written": written },
    };
  } finally {
    bare.free();
    await tool.close();
    await model.close();
  }
}
