import { DateTime, type Zone } from "luxon";
import { ToolwrightError } from "../../errors.js";
import { dayOf, instant, type Moment, moment, type Precision } from "./moment.js";
import { english, monthName } from "./wording.js";

/** Something that comes back: December 25 or the first Monday of September every year, the 25th every month, Fridays, 5 pm every day. */
export interface Recurrence {
  /** As a person calls it, for errors: `February 29`. */
  readonly name: string;
  readonly precision: Precision;
  /** How often it is looked for. Weekdays are looked for day by day. */
  readonly every: "year" | "month" | "day";
  /** Its occurrence in the year, month or day that begins at `start` (midnight UTC); undefined where that has none. */
  in(start: DateTime): DateTime | undefined;
}

/**
 * Which occurrence is meant, seen from a moment:
 * - `coming` the first one from the moment's day on, `last` the last one up to that day
 * - `next` the first one after it, `previous` the last one before it
 * - `this` the one of the same year or month, for a time of day that of the same day, for weekdays the same as `coming`
 */
export type Direction = "coming" | "last" | "next" | "previous" | "this";

/** How many years, months or days are looked through. The rarest, a February 29 on a given weekday, comes back within 40 years. */
const REACH = 41;

/** @throws ToolwrightError `date-impossible` when the year or month of `anchor` has no occurrence and the direction is `this` */
export function resolve(recurrence: Recurrence, direction: Direction, anchor: Moment, zone: Zone): Moment {
  const { every, precision, name } = recurrence;
  const start = dayOf(anchor).startOf(every);
  if (direction === "this" && (every !== "day" || precision === "minute")) {
    const found = recurrence.in(start);
    if (found === undefined) throw impossible(name, english(start, every === "year" ? "y" : "LLLL y"));
    return moment(precision, found);
  }
  const back = direction === "last" || direction === "previous";
  const strict = direction === "next" || direction === "previous";
  const from = precision === "minute" ? instant(anchor, zone) : dayOf(anchor);
  for (let step = 0; step < REACH; step++) {
    const found = recurrence.in(start.plus({ [every]: back ? -step : step }));
    if (found === undefined) continue;
    const ahead = found.toMillis() - from.toMillis();
    if (back ? (strict ? ahead < 0 : ahead <= 0) : strict ? ahead > 0 : ahead >= 0) return moment(precision, found);
  }
  throw impossible(name, "the years 1 to 9999");
}

/** The occurrence in a given year. */
export function resolveInYear(recurrence: Recurrence, year: number, zone: Zone): Moment {
  return resolve(recurrence, "this", moment("year", DateTime.utc(year)), zone);
}

export function impossible(name: string, place: string): ToolwrightError {
  return new ToolwrightError("date-impossible", `There is no ${name} in ${place}.`, "Ask about a date that exists.");
}

/** The same day every year. February 29 comes in leap years only. */
export function annual(month: number, day: number): Recurrence {
  return {
    name: `${monthName(month)} ${day}`,
    precision: "day",
    every: "year",
    in: ({ year }) => existing(year, month, day),
  };
}

/** A month every year. */
export function annualMonth(month: number): Recurrence {
  return { ...annual(month, 1), precision: "month" };
}

/** The same day every month; not in months that are too short. */
export function monthly(day: number): Recurrence {
  return { name: `day ${day}`, precision: "day", every: "month", in: ({ year, month }) => existing(year, month, day) };
}

/** Days of the week, Monday 1 to Sunday 7. */
export function weekly(name: string, weekdays: readonly number[]): Recurrence {
  return { name, precision: "day", every: "day", in: (day) => (weekdays.includes(day.weekday) ? day : undefined) };
}

/** A time of day, in a zone. */
export function daily(hour: number, minute: number, zone: Zone): Recurrence {
  return {
    name: `${hour}:${String(minute).padStart(2, "0")}`,
    precision: "minute",
    every: "day",
    in: (day) => day.setZone(zone, { keepLocalTime: true }).set({ hour, minute }),
  };
}

/** Leap years. */
export const LEAP_YEAR: Recurrence = {
  name: "leap year",
  precision: "year",
  every: "year",
  in: (year) => (year.isInLeapYear ? year : undefined),
};

/** A weekday (Monday 1 to Sunday 7) of a month by its rank, every year: rank 1 is the first, -1 the last. */
export function ranked(name: string, rank: number, weekday: number, month: number): Recurrence {
  return { name, precision: "day", every: "year", in: ({ year }) => rankedDay(rank, weekday, DateTime.utc(year, month)) };
}

/** @param month midnight UTC of its first day */
export function rankedDay(rank: number, weekday: number, month: DateTime): DateTime | undefined {
  const last = month.plus({ days: month.daysInMonth! - 1 });
  const day =
    rank > 0
      ? month.plus({ days: ((weekday - month.weekday + 7) % 7) + 7 * (rank - 1) })
      : last.minus({ days: (last.weekday - weekday + 7) % 7 });
  return day.month === month.month ? day : undefined;
}

function existing(year: number, month: number, day: number): DateTime | undefined {
  const date = DateTime.utc(year, month, day);
  return date.isValid ? date : undefined;
}
