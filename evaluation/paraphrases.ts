import { ToolwrightError } from "../errors.js";
import { mulberry32, seedOf } from "./random.js";
import type { Task } from "./record.js";
import { wordingsOf } from "./wordings/index.js";

/** Default share of the words that may be mistyped which are. */
export const defaultTypos = 0.1;

export interface ParaphraseOptions {
  /** Share of the words that may be mistyped which are, from 0 to 1; at least one is, where any may be; 0: no typos. Default 0.1. */
  readonly typos?: number;
  /** Of what is drawn. A question's wordings depend on it and the question's id. Default 0. */
  readonly seed?: number;
}

/**
 * Each task in all its wordings, the given one first under its own id, the others as `ID~RULE`. Every one has the answers of its task.
 * @throws ToolwrightError `id-twice` where a task has the id that a wording gets
 */
export async function* paraphrased(
  tasks: AsyncIterable<Task> | Iterable<Task>,
  { typos = defaultTypos, seed = 0 }: ParaphraseOptions = {},
): AsyncGenerator<Task> {
  const ids = new Set<string>();
  for await (const task of tasks) {
    for (const { rule, question } of wordingsOf(task.question, { typos, random: mulberry32(seedOf(seed, task.id)) })) {
      const id = rule === "given" ? task.id : `${task.id}~${rule}`;
      if (ids.has(id)) {
        throw new ToolwrightError(
          "id-twice",
          `Two questions would have the id ${JSON.stringify(id)}.`,
          "Give no task an id that ends in ~ and the name of a rule.",
          {
            exitCode: 2,
          },
        );
      }
      ids.add(id);
      yield { ...task, id, question, wording: { of: task.id, rule } };
    }
  }
}
