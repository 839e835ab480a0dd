// The corpus: which problems it is made of, and one after the other, each checked and none twice.
import { arithmetic } from "./arithmetic.js";
import { dateQuestion } from "./dates.js";
import { type Draft, type Needs, type Setting, setting } from "./draft.js";
import { type Draw, drawFrom } from "./draw.js";
import { lookup } from "./lookup.js";
import { plainQuestion } from "./plain.js";
import { type Problem, tell } from "./problem.js";
import { age, span } from "./situations/ages.js";
import { beside } from "./situations/beside.js";
import { comparedTotal, groupChain, twoChanges } from "./situations/chains.js";
import { change } from "./situations/change.js";
import { owners as combined, kinds, times } from "./situations/combine.js";
import { owners as compared } from "./situations/compare.js";
import { derived } from "./situations/derived.js";
import { groups, leftovers } from "./situations/groups.js";
import { average, conversion, rectangle } from "./situations/measure.js";
import { movement } from "./situations/movement.js";
import { discount, fraction, percent } from "./situations/portions.js";
import { price, purse } from "./situations/prices.js";
import { rate, wages } from "./situations/rates.js";
import { scale } from "./situations/scale.js";
import { purchases } from "./situations/shopping.js";
import { units } from "./units.js";

type Situation = (setting: Setting) => Draft | undefined;

const ABSTRACT = { abstract: true };
const SINGLE = { single: true };
const TWO = { abstract: true, single: true };

/** Word problems by weight. */
const SITUATIONS: readonly (readonly [weight: number, situation: Situation, needs?: Needs])[] = [
  [12, change, ABSTRACT],
  [5, movement],
  [5, combined, TWO],
  [5, times],
  [5, kinds],
  [10, compared, TWO],
  [3, scale],
  [10, groups],
  [2, leftovers],
  [6, rate],
  [3, wages],
  [6, price],
  [5, purse],
  [3, rectangle],
  [2.5, conversion],
  [2, average],
  [2.5, percent],
  [2, discount],
  [3, fraction],
  [4, age, SINGLE],
  [2, span],
  [4, beside],
  [5, twoChanges],
  [5, comparedTotal, SINGLE],
  [6, groupChain],
  [7, purchases],
];

/** How often a quantity is told as something to be worked out first, where that is possible. */
const DERIVED = 0.16;

/** One word problem; undefined where the numbers that were drawn do not fit. */
export function wordProblem(draw: Draw, held: boolean): Problem | undefined {
  const [situation, needs] = draw.weighted(SITUATIONS.map(([weight, each, need]) => [weight, [each, need]] as const));
  const scene = setting(draw, held, needs);
  const draft = situation(scene);
  if (draft === undefined) return undefined;
  const chained = draw.chance(DERIVED) ? derived(scene, draft) : undefined;
  const problem = tell(scene, chained ?? draft);
  return typeof problem === "string" ? undefined : problem;
}

type Source = (draw: Draw, held: boolean) => Problem | undefined;

const SOURCES: readonly (readonly [weight: number, source: Source])[] = [
  [66, wordProblem],
  [10, arithmetic],
  [2, units],
  [9, dateQuestion],
  [6, lookup],
  [7, plainQuestion],
];

export interface Making {
  readonly count: number;
  readonly seed: number;
  /** In the wordings, names and nouns that are kept for tasks. Default false. */
  readonly held?: boolean;
  /** Default: all kinds, word problems most of all. */
  readonly source?: Source;
}

const MOST_TRIES = 2000;

/**
 * So many problems, the same ones for a seed; a larger count begins with those of the smaller. No question comes twice with one date, but
 * for those that need no tool, which are few in wording.
 * @throws RangeError when a source has no more that are new
 */
export function* problems({ count, seed, held = false, source }: Making): Generator<Problem> {
  const seen = new Set<string>();
  for (let number = 0; number < count; number++) {
    const draw = drawFrom(`${seed}:${held ? "tasks" : "training"}:${number}`);
    const from = source ?? draw.weighted(SOURCES);
    let problem: Problem | undefined;
    for (let tries = 0; problem === undefined; tries++) {
      if (tries > MOST_TRIES) throw new RangeError(`After ${number} problems there are no more new ones of the kind.`);
      const made = from(draw, held);
      const repeats = made !== undefined && made.meta.situation !== "no call" && seen.has(`${made.question} ${made.date ?? ""}`);
      if (!repeats) problem = made;
    }
    seen.add(`${problem.question} ${problem.date ?? ""}`);
    yield problem;
  }
}
