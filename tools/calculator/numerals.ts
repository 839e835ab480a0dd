// Numbers written in words: "three hundred and twenty-five" is 325, "two thirds" is (2/3), "2.5 million" is (2.5*1000000).

const ONES = "one two three four five six seven eight nine".split(" ");
const TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const VALUES = new Map<string, number>([
  ...ONES.map((word, index) => [word, index + 1] as const),
  ...TEENS.map((word, index) => [word, index + 10] as const),
  ...TENS.map((word, index) => [word, 10 * (index + 2)] as const),
  ["zero", 0],
  ["a", 1],
]);
const SCALES = new Map([
  ["thousand", 1e3],
  ["million", 1e6],
  ["billion", 1e9],
  ["trillion", 1e12],
]);
const PARTS = "half third quarter fifth sixth seventh eighth ninth tenth".split(" ");
const ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth".split(" ");

const one = ONES.join("|");
const scale = [...SCALES.keys()].join("|");
const belowHundred = `(?:(?:${TENS.join("|")})(?:[ -](?:${one}))?|${TEENS.join("|")}|${one})`;
const belowThousand = `(?:(?:a|${one}) hundred(?:(?: and)? ${belowHundred})?|${belowHundred})`;
const scaled = `(?:a|${belowThousand}) (?:${scale})`;

const CARDINAL = new RegExp(`\\b(?:zero|${scaled}(?:,? ${scaled})*(?:(?:,| and)* ${belowThousand})?|${belowThousand})\\b`, "gi");
const SCALED = new RegExp(`(\\d+(?:\\.\\d+)?) ?(${scale})\\b`, "gi");
const DOZENS = /\b(?:(\d+)|a) dozen\b/gi;
const ORDINAL = new RegExp(`\\b(${ORDINALS.join("|")})(?= (?:root|power)\\b)`, "gi");
const PART = new RegExp(`\\b(?:(\\d+)[ -]|an? )?(halves|(?:${PARTS.join("|")})s?)\\b`, "gi");

/** Writes number words as numbers; everything else stays as it is. */
export function readNumerals(text: string): string {
  return text
    .replace(CARDINAL, (words) => String(cardinal(words.toLowerCase())))
    .replace(SCALED, (_all, number: string, name: string) => `(${number}*${SCALES.get(name.toLowerCase())})`)
    .replace(DOZENS, (_all, count = "1") => `(${count}*12)`)
    .replace(ORDINAL, (word) => `${ORDINALS.indexOf(word.toLowerCase()) + 2}th`)
    .replace(PART, (_all, count = "1", part: string) => `(${count}/${denominator(part.toLowerCase())})`)
    .replace(/\b(\d+) and (\(\d+\/\d+\))/g, "($1+$2)");
}

function cardinal(words: string): number {
  let total = 0;
  let group = 0;
  for (const word of words.split(/[ ,-]+/)) {
    const scaleValue = SCALES.get(word);
    if (word === "hundred") group *= 100;
    else if (scaleValue === undefined) group += VALUES.get(word) ?? 0;
    else {
      total += group * scaleValue;
      group = 0;
    }
  }
  return total + group;
}

function denominator(part: string): number {
  return part === "halves" ? 2 : PARTS.indexOf(part.replace(/s$/, "")) + 2;
}
