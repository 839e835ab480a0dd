import { sentences, stem, words } from "../search/index.js";
import type { Question, Wanted } from "./question.js";
import { type Span, spansOf } from "./spans.js";
import { type Token, tokensOf } from "./tokens.js";

/** A text in which answers are looked for. */
export interface Text<Source> {
  readonly source: Source;
  /** With the headings above it: what all of it is about. */
  readonly title: string;
  readonly text: string;
}

/** A part of a sentence that may be the answer. */
export interface Candidate<Source> {
  readonly answer: string;
  readonly sentence: string;
  readonly source: Source;
  /** 0 to 1: how much of the question the sentence has, and how well the part fits what is asked. */
  readonly score: number;
}

/** Sentences that are looked at closely. */
const CLOSELY = 12;
/** A sentence has at least this share of what is asked, or it does not answer. */
const ENOUGH = 0.55;
/** What a word counts that stands not in the sentence but before it, in the passage or its title; and a verb, whose time it mostly was. */
const BEFORE = 0.6;
const VERB_BEFORE = 0.3;
const ALIKE = 0.85;

/** The parts of the texts that may be the answer, best first. */
export async function candidatesIn<Source>(question: Question, texts: readonly Text<Source>[]): Promise<Candidate<Source>[]> {
  const stems = new Set(question.wanted.flatMap(({ lemmas }) => lemmas.map(stem)));
  const looked = texts
    .flatMap(({ source, title, text }) => {
      const all = sentences(text);
      // "They" and "there" speak of what came before.
      return all.map((sentence, at) => ({ sentence, source, before: [title, ...all.slice(0, at)], matches: common(sentence, stems) }));
    })
    .sort((a, b) => b.matches - a.matches)
    .slice(0, CLOSELY);
  const known = new Map<string, Promise<Token[]>>();
  const tokens = (part: string) => {
    const made = known.get(part) ?? tokensOf(part);
    known.set(part, made);
    return made;
  };
  const found: Candidate<Source>[] = [];
  for (const { sentence, source, before } of looked) {
    const said = await tokens(sentence);
    const context = new Set((await Promise.all(before.map(tokens))).flat().map(({ lemma }) => lemma));
    const coverage = coverageOf(question.wanted, sentence, said, context);
    if (coverage < ENOUGH) continue;
    for (const span of spansOf(sentence, said, question)) {
      const answer = sentence.slice(span.start, span.end).trim();
      const placed = placing(question, span, said);
      if (placed === undefined) continue;
      found.push({ answer, sentence, source, score: Number((coverage * (0.5 * span.fit + 0.5 * placed)).toFixed(4)) });
    }
  }
  return found.sort((a, b) => b.score - a.score);
}

function common(sentence: string, stems: ReadonlySet<string>): number {
  return new Set(
    words(sentence)
      .map(stem)
      .filter((word) => stems.has(word)),
  ).size;
}

/** 0 to 1: the share of the question that stands in the sentence or, for less, before it; 0 where something is missing that must not be. */
function coverageOf(wanted: readonly Wanted[], sentence: string, tokens: readonly Token[], context: ReadonlySet<string>): number {
  let all = 0;
  let has = 0;
  let own = 0;
  for (const { lemmas, weight, name, verb, required, unit } of wanted) {
    const said = tokens.some(({ lemma }) => lemmas.includes(lemma)) || unit?.test(sentence) === true;
    const here = said ? 1 : tokens.some(({ lemma }) => isAlike(lemma, lemmas[0]!)) ? ALIKE : 0;
    const near = here > 0 || !lemmas.some((lemma) => context.has(lemma)) ? 0 : verb ? VERB_BEFORE : BEFORE;
    if (here + near === 0 && (required || name)) return 0;
    all += weight;
    has += weight * (here + near);
    own += here;
  }
  return all === 0 || own === 0 ? 0 : has / all;
}

/** `coating` and `coat`, `discoverer` and `discovery`, `Norwegian` and `Norway`: a long common beginning. */
function isAlike(word: string, other: string): boolean {
  const [short, long] = word.length < other.length ? [word, other] : [other, word];
  if (short.length >= 4 && long.startsWith(short) && ENDING.test(long.slice(short.length))) return true;
  return short.length >= 6 && long.startsWith(short.slice(0, -1)) && long.length - short.length <= 3;
}
const ENDING = /^(?:s|es|ed|er|ers|or|ors|ing|ings|ion|ment|al|ly|n|an|ian|ese)$/;

/**
 * 0 to 1: how near a part of the sentence stands to the words of the question, on the side where what is asked for is to be
 * expected; undefined for a part that the question says itself.
 */
function placing(question: Question, span: Span, tokens: readonly Token[]): number | undefined {
  const matches = (token: Token) => question.wanted.find(({ lemmas }) => lemmas.includes(token.lemma) || isAlike(token.lemma, lemmas[0]!));
  const within = tokens.filter(({ start, end }) => start >= span.start && end <= span.end);
  const telling = within.filter(({ tags }) => !tags.has("Determiner") && !tags.has("Preposition"));
  const said = telling.filter((token) => matches(token) !== undefined).length;
  if (telling.length === 0 || said === telling.length) return undefined;
  const first = tokens.indexOf(within[0]!);
  const last = tokens.indexOf(within.at(-1)!);
  let sum = 0;
  let all = 0;
  let misplaced = false;
  for (const [at, token] of tokens.entries()) {
    const word = matches(token);
    if (word === undefined || (at >= first && at <= last)) continue;
    const distance = at < first ? first - at : at - last;
    // Who does it stands before the verb, or after "by"; what it is done to after it.
    if (word.verb && token.tags.has("Verb") && (question.kind === "person" || question.kind === "thing")) {
      const passive = token.tags.has("Passive") || tokens[at - 1]?.tags.has("Copula") === true;
      misplaced ||= question.actor !== passive ? at < first : at > last;
    }
    sum += word.weight / (1 + Math.max(0, distance - 1) / 4);
    all += word.weight;
  }
  const near = all === 0 ? 0.3 : sum / all;
  return near * (misplaced ? 0.3 : 1) * (1 - (0.5 * said) / telling.length);
}
