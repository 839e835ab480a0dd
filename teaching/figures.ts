// What the stages did, as numbers that add up over passages.
import type { Figures } from "./record.js";

export function noFigures(): Figures {
  return {
    tried: 0,
    passedOver: {},
    boundaries: 0,
    likely: 0,
    positions: 0,
    samples: 0,
    wellFormed: 0,
    candidates: 0,
    executed: 0,
    cached: 0,
    failed: 0,
    lookedAhead: 0,
    scored: 0,
    kept: 0,
    calls: 0,
    saved: { hopelessPositions: 0, mergedPositions: 0, samples: 0, sharedTokens: 0, hopelessCalls: 0, losses: 0 },
    ms: { read: 0, sample: 0, execute: 0, filter: 0 },
    tokens: { read: 0, sample: 0, filter: 0 },
  };
}

type Numbers = { [name: string]: number | Numbers };

/** Adds `more` to `sum`, member by member. */
export function addFigures(sum: Figures, more: Figures): void {
  add(sum as unknown as Numbers, more as unknown as Numbers);
}

function add(sum: Numbers, more: Numbers): void {
  for (const [name, value] of Object.entries(more)) {
    if (typeof value === "number") sum[name] = ((sum[name] as number | undefined) ?? 0) + value;
    else add((sum[name] ??= {}) as Numbers, value);
  }
}
