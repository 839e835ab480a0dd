import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { z } from "zod";
import { messageOf, ToolwrightError } from "../errors.js";
import type { LanguageModel, Scores, ScoringModel } from "../models/index.js";
import { openModel } from "./agent.js";
import { interruption } from "./interruption.js";
import { type JsonOption, jsonOption, type ModelOptions, modelOptions } from "./options.js";
import { printJson } from "./output.js";

/** Texts that are scored at once: as many as the engine runs at once. */
const AT_ONCE = 64;

const lineSchema = z.looseObject({ prefix: z.string(), text: z.string() });

export function define(command: Command): void {
  command
    .summary(command.description())
    .description(
      'Exact log-probabilities of texts: for each line {"prefix": …, "text": …} a line {"tokens": …, "logprobs": …}, the ids of the ' +
        "text's tokens and the natural logarithm of each one's probability after all before it. Prefix and text are tokenised apart, " +
        "as plain text. A first token that nothing comes before, not even a BOS, has no probability: null.",
    )
    .argument("<file>", "lines of JSON; - reads them from standard input");
  modelOptions(jsonOption(command, "has no effect: the output is JSON")).action(score);
}

async function score(file: string, options: ModelOptions & JsonOption): Promise<void> {
  const signal = interruption();
  await using model = await openModel({ ...options, base: true }, signal);
  if (!isScoring(model)) {
    throw new ToolwrightError(
      "unsupported",
      `${model.name} cannot score texts (score: false).`,
      "Use a local model, or completions:NAME.",
      { exitCode: 2 },
    );
  }
  const name = file === "-" ? "standard input" : file;
  const over = new AbortController(); // Whoever still writes to standard input when a line was bad is not waited for.
  const lines = linesOf(file, name, AbortSignal.any([signal, over.signal]));
  try {
    for await (const scores of inOrder(lines, (line) => scoreLine(model, line, signal))) {
      await printJson({ tokens: scores.tokens, logprobs: scores.logprobs });
    }
  } finally {
    over.abort();
  }
  if (signal.aborted)
    throw new ToolwrightError("aborted", "The scoring was stopped.", "Start it again to see the rest.", { exitCode: 130 });
}

/** Works on many items at once. Results come in the order of the items, each as soon as it and all before it are there. */
async function* inOrder<Item, Result>(items: AsyncGenerator<Item>, work: (item: Item) => Promise<Result>): AsyncGenerator<Result> {
  const going: Promise<{ readonly result: Result }>[] = [];
  let reading: Promise<{ readonly read: IteratorResult<Item> }> | undefined;
  let over = false;
  for (;;) {
    if (!over && going.length < AT_ONCE) reading ??= items.next().then((read) => ({ read }));
    const [first] = going;
    const waiting = [reading, first].filter((promise) => promise !== undefined);
    if (waiting.length === 0) return;
    const next = await Promise.race(waiting);
    if ("result" in next) {
      going.shift();
      yield next.result;
    } else {
      reading = undefined;
      over = next.read.done === true;
      if (next.read.done) continue;
      const result = work(next.read.value).then((value) => ({ result: value }));
      result.catch(() => {}); // Told when its turn has come.
      going.push(result);
    }
  }
}

interface Line {
  /** The file and the line, for messages. */
  readonly place: string;
  readonly text: string;
}

async function* linesOf(file: string, name: string, signal: AbortSignal): AsyncGenerator<Line> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  let number = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
      number++;
      if (text.trim() !== "") yield { place: `${name}, line ${number}`, text };
    }
  } catch (error) {
    if (error instanceof ToolwrightError) throw error;
    throw new ToolwrightError("file-unreadable", `${name} cannot be read: ${messageOf(error)}`, "Check the path.", {
      cause: error,
      exitCode: 2,
    });
  }
}

async function scoreLine(model: ScoringModel, { place, text }: Line, signal: AbortSignal): Promise<Scores> {
  const line = readLine(place, text);
  try {
    return await model.score(line.prefix, line.text, { signal });
  } catch (error) {
    if (!(error instanceof ToolwrightError) || signal.aborted) throw error;
    throw new ToolwrightError(error.code, `${place}: ${error.message}`, error.remedy, { cause: error, exitCode: error.exitCode });
  }
}

function readLine(place: string, text: string): z.infer<typeof lineSchema> {
  let why: string;
  try {
    const { data, error } = lineSchema.safeParse(JSON.parse(text.replace(/^\ufeff/, "")));
    if (data !== undefined) return data;
    why = z.prettifyError(error).replace(/\s+/g, " ");
  } catch (error) {
    why = messageOf(error);
  }
  throw new ToolwrightError("bad-line", `${place}: ${why}`, 'Each line is an object with two texts: {"prefix": "…", "text": "…"}.', {
    exitCode: 2,
  });
}

function isScoring(model: LanguageModel): model is ScoringModel {
  return model.can.score;
}
