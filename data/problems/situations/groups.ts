// Equal groups: how many in all, in each, how many groups; sharing out; what is left over.
import type { Draft, Setting } from "../draft.js";
import { noun } from "../english.js";
import { usable } from "../scene.js";

const UNFIT = ["people"];

/** Groups, what one is called, and how many are in it: containers of the world, people, rows. */
interface Grouping {
  /** Many, as in `{g c}`, and one. */
  readonly many: string;
  readonly one: string;
  /** Many without their number. */
  readonly plural: string;
  /** There are so many groups. */
  readonly are: readonly string[];
  /** So many are in each. */
  readonly each: readonly string[];
  /** All are in so many groups. */
  readonly all: readonly string[];
}

const CONTAINERS: Grouping = {
  many: "{g c}",
  one: "{c.1}",
  plural: "{c}",
  are: [
    "there <be pl> {g c}",
    "{A} <have> {g c}",
    "{A} <fill> {g c}",
    "{g c} <stand pl> in a row",
    "*{A} <line> up {g c}",
    "*{g c} <be pl> waiting",
  ],
  each: [
    "there <be pl> {s n} in each {c.1}",
    "each {c.1} <hold sg> {s n}",
    "each {c.1} <have sg> {s n} in it",
    "every {c.1} <contain sg> {s n}",
    "{A} <put> {s n} in each {c.1}",
    "in each {c.1} there <be pl> {s n}",
    "*no {c.1} <hold sg> more or fewer than {s n}",
    "*{s n} <go pl> into every {c.1}",
  ],
  all: [
    "{A} <put> {t n} into {g c}, the same number in each",
    "{t n} <be pl> packed equally into {g c}",
    "{A} <divide> {t n} equally among {g c}",
    "{g c} <hold pl> {t n} in all, each {c.1} the same number",
    "*{A} <spread> {t n} evenly over {g c}",
  ],
};

const FRIENDS: Grouping = {
  many: "{g p}",
  one: "{p.1}",
  plural: "{p}",
  are: ["there <be pl> {g p}", "{g p} <come pl>", "{A} <meet> {g p}", "*{g p} <take pl> part"],
  each: [
    "each {p.1} <get sg> {s n}",
    "each of them <have sg> {s n}",
    "every {p.1} <bring sg> {s n}",
    "each {p.1} <receive sg> {s n}",
    "{A} <give> {s n} to each {p.1}",
    "*nobody <get sg> more or less than {s n}",
  ],
  all: [
    "{g p} <share pl> {t n} equally",
    "{A} <share> {t n} equally among {g p}",
    "{A} <give> {t n} to {g p}, the same number to each",
    "{t n} <be pl> shared equally by {g p}",
    "{A} <deal> out {t n} fairly to {g p}",
    "*{g p} <part pl> {t n} among themselves evenly",
  ],
};

const ROWS: Grouping = {
  many: "{g rows}",
  one: "row",
  plural: "rows",
  are: ["there <be pl> {g rows}", "{A} <make> {g rows}", "*{g rows} <be pl> set out"],
  each: ["there <be pl> {s n} in each row", "each row <have sg> {s n}", "{A} <put> {s n} in every row", "*every row <count sg> {s n}"],
  all: [
    "{A} <put> {t n} in {g rows} of the same length",
    "{t n} <stand pl> in {g rows} of equal length",
    "*{A} <lay> out {t n} in {g rows}, all alike",
  ],
};

const PEOPLE = ["friend", "child/children", "student", "neighbor", "cousin", "player", "guest", "worker", "*camper", "*apprentice"];

/** A product with one of its three quantities unknown. */
export function groups(setting: Setting): Draft {
  const { draw, held, scene } = setting;
  const { n } = scene.nouns;
  const mass = n!.many.includes(" of ");
  const grouping = draw.weighted([
    [6, CONTAINERS],
    [4, FRIENDS],
    [mass ? 0 : 1.5, ROWS],
  ]);
  const g = setting.amount(2, 60);
  const s = draw.integer(2, draw.pick([9, 12, 25, 40]));
  const t = g * s;
  const kind = draw.pick(["total", "size", "number"] as const);
  const common = {
    situation: kind === "total" ? "equal-groups" : kind === "size" ? "equal-sharing" : "grouping",
    unknown: kind,
    values: { g, s, t },
    relations: ["t = g * s"],
    unfit: grouping === FRIENDS ? [...UNFIT, "size"] : UNFIT,
    nouns: { p: noun(draw.pick(usable(PEOPLE, held))), rows: noun("row") },
    words: {},
  };
  const { one, many, plural } = grouping;
  if (kind === "total") {
    return {
      ...common,
      given: ["g", "s"],
      wanted: "t",
      facts:
        grouping === CONTAINERS && draw.chance(0.35)
          ? [
              {
                says: [
                  "{A} <have> {g c} of {s n} each",
                  "{A} <buy> {g c} with {s n} each",
                  "{A} <carry> {g c} with {s n} in each",
                  "there <be pl> {g c} with {s n} in each of them",
                  "*{A} <own> {g c}, all with {s n} inside",
                ],
              },
            ]
          : [{ says: grouping.are }, { says: grouping.each }],
      questions: [
        "{many n} <be pl> there [altogether|in all|in total]",
        grouping === FRIENDS ? "{many n} is that in all" : `{many n} <be pl> there in the ${plural}`,
        "what <be sg> the total number of {n}",
        "*how many is that in {n}",
      ],
      indirect: ["{many n} there <be pl> [altogether|in all]", "the total number of {n}", "*what that comes to in {n}"],
      notes: [`${many}, {s n} each. Total?`, `{g} times {s n}. How many?`, `*${plural}: {g}; in each {s n}; sum?`],
      steps: [
        {
          finds: "t",
          expression: draw.chance(0.75) ? "g * s" : "s * g",
          says: ["In all that is {eq n}.", "{=g} times {=s} is {eq}.", "{eq n}.", "Each has {=s}, so together there are {eq n}."],
        },
      ],
      answers: ["There <be:now pl> {t n} [in all|altogether]."],
    };
  }
  if (kind === "size") {
    return {
      ...common,
      given: ["g", "t"],
      wanted: "s",
      facts: draw.chance(0.7)
        ? [{ says: grouping.all }]
        : [
            { says: ["{A} <have> {t n}", "there <be pl> {t n}"], states: { quantity: "t", verb: "have" } },
            {
              says: [
                grouping === FRIENDS ? "{A} <share> them equally among {g p}" : `{A} <put> them into ${many}, equally many in each`,
                `*they <be pl> split evenly among ${many}`,
              ],
            },
          ],
      questions:
        grouping === FRIENDS
          ? [
              "{many n} <do sg> each {p.1} get",
              "{many n} <do sg> each one get",
              "{many n} <do sg> each of them have",
              "*what <be sg> the share of one {p.1}",
            ]
          : [`{many n} <be pl> in each ${one}`, `{many n} <do sg> each ${one} have`, `*what <be sg> the number of {n} per ${one}`],
      indirect:
        grouping === FRIENDS
          ? ["{many n} each {p.1} <get sg>", "*the share of one {p.1}"]
          : [`{many n} there <be pl> in each ${one}`, `*the number of {n} per ${one}`],
      notes: [`{t n}, ${many}. How many each?`, `*{t n} over ${many}; per ${one}?`],
      steps: [
        {
          finds: "s",
          expression: "t / g",
          says: [
            grouping === FRIENDS ? "Each gets {eq n}." : "In each there are {eq n}.",
            "{=t} shared by {=g} is {eq}.",
            "{eq n}.",
            "{=t} divided by {=g} is {eq}.",
          ],
        },
      ],
      answers: grouping === FRIENDS ? ["Each {p.1} gets {s n}."] : [`There are {s n} in each ${one}.`],
    };
  }
  return {
    ...common,
    given: ["s", "t"],
    wanted: "g",
    facts: [
      {
        says: ["{A} <have> {t n}", "there <be pl> {t n}", "{A} <have> {t n} to hand out", "*{t n} <be pl> ready"].filter(
          (line) => grouping === FRIENDS || !line.includes("hand out"),
        ),
        states: { quantity: "t", verb: "have" },
      },
      { says: grouping.each.filter((line) => !line.includes("bring")) },
    ],
    questions:
      grouping === FRIENDS
        ? ["how many {p} <get pl> their {n}", "how many {p} can get that many", "*to how many {p} can {A} give that much"]
        : [`how many ${plural} <be pl> there`, `how many ${plural} <do> {A} [need|fill]`, `*what number of ${plural} <be sg> needed`],
    indirect:
      grouping === FRIENDS
        ? ["how many {p} <get pl> their {n}", "*to how many {p} {A} can give"]
        : [`how many ${plural} there <be pl>`, `*the number of ${plural}`],
    notes: [`{t n}, {s} in each ${one}. How many ${plural}?`, `*{t n} by {s}; number of ${plural}?`],
    steps: [
      { finds: "g", expression: "t / s", says: ["{=t} in groups of {=s} makes {eq} groups.", "{=t} divided by {=s} is {eq}.", "{eq}."] },
    ],
    answers:
      grouping === FRIENDS
        ? ["{g p} get their {n}."]
        : grouping === ROWS
          ? ["There are {g rows}."]
          : ["There are {g c}.", "{A} <need:now> {g c}."],
  };
}

/** What is left over when something is packed, or how many are needed to hold it all. */
export function leftovers(setting: Setting): Draft {
  const { draw } = setting;
  const s = draw.integer(4, 12);
  const q = draw.integer(2, 20);
  const r = draw.integer(2, s - 1);
  const t = q * s + r;
  const kind = draw.pick(["rest", "needed", "full"] as const);
  const facts = [
    { says: ["{A} <have> {t n}", "there <be pl> {t n} to pack", "*{t n} <be pl> to be stored"] },
    {
      says: [
        "each {c.1} <hold sg> {s n}",
        "{A} <pack> them in {c} of {s}",
        "{s n} <fit pl> into one {c.1}",
        "*one {c.1} <take sg> exactly {s n}",
      ],
    },
  ];
  const common = { situation: "leftovers", unknown: kind, facts, given: ["t", "s"], unfit: ["size"], nouns: {} };
  if (kind === "rest") {
    return {
      ...common,
      values: { t, s, q, p: q * s, r },
      relations: ["q = floor t / s", "r = t mod s", "p = q * s", "t = p + r"],
      wanted: "r",
      questions: ["{many n} <be pl> left over", "{many n} <do pl> not fit into full {c}", "*what remainder of {n} <be sg> there"],
      indirect: ["{many n} <be pl> left over", "*what remains after filling {c}"],
      notes: ["{t n}, {s} in each {c.1}. How many left over?", "*{t n} by {s}; remainder?"],
      steps: [
        { finds: "p", expression: "q * s", says: ["{=q} full {c} take {eq n}.", "{=q} {c} can be filled with {eq n}."] },
        { finds: "r", expression: "t - p", says: ["{eq n} are left over.", "That leaves {eq}."] },
      ],
      answers: ["{r n} are left over."],
    };
  }
  const needed = kind === "needed";
  return {
    ...common,
    values: { t, s, q: needed ? q + 1 : q, e: t / s },
    relations: [needed ? "q = ceil t / s" : "q = floor t / s"],
    wanted: "q",
    questions: needed
      ? [
          "how many {c} <do> {A} need to hold all of them",
          "how many {c} <be pl> needed for all of them",
          "*what <be sg> the smallest number of {c} that will do",
        ]
      : ["how many {c} can be filled completely", "how many full {c} <be pl> there", "*how many {c} will be quite full"],
    indirect: needed
      ? ["how many {c} are needed to hold all of them", "*the smallest number of {c} that will do"]
      : ["how many {c} can be filled completely", "*how many {c} will be quite full"],
    notes: needed
      ? ["{t n}, {s} in each {c.1}. How many {c} for all?", "*{t n} by {s}; {c} for all?"]
      : ["{t n}, {s} in each {c.1}. How many full {c}?", "*{t n} by {s}; full {c}?"],
    steps: [
      {
        finds: "e",
        expression: "t / s",
        says: needed ? ["{eq}, and a part needs one more, so round up to {=q}."] : ["{eq}, so {=q} can be filled."],
      },
    ],
    answers: needed ? ["{q c} are needed."] : ["{q c} can be filled."],
  };
}
