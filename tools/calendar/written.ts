// Dates as they are written, through chrono-node.
import type { ParsedComponents } from "chrono-node";
import { Chrono, configuration } from "chrono-node/en";
import { DateTime, FixedOffsetZone } from "luxon";
import { type Moment, moment, today } from "./moment.js";
import { annual, annualMonth, impossible, type Recurrence } from "./recurrence.js";
import { monthName } from "./wording.js";

/**
 * Without chrono's refiners: they drop dates that do not exist without a word, and guess at what surrounds a date. Without its parsers for
 * `3 weeks ago` and the like too: expressions are read before, and the patterns of these take 100 ms to compile.
 */
const CHRONO = new Chrono({
  parsers: configuration.createCasualConfiguration().parsers.filter((parser) => !parser.constructor.name.includes("TimeUnit")),
  refiners: [],
});

/** Chrono takes 2024-13-01 for January 13, so that years first are read here. */
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?$/;

/**
 * Reads text that is a date and nothing else: `july 20, 1969`, `20 jul 1969`, `7/20/1969` (month first, unless it is over 12),
 * `1969-07-20`, `july 1969`, `1969`. A year of two digits is one of 1951 to 2050. Without a year it is a recurrence.
 * @returns undefined when the text is not a date
 * @throws ToolwrightError `date-impossible` for February 30 and the like
 */
export function written(text: string, now: DateTime): Moment | Recurrence | undefined {
  if (/^\d{4}$/.test(text)) return moment("year", DateTime.utc(Number(text)));
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) {
    const [, year, , month, day] = yearFirst;
    return date(Number(year), Number(month), day === undefined ? undefined : Number(day));
  }
  // The day in the user's zone, told to chrono as noon in UTC: it calculates in the host's zone, where noon is safe from changes of clocks.
  const reference = { instant: today(now).at.set({ hour: 12 }).toJSDate(), timezone: 0 };
  const whole = CHRONO.parse(text, reference).find((result) => result.text.trim() === text && result.end == null && isDate(result.start));
  if (whole === undefined) return undefined;
  const [year, month, day] = (["year", "month", "day"] as const).map((part) => certain(whole.start, part));
  const noSuchDay = /^[a-z.]+ (\d\d)$/.exec(text)?.[1]; // chrono takes "march 45" for March 2045
  if (day === undefined && noSuchDay !== undefined) throw impossible(`day ${noSuchDay}`, monthName(month!));
  if (year === undefined) {
    if (day === undefined) return annualMonth(month!);
    if (!DateTime.utc(2000, month!, day).isValid) throw impossible(`day ${day}`, monthName(month!));
    return annual(month!, day);
  }
  const read = date(year, month!, day);
  return whole.start.isCertain("hour") ? timed(whole.start, read, now) : read;
}

function isDate(components: ParsedComponents): boolean {
  return components.isCertain("month") && !components.tags().has("result/relativeDate");
}

function certain(components: ParsedComponents, part: "year" | "month" | "day"): number | undefined {
  return components.isCertain(part) ? components.get(part)! : undefined;
}

function date(year: number, month: number, day: number | undefined): Moment {
  if (month < 1 || month > 12) throw impossible(`month ${month}`, "a year");
  const start = moment("month", DateTime.utc(year, month));
  if (day === undefined) return start;
  if (day < 1 || day > start.at.daysInMonth!) throw impossible(`day ${day}`, `${monthName(month)} ${year}`);
  return moment("day", start.at.set({ day }));
}

/** A date with a time of day, in its own offset from UTC if it has one. */
function timed(components: ParsedComponents, { at }: Moment, now: DateTime): Moment {
  const offset = components.isCertain("timezoneOffset") ? components.get("timezoneOffset")! : undefined;
  const zone = offset === undefined ? now.zone : FixedOffsetZone.instance(offset);
  const time = at.setZone(zone, { keepLocalTime: true }).set({ hour: components.get("hour")!, minute: components.get("minute")! });
  return moment("minute", time.setZone(now.zone));
}
