// Units after a number, or that something is asked in, in full or in short: kilometers and km, percent and %, dollars and $, degrees and °.

interface Unit {
  readonly one: string;
  readonly many: string;
  readonly short: string;
  readonly kind: "length" | "weight" | "volume" | "time";
  /** It is something else too, such as a foot of an animal: only where another unit of its kind is. */
  readonly ambiguous?: true;
}

const unit = (kind: Unit["kind"], one: string, short: string, more: Partial<Unit> = {}): Unit => ({
  kind,
  one,
  many: `${one}s`,
  short,
  ...more,
});

const UNITS: readonly Unit[] = [
  unit("length", "millimeter", "mm"),
  unit("length", "centimeter", "cm"),
  unit("length", "foot", "ft", { many: "feet", ambiguous: true }),
  unit("length", "yard", "yd", { ambiguous: true }),
  unit("length", "meter", "m"),
  unit("length", "kilometer", "km"),
  unit("length", "mile", "mi"),
  unit("weight", "gram", "g"),
  unit("weight", "ounce", "oz"),
  unit("weight", "pound", "lb", { ambiguous: true }),
  unit("weight", "kilogram", "kg"),
  unit("volume", "milliliter", "ml"),
  unit("volume", "liter", "L"),
  unit("volume", "gallon", "gal"),
  unit("time", "minute", "min"),
  unit("time", "hour", "h"),
];

const BY_WORD = new Map(UNITS.flatMap((each) => [each.one, each.many, each.short].map((word) => [word, each] as const)));
const WORD = [...BY_WORD.keys()].sort((a, b) => b.length - a.length).join("|");
/** After a number, or after `in`, `to` or `into` at the end of a clause. */
const MEASURED = new RegExp(`(?<=(\\d) ?)(?<![\\p{L}])(${WORD})(?![\\p{L}\\d²³/^-])|(?<=\\b(?:in|to|into) )(${WORD})(?=[.?!,]|$)`, "gu");
const ANY_UNIT = new RegExp(`(?<![\\p{L}])(?:${WORD})(?![\\p{L}])`, "gu");

/** A letter after a number may be a variable there. */
const ALGEBRA = /=|\b(?:solve|equation|simplify|expand|factor)\b/i;

/** @returns undefined where there is none that can be spelled otherwise */
export function units(question: string): string | undefined {
  const present = new Set(Array.from(question.matchAll(ANY_UNIT), ([word]) => BY_WORD.get(word)!));
  const measured = question.replace(MEASURED, (found: string, digit: string | undefined, _after, _asked, at: number) => {
    const each = BY_WORD.get(found)!;
    const company = [...present].some((other) => other !== each && other.kind === each.kind);
    if ((each.ambiguous && !company) || (found.length === 1 && ALGEBRA.test(question))) return found;
    if (found !== each.short) return each.short;
    const alone = digit !== undefined && /(?<![\d.,])1 ?$/.test(question.slice(0, at));
    return `${/\d$/.test(question.slice(0, at)) ? " " : ""}${alone ? each.one : each.many}`;
  });
  const text = measured
    .replace(/(?<=\d)( ?%| percent\b)/g, (found) => (found.includes("%") ? " percent" : "%"))
    .replace(/(?<=\d) ?°(C|F)\b|(?<=\d) degrees (Celsius|Fahrenheit)\b/g, (_, sign?: string, name?: string) =>
      name === undefined ? ` degrees ${sign === "C" ? "Celsius" : "Fahrenheit"}` : ` °${name[0]}`,
    )
    .replace(
      /(?<![\w$])\$(\d[\d,]*(?:\.\d+)?)(?!\d|\.\d| ?(?:hundred|thousand|million|billion))|(?<![\w.,$])(\d[\d,]*(?:\.\d+)?) dollars?\b/g,
      (_, signed?: string, worded?: string) => (signed === undefined ? `$${worded}` : withDollars(signed)),
    );
  if (text !== question) return text;
  const british = question.replace(/\b((?:kilo|centi|milli)(?:met|lit)|(?<=\b(?:many|in|to|into) )(?:met|lit))er(s?)\b/g, "$1re$2");
  return british === question ? undefined : british;
}

/** A comma at its end is of the sentence: `$5, ` */
function withDollars(amount: string): string {
  const [, number = amount, comma = ""] = /^(.*?)(,?)$/.exec(amount) ?? [];
  return `${number} ${number === "1" ? "dollar" : "dollars"}${comma}`;
}
