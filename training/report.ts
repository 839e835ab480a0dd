// What a training's page shows, read from its log.
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { messageOf, ToolwrightError } from "../errors.js";
import type { DatasetCounts } from "./dataset.js";
import { trainPage } from "./report-page.js";
import type { TrainParameters } from "./settings.js";
import type { StepFigures, ValidationFigures } from "./train.js";

/** A training as its log tells it. */
export interface TrainingRecord {
  readonly parameters: TrainParameters;
  readonly counts: DatasetCounts;
  /** ISO date and time. */
  readonly started: string;
  readonly steps: readonly StepFigures[];
  readonly validations: readonly ValidationFigures[];
  /** Why it was given up, where it was. */
  readonly diverged?: string;
}

/** A line of `train.jsonl`. */
type LogLine =
  | ({ readonly kind: "start" } & Pick<TrainingRecord, "parameters" | "counts" | "started">)
  | ({ readonly kind: "step" } & StepFigures)
  | ({ readonly kind: "validation" } & ValidationFigures)
  | { readonly kind: "diverged"; readonly step: number; readonly why: string };

/** Reads a `train.jsonl`. @throws ToolwrightError `not-a-training` */
export async function readTrainingLog(file: string): Promise<TrainingRecord> {
  const steps: StepFigures[] = [];
  const validations: ValidationFigures[] = [];
  let first: Pick<TrainingRecord, "parameters" | "counts" | "started"> | undefined;
  let diverged: string | undefined;
  try {
    for (const text of (await readFile(file, "utf8")).split("\n")) {
      if (text === "") continue;
      const line = JSON.parse(text) as LogLine; // What this program wrote.
      if (line.kind === "start") first = line;
      else if (line.kind === "step") steps.push(line);
      else if (line.kind === "validation") validations.push(line);
      else if (line.kind === "diverged") diverged = line.why;
    }
  } catch (error) {
    throw noTraining(file, messageOf(error));
  }
  if (first === undefined) throw noTraining(file, "it does not say how it was begun");
  const { parameters, counts, started } = first;
  return { parameters, counts, started, steps, validations, ...(diverged === undefined ? {} : { diverged }) };
}

/** Writes the page of a training from its log, whole or not at all. @throws ToolwrightError `file-not-written` */
export async function writeTrainPage(paths: { readonly log: string; readonly page: string }): Promise<void> {
  await writePage(paths.page, trainPage([await readTrainingLog(paths.log)]));
}

/** Writes one page that compares trainings. @throws ToolwrightError `not-a-training`, `file-not-written` */
export async function writeComparison(page: string, logs: readonly string[]): Promise<void> {
  await writePage(page, trainPage(await Promise.all(logs.map(readTrainingLog))));
}

async function writePage(path: string, page: string): Promise<void> {
  const partial = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(partial, page);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new ToolwrightError("file-not-written", `${path} cannot be written: ${messageOf(error)}`, "Make room.", { cause: error });
  }
}

function noTraining(file: string, why: string): ToolwrightError {
  return new ToolwrightError("not-a-training", `${file} is no log of a training: ${why}.`, "Name a train.jsonl that train wrote.");
}
