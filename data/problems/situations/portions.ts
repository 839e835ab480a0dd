// Percent and simple fractions: the part, what is left, the whole, the share; prices with so much off.
import type { Draft, Setting } from "../draft.js";
import { noun as named } from "../english.js";
import { GOODS } from "../goods.js";
import { choose } from "../scene.js";

const ROUND = [5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90];

/** A percentage of some things or of a group of people. */
export function percent(setting: Setting): Draft | undefined {
  const { draw, place, world } = setting;
  const p = draw.pick(ROUND);
  const w = draw.integer(2, 40) * (p % 20 === 0 || p === 50 || p === 10 || p === 30 || p === 90 ? 10 : 20);
  const a = (w * p) / 100;
  const people = draw.chance(0.5);
  const noun = people ? "v" : "n";
  if (!Number.isInteger(a) || (people ? place.things[0] === "passenger" && w > 200 : world.name === "points")) return undefined;
  const quality = people ? choose(place.kinds, setting) : world.kinds.length > 0 ? choose(world.kinds, setting) : "sold";
  const there = people
    ? [`there <be pl> {w v} {place}`, `{w v} <be pl> {place}`, "*exactly {w v} <be pl> {place}"]
    : ["{A} <have> {w n}", "there <be pl> {w n}", "*{A} <possess> {w n}"];
  const kind = draw.pick(["part", "rest", "share"] as const);
  const base = { situation: "percent", unknown: kind, values: { w, p, a, h: 100, r: w - a }, unfit: ["people", "other things"] };
  const some = {
    says: [
      `{p} percent of them <be pl> ${quality}`,
      `{p}% of them <be pl> ${quality}`,
      `{p}% of the {${noun}} <be pl> ${quality}`,
      `*of these, {p} in every hundred <be pl> ${quality}`,
    ],
  };
  const ofWhole = "p / 100 * w";
  switch (kind) {
    case "part":
      return {
        ...base,
        relations: ["f = w * p", "f = a * 100"],
        given: ["w", "p"],
        wanted: "a",
        facts: [{ says: there }, some],
        questions: [
          `how many of them <be pl> ${quality}`,
          `{many ${noun}} <be pl> ${quality}`,
          `*what number of {${noun}} <be sg> ${quality}`,
        ],
        indirect: [`{many ${noun}} <be pl> ${quality}`, `*what number of {${noun}} <be sg> ${quality}`],
        notes: [`{w ${noun}}, {p}% ${quality}. How many?`, `*{w ${noun}}; ${quality} {p}%; number?`],
        steps: [
          { finds: "a", expression: draw.chance(0.5) ? ofWhole : "w * p / 100", says: [`{=p}% of {=w} is {eq ${noun}}.`, `{eq ${noun}}.`] },
        ],
        answers: [`{a ${noun}} <be:now pl> ${quality}.`],
      };
    case "rest":
      return {
        ...base,
        relations: ["f = w * p", "f = a * 100", "w = a + r"],
        given: ["w", "p"],
        wanted: "r",
        facts: [{ says: there }, some],
        questions: [
          `how many of them <be pl> not ${quality}`,
          `{many ${noun}} <be pl> not ${quality}`,
          `*what number of {${noun}} <be sg> anything but ${quality}`,
        ],
        indirect: [`{many ${noun}} <be pl> not ${quality}`, `*what number of them <be sg> anything but ${quality}`],
        notes: [`{w ${noun}}, {p}% ${quality}. How many are not?`, `*{w ${noun}}; ${quality} {p}%; others?`],
        steps: [
          { finds: "a", expression: ofWhole, says: [`{=p}% of {=w} is {eq}.`] },
          { finds: "r", expression: "w - a", says: [`The others are {eq ${noun}}.`, "That leaves {eq}."] },
        ],
        answers: [`{r ${noun}} <be:now pl> not ${quality}.`],
      };
    case "share":
      return {
        ...base,
        relations: ["f = a * 100", "f = w * p"],
        given: ["w", "a"],
        wanted: "p",
        facts: [
          { says: there },
          { says: [`{a} of them <be pl> ${quality}`, `{a} of the {${noun}} <be pl> ${quality}`, `*among these, {a} <be pl> ${quality}`] },
        ],
        questions: [
          `what percent of them <be pl> ${quality}`,
          `what percentage of the {${noun}} <be sg> ${quality}`,
          `*how many in a hundred <be pl> ${quality}`,
        ],
        indirect: [`what percent of the {${noun}} <be pl> ${quality}`, `*how many in a hundred <be pl> ${quality}`],
        notes: [`{a} of {w ${noun}} are ${quality}. Percent?`, `*{w ${noun}}; ${quality} {a}; in a hundred?`],
        steps: [{ finds: "p", expression: "a / w * 100", says: ["{eq percent}.", "{=a} out of {=w} is {eq percent}."] }],
        answers: [`{=p} percent of them <be:now pl> ${quality}.`],
      };
  }
}

/** A price with so many percent off or on top. */
export function discount(setting: Setting): Draft {
  const { draw } = setting;
  const p = draw.pick([5, 10, 20, 25, 30, 40, 50, 60]);
  const good = draw.pick(GOODS.filter(({ name, price }) => price[1] >= 40 && name.startsWith("*") === setting.held));
  const step = p === 5 || p === 25 ? 20 : 10;
  const w = step * draw.integer(Math.ceil(good.price[0] / step), Math.floor(good.price[1] / step));
  const a = (w * p) / 100;
  const up = draw.chance(0.3);
  const r = up ? w + a : w - a;
  return {
    situation: "percent",
    unknown: up ? "raised price" : "reduced price",
    nouns: { m: named(good.name.replace("*", "")) },
    values: { w, p, a, r },
    money: ["w", "a", "r"],
    relations: ["f = w * p", "f = a * 100", up ? "r = w + a" : "w = r + a"],
    given: ["w", "p"],
    wanted: "r",
    unfit: ["price", "people", "other things"],
    facts: [
      { says: ["{an m} <cost sg> {w}", "the price of {an m} <be sg> {w}", "{A} <see> {an m} for {w}", "*{an m} <be sg> listed at {w}"] },
      {
        says: up
          ? ["the price <rise sg> by {p}%", "the shop <raise sg> the price by {p} percent", "*then {p} percent <be pl> added"]
          : [
              "it <be sg> {p}% off",
              "the shop <give sg> a discount of {p}%",
              "the price <be sg> reduced by {p} percent",
              "{A} <get> {p}% off",
              "*a coupon <take sg> {p} percent away",
            ],
      },
    ],
    questions: up
      ? ["what is the new price", "how much does it cost then", "*what does the label say after that"]
      : ["what is the sale price", "how much <do:now> {A} pay for it", "what is the new price", "*what is to be paid in the end"],
    indirect: up
      ? ["the new price", "*what the label says after that"]
      : ["the sale price", "how much it costs now", "*what is to be paid in the end"],
    notes: [
      up ? "{w}, plus {p}%. New price?" : "{w}, {p}% off. Sale price?",
      up ? "*list {w}; rise {p}%; new?" : "*list {w}; coupon {p}%; to pay?",
    ],
    steps: [
      { finds: "a", expression: "p / 100 * w", says: ["{=p}% of {w} is {eq money}."] },
      { finds: "r", expression: up ? "w + a" : "w - a", says: ["The new price is {eq money}.", "Then it costs {eq money}."] },
    ],
    answers: up ? ["The new price is {r}."] : ["It costs {r} now.", "The sale price is {r}."],
  };
}

const FRACTIONS: readonly (readonly [number, number, string])[] = [
  [1, 2, "half"],
  [1, 3, "a third"],
  [1, 4, "a quarter"],
  [1, 5, "a fifth"],
  [1, 10, "a tenth"],
  [2, 3, "two thirds"],
  [3, 4, "three quarters"],
  [2, 5, "two fifths"],
  [3, 5, "three fifths"],
];

/** A fraction of some things given away, eaten, sold. */
export function fraction(setting: Setting): Draft | undefined {
  const { draw, world } = setting;
  const [top, k, words] = draw.pick(FRACTIONS);
  const w = k * draw.integer(2, 40);
  if (w > world.most) return undefined;
  const a = (w / k) * top;
  const phrase = draw.chance(0.75) ? words : `${top}/${k}`;
  const spec = choose(world.loss, setting);
  const [verb = "", tail = ""] = spec.split("|");
  const [base = "", ...particle] = verb.split(" ");
  const after = [...particle, tail].filter((part) => part !== "").join(" ");
  const rest = draw.chance(0.5);
  const part = top === 1 ? "w / k" : "w / k * i";
  const whole = {
    says: ["{A} <have> {w n}", "{A} <have> {w n} at first", "*{A} <possess> {w n}"],
    states: { quantity: "w", verb: "have" },
  };
  return {
    situation: "fraction",
    unknown: rest ? "rest" : "part",
    values: { w, k, i: top, a, r: w - a },
    relations: ["f = w * i", "f = a * k", "w = a + r"],
    given: ["w", "k", "i"],
    wanted: rest ? "r" : "a",
    unfit: ["people"],
    facts: [
      whole,
      {
        says: [
          `{A} <${base}> ${phrase} of them ${after}`,
          `{A} <${base}> ${phrase} of the {n} ${after}`,
          `*{A} <${base}> exactly ${phrase} of them ${after}`,
        ].map((line) => line.trim()),
      },
    ],
    questions: rest
      ? ["{many n} <do:now> {A} have left", "{many n} <be:now pl> left", "{many n} <do:now> {A} still have", "*{many n} remain"]
      : [
          `{many n} <do> {A} ${base} ${after}`.trim(),
          `how many of them <do> {A} ${base} ${after}`.trim(),
          `*how many {n} make up ${phrase}`,
        ],
    indirect: rest
      ? ["{many n} {A} <have:now> left", "*{many n} remain"]
      : [`{many n} {A} <${base}> ${after}`.trim(), `*how many {n} make up ${phrase}`],
    notes: rest
      ? [`{w n}, ${phrase} gone. Left?`, `*{w n}; out ${phrase}; rest?`]
      : [`${phrase} of {w n}. How many?`, `*{w n}; ${phrase}; number?`],
    steps: [
      { finds: "a", expression: part, says: [`${words} of {=w} is {eq}.`, `{eq n}.`] },
      ...(rest ? [{ finds: "r", expression: "w - a", says: ["That leaves {eq n}.", "{eq n} are left."] }] : []),
    ],
    answers: rest ? ["{A} <have:now> {r n} left."] : [`{A} <${base}> {a n} ${after}.`],
  };
}
