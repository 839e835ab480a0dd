// What an evaluation came to, as tables for people and as JSON for programs.
import {
  type Comparison,
  type ConfigurationResults,
  type CostPoint,
  compareEach,
  costCurves,
  type Figures,
  figuresOf,
  type Interval,
  type MatchRule,
  type Result,
  type WordingFigures,
  wordingFiguresOf,
} from "../evaluation/index.js";
import { table } from "./terminal.js";

/** The first five keys are promised; an interval is null of no questions. */
export function figuresJson({ configuration, results, sittings }: ConfigurationResults, match: MatchRule): object {
  const figures = figuresOf(results, sittings);
  return {
    n: figures.n,
    correct: figures.correct,
    accuracy: figures.accuracy,
    calls: figures.calls,
    tokens_per_second: Number(figures.tokensPerSecond.toFixed(1)),
    configuration: configuration.name,
    match,
    interval: figures.interval ?? null,
    questions_with_calls: figures.asked,
    calls_used_rightly: figures.rightCalls,
    failed: figures.failed,
    malformed: figures.malformed,
    unknown: figures.unknown,
    refused: figures.refused,
    errors: figures.errors,
    ...wordingsJson(wordingFiguresOf(results)),
  };
}

/** Only where questions were asked in several wordings. */
function wordingsJson(wordings: WordingFigures | undefined): object {
  if (wordings === undefined) return {};
  const { questions, single, always, worst, worstInterval, agreement, agreementInterval, rules } = wordings;
  return {
    wordings: {
      questions,
      single,
      always,
      worst,
      worst_interval: worstInterval ?? null,
      agreement: agreement ?? null,
      agreement_interval: agreementInterval ?? null,
      rules: rules.map(({ rule, n, correct, correctGiven }) => ({ rule, n, correct, correct_given: correctGiven })),
    },
  };
}

/** The table of configurations and, where there are several, each against the first. */
export function figuresTables(configurations: readonly ConfigurationResults[], match: MatchRule): string {
  const sides = configurations.map(({ configuration: { name }, results, sittings }) => ({
    name,
    results,
    figures: figuresOf(results, sittings),
  }));
  const head = [
    "right",
    "of",
    "accuracy",
    "95 % interval",
    "calls/question",
    "with a call",
    "rightly used",
    "malformed",
    "unknown",
    "refused",
    "errors",
    "tokens/s",
    `by ${match}`,
  ];
  const rows = sides.map(({ name, figures }) => [...cells(figures), name]);
  const [first, ...others] = sides;
  const comparisons = compareEach(first, others);
  const tables = [
    table([head, ...rows]),
    ...wordingTables(sides),
    ...costCurves(configurations).map(costTable),
    ...(comparisons.length > 0 ? [comparisonTable(comparisons)] : []),
  ];
  return tables.join("\n");
}

/** Calls saved against answers lost. */
function costTable(points: readonly CostPoint[]): string {
  const head = ["weight", "needless calls", "gone", "those right", "others with a call", "right", "answers lost", points[0]!.name];
  const rows = points.map(({ weight, needless, needlessCalls, needlessRight, gone, due, dueCalled, right, lost, lostShare }) => [
    String(weight),
    String(needlessCalls),
    percent(Math.max(0, gone)),
    `${needlessRight} of ${needless}`,
    `${dueCalled} of ${due}`,
    String(right),
    `${lost} = ${percent(lostShare)}`,
  ]);
  return table([head, ...rows]);
}

/** Worst case and agreement of each configuration, then each rule beside the same questions as given. */
function wordingTables(sides: readonly { readonly name: string; readonly results: readonly Result[] }[]): string[] {
  const measured = sides.flatMap(({ name, results }) => {
    const wordings = wordingFiguresOf(results);
    return wordings === undefined ? [] : [{ name, ...wordings }];
  });
  if (measured.length === 0) return [];
  const head = [
    "questions",
    "wordings",
    "one only",
    "right in every wording",
    "95 % interval",
    "agreement",
    "95 % interval",
    "by question",
  ];
  const rows = measured.map(({ name, questions, wordings, single, always, worst, worstInterval, agreement, agreementInterval }) => [
    String(questions),
    String(wordings),
    String(single),
    `${always} = ${percent(worst)}`,
    range(worstInterval, percent),
    agreement === undefined ? "–" : percent(agreement),
    range(agreementInterval, percent),
    name,
  ]);
  const byRule = measured.flatMap(({ name, rules }) =>
    rules.map(({ rule, n, correct, correctGiven }) => [String(n), percent(correct / n), percent(correctGiven / n), `${rule}: ${name}`]),
  );
  return [table([head, ...rows]), table([["wordings", "right", "same as given", "by rule"], ...byRule])];
}

function cells({
  correct,
  n,
  accuracy,
  interval,
  callsPerQuestion,
  asked,
  rightCalls,
  calls,
  malformed,
  unknown,
  refused,
  errors,
  tokensPerSecond,
}: Figures): string[] {
  const share = (part: number, of: number) => (of === 0 ? "–" : percent(part / of));
  return [
    String(correct),
    String(n),
    percent(accuracy),
    range(interval, percent),
    callsPerQuestion.toFixed(2),
    share(asked, n),
    share(rightCalls, calls),
    String(malformed),
    String(unknown),
    String(refused),
    String(errors),
    tokensPerSecond.toFixed(0),
  ];
}

/** A difference of shares: `+2.5`. */
export const points = (value: number) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;

export function comparisonTable(comparisons: readonly Comparison[]): string {
  const head = ["n", "both right", "wins", "losses", "both wrong", "difference", "95 % interval", "p (McNemar)", "second against first"];
  const rows = comparisons.map(({ a, b, n, bothRight, wins, losses, bothWrong, difference, interval, p }) => [
    ...[n, bothRight, wins, losses, bothWrong].map(String),
    points(difference),
    range(interval, points),
    p < 0.0001 ? "< 0.0001" : p.toFixed(4),
    againstText(b, a),
  ]);
  return table([head, ...rows]);
}

/** `mine against no adapter (direct, no tools)`: what both names have is said once. */
function againstText(second: string, first: string): string {
  const [words, others] = [second, first].map((name) => name.split(", ")) as [string[], string[]];
  const differing = (some: readonly string[], rest: readonly string[]) => some.filter((word, i) => word !== rest[i]).join(", ");
  const same = words.filter((word, i) => word === others[i]);
  if (same.length === 0 || words.length !== others.length) return `${second} against ${first}`;
  return `${differing(words, others)} against ${differing(others, words)} (${same.join(", ")})`;
}

const percent = (value: number) => `${(100 * value).toFixed(1)}%`;

function range(interval: Interval | undefined, written: (value: number) => string): string {
  return interval === undefined ? "–" : `${written(interval[0])} to ${written(interval[1])}`;
}
