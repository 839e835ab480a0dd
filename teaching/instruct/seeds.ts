import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageOf, ToolwrightError } from "../../errors.js";

/** A worked case of a task. */
export interface Instance {
  /** Empty where the instruction says it all. */
  readonly input: string;
  readonly output: string;
}

/** A task that people wrote. */
export interface SeedTask {
  readonly id: string;
  readonly instruction: string;
  readonly instances: readonly Instance[];
  readonly isClassification: boolean;
}

export interface SeedTasks {
  readonly tasks: readonly SeedTask[];
  /** SHA-256 of the file. */
  readonly digest: string;
}

const instanceSchema = z.object({ input: z.string().default(""), output: z.string().min(1) });
const lineSchema = z.union([
  z.object({
    id: z.string().optional(),
    instruction: z.string().trim().min(1),
    instances: z.array(instanceSchema),
    is_classification: z.boolean().default(false),
  }),
  z
    .object({
      id: z.string().optional(),
      instruction: z.string().trim().min(1),
      input: z.string().default(""),
      output: z.string().min(1),
      is_classification: z.boolean().default(false),
    })
    .transform(({ input, output, ...task }) => ({ ...task, instances: [{ input, output }] })),
]);

/** The 175 seed tasks of the paper. */
const PUBLISHED = new URL("../../../data/self_instruct_seed_tasks.jsonl", import.meta.url);

/**
 * Seed tasks: lines of `{"instruction", "instances": [{"input", "output"}], "is_classification", "id"}`, or with `"input"` and
 * `"output"` in place of the instances. Input, id and `is_classification` may be left out.
 * @param file default: the 175 of the paper
 * @throws ToolwrightError `file-unreadable`, `bad-line`, `no-seeds`
 */
export async function readSeeds(file: string = fileURLToPath(PUBLISHED)): Promise<SeedTasks> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new ToolwrightError("file-unreadable", `The seed tasks cannot be read: ${messageOf(error)}`, "Check the path.", {
      cause: error,
      exitCode: 2,
    });
  }
  const tasks: SeedTask[] = [];
  const ids = new Set<string>();
  for (const [i, line] of bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const task = readLine(`${file}, line ${i + 1}`, line, `line-${i + 1}`);
    if (ids.has(task.id)) throw badLine(`${file}, line ${i + 1}`, `the id ${task.id} stands on a line before`);
    ids.add(task.id);
    tasks.push(task);
  }
  if (tasks.length === 0) {
    throw new ToolwrightError("no-seeds", `${file} has no seed tasks.`, "Give it a line for each task; 8 or more are best.", {
      exitCode: 2,
    });
  }
  return { tasks, digest: createHash("sha256").update(bytes).digest("hex") };
}

function readLine(place: string, line: string, defaultId: string): SeedTask {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw badLine(place, messageOf(error));
  }
  const { data, error } = lineSchema.safeParse(json);
  if (data === undefined) throw badLine(place, z.prettifyError(error).replace(/\s+/g, " "));
  const { id = defaultId, instruction, instances, is_classification: isClassification } = data;
  return { id, instruction, instances, isClassification };
}

function badLine(place: string, why: string): ToolwrightError {
  return new ToolwrightError(
    "bad-line",
    `${place}: ${why}`,
    'Each line is an object: {"instruction": "…", "instances": [{"input": "…", "output": "…"}], "is_classification": false}.',
    { exitCode: 2 },
  );
}
