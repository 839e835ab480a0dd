import { bootstrapGroups, bootstrapMean } from "./bootstrap.js";
import { sameAnswer } from "./match.js";
import type { Interval, Result } from "./record.js";
import { type WordingRule, wordingRules } from "./wordings/index.js";

/** What a configuration came to where questions were asked in several wordings. All intervals are by question, not by wording. */
export interface WordingFigures {
  readonly questions: number;
  /** Of all questions together, the given ones too. */
  readonly wordings: number;
  /** Questions that no rule fitted. */
  readonly single: number;
  /** Questions that were answered rightly in every wording that was asked, and their share. */
  readonly always: number;
  readonly worst: number;
  readonly worstInterval?: Interval;
  /**
   * How often two wordings of a question get the same answer: the share of their pairs, as a mean over the questions with two or more.
   * Right or wrong does not matter; a run without an answer agrees with none. Not there of no such question.
   */
  readonly agreement?: number;
  readonly agreementInterval?: Interval;
  /** The wordings of each rule, beside the same questions as given. */
  readonly rules: readonly RuleFigures[];
}

export interface RuleFigures {
  readonly rule: WordingRule;
  readonly n: number;
  readonly correct: number;
  /** Of the same questions as they were given. */
  readonly correctGiven: number;
}

/** The results of each question, in the order in which questions came. A result without a wording is a question of its own. */
export function byQuestion(results: readonly Result[]): readonly (readonly Result[])[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const id = result.wording?.of ?? result.id;
    const group = groups.get(id);
    if (group) group.push(result);
    else groups.set(id, [result]);
  }
  return [...groups.values()];
}

/** The results of questions as they were given. */
export function asGiven(results: readonly Result[]): readonly Result[] {
  return results.filter(({ wording }) => wording === undefined || wording.rule === "given");
}

/** The interval of the share of right answers, by question. */
export function accuracyInterval(results: readonly Result[]): Interval | undefined {
  return bootstrapGroups(
    byQuestion(results).map((group) => ({ part: group.filter(({ correct }) => correct).length, whole: group.length })),
  );
}

/** Undefined where questions were asked in one wording only. */
export function wordingFiguresOf(results: readonly Result[]): WordingFigures | undefined {
  if (!results.some(({ wording }) => wording !== undefined)) return undefined;
  const questions = byQuestion(results);
  const right = questions.map((group) => Number(group.every(({ correct }) => correct)));
  const always = right.reduce((sum, value) => sum + value, 0);
  const several = questions.filter((group) => group.length > 1);
  const agreements = several.map(agreementOf);
  const given = new Map(asGiven(results).map((result) => [result.wording?.of ?? result.id, result]));
  return {
    questions: questions.length,
    wordings: results.length,
    single: questions.length - several.length,
    always,
    worst: always / questions.length,
    worstInterval: bootstrapMean(right),
    ...(agreements.length > 0
      ? { agreement: agreements.reduce((sum, value) => sum + value, 0) / agreements.length, agreementInterval: bootstrapMean(agreements) }
      : {}),
    rules: wordingRules.flatMap((rule) => {
      const own = results.filter(({ wording }) => wording?.rule === rule && given.has(wording.of));
      if (own.length === 0) return [];
      const correctGiven = own.filter(({ wording }) => given.get(wording!.of)!.correct).length;
      return [{ rule, n: own.length, correct: own.filter(({ correct }) => correct).length, correctGiven }];
    }),
  };
}

/** The share of pairs with the same answer. */
function agreementOf(group: readonly Result[]): number {
  let [same, pairs] = [0, 0];
  for (const [at, one] of group.entries()) {
    for (const other of group.slice(at + 1)) {
      pairs++;
      if (sameAnswer(one, other)) same++;
    }
  }
  return same / pairs;
}
