import { DateTime, type Zone } from "luxon";
import { ToolwrightError } from "../../errors.js";

/** How exactly a moment is known: `2024`, `March 2024`, `March 1, 2024`, `March 1, 2024, 5:30 PM`. */
export type Precision = "year" | "month" | "day" | "minute";

/**
 * A point of the calendar (proleptic Gregorian, years 1 to 9999). Up to precision `day`, `at` is midnight UTC of its first day, whatever
 * the user's zone: UTC days all have 24 hours, so that counting and adding days cannot meet a change of clocks. With precision `minute`,
 * `at` is in the user's zone.
 */
export interface Moment {
  readonly precision: Precision;
  readonly at: DateTime;
}

const FINENESS: Record<Precision, number> = { year: 0, month: 1, day: 2, minute: 3 };

export type Unit = "year" | "month" | "week" | "day" | "hour" | "minute";

const UNIT_PRECISION: Record<Unit, Precision> = { year: "year", month: "month", week: "day", day: "day", hour: "minute", minute: "minute" };

/** Whole units, such as `{ month: 1, day: 3 }`. */
export type Duration = Readonly<Partial<Record<Unit, number>>>;

/** @throws ToolwrightError `date-range` outside the years 1 to 9999 */
export function moment(precision: Precision, at: DateTime): Moment {
  if (!at.isValid || at.year < 1 || at.year > 9999) {
    throw new ToolwrightError("date-range", "The date is outside the years 1 to 9999.", "Ask about a date between the years 1 and 9999.");
  }
  return { precision, at };
}

/** The day, as midnight UTC, on which a moment lies. */
export function dayOf({ at }: Moment): DateTime {
  return DateTime.utc(at.year, at.month, at.day);
}

/** The day on which a clock stands. */
export function today(now: DateTime): Moment {
  return moment("day", DateTime.utc(now.year, now.month, now.day));
}

/** A moment as an instant: its own, or the start of its day in the zone. */
export function instant({ precision, at }: Moment, zone: Zone): DateTime {
  return precision === "minute" ? at : at.setZone(zone, { keepLocalTime: true });
}

export function isTimed(duration: Duration): boolean {
  return duration.hour !== undefined || duration.minute !== undefined;
}

/** Adds a duration, years and months first; a day that a month lacks becomes its last: January 31 and a month is February 28 or 29. */
export function add(start: Moment, duration: Duration, sign: 1 | -1, zone: Zone): Moment {
  let precision = start.precision;
  const amounts: Record<string, number> = {};
  for (const [unit, amount] of Object.entries(duration) as [Unit, number][]) {
    if (FINENESS[UNIT_PRECISION[unit]] > FINENESS[precision]) precision = UNIT_PRECISION[unit];
    amounts[unit] = sign * amount;
  }
  return moment(precision, (precision === "minute" ? instant(start, zone) : start.at).plus(amounts));
}

/** What lies between two moments: whole units, and what is left over in the next smaller one (weeks and months: days; hours: minutes). */
export interface Span {
  readonly unit: Unit;
  readonly count: number;
  readonly rest: number;
  readonly restUnit: Unit;
  /** `to` is before `from`; the counts are those of the way back. */
  readonly backward: boolean;
}

/**
 * Counts from one moment to another, the first day not counted, the last one counted.
 * - Days are days of the calendar. Hours are 24 a day, unless a time of day is given: then they are the hours that pass in the zone.
 * - Months and years are whole ones, the rest (of months) in days; years alone or months alone are subtracted by their numbers.
 */
export function span(unit: Unit, from: Moment, to: Moment, zone: Zone): Span {
  const timed = from.precision === "minute" || to.precision === "minute";
  const byTheClock = timed && (unit === "hour" || unit === "minute");
  const ends = byTheClock ? [instant(from, zone), instant(to, zone)] : [dayOf(from), dayOf(to)];
  const backward = ends[1]! < ends[0]!;
  const [start, end] = (backward ? ends.reverse() : ends) as [DateTime, DateTime];
  const of = (count: number, rest = 0, restUnit: Unit = "day"): Span => ({ unit, count, rest, restUnit, backward });
  const minutes = Math.floor(end.diff(start).as("minutes"));
  const coarsest = Math.min(FINENESS[from.precision], FINENESS[to.precision]);
  switch (unit) {
    case "minute":
      return of(minutes);
    case "hour":
      return of(Math.floor(minutes / 60), minutes % 60, "minute");
    case "day":
      return of(minutes / 1440);
    case "week":
      return of(Math.floor(minutes / 10080), (minutes / 1440) % 7);
    case "month": {
      const months = 12 * (end.year - start.year) + end.month - start.month;
      if (coarsest <= FINENESS.month) return of(months);
      const whole = start.plus({ months }) > end ? months - 1 : months;
      return of(whole, end.diff(start.plus({ months: whole })).as("days"));
    }
    case "year": {
      const years = end.year - start.year;
      if (coarsest <= FINENESS.year) return of(years);
      return of(start.plus({ years }) > end ? years - 1 : years);
    }
  }
}
