// Step 3 of self-teaching: which calls, with their results, make what follows them likelier.
import { formatMarker } from "../agent/index.js";
import { aheadOf, ceilingFor, isRelated } from "./economy.js";
import type { Executed } from "./execute.js";
import { looksAhead } from "./look-ahead.js";
import type { Beginning, LossRequest, Reading, TeachingModel } from "./model.js";
import { logprobsAt, type Place, tokensAt } from "./places.js";
import type { Candidate, Loss, Passage, Verdict } from "./record.js";
import type { Proposal } from "./sample.js";
import type { ToolPlan } from "./settings.js";
import { marginOf, weightedLoss } from "./weights.js";

export interface FilterSettings {
  readonly economy: boolean;
  /** Only calls whose result has the word or number that follows are kept. */
  readonly related: boolean;
  readonly placement: "before" | "splice";
  /** Most tokens of the text before a position that are read when calls are weighed; undefined: all. What is hopeless shows in the whole. */
  readonly context?: number;
  readonly signal?: AbortSignal;
}

export interface Filtered {
  readonly candidates: readonly Candidate[];
  /** Candidates whose losses were computed. */
  readonly scored: number;
  readonly lookedAhead: number;
  readonly saved: { readonly hopelessCalls: number; readonly losses: number };
  readonly ms: number;
  readonly tokens: number;
}

/** One that is still in question. */
interface Open {
  readonly candidate: Omit<Candidate, "verdict">;
  readonly place: Place;
  /** log p of the weighed tokens without a call; with the call; with its result. */
  none: readonly number[];
  readonly unrelated: boolean;
  call?: readonly number[];
  result?: readonly number[];
}

/**
 * @param weighed the passage read after `beginning`
 * @param executed what each input of the proposals came to
 */
export async function filterCalls(
  model: TeachingModel,
  plan: ToolPlan,
  passage: Passage,
  beginning: Beginning,
  weighed: Reading,
  proposals: readonly Proposal[],
  executed: ReadonlyMap<string, Executed>,
  settings: FilterSettings,
): Promise<Filtered> {
  const started = performance.now();
  const before = model.tokens;
  const { text } = passage;
  const { economy, placement, context, signal } = settings;
  const decided: Candidate[] = [];
  const open: Open[] = [];
  let lookedAhead = 0;
  for (const { place, probability, inputs } of proposals) {
    const none = logprobsAt(weighed, place);
    const ahead = aheadOf(text, place, none);
    for (const [input, samples] of inputs) {
      const { output, error, sources } = executed.get(input) ?? { error: "it was not run" };
      const candidate: Omit<Candidate, "verdict"> = {
        passage: passage.id,
        document: passage.document,
        part: passage.part,
        tool: plan.name,
        position: place.position,
        probability,
        input,
        samples,
        ...(output === undefined ? { error: error ?? "it gave nothing" } : { output }),
        ...(sources === undefined ? {} : { sources }),
      };
      if (output === undefined) {
        if (samples > 0) decided.push({ ...candidate, verdict: "failed" });
        continue;
      }
      const reason = looksAhead({ output, sources }, passage, place.position);
      if (reason !== undefined) {
        lookedAhead++;
        decided.push({ ...candidate, error: reason, verdict: "looked-ahead" });
        continue;
      }
      const unrelated = settings.related && !isRelated(ahead, output);
      if (economy && unrelated) {
        if (samples > 0) decided.push({ ...candidate, verdict: "unrelated" });
        continue;
      }
      const bound = ceilingFor(ahead, output);
      if (economy && bound < plan.tauF) {
        if (samples > 0) decided.push({ ...candidate, bound, verdict: "hopeless" });
        continue;
      }
      open.push({ candidate, place, none, unrelated });
    }
  }

  const weigh = async (of: readonly Open[], marker: (candidate: Open["candidate"]) => string): Promise<number[][]> => {
    // Published: each sample is weighed by itself, equal ones too.
    const copies = of.flatMap((one) => Array.from({ length: economy ? 1 : Math.max(1, one.candidate.samples) }, () => one));
    const requests: LossRequest[] = copies.map(({ candidate, place }) => ({
      marker: marker(candidate),
      at: place.at,
      from: place.offsets[0]!,
      to: place.offsets.at(-1)!,
    }));
    const losses = await model.losses(beginning, text, requests, { placement, count: 5, context, share: economy, signal });
    return of.map((one) => losses[copies.indexOf(one)]!);
  };
  if (context !== undefined) {
    // All three are read after as much text, or they could not be compared.
    const withNothing = await weigh(open, () => "");
    open.forEach((one, index) => {
      one.none = withNothing[index]!;
    });
  }
  const withResult = await weigh(open, (candidate) => formatMarker(candidate, candidate.output!));
  open.forEach((one, index) => {
    one.result = withResult[index]!;
  });
  // A result that does not do better than no call cannot be kept, whatever the bare call does.
  const promising = economy ? open.filter(({ none, result }) => weightedLoss(none) - weightedLoss(result!) >= plan.tauF) : open;
  const withoutResult = await weigh(promising, ({ tool, input }) => `[${tool}(${input})]`);
  promising.forEach((one, index) => {
    one.call = withoutResult[index]!;
  });
  decided.push(...open.map((one) => judged(one, text, plan.tauF)));
  return {
    candidates: decided.sort((a, b) => a.position - b.position || (a.input < b.input ? -1 : a.input > b.input ? 1 : 0)),
    scored: open.length,
    lookedAhead,
    saved: {
      hopelessCalls: economy ? decided.filter(({ verdict }) => verdict === "hopeless" || verdict === "unrelated").length : 0,
      losses: economy ? open.length - promising.length + repeats(open) : 0,
    },
    ms: performance.now() - started,
    tokens: model.tokens - before,
  };
}

/** Losses that were not computed again, since other samples had written the same call. */
function repeats(open: readonly Open[]): number {
  return open.reduce((sum, { candidate }) => sum + 2 * Math.max(0, candidate.samples - 1), 0);
}

function judged({ candidate, place, none, unrelated, call, result }: Open, text: string, tauF: number): Candidate {
  const losses = { none: lossOf(none), ...(call === undefined ? {} : { call: lossOf(call) }), result: lossOf(result!) };
  const margin = marginOf(losses.none.value, losses.call?.value ?? Number.POSITIVE_INFINITY, losses.result.value);
  const verdict = verdictOf(margin, losses.call !== undefined, tauF);
  return { ...candidate, tokens: tokensAt(text, place), losses, margin, verdict: unrelated ? "unrelated" : verdict };
}

/** @param known whether the margin is the margin, not only a bound of it */
export function verdictOf(margin: number, known: boolean, tauF: number): Verdict {
  return known && margin >= tauF ? "kept" : "below";
}

function lossOf(logprobs: readonly number[]): Loss {
  return { value: weightedLoss(logprobs), logprobs };
}
