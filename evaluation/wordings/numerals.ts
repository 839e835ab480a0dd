// Number words as digits, and digits as number words: whole numbers up to 999,999 that stand for an amount.
import { numberInWords, numbersIn } from "../../agent/index.js";
import { startsSentence, upperFirst } from "./sentences.js";

const ONES = "one|two|three|four|five|six|seven|eight|nine";
const TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen";
const TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
const BELOW_100 = `(?:(?:${TENS})(?:[- ](?:${ONES}))?|${TEENS}|${ONES})`;
const BELOW_1000 = `(?:(?:${ONES}|a) hundred(?: (?:and )?${BELOW_100})?|${BELOW_100})`;
const NUMERAL = new RegExp(`(?<![\\w-])(?:(?:${BELOW_1000}|a) thousand(?:,? (?:and )?${BELOW_1000})?|${BELOW_1000}|zero)(?![\\w-])`, "gi");
/** Words that go on a number, and parts: what comes before them is not the whole number. */
const GOES_ON =
  /^(?:,? (?:and )?)?[ -]?(?:hundred|thousand|million|billion|trillion|dozen|score|point|and a half|half|halves|(?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth)s?)\b/i;
const MORE = new RegExp(`^,? (?:and )?${BELOW_100}`, "i");
/** Where numbers are joined, "one hundred and five" may be two. */
const JOINING = /\b(?:add|added|sum|plus|together|total|between|average|mean|product|middle|multiply|difference|both)\b/i;

/** @returns undefined where there is no number word, or one that can be read in two ways */
export function toDigits(question: string): string | undefined {
  let [uncertain, changed] = [false, false];
  const text = question.replace(NUMERAL, (found: string, at: number) => {
    const rest = question.slice(at + found.length);
    // Mostly somebody or something: "how big is one?"
    if (/^one$/i.test(found)) return found;
    if (/^\p{Lu}/u.test(found) && !startsSentence(question, at)) return found;
    if (GOES_ON.test(rest) || /\b(?:half|point|minus|negative) $/i.test(question.slice(0, at))) uncertain = true;
    if (/(?:hundred|thousand)$/i.test(found) && MORE.test(rest)) uncertain = true;
    if (/ and /i.test(found) && JOINING.test(question)) uncertain = true;
    changed = true;
    return String(numbersIn(found.replace(/^a /i, "one "))[0]!.value);
  });
  return changed && !uncertain ? text : undefined;
}

const MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)";
/** A whole number that is part of nothing: no decimal, date, time, sum, price, ordinal or name. */
const DIGITS =
  /(?<![\w.,:/$€£¥₹#°^+*×÷=<>'’"(−–-]|[-−+*/×÷^=(]\s|[\d)]\sx\s)(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?![\w:/%°^'’"−–-]|[.,]\d|\s?[-−+*/×÷^=%)]|\sx\s[\d(]|\s\d|\s(?:hundred|thousand|million|billion|trillion)\b)/g;
const IN_DATE = [new RegExp(`${MONTH}\\.? $`), new RegExp(`${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? $`), /\d{1,2} \p{Lu}\p{Ll}+,? $/u];
const BEFORE_MONTH = new RegExp(`^ (?:of )?${MONTH}\\b`);
/** What a year would not be followed by. */
const COUNTED = /^ (?!and\b|or\b|to\b|is\b|was\b|will\b|does\b|did\b|has\b|for\b|of\b|by\b|from\b|then\b|until\b|fall\b)\p{Ll}{2,}/u;

/** @returns undefined where there is no such number, or where its words could be read in two ways */
export function toWords(question: string): string | undefined {
  // "one hundred and five" would be one number.
  if (/00,? and \d/.test(question)) return undefined;
  let changed = false;
  const text = question.replace(DIGITS, (found: string, at: number) => {
    const [before, rest] = [question.slice(0, at), question.slice(at + found.length)];
    const value = Number(found.replaceAll(",", ""));
    if (IN_DATE.some((form) => form.test(before)) || BEFORE_MONTH.test(rest)) return found;
    if (value >= 1000 && value < 2200 && !found.includes(",") && !COUNTED.test(rest)) return found;
    const word = /(?<!\S)(\p{Lu}[\p{L}'’.]*) $/u.exec(before);
    if (word && !startsSentence(question, word.index)) return found; // "Room 12", "Christmas 2024".
    if (/\b(?:no|nr|number)\.? $/i.test(before) || (found.length > 1 && found.startsWith("0"))) return found;
    changed = true;
    const words = numberInWords(value);
    return startsSentence(question, at) ? upperFirst(words) : words;
  });
  return changed ? text : undefined;
}
