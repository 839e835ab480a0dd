// `rounds.jsonl`: a first line with the parameters, then a line for each stage that is finished or was stopped, and for each round.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ToolwrightError } from "../errors.js";
import { firstLine, refuseDifferent } from "../parameters.js";
import { Journal, readJournal } from "../traces/index.js";
import { type RoundFigures, type RoundsParameters, roundsFormat, type Stage } from "./record.js";

/** What a finished stage leaves for the round's figures. */
export type StageFigures = Partial<Omit<RoundFigures, "round" | "seconds">>;

type Line =
  | ({ readonly kind: "stage"; readonly round: number; readonly stage: Stage; readonly seconds: number } & StageFigures)
  /** It was stopped: so much work is in what it will resume from. */
  | { readonly kind: "sitting"; readonly round: number; readonly stage: Stage; readonly seconds: number }
  | ({ readonly kind: "round" } & RoundFigures);

/** The record of the rounds of a folder, which it holds a lock on until it is closed. */
export class RoundsLog {
  readonly #journal: Journal;
  readonly #lines: Line[];

  private constructor(journal: Journal, lines: Line[]) {
    this.#journal = journal;
    this.#lines = lines;
  }

  /**
   * @throws ToolwrightError `output-exists` (without `resume`), `parameters-differ`, `not-rounds`, `trace-in-use`, `trace-changed`,
   *   `trace-unwritable`
   */
  static async open(out: string, parameters: RoundsParameters, { resume }: { readonly resume: boolean }): Promise<RoundsLog> {
    const file = join(out, "rounds.jsonl");
    if (!existsSync(file) && existsSync(out) && readdirSync(out).length > 0) {
      throw taken(`${out} is there already, and holds something else.`);
    }
    const { journal } = await Journal.open(file, `"kind":"rounds","parameters":${JSON.stringify(parameters)}`, ({ bytes }) => {
      if (!resume) throw taken(`${out} has rounds already.`);
      refuseDifferent(out, headerIn(out, bytes), parameters, { remedy: "name another folder", indifferent: ["version"] });
    });
    try {
      const lines: Line[] = [];
      for await (const { i, prev: _prev, digest: _digest, ...line } of readJournal(file, { torn: "leave" })) {
        if (i > 0) lines.push(line as unknown as Line);
      }
      return new RoundsLog(journal, lines);
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** Those that are finished, from the base on. */
  get rounds(): readonly RoundFigures[] {
    return this.#lines.flatMap((line) => {
      if (line.kind !== "round") return [];
      const { kind: _, ...figures } = line;
      return [figures];
    });
  }

  finished(round: number, stage: Stage): StageFigures | undefined {
    const line = this.#lines.find((one) => one.kind === "stage" && one.round === round && one.stage === stage);
    if (line?.kind !== "stage") return undefined;
    const { kind: _kind, round: _round, stage: _stage, seconds: _seconds, ...figures } = line;
    return figures;
  }

  /** Seconds of the stages of a round so far. */
  seconds(round: number): number {
    return this.#lines.reduce((sum, line) => sum + (line.kind !== "round" && line.round === round ? line.seconds : 0), 0);
  }

  /** @throws ToolwrightError `trace-unwritable` */
  add(line: Line): void {
    this.#journal.append(JSON.stringify(line).slice(1, -1));
    this.#journal.sync();
    this.#lines.push(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal.close();
  }
}

function headerIn(out: string, bytes: Buffer): RoundsParameters {
  const { kind, parameters } = firstLine(bytes) as { kind?: unknown; parameters?: RoundsParameters };
  if (kind !== "rounds" || typeof parameters !== "object") {
    throw new ToolwrightError(
      "not-rounds",
      `${join(out, "rounds.jsonl")} is a file of something else.`,
      "Name another folder with --out.",
      {
        exitCode: 2,
      },
    );
  }
  if (parameters.format === roundsFormat) return parameters;
  throw new ToolwrightError(
    "rounds-newer",
    `${out} was begun in format ${String(parameters.format)}; this toolwright writes and reads format ${roundsFormat}.`,
    "Use the toolwright that began it, or name another folder.",
    { exitCode: 2 },
  );
}

function taken(message: string): ToolwrightError {
  return new ToolwrightError("output-exists", message, "Name another folder with --out, or go on with its rounds by --resume.", {
    exitCode: 2,
  });
}
