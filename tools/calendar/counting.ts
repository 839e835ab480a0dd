// How long it is: until, since, between dates, and within a month or year.
import type { DateTime } from "luxon";
import { ToolwrightError } from "../../errors.js";
import type { ToolOutput } from "../tool.js";
import { expression, isMoment, notAPeriod, occurrence, point } from "./expression.js";
import { add, type Moment, moment, span, today, type Unit } from "./moment.js";
import { resolve } from "./recurrence.js";
import { spanOutput } from "./wording.js";

/** A unit to count in. Undefined: days, or hours to and from a time of day. */
type Counted = Unit | undefined;

/** From now to the coming occurrence of a date, or to a date that says its year. */
export function until(now: DateTime, unit: Counted, text: string): ToolOutput {
  const end = point(text, { now, direction: "coming" });
  const counted = unit ?? fitting(end);
  return spanOutput(span(counted, present(now, counted), end, now.zone), "ago");
}

/** From the last occurrence of a date, or from a date that says its year, to now. */
export function since(now: DateTime, unit: Counted, text: string): ToolOutput {
  const start = point(text, { now, direction: "last" });
  const counted = unit ?? fitting(start);
  return spanOutput(span(counted, start, present(now, counted), now.zone), "from now");
}

/**
 * Between two dates in either order. Of one without a year the occurrence nearest to the other is meant that keeps them in order;
 * of two without a year the first is this year's.
 */
export function between(now: DateTime, unit: Counted, first: string, second: string): ToolOutput {
  const setting = { now, direction: "this" } as const;
  const [from, to] = [expression(first, setting), expression(second, setting)];
  let start: Moment;
  let end: Moment;
  if (isMoment(to)) {
    end = to;
    start = isMoment(from) ? from : resolve(from, "last", to, now.zone);
  } else {
    start = isMoment(from) ? from : occurrence(from, "this", setting);
    end = resolve(to, "coming", start, now.zone);
  }
  return spanOutput(span(unit ?? fitting(start, end), start, end, now.zone));
}

/** Whole years from a birth, which must say its year, to a date. */
export function age(now: DateTime, birth: string, at = "today"): ToolOutput {
  const born = expression(birth, { now, direction: "last" });
  if (!isMoment(born)) throw new ToolwrightError("year-unknown", `"${birth}" has no year.`, "Give the year too, such as March 4, 1990.");
  return spanOutput(span("year", born, point(at, { now, direction: "coming" }), now.zone), "before birth");
}

/** What is left of a month or year after today. */
export function left(now: DateTime, unit: Counted, period: string): ToolOutput {
  return until(now, unit, `last day of ${period}`);
}

/** How long a month or year is. */
export function lengthOf(now: DateTime, unit: Counted, period: string): ToolOutput {
  const { precision, at } = point(period, { now, direction: "this" });
  if (precision !== "month" && precision !== "year") throw notAPeriod(period);
  const start = moment("day", at);
  return spanOutput(span(unit ?? "day", start, add(start, { [precision]: 1 }, 1, now.zone), now.zone));
}

function fitting(...ends: readonly Moment[]): Unit {
  return ends.some(({ precision }) => precision === "minute") ? "hour" : "day";
}

/** Now, as exactly as the unit asks. */
function present(now: DateTime, unit: Unit): Moment {
  return unit === "hour" || unit === "minute" ? moment("minute", now) : today(now);
}
