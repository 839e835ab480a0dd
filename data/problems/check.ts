// What every problem is held to before it is written out: its equations by mathjs, its answer by the second solver, its English by rule.
import { evaluate } from "mathjs";
import type { Draft } from "./draft.js";
import { solve } from "./relation.js";

const NUMBER = String.raw`\(*\d+(?:\.\d+)?\)*`;
const EQUATION = RegExp(String.raw`(${NUMBER}(?: ?[-+*/] ?${NUMBER})+) = (-?\d+(?:\.\d+)?)`, "g");

/** The equations of a text: what stands before and after each ` = `. */
export function equations(text: string): { readonly expression: string; readonly result: number }[] {
  return Array.from(text.matchAll(EQUATION), ([, expression = "", result = ""]) => ({
    expression: expression.trim(),
    result: Number(result),
  }));
}

/** What is wrong with a text's equations, or undefined. Results are rounded to six decimals. */
export function wrongEquation(text: string): string | undefined {
  const found = equations(text);
  if (found.length !== (text.match(/=/g)?.length ?? 0)) return `An equation cannot be read: ${text}`;
  const wrong = found.find(({ expression, result }) => Math.abs(Number(evaluate(expression)) - result) > 1e-6);
  return wrong && `${wrong.expression} is not ${wrong.result}: ${text}`;
}

/** What is wrong with a draft's answer, or undefined: the second solver knows the given quantities and the relations only. */
export function wrongAnswer({ relations, given, wanted, values }: Draft): string | undefined {
  const known = Object.fromEntries(given.map((name) => [name, values[name]!]));
  const solved = solve(relations, known, wanted);
  const expected = values[wanted]!;
  if (solved === undefined) return `${wanted} does not follow from ${relations.join(", ")}.`;
  return Math.abs(solved - expected) > 1e-6 ? `${wanted} is ${solved}, not ${expected}.` : undefined;
}

const BROKEN: readonly (readonly [RegExp, string])[] = [
  [/ {2}/, "two blanks"],
  [/[{}<>|[\]]/, "a slot that is not filled"],
  [/ [.,?!;:]/, "a blank before a mark"],
  [/[.,?!]{2}(?!\d)|\?\.|\.\?/, "two marks"],
  [
    /(?<![\d.,/-])\b1 (?!of|more|in|and|to|is|left|gone|day|week|hour|minute|if|each|for|from)(?:[a-z]+ )?[a-z]{3,}[^s\s.,?!;]s\b(?! )/,
    "one with a plural",
  ],
  [/\ba [aeio][a-z]|\ban [bcdfgjklmnpqrstvwyz][a-z]/i, "the wrong article"],
  [/undefined|NaN|Infinity/, "a value that is missing"],
  [/\b(\w+) \1\b(?<!\bhad had)(?<!\bthat that)/i, "a word twice"],
  [/^$/, "nothing"],
];

/** The first mechanical fault of an English text, or undefined. */
export function brokenEnglish(text: string): string | undefined {
  const fault = BROKEN.find(([pattern]) => pattern.test(text));
  return fault && `${fault[1]}: ${text}`;
}
