import { type Command, Option } from "commander";
import { failureOf, readPrompts } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { folderPath, type LanguageModel } from "../models/index.js";
import { contents, driveAgent, type LiveInput, openTrace, type ReplayRun, replayTrace, type Trace } from "../traces/index.js";
import { makeTools, newTraceFile, openModel } from "./agent.js";
import { reportFailure } from "./failure.js";
import { interruption } from "./interruption.js";
import {
  type JsonOption,
  jsonOption,
  type ModelOptions,
  modelOptions,
  type ProtocolOption,
  protocolOption,
  type ToolOptions,
  toolOptions,
  whole,
} from "./options.js";
import { printJson, say } from "./output.js";
import { RunView } from "./run-view.js";
import { printable, styles } from "./terminal.js";

interface ReplayOptions extends ModelOptions, ProtocolOption, ToolOptions, JsonOption {
  readonly live?: LiveInput;
  readonly from?: number;
  readonly out?: string;
  readonly prompts?: string;
}

export function define(command: Command): void {
  const from = new Option("--from <number>", "go a way of its own after the event of this number in the last run, and record that");
  command
    .argument("<trace>", "the trace's file")
    .addOption(new Option("--live <what>", "take this input anew, and stop at the first difference").choices(["tools", "model"]))
    .addOption(from.argParser(whole("the number of an event, 0 or more", 0)).conflicts("live"))
    .option("--out <file>", "the new trace of --from (default: one in the folder of traces)");
  jsonOption(command, "print the events as JSON, one a line");
  command.option("--prompts <folder>", "the prompts of your own that the runs had");
  toolOptions(protocolOption(modelOptions(command))).action(replay);
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  const { live, from, out } = options;
  if (out !== undefined && from === undefined) {
    throw new ToolwrightError("wrong-use", "--out is for the trace that --from makes.", "Add --from N, or leave --out out.", {
      exitCode: 2,
    });
  }
  const signal = interruption();
  const trace = await openTrace(file);
  const tools = await makeTools(options);
  const fork = from === undefined ? undefined : { from, into: out ?? newTraceFile(folderPath("traces"), "fork") };
  await using model = fork !== undefined || live === "model" ? await modelFor(trace, options, signal) : undefined;
  const prompts = options.prompts === undefined ? undefined : readPrompts(options.prompts);
  const drive = driveAgent({ tools, prompts, onChangedTools: sayChangedTools, onChangedPrompts: sayChangedPrompts });
  let view: RunView | undefined;
  const begin = (run: ReplayRun) => {
    if (!options.json) {
      view?.[Symbol.dispose]();
      say(`${view === undefined ? "" : "\n"}${styles(process.stderr).bold(`> ${printable(run.input.question)}`)}${chainOf(run)}`);
      view = new RunView();
    }
    return drive(run);
  };
  try {
    for await (const { run, event } of replayTrace(trace, { drive: begin, live, fork, model })) {
      if (options.json) await printJson({ run, ...event });
      else view?.show(event);
      if (view !== undefined && event.type === "error" && event.fatal) {
        view[Symbol.dispose]();
        reportFailure(failureOf(event)); // As it was shown.
      }
      if (signal.aborted)
        throw new ToolwrightError("aborted", "The replay was stopped.", "Start it again to see the rest.", { exitCode: 130 });
    }
  } finally {
    view?.[Symbol.dispose]();
    await Promise.all(tools.map((tool) => tool.close()));
  }
  if (fork !== undefined) say(`Recorded to ${fork.into}`);
}

/** The model that goes on with a trace: where no adapter is named, one without when the trace was recorded without. */
async function modelFor(trace: Trace, options: ReplayOptions, signal: AbortSignal): Promise<LanguageModel> {
  const recorded = await recordedAdapters(trace);
  const model = await openModel(recorded.length === 0 ? { ...options, base: true } : options, signal);
  const own = model.identity.adapters?.map(({ digest }) => digest) ?? [];
  if (options.adapter === undefined && recorded.join() !== own.join()) {
    say(`Recorded with the adapter ${recorded.join(", ")}, which is not the model's default: name its file with --adapter.`);
  }
  return model;
}

/** Digests of the adapters of the first run. */
async function recordedAdapters(trace: Trace): Promise<readonly string[]> {
  for await (const { first } of trace.runs()) {
    const { data } = contents.run.safeParse(await trace.data(first));
    return data?.model.adapters?.map(({ digest }) => digest) ?? [];
  }
  return [];
}

/** Of a run that is a part of another one, which. */
function chainOf({ input: { chain, options } }: ReplayRun): string {
  return chain === undefined ? "" : ` (chain ${chain + 1}, ${String(options?.["strategy"])})`;
}

function sayChangedPrompts(): void {
  say("These prompts are not those of the recording, so prompts are not compared. --prompts names the folder that they were in.");
}

function sayChangedTools(names: readonly string[]): void {
  say(`Not as recorded any more: ${names.join(", ")}. What the model was told of them is not compared.`);
}
