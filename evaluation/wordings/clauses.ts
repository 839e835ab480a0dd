// The order of clauses: what is asked before or after what is told.
import { lowerFirst, sentencesOf, upperFirst } from "./sentences.js";

const ASKING = String.raw`(?:How (?:many|much|long|far|old|often|big|heavy|tall|fast)|What|Which|By how much|On (?:what|which)|In (?:what|which))\b`;
/** What points to something told, which must come first. */
const POINTING =
  /\b(?:he|she|it|they|him|her|them|his|hers|its|their|that|this|these|those|there|then|now|so|one|both|same|other|others|rest|latter|former|such)\b/i;
const QUESTION = new RegExp(`^${ASKING}[^.?!:]*\\?$`);
const IF_LAST = new RegExp(`^(${ASKING} [^.?!]+?)(?<!\\b(?:even|as|only|see|know|wonder|ask|check|,)) if ([^.?!]+)\\?$`);
const IF_FIRST = new RegExp(`^If ([^.?!]+), (${ASKING}[^.?!]*)\\?$`, "i");
const SPAN_FIRST = /^(In|On|After|Before) ([^,.?!]+(?:, \d{4})?), ((?:what|which|how)\b[^.?!,]+)\?$/;

/** @returns undefined where the order cannot be another, or a word points back */
export function clauses(question: string): string | undefined {
  if (/\n/.test(question)) return undefined;
  const sentences = sentencesOf(question.trim());
  const [last = "", ...others] = [sentences.at(-1)!, ...sentences.slice(0, -1)];
  const turned = within(last);
  if (turned !== undefined) return [...others, turned].join(" ");
  // All but the question are told, in whole sentences.
  const told = (all: readonly string[]) =>
    all.length > 0 && all.every((one) => /[^.]\.$/.test(one) && /^[\p{Lu}\d$€£]/u.test(one) && !one.includes(":"));
  const asks = (one: string) => QUESTION.test(one) && !POINTING.test(one);
  if (asks(last) && told(others)) return [last, ...others].join(" ");
  const [first = "", ...rest] = sentences;
  return asks(first) && told(rest) && !/^(?:He|She|It|They|His|Her|Its|Their)\b/.test(rest[0]!) ? [...rest, first].join(" ") : undefined;
}

/** The clauses of one sentence the other way round. */
function within(sentence: string): string | undefined {
  const [, asked = "", condition] = IF_LAST.exec(sentence) ?? [];
  if (condition !== undefined) {
    const fits = !/\bif\b/i.test(condition) && !POINTING.test(condition) && asked.split(" ").length > 2;
    return fits ? `If ${condition}, ${lowerFirst(asked)}?` : undefined;
  }
  const [, told, wanted = ""] = IF_FIRST.exec(sentence) ?? [];
  if (told !== undefined) return /\bif\b/i.test(told) || POINTING.test(wanted) ? undefined : `${upperFirst(wanted)} if ${told}?`;
  const [, preposition = "", span, rest = ""] = SPAN_FIRST.exec(sentence) ?? [];
  if (span === undefined || POINTING.test(span)) return undefined;
  return `${upperFirst(rest)} ${lowerFirst(preposition)} ${span}?`;
}
