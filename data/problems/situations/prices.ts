// Buying: what one costs, what all cost, how many can be bought, change, what is still missing.
import type { Draft, Setting } from "../draft.js";
import { noun } from "../english.js";
import { GOODS } from "../goods.js";

/** A price of one thing of the world, sometimes with cents. */
function priceIn(setting: Setting): number {
  const [least, most] = setting.world.price;
  const { draw } = setting;
  return draw.integer(least + 1, most + 4) + (draw.chance(0.22) ? draw.pick([0.25, 0.5, 0.75, 0.2, 0.4, 0.9]) - 1 : 0);
}

const round = (value: number) => Math.round(value * 100) / 100;
const UNFIT = ["price", "people"];

export function price(setting: Setting): Draft {
  const { draw } = setting;
  const p = priceIn(setting);
  const q = draw.integer(2, draw.pick([9, 15, 40]));
  const t = round(p * q);
  const kind = draw.pick(["total", "unit price", "number"] as const);
  const common = { situation: "price", unknown: kind, values: { p, q, t }, money: ["p", "t"], relations: ["t = p * q"], unfit: UNFIT };
  const each = [
    "{an n} <cost sg> {p}",
    "one {n.1} <cost sg> {p}",
    "each {n.1} <cost sg> {p}",
    "{n} <cost pl> {p} each",
    "the price of {an n} <be sg> {p}",
    "{n} <be pl> {p} [each|apiece]",
    "*{n} <go pl> for {p} apiece",
    "*they <ask pl> {p} for a single {n.1}",
  ];
  if (kind === "total") {
    return {
      ...common,
      given: ["p", "q"],
      wanted: "t",
      facts: draw.chance(0.4)
        ? [{ says: ["{A} <buy> {q n} [at|for] {p} each", "{A} <order> {q n} that cost {p} each", "*{A} <take> home {q n} at {p} apiece"] }]
        : [{ says: each }, { says: ["{A} <buy> {q n}", "{A} <want> {q n}", "{A} <buy> {q} of them", "*{A} <put> {q n} in the cart"] }],
      questions: [
        "how much <do> {A} pay [altogether|in all|in total|]",
        "how much money <do> {A} need",
        "how much <do pl> the {n} cost [together|in all|altogether]",
        "what <be sg> the total [cost|price]",
        "*what <do> {A} owe at the register",
      ],
      indirect: ["how much {A} <pay>", "the total cost", "what {A} <have> to pay", "*what {A} <owe> at the register"],
      notes: ["{q n}, {p} each. Total?", "*{n}: {q} at {p}; bill?"],
      steps: [{ finds: "t", expression: "q * p", says: ["{eq money}.", "{=q} times {p} is {eq}.", "All {=q} cost {eq money}."] }],
      answers: ["{A} <pay> {t}.", "The total is {t}.", "It costs {t} in all."],
    };
  }
  if (kind === "unit price") {
    return {
      ...common,
      given: ["q", "t"],
      wanted: "p",
      facts: [
        {
          says: [
            "{A} <pay> {t} for {q n}",
            "{q n} <cost pl> {t}",
            "{A} <buy> {q n} for {t}",
            "for {q n}, {A} <pay> {t}",
            "{A} <spend> {t} on {q n}",
            "*{q n} <come pl> to {t} in all",
          ],
        },
      ],
      questions: [
        "how much <do sg> one {n.1} cost",
        "how much <do sg> each {n.1} cost",
        "what <be sg> the price of one {n.1}",
        "how much <be sg> {an n}",
        "*what <do> {A} pay for a single {n.1}",
      ],
      indirect: ["how much one {n.1} <cost sg>", "the price of one {n.1}", "*what a single {n.1} <cost sg>"],
      notes: ["{q n} for {t}. Price of one?", "*{t} for {q n}; one?"],
      steps: [{ finds: "p", expression: "t / q", says: ["{eq money}.", "{t} divided by {=q} is {eq}.", "One costs {eq money}."] }],
      answers: ["One {n.1} costs {p}.", "Each {n.1} costs {p}."],
    };
  }
  return {
    ...common,
    given: ["p", "t"],
    wanted: "q",
    facts: [{ says: each }, { says: ["{A} <have> {t}", "{A} <spend> {t} on them", "{A} <pay> {t}", "*{A's} budget <be sg> {t}"] }],
    questions: ["{many n} can {A} buy", "{many n} can {A} get [for this money|]", "*{many n} are within {A's} means"],
    indirect: ["{many n} {A} can buy", "*{many n} {A} can get for it"],
    notes: ["{n} at {p} each, {t} to spend. How many?", "*budget {t}; price {p}; {n}?"],
    steps: [{ finds: "q", expression: "t / p", says: ["{eq n}.", "{t} divided by {p} is {eq}."] }],
    answers: ["{A} can buy {q n}."],
  };
}

/** A bill that is paid with too much; a price that has gone up or down; money that is still missing. */
export function purse(setting: Setting): Draft {
  const { draw } = setting;
  const good = draw.pick(GOODS.filter(({ name, price: [least] }) => least <= 60 && name.startsWith("*") === setting.held));
  const [least, most] = good.price;
  const p = draw.integer(least, Math.min(most, 99)) + (draw.chance(0.22) ? draw.pick([0.25, 0.5, 0.75, 0.2, 0.4, 0.9]) : 0);
  const nouns = { n: noun(good.name.replace("*", "")) };
  const kind = draw.pick(["change", "missing", "cheaper", "dearer"] as const);
  if (kind === "change") {
    const b = [10, 20, 50, 100].find((note) => note > p) ?? Math.ceil(p) + 20;
    return {
      situation: "price",
      unknown: "change given",
      values: { p, b, r: round(b - p) },
      money: ["p", "b", "r"],
      relations: ["b = p + r"],
      given: ["p", "b"],
      wanted: "r",
      nouns,
      unfit: UNFIT,
      facts: [
        {
          says: ["{A} <buy> {an n} for {p}", "{A} <buy> {an n} that <cost sg> {p}", "{an n} <cost sg> {p}", "*{A} <select> {an n} for {p}"],
        },
        { says: ["{A} <pay> with {b}", "{A} <give> the clerk {b}", "{A} <hand> over {b}", "*{A} <put> {b} on the counter"] },
      ],
      questions: [
        "how much change <do> {A} get [back|]",
        "how much money <do> {A} get back",
        "how much <do sg> the clerk give back",
        "*what <be sg> {A's} change",
      ],
      indirect: ["how much change {A} <get>", "how much money {A} <get> back", "*{A's} change"],
      notes: ["{an n} for {p}, paid with {b}. Change?", "*price {p}; paid {b}; change?"],
      steps: [{ finds: "r", expression: "b - p", says: ["The change is {eq money}.", "{eq money}.", "{b} less {p} is {eq}."] }],
      answers: ["{A} <get> {r} back.", "{A} <get> {r} in change."],
    };
  }
  if (kind === "missing") {
    const h = round(Math.max(1, Math.floor(p * draw.pick([0.2, 0.4, 0.5, 0.7]))));
    const r = round(p - h);
    return {
      situation: "price",
      unknown: "missing",
      values: { p, h, r },
      money: ["p", "h", "r"],
      relations: ["p = h + r"],
      given: ["p", "h"],
      wanted: "r",
      nouns,
      unfit: UNFIT,
      facts: [
        {
          says: [
            "{A} <want> to buy {an n} for {p}",
            "{an n} <cost sg> {p}",
            "{A} <need> {p} for {an n}",
            "*{A} <have> set {A's} heart on {an n} for {p}",
          ],
        },
        { says: ["{A} <have> {h}", "{A} only <have> {h}", "{A} <have> saved {h} [so far|already|]", "*{A's} piggy bank <hold sg> {h}"] },
      ],
      questions: [
        "how much more money <do> {A} need",
        "how much more <do> {A} have to save",
        "how much <be sg> still missing",
        "*how far <be> {A} from the price",
      ],
      indirect: ["how much more money {A} <need>", "how much <be sg> missing", "*how far {A} <be> from the price"],
      notes: ["{n} {p}, {h} saved. How much more?", "*goal {p}; saved {h}; missing?"],
      steps: [{ finds: "r", expression: "p - h", says: ["Still missing is {eq money}.", "{eq money}.", "{p} less {h} is {eq}."] }],
      answers: ["{A} <need> {r} more."],
    };
  }
  const d = draw.integer(1, Math.max(1, Math.floor(p / 2)));
  const dearer = kind === "dearer";
  const turned = draw.chance(0.4);
  const other = round(dearer ? p + d : p - d);
  return {
    situation: "price",
    unknown: turned ? "old price" : "new price",
    values: turned ? { p: other, d, o: p } : { p, d, o: other },
    money: ["p", "d", "o"],
    relations: [dearer === turned ? "p = o + d" : "o = p + d"],
    given: ["p", "d"],
    wanted: "o",
    nouns,
    unfit: UNFIT,
    facts: turned
      ? [
          {
            says: [
              `the price of {an n} <go sg> ${dearer ? "up" : "down"} by {d}`,
              `{an n} <get sg> {d} ${dearer ? "dearer" : "cheaper"}`,
              `*the shop <${dearer ? "raise" : "lower"} sg> the price of {an n} by {d}`,
            ],
          },
          { says: ["now it <cost:now sg> {p}", "the new price <be:now sg> {p}", "*today's price <be:now sg> {p}"] },
        ]
      : [
          { says: ["{an n} <cost sg> {p}", "the price of {an n} <be sg> {p}", "*the tag on {an n} <say sg> {p}"] },
          {
            says: [
              `the price <go sg> ${dearer ? "up" : "down"} by {d}`,
              dearer ? "then it <get sg> {d} dearer" : "there <be sg> {d} off",
              dearer ? "the shop <add sg> {d}" : "the clerk <take sg> {d} off the price",
              `*the shop then <${dearer ? "raise" : "lower"} sg> it by {d}`,
            ],
          },
        ],
    questions: turned
      ? ["how much did it cost before", "what was the old price", "*what stood on the tag before"]
      : [
          "how much <do:now sg> it cost now",
          "what <be:now sg> the new price",
          "how much <do:now> {A} have to pay for it",
          "*what <do:now sg> the tag say now",
        ],
    indirect: turned
      ? ["how much it cost before", "the old price", "*what stood on the tag before"]
      : ["how much it <cost:now sg> now", "the new price", "*what the tag <say:now sg> now"],
    steps: [
      {
        finds: "o",
        expression: dearer === turned ? "p - d" : "p + d",
        says: [turned ? "Before that it cost {eq money}." : "Now it costs {eq money}.", "{eq money}."],
      },
    ],
    answers: turned ? ["It cost {o} before.", "The old price was {o}."] : ["It costs {o} now.", "The new price is {o}."],
  };
}
