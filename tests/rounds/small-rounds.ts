// Rounds that take a moment: the tiny model is taught, a network of one matrix is trained, and a script answers, the better the later
// the round whose adapter it is opened with.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LanguageModel, type Script, scriptedModel } from "../../models/index.js";
import { type RoundFigures, type RoundsEvent, type RoundsOptions, roundsPaths, selfTeach } from "../../rounds/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { placeTool, tinyTeachingModel } from "../teaching/small-teaching.js";
import { digestOf, smallNetwork } from "../training/small-training.js";

const LETTERS = "abcdefgh";

/** Of ten questions, how many the base and each round have right. */
export const RIGHT: readonly number[] = [2, 5, 7, 7, 9];

const question = (index: number) => `Question ${index}: which number is the letter ${LETTERS[index % 8]}?`;

/** Calls for the letter, and says its number; those that the round does not know it says wrongly. */
const answers =
  (right: number): Script =>
  (messages, written) => {
    const [, index = "0", letter = "a"] = /Question (\d+): .* letter (\w)\?$/.exec(messages.at(-1)!.content) ?? [];
    if (written === "") return [` It is [Place(${letter}`, ")"];
    const number = 1 + LETTERS.indexOf(letter);
    return [` ${Number(index) % 10 < right ? number : number + 20}.`];
  };

/** A corpus of so many questions, and a file of ten tasks that has the last `shared` of them. */
export async function materialIn(folder: string, { documents = 6, shared = 0 } = {}): Promise<{ corpus: string; tasks: string }> {
  const corpus = join(folder, "corpus.jsonl");
  const tasks = join(folder, "tasks.jsonl");
  const record = (index: number) => ({ question: question(index), answer: 1 + (index % 8) });
  const solution = (index: number) => `It is the number ${1 + (index % 8)}, and not ${9 - (index % 8)} or ${index}.`;
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
  const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
  await writeFile(corpus, lines(range(100, documents).map((index) => ({ ...record(index), solution: solution(index) }))));
  await writeFile(tasks, lines([...range(0, 10 - shared), ...range(100 + documents - shared, shared)].map(record)));
  return { corpus, tasks };
}

/** Its results have the words of the solutions too, so that wherever a call stands, what follows is in its result. */
const tool = placeTool({
  run: async ({ letter }: Record<string, unknown>) => `${1 + LETTERS.indexOf(String(letter))} it is the number and not or`,
} as Parameters<typeof placeTool>[0]);

export async function smallRounds(
  folder: string,
  material: { readonly corpus: string; readonly tasks: string },
  more: Partial<RoundsOptions> = {},
): Promise<RoundsOptions> {
  return {
    corpus: material.corpus,
    tasks: [material.tasks],
    out: join(folder, "out"),
    tools: [{ tool, tauS: 0, tauF: -20, topK: 2, samples: 4 }],
    model: await tinyModel(),
    rounds: 4,
    training: {
      rank: 4,
      targets: ["q"],
      layers: [0, 1],
      learningRate: 0.02,
      epochs: 2,
      pack: 256,
      validation: 0.2,
      validateEvery: 1,
      checkpointEvery: 1,
    },
    openNetwork: await smallNetwork(),
    open: opened,
    ...more,
  };
}

/** To teach, the tiny model whatever the adapter, which is another model's; to answer, the script. */
async function opened({ adapters, repeatable }: Parameters<NonNullable<RoundsOptions["open"]>>[0]): Promise<LanguageModel> {
  if (repeatable) return await tinyTeachingModel();
  const round = Number(/round-(\d+)/.exec(adapters[0]?.file ?? "round-0")![1]);
  return scriptedModel(answers(RIGHT[round]!));
}

export async function roundsOf(options: RoundsOptions): Promise<RoundsEvent[]> {
  const events: RoundsEvent[] = [];
  for await (const event of selfTeach(options)) events.push(event);
  return events;
}

export const figuresIn = (events: readonly RoundsEvent[]): RoundFigures[] =>
  events.flatMap((event) => (event.type === "round" ? [event.figures] : []));

/** All that must be the same however often rounds were stopped: the table without its seconds, what was trained on, the adapters. */
export async function outcomeIn(out: string, rounds: number): Promise<object> {
  const lines = (await readFile(join(out, "rounds.jsonl"), "utf8")).trimEnd().split("\n");
  const figures = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "round");
  const files = Array.from({ length: rounds }, (_, index) => roundsPaths(out, index + 1)).flatMap(({ dataset, adapter }) => [
    dataset,
    adapter,
  ]);
  return {
    table: figures.map(({ i: _i, prev: _prev, digest: _digest, seconds: _seconds, ...rest }) => rest),
    bytes: await Promise.all([...files, join(out, "adapter.gguf")].map(digestOf)),
  };
}
