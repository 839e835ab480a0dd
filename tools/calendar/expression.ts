// Expressions for dates: "2024-01-31 + 1 month", "3 weeks before may 5", "next friday", "the last day of february 2024".
import type { DateTime } from "luxon";
import { ToolwrightError } from "../../errors.js";
import { DURATION, readDuration } from "./duration.js";
import { HOLIDAYS } from "./holidays.js";
import { add, instant, isTimed, type Moment, moment, today } from "./moment.js";
import { type Direction, daily, impossible, LEAP_YEAR, monthly, type Recurrence, rankedDay, resolve, resolveInYear } from "./recurrence.js";
import { WEEKDAY, WEEKLY, weekdayNumber } from "./weekdays.js";
import { weekdayName } from "./wording.js";
import { written } from "./written.js";

/** What an expression is read against. */
interface Setting {
  /** The user's clock, in the user's zone. */
  readonly now: DateTime;
  /** Which occurrence a recurrence that is part of an expression stands for, seen from `now`. */
  readonly direction: Direction;
}

type When = Moment | Recurrence;

type Step = -1 | 0 | 1;
const STEPS: Readonly<Record<string, Step>> = {
  last: -1,
  previous: -1,
  past: -1,
  this: 0,
  current: 0,
  next: 1,
  coming: 1,
  upcoming: 1,
  following: 1,
};
const STEP = Object.keys(STEPS).join("|");
const DIRECTIONS: Readonly<Record<Step, Direction>> = { [-1]: "previous", 0: "this", 1: "next" };

const RANKS: ReadonlyMap<string, number> = new Map([
  ...["first", "second", "third", "fourth", "fifth"].map((name, index) => [name, index + 1] as const),
  ...["1st", "2nd", "3rd", "4th", "5th"].map((name, index) => [name, index + 1] as const),
  ["last", -1],
]);
const RANK = [...RANKS.keys()].join("|");

const DAYS_FROM_TODAY: ReadonlyMap<string, number> = new Map([
  ...["today", "todays date", "date today", "current date", "current day", "date", "day", "it"].map((name) => [name, 0] as const),
  ["tomorrow", 1],
  ["yesterday", -1],
]);

const TIME = "noon|midnight|\\d{1,2}:\\d{2}(?: ?[ap]m)?|\\d{1,2} ?[ap]m";
const WEEKLY_NAME = [...WEEKLY.keys()].sort((a, b) => b.length - a.length).join("|");
const IN_YEAR = RegExp(`^(.+?),?(?: of| in)? (?:(\\d{4})|(${STEP}) year)$`);

/** Words before a date that say nothing; but `in 3 weeks` is not `3 weeks`. */
const LEAD = RegExp(`^(?:(?:the|on|by|at|of|for|in(?! ${DURATION}$)) )+`);

/** The first pattern that fits decides: a part of it that is no date is an error, not a reason to try the next. */
const FORMS: readonly (readonly [pattern: RegExp, read: (setting: Setting, ...groups: string[]) => When])[] = [
  [RegExp(`^in (${DURATION})$`), (setting, words) => shifted("now", words, 1, setting)],
  [RegExp(`^(${DURATION}) (?:from now|from today|hence|later)$`), (setting, words) => shifted("now", words, 1, setting)],
  [RegExp(`^(${DURATION}) (?:ago|earlier)$`), (setting, words) => shifted("now", words, -1, setting)],
  [RegExp(`^(${DURATION}) (?:after|from|past|following) (.+)$`), (setting, words, base) => shifted(base, words, 1, setting)],
  [RegExp(`^(${DURATION}) (?:before|prior to) (.+)$`), (setting, words, base) => shifted(base, words, -1, setting)],
  [/^(day|week|month|year) (?:after|from|following) (.+)$/, (setting, unit, base) => shifted(base, `1 ${unit}`, 1, setting)],
  [/^(day|week|month|year) (?:before|prior to) (.+)$/, (setting, unit, base) => shifted(base, `1 ${unit}`, -1, setting)],
  [RegExp(`^(.+?) ?(?:\\+|plus) ?(${DURATION})$`), (setting, base, words) => shifted(base, words, 1, setting)],
  [RegExp(`^(.+?) ?(?:-|minus) ?(${DURATION})$`), (setting, base, words) => shifted(base, words, -1, setting)],
  [
    RegExp(`^(?:(?:first|1st|next) )?(${WEEKLY_NAME}) (?:after|following) (.+)$`),
    (setting, name, base) => beside(name, "next", base, setting),
  ],
  [
    RegExp(`^(?:(?:last|previous) )?(${WEEKLY_NAME}) (?:before|prior to) (.+)$`),
    (setting, name, base) => beside(name, "previous", base, setting),
  ],
  [RegExp(`^(${RANK}) (${WEEKDAY}) (?:of|in) (.+)$`), (setting, rank, weekday, month) => ranked(rank, weekday, month, setting)],
  [/^(?:first day|start|beginning) of (.+)$/, (setting, period) => within("first day", period, setting, ({ at }) => at)],
  [/^(?:last day|end) of (.+)$/, (setting, period) => within("last day", period, setting, lastDay)],
  [RegExp(`^(${WEEKDAY}) (?:of )?(${STEP}) week$`), (setting, weekday, step) => inWeek(weekdayNumber(weekday), STEPS[step]!, setting)],
  [RegExp(`^(?:(${STEP}) )?(week|month|year)$`), (setting, step = "this", unit) => period(unit as "week", STEPS[step]!, setting)],
  [RegExp(`^(${STEP}) (.+)$`), (setting, step, rest) => occurrence(recurrence(rest, setting), DIRECTIONS[STEPS[step]!], setting)],
  [RegExp(`^(?:(.+?),? (?:at )?)?(${TIME})$`), (setting, day, time) => timeOfDay(day, time, setting)],
  [RegExp(`^(${WEEKDAY}),? (.+)$`), (setting, weekday, date) => onWeekday(weekday, date, setting)],
];

/**
 * Reads an expression: lower case, single spaces, no apostrophes. One without a year (or without a day) is a recurrence.
 * @throws ToolwrightError `date-unknown` when it is no date, `date-impossible`, `date-range`, `amount-not-whole`
 */
export function expression(text: string, setting: Setting): When {
  const bare = text.replace(LEAD, "");
  if (bare === "now" || bare === "right now") return moment("minute", setting.now);
  const days = DAYS_FROM_TODAY.get(bare);
  if (days !== undefined) return add(today(setting.now), { day: days }, 1, setting.now.zone);
  for (const [pattern, read] of FORMS) {
    const match = pattern.exec(bare);
    if (match !== null) return read(setting, ...match.slice(1));
  }
  return named(bare) ?? written(bare, setting.now) ?? inYear(bare, setting);
}

/** Reads an expression that stands for one moment. */
export function point(text: string, setting: Setting): Moment {
  const when = expression(text, setting);
  return isMoment(when) ? when : occurrence(when, setting.direction, setting);
}

export function isMoment(when: When): when is Moment {
  return "at" in when;
}

/** The occurrence seen from now: of times of day from this minute, of dates from today. */
export function occurrence(recurrence: Recurrence, direction: Direction, { now }: Setting): Moment {
  return resolve(recurrence, direction, recurrence.precision === "minute" ? moment("minute", now) : today(now), now.zone);
}

function notADate(text: string): ToolwrightError {
  return new ToolwrightError("date-unknown", `"${text}" is not a date.`, "Write a date such as March 4, 2024 or 2024-03-04.");
}

export function notAPeriod(text: string): ToolwrightError {
  return new ToolwrightError("period-unknown", `"${text}" is not a month or year.`, "Name a month or year, such as March 2024.");
}

function recurrence(text: string, setting: Setting): Recurrence {
  const when = expression(text, setting);
  if (isMoment(when)) throw notADate(text);
  return when;
}

function named(text: string): Recurrence | undefined {
  const dayOfMonth = Number(/^(\d{1,2})(?:st|nd|rd|th)$/.exec(text)?.[1]);
  if (dayOfMonth >= 1 && dayOfMonth <= 31) return monthly(dayOfMonth);
  return WEEKLY.get(text) ?? HOLIDAYS.get(text.replaceAll(".", "")) ?? (text === "leap year" ? LEAP_YEAR : undefined);
}

/** `christmas 2025`, `may 5 of next year`. */
function inYear(text: string, setting: Setting): Moment {
  const [, day, year, step] = IN_YEAR.exec(text) ?? [];
  if (day === undefined) throw notADate(text);
  const annual = recurrence(day, setting);
  if (annual.every !== "year") throw notADate(text);
  return resolveInYear(annual, step === undefined ? Number(year) : setting.now.year + STEPS[step]!, setting.now.zone);
}

/** Whole days are counted from the day, not from the minute. */
function shifted(base: string, words: string, sign: 1 | -1, setting: Setting): Moment {
  const duration = readDuration(words);
  const start = base === "now" && !isTimed(duration) ? today(setting.now) : point(base, setting);
  return add(start, duration, sign, setting.now.zone);
}

/** The next or previous such weekday beside a date. */
function beside(name: string, direction: "next" | "previous", base: string, setting: Setting): Moment {
  return resolve(WEEKLY.get(name)!, direction, point(base, setting), setting.now.zone);
}

/** This, the last or the next one; of weeks, the same weekday. */
function period(unit: "week" | "month" | "year", step: Step, { now }: Setting): Moment {
  const day = today(now).at;
  return unit === "week" ? moment("day", day.plus({ weeks: step })) : moment(unit, day.startOf(unit).plus({ [unit]: step }));
}

function inWeek(weekday: number, step: Step, { now }: Setting): Moment {
  const monday = today(now).at.startOf("week");
  return moment("day", monday.plus({ weeks: step, days: weekday - 1 }));
}

function lastDay({ precision, at }: Moment): DateTime {
  return at.endOf(precision).startOf("day");
}

function ranked(rank: string, weekday: string, month: string, setting: Setting): When {
  return within(`${rank} ${weekday}`, month, setting, ({ precision, at }) =>
    precision === "month" ? rankedDay(RANKS.get(rank)!, weekdayNumber(weekday), at) : undefined,
  );
}

/** A day of a month or year. Where that recurs, so does the day. */
function within(name: string, text: string, setting: Setting, pick: (period: Moment) => DateTime | undefined): When {
  const when = expression(text, setting);
  const { precision } = when;
  if (precision !== "month" && precision !== "year") throw notAPeriod(text);
  if (isMoment(when)) {
    const day = pick(when);
    if (day === undefined) throw impossible(name, text);
    return moment("day", day);
  }
  const pickIn = (start: DateTime) => {
    const at = when.in(start);
    return at && pick({ precision, at });
  };
  return { name: `${name} of ${text}`, precision: "day", every: when.every, in: pickIn };
}

/** `sunday, july 20, 1969`. Without a year the weekday says nothing: which year is meant is known only later. */
function onWeekday(weekday: string, text: string, setting: Setting): When {
  const when = expression(text, setting);
  if (!isMoment(when) || when.at.weekday === weekdayNumber(weekday)) return when;
  throw new ToolwrightError("weekday-wrong", `${weekday} is wrong: "${text}" is a ${weekdayName(when.at)}.`, "Leave the weekday out.");
}

/** A time, or the time on a day. */
function timeOfDay(day: string | undefined, time: string, setting: Setting): When {
  const [hour, minute] = clockTime(time);
  const { zone } = setting.now;
  if (day === undefined) return daily(hour, minute, zone);
  const date = point(day, setting);
  if (date.precision !== "day") throw notADate(`${day} ${time}`);
  return moment("minute", instant(date, zone).set({ hour, minute }));
}

function clockTime(text: string): readonly [hour: number, minute: number] {
  if (text === "noon") return [12, 0];
  if (text === "midnight") return [0, 0];
  const [, hours, minutes = "0", half] = /^(\d+)(?::(\d+))? ?([ap]m)?$/.exec(text)!;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === "pm" ? 12 : 0);
  const onTheDial = half === undefined || (Number(hours) >= 1 && Number(hours) <= 12);
  if (hour > 23 || Number(minutes) > 59 || !onTheDial) throw impossible(`time ${text}`, "a day");
  return [hour, Number(minutes)];
}
