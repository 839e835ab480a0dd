// Shopping, saving and earning in two and three steps.
import type { Draft, Setting } from "../draft.js";
import { noun } from "../english.js";
import { GOODS } from "../goods.js";

/** Change from a bill, two purchases, a proportion, savings, what is left, a profit. */
export function purchases(setting: Setting): Draft | undefined {
  const { draw, world } = setting;
  const [least, most] = world.price;
  const p = draw.integer(least + 1, most + 4);
  const q = draw.integer(2, 9);
  const kind = draw.pick(["change", "two things", "proportion", "saving", "cost and rest", "profit"] as const);
  const t = p * q;
  const unfit = ["price", "people", "other things"];
  if (kind === "change") {
    const b = [20, 50, 100, 200, 500].find((note) => note > t);
    if (b === undefined) return undefined;
    return {
      situation: "shopping",
      unknown: "change given",
      values: { p, q, t, b, r: b - t },
      money: ["p", "t", "b", "r"],
      relations: ["t = p * q", "b = t + r"],
      given: ["p", "q", "b"],
      wanted: "r",
      unfit,
      facts: [
        {
          says: [
            "{A} <buy> {q n} at {p} each",
            "{A} <buy> {q n} that cost {p} each",
            "{n} <cost pl> {p} each and {A} <buy> {q}",
            "*{A} <pick> out {q n} at {p} apiece",
          ],
        },
        { says: ["{A} <pay> with {b}", "{A} <give> the clerk {b}", "*{A} <put> {b} on the counter"] },
      ],
      questions: ["how much change <do> {A} get [back|]", "how much money <do> {A} get back", "*what <be sg> {A's} change"],
      indirect: ["how much change {A} <get>", "*{A's} change"],
      notes: ["{q n} at {p}, paid with {b}. Change?", "*{q n}, each {p}; paid {b}; change?"],
      steps: [
        { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}.", "{=q} times {p} is {eq}."] },
        { finds: "r", expression: "b - t", says: ["The change is {eq money}.", "That leaves {eq}."] },
      ],
      answers: ["{A} <get> {r} back."],
    };
  }
  if (kind === "two things") {
    const k = draw.integer(2, 6);
    const single = draw.chance(0.4);
    const good = draw.pick(GOODS.filter(({ name, price: [cheapest] }) => cheapest <= 25 && name.startsWith("*") === setting.held));
    const o = good.price[0] + draw.integer(0, 9);
    return {
      situation: "shopping",
      unknown: "total",
      values: single ? { p, q, t, o, w: t + o } : { p, q, t, o, k, u: o * k, w: t + o * k },
      nouns: { m: noun(good.name.replace("*", "")) },
      money: ["p", "t", "o", "u", "w"],
      relations: single ? ["t = p * q", "w = t + o"] : ["t = p * q", "u = o * k", "w = t + u"],
      given: single ? ["p", "q", "o"] : ["p", "q", "o", "k"],
      wanted: "w",
      unfit,
      facts: [
        { says: ["{A} <buy> {q n} at {p} each", "{A} <buy> {q n} for {p} each", "*{A} <order> {q n} at {p} apiece"] },
        {
          says: single
            ? ["{A} also <buy> {an m} for {o}", "{A} <buy> {an m} for {o}, too", "*on top comes {an m} for {o}"]
            : ["{A} also <buy> {k m} at {o} each", "{A} <buy> {k m} for {o} each, too", "*on top come {k m} at {o} apiece"],
        },
      ],
      questions: [
        "how much <do> {A} spend [in all|altogether|in total]",
        "how much money <do> {A} pay in all",
        "what <be sg> the total cost",
        "*what <do sg> the whole purchase come to",
      ],
      indirect: ["how much {A} <spend> [in all|altogether]", "the total cost", "*what the whole purchase <come sg> to"],
      steps: single
        ? [
            { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}."] },
            { finds: "w", expression: "t + o", says: ["In all that is {eq money}."] },
          ]
        : [
            { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}."] },
            { finds: "u", expression: "k * o", says: ["The {m} cost {eq money}."] },
            { finds: "w", expression: "t + u", says: ["In all that is {eq money}."] },
          ],
      answers: ["{A} <spend> {w} [in all|altogether]."],
    };
  }
  if (kind === "proportion") {
    const k = draw.integer(2, 15);
    if (k === q) return undefined;
    return {
      situation: "proportion",
      unknown: "total",
      values: { p, q, t, k, w: p * k },
      money: ["p", "t", "w"],
      relations: ["t = p * q", "w = p * k"],
      given: ["q", "t", "k"],
      wanted: "w",
      unfit,
      facts: [{ says: ["{q n} <cost pl> {t}", "{A} <pay> {t} for {q n}", "the price of {q n} <be sg> {t}", "*{q n} <come pl> to {t}"] }],
      questions: [
        "how much do {k n} cost",
        "what <be:now sg> the price of {k n}",
        "how much would {k} of them cost",
        "*at the same price, what do {k n} come to",
      ],
      indirect: ["how much {k n} cost", "the price of {k n}", "*what {k n} come to at the same price"],
      notes: ["{q n} for {t}. Price of {k}?", "*{q n}: {t}; {k n}?"],
      steps: [
        { finds: "p", expression: "t / q", says: ["One {n.1} costs {eq money}."] },
        { finds: "w", expression: "k * p", says: ["So {=k} cost {eq money}."] },
      ],
      answers: ["{k n} cost {w}."],
    };
  }
  if (kind === "saving") {
    const [w, k] = [draw.integer(3, 30), draw.integer(2, 15)];
    const h = draw.integer(4, 60);
    const good = draw.pick(GOODS.filter(({ name, price }) => price[1] >= 60 && name.startsWith("*") === setting.held));
    const weeks = draw.chance(0.5);
    return {
      situation: "saving",
      unknown: weeks ? "count" : "total",
      values: { h, w, k, e: w * k, f: h + w * k },
      nouns: { m: noun(good.name.replace("*", "")) },
      money: ["h", "w", "e", "f"],
      relations: ["e = w * k", "f = h + e"],
      given: weeks ? ["h", "w", "f"] : ["h", "w", "k"],
      wanted: weeks ? "k" : "f",
      unfit,
      facts: weeks
        ? [
            { says: ["{A} <want> {an m} that <cost sg> {f}", "{A} <need> {f} for {an m}", "*{A} <dream> of {an m} for {f}"] },
            { says: ["{A} already <have> {h}", "{A} <have> {h}", "*{A's} piggy bank <hold sg> {h}"] },
            { says: ["{A} <save> {w} [a|every|each] week", "each week {A} <save> {w}", "*every Sunday {A} <put> aside {w}"] },
          ]
        : [
            { says: ["{A} <have> {h}", "{A} already <have> {h} in the bank", "*{A's} piggy bank <hold sg> {h}"] },
            {
              says: [
                "{A} <save> {w} [a|every|each] week for {k} weeks",
                "for {k} weeks, {A} <save> {w} a week",
                "*for {k} Sundays {A} <put> aside {w} each time",
              ],
            },
          ],
      questions: weeks
        ? ["how many weeks <do> {A} have to save", "in how many weeks can {A} buy it", "*after how many Sundays is the money there"]
        : ["how much money <do> {A} have then", "how much <do> {A} have in the end", "*what is the sum at the end"],
      indirect: weeks
        ? ["how many weeks {A} <have> to save", "*after how many Sundays the money is there"]
        : ["how much money {A} <have> then", "*the sum at the end"],
      steps: weeks
        ? [
            { finds: "e", expression: "f - h", says: ["Still missing is {eq money}.", "{A} still <need:now> {eq money}."] },
            { finds: "k", expression: "e / w", says: ["That takes {eq weeks}."] },
          ]
        : [
            { finds: "e", expression: "k * w", says: ["{A} <save> {eq money}."] },
            { finds: "f", expression: "h + e", says: ["With the {h} that is {eq money}."] },
          ],
      answers: weeks ? ["It takes {k} weeks."] : ["{A} <have> {f} then."],
    };
  }
  if (kind === "cost and rest") {
    const b = t + draw.integer(3, 60);
    return {
      situation: "shopping",
      unknown: "rest",
      values: { b, p, q, t, r: b - t },
      money: ["b", "p", "t", "r"],
      relations: ["t = p * q", "b = t + r"],
      given: ["b", "p", "q"],
      wanted: "r",
      unfit,
      facts: [
        { says: ["{A} <have> {b}", "{A} <go> to the store with {b}", "*{A's} purse <hold sg> {b}"] },
        { says: ["{A} <buy> {q n} at {p} each", "{A} <buy> {q n} for {p} each", "*{A} <take> {q n} at {p} apiece"] },
      ],
      questions: ["how much money <do:now> {A} have left", "how much <be:now sg> left", "*what <remain:now sg> in {A's} purse"],
      indirect: ["how much money {A} <have:now> left", "*what <remain:now sg> in {A's} purse"],
      notes: ["{b} to start, {q n} at {p}. Left?", "*purse {b}; {q n}, each {p}; rest?"],
      steps: [
        { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}."] },
        { finds: "r", expression: "b - t", says: ["That leaves {eq money}."] },
      ],
      answers: ["{A} <have:now> {r} left."],
    };
  }
  const c = draw.integer(2, Math.max(3, t - 1));
  if (c >= t) return undefined;
  return {
    situation: "profit",
    unknown: "profit",
    values: { q, p, t, c, r: t - c },
    money: ["p", "t", "c", "r"],
    relations: ["t = p * q", "t = c + r"],
    given: ["q", "p", "c"],
    wanted: "r",
    unfit,
    facts: [
      { says: ["{A} <sell> {q n} for {p} each", "{A} <sell> {q n} at {p} each", "*{q n} <find pl> buyers at {p} apiece"] },
      { says: ["{A} <pay> {c} for everything that was needed", "{A's} costs <be pl> {c}", "*the outlay <be sg> {c}"] },
    ],
    questions: ["how much money <do> {A} make after the costs", "what <be sg> {A's} profit", "*what gain <do sg> that leave {A.o}"],
    indirect: ["how much {A} <earn> after the costs", "{A's} profit", "*the gain that is left"],
    steps: [
      { finds: "t", expression: "q * p", says: ["The sales bring {eq money}."] },
      { finds: "r", expression: "t - c", says: ["After the costs {eq money} remain.", "The profit is {eq money}."] },
    ],
    answers: ["The profit is {r}."],
  };
}
