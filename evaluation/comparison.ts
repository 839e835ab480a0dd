import { mcnemar } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { bootstrapMean } from "./bootstrap.js";
import type { Interval, Result } from "./record.js";
import { asGiven } from "./wording-figures.js";

/** The same questions under two configurations, seen from the second: `wins` are right there and wrong in the first. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** Questions that both have. */
  readonly n: number;
  /** Questions that only one has: they do not count. */
  readonly unpaired: number;
  readonly correctA: number;
  readonly correctB: number;
  readonly bothRight: number;
  readonly bothWrong: number;
  readonly wins: number;
  readonly losses: number;
  /** Accuracy of b less that of a, with its bootstrap interval over the pairs. */
  readonly difference: number;
  readonly interval: Interval;
  /** McNemar's exact test, two-sided. */
  readonly p: number;
}

/** The results of one configuration. */
export interface Side {
  readonly name: string;
  readonly results: readonly Result[];
}

/** Pairs of the same question, in the order of the first side. @throws ToolwrightError `results-do-not-pair` */
function pairsOf(a: Side, b: Side): readonly (readonly [Result, Result])[] {
  const others = new Map(b.results.map((result) => [result.id, result]));
  const pairs = a.results.flatMap((result): [Result, Result][] => {
    const other = others.get(result.id);
    return other === undefined ? [] : [[result, other]];
  });
  const differing = pairs.find(([one, other]) => one.question !== other.question);
  if (differing) throw unpaired(a, b, `${JSON.stringify(differing[0].id)} is another question in each`);
  if (pairs.length === 0) throw unpaired(a, b, "they have no question in common");
  return pairs;
}

/** The first against each other one, of those that have a question in common with it: one that was stopped early may have none. */
export function compareEach(first: Side | undefined, others: readonly Side[]): readonly Comparison[] {
  const ids = new Set(first && asGiven(first.results).map(({ id }) => id));
  return others.filter(({ results }) => asGiven(results).some(({ id }) => ids.has(id))).map((side) => compare(first!, side));
}

/**
 * Of questions that were asked in several wordings, the given ones count only: wordings of one question are no trials apart.
 * @throws ToolwrightError `results-do-not-pair`
 */
export function compare(first: Side, second: Side): Comparison {
  const [a, b] = [first, second].map(({ name, results }): Side => ({ name, results: asGiven(results) })) as [Side, Side];
  const pairs = pairsOf(a, b);
  const count = (rightA: boolean, rightB: boolean) =>
    pairs.filter(([one, other]) => one.correct === rightA && other.correct === rightB).length;
  const [bothRight, bothWrong, wins, losses] = [count(true, true), count(false, false), count(false, true), count(true, false)];
  return {
    a: a.name,
    b: b.name,
    n: pairs.length,
    unpaired: a.results.length + b.results.length - 2 * pairs.length,
    correctA: bothRight + losses,
    correctB: bothRight + wins,
    bothRight,
    bothWrong,
    wins,
    losses,
    difference: (wins - losses) / pairs.length,
    interval: bootstrapMean(pairs.map(([one, other]) => Number(other.correct) - Number(one.correct)))!,
    p: mcnemar(wins, losses),
  };
}

function unpaired({ name: a }: Side, { name: b }: Side, why: string): ToolwrightError {
  return new ToolwrightError(
    "results-do-not-pair",
    `"${a}" and "${b}" cannot be compared: ${why}.`,
    "Compare results of the same task file.",
    {
      exitCode: 2,
    },
  );
}
