// Reads a question of the dates set anew and reckons it with luxon; the set's own reckoning counts days since 1970.
import { DateTime, type DurationLikeObject, Info } from "luxon";

const HOLIDAYS: Readonly<Record<string, readonly [month: number, day: number]>> = {
  "Christmas Eve": [12, 24],
  Christmas: [12, 25],
  "New Year's Day": [1, 1],
  "New Year's Eve": [12, 31],
  Halloween: [10, 31],
  "Valentine's Day": [2, 14],
  "Independence Day": [7, 4],
  "St. Patrick's Day": [3, 17],
  "Earth Day": [4, 22],
  "April Fools' Day": [4, 1],
  "Boxing Day": [12, 26],
  "Bastille Day": [7, 14],
};

const DATE = RegExp(`\\d{4}-\\d\\d-\\d\\d|(?:${Info.months().join("|")}) \\d{1,2}(?:, \\d{4})?`, "g");
const SPAN = /(\d+) (day|week|month|year)s?\b/;

const zone = { zone: "UTC" } as const;
const day = (text: string) => (/^\d{4}-/.test(text) ? DateTime.fromISO(text, zone) : DateTime.fromFormat(text, "MMMM d, yyyy", zone));
const daysFrom = (from: DateTime, to: DateTime) => Math.round(to.diff(from, "days").days);

/** The answer as one text; undefined where the question cannot be read. @param question with its numbers in digits */
export function dateAnswer(question: string, now: string): string | undefined {
  const today = DateTime.fromISO(now, zone);
  const dates = Array.from(question.matchAll(DATE), ([text]) => text);
  const name = Object.keys(HOLIDAYS).find((each) => question.includes(each));
  const span = SPAN.exec(question);
  const back = /\b(?:ago|back|old)\b/.test(question);
  const moved = (from: DateTime) => {
    const length: DurationLikeObject = { [`${span![2]}s`]: Number(span![1]) };
    return back ? from.minus(length) : from.plus(length);
  };
  const near = /\b(today|yesterday|tomorrow)\b/.exec(question)?.[1];
  /** The coming one without a year, today included. */
  const coming = (text: string) => {
    if (/\d{4}/.test(text)) return day(text);
    const here = day(`${text}, ${today.year}`);
    return here < today ? day(`${text}, ${today.year + 1}`) : here;
  };
  const holiday = (year: number) => DateTime.utc(year, ...HOLIDAYS[name!]!);
  const weekday = (date: DateTime) => date.toFormat("cccc");
  const full = (date: DateTime) => date.toFormat("cccc, MMMM d, yyyy");
  const part = /day of the month|\bmonth\b|\byear\b/.exec(question.replace(SPAN, ""))?.[0];

  if (/which day of the week falls on/i.test(question)) return weekday(holiday(Number(/\bin (\d{4})/i.exec(question)![1])));
  if (name !== undefined && /have gone by\?/.test(question)) {
    const here = holiday(today.year);
    return String(daysFrom(here > today ? holiday(today.year - 1) : here, today));
  }
  if (name !== undefined && dates.length === 0) {
    const here = holiday(today.year);
    return String(daysFrom(today, here < today ? holiday(today.year + 1) : here));
  }
  if (dates.length === 2) {
    const days = daysFrom(day(dates[0]!), day(dates[1]!));
    if (!question.includes("How many weeks")) return String(days);
    const [weeks, rest] = [Math.floor(days / 7), days % 7];
    const words = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
    return rest === 0 ? String(weeks) : `${words(weeks, "week")} and ${words(rest, "day")}`;
  }
  if (dates.length === 1) {
    const [text = ""] = dates;
    if (span) return full(moved(day(text)));
    if (/day of the week|weekday/.test(question)) return weekday(day(text));
    if (/full years/.test(question)) return String(Math.floor(today.diff(day(text), "years").years));
    if (/sleeps until|does that leave me/.test(question)) return String(daysFrom(today, coming(text)));
    if (/and today|have we lived/.test(question)) return String(daysFrom(day(text), today));
    return undefined;
  }
  const where = span
    ? moved(today)
    : near === "tomorrow"
      ? today.plus({ days: 1 })
      : near === "yesterday"
        ? today.minus({ days: 1 })
        : today;
  if (/day of the week|weekday/.test(question)) return weekday(where);
  if (/\bdate\b/.test(question)) return full(where);
  if (part === "day of the month") return String(where.day);
  if (part === "month") return where.toFormat("MMMM");
  return part === "year" ? String(where.year) : undefined;
}
