// Sentences with a number that does not matter.
import type { Draft, Setting } from "./draft.js";

export interface Aside {
  readonly kind: string;
  readonly says: readonly string[];
  /** Of the number `z`. */
  readonly range: readonly [least: number, most: number];
  readonly money?: boolean;
}

const ASIDES: readonly Aside[] = [
  {
    kind: "other things",
    says: [
      "{A} also <have> {z m}",
      "{A} <have> {z m} too",
      "there <be pl> also {z m}",
      "*besides, {A} <keep> {z m}",
      "*next to them {A} <have> {z m}",
    ],
    range: [2, 60],
  },
  {
    kind: "other things",
    says: ["{A} <see> {z m} on the way", "{A} <have> {z m} at home, too", "*{A} <pass> {z m} on the way there"],
    range: [2, 40],
  },
  {
    kind: "people",
    says: ["{C} <have C> {z n}", "{A's} friend {C} <have C> {z n}", "{C}, a friend, <own C> {z n}", "*{C} already <have C> {z n}"],
    range: [2, 90],
  },
  {
    kind: "age",
    says: ["{C} <be C> {z} years old", "{C}, who <be C> {z} years old, <watch C>", "*{C} <turn C> {z} that week"],
    range: [5, 70],
  },
  {
    kind: "family",
    says: ["{A} <have> {z} cousins", "{A} <live> at number {z}", "{A} <live> on the {z}th floor", "*{A} <live> {z} streets away"],
    range: [4, 9],
  },
  {
    kind: "date",
    says: ["it <be sg> May {z}", "this <be sg> on October {z}", "it <be sg> day {z} of the month", "*the date <be sg> August {z}"],
    range: [2, 28],
  },
  {
    kind: "unit price",
    says: [
      "each {n.1} <cost sg> {z}",
      "one {n.1} <cost sg> {z}",
      "the price of one {n.1} <be sg> {z}",
      "*a single {n.1} <sell sg> for {z}",
    ],
    range: [2, 15],
    money: true,
  },
  {
    kind: "price",
    says: ["{C} <pay C> {z} for lunch", "{A} also <have> {z} in {A's} pocket", "the bus ticket <cost sg> {z}", "*parking <cost sg> {z}"],
    range: [2, 30],
    money: true,
  },
  {
    kind: "distance",
    says: [
      "{A} <live> {z} miles from here",
      "the next town <be sg> {z} kilometers away",
      "the way home <be sg> {z} miles long",
      "*the road there <measure sg> {z} kilometers",
    ],
    range: [2, 40],
  },
  {
    kind: "time",
    says: [
      "this <take sg> {z} minutes",
      "it all <take sg> {z} minutes",
      "{A} <wait> {z} minutes for {C}",
      "*the whole thing <last sg> {z} minutes",
    ],
    range: [5, 55],
  },
  {
    kind: "weather",
    says: ["it <be sg> {z} degrees outside", "the temperature <be sg> {z} degrees", "*the thermometer <show sg> {z} degrees"],
    range: [5, 32],
  },
  {
    kind: "size",
    says: ["each {c.1} <weigh sg> {z} pounds", "the {c.1} <be sg> {z} inches wide", "*every {c.1} <measure sg> {z} centimeters across"],
    range: [8, 60],
  },
];

const NO_SIZE = ["points", "digital"];

/** One that fits a draft and does not change what is asked; its number is `z`. */
export function aside({ draw, world }: Setting, { unfit = [], values, nouns = {}, facts }: Draft): Aside | undefined {
  if (values["z"] !== undefined) return undefined;
  const things = facts.some(({ says }) => says.some((text) => /[ {]n[.}]/.test(text)));
  const fits = ASIDES.filter(({ kind, says }) => {
    if (unfit.includes(kind) || (kind === "unit price" && (unfit.includes("price") || world.name === "points"))) return false;
    if (kind === "size" && (NO_SIZE.includes(world.name) || !things)) return false;
    if (!things && says.some((text) => /[ {]n[.}]/.test(text))) return false;
    return nouns["m"] === undefined || !says.some((text) => text.includes(" m}"));
  });
  if (fits.length === 0) return undefined;
  const found = draw.pick(fits);
  return found.kind === "unit price" ? { ...found, range: [world.price[0] + 1, world.price[1] + 2] } : found;
}
