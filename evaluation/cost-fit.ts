// How much a call must be worth, from answers whose calls were weighed: as much as spares needless calls and loses no answers to speak of.
import { costOf } from "../agent/index.js";
import type { Tool } from "../tools/index.js";
import type { Result } from "./record.js";

/** A result, and whether a call is of any use to its question. */
export interface WeighedResult {
  readonly result: Result;
  readonly needless: boolean;
}

export interface CostFit {
  /** Nats that a second of a call must be worth. */
  readonly costWeight: number;
  /** Share of the needless calls that this would have spared. */
  readonly spared: number;
  /** Share of the right answers that it would have cost, if each call that it spares had lost its answer. */
  readonly lost: number;
}

/** Share of the right answers that may be lost. */
const LOST = 0.02;
/** Of so many right answers one may be lost, though that is a larger share. */
const SOME = 25;
/** Stands for any weight above 0: at each of them, calls go that are less likely than not. */
const LEAST = 0.01;

/**
 * The largest weight at which at most 2 % of the right answers, or one, stand on a call that would not be made, lowered to where no fewer
 * needless calls are spared. 0 where nothing is spared.
 */
export function fitCostWeight(results: readonly WeighedResult[], tools: readonly Pick<Tool, "name" | "cost">[]): CostFit {
  const costs = new Map(tools.map(({ name, cost }) => [name, costOf(cost)]));
  /** The weight from which on a call is not made; of one that was not weighed, none is. */
  const limits = ({ calls }: Result) =>
    calls.map(({ tool, margin = Number.POSITIVE_INFINITY }) => Math.max(LEAST, margin / Math.max(costs.get(tool) ?? 0, Number.MIN_VALUE)));
  const needless = results.filter((one) => one.needless).flatMap(({ result }) => limits(result));
  const right = results.filter(({ result, needless: none }) => result.correct && !none);
  // An answer is lost with the first of its calls.
  const due = right.flatMap(({ result }) => (result.calls.length > 0 ? [Math.min(...limits(result))] : []));
  const lost = (weight: number) => (right.length === 0 ? 0 : due.filter((limit) => limit <= weight).length / right.length);
  const allowed = right.length < SOME ? LOST : Math.max(LOST, 1 / right.length);
  const fitting = needless.filter((limit) => Number.isFinite(limit) && lost(limit) <= allowed).sort((a, b) => b - a);
  const [costWeight = 0] = fitting;
  return { costWeight, spared: needless.length === 0 ? 0 : fitting.length / needless.length, lost: lost(costWeight) };
}
