// A small made-up world, and the documents that tell of it: people, towns, houses that people founded and books that they wrote. Each has
// a document of its own; what one document says of another thing is only its name. Nothing in it is true, so no model can know it.
import { type Draw, drawFrom } from "./draw.js";

type Kind = "person" | "town" | "house" | "book";

/** Something that has a document: what is known of it, by the name of the relation. */
export interface Thing {
  readonly kind: Kind;
  /** As its document and others call it. No two things have a word of their own in common. */
  readonly name: string;
  /** Names of other things, years and words: `birthplace`, `founder`, `river`, … */
  readonly facts: Readonly<Record<string, string>>;
}

export interface World {
  readonly things: readonly Thing[];
  /** By their file's name. Markdown: the thing's name as the title, then a paragraph. */
  readonly documents: ReadonlyMap<string, string>;
}

const COUNTS = { towns: 30, people: 60, houses: 45, books: 45 };

const ONSETS = "b br d dr f fl g gl h k kr l m n p pr qu r s sk st t tr v w z zh".split(" ");
const VOWELS = "a e i o u ei ou".split(" ");
const CODAS = "l n r m sk th nd rn lk v x".split(" ");
const TOWN_ENDINGS = "by ford holm wick mouth stead brook mere".split(" ");
const RIVER_ENDINGS = "a el ana une er".split(" ");
const SURNAME_ENDINGS = "eth an ley ström ard ini uck".split(" ");
const HOUSES = ["Museum", "Library", "Observatory", "Theater", "School", "Hospital"];
const JOBS = [
  "botanist",
  "clockmaker",
  "painter",
  "surveyor",
  "judge",
  "composer",
  "printer",
  "physician",
  "shipbuilder",
  "teacher",
  "mapmaker",
  "glassblower",
];
const PRODUCTS = [
  "copper bells",
  "blue paper",
  "salted plums",
  "rope",
  "straw hats",
  "green glass",
  "wooden toys",
  "pear cider",
  "woolen blankets",
  "brass buttons",
  "smoked eel",
  "beeswax candles",
  "slate roofs",
  "linen",
  "walnut oil",
  "clay pipes",
];
const TITLES = ["Glass", "Silent", "Crooked", "Second", "Salt", "Winter", "Paper", "Northern", "Hollow", "Amber"];
const TITLE_NOUNS = ["Ferry", "Orchard", "Ladder", "Harbor", "Letter", "Lantern", "Staircase", "Meadow", "Compass", "Bridge"];

/** The same world for a seed, however many questions are asked about it. */
export function world(seed: number): World {
  const draw = drawFrom(`${seed}:documents`);
  const fresh = once();
  const stem = () => capital(draw.pick(ONSETS) + draw.pick(VOWELS) + draw.pick(CODAS));
  const made = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
  const year = (from: number, to: number) => String(draw.integer(from, to));
  const towns = made(COUNTS.towns, () => fresh(() => stem() + draw.pick(TOWN_ENDINGS)));
  const people = made(COUNTS.people, () => {
    const first = fresh(() => stem() + draw.pick(["a", "o", "en", "is"]));
    return `${first} ${fresh(() => stem() + draw.pick(SURNAME_ENDINGS))}`;
  });
  const houses = made(COUNTS.houses, () => fresh(() => `${stem()}${draw.pick(["", "en", "or"])} ${draw.pick(HOUSES)}`));
  const books = made(COUNTS.books, () => fresh(() => `The ${draw.pick(TITLES)} ${draw.pick(TITLE_NOUNS)}`));
  const other = (names: readonly string[], name: string) => draw.pick(names.filter((each) => each !== name));
  const things: Thing[] = [
    ...people.map((name): Thing => {
      const birthplace = draw.pick(towns);
      const born = draw.integer(1820, 1950);
      const facts = { birthplace, born: String(born), job: draw.pick(JOBS), teacher: other(people, name), home: other(towns, birthplace) };
      return { kind: "person", name, facts: { ...facts, moved: String(born + draw.integer(19, 40)) } };
    }),
    ...towns.map((name): Thing => {
      const facts = { river: fresh(() => stem() + draw.pick(RIVER_ENDINGS)), product: draw.pick(PRODUCTS), mayor: draw.pick(people) };
      return { kind: "town", name, facts: { ...facts, elected: year(1960, 2020), neighbor: other(towns, name), away: year(4, 60) } };
    }),
    ...houses.map((name): Thing => {
      const facts = { founder: draw.pick(people), opened: year(1850, 1990), seat: draw.pick(towns) };
      return { kind: "house", name, facts: { ...facts, rooms: year(7, 90) } };
    }),
    ...books.map((name): Thing => {
      const facts = { author: draw.pick(people), keeper: draw.pick(houses), printed: year(1850, 1990), pages: year(90, 700) };
      return { kind: "book", name, facts };
    }),
  ];
  return { things, documents: new Map(things.map((thing) => [fileOf(thing.name), told(thing, draw)])) };
}

/** Tries until it is new. */
function once(): (make: () => string) => string {
  const taken = new Set<string>();
  return (make) => {
    for (;;) {
      const name = make();
      // Nor a part of another, so that finding one in a text is finding it.
      if ([...taken].some((other) => other.includes(name) || name.includes(other))) continue;
      taken.add(name);
      return name;
    }
  };
}

const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);

const fileOf = (name: string) => `${name.toLowerCase().replaceAll(" ", "-")}.md`;

/** What a document says, each in two wordings: `{x}` is the thing itself, other names are facts. */
const SAYINGS: Readonly<Record<Kind, readonly (readonly [string, string])[]>> = {
  person: [
    ["{x} is known as a {job}.", "{x} worked as a {job}."],
    ["{x} was born in {birthplace} in {born}.", "Born in {born}, {x} came from {birthplace}."],
    ["{x} learned the trade from {teacher}.", "The teacher of {x} was {teacher}."],
    ["In {moved} came the move to {home}.", "From {moved} on, home was {home}."],
  ],
  town: [
    ["{x} lies on the river {river}.", "Through {x} flows the river {river}."],
    ["The town is known for its {product}.", "Visitors come to {x} for its {product}."],
    ["The mayor is {mayor}, elected in {elected}.", "Since {elected} {mayor} has been mayor."],
    ["From {x} it is {away} kilometers to {neighbor}.", "A road of {away} kilometers leads to {neighbor}."],
  ],
  house: [
    ["The {x} was founded by {founder}.", "{founder} founded the {x}."],
    ["It stands in {seat}.", "Its house is in {seat}."],
    ["It opened in {opened} and has {rooms} rooms.", "Its {rooms} rooms have been open since {opened}."],
  ],
  book: [
    ["{x} is a novel by {author}.", "{author} wrote the novel {x}."],
    ["The manuscript is kept in the {keeper}.", "The {keeper} has the manuscript."],
    ["It was printed in {printed} and has {pages} pages.", "Its {pages} pages were first printed in {printed}."],
  ],
};

function told({ kind, name, facts }: Thing, draw: Draw): string {
  const [first, ...rest] = SAYINGS[kind].map((wordings) => draw.pick(wordings));
  const paragraph = [first!, ...draw.shuffle(rest)].join(" ").replace(/\{(\w+)\}/g, (_, of: string) => (of === "x" ? name : facts[of]!));
  return `# ${name}\n\n${paragraph}\n`;
}
