// What the rounds are about: the held-out questions, and the corpus without them.
import { createHash } from "node:crypto";
import path from "node:path";
import { readTasks, surveyTasks, type Task } from "../evaluation/index.js";
import { type Passage, readCorpus, type SetAside } from "../teaching/index.js";

/** A file of held-out questions. */
export interface TaskSet {
  readonly name: string;
  readonly digest: string;
  readonly tasks: readonly Task[];
}

/** @throws ToolwrightError as `readTasks` */
export async function readTaskSets(files: readonly string[], signal?: AbortSignal): Promise<TaskSet[]> {
  const plain = files.map((file) => path.basename(file).replace(/\.jsonl(\.gz)?$/, ""));
  return await Promise.all(
    files.map(async (file, index): Promise<TaskSet> => {
      const tasks: Task[] = [];
      for await (const task of readTasks(file, { signal })) tasks.push(task);
      const name = plain.indexOf(plain[index]!) === plain.lastIndexOf(plain[index]!) ? plain[index]! : file;
      return { name, digest: (await surveyTasks(tasks)).digest, tasks };
    }),
  );
}

/** All sets as one; `setOf` tells of which an id is. */
export function allTasks(sets: readonly TaskSet[]): Task[] {
  return sets.flatMap(({ tasks }, index) => tasks.map((task) => ({ ...task, id: `${index}/${task.id}` })));
}

export const setOf = (id: string): number => Number.parseInt(id, 10);

/** Questions of the tasks, however they are spaced and whatever their case. */
export class HeldOut {
  readonly #questions: ReadonlySet<string>;

  constructor(sets: readonly TaskSet[]) {
    this.#questions = new Set(sets.flatMap(({ tasks }) => tasks.map(({ question }) => plainly(question))));
  }

  has(item: Passage | SetAside): boolean {
    return "question" in item && item.question !== undefined && this.#questions.has(plainly(item.question));
  }

  /** What of a corpus may be taught on. */
  async *without(corpus: AsyncIterable<Passage | SetAside>): AsyncGenerator<Passage | SetAside> {
    for await (const item of corpus) if (!this.has(item)) yield item;
  }
}

function plainly(question: string): string {
  return question.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

export interface CorpusSurvey {
  /** Without those that are left out. */
  readonly documents: number;
  /** Documents whose question is held out. */
  readonly leftOut: number;
  readonly digest: string;
}

/**
 * Reads a corpus to its end, or to the limit of documents.
 * @param options.answers what it knows of answers decides too
 * @throws ToolwrightError as `readCorpus`
 */
export async function surveyCorpus(
  corpus: string | readonly string[],
  heldOut: HeldOut,
  { answers, limit, signal }: { readonly answers: boolean; readonly limit?: number; readonly signal?: AbortSignal },
): Promise<CorpusSurvey> {
  const hash = createHash("sha256");
  const [kept, left] = [new Set<number>(), new Set<number>()];
  // One token for any text: nothing is split.
  const reading = { countTokens: () => 1, window: 4096, overlap: 0, limit, signal };
  for await (const item of readCorpus(corpus, reading)) {
    (heldOut.has(item) ? left : kept).add(item.document);
    if ("code" in item) hash.update(`${JSON.stringify([item.document, item.code])}\n`);
    else hash.update(`${JSON.stringify([item.document, item.part, item.question, item.text, item.date])}\n`);
  }
  if (answers) {
    for await (const item of readCorpus(corpus, { ...reading, as: "question" })) {
      if ("answer" in item) hash.update(`${JSON.stringify([item.document, item.question, item.answer])}\n`);
    }
  }
  return { documents: kept.size, leftOut: left.size, digest: hash.digest("hex").slice(0, 32) };
}
