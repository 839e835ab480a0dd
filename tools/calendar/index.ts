// The calendar: dates, weekdays, how long until and since, adding time, week numbers, holidays. Each file is a part of how a question
// becomes an answer; chrono-node and luxon load with the first question.
import { z } from "zod";
import { defineTool } from "../define.js";
import type { Tool } from "../tool.js";
import { examples } from "./examples.js";
import { checkZone } from "./zones.js";

export interface CalendarOptions {
  /** IANA name of the time zone that days are counted in, such as `"Europe/Berlin"`. Default: the run's. */
  readonly timeZone?: string;
}

const INPUT = z.object({ question: z.string().describe("Such as: days until May 5; weekday of July 4, 2026; 2024-01-31 + 1 month") });

/**
 * The tool `Calendar`: `Calendar(today)`, `Calendar(weekday of July 4, 2026)`, `Calendar(days until May 5)`,
 * `Calendar(days between 2024-01-05 and March 1, 2024)`, `Calendar(3 weeks before May 5)`; without a question it gives today's date.
 *
 * What it takes wordings to mean:
 * - Numbers are month first (`03/04/2024` is March 4) unless the first is over 12; a year of two digits is one of 1951 to 2050.
 * - A date without a year is the coming one after `until` (today counts: 0 days), the last one after `since`, this year's otherwise.
 *   Between two dates it is the one nearest to the other that keeps the order in which they are given.
 * - `next Friday` is the first one after today, `last Friday` the last one before it, `Friday` and `this Friday` may be today.
 * - Days are days of the calendar, whatever the clocks do; the first is not counted, the last is. Hours are those that pass.
 * - A month after January 31 is February's last day. Years of an age or between dates are whole ones; bare years are subtracted.
 * - Weeks are numbered as in ISO 8601, from Monday. The calendar is the Gregorian one throughout, years 1 to 9999.
 *
 * Nested calls get ISO dates (`2024-03-01`) and bare numbers, negative for what has passed (`until`) or is to come (`since`).
 * The only clock is that of the tool's context.
 * @throws ToolwrightError `zone-unknown` when `timeZone` is no time zone; a call throws the errors of `answer`
 */
export function calendar({ timeZone }: CalendarOptions = {}): Tool<typeof INPUT> {
  if (timeZone !== undefined) checkZone(timeZone);
  return defineTool({
    name: "Calendar",
    description:
      "Today's date, the weekday of a date, days between, until or since dates, dates some time before or after, week numbers, leap years.",
    input: INPUT,
    examples,
    cost: { milliseconds: 2, tokens: 20 },
    ...(timeZone !== undefined && { version: `1+${timeZone}` }),
    async run({ question }, context) {
      const zone = timeZone ?? checkZone(context.timeZone);
      const [{ answer }, { DateTime }] = await Promise.all([import("./question.js"), import("luxon")]);
      return answer(question, DateTime.fromJSDate(context.now, { zone }));
    },
  });
}
