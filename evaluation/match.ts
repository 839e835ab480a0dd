// When an answer is right. The rules are listed in docs/evaluation.md; results name the rule that judged them.
import { numbersIn, sameNumber, type WrittenNumber, wholeNumber } from "../agent/index.js";

/**
 * - `number`: the last number of the answer is an accepted one. What GSM8K is mostly scored by (the "flexible" extraction)
 * - `first-number`: the first number of the answer is. Toolformer's rule (arXiv 2302.04761, 4.2.2)
 * - `exact`: the answer is an accepted one, but for case, blanks, articles, quotes, end punctuation and the way a number is written
 * - `contains`: an accepted answer stands in the answer as whole words, or as a whole number
 *
 * The number rules judge accepted answers that are numbers; one that is not (`"Paris"`, `"2024-12-25"`) is judged by `contains`.
 */
export type MatchRule = "number" | "first-number" | "exact" | "contains";

export const matchRules: readonly MatchRule[] = ["number", "first-number", "exact", "contains"];

/** Default. */
export const defaultMatch: MatchRule = "number";

export interface Match {
  readonly correct: boolean;
  /** What of the answer was judged or found: a number, accepted words, all of it; null for nothing. */
  readonly read: string | null;
}

/** @param accepted all that are right; one is enough */
export function matchAnswer(rule: MatchRule, answer: string, accepted: readonly string[]): Match {
  const numbers = numbersIn(answer);
  const matches = accepted.map((wanted) => {
    const number = wholeNumber(wanted);
    if (rule === "exact") return { correct: isExactly(answer, wanted, number), read: normalised(answer) || null };
    if (number === undefined) {
      const correct = hasWords(answer, wanted);
      return { correct, read: correct ? wanted : null };
    }
    if (rule === "contains") {
      const found = numbers.find((one) => sameNumber(one, number));
      return { correct: found !== undefined, read: found?.text ?? null };
    }
    const judged = rule === "first-number" ? numbers[0] : numbers.at(-1);
    return { correct: judged !== undefined && sameNumber(judged, number), read: judged?.text ?? null };
  });
  return matches.find(({ correct }) => correct) ?? matches[0] ?? { correct: false, read: null };
}

/** Whether an accepted answer stands in a text, as `contains` has it: for the results of calls. */
export function holds(text: string, accepted: readonly string[]): boolean {
  return matchAnswer("contains", text, accepted).correct;
}

/** An answer with what of it was judged: of a result. */
interface Judged {
  readonly answer: string | null;
  readonly read: string | null;
  readonly correct: boolean;
}

/**
 * Whether two answers to one question are the same: both are right, however they say it, or what was read of them is the same, as a number
 * or in words; where nothing was read of either, all they say. No answer is the same as none.
 */
export function sameAnswer(a: Judged, b: Judged): boolean {
  if (a.correct && b.correct) return true;
  if (a.answer === null || b.answer === null || (a.read === null) !== (b.read === null)) return false;
  const [one, other] = [a.read ?? a.answer, b.read ?? b.answer];
  const numbers = [wholeNumber(one), wholeNumber(other)] as const;
  if (a.read !== null && numbers[0] && numbers[1]) return sameNumber(numbers[0], numbers[1]);
  return normalised(one) === normalised(other);
}

function isExactly(answer: string, wanted: string, number: WrittenNumber | undefined): boolean {
  if (normalised(answer) === normalised(wanted)) return true;
  const given = number && wholeNumber(answer);
  return given !== undefined && number !== undefined && sameNumber(given, number) && unitOf(answer, given) === unitOf(wanted, number);
}

/** What stands around a number, as words. */
function unitOf(text: string, { start, end }: WrittenNumber): string {
  return normalised(`${text.slice(0, start)} ${text.slice(end)}`).replace(/^[$€£¥₹]$/, "");
}

function hasWords(answer: string, wanted: string): boolean {
  const words = normalised(wanted);
  return words !== "" && ` ${wordsOnly(answer)} `.includes(` ${wordsOnly(wanted)} `);
}

/** Case, width, blanks, articles, quotes and end punctuation taken away. */
function normalised(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[*_`"“”«»]/g, "")
    .replace(/\b(?:a|an|the)\s/g, "")
    .replace(/(?<=\d),(?=\d{3}\b)/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\s.,;:!?]+$/, "");
}

/** For finding words in words: whatever else stands between them is a blank. Hyphens, points and the like inside a word stay. */
function wordsOnly(text: string): string {
  return normalised(text)
    .replace(/[^\p{L}\p{N}\p{M}%$€£]+(?=\s|$)|(?<=\s|^)[^\p{L}\p{N}\p{M}%$€£]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}
