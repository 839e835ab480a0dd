// The candidates that a report shows: the best, those at the threshold and the worst, each in its text.
import type { Candidate } from "./record.js";

/** What a candidate stands in. */
export interface ExampleText {
  readonly text: string;
  readonly question?: string;
}

/** A candidate that was scored, with as much of its text as a reader needs. */
export interface ReportExample {
  /** Id of the passage, and where it and the call are. */
  readonly passage: string;
  readonly document: number;
  readonly part: number;
  readonly position: number;
  readonly tool: string;
  readonly input: string;
  readonly output: string;
  /** How many of the samples wrote this call; p(marker token) at its position. */
  readonly samples: number;
  readonly probability: number;
  readonly verdict: "kept" | "below";
  readonly margin: number;
  /** Whether `margin` is only an upper bound. */
  readonly bounded: boolean;
  /** What the user asked, the text before the call and the text after it; `…` where they are cut. */
  readonly question?: string;
  readonly before: string;
  readonly after: string;
  /** Weighted losses in nats: without the call or with the call alone, whichever is lower, and with its result. */
  readonly loss: { readonly before: number; readonly after: number; readonly baseline: "none" | "call" };
  /** The tokens that the losses weigh with their log-probabilities, in nats, under the baseline and with the result. */
  readonly tokens: readonly { readonly text: string; readonly without: number; readonly with: number }[];
}

/** Lists of at most eight, with at most two of one passage. */
export interface ReportExamples {
  /** Kept, the highest margin first. */
  readonly best: readonly ReportExample[];
  /** The nearest to τf on both sides that are in neither other list, the highest margin first. */
  readonly borderline: readonly ReportExample[];
  /** Rejected, the lowest margin first. */
  readonly worst: readonly ReportExample[];
}

const LONGEST = 8;
const OF_ONE_PASSAGE = 2;
const TEXT_BEFORE = 160;
const TEXT_AFTER = 120;
/** Characters of a question, of arguments and of a result. */
const LONGEST_QUESTION = 400;
const LONGEST_CALL = 600;

/** The lists of one tool. */
export class ExampleLists {
  readonly #best = new Ranking(LONGEST, OF_ONE_PASSAGE, ({ margin }) => -margin);
  readonly #worst = new Ranking(LONGEST, OF_ONE_PASSAGE, ({ margin }) => margin);
  // Two halves of a list: one example of a passage in each makes two in the list.
  readonly #above: Ranking;
  readonly #under: Ranking;

  /** @param tauF of the tool */
  constructor(tauF: number) {
    this.#above = new Ranking(LONGEST / 2, OF_ONE_PASSAGE / 2, ({ margin }) => margin - tauF);
    this.#under = new Ranking(LONGEST / 2, OF_ONE_PASSAGE / 2, ({ margin }) => tauF - margin);
  }

  /** @param candidate kept or below τf; one without losses, as no model computed it, is not shown */
  add(candidate: Candidate, text: ExampleText): void {
    const { margin, losses, verdict } = candidate;
    if (margin === undefined || Number.isNaN(margin) || losses === undefined) return;
    const ranked: Ranked = { candidate, margin };
    let example: ReportExample | undefined;
    for (const ranking of verdict === "kept" ? [this.#best, this.#above] : [this.#worst, this.#under]) {
      ranking.offer(ranked, () => (example ??= exampleOf(candidate, margin, losses, text)));
    }
  }

  finish(): ReportExamples {
    const [best, worst] = [this.#best.examples(), this.#worst.examples()];
    const shown = new Set([...best, ...worst]);
    const borderline = [...this.#above.examples().reverse(), ...this.#under.examples()].filter((example) => !shown.has(example));
    return { best, borderline, worst };
  }
}

interface Ranked {
  readonly candidate: Pick<Candidate, "document" | "part" | "position" | "input">;
  readonly margin: number;
}

/**
 * The first few by rank of all that were offered, with a limit for each passage: what sorting all and taking from the start gives, as
 * whatever is given up has enough before it that stays.
 */
class Ranking {
  readonly #most: number;
  readonly #mostOfPassage: number;
  readonly #rank: (ranked: Ranked) => number;
  /** In order. */
  readonly #held: (Ranked & { readonly example: ReportExample })[] = [];

  /** @param rank lower is better */
  constructor(most: number, mostOfPassage: number, rank: (ranked: Ranked) => number) {
    this.#most = most;
    this.#mostOfPassage = mostOfPassage;
    this.#rank = rank;
  }

  /** @param example made only when it is held */
  offer(offered: Ranked, example: () => ReportExample): void {
    const before = this.#held.findIndex((held) => this.#compare(offered, held) < 0);
    const place = before === -1 ? this.#held.length : before;
    const ofPassage = this.#held.filter((held) => samePassage(held, offered));
    const full = ofPassage.length >= this.#mostOfPassage;
    // What has to go for it: the last of its passage, or the last of all.
    const last = full ? ofPassage.at(-1) : this.#held.length >= this.#most ? this.#held.at(-1) : undefined;
    if (last !== undefined && this.#compare(offered, last) > 0) return;
    if (last !== undefined) this.#held.splice(this.#held.indexOf(last), 1);
    this.#held.splice(place, 0, { candidate: offered.candidate, margin: offered.margin, example: example() });
  }

  examples(): ReportExample[] {
    return this.#held.map(({ example }) => example);
  }

  /** By rank; what ranks alike by its place in the corpus, then by its arguments. */
  #compare(a: Ranked, b: Ranked): number {
    const [rankA, rankB] = [this.#rank(a), this.#rank(b)];
    if (rankA !== rankB) return rankA < rankB ? -1 : 1;
    const { document, part, position, input } = a.candidate;
    const other = b.candidate;
    return document - other.document || part - other.part || position - other.position || (input < other.input ? -1 : 1);
  }
}

const samePassage = (a: Ranked, b: Ranked) => a.candidate.document === b.candidate.document && a.candidate.part === b.candidate.part;

function exampleOf(
  candidate: Candidate,
  margin: number,
  { none, call, result }: NonNullable<Candidate["losses"]>,
  { text, question }: ExampleText,
): ReportExample {
  const { passage, document, part, position, tool, input, output = "", samples, probability } = candidate;
  // The call goes before the white space before its position.
  const place = text.slice(0, position).trimEnd().length;
  const baseline = call !== undefined && call.value < none.value ? call : none;
  return {
    passage,
    document,
    part,
    position,
    tool,
    input: start(input, LONGEST_CALL),
    output: start(output, LONGEST_CALL),
    samples,
    probability,
    verdict: candidate.verdict === "kept" ? "kept" : "below",
    margin,
    bounded: candidate.verdict !== "kept" && call === undefined,
    ...(question !== undefined && { question: start(question, LONGEST_QUESTION) }),
    before: end(text.slice(0, place), TEXT_BEFORE),
    after: start(text.slice(place), TEXT_AFTER),
    loss: { before: baseline.value, after: result.value, baseline: baseline === none ? "none" : "call" },
    tokens: (candidate.tokens ?? []).map((token, at) => ({
      text: token,
      without: baseline.logprobs[at] ?? Number.NaN,
      with: result.logprobs[at] ?? Number.NaN,
    })),
  };
}

/** The start of a text, cut at the end of a word where one is near. */
function start(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  const word = cut.search(/\s\S*$/);
  return `${word > most * 0.8 ? cut.slice(0, word) : cut.replace(/[\ud800-\udbff]$/, "")}…`;
}

/** The end of a text, cut at the start of a word where one is near. */
function end(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(-most);
  const word = cut.search(/\s\S/) + 1;
  return `…${word > 0 && word < most * 0.2 ? cut.slice(word) : cut.replace(/^[\udc00-\udfff]/, "")}`;
}
