import { CLOCK, DATES, FREQUENCY, NUMERAL, QUOTED, UNITS, WEEKDAYS, YEAR } from "./patterns.js";
import type { Kind, Question } from "./question.js";
import type { Token } from "./tokens.js";

/** A part of a sentence that may be the answer; `fit` says how well it is of the kind that is asked for, 0 to 1. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly fit: number;
}

/** The parts of a sentence that can answer a question of this kind, by where they begin; none where it has nothing of the kind. */
export function spansOf(sentence: string, tokens: readonly Token[], { kind, among, text }: Question): Span[] {
  const spans = FINDERS[kind](sentence, tokens, among ?? "", text);
  // The longest of those that fit alike and overlap.
  const sorted = [...spans].sort((a, b) => b.fit - a.fit || b.end - b.start - (a.end - a.start));
  const kept: Span[] = [];
  for (const span of sorted) {
    if (span.fit > 0 && span.start < span.end && !kept.some((other) => span.start < other.end && other.start < span.end)) kept.push(span);
  }
  return kept.sort((a, b) => a.start - b.start);
}

type Finder = (sentence: string, tokens: readonly Token[], among: string, question: string) => Span[];

const FINDERS: Readonly<Record<Kind, Finder>> = {
  person: (sentence, tokens) => [
    ...joined(sentence, people(sentence, tokens)),
    // "planted by pupils", "the carpenter".
    ...phrases(tokens).map((span) => ({
      ...span,
      fit: / by (?:an? |the )?$/i.test(sentence.slice(0, span.start)) ? 0.9 : has(tokens, span, "Actor") ? 0.4 : 0,
    })),
  ],
  name: (sentence, tokens) => [
    ...matches(sentence, QUOTED, 1),
    ...names(tokens).map((span) => ({ ...span, fit: 1 })),
    ...phrases(tokens).map((span) => ({ ...span, fit: 0.3 })),
  ],
  time: (sentence, tokens, among, question) => {
    const clock = among === "time" || among === "hour" || /\bwhat time\b/i.test(question);
    const found = [...matches(sentence, DATES, clock ? 0.5 : 1), ...matches(sentence, CLOCK, clock ? 1 : 0.7)];
    const day = among === "day" || among === "weekday" ? matches(sentence, WEEKDAYS, 1) : matches(sentence, WEEKDAYS, 0.8);
    return among === "year" ? matches(sentence, YEAR, 1) : [...found, ...day, ...tagged(tokens, "Date", 0.4)];
  },
  frequency: (sentence) => matches(sentence, FREQUENCY, 1),
  place: (sentence, tokens) => [
    ...prepositional(sentence, tokens),
    ...names(tokens).map((span) => ({ ...span, fit: has(tokens, span, "Place") ? 1 : has(tokens, span, "Person") ? 0 : 0.6 })),
  ],
  number: (sentence, tokens, among) => numbers(sentence, tokens, among),
  reason: (sentence) => reasons(sentence),
  meaning: (sentence) => meanings(sentence),
  thing: (sentence, tokens, among) => [
    ...matches(sentence, QUOTED, 1),
    ...joined(
      sentence,
      phrases(tokens).map((span) => ({ ...span, fit: names(tokens).some((name) => name.start === span.start) ? 1 : 0.8 })),
    ),
    ...(among === "colour" || among === "color" ? tagged(tokens, "Adjective", 0.9) : []),
  ],
};

function matches(sentence: string, patterns: readonly string[], fit: number): Span[] {
  return patterns.flatMap((pattern) =>
    Array.from(sentence.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, "gu")), ({ 0: text, index }) => ({
      start: index,
      end: index + text.length,
      fit,
    })),
  );
}

/** Neighbouring words for which something holds, as spans. */
function runs(tokens: readonly Token[], holds: (token: Token, inside: boolean, next: Token | undefined) => boolean): Span[] {
  const found: Span[] = [];
  let open: { start: number; end: number } | undefined;
  for (const [at, token] of tokens.entries()) {
    // A mark between two words ends a run; a hyphen or an apostrophe is within one.
    if (open !== undefined && (token.start - open.end > 1 || !holds(token, true, tokens[at + 1]))) {
      found.push({ ...open, fit: 1 });
      open = undefined;
    }
    if (open !== undefined) open.end = token.end;
    else if (holds(token, false, tokens[at + 1])) open = { start: token.start, end: token.end };
  }
  return open === undefined ? found : [...found, { ...open, fit: 1 }];
}

function tagged(tokens: readonly Token[], tag: string, fit: number): Span[] {
  return runs(tokens, ({ tags }) => tags.has(tag)).map((span) => ({ ...span, fit }));
}

const LINK = /^(?:of|de|da|van|von|der|den|la|le|du|&|the)$/;

/** Capitalised words in a row; the first of a sentence only where the tagger takes it for a name. */
function names(tokens: readonly Token[]): Span[] {
  const capital = ({ text, start, tags }: Token) =>
    /^\p{Lu}/u.test(text) &&
    text !== "I" &&
    !tags.has("Pronoun") &&
    !tags.has("Date") &&
    !tags.has("Demonym") &&
    (start > 1 || tags.has("ProperNoun") || tags.has("Person") || tags.has("Place"));
  return runs(
    tokens,
    (token, inside, next) => capital(token) || (inside && LINK.test(token.text) && next !== undefined && capital(next)),
  ).map((span) => ({
    ...span,
    fit: has(tokens, span, "Place") ? 0.5 : 1,
  }));
}

/** What a dictionary describes stands before the colon; who else it speaks of comes second. */
const DESCRIBED = /^(?:[^:]+: )?(?:\d+\. \(noun\) )(?=\p{Lu}[^:]*:)/u;

/** Names of people. "Swedish" in "a Swedish chemist" is none, nor is a place. */
function people(sentence: string, tokens: readonly Token[]): Span[] {
  const described = DESCRIBED.exec(sentence)?.[0].length;
  return names(tokens)
    .filter((span) => {
      const next = tokens.find(({ start }) => start === span.end + 1);
      const describes = next !== undefined && /^\p{Ll}/u.test(next.text) && (next.tags.has("Noun") || next.tags.has("Adjective"));
      return has(tokens, span, "Person") || !describes;
    })
    .map((span) => ({ ...span, fit: described === undefined || span.start === described ? span.fit : span.fit / 2 }));
}

function has(tokens: readonly Token[], { start, end }: Span, tag: string): boolean {
  return tokens.some((token) => token.start >= start && token.end <= end && token.tags.has(tag));
}

/** `A and B` and `A, B and C` of spans that follow each other are one more span. */
function joined(sentence: string, spans: readonly Span[]): Span[] {
  const found = [...spans];
  for (const [at, span] of spans.entries()) {
    let last = span;
    for (const next of spans.slice(at + 1)) {
      const between = sentence.slice(last.end, next.start);
      if (!/^(?:, | and |, and | & | or )$/.test(between)) break;
      last = { ...next, start: span.start };
      if (/ and | & | or /.test(between)) found.push({ ...last, fit: Math.min(span.fit, next.fit) });
    }
  }
  return found;
}

/** Noun phrases, without the article before them. */
function phrases(tokens: readonly Token[]): Span[] {
  const nominal = ({ tags }: Token) =>
    (tags.has("Noun") || tags.has("Adjective") || tags.has("Value") || tags.has("Participle") || tags.has("Gerund")) &&
    !tags.has("Pronoun") &&
    !tags.has("Determiner") &&
    !tags.has("Preposition") &&
    !tags.has("Auxiliary") &&
    !tags.has("Year") &&
    !tags.has("Month");
  return runs(tokens, nominal).filter((span) => has(tokens, span, "Noun") || has(tokens, span, "Value"));
}

/** Of words that the tagger takes for verbs: those that may go on with a noun phrase ("the customs house"). */
const NOT_FINITE = ["Participle", "Gerund", "Infinitive"];
const PREPOSITION =
  "next to|in front of|opposite|outside|inside|between|behind|beneath|beside|under|above|below|near|along|across from|across|on top of|on|in|at|over|by|from|to";

/** `behind the water tank`: a preposition and the phrase after it, up to a verb, a mark or the next clause. */
function prepositional(sentence: string, tokens: readonly Token[]): Span[] {
  const found: Span[] = [];
  const times = [...matches(sentence, DATES, 1), ...matches(sentence, CLOCK, 1)];
  for (const { 0: words, index } of sentence.matchAll(new RegExp(`(?<![\\p{L}])(?:${PREPOSITION})(?= )`, "gu"))) {
    const after = tokens.filter(({ start }) => start > index + words.length);
    let end: number | undefined;
    for (const [at, { tags, start, end: last, text }] of after.entries()) {
      const gap = sentence.slice(end ?? index + words.length, start);
      if (
        /[,.;:()–—]/.test(gap) ||
        tags.has("Date") ||
        tags.has("Pronoun") ||
        (tags.has("Verb") && !NOT_FINITE.some((tag) => tags.has(tag)))
      )
        break;
      if (tags.has("Conjunction") || (at > 0 && /^(?:that|which|who|because|since|in|from|to|with|for)$/.test(text))) break;
      end = last;
    }
    if (end === undefined || times.some((time) => time.start < end! && time.end > index)) continue;
    const first = after[0]!;
    const bare = /^\p{Lu}/u.test(first.text) && !tokens.some(({ start, text }) => start > index && start < end! && /^\p{Ll}/u.test(text));
    const weak = words === "to" || words === "by" || words === "from";
    if (tokens.some(({ start, end: last, tags }) => start > index && last <= end! && tags.has("Noun"))) {
      found.push({ start: bare ? first.start : index, end, fit: weak ? 0.6 : 0.9 });
    }
  }
  return found;
}

const NUMBER = new RegExp(`(?<![\\p{L}\\p{N}])${NUMERAL}${UNITS}(?![\\p{L}\\p{N}])`, "gu");
const WITH_UNIT = new RegExp(`\\p{Sc}|%|\\d ?\\p{L}|${UNITS.slice(0, -1)}$`, "u");
/** How far after a number what it counts may stand, in characters: "38 small plots". */
const COUNTED_WITHIN = 25;

/** Numbers with their units, those of what is asked for before others. Years are hardly numbers. */
function numbers(sentence: string, tokens: readonly Token[], among: string): Span[] {
  const found: Span[] = [];
  for (const { 0: text, index } of sentence.matchAll(NUMBER)) {
    const end = index + text.length;
    // The number of a meaning in the dictionary; a pronoun; a measure where things are counted.
    if (/^\. \(/.test(sentence.slice(end)) || text === "one" || text === "half") continue;
    const counted = tokens.some(({ lemma, start }) => lemma === among && start >= index && start < end + COUNTED_WITHIN);
    if (among !== "" && !counted && WITH_UNIT.test(text)) continue;
    const year = /^\d{4}$/.test(text) && tokens.some(({ start, tags }) => start === index && (tags.has("Year") || tags.has("Month")));
    found.push({ start: index, end, fit: year ? 0.1 : among === "" || counted ? 1 : 0.5 });
  }
  return found;
}

const REASON = /(?<!\p{L})(?:because of|because|since|due to|owing to|so that|in order to|as)\s+(?=\p{L})/giu;

/** What follows a word that gives a reason, to the end of the clause. */
function reasons(sentence: string): Span[] {
  return Array.from(sentence.matchAll(REASON), ({ 0: word, index }) => {
    const start = index + word.length;
    return { start, end: clauseEnd(sentence, start), fit: /^as\s/i.test(word) ? 0.3 : 1 };
  });
}

/** What follows `X is a …`, `X: …` or `X, a …`, to the end of the clause. */
function meanings(sentence: string): Span[] {
  return Array.from(
    sentence.matchAll(/(?:\b(?:is|are|was|were|means)|:|,(?= an? ))\s+(?:\(\w+\) |\d+\. \(\w+\) )?(?=\p{L})/gu),
    ({ 0: word, index }) => {
      const start = index + word.length;
      return { start, end: clauseEnd(sentence, start), fit: word.startsWith(",") ? 0.6 : 1 };
    },
  );
}

function clauseEnd(sentence: string, start: number): number {
  const stop = sentence.slice(start).search(/[.;!?]/);
  return stop < 0 ? sentence.length : start + stop;
}
