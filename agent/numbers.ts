// Numbers as people and models write them. What is read is documented in docs/evaluation.md.

/** A number that stands in a text. */
export interface WrittenNumber {
  readonly value: number;
  /** Of a percentage the other thing that it may mean: 50% is 50, and 0.5. */
  readonly share?: number;
  /** Digits after the decimal point, as written; 0 for fractions and words. */
  readonly decimals: number;
  /** As it stands in the text, with its sign. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SCALES: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const UNICODE_FRACTIONS = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞";

/** Digits, grouped in thousands or not, and decimals; or decimals alone. A group separator is a comma, an apostrophe or a fixed blank. */
const DIGITS = String.raw`(?:\d{1,3}(?:[,'’\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+(?![\p{L}\d]))?|\.\d+`;
const NUMBER = new RegExp(
  String.raw`(?<sign>[-−–](?=[$€£¥₹]?\s?[\d.]))?(?<currency>[$€£¥₹]\s?-?)?(?:(?<digits>${DIGITS})|(?<vulgar>[${UNICODE_FRACTIONS}]))`,
  "gu",
);
const FRACTION = /^\s?\/\s?(\d+)(?![\d.]|\s?[/=*+×÷^]|\s-\s)/;
const MIXED = /^\s(\d+)\/(\d+)(?![\d./])/;
const SCALE = new RegExp(String.raw`^\s(${Object.keys(SCALES).join("|")})\b`, "i");

/** The numbers that are written in digits, in their order. Digits inside a word (`H2O`, `B12`) are none. */
function inDigits(text: string): WrittenNumber[] {
  const found: WrittenNumber[] = [];
  let from = 0;
  for (const match of text.matchAll(NUMBER)) {
    const { sign, currency, digits, vulgar } = match.groups ?? {};
    let start = match.index;
    if (start < from) continue; // Part of a fraction that was read already.
    const before = text.slice(Math.max(0, start - 2), start);
    if (sign === undefined && currency === undefined && /[\p{L}_]$/u.test(before)) continue;
    // After a digit, a letter or a closing bracket it is a minus or a hyphen between two things: 10-5, 2024-12-25, A-4.
    const negative = (sign !== undefined && !/[\p{L}\p{N})\]%]$/u.test(before)) || /-$/.test(currency ?? "");
    if (sign !== undefined && !negative) start++;
    let end = match.index + match[0].length;
    let value: number;
    let decimals = 0;
    if (vulgar !== undefined) value = vulgarValue(vulgar);
    else {
      const plain = digits!.replace(/[,'’\u00a0\u2009\u202f]/g, "");
      value = Number(plain);
      decimals = /\.(\d+)$/.exec(plain)?.[1]?.length ?? 0;
      const rest = text.slice(end);
      const operator = /[*×÷^/+=]\s?$/.test(before.slice(-2)) || /\d\s-\s$/.test(text.slice(Math.max(0, start - 4), start));
      const mixed = operator ? null : MIXED.exec(rest);
      const fraction = operator ? null : FRACTION.exec(rest);
      if (Number.isInteger(value) && mixed && Number(mixed[2]) !== 0) {
        value += Number(mixed[1]) / Number(mixed[2]);
        end += mixed[0].length;
      } else if (decimals === 0 && fraction && Number(fraction[1]) !== 0) {
        value /= Number(fraction[1]);
        end += fraction[0].length;
      } else if (Number.isInteger(value) && UNICODE_FRACTIONS.includes(rest.charAt(0)) && rest !== "") {
        value += vulgarValue(rest.charAt(0));
        end += 1;
      }
    }
    const scale = SCALE.exec(text.slice(end));
    if (scale) {
      value *= SCALES[scale[1]!.toLowerCase()]!;
      end += scale[0].length;
      decimals = 0;
    }
    const percent = /^\s?(?:%|percent\b|per cent\b)/i.test(text.slice(end));
    if (negative) value = -value;
    found.push({ value, ...(percent ? { share: value / 100 } : {}), decimals, text: text.slice(start, end), start, end });
    from = end;
  }
  return found;
}

function vulgarValue(character: string): number {
  const [above, below] = character.normalize("NFKD").split("⁄");
  return Number(above) / Number(below);
}

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety";
const WORDS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(UNITS.split(" ").map((word, value) => [word, value])),
  ...Object.fromEntries(TENS.split(" ").map((word, index) => [word, 20 + 10 * index])),
};
const WORD = `(?:${[...Object.keys(WORDS), ...Object.keys(SCALES)].join("|")})`;
/** `one` is mostly no number where it stands for somebody or something. */
const NUMERAL = new RegExp(
  String.raw`\b(?<!\bno )(?<minus>minus |negative )?(?:(?<count>a|an) (?=${Object.keys(SCALES).join("\\b|")}\b))?(?<words>${WORD}(?:(?:[\s-]+and)?[\s-]+${WORD})*)\b(?! (?:of|another|by one)\b)`,
  "gi",
);

/** The numbers that are written in English words, in their order: `twenty-one`, `one hundred and five`. */
function inWords(text: string): WrittenNumber[] {
  return Array.from(text.matchAll(NUMERAL), (match) => {
    const words = match.groups!["words"]!.toLowerCase().split(/[\s-]+/);
    let [whole, part] = [0, 0];
    for (const word of words) {
      if (word === "and") continue;
      const scale = SCALES[word];
      if (scale === undefined) part += WORDS[word]!;
      else if (scale === 100) part = (part || 1) * 100;
      else {
        whole += (part || 1) * scale;
        part = 0;
      }
    }
    const value = (whole + part) * (match.groups!["minus"] === undefined ? 1 : -1);
    return { value, decimals: 0, text: match[0], start: match.index, end: match.index + match[0].length };
  });
}

const [SMALL, TENFOLD] = [UNITS.split(" "), ["", "", ...TENS.split(" ")]];

/** A whole number from 0 to 999,999 in words: `twenty-one`, `one hundred and five`. */
export function numberInWords(value: number): string {
  if (value < 20) return SMALL[value]!;
  if (value < 100) return TENFOLD[Math.floor(value / 10)]! + (value % 10 === 0 ? "" : `-${SMALL[value % 10]}`);
  if (value < 1000) {
    const rest = value % 100;
    return `${SMALL[Math.floor(value / 100)]} hundred${rest === 0 ? "" : ` and ${numberInWords(rest)}`}`;
  }
  const rest = value % 1000;
  const tail = rest === 0 ? "" : rest < 100 ? ` and ${numberInWords(rest)}` : ` ${numberInWords(rest)}`;
  return `${numberInWords(Math.floor(value / 1000))} thousand${tail}`;
}

/** The numbers of a text, in their order. Words count only in a text without a number in digits: "one of them has 5" has one number. */
export function numbersIn(text: string): readonly WrittenNumber[] {
  const digits = inDigits(text);
  return digits.length > 0 ? digits : inWords(text);
}

/** The number that a text is, with its currency and unit: `$1,200`, `12 apples`, `-3.5`, `1/2 cup`, `five`. Undefined for anything else. */
export function wholeNumber(text: string): WrittenNumber | undefined {
  const [number, ...more] = numbersIn(text);
  if (number === undefined || more.length > 0) return undefined;
  const around = `${text.slice(0, number.start)} ${text.slice(number.end)}`;
  const before = text.slice(0, number.start).trim();
  // A unit: nothing but the currency before it, and a few words after it.
  if (!/^(?:[A-Z]{3}|[$€£¥₹]|about|approximately|≈|~)?$/.test(before) || /\d/.test(around)) return undefined;
  return /^(?:\s?(?:%|°\p{L}?|[$€£¥₹]))?(?:[\s-]*[\p{L}²³/.'’()]+(?:[\s-]+[\p{L}²³/.'’()]+){0,3})?[.!]?\s*$/u.test(text.slice(number.end))
    ? number
    : undefined;
}

/**
 * Whether two numbers are the same: to the ninth significant digit, or, where one is written with two or more decimals, when the other rounds
 * to it. Of a percentage either meaning counts.
 */
export function sameNumber(a: WrittenNumber, b: WrittenNumber): boolean {
  const values = ({ value, share }: WrittenNumber) => (share === undefined ? [value] : [value, share]);
  return values(a).some((one) => values(b).some((other) => same(one, a.decimals, other, b.decimals)));
}

function same(a: number, aDecimals: number, b: number, bDecimals: number): boolean {
  if (Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))) return true;
  const rounds = (to: number, decimals: number, value: number) => decimals >= 2 && Math.abs(value - to) <= 0.5000001 * 10 ** -decimals;
  return (
    (bDecimals > aDecimals || bDecimals === 0 ? rounds(a, aDecimals, b) : false) ||
    (aDecimals > bDecimals || aDecimals === 0 ? rounds(b, bDecimals, a) : false)
  );
}
