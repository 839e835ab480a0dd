// The built-in task sets as files: one a set, as `eval` reads them, and the documents that two of them ask about.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { ToolwrightError } from "../../errors.js";
import { type World, world } from "./documents.js";
import { hopQuestions } from "./hops.js";
import { heldOut, type Task, type TaskSet, task } from "./tasks.js";

/** Sets that are made of wordings which the corpus does not have; the two of the documents come after them. */
const WORDED = ["arithmetic", "dates", "units", "two-step", "capitals", "definitions", "everyday"] as const satisfies readonly TaskSet[];
const HOPS = { "single-hop": 1, "multi-hop": 2 } as const;

export type BuiltInSet = (typeof WORDED)[number] | keyof typeof HOPS;

export const BUILT_IN_SETS: readonly BuiltInSet[] = [...WORDED, "single-hop", "multi-hop"];

/** The folder of the documents, beside the sets. */
const DOCUMENTS = "documents";

/** A line of a set. `id` is the set's, the seed and a number. */
export interface SetTask extends Task {
  readonly id: string;
  /** Documents that an answer needs. */
  readonly hops?: 1 | 2;
}

export interface BuiltIn {
  readonly sets: ReadonlyMap<BuiltInSet, readonly SetTask[]>;
  readonly world: World;
}

/**
 * All sets, the same ones for a seed; a larger count begins with those of a smaller one.
 * @throws RangeError when a set has not so many
 */
export function builtIn({ count = 240, seed = 1 }: { readonly count?: number; readonly seed?: number } = {}): BuiltIn {
  const made = world(seed);
  // First, since they are the fewest: what cannot be made is said at once.
  const hops = Object.entries(HOPS).map(([set, hops]) => [set as BuiltInSet, hopQuestions(made, { hops, count, seed })] as const);
  const worded = WORDED.map((set) => [set as BuiltInSet, heldOut(set, { count, seed }).map(task)] as const);
  const numbered = (set: BuiltInSet, tasks: readonly Omit<SetTask, "id">[]) =>
    tasks.map((each, at) => ({ id: `${set}-${seed}-${at + 1}`, ...each }));
  return { sets: new Map([...worded, ...hops].map(([set, tasks]) => [set, numbered(set, tasks)])), world: made };
}

/**
 * Writes SET.jsonl for each set and the documents into a folder, which is made.
 * @returns the files and the documents' folder
 * @throws ToolwrightError `output-exists` when something is in the folder; RangeError as `builtIn`
 */
export async function writeBuiltIn(folder: string, options: { readonly count: number; readonly seed: number }): Promise<string[]> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new ToolwrightError("output-exists", `There is something in ${folder} already.`, "Name a folder that is new or empty.", {
      exitCode: 2,
    });
  }
  const { sets, world } = builtIn(options);
  const documents = path.join(folder, DOCUMENTS);
  await mkdir(documents, { recursive: true });
  for (const [name, text] of world.documents) await writeFile(path.join(documents, name), text);
  const files: string[] = [];
  for (const [set, tasks] of sets) {
    const file = path.join(folder, `${set}.jsonl`);
    await writeFile(file, tasks.map((each) => `${JSON.stringify(each)}\n`).join(""));
    files.push(file);
  }
  return [...files, documents];
}
