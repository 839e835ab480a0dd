// What a weight on the cost of calls saves, and what it loses: the same questions under several weights.
import type { Result } from "./record.js";
import type { ConfigurationResults } from "./results.js";

/** A weight. Needless are the questions to which no call is of any use, the others are due one. */
export interface CostPoint {
  readonly weight: number | "fit";
  /** The configuration's. */
  readonly name: string;
  readonly needless: number;
  /** Of these, with a call. */
  readonly needlessCalled: number;
  readonly due: number;
  readonly dueCalled: number;
  /** Of those that are due a call, answered rightly. */
  readonly right: number;
  /** Of the needless ones, answered rightly. */
  readonly needlessRight: number;
  /** Calls in needless questions. */
  readonly needlessCalls: number;
  /** Share of the needless calls under the first weight that are fewer here; below 0 where they are more. */
  readonly gone: number;
  /** Right under the first weight and wrong here, where a call was taken back. Others that differ do so for another reason. */
  readonly lost: number;
  /** The same as a share of all that are right under the first weight. */
  readonly lostShare: number;
}

/**
 * A curve for each group of configurations that differ in the weight alone, its points in the order of the weights (`fit` last). Nothing
 * where no question is marked as needless, or none is due a call.
 */
export function costCurves(configurations: readonly ConfigurationResults[]): readonly (readonly CostPoint[])[] {
  const groups = new Map<string, ConfigurationResults[]>();
  for (const one of configurations) {
    const { strategy, tools, adapters, model } = one.configuration;
    const key = JSON.stringify([strategy, tools, adapters, model]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const weighed = group
      .map((one) => ({ weight: one.configuration.costWeight ?? 0, ...one }))
      .sort((a, b) => place(a.weight) - place(b.weight));
    const split = weighed.every(({ results }) => new Set(results.map(({ needless = false }) => needless)).size === 2);
    if (weighed.length < 2 || !split) return [];
    const free = weighed[0]!.results;
    const first = counted(free);
    const right = new Set(free.flatMap(({ id, correct }) => (correct ? [id] : [])));
    return [
      weighed.map(({ weight, configuration: { name }, results }): CostPoint => {
        const counts = counted(results);
        const gone = first.needlessCalls === 0 ? 0 : 1 - counts.needlessCalls / first.needlessCalls;
        const lost = results.filter(({ id, correct, spared = 0 }) => right.has(id) && !correct && spared > 0).length;
        return { weight, name, ...counts, gone, lost, lostShare: right.size === 0 ? 0 : lost / right.size };
      }),
    ];
  });
}

const place = (weight: number | "fit") => (weight === "fit" ? Number.POSITIVE_INFINITY : weight);

function counted(results: readonly Result[]) {
  const needless = results.filter((result) => result.needless);
  const due = results.filter((result) => !result.needless);
  const calls = (some: readonly Result[]) => some.reduce((sum, result) => sum + result.calls.length, 0);
  const called = (some: readonly Result[]) => some.filter(({ calls }) => calls.length > 0).length;
  const right = (some: readonly Result[]) => some.filter(({ correct }) => correct).length;
  return {
    needless: needless.length,
    needlessCalled: called(needless),
    needlessCalls: calls(needless),
    needlessRight: right(needless),
    due: due.length,
    dueCalled: called(due),
    right: right(due),
  };
}
