// Questions about dates, solved by counting days; worded so that what a calendar tool answers stands in the solution.
import { PARTS } from "./date-parts.js";
import {
  type Asking,
  count,
  dateOf,
  dayOf,
  full,
  holiday,
  iso,
  long,
  near,
  short,
  someDay,
  spanFrom,
  weekday,
  written,
  yearOf,
} from "./days.js";
import type { Draw } from "./draw.js";
import type { Problem } from "./problem.js";
import { expand, usable } from "./scene.js";

const EVENTS = [
  "exam",
  "wedding",
  "concert",
  "deadline",
  "school trip",
  "doctor's appointment",
  "soccer final",
  "flight",
  "birthday party",
  "job interview",
  "*regatta",
  "*book launch",
  "*eclipse",
];

function weeksAndDays(days: number): string {
  const rest = days % 7;
  return rest === 0 ? count(days / 7, "week") : `${count(Math.floor(days / 7), "week")} and ${count(rest, "day")}`;
}

const ASKINGS: readonly (readonly [number, Asking])[] = [
  [
    6,
    (draw, now) => {
      const day = someDay(draw, 1900, 2035);
      const be = day < now ? "was" : "will be";
      return {
        kind: "weekday",
        asks:
          day < now
            ? [
                "What day of the week was {d}?",
                "[Which|What] weekday was {d}?",
                "On which [weekday|day of the week] did {d} fall?",
                "{d} was which day of the week?",
                "My grandmother was born on {d}. What weekday was that?",
                "Do you know what day of the week {d} was?",
                "Tell me the weekday of {d}.",
                "*If I look up {d}, which weekday do I find?",
                "*A letter is dated {d}. On what day of the week was it written?",
              ]
            : [
                "What day of the week will {d} be?",
                "[Which|What] weekday is {d}?",
                "On which [weekday|day of the week] does {d} fall?",
                "Our meeting is on {d}. What weekday is that?",
                "Tell me the weekday of {d}.",
                "*A ship leaves on {d}. On what day of the week does it leave?",
              ],
        tells: [`{d} ${be} a {w}.`],
        with: { d: written(draw, day), w: weekday(day) },
        answer: weekday(day),
      };
    },
  ],
  [
    6,
    (draw, now, held) => {
      const day = draw.chance(0.2) ? near(now, ...holiday(draw, held)[1], 1) : now + draw.integer(3, draw.pick([350, 350, 1500]));
      const said = day - now < 351 && draw.chance(0.6) ? short(day) : long(day);
      const event = draw.pick(usable(EVENTS, held));
      return {
        kind: "days until",
        asks: [
          "How many days [is it|are there|are left|remain] until {d}?",
          "How long is it until {d}, in days?",
          "How many days [are there|do I have] from today until {d}?",
          "The {v} is on {d}. How many days [are left|away is that|do I still have]?",
          "My {v} is on {d}. How many days until then?",
          "Days until {d}?",
          "Count the days until {d}.",
          "*How many more sleeps until {d}?",
          "*The {v} has been set for {d}. How many days does that leave me?",
        ],
        tells: ["It is {r} until {d}."],
        with: { d: said, v: event, r: count(day - now, "day") },
        answer: String(day - now),
      };
    },
  ],
  [
    1.5,
    (draw, now, held) => {
      const [name, date] = holiday(draw, held);
      const day = near(now, ...date, 1);
      return {
        kind: "days until holiday",
        asks: [
          "How many days [is it|are left] until {d}?",
          "How many days until {d}?",
          "How long until {d}?",
          "*When {d} comes, how many days will have gone by from today?",
        ],
        tells: ["It is {r} until {d}."],
        with: { d: name, r: count(day - now, "day") },
        answer: String(day - now),
      };
    },
  ],
  [
    4,
    (draw, now, held) => {
      const day = now - draw.integer(3, draw.pick([60, 700, 4000]));
      const event = draw.pick(usable(EVENTS, held));
      return {
        kind: "days since",
        asks: [
          "How many days have passed since {d}?",
          "How many days has it been since {d}?",
          "How many days ago was {d}?",
          "The {v} was on {d}. How many days ago was that?",
          "How long ago was {d}, in days?",
          "*How many days lie between {d} and today?",
          "*We moved in on {d}. How many days have we lived here?",
        ],
        tells: ["It has been {r} since {d}.", "It is {r} since {d}."],
        with: { d: long(day), v: event, r: count(now - day, "day") },
        answer: String(now - day),
      };
    },
  ],
  [
    5,
    (draw) => {
      const from = someDay(draw, 1990, 2030);
      const to = from + draw.integer(5, draw.pick([60, 400]));
      return {
        kind: "days between",
        asks: [
          "How many days are [there |]between {d} and {e}?",
          "How many days is it from {d} to {e}?",
          "How many days passed from {d} to {e}?",
          "The repair lasted from {d} to {e}. How many days was that?",
          "What is the number of days between {d} and {e}?",
          "Days between {d} and {e}?",
          "*Someone was away from {d} to {e}. For how many days?",
          "*A seed was sown on {d} and sprouted on {e}. After how many days?",
        ],
        tells: ["There are {r} between {d} and {e}."],
        with: { d: written(draw, from), e: written(draw, to), r: count(to - from, "day") },
        answer: String(to - from),
      };
    },
  ],
  [
    5,
    (draw, now) => {
      const [span, day] = spanFrom(draw, now, 1);
      return {
        kind: "date ahead",
        asks: [
          "What date is {n} from today?",
          "What will the date be in {n}?",
          "Which date is it in {n}?",
          "What is the date {n} from now?",
          "My order arrives in {n}. What date is that?",
          "The library book is due in {n}. On what date is it due?",
          "In {n}, what will the date be?",
          "*The paint needs {n} to dry. On what date is it dry?",
          "*Count {n} forward from today. Which date do you reach?",
        ],
        tells: ["In {n} it will be {r}.", "{n} from today is {r}."],
        with: { n: span, r: full(day) },
        answer: full(day),
      };
    },
  ],
  [
    3,
    (draw, now) => {
      const [span, day] = spanFrom(draw, now, -1);
      return {
        kind: "date back",
        asks: [
          "What was the date {n} ago?",
          "What date was it {n} ago?",
          "Which date was {n} before today?",
          "I bought this {n} ago. On what date was that?",
          "*Count {n} back from today. Which date do you reach?",
        ],
        tells: ["{n} ago it was {r}."],
        with: { n: span, r: full(day) },
        answer: full(day),
      };
    },
  ],
  [
    3,
    (draw) => {
      const start = someDay(draw, 2000, 2030);
      const weeks = draw.chance(0.4);
      const number = draw.integer(2, weeks ? 15 : 120);
      const back = draw.chance(0.35);
      const day = start + (back ? -1 : 1) * number * (weeks ? 7 : 1);
      const side = back ? "before" : "after";
      return {
        kind: `date ${side}`,
        asks: [
          `What [date|day] is {n} ${side} {d}?`,
          `What is the date {n} ${side} {d}?`,
          `Which date comes {n} ${side} {d}?`,
          `*Starting at {d}, go {n} ${back ? "back" : "forward"}. Which date is it?`,
        ],
        tells: [`{n} ${side} {d} is {r}.`],
        with: { n: count(number, weeks ? "week" : "day"), d: written(draw, start), r: full(day) },
        answer: full(day),
      };
    },
  ],
  [
    2,
    (draw) => {
      const from = someDay(draw, 2000, 2030);
      const days = draw.chance(0.5) ? 7 * draw.integer(2, 40) : draw.integer(15, 250);
      return {
        kind: "weeks between",
        asks: [
          "How many weeks are [there |]between {d} and {e}?",
          "How many weeks is it from {d} to {e}?",
          "*A course ran from {d} to {e}. How many weeks did it run?",
        ],
        tells: ["There are {r} between {d} and {e}."],
        with: { d: long(from), e: long(from + days), r: weeksAndDays(days) },
        answer: days % 7 === 0 ? String(days / 7) : weeksAndDays(days),
      };
    },
  ],
  [
    2.5,
    (draw, now) => {
      const born = someDay(draw, 1940, 2015);
      const [then, today] = [dateOf(born), dateOf(now)];
      const passed =
        today.getUTCMonth() > then.getUTCMonth() || (today.getUTCMonth() === then.getUTCMonth() && today.getUTCDate() >= then.getUTCDate());
      const age = yearOf(now) - yearOf(born) - (passed ? 0 : 1);
      return {
        kind: "age",
        asks: [
          "How old is someone born on {d}?",
          "I was born on {d}. How old am I?",
          "My sister was born on {d}. How old is she now?",
          "*A tree was planted on {d}. How many full years has it stood?",
        ],
        tells: ["Since {d} it has been {r}."],
        with: { d: written(draw, born), r: count(age, "year") },
        answer: String(age),
      };
    },
  ],
  [
    2,
    (draw, now) => {
      const [name, day] = draw.pick([
        ["today", now],
        ["tomorrow", now + 1],
        ["yesterday", now - 1],
      ] as const);
      const be = name === "today" ? "is" : name === "tomorrow" ? "will be" : "was";
      return draw.chance(0.5)
        ? {
            kind: "weekday near",
            asks: [
              `What day of the week ${be === "will be" ? "is" : be} {n}?`.replace("is today", "is it today"),
              `Which weekday ${be === "will be" ? "is" : be} {n}?`,
              `*On which weekday ${name === "yesterday" ? "were we" : name === "today" ? "are we" : "shall we be"} {n}?`,
            ],
            tells: [`{N} ${be} a {r}.`],
            with: { n: name, N: name[0]!.toUpperCase() + name.slice(1), r: weekday(day) },
            answer: weekday(day),
          }
        : {
            kind: "date near",
            asks: [
              "What is {n}'s date?",
              ...(name === "today"
                ? ["What date is it today?", "What is the date?", "What is the date today?", "What day is it today?"]
                : []),
              `What ${be === "will be" ? "will {n}'s date be" : `${be} {n}'s date`}?`,
              "Tell me {n}'s date.",
              "*Which date should I write down for {n}?",
            ],
            tells: [`{N} ${be} {r}.`],
            with: { n: name, N: name[0]!.toUpperCase() + name.slice(1), r: full(day) },
            answer: full(day),
          };
    },
  ],
  ...PARTS,
];

const LEADS = ["", "", "", "", "", "", "Hi! ", "Hello, ", "Please help: ", "Quick question: ", "*Just wondering: ", "*One more thing: "];

export function dateQuestion(draw: Draw, held: boolean): Problem {
  const now = dayOf(draw.integer(2021, 2027), 1, 1) + draw.integer(0, 364);
  const { kind, asks, tells, with: values, answer } = draw.weighted(ASKINGS)(draw, now, held);
  const template = expand(draw.pick(usable(asks, held)), { draw, held });
  const lead = draw.pick(usable(LEADS, false));
  const fill = (text: string) => text.replace(/\{(\w)\}/g, (_, name: string) => values[name]!);
  const question = fill(template);
  return {
    question:
      lead +
      (/[,:] $/.test(lead) && /^(?:What|How|Which|On|In|Do|Tell|Count|The|My|If|From) /.test(question) && !/^(?:The|My) /.test(question)
        ? question[0]!.toLowerCase() + question.slice(1)
        : question),
    solution: fill(draw.pick(tells)),
    answer,
    date: iso(now),
    meta: { situation: "date", unknown: kind, steps: 1, operations: [], distractor: false, register: lead === "" ? "plain" : "chatty" },
    skeleton: lead + template.replace(/\{[dner]\}/g, "#").replace("{v}", "X"),
  };
}
