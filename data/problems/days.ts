// Days, their names, and what a question about them is made of.
import type { Draw } from "./draw.js";

const DAY = 86_400_000;
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Days since 1970-01-01. */
export type Day = number;

export const dayOf = (year: number, month: number, day: number): Day => Date.UTC(year, month - 1, day) / DAY;
export const dateOf = (day: Day) => new Date(day * DAY);
export const iso = (day: Day) => dateOf(day).toISOString().slice(0, 10);
export const yearOf = (day: Day) => dateOf(day).getUTCFullYear();
export const weekday = (day: Day) => WEEKDAYS[dateOf(day).getUTCDay()]!;
export const short = (day: Day) => `${MONTHS[dateOf(day).getUTCMonth()]} ${dateOf(day).getUTCDate()}`;
export const long = (day: Day) => `${short(day)}, ${yearOf(day)}`;
/** `Tuesday, March 12, 2024` */
export const full = (day: Day) => `${weekday(day)}, ${long(day)}`;
export const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? "" : "s"}`;

export interface Asked {
  readonly kind: string;
  readonly asks: readonly string[];
  readonly tells: readonly string[];
  /** What `{name}` stands for, in question and solution. */
  readonly with: Readonly<Record<string, string>>;
  readonly answer: string;
}

export type Asking = (draw: Draw, now: Day, held: boolean) => Asked;

export const someDay = (draw: Draw, from: number, to: number) => dayOf(draw.integer(from, to), draw.integer(1, 12), draw.integer(1, 28));
export const written = (draw: Draw, day: Day) => (draw.chance(0.75) ? long(day) : iso(day));

/** Each has the same date every year. */
const HOLIDAYS: readonly (readonly [name: string, month: number, day: number])[] = [
  ["Christmas", 12, 25],
  ["Christmas Eve", 12, 24],
  ["New Year's Day", 1, 1],
  ["New Year's Eve", 12, 31],
  ["Halloween", 10, 31],
  ["Valentine's Day", 2, 14],
  ["Independence Day", 7, 4],
  ["St. Patrick's Day", 3, 17],
  ["Earth Day", 4, 22],
  ["April Fools' Day", 4, 1],
  ["*Boxing Day", 12, 26],
  ["*Bastille Day", 7, 14],
];

/** The coming day of this date, today included, or the last one. */
export function near(now: Day, month: number, date: number, direction: 1 | -1): Day {
  const thisYear = dayOf(yearOf(now), month, date);
  if (direction === 1) return thisYear >= now ? thisYear : dayOf(yearOf(now) + 1, month, date);
  return thisYear <= now ? thisYear : dayOf(yearOf(now) - 1, month, date);
}

export function holiday(draw: Draw, held: boolean): readonly [name: string, date: readonly [month: number, day: number]] {
  const [name, month, day] = draw.pick(HOLIDAYS.filter(([name]) => held || !name.startsWith("*")));
  return [name.replace("*", ""), [month, day]];
}

/** A span of time, and the day that is so far from today; months and years only from days that every month has. */
export function spanFrom(draw: Draw, now: Day, direction: 1 | -1): readonly [span: string, day: Day] {
  const months = dateOf(now).getUTCDate() <= 28;
  const unit = draw.weighted([
    [5, "day"],
    [2, "week"],
    [months ? 1 : 0, "month"],
    [months ? 1 : 0, "year"],
  ] as const);
  const number = draw.integer(2, { day: draw.pick([30, 200, 900]), week: 20, month: 20, year: 30 }[unit]);
  const days = { day: number, week: 7 * number }[unit as string];
  if (days !== undefined) return [count(number, unit), now + direction * days];
  const day = dateOf(now);
  const month = day.getUTCMonth() + direction * number * (unit === "year" ? 12 : 1);
  return [count(number, unit), Date.UTC(day.getUTCFullYear(), month, day.getUTCDate()) / DAY];
}
