import { Settings } from "luxon";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { calendar } from "../../tools/calendar/index.js";
import type { ToolOutput } from "../../tools/index.js";

const FRIDAY = "2024-01-05T10:30:00Z";

interface Setting {
  readonly now?: string;
  readonly timeZone?: string;
}

function ask(question: string, { now = FRIDAY, timeZone = "UTC" }: Setting = {}): Promise<ToolOutput> {
  return calendar().run({ question }, { signal: new AbortController().signal, now: new Date(now), timeZone });
}

async function gives(answers: Record<string, string>, setting?: Setting): Promise<void> {
  for (const [question, answer] of Object.entries(answers)) assert.is((await ask(question, setting)).text, answer, question);
}

async function refused(question: string, code: string, message: RegExp): Promise<void> {
  try {
    const { text } = await ask(question);
    assert.unreachable(`${question} gave ${text}`);
  } catch (error) {
    assert.instance(error, ToolwrightError, `${question}: ${error}`);
    assert.is((error as ToolwrightError).code, code, question);
    assert.match((error as ToolwrightError).message, message);
  }
}

const answers = suite("calendar answers");

answers("an empty call says what day it is", async () => {
  assert.equal(await ask(""), { text: "Today is Friday, January 5, 2024", value: "2024-01-05" });
});

answers("today, tomorrow and the parts of now are given as a person writes them", () =>
  gives({
    today: "Friday, January 5, 2024",
    "What day is it today?": "Friday, January 5, 2024",
    "what is today's date": "Friday, January 5, 2024",
    "current date": "Friday, January 5, 2024",
    weekday: "Friday",
    "day after tomorrow": "Sunday, January 7, 2024",
    yesterday: "Thursday, January 4, 2024",
    "this month": "January 2024",
    "next month": "February 2024",
    "last year": "2023",
    now: "Friday, January 5, 2024, 10:30 AM",
    time: "10:30 AM",
  }),
);

answers("a weekday is a single word, whatever the wording of the question", () =>
  gives({
    "weekday of July 20, 1969": "Sunday",
    "day of the week July 20 1969": "Sunday",
    "What day of the week was July 20, 1969?": "Sunday",
    "what weekday does Christmas fall on": "Wednesday",
    "weekday of 1969-07-20": "Sunday",
    "what day of the week will it be in 3 weeks": "Friday",
    "weekday of tomorrow": "Saturday",
  }),
);

answers("one date is read in many wordings", async () => {
  const wordings = [
    "July 20, 1969",
    "july 20 1969",
    "Jul. 20, 1969",
    "20 July 1969",
    "the 20th of July, 1969",
    "20-Jul-1969",
    "July twentieth, 1969",
  ];
  const numerals = ["1969-07-20", "1969/7/20", "7/20/1969", "20/7/1969", "7/20/69", "July 20, 69", "1969 July 20"];
  for (const wording of [...wordings, ...numerals, "Sunday, July 20, 1969", "the date July 20, 1969?"]) {
    assert.is((await ask(wording)).text, "Sunday, July 20, 1969", wording);
  }
});

answers("numbers are month first, and a year of two digits is one of 1951 to 2050", () =>
  gives({
    "03/04/2024": "Monday, March 4, 2024",
    "13/04/2024": "Saturday, April 13, 2024",
    "3/4/50": "Friday, March 4, 2050",
    "3/4/51": "Sunday, March 4, 1951",
  }),
);

answers("counts carry their unit, and what is left over", () =>
  gives({
    "days until December 25": "355 days",
    "How many days is it until December 25?": "355 days",
    "days until tomorrow": "1 day",
    "days between 2024-01-05 and March 1, 2024": "56 days",
    "days between March 1, 2024 and 2024-01-05": "56 days",
    "2024-03-01 - 2024-01-05": "56 days",
    "weeks between 2024-01-01 and 2024-03-01": "8 weeks and 4 days",
    "months between 2024-01-31 and 2024-03-01": "1 month and 1 day",
    "months until July 2024": "6 months",
    "years between 1914 and 1918": "4 years",
    "years since 1990-05-02": "33 years",
    "age of someone born on January 5, 1990": "34 years",
    "age of someone born on January 6, 1990": "33 years",
    "age in 2030 of someone born in 1990": "40 years",
    "hours between 9:00 and 17:30": "8 hours and 30 minutes",
    "hours between 10pm and 6am": "8 hours",
    "how long until 5pm": "6 hours and 30 minutes",
  }),
);

answers("months and years have lengths and ends", () =>
  gives({
    "days in February 2024": "29 days",
    "how many days does February 1900 have": "28 days",
    "days in 2024": "366 days",
    "days left in the year": "361 days",
    "last day of February": "Thursday, February 29, 2024",
    "first Monday of September 2024": "Monday, September 2, 2024",
    "last Monday of May 2025": "Monday, May 26, 2025",
    "is 2024 a leap year": "Yes, 2024 is a leap year",
    "Was 1900 a leap year?": "No, 1900 is not a leap year",
    "next leap year": "2028",
  }),
);

answers("time is added and taken away, and a month that is too short gives its last day", () =>
  gives({
    "2024-01-31 + 1 month": "Thursday, February 29, 2024",
    "2023-01-31+1 month": "Tuesday, February 28, 2023",
    "2024-02-29 + 1 year": "Friday, February 28, 2025",
    "January 31, 2024 + 1 month - 2 days": "Tuesday, February 27, 2024",
    "1 month and 3 days after 2024-01-31": "Sunday, March 3, 2024",
    "3 weeks before May 5": "Sunday, April 14, 2024",
    "1,000 days after 2000-01-01": "Friday, September 27, 2002",
    "twenty-five days from now": "Tuesday, January 30, 2024",
    "What date is 45 days from today?": "Monday, February 19, 2024",
    "two weeks ago": "Friday, December 22, 2023",
    "3 hours after 9:00": "Friday, January 5, 2024, 12:00 PM",
    "1.5 hours after 10:30 pm": "Saturday, January 6, 2024, 12:00 AM",
  }),
);

answers("weeks are numbered as in ISO 8601, and the year is named where it is another", () =>
  gives({
    "week number of March 5, 2024": "week 10",
    "week number of December 30, 2024": "week 1 of 2025",
    "ISO week of 2021-01-01": "week 53 of 2020",
    "day of the year of March 5, 2024": "day 65",
  }),
);

answers("holidays of fixed date are known, and those of the United States on a weekday of a month", () =>
  gives({
    "days until Halloween": "300 days",
    "days until Valentine's Day": "40 days",
    "days until New Year’s Eve": "361 days",
    "date of Christmas 2025": "Thursday, December 25, 2025",
    "weekday of Independence Day next year": "Friday",
    "last Christmas": "Monday, December 25, 2023",
    "Thanksgiving 2024": "Thursday, November 28, 2024",
    "Mother's Day 2024": "Sunday, May 12, 2024",
  }),
);

answers("an enclosing call gets ISO dates and bare numbers", async () => {
  const values = {
    today: "2024-01-05",
    "days until December 25": "355",
    "next month": "2024-02",
    "3 hours from now": "2024-01-05T13:30",
    time: "10:30",
  };
  for (const [question, value] of Object.entries({ ...values, "days until 2024-01-01": "-4", "days since 2024-01-08": "-3" })) {
    assert.is((await ask(question)).value, value, question);
  }
  assert.is((await ask("2024-01-05T13:30 + 1 hour")).value, "2024-01-05T14:30");
});

answers("the host's language does not matter", async () => {
  const language = Settings.defaultLocale;
  Settings.defaultLocale = "ar-EG";
  try {
    assert.equal(await ask("today"), { text: "Friday, January 5, 2024", value: "2024-01-05" });
    assert.equal(await ask("time"), { text: "10:30 AM", value: "10:30" });
    assert.equal(await ask("days between 0001-01-01 and 9999-12-31"), { text: "3652058 days", value: "3652058" });
  } finally {
    Settings.defaultLocale = language;
  }
});

answers.run();

const meanings = suite("what the calendar takes a wording to mean");

meanings("until means the coming one, and today counts", () =>
  gives({
    "days until January 5": "0 days",
    "days until January 4": "365 days",
    "days until the 25th": "20 days",
    "days until the 4th": "30 days",
    "days until Friday": "0 days",
    "days until next Friday": "7 days",
    "days until February": "27 days",
    "days until the first Monday of January": "367 days",
    "days until the fifth Thursday of February": "55 days",
    "days until the fifth Friday of February": "4438 days",
  }),
);

meanings("since means the last one", () =>
  gives({
    "days since January 6": "364 days",
    "days since January 5": "0 days",
    "days since Christmas": "11 days",
    "days since 2020": "1465 days",
  }),
);

meanings("a date that says its year may have passed or be to come", () =>
  gives({ "days until July 4, 2020": "1280 days ago", "days since 2030-01-01": "2188 days from now" }),
);

meanings("between two dates the one without a year is the one that keeps their order", () =>
  gives({
    "days between March 1 and April 15": "45 days",
    "days between December 20 and January 5": "16 days",
    "days between today and December 25": "355 days",
    "days between December 25 and today": "11 days",
    "days from December 30, 2020 to January 2": "3 days",
  }),
);

meanings("next and last leave out today, this and the bare weekday do not", async () => {
  await gives({
    "next Friday": "Friday, January 12, 2024",
    "last Friday": "Friday, December 29, 2023",
    "this Friday": "Friday, January 5, 2024",
    Friday: "Friday, January 5, 2024",
    "next Monday": "Monday, January 8, 2024",
    "next weekday": "Monday, January 8, 2024",
  });
  await gives({ "next Friday": "Friday, January 5, 2024", Friday: "Friday, January 5, 2024" }, { now: "2024-01-03" });
});

meanings("February 29 without a year is the next there is", () =>
  gives({ "days until February 29": "365 days", "next February 29": "Tuesday, February 29, 2028" }, { now: "2027-03-01" }),
);

meanings("days are days of the calendar when the clocks change, hours are those that pass", async () => {
  const newYork = { timeZone: "America/New_York", now: "2024-03-09T12:00:00Z" };
  await gives({ "days until March 11": "2 days", "hours between March 10, 2024 1am and March 10, 2024 5am": "3 hours" }, newYork);
  await gives(
    { "days between March 9, 2024 and March 11, 2024": "2 days", "hours between March 10, 2024 and March 11, 2024": "24 hours" },
    newYork,
  );
  await gives({ "hours between November 3, 2024 midnight and November 3, 2024 noon": "13 hours" }, newYork);
});

meanings.run();

const zones = suite("the calendar's clock and zone");

zones("today is the day in the user's zone", async () => {
  const evening = "2024-12-31T23:30:00Z";
  await gives({ today: "Wednesday, January 1, 2025", "days until December 25": "358 days" }, { now: evening, timeZone: "Europe/Berlin" });
  await gives({ today: "Tuesday, December 31, 2024", "days until December 25": "359 days" }, { now: evening, timeZone: "America/Lima" });
});

zones("the option timeZone goes before the run's zone", async () => {
  const output = await calendar({ timeZone: "Pacific/Kiritimati" }).run(
    { question: "today" },
    { signal: new AbortController().signal, now: new Date("2024-01-05T10:30:00Z"), timeZone: "UTC" },
  );
  assert.is(output.text, "Saturday, January 6, 2024");
});

zones("the time in a place is told by its zone, with the weekday where that is another", () =>
  gives({
    "time in Tokyo": "7:30 PM",
    "what time is it in New York?": "5:30 AM",
    "time in Pacific/Kiritimati": "12:30 AM on Saturday",
    "time in Munich": "11:30 AM",
    "today in Kiritimati": "Saturday, January 6, 2024",
  }),
);

zones("a date with an offset is told in the user's zone", () =>
  gives({ "2024-01-05T23:30:00Z": "Saturday, January 6, 2024, 12:30 AM" }, { timeZone: "Europe/Berlin" }),
);

zones("the host's zone does not matter", async () => {
  const questions = [
    "today",
    "days until December 25",
    "March 10, 2024 2:30 am",
    "1 month before March 31",
    "hours until tomorrow",
    "tonight",
    "December 30, 2011",
  ];
  const host = process.env.TZ;
  const byHost: string[][] = [];
  try {
    for (const zone of ["UTC", "Pacific/Apia", "America/New_York", "Asia/Kathmandu"]) {
      process.env.TZ = zone;
      byHost.push(await Promise.all(questions.map(async (question) => (await ask(question, { timeZone: "Europe/Paris" })).text)));
    }
  } finally {
    if (host === undefined) delete process.env.TZ;
    else process.env.TZ = host;
  }
  for (const texts of byHost) assert.equal(texts, byHost[0]);
});

zones("a zone that does not exist is refused when the calendar is made", () => {
  assert.throws(
    () => calendar({ timeZone: "Mars/Olympus" }),
    (error: ToolwrightError) => error.code === "zone-unknown" && error.message.includes("Mars/Olympus"),
  );
});

zones.run();

const refusals = suite("what the calendar refuses");

refusals("dates that do not exist are not rolled over", async () => {
  await refused("February 30, 2023", "date-impossible", /no day 30 in February 2023/);
  await refused("2023-02-29", "date-impossible", /no day 29 in February 2023/);
  await refused("weekday of 29 February 1900", "date-impossible", /no day 29 in February 1900/);
  await refused("days until February 30", "date-impossible", /no day 30 in February/);
  await refused("weekday of February 29 next year", "date-impossible", /no February 29 in 2025/);
  await refused("4/31/2024", "date-impossible", /no day 31 in April 2024/);
  await refused("2024-13-01", "date-impossible", /no month 13/);
  await refused("March 32, 2024", "date-impossible", /no day 32 in March/);
  await refused("March 45", "date-impossible", /no day 45 in March/);
  await refused("fifth Friday of February 2024", "date-impossible", /no fifth friday in february 2024/);
  await refused("25:00", "date-impossible", /no time 25:00/);
  await refused("13/45/2024", "date-unknown", /"13\/45\/2024" is not a date/);
});

refusals("what is no date is named", async () => {
  await refused("capital of France", "date-unknown", /"capital of france" is not a date/);
  await refused("days until flibber", "date-unknown", /"flibber" is not a date/);
  await refused("weekday of 2024", "day-unknown", /"2024" is not a single day/);
  await refused("days in March 5", "period-unknown", /"march 5" is not a month or year/);
  await refused("age of someone born on May 2", "year-unknown", /"may 2" has no year/);
  await refused("1.5 months from now", "amount-not-whole", /"1.5 months"/);
  await refused("time in Narnia", "zone-unknown", /"narnia"/);
  await refused("Monday, July 20, 1969", "weekday-wrong", /is a Sunday/);
});

refusals("the calendar ends with the year 9999, and questions at 200 characters", async () => {
  await refused("99999999 days from now", "date-range", /years 1 to 9999/);
  await refused("1e308 days from now", "date-unknown", /not a date/);
  await refused(`${"9".repeat(150)} days from now`, "date-range", /years 1 to 9999/);
  await refused(`days until ${"x".repeat(200)}`, "question-long", /200 characters/);
});

refusals.run();
