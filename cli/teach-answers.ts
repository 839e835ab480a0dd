import path from "node:path";
import { ToolwrightError } from "../errors.js";
import { answerQuestions, writeAnswers } from "../rounds/index.js";
import { cardInputs, readCorpus } from "../teaching/index.js";
import { makeTools, openModel, readClock } from "./agent.js";
import { AnswersProgress } from "./answers-progress.js";
import { interruption } from "./interruption.js";
import { print, printJson } from "./output.js";
import type { TeachCommandOptions } from "./teach.js";

/** Of the filter, which has no part in this. */
const FILTER = ["tauS", "tauF", "topK", "placement", "published", "economy", "related", "context", "as", "shard"] as const;

/** Tokens that all questions under way hold together. */
const CONTEXT_SIZE = 16_384;

/** `teach --from-answers`: lessons from the model's own right answers. */
export async function teachFromAnswers(corpus: readonly string[], options: TeachCommandOptions, command: string): Promise<void> {
  const { out, json, resume, samples, temperature, seed, limit, window } = options;
  const idle = FILTER.find((name) => options[name] !== undefined);
  if (idle !== undefined) {
    const name = idle.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new ToolwrightError(
      "wrong-use",
      `--${name} has no meaning with --from-answers, which weighs nothing.`,
      "Leave out one of them.",
      {
        exitCode: 2,
      },
    );
  }
  const tools = await makeTools({ tools: options.tool ?? ["calculator"], folder: options.folder, translator: options.translator });
  try {
    const signal = interruption();
    const now = options.now === undefined ? undefined : await readClock(options.now, "UTC");
    await using model = await openModel({ ...options, base: true, contextSize: CONTEXT_SIZE }, signal);
    const sizes = { countTokens: (text: string) => model.countTokens(text), window, overlap: 0 };
    let complete = false;
    let unknown = 0;
    using progress = new AnswersProgress(limit);
    signal.addEventListener("abort", () => progress.say("Stopping. Ctrl-C again stops at once; finished questions are kept."));
    for await (const event of answerQuestions({
      corpus: readCorpus(corpus, { ...sizes, as: "question", limit }),
      tools,
      model,
      out,
      resume,
      samples,
      temperature,
      seed,
      now,
      signal,
    })) {
      if (event.type === "end") ({ complete, unknown } = event);
      progress.update(event);
    }
    progress[Symbol.dispose]();
    const { questions, counts } = await writeAnswers(out, { corpus: await cardInputs(corpus, options.licence), command });
    const { answers, right, callFree, unsound, unused, kept } = counts;
    if (json) await printJson({ questions, unknown, answers, right, call_free: callFree, unsound, unused, lessons: kept, out });
    else {
      const without = unknown > 0 ? ` ${unknown} records have no known answer.` : "";
      await print(
        `${kept} lessons of ${questions} questions: ${right} of ${answers} answers are right; of those ${callFree} have no call, ${unsound} one that failed, ` +
          `${unused} one that is not used.${without}\n${path.join(out, "dataset.jsonl")}\n`,
      );
    }
    if (!complete) {
      throw new ToolwrightError("aborted", "The run was stopped; what is done is in the dataset.", `Go on with: ${command} --resume`, {
        exitCode: 130,
      });
    }
  } finally {
    await Promise.all(tools.map((tool) => tool.close()));
  }
}
