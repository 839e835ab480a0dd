// A grid: several sets of questions under several configurations, one model after the other. Each cell is a results file of its own, named
// by everything that decides it, so that what was asked once is not asked again.
import { createHash } from "node:crypto";
import path from "node:path";
import { describeTool, measuredFor, shippedPrompts } from "../agent/index.js";
import { version } from "../version.js";
import { codeDigest } from "./code-digest.js";
import { configurationOf, type EvaluateOptions, evaluate } from "./evaluate.js";
import { type Configuration, format, type Parameters, type Result, type Task } from "./record.js";
import { type ConfigurationResults, ResultsFile } from "./results.js";
import { surveyTasks } from "./tasks.js";

export interface GridSet {
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** A way of answering that all sets are asked in. */
export interface GridConfiguration extends Pick<EvaluateOptions, "model" | "tools" | "strategy" | "prompts" | "adapters" | "name"> {
  /** What else decides the answers, such as a digest of the documents that a tool reads. */
  readonly salt?: string;
}

export interface GridOptions extends Required<Pick<Parameters, "match" | "seed" | "maxTokens" | "timeZone" | "now">> {
  /** Folder of the results files. It must be there. */
  readonly cache: string;
  readonly signal?: AbortSignal;
}

export interface GridCell extends ConfigurationResults {
  readonly set: string;
  /** Of the set. */
  readonly of: number;
}

export type GridEvent =
  | { readonly type: "cell"; readonly set: string; readonly configuration: Configuration; readonly of: number; readonly had: number }
  | { readonly type: "result"; readonly set: string; readonly result: Result }
  | { readonly type: "done"; readonly cell: GridCell; readonly complete: boolean };

/**
 * Asks one set in one configuration, or goes on with that where it stopped.
 * @throws ToolwrightError what `evaluate` throws, `trace-in-use`, `trace-unwritable`
 */
export async function* fillCell(set: GridSet, given: GridConfiguration, options: GridOptions): AsyncGenerator<GridEvent> {
  const { cache, match, seed, maxTokens, timeZone, now, signal } = options;
  const configuration = configurationOf(given);
  const parameters: Parameters = {
    format,
    version: version(),
    tasks: { name: set.name, ...(await surveyTasks(set.tasks)) },
    ...{ match, protocol: "marker", temperature: 0, seed, maxTokens, topK: 1, instructions: "", timeZone, now },
  };
  const file = path.join(cache, `${cellKey(parameters, configuration, given)}.jsonl`);
  await using results = await ResultsFile.open(file, parameters, { resume: true });
  const name = configuration.strategy; // In the file: what a configuration is called differs from table to table.
  const skip = results.begin({ ...configuration, name });
  yield { type: "cell", set: set.name, configuration, of: set.tasks.length, had: skip.size };
  let complete = true;
  if (skip.size < set.tasks.length) {
    const clock = new Date(results.parameters.now);
    for await (const event of evaluate({ ...given, name, tasks: set.tasks, match, seed, maxTokens, timeZone, now: clock, skip, signal })) {
      if (event.type === "result") {
        results.add(event.result);
        yield { type: "result", set: set.name, result: event.result };
      } else if (event.type === "end") {
        const { type: _, complete: whole, ...sitting } = event;
        if (sitting.tokens > 0) results.end(sitting);
        complete = whole;
      }
    }
  }
  const [own] = results.configurations;
  yield { type: "done", cell: { ...own!, configuration, set: set.name, of: set.tasks.length }, complete };
}

/** Questions and answers, the version and the code that ask, model, adapters, tools, prompts: another one of these is another cell. */
function cellKey(
  { tasks: { name: _, ...tasks }, ...parameters }: Parameters,
  configuration: Configuration,
  given: GridConfiguration,
): string {
  const { model, tools = [], prompts = shippedPrompts(), salt } = given;
  const described = tools.map((tool) => [describeTool(tool).digest, tool.version, tool.cost]);
  const figures = configuration.strategy === "auto" ? measuredFor({ model, tools, prompts }) : undefined;
  const parts = [tasks, parameters, codeDigest(), { ...configuration, name: undefined }, described, prompts.digest, figures, salt];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
