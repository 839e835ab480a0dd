// Questions about a part of a date: its weekday, month, year or day of the month, today or some time from today, or of a holiday.
import { type Asked, type Asking, count, type Day, dateOf, dayOf, full, holiday, MONTHS, near, spanFrom, weekday, yearOf } from "./days.js";
import type { Draw } from "./draw.js";

type Part = "month" | "year" | "day of the month";

const PART: Readonly<Record<Part, (day: Day) => string>> = {
  month: (day) => MONTHS[dateOf(day).getUTCMonth()]!,
  year: (day) => String(yearOf(day)),
  "day of the month": (day) => String(dateOf(day).getUTCDate()),
};

const someWeekday =
  (direction: 1 | -1): Asking =>
  (draw, now) => {
    const [span, day] = spanFrom(draw, now, direction);
    const ahead = direction === 1;
    return {
      kind: ahead ? "weekday ahead" : "weekday back",
      asks: ahead
        ? [
            "What day of the week will it be in {n}?",
            "[Which|What] weekday will it be in {n}?",
            "What day of the week is {n} from [today|now]?",
            "In {n}, what day of the week will it be?",
            "The parcel comes in {n}. On which weekday is that?",
            "*From today, count {n} forward: which day of the week is that?",
            "*The cheese must ripen for {n}. What day of the week is it then?",
          ]
        : [
            "What day of the week was it {n} ago?",
            "[Which|What] weekday was it {n} ago?",
            "What day of the week was {n} before today?",
            "We met {n} ago. What day of the week was that?",
            "*From today, count {n} back: which day of the week is that?",
            "*The clock stopped {n} ago. On which weekday did it stop?",
          ],
      tells: ahead ? ["{n} from today is a {r}."] : ["{n} ago it was a {r}."],
      with: { n: span, r: weekday(day) },
      answer: weekday(day),
    };
  };

const somePart =
  (direction: 1 | -1): Asking =>
  (draw, now) => {
    const [span, day] = spanFrom(draw, now, direction);
    const part = draw.pick(Object.keys(PART) as Part[]);
    const ahead = direction === 1;
    return {
      kind: `part ${ahead ? "ahead" : "back"}`,
      asks: ahead
        ? [
            "What {p} will it be in {n}?",
            "Which {p} is it {n} from [now|today]?",
            "In {n}, what {p} will it be?",
            "*If I wait {n}, which {p} do I find on the calendar?",
          ]
        : ["What {p} was it {n} ago?", "Which {p} was it {n} ago?", "{n} ago, what {p} was it?", "*A calendar {n} old shows which {p}?"],
      tells: ahead ? ["{n} from today is {r}. The {p} is {a}."] : ["{n} ago it was {r}. The {p} was {a}."],
      with: { n: span, r: full(day), p: part, a: PART[part](day) },
      answer: PART[part](day),
    };
  };

function partToday(draw: Draw, now: Day): Asked {
  const part = draw.pick(Object.keys(PART) as Part[]);
  return {
    kind: "part of today",
    asks: [
      "What {p} is it?",
      "What {p} is it [today|now]?",
      "Which {p} is it?",
      "Tell me what {p} it is.",
      "*Which {p} does the calendar show?",
    ],
    tells: ["Today is {r}. The {p} is {a}."],
    with: { r: full(now), p: part, a: PART[part](now) },
    answer: PART[part](now),
  };
}

function holidayWeekday(draw: Draw, now: Day, held: boolean): Asked {
  const [name, [month, date]] = holiday(draw, held);
  const year = yearOf(now) + draw.integer(-8, 8);
  const be = year < yearOf(now) ? "was" : year > yearOf(now) ? "will be" : "is";
  return {
    kind: "weekday of a holiday",
    asks: [
      `What day of the week ${be === "will be" ? "is" : be} {h} {y}?`,
      `[Which|What] weekday ${be === "will be" ? "will {h} be in {y}" : `${be} {h} in {y}`}?`,
      "On which weekday does {h} {y} fall?",
      "*In {y}, which day of the week falls on {h}?",
    ],
    tells: [`{h} {y} ${be} a {r}.`],
    with: { h: name, y: String(year), r: weekday(dayOf(year, month, date)) },
    answer: weekday(dayOf(year, month, date)),
  };
}

function sinceHoliday(draw: Draw, now: Day, held: boolean): Asked {
  const [name, date] = holiday(draw, held);
  const days = now - near(now, ...date, -1);
  return {
    kind: "days since a holiday",
    asks: [
      "How many days ago was {h}?",
      "How many days [is it|has it been] since {h}?",
      "How long ago was {h}, in days?",
      "*It was {h}, and how many days have gone by?",
    ],
    tells: ["It has been {r} since {h}."],
    with: { h: name, r: count(days, "day") },
    answer: String(days),
  };
}

/** Weights beside those of `dates.ts`. */
export const PARTS: readonly (readonly [number, Asking])[] = [
  [2.5, someWeekday(1)],
  [2.5, someWeekday(-1)],
  [1.5, somePart(1)],
  [1.5, somePart(-1)],
  [1.5, partToday],
  [1.5, holidayWeekday],
  [1, sinceHoliday],
];
