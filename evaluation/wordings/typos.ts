// Mistyped words: two letters swapped, one doubled or left out. Never in a number, a unit, a name, or a word that decides the answer.

import { startsSentence } from "./sentences.js";

/** Words of questions that say nothing of what is asked about. */
const PLAIN =
  "what which where when does would could should have many much long there about this that your know tell find calculate compute convert express answer question please name explain mean means meaning definition describe word words called capital city country language currency number people person work think write begin give make take need want show read reads look people they them their were will been being come comes came".split(
    " ",
  );
/** Words that decide an answer beside numbers and names. */
const DECIDING =
  "more less fewer least most than times time twice double half halves third quarter thirds quarters left each every both together total altogether apiece before after since until between ago back forward today tomorrow yesterday early late later earlier first last next other again percent plus minus divided multiplied sum difference product average mean remainder root square squared cube increased decreased increase decrease reduce added subtract remove split taken without with from into only except half none nothing never always dozen hundred thousand million older younger longer shorter taller heavier lighter cheaper larger smaller bigger higher lower rest remain remains change changed profit loss cost costs week weeks day days month months year years hour hours minute minutes second seconds date weekday three seven eight four five nine zero eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety inch inches feet foot yard yards meter meters metre metres kilometer kilometers mile miles gram grams ounce ounces pound pounds kilogram kilograms liter liters litre litres cup cups pint pints gallon gallons milliliter milliliters centimeter centimeters millimeter millimeters degrees degree dollar dollars euro euros cent cents rupee rupees peso pesos coin coins".split(
    " ",
  );

/** Words that such a slip makes of other common ones. */
const OTHERS = "dose form county trial quiet quite diary angel angle latter hopping desert dessert".split(" ");

const [plain, deciding, known] = [new Set(PLAIN), new Set(DECIDING), new Set([...PLAIN, ...DECIDING, ...OTHERS])];
const NUMBER =
  /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)\b/i;
/** It asks about a word. */
const ABOUT_WORD = /\b(?:mean|means|meaning|define|definition|words?|explain|spell|spelled|translate|synonym|opposite)\b/i;

/**
 * @param options.rate share of the words that may be mistyped which are, rounded, at least one; 0: none
 * @returns undefined where no word may be
 */
export function typos(question: string, { rate, random }: { readonly rate: number; readonly random: () => number }): string | undefined {
  // Where it is about amounts, the things that are counted do not decide the answer; where it asks about a word, that word does.
  const counts = NUMBER.test(question) && !ABOUT_WORD.test(question);
  const all = new Set(question.toLowerCase().match(/\p{L}+/gu) ?? []);
  const may = (word: string) => !deciding.has(word) && (counts || plain.has(word));
  // Words of four letters and more, in small letters; the first of a sentence where it is a plain one. A shorter one could become another.
  const places = Array.from(question.matchAll(/(?<![\p{L}\p{N}'’_-])\p{L}{4,}(?![\p{L}\p{N}'’_-])/gu)).filter(({ 0: word, index }) => {
    const small = /^\p{Ll}+$/u.test(word) || (plain.has(word.toLowerCase()) && startsSentence(question, index));
    return small && may(word.toLowerCase()) && !quoted(question, index);
  });
  if (rate === 0 || places.length === 0) return undefined;
  const wanted = Math.max(1, Math.round(rate * places.length));
  let text = question;
  let done = 0;
  // From the end, so that places stay where they are.
  for (const { index, 0: word } of shuffled(places, random)
    .slice(0, wanted)
    .sort((a, b) => b.index - a.index)) {
    const mistyped = mistype(word, random, (result) => !all.has(result.toLowerCase()) && !known.has(result.toLowerCase()));
    if (mistyped === undefined) continue;
    text = text.slice(0, index) + mistyped + text.slice(index + word.length);
    done++;
  }
  return done > 0 ? text : undefined;
}

/** A word between quotation marks is what is asked about. */
const quoted = (text: string, at: number) => (text.slice(0, at).match(/["“”]/g)?.length ?? 0) % 2 === 1;

/** The first letter stays. */
function mistype(word: string, random: () => number, fits: (result: string) => boolean): string | undefined {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const kinds = [
    word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2),
    word.slice(0, at) + word[at]! + word.slice(at),
    // Of a short word mostly another one is left.
    ...(word.length > 5 ? [word.slice(0, at) + word.slice(at + 1)] : []),
  ];
  return shuffled(kinds, random).find((result) => result !== word && fits(result));
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}
