// A problem before it is worded: its quantities, what they have to do with each other, and the clauses that tell of them.
import { lead, others } from "./cast.js";
import type { Draw } from "./draw.js";
import { type Noun, noun } from "./english.js";
import type { Relation } from "./relation.js";
import { type Currency, choose, type Scene, type Tense, usable } from "./scene.js";
import { PLACES, type Place, WORLDS, type World } from "./worlds.js";

/** One thing that a problem tells. Wordings are clauses without a full stop, templates of scene.ts. */
export interface Fact {
  readonly says: readonly string[];
  /** The quantity that A has by it: `{A} <have> {s n}`. It can be told as something that has to be worked out first. */
  readonly states?: { readonly quantity: string; readonly verb: string };
}

export interface Step {
  /** The quantity that it finds. */
  readonly finds: string;
  /** Over quantities and numbers: `s - c`. */
  readonly expression: string;
  /** Sentences with `{eq}`, or `{eq n}` for the result with its noun; none stands for `{eq}.` */
  readonly says?: readonly string[];
}

export interface Draft {
  readonly situation: string;
  readonly unknown: string;
  readonly values: Readonly<Record<string, number>>;
  readonly relations: readonly Relation[];
  /** Quantities that the facts tell. */
  readonly given: readonly string[];
  readonly wanted: string;
  readonly facts: readonly Fact[];
  /** Direct, without the question mark; begin with a question word. */
  readonly questions: readonly string[];
  /** Indirect, in the order of a statement: `how many apples {A} <have> left`. */
  readonly indirect: readonly string[];
  /** Whole problems in note form. */
  readonly notes?: readonly string[];
  readonly steps: readonly Step[];
  readonly answers: readonly string[];
  /** Kinds of asides that would mislead here, beyond a distractor. */
  readonly unfit?: readonly string[];
  /** It has a number that does not matter in its facts. */
  readonly distracts?: boolean;
  readonly nouns?: Readonly<Record<string, Noun>>;
  readonly words?: Readonly<Record<string, string>>;
  /** Quantities that are money, where they stand without a noun. */
  readonly money?: readonly string[];
  /** Told in another tense than the scene's. */
  readonly tense?: Tense;
  /** Facts may not be told in another order or joined to one sentence. */
  readonly rigid?: boolean;
}

/** What a situation draws from. */
export interface Setting {
  readonly draw: Draw;
  readonly held: boolean;
  readonly world: World;
  readonly place: Place;
  /** A count of the problem's size, at most `most`. */
  amount(least: number, most?: number): number;
  readonly scene: Omit<Scene, "values" | "money">;
}

const CURRENCIES: readonly (readonly [number, Currency])[] = [
  [60, { prefix: "$", one: "dollar", many: "dollars" }],
  [16, { prefix: "", one: "dollar", many: "dollars" }],
  [6, { prefix: "€", one: "euro", many: "euros" }],
  [6, { prefix: "", one: "euro", many: "euros" }],
  [4, { prefix: "£", one: "pound", many: "pounds" }],
  [3, { prefix: "", one: "rupee", many: "rupees" }],
  [3, { prefix: "", one: "peso", many: "pesos" }],
  [2, { prefix: "", one: "coin", many: "coins" }],
];

const SIZES: readonly (readonly [number, number])[] = [
  [38, 20],
  [36, 100],
  [18, 500],
  [8, 5000],
];

/** What a situation can do with. */
export interface Needs {
  /** Points will do, which no container holds and nobody sells. */
  readonly abstract?: boolean;
  /** The lead is one person. */
  readonly single?: boolean;
}

export function setting(draw: Draw, held: boolean, { abstract = false, single = false }: Needs = {}): Setting {
  const world = draw.pick(abstract ? WORLDS : WORLDS.filter(({ name }) => name !== "points"));
  const place = draw.pick(PLACES);
  const size = draw.weighted(SIZES);
  const pick = (list: readonly string[]) => choose(list, { draw, held });
  const [n, m, c, v] = [pick(world.things), otherThing(draw, held, world), pick(world.containers), pick(place.things)].map(noun) as [
    Noun,
    Noun,
    Noun,
    Noun,
  ];
  let A = lead(draw, held, usable(world.roles, held));
  while (single && A.person === "they") A = lead(draw, held);
  const words = draw.weighted<"none" | "few" | "all">([
    [68, "none"],
    [14, "few"],
    [18, "all"],
  ]);
  return {
    draw,
    held,
    world,
    place,
    amount: (least, most = world.most) => draw.integer(least, Math.max(least + 3, Math.min(size, most))),
    scene: {
      draw,
      held,
      tense: draw.chance(0.55) ? "past" : "present",
      numerals: { words, commas: draw.chance(0.7) },
      currency: draw.weighted(CURRENCIES),
      actors: { A, ...others(draw, held, A) },
      nouns: { n, m, c, v },
      words: { place: pick(place.places), where: pick(world.places) },
    },
  };
}

/** Another thing, which is not counted among those of the world. */
function otherThing(draw: Draw, held: boolean, world: World): string {
  const apart = WORLDS.filter(({ name, kinds }) => name !== world.name && kinds.length > 0);
  return choose(draw.pick(apart).things, { draw, held });
}

/** A verb of a world as a clause without its subject: `lend|to {B}` is `<lend> OBJECT to {B}`. */
export function act(spec: string, object: string, form = "", agreement = ""): string {
  const [verb = "", tail = ""] = spec.split("|");
  const [base = "", ...particle] = verb.split(" ");
  const agrees = agreement === "" ? "" : ` ${agreement}`;
  return [`<${base}${form}${agrees}>`, ...particle, object, tail].filter((part) => part !== "").join(" ");
}

/** A draft about amounts of money instead of things. Its quantity `k`, where it has one, is a factor. */
export function inMoney(draft: Draft): Draft {
  return { ...reworded(draft), money: Object.keys(draft.values).filter((name) => name !== "k") };
}

function reworded<T>(part: T): T {
  if (typeof part === "string")
    return part
      .replace(/\{n\}/g, "{money}")
      .replace(/ n\}/g, " money}")
      .replace(/(?<!\{\w )fewer/g, "less")
      .replace("as many", "as much")
      .replace("how many of the {money}", "how much of the {money}")
      .replace("how many", "how much")
      .replace(/number of (?=\{money\})/, "amount of ") as T;
  if (Array.isArray(part)) return part.map(reworded) as T;
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, reworded(value)])) as T;
}
