// One passage taught: sample, execute, filter for each tool, and the calls of all merged into a lesson.
import { ToolwrightError } from "../errors.js";
import type { CallCache } from "./call-cache.js";
import { executeCalls } from "./execute.js";
import { noFigures } from "./figures.js";
import { filterCalls } from "./filter.js";
import { lessonOf } from "./merge.js";
import { LONGEST_CALL, type TeachingModel } from "./model.js";
import { beginningsOf } from "./prompt.js";
import type { Candidate, Figures, Lesson, Passage } from "./record.js";
import { sampleCalls } from "./sample.js";
import type { ToolPlan } from "./settings.js";

export interface PassageSettings {
  readonly economy: boolean;
  readonly related: boolean;
  readonly placement: "before" | "splice";
  readonly context?: number;
  readonly seed: number;
  /** The clock of passages without a date. */
  readonly now: Date;
  readonly timeZone: string;
  readonly cache: CallCache;
}

export interface Taught {
  readonly candidates: readonly Candidate[];
  readonly lesson: Lesson;
  readonly figures: ReadonlyMap<string, Figures>;
}

/**
 * @throws ToolwrightError `context-full`, `passage-too-long` (this passage cannot be taught); what a model or a disk throws that fails
 */
export async function teachPassage(
  model: TeachingModel,
  plans: readonly ToolPlan[],
  passage: Passage,
  { cache, now, timeZone, ...settings }: PassageSettings,
): Promise<Taught> {
  const names = plans.map(({ name }) => name);
  const clock = passage.date === undefined ? now : new Date(passage.date);
  const candidates: Candidate[] = [];
  const figures = new Map<string, Figures>();
  const prompts = new Map(plans.map(({ name, tool }) => [name, beginningsOf(passage, tool, settings.placement, model.trainedFor(name))]));
  // Those of all tools, whichever are tried on this passage: it must find the memory as any other does.
  await model.prepare([...prompts.values()].flatMap(({ sample, weigh }) => [sample, weigh]));
  for (const plan of plans) {
    try {
      const sums = noFigures();
      figures.set(plan.name, sums);
      const { tried, reason } = plan.heuristic(passage);
      if (!tried) {
        sums.passedOver[reason] = 1;
        continue;
      }
      sums.tried = 1;
      const beginnings = prompts.get(plan.name)!;
      fits(model, passage, beginnings.sample);
      const sampled = await sampleCalls(model, plan, passage, beginnings, { ...settings, tools: names });

      const started = performance.now();
      const inputs = [...new Set(sampled.proposals.flatMap((proposal) => [...proposal.inputs.keys()]))];
      const outcomes = await executeCalls(plan.tool, inputs, { now: clock, timeZone, cache, toolSalt: plan.salt });
      const executed = new Map(inputs.map((input, index) => [input, outcomes[index]!]));
      const executing = performance.now() - started;

      const filtered = await filterCalls(model, plan, passage, beginnings.weigh, sampled.weighed, sampled.proposals, executed, settings);
      candidates.push(...filtered.candidates);
      Object.assign(sums, {
        boundaries: sampled.boundaries,
        likely: sampled.likely,
        positions: sampled.positions,
        samples: sampled.samples,
        wellFormed: sampled.wellFormed,
        candidates: filtered.candidates.length,
        executed: outcomes.filter(({ cached }) => !cached).length,
        cached: outcomes.filter(({ cached }) => cached).length,
        failed: outcomes.filter(({ error }) => error !== undefined).length,
        lookedAhead: filtered.lookedAhead,
        scored: filtered.scored,
        kept: filtered.candidates.filter(({ verdict }) => verdict === "kept").length,
        saved: { ...sampled.saved, ...filtered.saved },
        ms: { ...sampled.ms, execute: executing, filter: filtered.ms },
        tokens: { ...sampled.tokens, filter: filtered.tokens },
      } satisfies Partial<Figures>);
    } finally {
      model.release(); // Each tool finds the memory as the first one did.
    }
  }
  const kept = candidates.filter(({ verdict }) => verdict === "kept");
  const lesson = lessonOf(passage, kept, { tools: names, now: passage.date });
  for (const { tool } of lesson.calls) figures.get(tool)!.calls++;
  return { candidates, lesson, figures };
}

function fits(model: TeachingModel, passage: Passage, beginning: { readonly text: string } | object): void {
  const { question = "", before, text } = passage;
  const around = "text" in beginning ? String(beginning.text) : `${question}${before}`;
  const needed = model.countTokens(around) + model.countTokens(text) + 2 * LONGEST_CALL;
  if (needed <= model.contextSize) return;
  throw new ToolwrightError(
    "passage-too-long",
    `${passage.source}: with its prompt the text has ${needed} tokens; ${model.identity.name} reads ${model.contextSize}.`,
    "Ask for a smaller --window.",
  );
}
