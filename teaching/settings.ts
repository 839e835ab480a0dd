// What decides how a tool is taught: the published values, and what a user sets instead.
import { ToolwrightError } from "../errors.js";
import type { Tool } from "../tools/index.js";
import { type Heuristic, heuristicFor } from "./heuristics.js";
import type { ToolParameters } from "./record.js";

/** How one tool is taught. */
export interface TeachTool {
  readonly tool: Tool;
  /** A position is likely above this probability of the marker token. Default 0.05; 0 for Calculator and MT. */
  readonly tauS?: number;
  /** A call is kept from this margin on, in nats. Default 1; 0.5 for Calculator and MT. */
  readonly tauF?: number;
  /** Most positions of a passage. Default 5; 20 for Calculator and MT. */
  readonly topK?: number;
  /** Calls sampled at each position. Default 5; 10 for Calculator and MT. */
  readonly samples?: number;
  /** Which passages it is tried on. Default: the paper's rule for Calculator and Calendar, every passage for others. */
  readonly heuristic?: Heuristic;
  /**
   * What of a text a result of this tool can stand for, such as `/\d/` for numbers; `economy` does not look for results where nothing
   * like it follows. Default: numbers for Calculator, everything for others.
   */
  readonly results?: RegExp;
  /** Digest of what the results depend on besides the tool's version, such as the files of a folder that it searches. */
  readonly salt?: string;
}

export interface ToolPlan extends ToolParameters {
  readonly tool: Tool;
  readonly heuristic: Heuristic;
  readonly results?: RegExp;
}

/** Schick et al. 2023, appendix A.1 and table 8: calculator and machine translation are looked for everywhere and kept sooner. */
const EAGER = { tauS: 0, tauF: 0.5, topK: 20, samples: 10 };
const USUAL = { tauS: 0.05, tauF: 1, topK: 5, samples: 5 };

/** @throws ToolwrightError `wrong-setting` */
export function planOf(given: TeachTool, seed: number): ToolPlan {
  const { tool, heuristic = heuristicFor(tool, seed), salt } = given;
  const defaults = ["Calculator", "MT"].includes(tool.name) ? EAGER : USUAL;
  const pick = (name: keyof typeof USUAL, fits: (value: number) => boolean, wanted: string): number => {
    const value = given[name] ?? defaults[name];
    if (!fits(value)) {
      throw new ToolwrightError("wrong-setting", `${name} of ${tool.name} is ${value}.`, `Give ${wanted}.`, { exitCode: 2 });
    }
    return value;
  };
  const count = (value: number) => Number.isSafeInteger(value) && value >= 1;
  const results = given.results ?? (tool.name === "Calculator" ? /\d/ : undefined);
  return {
    tool,
    heuristic,
    name: tool.name,
    version: tool.version,
    tauS: pick("tauS", (value) => value >= 0 && value < 1, "a probability from 0 up to below 1"),
    tauF: pick("tauF", Number.isFinite, "a number of nats"),
    topK: pick("topK", count, "a whole number from 1 up"),
    samples: pick("samples", count, "a whole number from 1 up"),
    ...(results === undefined ? {} : { results }),
    ...(salt === undefined ? {} : { salt }),
  };
}

/** What of a plan decides the dataset, as it is recorded. */
export function parametersOf({ name, version, tauS, tauF, topK, samples, salt }: ToolPlan): ToolParameters {
  return { name, version, tauS, tauF, topK, samples, ...(salt === undefined ? {} : { salt }) };
}
