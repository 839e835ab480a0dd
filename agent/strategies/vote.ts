import type { ChainResult } from "../events.js";
import { numbersIn } from "../numbers.js";

/** The vote of those that answered. @param weightOf how often a chain's answer counts. Default: once */
export function voteOf(chains: readonly ChainResult[], weightOf: (index: number) => number = () => 1): Vote {
  const vote = new Vote();
  for (const { index, answer } of chains) if (answer !== undefined) vote.add(index, answer, weightOf(index));
  return vote;
}

/** What chains answered, counted by what the answers say, however they are worded. */
export class Vote {
  /** By key, in the order in which they came first. */
  readonly #votes = new Map<string, { votes: number; first: number; answer: string }>();
  #of = 0;

  /** @param index the chain's: of answers with as many votes, that of the earliest chain wins */
  add(index: number, answer: string, weight = 1): void {
    const key = voteKey(answer);
    const had = this.#votes.get(key);
    this.#of += weight;
    if (!had) this.#votes.set(key, { votes: weight, first: index, answer });
    else {
      had.votes += weight;
      if (index < had.first) Object.assign(had, { first: index, answer });
    }
  }

  /** The answer with most votes, as its earliest chain worded it, and that chain. Undefined before the first vote. */
  get winner(): { readonly answer: string; readonly index: number; readonly votes: number; readonly of: number } | undefined {
    const [best] = this.#ranked();
    return best && { answer: best.answer, index: best.first, votes: best.votes, of: this.#of };
  }

  /** Whether `left` further votes cannot change the winner. */
  settled(left: number): boolean {
    const [best, second] = this.#ranked();
    return best !== undefined && best.votes > (second?.votes ?? 0) + left;
  }

  #ranked() {
    return [...this.#votes.values()].sort((a, b) => b.votes - a.votes || a.first - b.first);
  }
}

const MONTH =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const DATE = [
  String.raw`(?:${MONTH})\.? \d{1,2}(?:st|nd|rd|th)?`,
  String.raw`\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${MONTH})`,
  String.raw`\d{4}-\d{2}-\d{2}`,
  String.raw`\d{1,4}([/.])\d{1,2}\1\d{1,4}`,
];
const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?`;
const UNIT = "(?:year|month|week|day|hour|minute|second|hr|min|sec|foot|inch|pound|ounce)(?:s|es)?|feet";
const IN_TWO_UNITS = String.raw`\d+ (?:${UNIT}),? (?:and )?\d+ (?:${UNIT})`;

/** What more than its last number says. */
const COMPOUND = new RegExp(String.raw`\b(?:${[...DATE, TIME, IN_TWO_UNITS].join("|")})\b`, "i");

/**
 * Two answers with the same key say the same: those with a number by the last one, as they are judged too; dates, times, "2 hours 30
 * minutes" and others by their words.
 */
export function voteKey(answer: string): string {
  const text = answer.normalize("NFKC").toLowerCase();
  const number = COMPOUND.test(text) ? undefined : numbersIn(text).at(-1);
  if (number !== undefined) return `number ${Number(number.value.toPrecision(9))}`;
  const words = text
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
    .replace(/\b(?:a|an|the)\b/g, " ")
    .replace(/\b(\d{1,2})(?:st|nd|rd|th)\b/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
  return `words ${words}`;
}
