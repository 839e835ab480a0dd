import { type Atlas, type Country, type Match, namesIn } from "./countries.js";
import { words } from "./words.js";

/** A sentence that begins with the fact, and the fact alone. */
interface Statement {
  readonly text: string;
  readonly value: string;
}

export interface Fact extends Statement {
  /** ISO codes of the countries that it is about. */
  readonly countries: readonly string[];
}

/** Something that can be asked about a country: a query means it when it has a key word and no word that the topic does not know. */
interface Topic {
  readonly keys: ReadonlySet<string>;
  readonly others?: ReadonlySet<string>;
  /** May be asked of a people: the Mexican currency. (But French is a language of many countries.) */
  readonly ofPeople?: true;
  /** Undefined where the data has nothing. */
  state(country: Country): Statement | undefined;
  /** What is said where two countries are named, instead of a sentence about each. */
  between?(one: Country, other: Country): Statement;
}

const set = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** Words that a question about any topic may have. */
const FILLERS = set(
  "what whats which is are was the a an of in for to on at by does do did has have tell me us please name give can could would you i we know need " +
    "want find it its that this there they their them and called country countries nation nations territory state s how many list all " +
    "find out about world used use uses currently today now",
);

/** In this order: the first that a query means is answered. */
const TOPICS: readonly Topic[] = [
  {
    keys: set("capital capitals"),
    others: set("city cities town official where located"),
    ofPeople: true,
    state: ({ capitals, inSentence }) =>
      capitals.length === 0
        ? undefined
        : { text: `${list(capitals)} ${verb(capitals, "is the capital", "are the capitals")} of ${inSentence}.`, value: list(capitals) },
  },
  {
    keys: set("currency currencies money tender"),
    others: set("official legal national local unit code symbol kind type sort spend pay people with buy"),
    ofPeople: true,
    state: ({ currencies, inSentence }) =>
      currencies.length === 0
        ? undefined
        : {
            text: `${capitalised(list(currencies.map(({ name, code }) => `the ${name} (${code})`)))} ${verb(currencies, "is the currency", "are the currencies")} of ${inSentence}.`,
            value: list(currencies.map(({ name }) => name)),
          },
  },
  {
    keys: set("language languages speak speaks spoken tongue"),
    others: set("official national main primary common mostly people native first"),
    state: ({ languages, inSentence }) =>
      languages.length === 0
        ? undefined
        : {
            text: `${list(languages)} ${verb(languages, "is the official language", "are the official languages")} of ${inSentence}.`,
            value: list(languages),
          },
  },
  {
    keys: set("border borders bordering bordered neighbour neighbours neighbouring neighbor neighbors neighboring adjacent next"),
    others: set("share shares land with touch between around surround"),
    state: ({ borders, inSentence }) =>
      borders.length === 0
        ? { text: `${capitalised(inSentence)} has no land borders.`, value: "none" }
        : { text: `${capitalised(list(borders))} ${verb(borders, "borders", "border")} ${inSentence}.`, value: list(borders) },
    between: (one, other) =>
      one.borders.includes(other.inSentence)
        ? { text: `Yes, ${one.inSentence} borders ${other.inSentence}.`, value: "yes" }
        : { text: `No, ${one.inSentence} does not border ${other.inSentence}.`, value: "no" },
  },
  {
    keys: set("calling dialling dialing phone telephone"),
    others: set("code prefix international number numbers area"),
    state: ({ callingCode, inSentence }) =>
      callingCode === "" ? undefined : { text: `${callingCode} is the calling code of ${inSentence}.`, value: callingCode },
  },
  {
    keys: set("domain tld"),
    others: set("internet top level code web extension"),
    state: ({ domains, inSentence }) =>
      domains.length === 0
        ? undefined
        : {
            text: `${list(domains)} ${verb(domains, "is the internet domain", "are the internet domains")} of ${inSentence}.`,
            value: list(domains),
          },
  },
  {
    keys: set("area size big large"),
    others: set("land surface total square kilometres kilometers km miles"),
    state: ({ area, inSentence }) => ({ text: `${area.toLocaleString("en")} km² is the area of ${inSentence}.`, value: String(area) }),
  },
  {
    keys: set("landlocked"),
    state: ({ landlocked, inSentence }) => ({
      text: landlocked ? `Yes, ${inSentence} is landlocked.` : `No, ${inSentence} is not landlocked.`,
      value: landlocked ? "yes" : "no",
    }),
  },
  {
    keys: set("coordinates latitude longitude"),
    others: set("where position geographic geographical"),
    state: ({ latitude, longitude, inSentence }) => {
      const position = `${Math.abs(latitude)}° ${latitude < 0 ? "S" : "N"}, ${Math.abs(longitude)}° ${longitude < 0 ? "W" : "E"}`;
      return { text: `${position} are the coordinates of ${inSentence}.`, value: position };
    },
  },
  {
    keys: set("demonym people person inhabitants inhabitant citizens citizen nationality"),
    others: set("from word someone"),
    state: ({ demonym, inSentence }) =>
      demonym === "" ? undefined : { text: `${demonym} is the word for a person from ${inSentence}.`, value: demonym },
  },
  {
    keys: set("official formal full"),
    others: set("long"),
    state: ({ officialName, inSentence }) => ({ text: `${officialName} is the official name of ${inSentence}.`, value: officialName }),
  },
  {
    keys: set("iso code abbreviation"),
    others: set("alpha letter two three short"),
    state: ({ shortCode, code, inSentence }) => ({ text: `${shortCode} and ${code} are the ISO codes of ${inSentence}.`, value: code }),
  },
  {
    keys: set("continent continents region subregion where located location part"),
    others: set("lie lies situated geographic"),
    state: ({ continent, subregion, inSentence, name }) => {
      const within = subregion === "" || subregion === continent || subregion.includes(name) ? "" : ` (${subregion})`;
      return { text: `${capitalised(inSentence)} is in ${continent}${within}.`, value: continent };
    },
  },
];

/** What the query asks about the countries that it names, one sentence a country; undefined when it asks something else. */
export function countryFact(query: string, atlas: Atlas): Fact | undefined {
  const said = countryWords(query);
  const countries = namesIn(said.folded, atlas.byName);
  const named = countries.length > 0 ? countries : namesIn(said.folded, atlas.byDemonym);
  if (named.length === 0) return undefined;
  const rest = outside(said.folded, named);
  for (const topic of TOPICS) {
    if (countries.length === 0 && topic.ofPeople !== true) continue;
    if (!rest.some((at) => topic.keys.has(said.folded[at] ?? ""))) continue;
    const statements = stateAll(
      topic,
      named.map(({ item }) => item),
    );
    if (statements === undefined) continue;
    const text = statements.map((statement) => statement.text).join(" ");
    const stated = new Set(words(text));
    const understood = rest.every((at) => {
      const word = said.folded[at] ?? "";
      return topic.keys.has(word) || topic.others?.has(word) || FILLERS.has(word) || stated.has(word) || isAside(at, said, named);
    });
    if (!understood) continue;
    return { text, value: statements.map((statement) => statement.value).join("; "), countries: named.map(({ item }) => item.code) };
  }
  return undefined;
}

function stateAll(topic: Topic, countries: readonly Country[]): Statement[] | undefined {
  const [one, other] = countries;
  if (topic.between !== undefined && countries.length === 2 && one !== undefined && other !== undefined) return [topic.between(one, other)];
  const statements = countries.map((country) => topic.state(country)).filter((statement) => statement !== undefined);
  return statements.length === countries.length ? statements : undefined;
}

/** A country by itself: `Peru`, `tell me about Peru`. */
export function countrySummary(query: string, atlas: Atlas): Fact | undefined {
  const said = countryWords(query);
  const named = namesIn(said.folded, atlas.byName);
  const [first] = named;
  if (first === undefined || named.length > 1 || !outside(said.folded, named).every((at) => FILLERS.has(said.folded[at] ?? "")))
    return undefined;
  const { item } = first;
  const kind = item.independent ? "country" : "territory";
  const facts = [
    `${capitalised(item.inSentence)} is a ${kind} in ${item.continent}.`,
    ...(item.capitals.length > 0 ? [`Its capital is ${item.capitals.join(", ")}.`] : []),
    ...(item.currencies.length > 0 ? [`Its currency is the ${item.currencies.map(({ name }) => name).join(", the ")}.`] : []),
    ...(item.languages.length > 0 ? [`Languages: ${list(item.languages)}.`] : []),
  ];
  return { text: facts.join(" "), value: item.name, countries: [item.code] };
}

/** Everything that the reference knows of a country, a sentence a topic. */
export function everyFact(country: Country): string {
  return TOPICS.map((topic) => topic.state(country)?.text)
    .filter((text) => text !== undefined)
    .join(" ");
}

interface Said {
  readonly folded: readonly string[];
  /** Whether the word was written with a capital. */
  readonly capital: readonly boolean[];
}

/** The words of a query, with "US" (but not "us") read as a country. */
export function countryWords(query: string): Said {
  const plain = query.replace(/\bU\.?\s?S\.?(?:\s?A\.?)?(?![\p{L}\p{N}])|\bthe us\b/gu, "United States");
  const folded: string[] = [];
  const capital: boolean[] = [];
  for (const part of plain.split(/\s+/)) {
    for (const word of words(part)) {
      folded.push(word);
      capital.push(/^\P{L}*\p{Lu}/u.test(part));
    }
  }
  return { folded, capital };
}

/** The positions of the words outside the matches. */
export function outside(folded: readonly string[], matches: readonly Match<unknown>[]): number[] {
  return [...folded.keys()].filter((at) => !matches.some(({ start, end }) => at >= start && at < end));
}

/**
 * A name said beside the question, as in "Is Sydney the capital of Australia?". A name next to the country's is part of
 * another name: New Jersey is not Jersey.
 */
function isAside(at: number, said: Said, named: readonly Match<Country>[]): boolean {
  return at > 0 && said.capital[at] === true && !named.some(({ start, end }) => at === start - 1 || at === end);
}

export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

function verb(items: readonly unknown[], one: string, many: string): string {
  return items.length === 1 ? one : many;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
