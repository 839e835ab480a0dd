// Ages now, then and compared; spans of years and hours.
import type { Draft, Setting } from "../draft.js";
import { noun } from "../english.js";
import { usable } from "../scene.js";

const UNFIT = ["age", "people", "other things", "family", "unit price", "size", "date"];

export function age(setting: Setting): Draft {
  const { draw } = setting;
  const x = draw.integer(6, 50);
  const d = draw.integer(2, 30);
  const kind = draw.pick(["later", "earlier", "older", "younger", "difference", "sum", "twice", "now from later"] as const);
  const common = { situation: "age", unknown: kind, unfit: UNFIT, nouns: { years: noun("year") }, tense: "present" as const };
  const is = ["{A!} <be> {x years} old", "{A!} <be> {x}", "right now {A!} <be> {x years} old", "*{A!} <have> turned {x} this year"];
  switch (kind) {
    case "later":
      return {
        ...common,
        values: { x, d, r: x + d },
        relations: ["r = x + d"],
        given: ["x", "d"],
        wanted: "r",
        facts: [{ says: is }],
        questions: [
          "how old will {A} be in {d years}",
          "what will {A's} age be {d years} from now",
          "*what age <do> {A} reach {d years} from now",
        ],
        indirect: ["how old {A} will be in {d years}", "*{A's} age {d years} from now"],
        notes: ["{A!}: {x} now. In {d years}?", "*{A!} {x} today; plus {d years}; age?"],
        steps: [{ finds: "r", expression: "x + d", says: ["In {=d} years that is {eq years}.", "{eq}."] }],
        answers: ["{A} will be {r years} old."],
      };
    case "earlier": {
      const e = Math.min(d, x - 2);
      return {
        ...common,
        values: { x, d: e, r: x - e },
        relations: ["x = r + d"],
        given: ["x", "d"],
        wanted: "r",
        facts: [{ says: is }],
        questions: ["how old <be:past> {A} {d years} ago", "what was {A's} age {d years} ago", "*what age had {A} reached {d years} back"],
        indirect: ["how old {A} <be:past> {d years} ago", "*{A's} age {d years} back"],
        notes: ["{A!}: {x} now. {d years} ago?", "*{A!} {x} today; {d years} back; age?"],
        steps: [{ finds: "r", expression: "x - d", says: ["{=d} years ago that was {eq years}.", "{eq}."] }],
        answers: ["{A} <be:past> {r years} old."],
      };
    }
    case "now from later":
      return {
        ...common,
        values: { x, d, r: x + d },
        relations: ["r = x + d"],
        given: ["r", "d"],
        wanted: "x",
        facts: [
          { says: ["in {d years}, {A} will be {r years} old", "{A} will be {r} in {d years}", "*{d years} from now {A} will turn {r}"] },
        ],
        questions: ["how old <be> {A} now", "what is {A's} age now", "*what age <have> {A} reached today"],
        indirect: ["how old {A} <be> now", "*{A's} age today"],
        notes: ["{A!}: {r} in {d years}. Now?", "*{A!} {r} after {d years}; today?"],
        steps: [{ finds: "x", expression: "r - d", says: ["Now that is {eq years}.", "{=d} years less is {eq}."] }],
        answers: ["{A} <be> {x years} old now."],
      };
    case "older":
      return {
        ...common,
        values: { x, d, y: x + d },
        relations: ["y = x + d"],
        given: ["x", "d"],
        wanted: "y",
        facts: [
          { says: is },
          {
            says: [
              "{B} is {d years} older",
              "{B} is {d years} older than {A!}",
              "{A} <be> {d years} younger than {B}",
              "*{A} <be> the younger one by {d years}",
            ],
          },
        ],
        questions: ["how old is {B}", "what is {B's} age", "*what age has {B} reached"],
        indirect: ["how old {B} is", "*{B's} age"],
        notes: ["{A!}: {x}. {B}: {d years} older. {B's} age?", "*{A!} {x}; {B} {d} above; age?"],
        steps: [{ finds: "y", expression: "x + d", says: ["{B} is older, so that is {eq years}.", "{=d} more than {=x} is {eq}."] }],
        answers: ["{B} is {y years} old."],
      };
    case "younger": {
      const y = x;
      return {
        ...common,
        values: { x: y + d, d, y },
        relations: ["x = y + d"],
        given: ["x", "d"],
        wanted: "y",
        facts: [
          { says: is },
          {
            says: [
              "{B} is {d years} younger",
              "{B} is {d years} younger than {A!}",
              "{A} <be> {d years} older than {B}",
              "*{A} <be> the elder by {d years}",
            ],
          },
        ],
        questions: ["how old is {B}", "what is {B's} age", "*what age has {B} reached"],
        indirect: ["how old {B} is", "*{B's} age"],
        notes: ["{A!}: {x}. {B}: {d years} younger. {B's} age?", "*{A!} {x}; {B} {d} below; age?"],
        steps: [{ finds: "y", expression: "x - d", says: ["{B} is younger, so that is {eq years}.", "{=d} less than {=x} is {eq}."] }],
        answers: ["{B} is {y years} old."],
      };
    }
    case "difference":
      return {
        ...common,
        values: { x: x + d, y: x, d },
        relations: ["x = y + d"],
        given: ["x", "y"],
        wanted: "d",
        facts: [{ says: is }, { says: ["{B} is {y years} old", "{B} is {y}", "*{B} has turned {y}"] }],
        questions: [
          "how many years older <be> {A!} than {B}",
          "what is the difference in age",
          "how many years younger is {B}",
          "*by how many years is {B} behind",
        ],
        indirect: ["the difference in age", "how many years older {A!} <be>", "*by how many years {B} is behind"],
        notes: ["{A!}: {x}. {B}: {y}. Difference?", "*{A!} {x}; {B} {y}; gap?"],
        steps: [{ finds: "d", expression: "x - y", says: ["The difference is {eq years}."] }],
        answers: ["The difference is {d years}."],
      };
    case "sum":
      return {
        ...common,
        values: { x, y: d + 3, t: x + d + 3 },
        relations: ["t = x + y"],
        given: ["x", "y"],
        wanted: "t",
        facts: [{ says: is }, { says: ["{B} is {y years} old", "{B} is {y}", "*{B} has turned {y}"] }],
        questions: ["how old are {they} together", "what is the sum of the two ages", "*how many years have {they} lived between {them}"],
        indirect: ["the sum of the two ages", "*the years {they} have lived between {them}"],
        notes: ["{A!}: {x}. {B}: {y}. Sum?", "*{A!} {x}; {B} {y}; both?"],
        steps: [{ finds: "t", expression: "x + y", says: ["Together that is {eq years}."] }],
        answers: ["The sum of the ages is {t}."],
      };
    case "twice": {
      const k = draw.integer(2, 4);
      const up = draw.chance(0.5);
      const young = draw.integer(4, 18);
      return up
        ? {
            ...common,
            values: { x: young, k, y: young * k },
            relations: ["y = x * k"],
            given: ["x", "k"],
            wanted: "y",
            facts: [
              { says: is },
              {
                says:
                  k === 2
                    ? ["{B} is twice as old", "{B} is twice as old as {A!}", "*{B} is double that age"]
                    : ["{B} is {k} times as old", "{B} is {k} times as old as {A!}", "*{B} is of {k} times that age"],
              },
            ],
            questions: ["how old is {B}", "*what age has {B} reached"],
            indirect: ["how old {B} is", "*{B's} age"],
            steps: [{ finds: "y", expression: "x * k", says: ["{=k} times {=x} is {eq}.", "{eq years}."] }],
            answers: ["{B} is {y years} old."],
          }
        : {
            ...common,
            values: { x: young * k, k, y: young },
            relations: ["x = y * k"],
            given: ["x", "k"],
            wanted: "y",
            facts: [
              { says: is },
              {
                says:
                  k === 2
                    ? ["that is twice the age of {B}", "{A} <be> twice as old as {B}", "*that is double {B's} age"]
                    : ["that is {k} times the age of {B}", "{A} <be> {k} times as old as {B}", "*that is {B's} age {k} times over"],
              },
            ],
            questions: ["how old is {B}", "*what age has {B} reached"],
            indirect: ["how old {B} is", "*{B's} age"],
            steps: [{ finds: "y", expression: "x / k", says: ["{=x} divided by {=k} is {eq}.", "{eq years}."] }],
            answers: ["{B} is {y years} old."],
          };
    }
  }
}

const LASTING: readonly (readonly [thing: string, from: string, to: string])[] = [
  ["the school", "was founded in", "was closed in"],
  ["the bridge", "was opened in", "was rebuilt in"],
  ["the factory", "was built in", "was torn down in"],
  ["the club", "was started in", "broke up in"],
  ["the tower", "was finished in", "fell in"],
  ["the newspaper", "first appeared in", "last appeared in"],
  ["the mine", "was opened in", "was shut in"],
  ["*the lighthouse", "was first lit in", "went dark in"],
  ["*the orchestra", "first played in", "last played in"],
];

/** Between two years, or two hours of a day. */
export function span(setting: Setting): Draft {
  const { draw, held } = setting;
  const common = { situation: "time span", unfit: UNFIT, rigid: true, nouns: { years: noun("year"), hours: noun("hour") } };
  if (draw.chance(0.6)) {
    const [thing, from, to] = draw.pick(LASTING.filter(([name]) => name.startsWith("*") === held));
    const start = draw.integer(1701, 1980);
    const length = draw.integer(6, 160);
    const end = Math.min(start + length, 2024);
    const forward = draw.chance(0.3);
    const scene = { ...common, words: { thing: thing.replace("*", "") } };
    if (forward) {
      return {
        ...scene,
        unknown: "end",
        values: { d: end - start, r: end },
        relations: [`r = ${start} + d`],
        given: ["d"],
        wanted: "r",
        facts: [
          { says: [`{thing} ${from} ${start}`, `*in ${start}, we read, {thing} ${from.replace(/ in$/, "")}`] },
          { says: [`it lasted {d years}`, `{d years} later it came to an end`, `*it stood for {d years} after that`] },
        ],
        questions: ["in what year was that", "in which year did it end", "*what year was it then"],
        indirect: ["the year in which it ended", "*what year it was then"],
        steps: [{ finds: "r", expression: `${start} + d`, says: ["That was in {eq}.", "{eq}."] }],
        answers: ["It was in {=r}."],
      };
    }
    return { ...scene, unknown: "length", relations: ["e = s + d"], wanted: "d", ...yearsBetween(start, end, from, to) };
  }
  const job = draw.pick(usable(["works", "sleeps", "travels", "studies", "paints", "*keeps watch"], held));
  const begin = draw.integer(5, 11);
  const finish = draw.integer(13, 23);
  const [from, to] = [`${begin}:00`, `${finish}:00`];
  return {
    ...common,
    tense: "present",
    unknown: "length",
    values: { s: begin, e: finish, d: finish - begin },
    relations: ["e = s + d"],
    given: ["s", "e"],
    wanted: "d",
    facts: [
      { says: [`{B} ${job} from ${from} to ${to}`, `{B} ${job} from ${from} until ${to}`, `*from ${from} on {B} ${job}, up to ${to}`] },
    ],
    questions: ["how many hours is that", "how many hours does that take", "*what time in hours goes by"],
    indirect: ["how many hours that is", "*the time in hours that goes by"],
    notes: [`${from} to ${to}. Hours?`, `*${from} until ${to}; hours?`],
    steps: [{ finds: "d", expression: `${finish} - ${begin}`, says: ["That is {eq hours}.", "{eq hours}."] }],
    answers: ["It is {d hours}."],
  };
}

function yearsBetween(
  start: number,
  end: number,
  from: string,
  to: string,
): Pick<Draft, "facts" | "questions" | "indirect" | "steps" | "answers" | "values" | "given" | "notes"> {
  return {
    values: { s: start, e: end, d: end - start },
    given: ["s", "e"],
    facts: [
      {
        says: [
          `{thing} ${from} ${start} and ${to} ${end}`,
          `{thing} ${from} ${start}, and it ${to} ${end}`,
          `*${start} is the year in which {thing} ${from.replace(/ in$/, "")}, and it ${to} ${end}`,
        ],
      },
    ],
    questions: ["how many years was that", "how many years lay between", "how long was that in years", "*what stretch of years was that"],
    indirect: ["how many years that was", "the number of years between", "*the stretch of years"],
    notes: [`{thing} ${from} ${start}, ${to} ${end}. How many years?`, `*${start} to ${end}; years?`],
    steps: [
      {
        finds: "d",
        expression: `${end} - ${start}`,
        says: ["That is {eq years}.", "{eq years}.", "Between the two years there are {eq years}."],
      },
    ],
    answers: ["It was {d years}."],
  };
}
