// Reads a question of the arithmetic set anew, from its words, and reckons in exact fractions.
import { add, evaluateExactly, type Fraction, minus, over, read, times, whole } from "./fraction.js";

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SMALL = new Map([
  ...UNITS.map((word, value) => [word, value] as const),
  ...TENS.flatMap((ten, at) => [
    [ten, 20 + 10 * at] as const,
    ...UNITS.slice(1, 10).map((unit, one) => [`${ten}-${unit}`, 21 + 10 * at + one] as const),
  ]),
]);
const BELOW_HUNDRED = `(?:${[...SMALL.keys()].sort((a, b) => b.length - a.length).join("|")})`;
const NUMERAL = RegExp(
  `\\b(?:(?:(${BELOW_HUNDRED}) thousand ?)?(?:and )?(?:(${BELOW_HUNDRED}) hundred ?)?(?:and )?(${BELOW_HUNDRED})?)\\b`,
  "gi",
);

/** Numbers in words as digits, up to 99,999; only the whole form: `two hundred and five`. */
export function inDigits(text: string): string {
  return text.replace(NUMERAL, (found, thousands?: string, hundreds?: string, rest?: string) => {
    const value = (word?: string) => (word === undefined ? 0 : SMALL.get(word.toLowerCase())!);
    if (thousands === undefined && hundreds === undefined && rest === undefined) return found;
    const lead = /^(?:and )/i.exec(found)?.[0] ?? "";
    const tail = / $/.exec(found)?.[0] ?? "";
    return `${lead}${1000 * value(thousands) + 100 * value(hundreds) + value(rest)}${tail}`;
  });
}

const N = String.raw`(\d[\d,]*(?:\.\d+)?)`;
const percent = (a: Fraction, b: Fraction) => over(times(a, b), whole(100));

function root(a: Fraction, power: bigint): Fraction {
  for (let value = 1n; ; value++) if (value ** power >= a.above) return value ** power === a.above ? whole(value) : whole(-1);
}

/** The held-out wordings, without what is said around them. */
const FORMS: readonly (readonly [string, (...numbers: Fraction[]) => Fraction])[] = [
  [`Put ${N} and ${N} together`, add],
  [`${N} increased by ${N} gives what`, add],
  [`${N} and ${N}: what is the sum`, add],
  [`${N}, ${N}, ${N}: the total`, (a, b, c) => add(a!, add(b!, c!))],
  [`Reduce ${N} by ${N}`, minus],
  [`From ${N}, remove ${N}`, minus],
  [`${N} less ${N} is what`, minus],
  [`${N} lots of ${N} make how many`, times],
  [`Take ${N} exactly ${N} times`, times],
  [`${N} times over, ${N} makes what`, times],
  [`Split ${N} into ${N} equal parts`, over],
  [`How often is ${N} contained in ${N}`, (b, a) => over(a!, b!)],
  [`${N} shared by ${N} is what`, over],
  [`${N} in every hundred of ${N}`, percent],
  [`Out of ${N}, ${N} percent`, percent],
  [`Cut ${N} in (?:two|2)`, (a) => over(a!, whole(2))],
  [`(?:Two|2) times ${N} makes what`, (a) => times(a!, whole(2))],
  [`The sum of ${N} and ${N}, taken ${N} times`, (a, b, c) => times(add(a!, b!), c!)],
  [`From ${N} take ${N} times ${N}`, (a, b, c) => minus(a!, times(b!, c!))],
  [`in the middle of ${N}, ${N} and ${N} on average`, (a, b, c) => over(add(a!, add(b!, c!)), whole(3))],
  [`(?=.*left over.*).*Divide ${N} by ${N}`, (a, b) => whole(a!.above % b!.above)],
  [`A square number: ${N}`, (a) => root(a!, 2n)],
  [`Which number gives ${N} as its cube`, (a) => root(a!, 3n)],
  [`Of ${N}, tell me the square`, (a) => times(a!, a!)],
  [`Take ${N} as a factor ${N} times over`, (a, b) => whole(a!.above ** b!.above)],
  [`Give ${N} as a percentage of ${N}`, (a, b) => over(times(a!, whole(100)), b!)],
  [`${N} grows by ${N} percent`, (a, b) => add(a!, percent(a!, b!))],
  [`${N} shrinks by ${N} percent`, (a, b) => minus(a!, percent(a!, b!))],
];

/** The value that is asked for; undefined where the question cannot be read. */
export function arithmeticAnswer(question: string): Fraction | undefined {
  const expression = /(?:Run the numbers on|How does) ([-+*/x×()\d,. ]*[\d)])(?: come out\?|\.)/i.exec(question)?.[1];
  if (expression !== undefined) return evaluateExactly(expression.replace(/[x×]/g, "*"));
  const text = inDigits(question).replace(/(?<=\d) ?%/g, " percent");
  for (const [form, value] of FORMS) {
    const numbers = RegExp(form, "is").exec(text)?.slice(1);
    if (numbers) return value(...numbers.map(read));
  }
  return undefined;
}
