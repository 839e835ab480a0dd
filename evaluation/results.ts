// Results files: a first line with the parameters, then a line for each configuration, each result, and each sitting. Lines are chained
// and written in one go, as those of traces.
import { existsSync } from "node:fs";
import { ToolwrightError } from "../errors.js";
import { firstLine, refuseDifferent } from "../parameters.js";
import { Journal, readJournal } from "../traces/index.js";
import { type Configuration, format, type Parameters, type Result, type Sitting } from "./record.js";

/** A configuration with what has come of it, in the order in which it came. */
export interface ConfigurationResults {
  readonly configuration: Configuration;
  readonly results: readonly Result[];
  readonly sittings: readonly Sitting[];
}

export interface Results {
  readonly parameters: Parameters;
  readonly configurations: readonly ConfigurationResults[];
}

type Kind = "configuration" | "result" | "sitting";

/**
 * What stands in a results file.
 * @throws ToolwrightError `not-results`, `results-newer`, `file-unreadable`, `trace-changed`, `trace-missing`
 */
export async function readResults(file: string): Promise<Results> {
  if (!existsSync(file)) {
    throw new ToolwrightError("file-unreadable", `There is no ${file}.`, "Name a file that `toolwright eval --out` wrote.", {
      exitCode: 2,
    });
  }
  let parameters: Parameters | undefined;
  const builder = new ResultsBuilder();
  try {
    for await (const { i, prev: _prev, digest: _digest, kind, ...rest } of readJournal(file, { torn: "leave" })) {
      if (i === 0) parameters = parametersOf(file, kind, rest);
      else builder.add(kind as Kind, rest);
    }
  } catch (error) {
    // A file of something else has a first line that was never sealed.
    throw parameters === undefined && error instanceof ToolwrightError && error.code === "trace-changed" ? notResults(file) : error;
  }
  if (parameters === undefined) throw notResults(file);
  return { parameters, configurations: builder.configurations };
}

/** Gathers what belongs to each configuration: of results files, and of results that are written nowhere. */
export class ResultsBuilder {
  readonly #byName = new Map<string, { configuration: Configuration; results: Result[]; sittings: Sitting[] }>();

  get configurations(): readonly ConfigurationResults[] {
    return [...this.#byName.values()];
  }

  add(kind: Kind, value: unknown): void {
    if (kind === "configuration") {
      const configuration = value as Configuration;
      if (!this.#byName.has(configuration.name)) this.#byName.set(configuration.name, { configuration, results: [], sittings: [] });
    } else if (kind === "result") this.#byName.get((value as Result).configuration)?.results.push(value as Result);
    else if (kind === "sitting") this.#byName.get((value as Sitting).configuration)?.sittings.push(value as Sitting);
  }
}

/** A results file that grows. Holds a lock until it is closed. */
export class ResultsFile {
  readonly file: string;
  /** Those that the file began with: its clock is that of its tasks, also in later sittings. */
  readonly parameters: Parameters;
  readonly #journal: Journal;
  readonly #builder: ResultsBuilder;

  private constructor(file: string, parameters: Parameters, journal: Journal, builder: ResultsBuilder) {
    this.file = file;
    this.parameters = parameters;
    this.#journal = journal;
    this.#builder = builder;
  }

  /**
   * Begins a results file, or goes on with one. What is refused is as it was.
   * @param parameters without `now`: the clock that the file began with, or this moment
   * @throws ToolwrightError `output-exists` (without `resume`), `parameters-differ`, `not-results`, `results-newer`, `trace-in-use`,
   *   `trace-unwritable`, `trace-changed`
   */
  static async open(
    file: string,
    given: Omit<Parameters, "now"> & { readonly now?: string },
    options: { readonly resume: boolean },
  ): Promise<ResultsFile> {
    const parameters: Parameters = { ...given, now: given.now ?? new Date().toISOString() };
    let known: Parameters | undefined;
    const { journal } = await Journal.open(file, `"kind":"evaluation","parameters":${JSON.stringify(parameters)}`, ({ bytes }) => {
      if (!options.resume) {
        const remedy = "Name another file with --out, or go on with it by --resume.";
        throw new ToolwrightError("output-exists", `${file} is there already.`, remedy, { exitCode: 2 });
      }
      const { kind, ...rest } = firstLine(bytes);
      known = parametersOf(file, kind, rest);
      refuse(file, known, { ...given, now: given.now ?? known.now });
    });
    try {
      const builder = new ResultsBuilder();
      if (known) {
        for (const { configuration, results, sittings } of (await readResults(file)).configurations) {
          builder.add("configuration", configuration);
          for (const result of results) builder.add("result", result);
          for (const sitting of sittings) builder.add("sitting", sitting);
        }
      }
      return new ResultsFile(file, known ?? parameters, journal, builder);
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  get configurations(): readonly ConfigurationResults[] {
    return this.#builder.configurations;
  }

  /**
   * Begins or goes on with a configuration.
   * @returns the ids that have their results
   * @throws ToolwrightError `parameters-differ` when it was begun with another model, adapter or tools
   */
  begin(configuration: Configuration): ReadonlySet<string> {
    const before = this.configurations.find(({ configuration: { name } }) => name === configuration.name);
    if (before === undefined) this.#append("configuration", configuration);
    else refuse(this.file, before.configuration, configuration);
    return new Set(before?.results.map(({ id }) => id));
  }

  /** @throws ToolwrightError `trace-unwritable` */
  add(result: Result): void {
    this.#append("result", result);
  }

  /** @throws ToolwrightError `trace-unwritable` */
  end(sitting: Sitting): void {
    this.#append("sitting", sitting);
    this.#journal.sync();
  }

  #append(kind: Kind, value: Configuration | Result | Sitting): void {
    this.#journal.append(`"kind":"${kind}",${JSON.stringify(value).slice(1, -1)}`);
    this.#builder.add(kind, value);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function parametersOf(file: string, kind: unknown, { parameters }: Readonly<Record<string, unknown>>): Parameters {
  if (kind !== "evaluation" || typeof parameters !== "object" || parameters === null) throw notResults(file);
  const known = parameters as Parameters;
  if (known.format === format) return known;
  throw new ToolwrightError(
    "results-newer",
    `${file} was written in format ${String(known.format)}; this toolwright writes and reads format ${format}.`,
    "Use the toolwright that wrote it, or evaluate anew into another file.",
    { exitCode: 2 },
  );
}

function notResults(file: string): ToolwrightError {
  return new ToolwrightError("not-results", `${file} is no results file.`, "Name a file that `toolwright eval --out` wrote.", {
    exitCode: 2,
  });
}

/** The version that runs and the name of the task file decide nothing. */
const INDIFFERENT = ["version", "tasks.name"];

function refuse(file: string, before: object, now: object): void {
  refuseDifferent(file, before, now, { remedy: "evaluate into another file", indifferent: INDIFFERENT });
}
