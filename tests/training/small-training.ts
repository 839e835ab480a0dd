// What the tests of training have in common: a dataset of a few lessons, and a network that learns from it in a moment.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "../../engine/index.js";
import { datasetLine } from "../../teaching/dataset.js";
import { markText } from "../../teaching/marked.js";
import type { Lesson } from "../../teaching/record.js";
import type { TrainOptions } from "../../training/settings.js";
import { type TrainEvent, train } from "../../training/train.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { type BigramOptions, bigramNetwork } from "./bigram.js";

export const inFolder = (test: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-train-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** A lesson with a call before the number. */
export function lesson(number: number, more: Partial<Lesson> = {}): Lesson {
  const text = `That is ${number}/2 = ${number / 2} in all.`;
  const position = text.indexOf("= ") + 2;
  const calls = [{ tool: "Calculator", position, input: `${number}/2`, output: String(number / 2), margin: 1 }];
  return {
    id: `l.jsonl:${number}`,
    source: `l.jsonl, line ${number}`,
    document: number,
    part: 0,
    question: `What is half of ${number}?`,
    text,
    calls,
    marked: markText(text, calls, ["Calculator"]),
    ...more,
  };
}

export async function datasetIn(folder: string, lessons: readonly Lesson[] = lessonsTo(40), name = "dataset.jsonl"): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, lessons.map(datasetLine).join(""));
  return file;
}

export const lessonsTo = (count: number): Lesson[] => Array.from({ length: count }, (_, index) => lesson(index + 1));

/** Of the tiny model's vocabulary. */
export async function smallNetwork(more: Omit<BigramOptions, "vocabulary"> = {}): Promise<NonNullable<TrainOptions["openNetwork"]>> {
  const model = await loadModel(await tinyModel(), { vocabularyOnly: true });
  const { vocabulary } = model.info;
  await model.close();
  return bigramNetwork({ vocabulary, ...more });
}

/** Some twenty short steps on the tiny model's texts. */
export async function smallTraining(options: Pick<TrainOptions, "dataset" | "out"> & Partial<TrainOptions>): Promise<TrainOptions> {
  return {
    model: await tinyModel(),
    rank: 4,
    targets: ["q"],
    layers: [0, 1],
    learningRate: 0.02,
    epochs: 3,
    pack: 256,
    validation: 0.2,
    checkpointEvery: 4,
    openNetwork: options.openNetwork ?? (await smallNetwork()),
    ...options,
  };
}

export async function eventsOf(options: TrainOptions): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(options)) events.push(event);
  return events;
}

export async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

export type Of<Type extends TrainEvent["type"]> = Extract<TrainEvent, { type: Type }>;

export const ofType = <Type extends TrainEvent["type"]>(events: readonly TrainEvent[], type: Type): Of<Type>[] =>
  events.filter((event): event is Of<Type> => event.type === type);
