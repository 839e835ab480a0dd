import { type Atlas, type Country, nameKey, namesIn } from "./countries.js";
import { capitalised, countryWords, type Fact, list, outside } from "./country-facts.js";

/** How many names a list gives before "and N more". */
const LISTED = 12;

const FILLERS: ReadonlySet<string> = new Set(
  (
    "what whats which is are was the a an of in for to on at by does do did has have tell me please name give can could you i know there this that " +
    "country countries nation nations state states list all whose how many people they as it its official world with having"
  ).split(" "),
);
const COUNTRY = ["country", "countries", "nation", "nations"];

/** Questions whose answer is a country, or several: whose capital, currency, language or region it is, and which is largest. */
export function countryList(query: string, atlas: Atlas): Fact | undefined {
  const { folded } = countryWords(query);
  const has = (...words: readonly string[]) => folded.some((word) => words.includes(word));
  const only = (matched: ReadonlyMap<string, unknown>, others: string) => {
    const known = new Set(others.split(" "));
    return outside(folded, namesIn(folded, matched)).every((at) => FILLERS.has(folded[at] ?? "") || known.has(folded[at] ?? ""));
  };
  const one = <T>(names: ReadonlyMap<string, T>): T | undefined => {
    const found = namesIn(folded, names);
    return found.length === 1 ? found[0]?.item : undefined;
  };

  const ofCapital = one(atlas.byCapital);
  if (ofCapital !== undefined && has("capital", "where", "located", ...COUNTRY) && only(atlas.byCapital, "capital city where located")) {
    const capital =
      ofCapital.capitals.find((name) => atlas.byCapital.get(nameKey(name)) === ofCapital && has(...nameKey(name).split(" "))) ?? "";
    return fact(`${capital} is the capital of ${ofCapital.inSentence}.`, ofCapital.name, [ofCapital]);
  }

  const groups = groupsOf(atlas);
  const currency = one(groups.currencies);
  if (
    currency !== undefined &&
    has("where", ...COUNTRY) &&
    only(groups.currencies, "where use uses used using currency currencies money")
  ) {
    const { name, countries } = currency;
    return fact(`${capitalised(some(countries))} ${countries.length === 1 ? "uses" : "use"} the ${name}.`, namesOf(countries), countries);
  }
  const language = one(groups.languages);
  if (
    language !== undefined &&
    has("where", ...COUNTRY) &&
    only(groups.languages, "where speak speaks spoken speaking language languages")
  ) {
    const { name, countries } = language;
    const text = `${capitalised(some(countries))} ${countries.length === 1 ? "has" : "have"} ${name} as an official language.`;
    return fact(text, namesOf(countries), countries);
  }

  if (!has(...COUNTRY)) return undefined;
  const region = one(groups.regions);
  const place = region === undefined ? "the world" : region.name;
  const within = (region?.countries ?? atlas.countries).filter(({ independent }) => independent);
  if (has("largest", "biggest", "smallest") && only(groups.regions, "largest biggest smallest by area size land")) {
    const bySize = [...within].sort((a, b) => b.area - a.area);
    const small = has("smallest");
    const found = small ? bySize[bySize.length - 1] : bySize[0];
    if (found === undefined) return undefined;
    const text = `${capitalised(found.inSentence)} is the ${small ? "smallest" : "largest"} country of ${place} by area (${found.area.toLocaleString("en")} km²).`;
    return fact(text, found.name, [found]);
  }
  if (region === undefined || within.length === 0 || !only(groups.regions, "located are landlocked")) return undefined;
  const found = has("landlocked") ? within.filter(({ landlocked }) => landlocked) : within;
  const kind = has("landlocked") ? "landlocked countries" : "countries";
  if (found.length === 0) return undefined;
  return fact(`${found.length} ${found.length === 1 ? "country is" : `${kind} are`} in ${place}: ${some(found)}.`, namesOf(found), found);
}

interface Group {
  readonly name: string;
  readonly countries: Country[];
}
interface Groups {
  readonly currencies: ReadonlyMap<string, Group>;
  readonly languages: ReadonlyMap<string, Group>;
  readonly regions: ReadonlyMap<string, Group>;
}

const grouped = new WeakMap<Atlas, Groups>();

function groupsOf(atlas: Atlas): Groups {
  const known = grouped.get(atlas);
  if (known !== undefined) return known;
  const currencies = new Map<string, Group>();
  const languages = new Map<string, Group>();
  const regions = new Map<string, Group>();
  const put = (groups: Map<string, Group>, key: string, name: string, country: Country) => {
    const group = groups.get(key) ?? { name, countries: [] };
    groups.set(key, group);
    if (!group.countries.includes(country)) group.countries.push(country);
  };
  for (const country of [...atlas.countries].sort((a, b) => a.name.localeCompare(b.name, "en"))) {
    // A long list names what is taken there beside the country's own.
    for (const { name } of country.currencies.length > 3 ? [] : country.currencies) {
      const key = nameKey(name);
      const unit = key.split(" ").at(-1) ?? key;
      put(currencies, key, name, country);
      if (unit !== key) for (const form of [unit, `${unit}s`]) put(currencies, form, unit, country);
      else put(currencies, `${key}s`, name, country);
    }
    for (const language of country.languages) put(languages, nameKey(language.replace(/ \(.*\)$/, "")), language, country);
    for (const region of [country.continent, country.subregion]) {
      if (region === "") continue;
      put(regions, nameKey(region), region, country);
      const short = nameKey(region.replace("South-Eastern", "Southeast").replace(/(East|West|North|South)ern/, "$1"));
      if (short !== nameKey(region)) put(regions, short, region, country);
    }
    if (/America/.test(country.continent)) put(regions, "americas", "the Americas", country);
  }
  const groups = { currencies, languages, regions };
  grouped.set(atlas, groups);
  return groups;
}

/** The first of a list of countries, by name, and how many more there are; territories only where there is no other. */
function some(countries: readonly Country[]): string {
  const independent = countries.filter((country) => country.independent);
  const named = (independent.length > 0 ? independent : countries).map(({ inSentence }) => inSentence);
  return named.length <= LISTED ? list(named) : `${named.slice(0, LISTED).join(", ")} and ${named.length - LISTED} more`;
}

function namesOf(countries: readonly Country[]): string {
  return list(countries.map(({ name }) => name));
}

function fact(text: string, value: string, countries: readonly Country[]): Fact {
  return { text, value, countries: countries.map(({ code }) => code) };
}
