import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { type Answer, createAgent, failureOf } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { recordIn, recordTo } from "../traces/index.js";
import { agentSettings, makeTools, openModelFor, tracePlace } from "./agent.js";
import { interruption } from "./interruption.js";
import { measureOnce } from "./measure.js";
import { type AnswerOptions, answerOptions, type JsonOption, jsonOption, type TraceOption, traceOption } from "./options.js";
import { printJson } from "./output.js";
import { RunView } from "./run-view.js";

export function define(command: Command): void {
  command.argument("<question...>", "the question; - reads it from standard input");
  jsonOption(command, "print the answer, its calls, the usage and the trace's path as JSON");
  traceOption(answerOptions(command)).action(ask);
}

async function ask(words: readonly string[], options: AnswerOptions & TraceOption & JsonOption): Promise<void> {
  const question = await questionOf(words);
  const signal = interruption();
  const settings = await agentSettings(options);
  const tools = await makeTools(options);
  const place = tracePlace(options);
  await using model = await openModelFor(tools, options, signal);
  await measureOnce(settings, { model, tools, prompts: settings.prompts, signal });
  await using agent = createAgent({ ...settings, model, tools });
  await using recorder = place && ("file" in place ? await recordTo(place.file) : recordIn(place.folder));
  const run = { signal, tape: recorder?.tape() };
  if (options.json) return await printJson(jsonAnswer(await agent.ask(question, run)));
  using view = new RunView();
  for await (const event of agent.run(question, run)) {
    view.show(event);
    if (event.type === "error" && event.fatal) throw failureOf(event);
  }
}

async function questionOf(words: readonly string[]): Promise<string> {
  const question = (words.length === 1 && words[0] === "-" ? await text(process.stdin) : words.join(" ")).trim();
  if (question !== "") return question;
  const remedy = "Write it after `toolwright ask`, or give it on standard input to `toolwright ask -`.";
  throw new ToolwrightError("wrong-use", "The question is empty.", remedy, { exitCode: 2 });
}

/** The shape that is promised to programs: every key is there, null where there is nothing. */
export function jsonAnswer({
  answer,
  agreement,
  sources,
  calls,
  usage,
  trace = null,
}: Omit<Answer, "trace"> & { readonly trace?: string | null }): object {
  return {
    answer,
    calls: calls.map(({ tool, input, output = null, error = null, ms }) => ({ tool, input, output, error, ms })),
    usage,
    trace,
    ...(agreement ? { agreement } : {}),
    ...(sources ? { sources } : {}),
  };
}
