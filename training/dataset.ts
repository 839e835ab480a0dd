// From files to examples: read, told apart, cut or left out by a stated rule, and parted into those that are trained on and those that
// are not.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { random } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { hashFile } from "../models/index.js";
import { datasetFile, isDataset, readCorpus, readDataset, wholeRecords } from "../teaching/index.js";
import { chatOf, type Example, type ExampleModel, exampleOf, type LessonText, type LossOn, lossWeight, type Turn } from "./example.js";
import { shuffle } from "./pack.js";

/** What was read, in lessons and tokens. */
export interface DatasetCounts {
  /** Records with a question, and plain texts. */
  readonly lessons: number;
  readonly calls: number;
  /** Plain texts of which only the beginning fits. */
  readonly cut: number;
  /** Records with a question that do not fit: cut, they would teach to end before the answer. */
  readonly tooLong: number;
  /** Nothing in them carries loss. */
  readonly silent: number;
  /** Trained on, and kept apart for validation. */
  readonly examples: number;
  readonly validation: number;
  /** Of the examples that are trained on: all tokens, and those that carry loss. */
  readonly tokens: number;
  readonly lossTokens: number;
}

export interface TrainingData {
  /** SHA-256 of the file; of several, of their digests in order. */
  readonly digest: string;
  readonly counts: DatasetCounts;
  /** Names of the tools that the lessons call, each once. */
  readonly tools: readonly string[];
  readonly examples: readonly Example[];
  readonly validation: readonly Example[];
}

export interface DatasetSettings {
  readonly loss: LossOn;
  /** Most tokens of an example. */
  readonly longest: number;
  /** Lessons with questions are trained on as chats of one to so many turns. */
  readonly turns: number;
  /** Share of the lessons that is kept apart, and at most how many. */
  readonly validation: { readonly share: number; readonly most: number };
  readonly seed: number;
}

interface Found {
  readonly lesson: Read;
  /** It alone. */
  readonly example: Example;
}

/** A lesson of any kind of file, and what it has in common with others that must not be on the other side of the split. */
interface Read extends LessonText {
  readonly key: string;
}

/**
 * The examples of datasets. A file is a `dataset.jsonl`, a folder that `teach` wrote, or lines of `{"question", "solution"}` or
 * `{"text"}` (also a text), which are lessons without calls; each also as gzip.
 *
 * Too long for `longest` tokens: a plain text is cut there, a record with a question is left out. Lessons with the same question, and
 * parts of one document, are on the same side of the split, which depends on their words and the seed alone.
 * @throws ToolwrightError `dataset-not-found`, `bad-line`, `dataset-newer`, `dataset-without-loss` (nothing to train on)
 */
export async function readTrainingData(files: readonly string[], model: ExampleModel, settings: DatasetSettings): Promise<TrainingData> {
  const paths = files.map(foundDataset);
  const counts = { lessons: 0, calls: 0, cut: 0, tooLong: 0, silent: 0 };
  const tools = new Set<string>();
  const found: Found[] = [];
  for (const path of paths) {
    for await (const lesson of lessonsOf(path, model, settings.longest)) {
      counts.lessons++;
      let example = exampleOf(lesson, model, settings.loss);
      if (example.tokens.length > settings.longest) {
        if (lesson.question !== undefined) {
          counts.tooLong++;
          continue;
        }
        counts.cut++;
        example = { tokens: example.tokens.slice(0, settings.longest), weights: example.weights.slice(0, settings.longest) };
      }
      if (lossWeight(example) === 0) {
        counts.silent++;
        continue;
      }
      counts.calls += lesson.calls.length;
      for (const { tool } of lesson.calls) tools.add(tool);
      found.push({ lesson, example });
    }
  }
  if (found.length === 0) throw nothingToLearn(paths, counts, settings);
  const apart = validationKeys(
    found.map(({ lesson }) => lesson.key),
    settings,
  );
  const examples = inChats(
    found.filter(({ lesson }) => !apart.has(lesson.key)),
    model,
    settings,
  );
  const validation = found.filter(({ lesson }) => apart.has(lesson.key)).map(({ example }) => example);
  return {
    digest: await digestOf(paths),
    counts: {
      ...counts,
      examples: examples.length,
      validation: validation.length,
      tokens: examples.reduce((sum, { tokens }) => sum + tokens.length, 0),
      lossTokens: examples.reduce((sum, example) => sum + lossWeight(example), 0),
    },
    tools: [...tools],
    examples,
    validation,
  };
}

/**
 * Lessons with questions as turns of chats, drawn from all of them, each lesson in one. How many a chat has is drawn too, fewer where
 * more would be longer than `longest`. Lessons of validation stay alone, so that its loss can be compared.
 */
function inChats(found: readonly Found[], model: ExampleModel, { turns, loss, longest, seed }: DatasetSettings): Example[] {
  if (turns === 1) return found.map(({ example }) => example);
  const draw = random(seed);
  const asked = found.filter(({ lesson }) => lesson.question !== undefined);
  const examples = found.filter(({ lesson }) => lesson.question === undefined).map(({ example }) => example);
  shuffle(asked, draw);
  while (asked.length > 0) {
    const chat = asked.splice(-1 - Math.floor(draw() * turns));
    const whole = () =>
      chatOf(
        chat.map(({ lesson }) => lesson as Turn),
        model,
        loss,
      );
    let example = whole();
    while (example.tokens.length > longest) {
      asked.push(chat.pop()!); // It alone fits.
      example = whole();
    }
    examples.push(example);
  }
  return examples;
}

function foundDataset(path: string): string {
  const file = datasetFile(path);
  if (existsSync(file)) return file;
  throw new ToolwrightError("dataset-not-found", `There is no dataset ${file}.`, "Name a dataset.jsonl, or the folder that teach wrote.", {
    exitCode: 2,
  });
}

async function* lessonsOf(path: string, model: ExampleModel, longest: number): AsyncGenerator<Read> {
  if (await isDataset(path)) {
    for await (const lesson of wholeRecords(readDataset(path))) {
      if ("leftOut" in lesson) continue; // The end of a record without its beginning.
      yield { ...lesson, key: lesson.question ?? lesson.id.replace(/#\d+$/, "") };
    }
    return;
  }
  let record: { question: string; text: string; document: number } | undefined;
  const countTokens = (text: string) => model.tokenizer.encode(text).length;
  const lessonOf = (read: { question?: string; text: string }, key: string): Read => ({
    ...(read.question === undefined ? {} : { question: read.question }),
    marked: read.text,
    calls: [],
    key,
  });
  // One more token for BOS.
  for await (const item of readCorpus(path, { countTokens, window: Math.max(1, longest - 1), overlap: 0 })) {
    if ("code" in item) throw badRecord(item.source, item.message);
    const { document, question, text, source } = item;
    if (record !== undefined && record.document === document) {
      record.text += text;
      continue;
    }
    if (record !== undefined) yield lessonOf(record, record.question);
    record = question === undefined ? undefined : { question, text, document };
    if (question === undefined) yield lessonOf({ text }, source);
  }
  if (record !== undefined) yield lessonOf(record, record.question);
}

/** Those of the lessons' keys that are kept apart: in an order that only the words and the seed decide. */
function validationKeys(keys: readonly string[], { seed, validation: { share, most } }: DatasetSettings): ReadonlySet<string> {
  const wanted = Math.min(most, Math.floor(keys.length * share));
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const drawn = [...counts].map(([key, count]) => ({ key, count, order: createHash("sha256").update(`${seed}\n${key}`).digest("hex") }));
  drawn.sort((a, b) => (a.order < b.order ? -1 : 1));
  const apart = new Set<string>();
  let taken = 0;
  for (const { key, count } of drawn) {
    if (taken + count > wanted) continue;
    apart.add(key);
    taken += count;
  }
  return apart;
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const digests = await Promise.all(paths.map((path) => hashFile(path)));
  if (digests.length === 1) return digests[0]!;
  return createHash("sha256").update(digests.join("\n")).digest("hex");
}

function badRecord(source: string, message: string): ToolwrightError {
  return new ToolwrightError(
    "bad-line",
    `${source} cannot be trained on: ${message}`,
    'Each line must be a lesson of teach, or {"question", "solution"}, or {"text"}.',
    { exitCode: 2 },
  );
}

function nothingToLearn(
  paths: readonly string[],
  { lessons, tooLong, silent }: { lessons: number; tooLong: number; silent: number },
  { loss, longest }: DatasetSettings,
): ToolwrightError {
  const reasons = [
    ...(tooLong > 0 ? [`${tooLong} do not fit ${longest} tokens`] : []),
    ...(silent > 0 ? [`${silent} have ${loss === "calls" ? "no call" : "nothing that the model writes"}`] : []),
  ];
  return new ToolwrightError(
    "dataset-without-loss",
    `No token of ${paths.join(", ")} carries loss: ${lessons === 0 ? "there is no lesson in it" : `of ${lessons} lessons ${reasons.join(", ")}`}.`,
    loss === "calls" && silent > 0 ? "Train with --loss all, or on a dataset with calls." : "Give another dataset, or a larger --pack.",
    { exitCode: 2 },
  );
}
