// What of a round is trained on.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { datasetLine, entriesOf, type Lesson, type PassageEntry, readDataset, writeWhole } from "../teaching/index.js";

export interface RoundDataset {
  readonly lessons: number;
  readonly calls: number;
}

/**
 * Writes the lessons of a round into one file: texts with calls; texts that no tool was tried on, which show where no call is due; lessons
 * from answers. Texts in which calls were looked for and none helped are left out: trained on, they would teach to do without.
 * @param taught the folder that `teach` wrote
 * @param answers the folder that `writeAnswers` wrote
 */
export async function writeRoundDataset(file: string, taught: string, answers?: string): Promise<RoundDataset> {
  const counts = { lessons: 0, calls: 0 };
  const line = (lesson: Lesson) => {
    counts.lessons++;
    counts.calls += lesson.calls.length;
    return datasetLine(lesson);
  };
  await writeWhole(
    file,
    (async function* () {
      for await (const parts of wholeDocuments(taught)) if (teaches(parts)) yield parts.map(({ lesson }) => line(lesson)).join("");
      const more = answers === undefined ? undefined : join(answers, "dataset.jsonl");
      if (more !== undefined && existsSync(more)) for await (const lesson of readDataset(more)) yield line(lesson);
    })(),
  );
  return counts;
}

/** What stays together: the parts of a record with a question, of which none is an answer without the others; a plain passage alone. */
async function* wholeDocuments(taught: string): AsyncGenerator<readonly PassageEntry[]> {
  let parts: PassageEntry[] = [];
  for await (const entry of entriesOf(taught)) {
    if (entry.kind !== "passage") continue;
    if (parts.length > 0 && (entry.document !== parts[0]!.document || entry.lesson.question === undefined)) {
      yield parts;
      parts = [];
    }
    parts.push(entry);
  }
  if (parts.length > 0) yield parts;
}

function teaches(parts: readonly PassageEntry[]): boolean {
  return (
    parts.some(({ lesson }) => lesson.calls.length > 0) ||
    parts.every(({ figures }) => Object.values(figures).every(({ tried }) => tried === 0))
  );
}
