// The things of teaching in words.
import type { Figures, Verdict } from "../record.js";

export const VERDICTS: readonly { readonly verdict: Verdict; readonly name: string; readonly means: string }[] = [
  { verdict: "kept", name: "Kept", means: "its result made what follows likelier by at least τf" },
  { verdict: "below", name: "Below τf", means: "its result helped too little, or did harm" },
  { verdict: "hopeless", name: "Hopeless", means: "not scored: even a perfect result could not have reached τf there" },
  { verdict: "unrelated", name: "Unrelated", means: "its result does not have the word or number that follows" },
  { verdict: "failed", name: "Failed", means: "the tool gave an error, or its arguments did not fit" },
  {
    verdict: "looked-ahead",
    name: "Looked ahead",
    means: "the result was stored text that follows there anyway, or that came from the document itself",
  },
];

export const STAGES: readonly { readonly stage: keyof Figures["ms"]; readonly name: string; readonly does: string }[] = [
  { stage: "read", name: "Read", does: "one pass over each text for p(marker) at every position" },
  { stage: "sample", name: "Sample", does: "writing calls at the likely positions" },
  { stage: "execute", name: "Execute", does: "running the calls" },
  { stage: "filter", name: "Filter", does: "losses with and without the calls" },
];

export const SAVINGS: readonly { readonly means: keyof Figures["saved"]; readonly saved: string; readonly why: string }[] = [
  {
    means: "hopelessPositions",
    saved: "positions not sampled",
    why: "the text there is so expected that no result could reach τf, or nothing follows that a result can stand for",
  },
  { means: "mergedPositions", saved: "positions merged", why: "they only repeat a neighbour" },
  { means: "samples", saved: "samples not drawn", why: "the position had enough distinct calls" },
  { means: "sharedTokens", saved: "tokens not computed", why: "samples that began alike shared them" },
  { means: "hopelessCalls", saved: "calls not scored", why: "their result has nothing to do with what follows, or could not reach τf" },
  { means: "losses", saved: "losses not computed", why: "they could not matter, or an equal call had them" },
];
