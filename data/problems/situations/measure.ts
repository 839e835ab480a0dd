// Rectangles and boxes, units of measure, averages.
import type { Draft, Fact, Setting } from "../draft.js";
import { listed, noun } from "../english.js";
import { usable } from "../scene.js";

const PLOTS = ["garden", "room", "field", "carpet", "playground", "floor", "poster", "lawn", "wall", "yard", "*courtyard", "*tablecloth"];
const UNITS = ["meter", "foot", "yard"];

/** `foot` with what stands before it. */
const unitNoun = (unit: string, kind = "") => noun(unit === "foot" ? `${kind}foot/${kind}feet` : kind + unit);

/** Areas, perimeters and a missing side. */
export function rectangle(setting: Setting): Draft {
  const { draw, held } = setting;
  const [l, w] = [draw.integer(5, 40), draw.integer(2, 25)];
  const unit = draw.pick(usable(UNITS, held));
  const kind = draw.pick(["area", "perimeter", "side", "square", "volume"] as const);
  const common = {
    situation: "geometry",
    unknown: kind,
    nouns: {
      u: unitNoun(unit),
      squares: unitNoun(unit, "square "),
      cubes: unitNoun(unit, "cubic "),
    },
    words: { plot: draw.pick(usable(PLOTS, held)) },
    unfit: ["people", "size", "distance", "unit price", "other things"],
    tense: "present" as const,
  };
  const sides: Fact = {
    says: [
      "a {plot} is {l u} long and {w u} wide",
      "the length of a {plot} is {l u} and its width is {w u}",
      "a rectangular {plot} measures {l u} by {w u}",
      "{A} <have> a rectangular {plot} of {l u} by {w u}",
      "*one side of a {plot} runs {l u}, the other {w u}",
    ],
  };
  switch (kind) {
    case "area":
      return {
        ...common,
        values: { l, w, a: l * w },
        relations: ["a = l * w"],
        given: ["l", "w"],
        wanted: "a",
        facts: [sides],
        questions: [
          "what is its area",
          "what is the area of the {plot}",
          "how many {squares} does it cover",
          "*what surface does the {plot} take up",
        ],
        indirect: ["its area", "the area of the {plot}", "how many {squares} it covers", "*what surface it takes up"],
        notes: [`{plot}, {l} by {w u}. Area?`, `*{plot}: {l u}, {w u}; surface?`],
        steps: [{ finds: "a", expression: "l * w", says: ["The area is {eq squares}.", "{eq squares}.", "Length times width is {eq}."] }],
        answers: ["The area is {a squares}."],
      };
    case "perimeter":
      return {
        ...common,
        values: { l, w, h: l + w, p: 2 * (l + w) },
        relations: ["h = l + w", "p = 2 * h"],
        given: ["l", "w"],
        wanted: "p",
        facts: [sides],
        questions: [
          "what is its perimeter",
          "how long is a fence around it",
          "how many {u} is it all the way around",
          "*what distance is one trip along all its edges",
        ],
        indirect: ["its perimeter", "how long a fence around it is", "*the distance along all its edges"],
        notes: ["{plot}, {l} by {w u}. Perimeter?", "*{plot}: {l u}, {w u}; edge?"],
        steps: [
          { finds: "h", expression: "l + w", says: ["One length and one width are {eq u}.", "{eq u}."] },
          { finds: "p", expression: "2 * h", says: ["All four sides are {eq u}.", "Twice that is {eq u}."] },
        ],
        answers: ["The perimeter is {p u}."],
      };
    case "side":
      return {
        ...common,
        values: { l, w, a: l * w },
        relations: ["a = l * w"],
        given: ["a", "l"],
        wanted: "w",
        facts: [
          {
            says: [
              "the area of a {plot} is {a squares} and its length is {l u}",
              "a rectangular {plot} covers {a squares} and is {l u} long",
              "*{a squares} is the surface of a {plot}, and one side runs {l u}",
            ],
          },
        ],
        questions: ["what is its width", "how wide is it", "how many {u} wide is the {plot}", "*how far does the other side run"],
        indirect: ["its width", "how wide it is", "*how far the other side runs"],
        notes: ["area {a squares}, length {l u}. Width?", "*surface {a squares}; side {l u}; other side?"],
        steps: [{ finds: "w", expression: "a / l", says: ["The width is {eq u}.", "{=a} divided by {=l} is {eq}."] }],
        answers: ["It is {w u} wide."],
      };
    case "square":
      return {
        ...common,
        values: { w, p: 4 * w },
        relations: ["p = 4 * w"],
        given: ["w"],
        wanted: "p",
        facts: [
          {
            says: [
              "each side of a square {plot} is {w u} long",
              "a square {plot} has sides of {w u}",
              "*a {plot} is square, {w u} on each side",
            ],
          },
        ],
        questions: ["what is its perimeter", "how long is the fence around it", "*what is the distance once around"],
        indirect: ["its perimeter", "*the distance once around"],
        notes: ["square {plot}, side {w u}. Perimeter?", "*square {plot}, side {w u}; edge?"],
        steps: [{ finds: "p", expression: "4 * w", says: ["A square has four sides, so that is {eq u}.", "{eq u}."] }],
        answers: ["The perimeter is {p u}."],
      };
    case "volume": {
      const h = draw.integer(2, 9);
      return {
        ...common,
        values: { l, w, h, a: l * w, v: l * w * h },
        relations: ["v = l * w * h"],
        given: ["l", "w", "h"],
        wanted: "v",
        facts: [
          {
            says: [
              "a box is {l u} long, {w u} wide and {h u} high",
              "a tank measures {l u} by {w u} by {h u}",
              "*a trough runs {l u}, is {w u} across and {h u} deep",
            ],
          },
        ],
        questions: ["what is its volume", "how many {cubes} does it hold", "*what space is inside it"],
        indirect: ["its volume", "how many {cubes} it holds", "*what space is inside it"],
        notes: ["box, {l} by {w} by {h u}. Volume?", "*trough: {l u}, {w u}, {h u}; space?"],
        steps: [
          { finds: "a", expression: "l * w", says: ["The bottom is {eq squares}."] },
          { finds: "v", expression: "a * h", says: ["The volume is {eq cubes}.", "Times the height is {eq cubes}."] },
        ],
        answers: ["The volume is {v cubes}."],
      };
    }
  }
}

/** Larger unit, smaller unit, how many of these it has, what is measured so, the most. */
const CONVERSIONS: readonly (readonly [large: string, small: string, factor: number, things: readonly string[], most: number])[] = [
  ["hour", "minute", 60, ["the trip", "the meeting", "the flight", "the movie", "*the rehearsal"], 12],
  ["minute", "second", 60, ["the song", "the dive", "the video", "*the fanfare"], 20],
  ["day", "hour", 24, ["the voyage", "the storm", "the festival", "*the siege"], 14],
  ["week", "day", 7, ["the vacation", "the course", "the repair", "*the harvest"], 30],
  ["year", "month", 12, ["the project", "the training", "the lease", "*the apprenticeship"], 15],
  ["foot/feet", "inch", 12, ["the board", "the shelf", "the rope", "*the oar"], 30],
  ["yard", "foot/feet", 3, ["the hose", "the fabric", "the path", "*the ribbon"], 60],
  ["kilometer", "meter", 1000, ["the race", "the road", "the bridge", "*the canal"], 20],
  ["meter", "centimeter", 100, ["the rope", "the cable", "the fence", "*the curtain"], 30],
  ["kilogram", "gram", 1000, ["the parcel", "the flour", "the melon", "*the cheese"], 15],
  ["pound", "ounce", 16, ["the bag", "the puppy", "the steak", "*the trout"], 20],
  ["liter", "milliliter", 1000, ["the bottle", "the pitcher", "the juice", "*the broth"], 12],
  ["gallon", "quart", 4, ["the tank", "the milk", "the soup", "*the cider"], 40],
  ["dozen", "egg", 12, ["the order", "the delivery", "the stock", "*the shipment"], 20],
];

/** From one unit to another. */
export function conversion(setting: Setting): Draft {
  const { draw, held } = setting;
  const [large, small, factor, things, most] = draw.pick(CONVERSIONS);
  const down = draw.chance(0.6);
  const x = draw.integer(2, most);
  const y = x * factor;
  const verb = ["hour", "minute", "day", "week", "year"].includes(large)
    ? "last"
    : ["kilogram", "pound"].includes(large)
      ? "weigh"
      : ["liter", "gallon"].includes(large)
        ? "fill"
        : large === "dozen"
          ? "come"
          : "measure";
  const lead = verb === "come" ? "<come sg> to" : `<${verb} sg>`;
  const [from, to] = down ? ["{x u}", "{y s}"] : ["{y s}", "{x u}"];
  return {
    situation: "conversion",
    unknown: down ? "smaller unit" : "larger unit",
    values: { x, y, k: factor },
    relations: ["y = x * k"],
    given: [down ? "x" : "y", "k"],
    wanted: down ? "y" : "x",
    nouns: { u: large === "dozen" ? { one: "dozen eggs", many: "dozen eggs" } : noun(large), s: noun(small) },
    words: { thing: draw.pick(usable(things, held)) },
    unfit: ["people", "size", "distance", "time", "unit price", "other things", "weather"],
    facts: [{ says: [`{thing} ${lead} ${from}`, `*all told, {thing} ${lead} ${from}`] }],
    questions: down
      ? ["how many {s} is that", "how many {s} are there in {x u}", "*how is that said in {s}", "how many {s} does that make"]
      : ["how many {u} is that", "how many {u} make {y s}", "*how is that said in {u}"],
    indirect: [down ? "how many {s} that is" : "how many {u} that is", `*what that is in {${down ? "s" : "u"}}`],
    notes: [`${from} in {${down ? "s" : "u"}}?`, `*${from}: how many {${down ? "s" : "u"}}?`],
    steps: [
      {
        finds: down ? "y" : "x",
        expression: down ? `x * ${factor}` : `y / ${factor}`,
        says:
          large === "dozen"
            ? ["A dozen is 12, so that is {eq}."]
            : [`One {u.1} has ${factor} {s}, so that is {eq ${down ? "s" : "u"}}.`, `{eq ${down ? "s" : "u"}}.`],
      },
    ],
    answers: [`That is ${to}.`, `It is ${to}.`],
  };
}

const SERIES: readonly (readonly [what: string, unit: string, verb: string, times: readonly string[]])[] = [
  ["tests", "point", "score", ["three tests", "the first tests"]],
  ["days", "page", "read", ["Monday", "Tuesday"]],
  ["games", "goal", "score", ["the first game", "the second game"]],
  ["days", "kilometer", "run", ["Friday", "Saturday"]],
  ["weeks", "dollar", "save", ["May", "June"]],
];
const HELD_SERIES: typeof SERIES = [
  ["evenings", "chapter", "translate", ["spring", "summer"]],
  ["rounds", "arrow", "shoot", ["round one", "round two"]],
];

/** The mean of some numbers, or the number that is missing for a mean. */
export function average(setting: Setting): Draft {
  const { draw, held } = setting;
  const [what, unit, verb] = draw.pick(held ? HELD_SERIES : SERIES);
  const count = draw.integer(3, 4);
  const mean = draw.integer(6, 80);
  const names = ["i", "j", "k", "l"].slice(0, count);
  const offsets = names.slice(1).map(() => draw.integer(-Math.min(5, mean - 2), Math.min(12, mean)));
  const numbers = [mean - offsets.reduce((sum, offset) => sum + offset, 0), ...offsets.map((offset) => mean + offset)];
  const values = { ...Object.fromEntries(names.map((name, at) => [name, numbers[at]!])), c: count, m: mean, t: mean * count };
  const common = {
    situation: "average",
    values,
    nouns: { u: noun(unit), times: noun(what.replace(/s$/, "")) },
    tense: "past" as const,
    unfit: ["other things", "people"],
  };
  const shown = names.map((name) => `{${name}}`);
  if (draw.chance(0.65)) {
    return {
      ...common,
      unknown: "mean",
      relations: [`t = ${names.join(" + ")}`, "t = c * m"],
      given: [...names, "c"],
      wanted: "m",
      facts: [
        {
          says: [
            `in {c times}, {A} <${verb}> ${listed(shown)} {u}`,
            `{A} <${verb}> ${listed(shown)} {u} in {c times}`,
            `*over {c times} {A's} {u} <be pl> ${listed(shown)}`,
          ],
        },
      ],
      questions: [
        "what was the average",
        `what was the average number of {u}`,
        `how many {u} did {A} ${verb} on average`,
        `*what was the mean`,
      ],
      indirect: ["the average", `the average number of {u}`, "*the mean"],
      notes: [`${shown.join(", ")}. Average?`, `*${shown.join(", ")}; mean?`],
      steps: [
        { finds: "t", expression: names.join(" + "), says: ["The sum is {eq}.", "{eq} in all."] },
        { finds: "m", expression: "t / c", says: ["There are {=c} numbers, so the average is {eq}.", "Divided by {=c} that is {eq}."] },
      ],
      answers: ["The average is {m u}."],
    };
  }
  const [missing = "", ...others] = names;
  return {
    ...common,
    unknown: "missing number",
    values: { ...values, o: numbers.slice(1).reduce((sum, number) => sum + number, 0) },
    relations: ["t = c * m", `o = ${others.join(" + ")}`, `t = ${missing} + o`],
    given: [...others, "c", "m"],
    wanted: missing,
    facts: [
      {
        says: [`the average of {c} numbers <be sg> {m}`, `{c} numbers <have pl> an average of {m}`, "*{c} numbers <have pl> the mean {m}"],
      },
      {
        says: [
          `${others.length === 2 ? "two" : "three"} of them <be pl> ${listed(others.map((name) => `{${name}}`))}`,
          `*all but one <be pl> known: ${listed(others.map((name) => `{${name}}`))}`,
        ],
      },
    ],
    questions: ["what is the other number", "what is the last number", "*which number is missing"],
    indirect: ["the other number", "*the missing number"],
    rigid: true,
    steps: [
      { finds: "t", expression: "c * m", says: ["All {=c} numbers make {eq}."] },
      { finds: "o", expression: others.join(" + "), says: ["The known ones make {eq}."] },
      { finds: missing, expression: "t - o", says: ["The other one is {eq}."] },
    ],
    answers: [`The other number is {${missing}}.`],
  };
}
