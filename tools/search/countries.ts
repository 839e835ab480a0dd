import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Country as Entry } from "world-countries";
import { ToolwrightError } from "../../errors.js";
import { words } from "./words.js";

/** What the reference knows of a country or territory; from the npm package `world-countries` (ODbL-1.0). */
export interface Country {
  /** ISO 3166-1 alpha-3. */
  readonly code: string;
  readonly shortCode: string;
  readonly name: string;
  /** The name as it stands in a sentence: `the Netherlands`. */
  readonly inSentence: string;
  readonly officialName: string;
  readonly independent: boolean;
  readonly capitals: readonly string[];
  readonly currencies: readonly { readonly code: string; readonly name: string }[];
  readonly languages: readonly string[];
  /** As people count continents: the Americas are two. */
  readonly continent: string;
  readonly subregion: string;
  readonly borders: readonly string[];
  /** Square kilometres. */
  readonly area: number;
  readonly demonym: string;
  readonly callingCode: string;
  readonly domains: readonly string[];
  readonly landlocked: boolean;
  readonly latitude: number;
  readonly longitude: number;
}

/** Where a run of words names something. `start` and `end` count words. */
export interface Match<T> {
  readonly item: T;
  readonly start: number;
  readonly end: number;
}

/** All countries, and what names them, as folded words. */
export interface Atlas {
  readonly countries: readonly Country[];
  readonly byName: ReadonlyMap<string, Country>;
  readonly byCapital: ReadonlyMap<string, Country>;
  /** By the word for a person from there, where it means one country only. */
  readonly byDemonym: ReadonlyMap<string, Country>;
}

let loaded: Promise<Atlas> | undefined;

/** Read once a process, on first use (about 15 ms). */
export function atlas(): Promise<Atlas> {
  loaded ??= readAtlas();
  return loaded;
}

async function readAtlas(): Promise<Atlas> {
  let entries: readonly Entry[];
  try {
    const file = createRequire(import.meta.url).resolve("world-countries/countries.json");
    entries = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new ToolwrightError(
      "reference-missing",
      "The country data of the offline reference (npm package world-countries) cannot be read.",
      "Install the package's dependencies again, or make the tool with search({ reference: false }).",
      { cause },
    );
  }
  const nameOf = new Map(entries.map((entry) => [entry.cca3, inSentence(entry.name.common)]));
  const countries = entries.map((entry) => country(entry, nameOf));
  const byCode = new Map(countries.map((each) => [each.code, each]));
  const byName = new Map<string, Country>();
  const put = (name: string, code: string) => {
    const key = nameKey(name);
    const found = byCode.get(code);
    if (key !== "" && found !== undefined && !byName.has(key)) byName.set(key, found);
  };
  // In this order: a name that two countries lay claim to belongs to the one that is commonly called by it.
  for (const entry of entries) put(entry.name.common, entry.cca3);
  for (const [name, code] of COMMON_NAMES) put(name, code);
  for (const entry of entries) put(entry.name.official, entry.cca3);
  for (const entry of entries) {
    for (const name of entry.altSpellings) if (name.length > 2 && !WORDS_NOT_NAMES.has(name)) put(name, entry.cca3);
    put(entry.name.official.replace(/^(?:Republic|Kingdom|State|Union|Principality|Commonwealth) of (?:the )?/, ""), entry.cca3);
  }
  const byCapital = new Map<string, Country>();
  for (const each of countries) {
    for (const capital of each.capitals) if (!byCapital.has(nameKey(capital))) byCapital.set(nameKey(capital), each);
  }
  const byDemonym = new Map<string, Country>();
  const independent = countries.filter((each) => each.independent);
  for (const each of independent) {
    const namesakes = independent.filter(({ demonym }) => demonym === each.demonym);
    if (each.demonym !== "" && namesakes.length === 1) byDemonym.set(nameKey(each.demonym), each);
  }
  return { countries, byName, byCapital, byDemonym };
}

/** What people say and the data does not. */
const COMMON_NAMES: readonly (readonly [string, string])[] = [
  ["America", "USA"],
  ["the States", "USA"],
  ["Britain", "GBR"],
  ["UK", "GBR"],
  ["Turkey", "TUR"],
  ["Burma", "MMR"],
  ["Congo", "COG"],
  ["Korea", "KOR"],
  ["the Vatican", "VAT"],
];
/** Spellings in the data that are English words of another meaning: Iceland's "Island", Thailand's "Thai". */
const WORDS_NOT_NAMES: ReadonlySet<string> = new Set(["Island", "Thai", "Mann", "Portuguesa", "Mexicanos", "Togolese", "Prathet", "Viti"]);

/** The folded words of a name, one space between: the key of an atlas's maps. */
export function nameKey(name: string): string {
  return words(name)
    .map((word) => (word === "st" ? "saint" : word))
    .filter((word, at) => at > 0 || word !== "the")
    .join(" ");
}

/** Everything that the words name, longest names first come, from left to right, without overlap. */
export function namesIn<T>(text: readonly string[], names: ReadonlyMap<string, T>): Match<T>[] {
  const plain = text.map((word) => (word === "st" ? "saint" : word));
  const found: Match<T>[] = [];
  for (let start = 0; start < plain.length; start += 1) {
    for (let end = Math.min(plain.length, start + LONGEST_NAME); end > start; end -= 1) {
      const item = names.get(plain.slice(start, end).join(" "));
      if (item === undefined) continue;
      found.push({ item, start, end });
      start = end - 1;
      break;
    }
  }
  return found;
}
const LONGEST_NAME = 9;

function country(entry: Entry, nameOf: ReadonlyMap<string, string>): Country {
  const [latitude, longitude] = entry.latlng;
  return {
    code: entry.cca3,
    shortCode: entry.cca2,
    name: entry.name.common,
    inSentence: inSentence(entry.name.common),
    officialName: entry.name.official,
    independent: entry.independent,
    capitals: entry.capital,
    currencies: Object.entries(entry.currencies).map(([code, { name }]) => ({ code, name: name === "Euro" ? "euro" : name })),
    languages: Object.values(entry.languages),
    continent: continent(entry),
    subregion: entry.subregion,
    borders: entry.borders.map((code) => nameOf.get(code) ?? code).sort((a, b) => bare(a).localeCompare(bare(b), "en")),
    area: entry.area,
    demonym: entry.demonyms["eng"]?.m ?? "",
    // Under +1 and +7, which countries share, several suffixes are area codes.
    callingCode:
      entry.idd.suffixes.length > 1 && /^\+[17]$/.test(entry.idd.root) ? entry.idd.root : `${entry.idd.root}${entry.idd.suffixes[0] ?? ""}`,
    domains: entry.tld,
    landlocked: entry.landlocked,
    latitude,
    longitude,
  };
}

function continent(entry: Entry): string {
  if (entry.region === "Americas") return entry.subregion === "South America" ? "South America" : "North America";
  return entry.region === "Antarctic" ? "Antarctica" : entry.region;
}

/** Names that take an article in a sentence. */
const WITH_ARTICLE =
  /^(?:United |DR Congo|Republic |French Southern|British |(?:Bahamas|Comoros|Gambia|Maldives|Netherlands|Philippines|Seychelles|Isle of Man|Caribbean Netherlands)$)|Islands$|Republic$/;

function inSentence(name: string): string {
  return WITH_ARTICLE.test(name) ? `the ${name}` : name;
}

function bare(name: string): string {
  return name.replace(/^the /, "");
}
