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
const ENOUGH = 0.6;
/** What a word counts that stands not in the sentence but near it: in the passage, in its title. */
const NEARBY = 0.6;
const ALIKE = 0.85;

/** The parts of the texts that may be the answer, best first. */
export async function candidatesIn<Source>(question: Question, texts: readonly Text<Source>[]): Promise<Candidate<Source>[]> {
  const stems = new Set(question.wanted.flatMap(({ lemmas }) => lemmas.map(stem)));
  const looked = texts
    .flatMap(({ source, title, text }) => {
      const all = sentences(text);
      return all.map((sentence, at) => ({ sentence, source, around: [title, ...all.filter((_, other) => other !== at)], matches: common(sentence, stems) }));
    })
    .sort((a, b) => b.matches - a.matches)
    .slice(0, CLOSELY);
  const found: Candidate<Source>[] = [];
  for (const { sentence, source, around } of looked) {
    const tokens = await tokensOf(sentence);
    const context = new Set((await tokensOf(around.join("\n"))).map(({ lemma }) => lemma));
    const coverage = coverageOf(question.wanted, tokens, context);
    if (coverage < ENOUGH) continue;
    for (const span of spansOf(sentence, tokens, question)) {
      const answer = sentence.slice(span.start, span.end).trim();
      const placed = placing(question, span, tokens);
      if (placed === undefined) continue;
      found.push({ answer, sentence, source, score: Number((coverage * (0.5 * span.fit + 0.5 * placed)).toFixed(4)) });
    }
  }
  return found.sort((a, b) => b.score - a.score);
}

function common(sentence: string, stems: ReadonlySet<string>): number {
  return new Set(words(sentence).map(stem).filter((word) => stems.has(word))).size;
}

/** 0 to 1: the share of the question that stands in the sentence or, for less, around it; 0 where something is missing that must not be. */
function coverageOf(wanted: readonly Wanted[], tokens: readonly Token[], context: ReadonlySet<string>): number {
  let all = 0;
  let has = 0;
  let own = 0;
  for (const { lemmas, weight, name, required } of wanted) {
    const here = tokens.some(({ lemma }) => lemmas.includes(lemma)) ? 1 : tokens.some(({ lemma }) => isAlike(lemma, lemmas[0]!)) ? ALIKE : 0;
    const near = here > 0 || !lemmas.some((lemma) => context.has(lemma)) ? 0 : NEARBY;
    if (here + near === 0 && (required || name)) return 0;
    all += weight;
    has += weight * (here + near);
    own += here;
  }
  return all === 0 || own === 0 ? 0 : has / all;
}

/** `discoverer` and `discover`, `Norwegian` and `Norway`: a long common beginning. */
function isAlike(word: string, other: string): boolean {
  const shorter = Math.min(word.length, other.length);
  return shorter >= 5 && word.slice(0, shorter - 1) === other.slice(0, shorter - 1) && Math.abs(word.length - other.length) <= 3;
}

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
  for (const [at, token] of tokens.entries()) {
    const word = matches(token);
    if (word === undefined || (at >= first && at <= last)) continue;
    const distance = at < first ? first - at : at - last;
    const verb = token.tags.has("Verb");
    // Who does it stands before the verb, or after "by"; what it is done to after it.
    const passive = token.tags.has("Passive") || tokens[at - 1]?.lemma === "be" || tokens[at - 1]?.tags.has("Copula") === true;
    const expected = !verb || question.kind !== "person" && question.kind !== "thing" ? true : question.actor !== passive ? at > last : at < first;
    sum += (word.weight * (expected ? 1 : 0.4)) / (1 + Math.max(0, distance - 1) / 4);
    all += word.weight;
  }
  const near = all === 0 ? 0.3 : sum / all;
  return near * (1 - (0.5 * said) / telling.length);
}
