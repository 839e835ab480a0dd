import { type Command, Option } from "commander";
import { folderPath } from "../models/index.js";
import {
  type DamagedTrace,
  differenceText,
  diffTraces,
  type ExportFormat,
  exportFormats,
  exportTrace,
  listTraces,
  openTrace,
  type TraceSummary,
} from "../traces/index.js";
import { type JsonOption, jsonOption, whole } from "./options.js";
import { print, printJson, say } from "./output.js";
import { recordLine } from "./record-line.js";
import { columnsOf, oneLine, table } from "./terminal.js";

export function define(command: Command): void {
  const list = command
    .command("list")
    .description("the traces of a folder, the newest first")
    .argument("[folder]", "default: the folder of traces");
  jsonOption(list, "print a line of JSON for each").action(listThem);

  const show = command.command("show").description("the records of a trace").argument("<trace>", "the trace's file");
  show.option("--tail <number>", "only the last so many", whole("a whole number, 1 or more", 1));
  jsonOption(show, "print them as JSON, one a line").action(showRecords);

  const diff = command
    .command("diff")
    .description("where two traces differ; exit code 3 when they do")
    .argument("<a>", "a trace's file")
    .argument("<b>", "another one");
  jsonOption(diff, "print the differences as JSON, one a line").action(diffThem);

  const format = new Option("--format <format>", "markdown: to read; messages: OpenAI's chat format; jsonl-events: the events");
  command
    .command("export")
    .description("a trace in another form, on standard output")
    .argument("<trace>", "the trace's file")
    .addOption(format.choices(exportFormats).default("markdown"))
    .action(exportIt);
}

async function listThem(folder: string | undefined, { json }: JsonOption): Promise<void> {
  const place = folder ?? folderPath("traces");
  const traces = await listTraces(place);
  if (json) for (const trace of traces) await printJson("problem" in trace ? { file: trace.file, problem: trace.problem.message } : trace);
  else if (traces.length === 0) say(`There are no traces in ${place}.`);
  else await print(traceTable(traces));
}

function traceTable(traces: readonly (TraceSummary | DamagedTrace)[]): string {
  const count = (number: number | undefined, one: string) =>
    number === undefined ? `? ${one}s` : `${number} ${one}${number === 1 ? "" : "s"}`;
  return table(
    traces.map((trace) => {
      if ("problem" in trace) return ["damaged", "", "", trace.file, oneLine(trace.problem.message)];
      const { created, runs, calls, file, question = "", parent } = trace;
      return [
        localTime(created),
        count(runs, "run"),
        count(calls, "call"),
        file,
        `${oneLine(question, 60)}${parent === undefined ? "" : ` (fork of ${parent.file})`}`,
      ];
    }),
  );
}

function localTime(date: Date): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

async function showRecords(file: string, { tail, json }: JsonOption & { readonly tail?: number }): Promise<void> {
  const trace = await openTrace(file);
  const columns = columnsOf(process.stdout);
  for await (const record of tail === undefined ? trace.records() : trace.tail(tail)) {
    const whole = { ...record, data: await trace.data(record) };
    if (json) await printJson(whole);
    else await print(`${recordLine(whole, columns)}\n`);
  }
}

async function diffThem(a: string, b: string, { json }: JsonOption): Promise<void> {
  for await (const difference of diffTraces(await openTrace(a), await openTrace(b))) {
    process.exitCode = 3;
    if (json) await printJson(difference);
    else await print(`${differenceText(difference)}\n`);
  }
}

async function exportIt(file: string, { format }: { readonly format: ExportFormat }): Promise<void> {
  for await (const piece of exportTrace(await openTrace(file), format)) await print(piece);
}
