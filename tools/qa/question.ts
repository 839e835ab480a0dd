import { type Token, tokensOf } from "./tokens.js";

/** What an answer is: it decides which parts of a sentence can be one. */
export type Kind = "person" | "time" | "frequency" | "place" | "number" | "reason" | "meaning" | "name" | "thing";

/** A word that the sentence with the answer should have. */
export interface Wanted {
  /** The word itself first, then others that say the same: `long`, `length`. */
  readonly lemmas: readonly [string, ...string[]];
  readonly weight: number;
  /** Part of a name: `Lindqvist`. */
  readonly name: boolean;
  /** Documents may have it in any of its forms. */
  readonly verb: boolean;
  /** A sentence that has it neither in itself nor near it does not answer. */
  readonly required: boolean;
  /** What says the same too: a number with such a unit. */
  readonly unit?: RegExp;
}

export interface Question {
  readonly text: string;
  readonly kind: Kind;
  readonly wanted: readonly Wanted[];
  /** The noun that the answer is one of: `channel` in "Which channel …". */
  readonly among?: string;
  /** The answer is what does something, rather than what something is done to: "Who built …". */
  readonly actor: boolean;
  /** Names that the question is about, as they stand in it. */
  readonly names: readonly string[];
}

/**
 * What a question asks; undefined for one that is answered with yes or no, which no part of a text is. Without a question word, such as
 * "capital of Peru", it asks for a thing.
 */
export async function readQuestion(text: string): Promise<Question | undefined> {
  const tokens = (await tokensOf(text)).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const at = tokens.findIndex(({ lemma, text }) => QUESTION_WORD.test(lemma) || QUESTION_WORD.test(text));
  if (at < 0 && POLAR.test(tokens[0]?.text ?? "")) return undefined;
  const { kind, used, among, adjective } = at < 0 ? { ...THING, adjective: undefined } : asked(tokens, at);
  const names = namesOf(tokens, at);
  const inName = (index: number) => names.some(({ from, to }) => index >= from && index < to);
  const main = mainVerb(tokens, at);
  const wanted: Wanted[] = [];
  for (const [index, token] of tokens.entries()) {
    const { lemma } = token;
    if (lemma === among && !inName(index)) {
      if (wanted.some(({ lemmas }) => lemmas[0] === among)) continue;
      wanted.push({ lemmas: [lemma], weight: ENTITIES.has(lemma) ? SLIGHT : 1, name: false, verb: false, required: !ENTITIES.has(lemma) });
    } else if (lemma === adjective) {
      wanted.push({
        lemmas: [lemma, ...(MEASURES.get(lemma) ?? [])],
        weight: 1,
        name: false,
        verb: false,
        required: true,
        unit: UNITS.get(lemma),
      });
    } else if (!(index >= at && index < at + used) && (inName(index) || !EMPTY.has(lemma))) {
      const verb = token === main || isMainVerb(token);
      const name = names.find(({ from, to }) => index >= from && index < to);
      const weight = name === undefined ? 1 : 1 / (name.to - name.from);
      wanted.push({
        lemmas: [lemma],
        weight: LIGHT.has(lemma) || (TIMES.has(lemma) && among !== undefined) ? SLIGHT : verb ? 1.5 : weight,
        name: name !== undefined,
        verb,
        required: false,
      });
    }
  }
  const next = tokens[at + used];
  const actor = next?.tags.has("Verb") === true && !AUXILIARY.has(next.lemma) && !next.tags.has("Auxiliary");
  return { text, kind, wanted, ...(among === undefined ? {} : { among }), actor, names: names.map(({ name }) => name) };
}

function isMainVerb({ tags }: Token): boolean {
  return tags.has("Verb") && !tags.has("Auxiliary") && !tags.has("Modal") && !tags.has("Copula");
}

/** Of "What did Ann discover?" the tagger takes the last word for a noun: after `did` it is the verb where there is no other. */
function mainVerb(tokens: readonly Token[], at: number): Token | undefined {
  const found = tokens.slice(at + 1).find((token) => isMainVerb(token) && !/^(?:do|does|did)$/i.test(token.text));
  if (found !== undefined || !tokens.slice(at + 1).some(({ text }) => /^(?:do|does|did)$/i.test(text))) return found;
  return tokens.findLast(({ tags, text }) => tags.has("Noun") && /^\p{Ll}/u.test(text));
}

/** What a word weighs that the sentence with the answer may well put differently. */
const SLIGHT = 0.2;
const QUESTION_WORD = /^(?:who|whom|whose|when|where|why|how|what|which)(?:'\w+)?$/i;
const POLAR = /^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)$/i;

interface Asked {
  readonly kind: Kind;
  /** How many words, from the question word on, say it. */
  readonly used: number;
  readonly among?: string;
  readonly adjective?: string;
}

const THING: Asked = { kind: "thing", used: 0 };
const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const TIMES = set("year date day month time decade century hour season week weekday");
const PLACES = set("city town village country place street continent county region building room state island");
const PEOPLE = set("person man woman people author founder inventor");
const NUMBERS = set("number amount price percentage temperature age rent cost fee height length weight depth distance population");
/** Kinds of names that need not be called so where they stand. */
const ENTITIES: ReadonlySet<string> = new Set([...TIMES, ...PLACES, ...PEOPLE, "colour", "color"]);
const AUXILIARY = set("be is are was were do does did have has had will would can could may must should");

/** What a measure is called besides its adjective. */
const MEASURES: ReadonlyMap<string, readonly string[]> = new Map([
  ["long", ["length", "last", "take"]],
  ["old", ["age", "aged"]],
  ["tall", ["height", "high"]],
  ["high", ["height", "tall"]],
  ["deep", ["depth"]],
  ["wide", ["width"]],
  ["far", ["distance", "away", "long"]],
  ["heavy", ["weight", "weigh"]],
  ["fast", ["speed"]],
  ["big", ["size", "area", "large"]],
  ["large", ["size", "area", "big"]],
  ["hot", ["temperature"]],
  ["cold", ["temperature"]],
]);

/** Units that tell which measure is meant, where its name is not said: "took six hours" says how long. */
const UNITS: ReadonlyMap<string, RegExp> = new Map([
  ["long", /\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b/],
  ["far", /\d ?(?:km|m|cm|mm)\b|\b(?:(?:kilo|centi|milli)?met(?:re|er)s?|miles?|feet|foot|inch(?:es)?|yards?)\b/],
  ["heavy", /\d ?(?:kg|g|t)\b|\b(?:kilos?|(?:kilo)?grams?|tons?|tonnes?|pounds?|ounces?)\b/],
  ["fast", /\b(?:km\/h|mph|knots|an hour|per hour|a second|per second)\b/],
  ["hot", /°|\bdegrees?\b/],
  ["cold", /°|\bdegrees?\b|\bminus\b/],
]);

/** The question word and what belongs to it. */
function asked(tokens: readonly Token[], at: number): Asked {
  const word = QUESTION_WORD.exec(tokens[at]!.text) === null ? tokens[at]!.lemma : tokens[at]!.text.toLowerCase().replace(/'.*/, "");
  const next = tokens[at + 1];
  if (word === "who" || word === "whom" || word === "whose") return { kind: "person", used: 1 };
  if (word === "when") return { kind: "time", used: 1 };
  if (word === "where") return { kind: "place", used: 1 };
  if (word === "why") return { kind: "reason", used: 1 };
  if (word === "how") {
    const how = next?.lemma ?? "";
    if (how === "many") return { kind: "number", used: 2, among: tokens[at + 2]?.lemma };
    if (how === "much") return { kind: "number", used: 2 };
    if (how === "often" || how === "frequently") return { kind: "frequency", used: 2 };
    if (next?.tags.has("Adjective") || next?.tags.has("Adverb") || MEASURES.has(how)) return { kind: "number", used: 2, adjective: how };
    return { kind: "reason", used: 1 };
  }
  // "What is the X of …", "What X …", "What kind of X …": the noun that the answer is one of.
  let first = at + 1;
  while (first < tokens.length && (AUXILIARY.has(tokens[first]!.lemma) || ARTICLE.test(tokens[first]!.text))) first++;
  const copula = first > at + 1;
  if (copula && tokens.slice(at + 1, first).some(({ lemma }) => DOES.test(lemma))) return { kind: "thing", used: 1 };
  let last = first;
  while (last + 1 < tokens.length && isNominal(tokens[last]!) && isNominal(tokens[last + 1]!)) last++;
  const head = tokens[last];
  if (head === undefined || !head.tags.has("Noun")) return { kind: "thing", used: 1 };
  const rest = tokens.slice(last + 1);
  if (head.lemma === "name") return { kind: "name", used: 1 };
  if (KIND.has(head.lemma)) return { kind: "thing", used: 1 };
  // "What is a barometer?"
  if (copula && rest.length === 0) return { kind: "meaning", used: 1 };
  const kind = TIMES.has(head.lemma) ? "time" : PLACES.has(head.lemma) ? "place" : PEOPLE.has(head.lemma) ? "person" : undefined;
  if (kind !== undefined) return { kind, used: 1, among: head.lemma };
  return { kind: NUMBERS.has(head.lemma) ? "number" : "thing", used: 1, among: head.lemma };
}

const ARTICLE = /^(?:the|a|an|his|her|its|their|our|my|your)$/i;
const DOES = /^(?:do|does|did|have|has|had|can|could|may|must|should|will|would)$/;
const KIND = set("kind sort type");

function isNominal({ tags }: Token): boolean {
  return tags.has("Noun") || tags.has("Adjective") || tags.has("ProperNoun");
}

/** Words that many questions have and few answers: they decide nothing. */
const EMPTY = set(
  "a an the of in on at to for from by with and or be is are was were am been being do does did have has had can could will would may might must shall " +
    "should i me my we us our you your he him his she her it its they them their this that these those there here please tell know say give find " +
    "who whom whose when where why how what which not no any some about than then so as into up out if get name kind sort type call mean happen use people person live",
);

/** Verbs and the like that are put differently as often as not: "did they start to build", "work began". */
const LIGHT = set("need want go come become make take give put begin start get run look again also ever new");

/** Runs of capitalised words that are not only so because they begin the question. */
function namesOf(tokens: readonly Token[], at: number): { readonly name: string; readonly from: number; readonly to: number }[] {
  const found: { name: string; from: number; to: number }[] = [];
  const isName = (index: number) => {
    const token = tokens[index];
    return (
      token !== undefined &&
      index !== at &&
      /^\p{Lu}/u.test(token.text) &&
      (index > 0 || token.tags.has("ProperNoun")) &&
      token.text !== "I"
    );
  };
  for (let from = 0; from < tokens.length; from++) {
    if (!isName(from)) continue;
    let to = from + 1;
    while (isName(to)) to++;
    found.push({
      name: tokens
        .slice(from, to)
        .map(({ text }) => text)
        .join(" "),
      from,
      to,
    });
    from = to;
  }
  return found;
}
