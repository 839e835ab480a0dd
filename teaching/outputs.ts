// What is written of a journal: the dataset, all candidates, the report and the data card. Each is written whole or not at all, and the
// same journal gives the same bytes, but for the report's times.
import { join } from "node:path";
import { type CardInput, dataCard } from "./card.js";
import { datasetFormat, datasetLine } from "./dataset.js";
import { addFigures, noFigures } from "./figures.js";
import type { Candidate, Figures, Parameters, SetAside } from "./record.js";
import { type Report, ReportBuilder } from "./report.js";
import { reportPage } from "./report-page.js";
import { type Entry, outputNames, writeWhole } from "./store.js";

export interface OutputOptions {
  readonly parameters: Parameters;
  /** Where the texts come from, for the data card. */
  readonly corpus: readonly CardInput[];
  /** The command that makes it again. */
  readonly command: string;
  /** When the run began, and how long it has taken. */
  readonly started: Date;
  readonly seconds: number;
}

/** A candidate as a line of `candidates.jsonl`. */
function candidateLine(candidate: Candidate): string {
  return `${JSON.stringify({ format: datasetFormat, ...candidate })}\n`;
}

/**
 * Writes `dataset.jsonl`, `candidates.jsonl`, `report.json`, `report.html` and `README.md` (the data card) into a folder.
 * @param entries read twice: once for each of the two long files
 * @throws ToolwrightError `trace-unwritable`
 */
export async function writeOutputs(folder: string, entries: () => AsyncIterable<Entry>, options: OutputOptions): Promise<Report> {
  const { parameters, corpus, command, started, seconds } = options;
  const builder = new ReportBuilder(parameters);
  const tools: Record<string, Figures> = Object.fromEntries(parameters.tools.map(({ name }) => [name, noFigures()]));
  const setAside: SetAside[] = [];
  let documents = 0;
  let document = -1; // entries come in the order of documents
  let passages = 0;
  let lessonsWithCalls = 0;
  await writeWhole(
    join(folder, outputNames.dataset),
    lines(entries(), ({ lesson }) => datasetLine(lesson)),
  );
  await writeWhole(
    join(folder, outputNames.candidates),
    lines(
      entries(),
      ({ candidates }) => candidates.map(candidateLine).join(""),
      (entry) => {
        if (entry.kind === "end") return;
        if (entry.document !== document) documents++;
        document = entry.document;
        if (entry.kind === "set-aside") {
          const { kind: _kind, part: _part, ...rest } = entry;
          setAside.push(rest);
          return;
        }
        passages++;
        if (entry.lesson.calls.length > 0) lessonsWithCalls++;
        for (const candidate of entry.candidates) builder.add(candidate, entry.lesson);
        for (const [name, figures] of Object.entries(entry.figures)) addFigures(tools[name]!, figures);
      },
    ),
  );
  const figures = {
    documents,
    passages,
    setAside,
    lessons: passages,
    lessonsWithCalls,
    tools,
    started: started.toISOString(),
    seconds,
  };
  const report = builder.finish(figures);
  await writeWhole(join(folder, outputNames.report), [`${JSON.stringify(report, null, 2)}\n`]);
  await writeWhole(join(folder, outputNames.page), [reportPage(report)]);
  await writeWhole(join(folder, outputNames.card), [
    dataCard({ parameters, figures: { ...figures, setAside: setAside.length }, corpus, command }),
  ]);
  return report;
}

type PassageOf = Extract<Entry, { kind: "passage" }>;

async function* lines(
  entries: AsyncIterable<Entry>,
  of: (entry: PassageOf) => string,
  see?: (entry: Entry) => void,
): AsyncGenerator<string> {
  for await (const entry of entries) {
    see?.(entry);
    if (entry.kind === "passage") {
      const line = of(entry);
      if (line !== "") yield line;
    }
  }
}
