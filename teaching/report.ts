// The report of a run of teaching as data: what `report.json` holds and `report.html` shows.
import { ToolwrightError } from "../errors.js";
import { noFigures } from "./figures.js";
import type { Candidate, Figures, Parameters, SetAside, ToolParameters, Verdict } from "./record.js";
import { ExampleLists, type ExampleText, type ReportExamples } from "./report-examples.js";

export type { ReportExample, ReportExamples } from "./report-examples.js";

/** What the whole run counted. `tools` has the figures of each tool by its name; a tool without any did nothing. */
export interface RunFigures {
  readonly documents: number;
  readonly passages: number;
  readonly setAside: readonly SetAside[];
  /** Texts of the dataset, and those of them that have a call. */
  readonly lessons: number;
  readonly lessonsWithCalls: number;
  readonly tools: Readonly<Record<string, Figures>>;
  /** ISO date and time. */
  readonly started: string;
  readonly seconds: number;
}

/**
 * `report.json`. Two runs with the same parameters, model and corpus differ in `times` alone.
 */
export interface Report {
  readonly parameters: Parameters;
  readonly corpus: Pick<RunFigures, "documents" | "passages" | "setAside" | "lessons" | "lessonsWithCalls">;
  /** In the order of the parameters. */
  readonly tools: readonly ToolReport[];
  readonly times: ReportTimes;
}

/** What depends on the machine and on what its cache held. */
export interface ReportTimes {
  /** ISO date and time. */
  readonly started: string;
  readonly seconds: number;
  /** By tool: wall time of the stages in milliseconds, calls that the tool ran for, results that came from the cache. */
  readonly tools: { readonly [name: string]: Pick<Figures, "ms" | "executed" | "cached"> };
}

export interface ToolReport {
  readonly parameters: ToolParameters;
  /** As in `Figures`; `ran` is `executed` and `cached` together: the calls that have a result or an error. */
  readonly figures: Omit<Figures, "ms" | "executed" | "cached"> & { readonly ran: number };
  /** How many candidates came to what. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly margins: MarginHistogram;
  /** From τf 0 to 3 in steps of a bin. */
  readonly curve: readonly CurvePoint[];
  readonly examples: ReportExamples;
}

/** How the margins fall: bin `i` counts those from `from + i × width` on to below the next bin, in nats. */
export interface MarginHistogram {
  readonly from: number;
  readonly width: number;
  /** Margins that are known. */
  readonly exact: MarginCounts;
  /** Margins of which only an upper bound is known, by that bound: it was below τf, and no more work was done. */
  readonly bounds: MarginCounts;
}

export interface MarginCounts {
  readonly bins: readonly number[];
  /** Below the first bin, and from the end of the last one on. */
  readonly under: number;
  readonly over: number;
}

/** What another τf would have kept. */
export interface CurvePoint {
  readonly tauF: number;
  /** Calls with a known margin of at least `tauF`, and the same for each passage of the corpus. */
  readonly kept: number;
  readonly perPassage: number;
  /** As `kept`, with all whose margin may be that high. Positions at which nothing was sampled are in neither. */
  readonly atMost: number;
}

const BINS_PER_NAT = 20;
const LOWEST = -3;
const HIGHEST = 5;
const CURVE_TO = 3;

/** Lower edge of a bin. A quotient, so that the edge at 0.15 is the number that `0.15` is. */
const edge = (bin: number) => (bin + LOWEST * BINS_PER_NAT) / BINS_PER_NAT;

class Margins implements MarginCounts {
  readonly bins: number[] = new Array((HIGHEST - LOWEST) * BINS_PER_NAT).fill(0);
  under = 0;
  over = 0;

  add(margin: number): void {
    if (margin >= HIGHEST) this.over++;
    else if (margin >= LOWEST) this.bins[binOf(margin)]!++;
    else this.under++;
  }

  /** How many are at or above the lower edge of each bin. */
  fromBinOn(): number[] {
    let sum = this.over;
    return this.bins.map((_, place, { length }) => (sum += this.bins[length - 1 - place]!)).reverse();
  }

  toJSON(): MarginCounts {
    return { bins: [...this.bins], under: this.under, over: this.over };
  }
}

/** The product may round to the wrong side of an edge; the edges decide. */
function binOf(margin: number): number {
  const bin = Math.floor((margin - LOWEST) * BINS_PER_NAT);
  if (margin < edge(bin)) return bin - 1;
  return margin >= edge(bin + 1) ? bin + 1 : bin;
}

/** What is gathered for one tool. */
class ToolBuilder {
  readonly #parameters: ToolParameters;
  readonly #verdicts: Record<Verdict, number> = { kept: 0, below: 0, hopeless: 0, unrelated: 0, failed: 0, "looked-ahead": 0 };
  readonly #exact = new Margins();
  readonly #bounds = new Margins();
  readonly #examples: ExampleLists;

  constructor(parameters: ToolParameters) {
    this.#parameters = parameters;
    this.#examples = new ExampleLists(parameters.tauF);
  }

  add(candidate: Candidate, text: ExampleText): void {
    const { verdict, margin, bound, losses } = candidate;
    this.#verdicts[verdict]++;
    if (verdict === "hopeless") {
      if (bound !== undefined) this.#bounds.add(bound);
    } else if (margin !== undefined && (verdict === "kept" || verdict === "below")) {
      (verdict === "below" && losses !== undefined && losses.call === undefined ? this.#bounds : this.#exact).add(margin);
      this.#examples.add(candidate, text);
    }
  }

  finish({ ms: _, executed, cached, passedOver, ...figures }: Figures, passages: number): ToolReport {
    const known = this.#exact.fromBinOn();
    const possible = this.#bounds.fromBinOn();
    return {
      parameters: this.#parameters,
      // Reasons in order of their names: the order in which passages were done must not show.
      figures: { ...figures, passedOver: Object.fromEntries(Object.entries(passedOver).sort(byName)), ran: executed + cached },
      verdicts: { ...this.#verdicts },
      margins: { from: LOWEST, width: 1 / BINS_PER_NAT, exact: this.#exact.toJSON(), bounds: this.#bounds.toJSON() },
      curve: Array.from({ length: CURVE_TO * BINS_PER_NAT + 1 }, (_, place) => {
        const bin = place - LOWEST * BINS_PER_NAT;
        const kept = known[bin]!;
        return { tauF: edge(bin), kept, perPassage: passages === 0 ? 0 : kept / passages, atMost: kept + possible[bin]! };
      }),
      examples: this.#examples.finish(),
    };
  }
}

const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : 1);

/**
 * Makes the report while candidates come by, in whatever order. What it holds does not grow with their number: counts, and the few
 * examples that the report shows.
 */
export class ReportBuilder {
  readonly #parameters: Parameters;
  readonly #tools: ReadonlyMap<string, ToolBuilder>;

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
    this.#tools = new Map(parameters.tools.map((tool) => [tool.name, new ToolBuilder(tool)]));
  }

  /**
   * @param passage that the candidate stands in
   * @throws ToolwrightError `unknown-tool` when the parameters do not name the candidate's tool
   */
  add(candidate: Candidate, passage: { readonly text: string; readonly question?: string }): void {
    const tool = this.#tools.get(candidate.tool);
    if (tool === undefined) {
      throw new ToolwrightError(
        "unknown-tool",
        `${candidate.passage} has a call to ${candidate.tool}, which is not among the tools that were taught.`,
        `Teach with that tool as well (now: ${[...this.#tools.keys()].join(", ") || "none"}).`,
      );
    }
    tool.add(candidate, passage);
  }

  finish(figures: RunFigures): Report {
    const { documents, passages, setAside, lessons, lessonsWithCalls, started, seconds } = figures;
    const tools = [...this.#tools].map(([name, tool]) => ({ name, tool, done: figures.tools[name] ?? noFigures() }));
    return {
      parameters: this.#parameters,
      corpus: { documents, passages, setAside, lessons, lessonsWithCalls },
      tools: tools.map(({ tool, done }) => tool.finish(done, passages)),
      times: {
        started,
        seconds,
        tools: Object.fromEntries(tools.map(({ name, done: { ms, executed, cached } }) => [name, { ms, executed, cached }])),
      },
    };
  }
}
