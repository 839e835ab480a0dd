// Step 1 of self-teaching: where a call may help, and which calls the model would write there.
import { createHash } from "node:crypto";
import { aheadOf, canRelate, ceiling, longestCall, targetOf } from "./economy.js";
import { markerSpans } from "./escape.js";
import type { Beginning, Reading, TeachingModel } from "./model.js";
import { logprobsAt, lossAt, type Place, placesOf } from "./places.js";
import type { Passage } from "./record.js";
import type { ToolPlan } from "./settings.js";

/** Calls that were proposed at a place, by their arguments. */
export interface Proposal {
  readonly place: Place;
  readonly probability: number;
  /** How many of the samples wrote it; 0 where it was taken over from a neighbour. */
  readonly inputs: ReadonlyMap<string, number>;
}

export interface Proposals {
  readonly proposals: readonly Proposal[];
  /** The passage as the model reads it where calls are weighed. */
  readonly weighed: Reading;
  readonly boundaries: number;
  readonly likely: number;
  /** Positions where calls were sampled, samples drawn, those that ended. */
  readonly positions: number;
  readonly samples: number;
  readonly wellFormed: number;
  readonly saved: {
    readonly hopelessPositions: number;
    readonly mergedPositions: number;
    readonly samples: number;
    readonly sharedTokens: number;
  };
  readonly ms: { readonly read: number; readonly sample: number };
  readonly tokens: { readonly read: number; readonly sample: number };
}

export interface SampleSettings {
  readonly economy: boolean;
  /** Only results that have the word or number that follows are of use. */
  readonly related: boolean;
  readonly seed: number;
  /** Names of all tools of the run: no call is put inside what looks like a call to one of them. */
  readonly tools: readonly string[];
  readonly signal?: AbortSignal;
}

/** Distinct calls, as a share of the samples, with which a position is done. */
const ENOUGH = 0.8;

/** Calls of one tool for one passage. */
export async function sampleCalls(
  model: TeachingModel,
  plan: ToolPlan,
  passage: Passage,
  beginnings: { readonly sample: Beginning; readonly weigh: Beginning },
  settings: SampleSettings,
): Promise<Proposals> {
  const { text } = passage;
  const { economy, seed, signal } = settings;
  const started = performance.now();
  const before = model.tokens;
  const sampled = await model.read(beginnings.sample, text, { marker: true, signal });
  const weighed = beginnings.weigh === beginnings.sample ? sampled : await model.read(beginnings.weigh, text, { marker: false, signal });
  const read = { ms: performance.now() - started, tokens: model.tokens - before };

  const places = placesOf(text, sampled, markerSpans(text, settings.tools));
  const probability = (place: Place) => sampled.marker![place.index]!;
  const likely = places.filter((place) => probability(place) > plan.tauS);
  const best = [...likely]
    .sort((a, b) => probability(b) - probability(a) || a.index - b.index)
    .slice(0, plan.topK)
    .sort((a, b) => a.index - b.index);
  const groups = economy ? groupsOf(text, best, weighed, plan, settings.related) : { groups: best.map((place) => [place]), hopeless: 0 };

  const requests = groups.groups.map(([place]) => ({
    at: place!.at,
    seeds: Array.from({ length: plan.samples }, (_, sample) => seedOf(seed, passage, plan.name, place!.position, sample)),
  }));
  const enough = economy ? Math.max(2, Math.ceil(ENOUGH * plan.samples)) : Number.POSITIVE_INFINITY;
  const longest = economy ? longestCall(plan.tool, (input) => model.countTokens(input)) : undefined;
  const calls = await model.sample(beginnings.sample, text, requests, { tool: plan.tool, share: economy, enough, longest, signal });

  const proposals = groups.groups.flatMap((group, index) => {
    const inputs = new Map<string, number>();
    for (const input of calls[index]!.inputs) if (input !== undefined) inputs.set(input, (inputs.get(input) ?? 0) + 1);
    const borrowed = new Map(Array.from(inputs.keys(), (input) => [input, 0]));
    return group.map((place, member) => ({ place, probability: probability(place), inputs: member === 0 ? inputs : borrowed }));
  });
  const total = (of: (call: (typeof calls)[number]) => number) => calls.reduce((sum, call) => sum + of(call), 0);
  const cut = total((call) => call.cut);
  return {
    proposals: proposals.sort((a, b) => a.place.index - b.place.index),
    weighed,
    boundaries: places.length,
    likely: likely.length,
    positions: requests.length,
    samples: requests.length * plan.samples - cut,
    wellFormed: total((call) => call.inputs.filter((input) => input !== undefined).length),
    saved: {
      hopelessPositions: groups.hopeless,
      mergedPositions: best.length - groups.hopeless - requests.length,
      samples: cut,
      sharedTokens: total((call) => call.sharedTokens),
    },
    ms: { read: read.ms, sample: performance.now() - started - read.ms },
    tokens: { read: read.tokens, sample: model.tokens - before - read.tokens },
  };
}

/**
 * Leaves out places where no result could reach τf, and puts those together that look for the same word or number; the one where it
 * weighs most comes first in its group.
 */
function groupsOf(
  text: string,
  places: readonly Place[],
  weighed: Reading,
  plan: ToolPlan,
  related: boolean,
): { groups: Place[][]; hopeless: number } {
  const groups = new Map<number, { place: Place; most: number }[]>();
  let hopeless = 0;
  for (const place of places) {
    const ahead = aheadOf(text, place, logprobsAt(weighed, place));
    const most = ceiling(ahead, plan.results);
    if (lossAt(weighed, place) < plan.tauF || most < plan.tauF || (related && !canRelate(ahead, plan.results))) {
      hopeless++;
      continue;
    }
    const target = plan.results === undefined ? place.position : (targetOf(ahead, plan.results) ?? place.position);
    groups.set(target, [...(groups.get(target) ?? []), { place, most }]);
  }
  return {
    groups: Array.from(groups.values(), (group) =>
      group.sort((a, b) => b.most - a.most || b.place.index - a.place.index).map(({ place }) => place),
    ),
    hopeless,
  };
}

/** The same draws whatever else is sampled beside them. */
function seedOf(seed: number, { document, part }: Passage, tool: string, position: number, sample: number): number {
  return createHash("sha256")
    .update(JSON.stringify([seed, document, part, tool, position, sample]))
    .digest()
    .readUInt32LE(0);
}
