import type { Examples } from "./batch.js";
import type { Diversity } from "./diversity.js";
import { type Draft, isTask } from "./draft.js";
import type { RunParameters } from "./ledger.js";
import type { SeedTask } from "./seeds.js";

/** Lengths in words. */
export interface Lengths {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly max: number;
}

export interface InstructReport {
  readonly parameters: RunParameters & { readonly count: number };
  readonly seeds: { readonly tasks: number; readonly classification: number };
  /** Examples that the model was shown in steps 2 and 3; fewer than 12, 19, 8 and 8 where the context is small or the seeds are few. */
  readonly examples: { readonly classification: number; readonly others: number; readonly inputFirst: number; readonly labelFirst: number };
  readonly batches: number;
  /** Tasks in the output, and further ones of the last batch that are only in the journal. */
  readonly tasks: number;
  readonly spare: number;
  /** Lines of the output: instances of its tasks. */
  readonly lines: number;
  readonly instructions: { readonly drafted: number; readonly rejected: Readonly<Record<string, number>>; readonly accepted: number };
  readonly classification: { readonly yes: number; readonly no: number; readonly unclear: number };
  readonly instances: {
    readonly kept: number;
    readonly rejected: Readonly<Record<string, number>>;
    /** Accepted instructions without a good instance. */
    readonly withoutAny: number;
  };
  readonly words: { readonly instruction: Lengths; readonly input: Lengths; readonly output: Lengths };
  /** Twenty bins of 0.05: how like the nearest seed the accepted instructions are, and those that were rejected as too alike. */
  readonly rouge: { readonly accepted: readonly number[]; readonly alike: readonly number[] };
  readonly diversity: Diversity;
  /** The first tasks of the output, and the first rejected ones, to look at. */
  readonly samples: {
    readonly tasks: readonly { readonly instruction: string; readonly input: string; readonly output: string }[];
    readonly rejected: readonly { readonly instruction: string; readonly why: string }[];
  };
}

const BINS = 20;
const SAMPLES = 12;

/** Everything in it is a function of the drafts and the parameters: a run that was resumed has the same report. */
export function makeReport(run: {
  readonly drafts: readonly Draft[];
  readonly batches: number;
  readonly count: number;
  readonly parameters: RunParameters;
  readonly seeds: readonly SeedTask[];
  readonly examples: Examples;
  readonly verbs: Diversity;
}): InstructReport {
  const { drafts, batches, count, seeds, examples } = run;
  const accepted = drafts.filter((draft) => draft.accepted !== undefined);
  const all = drafts.filter(isTask);
  const tasks = all.slice(0, count);
  const instances = tasks.flatMap(({ instances: own = [] }) => own);
  const yes = examples.classification.filter(({ answer }) => answer === "Yes").length;
  return {
    parameters: { ...run.parameters, count },
    seeds: { tasks: seeds.length, classification: seeds.filter(({ isClassification }) => isClassification).length },
    examples: {
      classification: yes,
      others: examples.classification.length - yes,
      inputFirst: examples.instances.inputFirst.length,
      labelFirst: examples.instances.labelFirst.length,
    },
    batches,
    tasks: tasks.length,
    spare: all.length - tasks.length,
    lines: instances.length,
    instructions: {
      drafted: drafts.length,
      rejected: counted(drafts.flatMap(({ fault }) => (fault === undefined ? [] : [[fault, 1] as const]))),
      accepted: accepted.length,
    },
    classification: {
      yes: accepted.filter(({ classification }) => classification === true).length,
      no: accepted.filter(({ classification, unclear }) => classification === false && unclear !== true).length,
      unclear: accepted.filter(({ unclear }) => unclear === true).length,
    },
    instances: {
      kept: accepted.reduce((sum, { instances: own = [] }) => sum + own.length, 0),
      rejected: counted(accepted.flatMap(({ dropped = {} }) => Object.entries(dropped))),
      withoutAny: accepted.length - all.length,
    },
    words: {
      instruction: lengths(tasks.map(({ instruction }) => instruction)),
      input: lengths(instances.map(({ input }) => input).filter((input) => input !== "")),
      output: lengths(instances.map(({ output }) => output)),
    },
    rouge: {
      accepted: histogram(accepted.map(({ rouge }) => rouge!.seeds)),
      alike: histogram(drafts.filter(({ fault }) => fault === "alike").map(({ rouge }) => rouge!.seeds)),
    },
    diversity: run.verbs,
    samples: {
      tasks: tasks.slice(0, SAMPLES).map(({ instruction, instances: own }) => ({ instruction, ...own![0]! })),
      rejected: [
        ...drafts
          .flatMap(({ instruction, fault }) => (fault === undefined ? [] : [{ instruction, why: fault as string }]))
          .slice(0, SAMPLES),
        ...accepted
          .filter((draft) => !isTask(draft))
          .slice(0, SAMPLES)
          .map(({ instruction, dropped }) => ({ instruction, why: why(dropped) })),
      ],
    },
  };
}

function why(dropped: Draft["dropped"]): string {
  const faults = Object.keys(dropped ?? {});
  return faults.length === 0 ? "no instance" : `instances: ${faults.join(", ")}`;
}

/** Sums by name, the largest first. */
function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of entries) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function lengths(texts: readonly string[]): Lengths {
  const words = texts.map((text) => text.split(/\s+/).filter((word) => word !== "").length).sort((a, b) => a - b);
  if (words.length === 0) return { count: 0, min: 0, median: 0, mean: 0, max: 0 };
  const mean = words.reduce((sum, length) => sum + length, 0) / words.length;
  const median = (words[(words.length - 1) >> 1]! + words[words.length >> 1]!) / 2;
  return { count: words.length, min: words[0]!, median, mean: Math.round(10 * mean) / 10, max: words.at(-1)! };
}

function histogram(values: readonly number[]): number[] {
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values) bins[Math.min(BINS - 1, Math.floor(value * BINS + 1e-9))]!++;
  return bins;
}
