// Parts and a whole: what two have together, what was done at two times, two kinds of one thing.
import { act, type Draft, inMoney, type Setting } from "../draft.js";
import { choose, usable } from "../scene.js";

const TOTAL_SAYS = ["Together that is {eq n}.", "In all that makes {eq n}.", "{=x} and {=y} make {eq}.", "The total is {eq n}.", "{eq n}."];
const REST_SAYS = [
  "The rest is {eq n}.",
  "Of {=t}, {=x} are taken, so {eq n} remain.",
  "That leaves {eq n}.",
  "{=t} without {=x} is {eq}.",
];

/** Two owners. */
export function owners(setting: Setting): Draft {
  const { draw, world } = setting;
  const money = draw.chance(0.12);
  const [x, y] = [setting.amount(2), setting.amount(2)];
  const verb = draw.chance(0.7)
    ? "have"
    : choose(
        world.work.filter((word) => !word.replace("*", "").includes(" ")),
        setting,
      );
  const has = money ? "have" : verb;
  const partKnown = draw.chance(0.45);
  const draft: Draft = {
    situation: "combine",
    unknown: partKnown ? "part" : "total",
    values: { x, y, t: x + y },
    relations: ["t = x + y"],
    given: partKnown ? ["t", "x"] : ["x", "y"],
    wanted: partKnown ? "y" : "t",
    unfit: ["people", "other things"],
    facts: partKnown
      ? [
          {
            says: [
              `{both} <${has} pl> {t n} [together|altogether|in all|between them|]`,
              `together, {both} <${has} pl> {t n}`,
              `{both} <${has} pl> a total of {t n}`,
              `*between them, {both} <${has} pl> {t n}`,
            ],
          },
          {
            says: [`{A!} <${has}> {x} of them`, `{x} of them are {A's}`, `{A!} <${has}> {x n}`, `*of these, {A!} <${has}> {x}`]
              .slice(money ? 2 : 0)
              .slice(0, money ? 1 : 4),
          },
        ]
      : [
          { says: [`{A} <${has}> {x n}`, `{A} <${has}> {x n} in all`], states: { quantity: "x", verb: has } },
          {
            says: [`{B} <${has} B> {y n}`, `{B} <${has} B> {y}`, `{A's} friend {B} <${has} B> {y n}`],
          },
        ],
    questions: partKnown
      ? [`{many n} <do B> {B} ${has}`, `how many <do B> {B} ${has}`, `*what is {B's} share`]
      : [
          `{many n} <do pl> {they} ${has} [together|altogether|in all|in total|combined]`,
          `{many n} <do pl> {both} ${has} [together|altogether|in all|in total]`,
          `{many n} does that make [altogether|in all|in total]`,
          `*what do they come to together`,
          `*{many n} <do pl> the two of {them} ${has}`,
        ],
    indirect: partKnown
      ? [`{many n} {B} <${has} B>`, "*what {B's} share <be sg>"]
      : [`{many n} {they} <${has} pl> [together|altogether|in all|in total]`, "*what the two amounts come to together"],
    notes: partKnown
      ? ["{t n} in all, {A!}: {x}. {B}?", "*sum {t n}; {A!} {x}; {B}?"]
      : ["{A!}: {x n}. {B}: {y}. Together?", "*{A!} {x n}; {B} {y}; sum?"],
    steps: [partKnown ? { finds: "y", expression: "t - x", says: REST_SAYS } : { finds: "t", expression: "x + y", says: TOTAL_SAYS }],
    answers: partKnown ? [`{B} <${has} B> {y n}.`] : [`{They} <${has} pl> {t n} [together|altogether|in all].`],
  };
  return money ? inMoney(draft) : draft;
}

const TIMES = [
  ["on Monday", "on Tuesday"],
  ["in the morning", "in the afternoon"],
  ["yesterday", "today"],
  ["last week", "this week"],
  ["on Saturday", "on Sunday"],
  ["in the first hour", "in the second hour"],
  ["in June", "in July"],
  ["before lunch", "after lunch"],
  ["last year", "this year"],
  ["at the first shop", "at the second shop"],
  ["*in spring", "*in autumn"],
  ["*on the first night", "*on the second night"],
] as const;

/** One who does the same at two or three times. */
export function times(setting: Setting): Draft {
  const { draw, world, held } = setting;
  const pairs = TIMES.filter(([first]) => first.startsWith("*") === held);
  const [first, second] = draw.pick(pairs).map((time) => time.replace("*", "")) as [string, string];
  const doing = draw.chance(0.4) ? choose(world.gain, setting).split("|")[0]! : choose(world.work, setting);
  const verb = doing.startsWith("inherit") ? "find" : doing;
  const past = { tense: "past" as const };
  const [x, y] = [setting.amount(2), setting.amount(2)];
  const clause = (object: string) => act(verb, object);
  if (draw.chance(0.6)) {
    return {
      ...past,
      situation: "combine",
      unknown: "total",
      values: { x, y, t: x + y },
      relations: ["t = x + y"],
      given: ["x", "y"],
      wanted: "t",
      facts: [
        { says: [`{A} ${clause("{x n}")} ${first}`, `${first}, {A} ${clause("{x n}")}`], states: { quantity: "x", verb } },
        {
          says: [
            `{A} ${clause("{y n}")} ${second}`,
            `${second}, {A} ${clause("{y n}")}`,
            `${second} {A} ${clause("{y more n}")}`,
            `${second} it <be sg> {y}`,
          ],
        },
      ],
      questions: [
        `{many n} <do> {A} ${verb} [altogether|in all|in total]`,
        `{many n} does that make in all`,
        `{many n} <do> {A} ${verb} ${first} and ${second} [together|]`,
        `what is the total number of {n}`,
        `*{many n} <do> {A} ${verb} over the two times taken together`,
      ],
      indirect: [
        `{many n} {A} ${clause("")} [altogether|in all]`,
        "the total number of {n}",
        `*{many n} {A} ${clause("")} both times together`,
      ],
      notes: [`${first} {x n}, ${second} {y}. Total?`, `*${first}: {x n}; ${second}: {y}; sum?`],
      steps: [{ finds: "t", expression: "x + y", says: TOTAL_SAYS }],
      answers: [`{A} ${clause("{t n}")} [in all|altogether].`],
    };
  }
  return {
    ...past,
    situation: "combine",
    unknown: "part",
    values: { x, y, t: x + y },
    relations: ["t = x + y"],
    given: ["t", "x"],
    wanted: "y",
    facts: [
      {
        says: [
          `{A} ${clause("{t n}")} ${first} and ${second}`,
          `${first} and ${second}, {A} ${clause("{t n}")} [in all|altogether]`,
          `{A} ${clause("{t n}")} ${first} and ${second} together`,
        ],
      },
      {
        says: [
          `{A} ${clause("{x n}")} ${first}`,
          `{A} ${clause("{x} of them")} ${first}`,
          `${first} it <be sg> {x}`,
          `*${first}, the number <be sg> {x}`,
        ],
      },
    ],
    questions: [`{many n} <do> {A} ${verb} ${second}`, `*what <be sg> the number of {n} ${second}`],
    indirect: [`{many n} {A} ${clause("")} ${second}`, `*how many {A} ${clause("")} ${second}`],
    notes: [`{t n} in all, {x} ${first}. How many ${second}?`, `*sum {t n}; ${first} {x}; ${second}?`],
    steps: [{ finds: "y", expression: "t - x", says: REST_SAYS }],
    answers: [`{A} ${clause("{y n}")} ${second}.`],
  };
}

/** Two or three kinds of a thing, and how many there are in all. */
export function kinds(setting: Setting): Draft {
  const { draw, held } = setting;
  const moving = setting.world.kinds.length < 3 || draw.chance(0.3);
  const noun = moving ? "v" : "n";
  const where = moving ? "{place}" : "{where}";
  const [k, l, o] = draw
    .shuffle(moving ? setting.place.kinds : usable(setting.world.kinds, held))
    .map((kind) => kind.replaceAll(" ", "_")) as [string, string, string];
  const three = draw.chance(0.25);
  const most = moving ? setting.place.most : setting.world.most;
  const [x, y, z] = [setting.amount(2, most), setting.amount(2, most), three ? setting.amount(2, most) : 0];
  const t = x + y + z;
  const common = { situation: "combine", words: { k, l, o }, unfit: ["people"] };
  const third = three ? ` and {q ${o} ${noun}}` : "";
  if (draw.chance(0.45)) {
    return {
      ...common,
      unknown: "total",
      values: { x, y, t, ...(three ? { q: z } : {}) },
      relations: [three ? "t = x + y + q" : "t = x + y"],
      given: three ? ["x", "y", "q"] : ["x", "y"],
      wanted: "t",
      facts: [
        {
          says: [
            `there <be pl> {x ${k} ${noun}}${three ? "," : " and"} {y ${l} ${noun}}${third} ${where}`,
            `{x ${k} ${noun}}${three ? "," : " and"} {y ${l} ${noun}}${third} <be pl> ${where}`,
            `${where} there <be pl> {x ${k} ${noun}}${three ? "," : " and"} {y ${l} ${noun}}${third}`,
            ...(three || moving
              ? []
              : [`{A} <have> {x ${k} n} and {y ${l} n}`, `{A} <have> {x ${k} n} and {y} ${l.replaceAll("_", " ")} ones`]),
            `*one can see {x ${k} ${noun}}${three ? "," : " and"} {y ${l} ${noun}}${third} ${where}`,
          ],
        },
      ],
      questions: [
        `{many ${noun}} <be:now pl> there [altogether|in all|in total]`,
        `what <be:now sg> the total number of {${noun}}`,
        `*what do the ${three ? "three" : "two"} kinds come to together`,
      ],
      indirect: [
        `{many ${noun}} there <be:now pl> [altogether|in all]`,
        `the total number of {${noun}}`,
        `*how many {${noun}} of all kinds there <be:now pl>`,
      ],
      notes: [
        `{x ${k} ${noun}}, {y} ${l}${three ? `, {q} ${o}` : ""}. Total?`,
        `*${k} {x}, ${l} {y}${three ? `, ${o} {q}` : ""}; all {${noun}}?`,
      ],
      steps: [
        {
          finds: "t",
          expression: three ? "x + y + q" : "x + y",
          says: [`In all there are {eq ${noun}}.`, `Together that is {eq ${noun}}.`, `{eq ${noun}}.`],
        },
      ],
      answers: [`There are {t ${noun}} [in all|altogether].`],
    };
  }
  return {
    ...common,
    unknown: "part",
    values: { x, y, t: x + y },
    relations: ["t = x + y"],
    given: ["t", "x"],
    wanted: "y",
    facts: [
      {
        says: [
          `there <be pl> {t ${noun}} ${where}`,
          `{t ${noun}} <be pl> ${where}`,
          ...(moving ? [] : ["{A} <have> {t n}"]),
          `*${where} one <count sg> {t ${noun}}`,
        ],
      },
      {
        says: [
          `{x} of them <be pl> ${k} and the rest <be pl> ${l}`,
          `{x} <be pl> ${k}, and the others <be pl> ${l}`,
          `{x} of the {${noun}} <be pl> ${k}, and the remaining ones <be pl> ${l}`,
          `*all but the {x} ${k} ones <be pl> ${l}`,
        ].map((clause) => clause.replaceAll("_", " ")),
      },
    ],
    questions: [`{many ${l} ${noun}} <be pl> there`, `{many ${noun}} <be pl> ${l}`, `*what number of them <be sg> ${l}`],
    indirect: [`{many ${noun}} <be pl> ${l}`, `{many ${l} ${noun}} there <be pl>`, `*what number of them <be sg> ${l}`],
    notes: [`{t ${noun}}, {x} ${k}, the rest ${l}. How many ${l}?`, `*all {${noun}} {t}; ${k} {x}; ${l}?`],
    steps: [
      {
        finds: "y",
        expression: "t - x",
        says: ["The rest is {eq}.", `{=x} of {=t} are ${k}, so {eq} are ${l}.`, `That leaves {eq ${l} ${noun}}.`],
      },
    ],
    answers: [`{y ${noun}} <be:now pl> ${l}.`, `There <be:now pl> {y ${l} ${noun}}.`],
  };
}
