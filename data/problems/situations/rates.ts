// So much in each unit of time, of length, for each thing: the total, the rate or the count is unknown.
import type { Draft, Setting } from "../draft.js";
import { article, noun } from "../english.js";
import { usable } from "../scene.js";

/** Who does what: a verb whose object is `unit`, in each `per`. `it` is a machine or a thing; without it the lead does it. */
interface Rate {
  readonly it?: string;
  readonly verb: string;
  readonly unit: string;
  readonly per: string;
  readonly rate: readonly [least: number, most: number];
  readonly count: readonly [least: number, most: number];
  readonly tail?: string;
}

const RATES: readonly Rate[] = [
  { verb: "read", unit: "page", per: "day", rate: [5, 60], count: [2, 30] },
  { verb: "type", unit: "word", per: "minute", rate: [20, 90], count: [2, 40] },
  { verb: "walk", unit: "kilometer", per: "hour", rate: [3, 6], count: [2, 8] },
  { verb: "cycle", unit: "mile", per: "hour", rate: [8, 20], count: [2, 8] },
  { verb: "run", unit: "lap", per: "day", rate: [3, 15], count: [2, 14] },
  { verb: "learn", unit: "new word", per: "week", rate: [5, 50], count: [2, 12] },
  { verb: "drink", unit: "glass of water/glasses of water", per: "day", rate: [3, 9], count: [2, 30] },
  { verb: "write", unit: "letter", per: "month", rate: [2, 20], count: [2, 12] },
  { verb: "do", unit: "push-up", per: "morning", rate: [5, 60], count: [2, 30] },
  { verb: "make", unit: "paper boat", per: "hour", rate: [4, 30], count: [2, 9] },
  { verb: "drive", unit: "mile", per: "hour", rate: [30, 75], count: [2, 12] },
  { verb: "paint", unit: "fence post", per: "hour", rate: [3, 25], count: [2, 9] },
  { verb: "solve", unit: "puzzle", per: "week", rate: [2, 15], count: [2, 20] },
  { verb: "swim", unit: "length", per: "day", rate: [6, 50], count: [2, 14] },
  { verb: "knit", unit: "row", per: "evening", rate: [6, 40], count: [2, 14] },
  { verb: "climb", unit: "step", per: "minute", rate: [20, 70], count: [2, 20] },
  { verb: "practice", unit: "minute", per: "day", rate: [10, 60], count: [2, 30] },
  { it: "the machine", verb: "make", unit: "part", per: "minute", rate: [3, 80], count: [2, 60] },
  { it: "the tap", verb: "fill", unit: "liter", per: "minute", rate: [3, 25], count: [2, 40] },
  { it: "the train", verb: "cover", unit: "kilometer", per: "hour", rate: [60, 180], count: [2, 9] },
  { it: "the printer", verb: "print", unit: "sheet", per: "minute", rate: [8, 45], count: [2, 30] },
  { it: "the bakery", verb: "sell", unit: "loaf/loaves", per: "day", rate: [30, 300], count: [2, 14] },
  { it: "the factory", verb: "build", unit: "bicycle", per: "week", rate: [20, 250], count: [2, 12] },
  { it: "the cow", verb: "give", unit: "liter of milk/liters of milk", per: "day", rate: [8, 30], count: [2, 30] },
  { it: "the horse", verb: "eat", unit: "pound of hay/pounds of hay", per: "day", rate: [10, 25], count: [2, 30] },
  { it: "the snail", verb: "crawl", unit: "centimeter", per: "minute", rate: [3, 9], count: [2, 50] },
  { it: "the plane", verb: "fly", unit: "mile", per: "hour", rate: [300, 600], count: [2, 9] },
  { it: "the plant", verb: "grow", unit: "centimeter", per: "week", rate: [2, 9], count: [2, 20] },
];
const HELD_RATES: readonly Rate[] = [
  { verb: "translate", unit: "sentence", per: "hour", rate: [10, 60], count: [2, 9] },
  { verb: "row", unit: "kilometer", per: "hour", rate: [4, 9], count: [2, 7] },
  { verb: "string", unit: "pearl", per: "evening", rate: [10, 90], count: [2, 12] },
  { verb: "plow", unit: "furrow", per: "hour", rate: [3, 20], count: [2, 9] },
  { it: "the windmill", verb: "grind", unit: "sack of grain/sacks of grain", per: "day", rate: [5, 60], count: [2, 14] },
  { it: "the fountain", verb: "use", unit: "bucket of water/buckets of water", per: "hour", rate: [5, 40], count: [2, 12] },
  { it: "the beekeeper", verb: "fill", unit: "honey jar", per: "afternoon", rate: [6, 60], count: [2, 12] },
];

export function rate(setting: Setting): Draft {
  const { draw, held } = setting;
  const { it, verb, unit, per, ...range } = draw.pick(held ? HELD_RATES : RATES);
  const [r, k] = [draw.integer(...range.rate), draw.integer(...range.count)];
  const w = r * k;
  const who = it === undefined ? "{A}" : "{it}";
  const agrees = it === undefined ? "" : " sg";
  const does = `<${verb}${agrees}>`;
  const doing = `<do${agrees}> ${who}`;
  const kind = draw.pick(["total", "rate", "count"] as const);
  const often = [`every ${per}`, `each ${per}`, `${article(per)} ${per}`, `per ${per}`];
  const one = `[${often.join("|")}]`;
  const common = {
    situation: "rate",
    unknown: kind,
    values: { r, k, w },
    relations: ["w = r * k"],
    nouns: { u: noun(unit), per: noun(per) },
    words: { it: it ?? "" },
    unfit: ["people", "time", "date", "size", "distance", "price"],
  };
  const inAll = ["in {k per}", "over {k per}", "within {k per}"];
  if (kind === "total") {
    return {
      ...common,
      given: ["r", "k"],
      wanted: "w",
      facts: draw.chance(0.5)
        ? [
            {
              says: [`${who} ${does} {r u} ${one}`, `every ${per}, ${who} ${does} {r u}`, `*at a steady pace, ${who} ${does} {r u} ${one}`],
            },
          ]
        : [
            { says: [`${who} ${does} {r u} ${one}`, `*with great care, ${who} ${does} {r u} ${one}`] },
            { says: [`${who} <do${agrees}> this for {k per}`, `${who} <go${agrees}> on like this for {k per}`, `*this <last sg> {k per}`] },
          ],
      questions: [
        `{many u} ${doing} ${verb} in {k per}`,
        `{many u} does that make in {k per}`,
        `{many u} ${doing} ${verb} in all in {k per}`,
        `*after {k per}, what total of {u} <be sg> reached`,
      ],
      indirect: [`{many u} ${who} ${does} in {k per}`, `*the total of {u} after {k per}`],
      notes: [`{r u} per ${per}, {k per}. Total?`, `*{r u} times {k per}; sum?`],
      steps: [
        {
          finds: "w",
          expression: draw.chance(0.7) ? "r * k" : "k * r",
          says: ["{eq u}.", "{=k} times {=r} is {eq}.", "In {k per} that is {eq u}."],
        },
      ],
      answers: [`${who} ${does} {w u} in {k per}.`],
    };
  }
  if (kind === "rate") {
    return {
      ...common,
      given: ["w", "k"],
      wanted: "r",
      facts: [
        {
          says: inAll.flatMap((span) => [
            `${who} ${does} {w u} ${span}`,
            `${span}, ${who} ${does} {w u}`,
            `*${who} ${does} all of {w u} ${span}`,
          ]),
        },
      ],
      questions: [
        `how many {u} <be sg> that per ${per}`,
        `{many u} ${doing} ${verb} [every|each|per] ${per}`,
        `{many u} ${doing} ${verb} in one ${per} at the same pace`,
        `*what <be sg> the number of {u} per ${per}`,
      ],
      indirect: [`{many u} ${who} ${does} [every|each|per] ${per}`, `*the number of {u} per ${per}`],
      notes: [`{w u} in {k per}. Per ${per}?`, `*{w u} over {k per}; one ${per}?`],
      steps: [{ finds: "r", expression: "w / k", says: ["{eq u}.", "{=w} divided by {=k} is {eq}.", `In one ${per} that is {eq u}.`] }],
      answers: [`${who} ${does} {r u} per ${per}.`],
    };
  }
  return {
    ...common,
    given: ["r", "w"],
    wanted: "k",
    facts: [{ says: [`${who} ${does} {r u} ${one}`, `*${who} never ${does} more or less than {r u} ${one}`] }],
    questions: [
      `how many {per} <do sg> it take ${it === undefined ? "{A.o}" : "{it}"} to ${verb} {w u}`,
      `how many {per} ${doing} need to ${verb} {w u}`,
      `in how many {per} ${doing} ${verb} {w u}`,
      `*after how many {per} will {w u} be reached`,
    ],
    indirect: [
      `how many {per} ${who} <need${agrees}> for {w u}`,
      `in how many {per} ${who} ${does} {w u}`,
      `*after how many {per} {w u} are reached`,
    ],
    notes: [`{r u} per ${per}, {w u} in all. How many {per}?`, `*{w u} at {r} per ${per}; {per}?`],
    steps: [{ finds: "k", expression: "w / r", says: ["{eq}.", "{=w} divided by {=r} is {eq}.", "{eq per}."] }],
    answers: [it === undefined ? "{A} <need:now> {k per}." : "{it} needs {k per}."],
  };
}

const JOBS = [
  "babysitting",
  "mowing lawns",
  "washing dishes",
  "walking dogs",
  "delivering papers",
  "tutoring",
  "picking berries",
  "cleaning windows",
  "*tuning pianos",
  "*stocking shelves",
];

/** Money for hours of work: what is earned, an hour's wage, the hours. */
export function wages(setting: Setting): Draft {
  const { draw, held } = setting;
  const job = draw.pick(usable(JOBS, held));
  const decimals = draw.chance(0.15);
  const p = draw.integer(6, 40) + (decimals ? 0.5 : 0);
  const h = draw.integer(2, 40);
  const w = p * h;
  const kind = draw.pick(["total", "rate", "count"] as const);
  const common = {
    situation: "rate",
    unknown: kind,
    values: { p, h, w },
    money: ["p", "w"],
    relations: ["w = p * h"],
    nouns: { hours: noun("hour") },
    words: { job },
    unfit: ["price", "people", "time", "size"],
  };
  if (kind === "total") {
    return {
      ...common,
      given: ["p", "h"],
      wanted: "w",
      facts: [
        { says: ["{A} <earn> {p} [an|per|every] hour {job}", "for {job} {A} <get> {p} an hour", "*{job} <bring sg> {A.o} {p} an hour"] },
        { says: ["{A} <work> {h hours}", "this week {A} <work> {h hours}", "*the work <take sg> {h hours}"] },
      ],
      questions: ["how much money <do> {A} earn", "how much <do> {A} earn [in all|in total]", "*what <be sg> {A's} whole pay"],
      indirect: ["how much money {A} <earn>", "*{A's} whole pay"],
      notes: ["{p} an hour, {h hours}. Pay?", "*wage {p}; hours {h}; pay?"],
      steps: [{ finds: "w", expression: "h * p", says: ["{eq money}.", "{=h} times {p} is {eq}."] }],
      answers: ["{A} <earn> {w}."],
    };
  }
  if (kind === "rate") {
    return {
      ...common,
      given: ["w", "h"],
      wanted: "p",
      facts: [
        {
          says: [
            "{A} <earn> {w} {job} for {h hours}",
            "{A} <work> {h hours} and <earn> {w} by {job}",
            "*{h hours} of {job} <bring pl> {A.o} {w}",
          ],
        },
      ],
      questions: ["how much <do> {A} earn per hour", "how much money <do> {A} make an hour", "*what <be sg> {A's} pay for one hour"],
      indirect: ["how much {A} <earn> per hour", "*{A's} pay for one hour"],
      notes: ["{w} for {h hours}. Per hour?", "*pay {w}; hours {h}; wage?"],
      steps: [{ finds: "p", expression: "w / h", says: ["{eq money}.", "In one hour that is {eq money}."] }],
      answers: ["{A} <earn> {p} per hour."],
    };
  }
  return {
    ...common,
    given: ["w", "p"],
    wanted: "h",
    facts: [
      { says: ["{A} <earn> {p} [an|per] hour {job}", "*{job} <bring sg> {A.o} {p} an hour"] },
      { says: ["{A} <need> {w}", "{A} <want> to earn {w}", "*{A} <be> hoping for {w}"] },
    ],
    questions: ["how many hours <do> {A} have to work", "how many hours must {A} work", "*what number of hours must {A} put in"],
    indirect: ["how many hours {A} must work", "*the hours that {A} must put in"],
    notes: ["{p} an hour, {w} needed. How many hours?", "*goal {w}; wage {p}; hours?"],
    steps: [{ finds: "h", expression: "w / p", says: ["{eq hours}.", "{w} divided by {p} is {eq}."] }],
    answers: ["{A} must work {h hours}."],
  };
}
