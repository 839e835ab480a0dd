// Questions about dates: what is asked, of which expressions.
import type { DateTime } from "luxon";
import { ToolwrightError } from "../../errors.js";
import type { ToolOutput } from "../tool.js";
import { age, between, left, lengthOf, since, until } from "./counting.js";
import { DURATION, withDigits } from "./duration.js";
import { point } from "./expression.js";
import { dayOf, today, type Unit } from "./moment.js";
import { momentOutput, timeOutput, weekdayName } from "./wording.js";
import { zoneOf } from "./zones.js";

/** In characters. Longer questions are refused, so that reading one takes no time to speak of. */
const LONGEST = 200;

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ["minutes", "minute"],
  ["mins", "minute"],
  ["hours", "hour"],
  ["hrs", "hour"],
  ["days", "day"],
  ["weeks", "week"],
  ["months", "month"],
  ["years", "year"],
]);
const UNIT = [...UNITS.keys()].join("|");

/** What is counted; `long`, `far` and `time` leave the unit open. */
const COUNT = `(?:(?:how many|how|number of|the|total|full|whole) )*(${UNIT}|long|far|time)`;
const FILL = "(?: (?:is|are|was|will|be|it|there|left|remaining|remain|to go|away|have|has|been|passed|elapsed|gone by|i|we|do))*";
const OF = "(?: (?:of|for|on|is|are|was|will|be|does|did|it))*";
const FALL = "(?: (?:fall|land|be|is|was|on|fall on|land on))?";
const SOMEONE = "(?: (?:of|for|if|when|is|was|are|were|will|be|a|someone|somebody|person|who|you|i|he|she|they))*";
const TO = "(?<!prior )(?:to|until|till|through)";

/** What begins a question and says nothing. */
const LEAD = RegExp(
  "^(?:please |calculate |compute |find )*" +
    "(?:whats |whens |(?:what|which|when)(?: date| day)? (?:is|was|are|were|will|does|do|did|would) )?" +
    "(?:be )?(?:it be )?(?:it (?=.))?(?:(?:the )?date (?:of |for |on |is |was |will |it |be )*)?",
);

type Answer = (now: DateTime, ...groups: (string | undefined)[]) => ToolOutput;

/** The first pattern that fits decides. What fits none is an expression for a date. */
const QUESTIONS: readonly (readonly [pattern: RegExp, answer: Answer])[] = [
  [/^$/, todaysDate],
  [/^(?:(?:what|the|current|local|exact) )*time(?: is it)?(?: right)?(?: now)?(?: in (.+))?$/, timeIn],
  [/^(?:(?:the|current) )*(?:todays date|current date|today) in (.+)$/, (now, place) => momentOutput(today(inPlace(now, place)))],
  [RegExp(`^(?:(?:what|which|the) )*(?:day of (?:the )?year|day ?number)${OF}(?: (.+))?$`), dayNumber],
  [
    RegExp(`^(?:(?:what|which|the|name) )*(?:week ?day|day of (?:the )?week|day(?= (?:of|on|for) ))${OF}(?: (.+?))?${FALL}$`),
    (now, text) => ({ text: weekdayName(dayIn(now, text)) }),
  ],
  [
    RegExp(`^(?:(?:the|current|iso) )*(?:w(?:hat|hich) week|week ?number|week of (?:the )?year|(?:iso|calendar) week)${OF}(?: (.+))?$`),
    weekNumber,
  ],
  [/^(?:(?:is|was|will) )+(.+?) (?:be )?a leap(?: year)?$/, leapYear],
  [/^leap year(?: in)? (\d+)$/, leapYear],
  [/^(\d+)(?: is)?(?: a)? leap(?: year)?$/, leapYear],
  [RegExp(`^(?:(?:the )?age|how old)(?: (?:in|on) (.+?))?${SOMEONE} born(?: in| on)? (.+)$`), (now, at, birth) => age(now, birth!, at)],
  [/^(?:age (?:of|since|from)|born(?: in| on)?) (.+)$/, (now, birth) => age(now, birth!)],
  [
    RegExp(`^${COUNT}${FILL} (?:until|till|til|to|before) (.+?)(?: from (?:today|now))?$`),
    (now, unit, end) => until(now, unitOf(unit), end!),
  ],
  [/^(?:until|till) (.+)$/, (now, end) => until(now, undefined, end!)],
  [RegExp(`^${COUNT} (?:away|off)${OF} (.+)$`), (now, unit, end) => until(now, unitOf(unit), end!)],
  [RegExp(`^${COUNT}${FILL} since (.+)$`), (now, unit, start) => since(now, unitOf(unit), start!)],
  [/^since (.+)$/, (now, start) => since(now, undefined, start!)],
  [RegExp(`^${COUNT} ago${OF} (.+)$`), (now, unit, start) => since(now, unitOf(unit), start!)],
  [
    RegExp(`^${COUNT} (?:are |is )?(?:left|remaining|remain|to go) (?:in|of) (.+)$`),
    (now, unit, period) => left(now, unitOf(unit), period!),
  ],
  [
    RegExp(`^${COUNT} (?:are )?(?:there )?(?:in|of|does|do|did) (?:the month of |the year )?(.+?)(?: have)?$`),
    (now, unit, period) => lengthOf(now, unitOf(unit), period!),
  ],
  [
    RegExp(`^(?:${COUNT}${FILL} |difference (?:in (${UNIT}) )?)?between (.+?) and (.+?)(?: in (${UNIT}))?$`),
    (now, first, second, start, end, third) => between(now, unitOf(first ?? second ?? third), start!, end!),
  ],
  [
    RegExp(`^(?:${COUNT}${FILL} )?(?:from )?(.+?) ${TO} (.+?)(?: in (${UNIT}))?$`),
    (now, first, start, end, second) => between(now, unitOf(first ?? second), start!, end!),
  ],
  [RegExp(`^(.+?) (?:-|minus) (?!${DURATION}(?:$| [-+]))(.+)$`), (now, end, start) => between(now, undefined, start!, end!)],
];

/**
 * Answers a question as a person would write it: `Sunday`, `355 days`, `Friday, March 1, 2024`.
 * @param now the user's clock, in the user's zone
 * @throws ToolwrightError `date-unknown`, `date-impossible`, `date-range`, `day-unknown`, `year-unknown`, `period-unknown`,
 *   `weekday-wrong`, `amount-not-whole`, `zone-unknown`, `question-long`
 */
export function answer(question: string, now: DateTime): ToolOutput {
  if (question.length > LONGEST) {
    throw new ToolwrightError(
      "question-long",
      `The question is over ${LONGEST} characters.`,
      "Ask a short question, such as days until May 5.",
    );
  }
  const text = withDigits(plain(question).replace(LEAD, ""));
  for (const [pattern, reply] of QUESTIONS) {
    const match = pattern.exec(text);
    if (match !== null) return reply(now, ...match.slice(1));
  }
  return momentOutput(point(text, { now, direction: "this" }));
}

/** Lower case, single spaces, ASCII dashes, no quotes, no sign at the end. */
function plain(question: string): string {
  return question
    .normalize("NFKC")
    .toLowerCase()
    .replace(/['"`‘’“”]/g, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/\s+/g, " ")
    .replace(/[ ?.!,;]+$/, "")
    .trim();
}

function unitOf(name: string | undefined): Unit | undefined {
  return name === undefined ? undefined : UNITS.get(name);
}

function dayIn(now: DateTime, text = "today"): DateTime {
  const date = point(text, { now, direction: "this" });
  if (date.precision !== "day" && date.precision !== "minute") {
    throw new ToolwrightError("day-unknown", `"${text}" is not a single day.`, "Give the day too, such as March 4, 2024.");
  }
  return dayOf(date);
}

function inPlace(now: DateTime, place?: string): DateTime {
  return place === undefined ? now : now.setZone(zoneOf(place));
}

function todaysDate(now: DateTime): ToolOutput {
  const { text, value } = momentOutput(today(now));
  return { text: `Today is ${text}`, value };
}

function timeIn(now: DateTime, place?: string): ToolOutput {
  return timeOutput(inPlace(now, place), now);
}

function weekNumber(now: DateTime, text?: string): ToolOutput {
  const { weekNumber: number, weekYear, year } = dayIn(now, text);
  return { text: `week ${number}${weekYear === year ? "" : ` of ${weekYear}`}`, value: String(number) };
}

function dayNumber(now: DateTime, text?: string): ToolOutput {
  const { ordinal } = dayIn(now, text);
  return { text: `day ${ordinal}`, value: String(ordinal) };
}

function leapYear(now: DateTime, text?: string): ToolOutput {
  const { year, isInLeapYear } = point(text!, { now, direction: "this" }).at;
  return isInLeapYear ? { text: `Yes, ${year} is a leap year`, value: "yes" } : { text: `No, ${year} is not a leap year`, value: "no" };
}
