// Something is gained or lost, come or gone: the result, the change or the start is unknown.
import { act, type Draft, type Fact, inMoney, type Setting, type Step } from "../draft.js";
import { choose } from "../scene.js";

const MONEY_GAIN = [
  "earn|for mowing a lawn",
  "get|from {B}",
  "earn|by washing cars",
  "receive|for {A.his} birthday",
  "find|in an old coat",
  "earn|at work",
  "*make|at a yard sale",
];
const MONEY_LOSS = [
  "spend|on {an m}",
  "pay|for lunch",
  "spend|at the store",
  "give|to {B}",
  "lose|on the way home",
  "spend|on a movie",
  "pay|for the bus",
  "lend|to {B}",
  "*leave|at the arcade",
];

const UNKNOWNS = ["result", "change", "start"] as const;

/** What an owner has, and a gain or loss. */
export function change(setting: Setting): Draft {
  const { draw, world } = setting;
  const money = draw.chance(0.16);
  const gaining = draw.chance(0.42);
  const spec = choose(money ? (gaining ? MONEY_GAIN : MONEY_LOSS) : gaining ? world.gain : world.loss, setting);
  const unknown = draw.weighted<(typeof UNKNOWNS)[number]>([
    [4, "result"],
    [3, "change"],
    [3, "start"],
  ]);
  const s = setting.amount(gaining ? 2 : 5, money ? 500 : world.most);
  const c = gaining ? setting.amount(2, money ? 300 : world.most) : draw.integer(2, Math.max(2, s - 2));
  const r = gaining ? s + c : s - c;
  const draft = owned(setting, spec, gaining, unknown, { s, c, r }, money);
  return money ? inMoney(draft) : draft;
}

function owned(
  setting: Setting,
  spec: string,
  gaining: boolean,
  unknown: (typeof UNKNOWNS)[number],
  values: Record<string, number>,
  money: boolean,
): Draft {
  const { world } = setting;
  const points = world.name === "points";
  const amount = gaining ? ["{c more n}", "{c n}", "another {c n}", "{c more n}"] : ["{c of n}", "{c n}", "{c of n}"];
  const gives = amount.map((object) => `{A} ${act(spec, object)}`);
  const passive = gaining || points || /with|up|off|out|away/.test(spec) ? [] : [`{c of n} <be pl> ${act(spec, "", ":part")}`];
  const when = ["", "", "then ", "later ", "after that, ", "*the next morning "];
  const start: Fact = {
    says: [
      "{A} <have> {s n}",
      "{A} <have> {s n} [at first|to start with|in the beginning|to begin with|]",
      "{A} <start> [with|out with] {s n}",
      ...(points ? [] : ["{A} <own> {s n}", "{A} <have> {s n} at home", "there <be pl> {s n} in {A's} bag"].slice(0, 1)),
      "at first {A} <have> {s n}",
      "*to begin with, {A} <possess> {s n}",
      "*{A} <begin> the week with {s n}",
    ],
    states: { quantity: "s", verb: "have" },
  };
  const changing: Fact = {
    says: [
      ...gives.map((clause) => `[${when.filter((w) => !w.startsWith("*")).join("|")}]${clause}`),
      ...passive,
      ...gives.map((clause) => `*[after that, |the next morning ]${clause}`),
    ],
  };
  const loose = { says: changing.says };
  const some = gaining
    ? ["some more {n}", "some {n}", "a few more {n}", "more {n}"]
    : ["some of them", "some of the {n}", "some", "a few of them"];
  const someSays = some
    .filter((object) => !(money && object.includes("few")))
    .map((object) => `[${when.filter((w) => !w.startsWith("*")).join("|")}]{A} ${act(spec, object)}`);
  const finished: Fact = {
    says: gaining
      ? [
          "now {A} <have:now> {r n}",
          "{A} now <have:now> {r n}",
          "in the end {A} <have> {r n}",
          "that <make sg> {r n} in all",
          "{A} <end> up with {r n}",
          "*by evening {A} <have> {r n}",
        ]
      : [
          "now {A} <have:now> {r n} left",
          "{A} <have:now> {r n} left",
          "{A} now <have:now> {r n}",
          "there <be:now pl> {r n} left",
          "{r n} <be pl> left",
          "{A} still <have:now> {r n}",
          "that <leave sg> {A.o} with {r n}",
          "*by evening only {r n} <remain pl>",
        ],
  };
  const [verb = "", tail = ""] = spec.split("|");
  const base = {
    situation: gaining ? "change-join" : "change-separate",
    unknown,
    values,
    relations: gaining ? ["r = s + c"] : ["s = r + c"],
  };
  if (unknown === "result") {
    const steps: Step[] = [
      gaining
        ? { finds: "r", expression: "s + c", says: ["Together that is {eq n}.", "{=c} more than {=s} is {eq}.", "{eq n}."] }
        : {
            finds: "r",
            expression: "s - c",
            says: ["That leaves {eq n}.", "Taking {=c} from {=s} leaves {eq n}.", "{eq n} are left.", "{eq}."],
          },
    ];
    return {
      ...base,
      given: ["s", "c"],
      wanted: "r",
      facts: [start, loose],
      questions: gaining
        ? [
            "{many n} <do:now> {A} have now",
            "{many n} <do> {A} have [altogether|in all|in total|then]",
            "{many n} <do> {A} have after that",
            "{many n} <be:now pl> there now",
            "*what is {A's} total now",
            "*{many n} can {A} count now",
          ]
        : [
            "{many n} <do> {A} have left",
            "{many n} <do:now> {A} have now",
            "{many n} <be:now pl> left",
            "{many n} <do> {A} still have",
            "{many n} <do:now> {A} have [remaining|left over]",
            "{many n} <be:now pl> there now",
            "*{many n} remain",
            "*{many n} <do> that leave {A.o}",
          ],
      indirect: gaining
        ? ["{many n} {A} <have:now> [now|altogether|in all]", "how many that <make:now sg> in total", "*what {A's} new total <be:now sg>"]
        : ["{many n} {A} <have:now> left", "how many {A} still <have:now>", "{many n} <be:now pl> left", "*how many remain with {A.o}"],
      notes: gaining
        ? [
            "{s n}, then {c} more. {many n} now?",
            "had {s n}, got {c}. Now?",
            "{s n} + {c} new ones. Total?",
            "*start {s n}; plus {c}; total?",
          ]
        : [
            "{s n}, {c} gone. {many n} left?",
            "had {s n}, {c} gone. Left?",
            "{s n}, minus {c}. {many n} left?",
            "*start {s n}; out {c}; rest?",
          ],
      steps,
      answers: gaining
        ? ["{A} <have:now> {r n}.", "{A} <have:now> {r n} now.", "So {A} <have:now> {r n} in all."]
        : ["{A} <have:now> {r n} left.", "{A} <have:now> {r n} left.", "So {A} <have:now> {r n} left."],
    };
  }
  const doing = `${verb}${tail === "" ? "" : ` ${tail}`}`;
  if (unknown === "change") {
    return {
      ...base,
      given: ["s", "r"],
      wanted: "c",
      facts: [start, { says: someSays }, finished],
      questions: [
        `{many n} <do> {A} ${doing}`,
        gaining ? `{many more n} <do> {A} ${doing}` : `how many of the {n} <do> {A} ${doing}`,
        `*what number of {n} <do> {A} ${doing}`,
      ],
      indirect: [`{many n} {A} ${act(spec, "")}`, `*what number of {n} {A} ${act(spec, "")}`],
      notes: gaining
        ? ["{s n} before, {r} after. How many were added?", "*before: {s n}; after: {r}; added?"]
        : ["{s n} before, {r} left. How many gone?", "had {s n}, {r} left. How many gone?", "*before: {s n}; after: {r}; gone?"],
      steps: gaining
        ? [
            {
              finds: "c",
              expression: "r - s",
              says: [
                "It grew from {=s} to {=r}, so {eq} came in addition.",
                "{A} had {=s} before and {=r} after, so {A} got {eq n}.",
                "{eq n} were added.",
              ],
            },
          ]
        : [
            {
              finds: "c",
              expression: "s - r",
              says: [
                "Of {=s}, {=r} are left, so {eq n} are gone.",
                "{A} had {=s} and <have:now> {=r} left, so {eq n} are gone.",
                "The difference is {eq n}.",
              ],
            },
          ],
      answers: [`{A} ${act(spec, "{c n}", ":past")}.`],
    };
  }
  const unknownStart = [
    "{A} <have> some {n}",
    money ? "{A} <have> a certain amount of {n}" : "{A} <have> [a number of|a lot of|some|a few] {n}",
    money ? "*{A} <have> a sum of {n}" : "*{A} <have> a certain number of {n}",
    money ? "*nobody knows how much {n} {A} <have> at first" : "*nobody knows how many {n} {A} <have> at first",
  ];
  const before = ["at first", "to begin with", "in the beginning", "at the start", "before that", "to start with", "*originally"];
  return {
    ...base,
    given: ["c", "r"],
    wanted: "s",
    facts: setting.draw.chance(0.65) ? [{ says: unknownStart }, loose, finished] : [loose, finished],
    questions: [
      `{many n} did {A} have [${before.slice(0, -1).join("|")}]`,
      `{many n} did {A} start with`,
      "{many n} were there at first",
      "*{many n} did {A} originally have",
      "*what number of {n} did {A} have before all this",
    ],
    indirect: [
      `{many n} {A} <have:past> [${before.slice(0, -1).join("|")}]`,
      "{many n} {A} <start:past> with",
      "*{many n} {A} originally <have:past>",
    ],
    notes: gaining
      ? ["got {c more n}, now {r}. How many before?", "*added {c n}; now {r}; before?"]
      : ["{c n} gone, {r} left. How many at first?", "*out {c n}; rest {r}; start?"],
    steps: gaining
      ? [
          {
            finds: "s",
            expression: "r - c",
            says: ["Without the {=c} new ones there were {eq n}.", "Before that {A} had {eq n}.", "Taking the {=c} away again gives {eq}."],
          },
        ]
      : [
          {
            finds: "s",
            expression: "r + c",
            says: [
              "With the {=c} that are gone there were {eq n}.",
              "Before that {A} had {eq n}.",
              "Putting the {=c} back gives {eq n}.",
              "{=r} are left and {=c} are gone, so there were {eq n}.",
            ],
          },
        ],
    answers: ["{A} had {s n} at first.", "{A} had {s n} to begin with.", "{A} started with {s n}."],
  };
}
