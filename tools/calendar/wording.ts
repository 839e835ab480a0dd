// How answers are written: as a person would, in American English, short enough for a small model to copy.
import { DateTime } from "luxon";
import type { ToolOutput } from "../tool.js";
import type { Moment, Precision, Span } from "./moment.js";

const TEXT_FORMAT: Record<Precision, string> = {
  year: "y",
  month: "LLLL y",
  day: "cccc, LLLL d, y",
  minute: "cccc, LLLL d, y, h:mm a",
};
const VALUE_FORMAT: Record<Precision, string> = { year: "yyyy", month: "yyyy-MM", day: "yyyy-MM-dd", minute: "yyyy-MM-dd'T'HH:mm" };

/** By a luxon format, in English whatever the host's language: luxon would write even digits in its own. */
export function english(at: DateTime, format: string): string {
  return at.toFormat(format, { locale: "en-US" });
}

/** `Friday, March 1, 2024`; for an enclosing call `2024-03-01`. */
export function momentOutput({ precision, at }: Moment): ToolOutput {
  return { text: english(at, TEXT_FORMAT[precision]), value: english(at, VALUE_FORMAT[precision]) };
}

/** `5:30 PM`, and the weekday where it is another day than the user's; for an enclosing call `17:30`. */
export function timeOutput(time: DateTime, now: DateTime): ToolOutput {
  const sameDay = time.toISODate() === now.toISODate();
  return { text: english(time, sameDay ? "h:mm a" : "h:mm a 'on' cccc"), value: english(time, "HH:mm") };
}

export function weekdayName(day: DateTime): string {
  return english(day, "cccc");
}

export function monthName(month: number): string {
  return english(DateTime.utc(2000, month), "LLLL");
}

/** `1 day`, `56 days`. */
function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `8 weeks and 4 days`; for an enclosing call `8`. A span that runs backward ends in `backwardly`, if given, and has a negative value. */
export function spanOutput({ unit, count, rest, restUnit, backward }: Span, backwardly = ""): ToolOutput {
  const parts = [...(count > 0 || rest === 0 ? [plural(count, unit)] : []), ...(rest > 0 ? [plural(rest, restUnit)] : [])];
  const text = parts.join(" and ");
  return backward && backwardly !== "" ? { text: `${text} ${backwardly}`, value: String(-count) } : { text, value: String(count) };
}
