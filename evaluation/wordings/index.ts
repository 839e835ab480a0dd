// Rules that say a question in other words without changing its answer. A rule is a pure function of text and chance; where it does not
// fit, or could be misread, it says nothing.
import { clauses } from "./clauses.js";
import { toDigits, toWords } from "./numerals.js";
import { polite } from "./polite.js";
import { typos } from "./typos.js";
import { units } from "./units.js";

/** In this order. `given` is the question as it stands. */
export const wordingRules = ["given", "digits", "words", "units", "clauses", "polite", "typos"] as const;

/**
 * - `digits`, `words`: number words as digits, digits as number words
 * - `units`: units, percent, dollars and degrees written out or in short
 * - `clauses`: the question before what it is about or after it, `if` first or last
 * - `polite`: with a greeting, a please or thanks
 * - `typos`: letters swapped, doubled or left out
 */
export type WordingRule = (typeof wordingRules)[number];

export interface Wording {
  readonly rule: WordingRule;
  readonly question: string;
}

/**
 * A question as it stands, and in another wording by each rule that fits.
 * @param options.typos share of the words that may be mistyped which are, at least one; 0: none
 * @param options.random from 0 to below 1
 */
export function wordingsOf(
  question: string,
  { typos: rate, random }: { readonly typos: number; readonly random: () => number },
): Wording[] {
  const said: Readonly<Record<WordingRule, string | undefined>> = {
    given: question,
    digits: toDigits(question),
    words: toWords(question),
    units: units(question),
    clauses: clauses(question),
    polite: polite(question, random),
    typos: typos(question, { rate, random }),
  };
  const seen = new Set<string>();
  return wordingRules.flatMap((rule) => {
    const text = said[rule];
    if (text === undefined || seen.has(text)) return [];
    seen.add(text);
    return [{ rule, question: text }];
  });
}
