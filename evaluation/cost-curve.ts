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
  /** Share of the needless questions with a call under the first weight that have none here. */
  readonly gone: number;
  /** Share of the right answers under the first weight, of those that are due a call, that are fewer here; below 0 where they are more. */
  readonly lost: number;
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
    const first = counted(weighed[0]!.results);
    return [
      weighed.map(({ weight, configuration: { name }, results }): CostPoint => {
        const counts = counted(results);
        const gone = first.needlessCalled === 0 ? 0 : 1 - counts.needlessCalled / first.needlessCalled;
        return { weight, name, ...counts, gone, lost: first.right === 0 ? 0 : 1 - counts.right / first.right };
      }),
    ];
  });
}

const place = (weight: number | "fit") => (weight === "fit" ? Number.POSITIVE_INFINITY : weight);

function counted(results: readonly Result[]) {
  const needless = results.filter((result) => result.needless);
  const due = results.filter((result) => !result.needless);
  const called = (some: readonly Result[]) => some.filter(({ calls }) => calls.length > 0).length;
  const right = (some: readonly Result[]) => some.filter(({ correct }) => correct).length;
  return {
    needless: needless.length,
    needlessCalled: called(needless),
    needlessRight: right(needless),
    due: due.length,
    dueCalled: called(due),
    right: right(due),
  };
}
