// The calendar against a second implementation, on integers alone: days are counted from 1970-01-01 after
// Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { calendar } from "../../tools/calendar/index.js";
import type { ToolOutput } from "../../tools/index.js";

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = "January February March April May June July August September October November December".split(" ");
const ZONES = [
  "UTC",
  "America/New_York",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "America/Sao_Paulo",
];

function daysFromCivil({ year, month, day }: Civil): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

function civilFromDays(days: number): Civil {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

/** Monday 0. 1970-01-01 was a Thursday. */
function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

function addMonths({ year, month, day }: Civil, months: number): Civil {
  const index = year * 12 + month - 1 + months;
  const to = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1 };
  return { ...to, day: Math.min(day, daysInMonth(to.year, to.month)) };
}

/** The week of the year that has this week's Thursday. */
function isoWeek(days: number): { year: number; week: number } {
  const thursday = days - weekdayOf(days) + 3;
  const { year } = civilFromDays(thursday);
  return { year, week: Math.floor((thursday - daysFromCivil({ year, month: 1, day: 1 })) / 7) + 1 };
}

const pad = (value: number, size: number) => String(value).padStart(size, "0");
const iso = ({ year, month, day }: Civil) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
const english = ({ year, month, day }: Civil) => `${MONTHS[month - 1]} ${day}, ${year}`;
const long = (days: number) => `${WEEKDAYS[weekdayOf(days)]}, ${english(civilFromDays(days))}`;
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const FIRST = daysFromCivil({ year: 1600, month: 1, day: 1 });
const LAST = daysFromCivil({ year: 2400, month: 12, day: 31 });
const anyDay = fc.integer({ min: FIRST, max: LAST });
const anyZone = fc.constantFrom(...ZONES);
/** Instants since the zones keep whole minutes. */
const anyInstant = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2100, 0) }).map((milliseconds) => new Date(milliseconds));

const tool = calendar();

function ask(question: string, now = new Date("2024-01-05T12:00:00Z"), timeZone = "UTC"): Promise<ToolOutput> {
  return tool.run({ question }, { signal: new AbortController().signal, now, timeZone });
}

async function holds<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  law: (...values: T) => Promise<void>,
) {
  await fc.assert(
    fc.asyncProperty(...arbitraries, (...values: T) => law(...values)),
    { numRuns: 200 },
  );
}

/** The date that a clock on the wall shows, from the platform's own zone data. */
function localDay(now: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", month: "numeric", day: "numeric" }).formatToParts(now);
  const part = (type: string) => Number(parts.find((each) => each.type === type)!.value);
  return daysFromCivil({ year: part("year"), month: part("month"), day: part("day") });
}

test("the second implementation knows some dates", () => {
  assert.is(daysFromCivil({ year: 1970, month: 1, day: 1 }), 0);
  assert.is(daysFromCivil({ year: 2000, month: 3, day: 1 }), 11017);
  assert.is(WEEKDAYS[weekdayOf(daysFromCivil({ year: 1969, month: 7, day: 20 }))], "Sunday");
  for (const days of [FIRST, -1, 0, 11016, LAST]) assert.is(daysFromCivil(civilFromDays(days)), days);
});

test("the weekday of any date, in any wording", () =>
  holds(
    [anyDay, fc.constantFrom(iso, english, ({ year, month, day }: Civil) => `${day} ${MONTHS[month - 1]} ${year}`)],
    async (days, write) => {
      assert.is((await ask(`weekday of ${write(civilFromDays(days))}`)).text, WEEKDAYS[weekdayOf(days)]);
    },
  ));

test("days and weeks between any two dates, in either order", () =>
  holds([anyDay, anyDay], async (a, b) => {
    const apart = Math.abs(a - b);
    const dates = `${iso(civilFromDays(a))} and ${english(civilFromDays(b))}`;
    assert.is((await ask(`days between ${dates}`)).text, counted(apart, "day"));
    assert.is((await ask(`weeks between ${dates}`)).value, String(Math.floor(apart / 7)));
  }));

test("whole months between are the most that fit, the rest is days; whole years likewise", () =>
  holds([anyDay, fc.integer({ min: 0, max: 40_000 })], async (start, length) => {
    const [from, end] = [civilFromDays(start), start + length];
    const fits = (months: number) => daysFromCivil(addMonths(from, months)) <= end;
    let months = 0;
    while (fits(months + 1)) months++;
    const rest = end - daysFromCivil(addMonths(from, months));
    const parts = [...(months > 0 || rest === 0 ? [counted(months, "month")] : []), ...(rest > 0 ? [counted(rest, "day")] : [])];
    const dates = `${iso(from)} and ${iso(civilFromDays(end))}`;
    assert.is((await ask(`months between ${dates}`)).text, parts.join(" and "));
    assert.is((await ask(`years between ${dates}`)).text, counted(Math.floor(months / 12), "year"));
  }));

test("days and weeks added and taken away", () =>
  holds([anyDay, fc.integer({ min: 1, max: 100_000 })], async (days, amount) => {
    const date = civilFromDays(days);
    assert.is((await ask(`${iso(date)} + ${amount} days`)).text, long(days + amount));
    assert.is((await ask(`${amount} days before ${english(date)}`)).text, long(days - amount));
    assert.is((await ask(`${amount % 1000} weeks after ${english(date)}`)).text, long(days + 7 * (amount % 1000)));
  }));

test("months and years added and taken away, a day that is missing becoming the month's last", () =>
  holds([anyDay, fc.integer({ min: 1, max: 2400 })], async (days, amount) => {
    const date = civilFromDays(days);
    assert.is((await ask(`${iso(date)} + ${amount} months`)).value, iso(addMonths(date, amount)));
    assert.is((await ask(`${amount} months before ${english(date)}`)).value, iso(addMonths(date, -amount)));
    assert.is((await ask(`${amount % 400} years after ${english(date)}`)).value, iso(addMonths(date, 12 * (amount % 400))));
  }));

test("ISO weeks and days of the year", () =>
  holds([anyDay], async (days) => {
    const date = civilFromDays(days);
    const { year, week } = isoWeek(days);
    assert.is((await ask(`week number of ${english(date)}`)).text, `week ${week}${year === date.year ? "" : ` of ${year}`}`);
    assert.is((await ask(`day of the year of ${iso(date)}`)).value, String(days - daysFromCivil({ ...date, month: 1, day: 1 }) + 1));
  }));

test("today, and days until and since a date of every year, in any zone", () =>
  holds([anyInstant, anyZone, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 })], async (now, zone, month, dayOfMonth) => {
    const day = Math.min(dayOfMonth, daysInMonth(2024, month));
    const today = localDay(now, zone);
    const { year } = civilFromDays(today);
    const occurrences = Array.from({ length: 21 }, (_, index) => year - 10 + index)
      .filter((each) => day <= daysInMonth(each, month))
      .map((each) => daysFromCivil({ year: each, month, day }));
    const coming = occurrences.find((days) => days >= today)!;
    const last = occurrences.findLast((days) => days <= today)!;
    assert.is((await ask("today", now, zone)).text, long(today));
    assert.is((await ask(`days until ${MONTHS[month - 1]} ${day}`, now, zone)).text, counted(coming - today, "day"));
    assert.is((await ask(`days since ${MONTHS[month - 1]} ${day}`, now, zone)).text, counted(today - last, "day"));
  }));

test("next and last weekday, in any zone", () =>
  holds([anyInstant, anyZone, fc.integer({ min: 0, max: 6 })], async (now, zone, weekday) => {
    const today = localDay(now, zone);
    const ahead = (weekday - weekdayOf(today) + 7) % 7;
    assert.is((await ask(`next ${WEEKDAYS[weekday]}`, now, zone)).text, long(today + (ahead === 0 ? 7 : ahead)));
    assert.is((await ask(`last ${WEEKDAYS[weekday]}`, now, zone)).text, long(today + ahead - 7));
    assert.is((await ask(`this ${WEEKDAYS[weekday]}`, now, zone)).text, long(today + ahead));
  }));

test("a day that its month lacks is refused in every wording", () =>
  holds(
    [fc.integer({ min: 1600, max: 2400 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 29, max: 31 })],
    async (year, month, day) => {
      if (day <= daysInMonth(year, month)) return;
      for (const date of [
        iso({ year, month, day }),
        english({ year, month, day }),
        `${day} ${MONTHS[month - 1]} ${year}`,
        `${month}/${day}/${year}`,
      ]) {
        const outcome = await ask(`weekday of ${date}`).catch((error: unknown) => error);
        assert.instance(outcome, ToolwrightError, date);
        assert.is((outcome as ToolwrightError).code, "date-impossible", date);
      }
    },
  ));

const WORDS = [
  "days weeks until since between and from to before after in of the next last friday weekday week number leap year is born age left ago",
  "2024 2023-02-29 may 5 , + - 3 ten noon 10:30 25:99 christmas today fifth february 99999999999",
].flatMap((line) => line.split(" "));

test("any text is answered or refused in a sentence", () =>
  holds(
    [
      fc.oneof(
        fc.string({ maxLength: 250 }),
        fc.array(fc.constantFrom(...WORDS), { maxLength: 9 }).map((words) => words.join(" ")),
      ),
    ],
    async (question) => {
      const outcome = await ask(question).catch((error: unknown) => error);
      if (outcome instanceof ToolwrightError) assert.ok(outcome.message !== "" && outcome.remedy !== "");
      else assert.not.match((outcome as ToolOutput).text, /Invalid|NaN|undefined/);
    },
  ));

test.run();
