import { ToolwrightError } from "../errors.js";
import type { MatchRule } from "../evaluation/index.js";
import type { LanguageModel } from "../models/index.js";
import type { TeachTool } from "../teaching/index.js";
import type { Tool } from "../tools/index.js";
import type { TrainOptions } from "../training/index.js";
import type { TrainingSettings } from "./record.js";

export interface RoundsOptions {
  /** Files and folders, as `readCorpus` has them. Questions that are among the tasks are left out. */
  readonly corpus: string | readonly string[];
  /** The folder of all that comes of it. */
  readonly out: string;
  /** Files of held-out questions, as `readTasks` has them: a set each. */
  readonly tasks: readonly string[];
  /** Taught, and used in answering. */
  readonly tools: readonly (TeachTool | Tool)[];
  /** A GGUF file, or a name that `findModel` knows. Default `"local"`. */
  readonly model?: string;
  /** Runs the file as it is, not converted to what is fastest on this CPU. Default false. */
  readonly exact?: boolean;
  /** Most rounds. Default 3. */
  readonly rounds?: number;
  /** Most documents of the corpus; in round 1, where the untrained model is slow, at most `first`. Default: all. */
  readonly limit?: number;
  readonly first?: number;
  /** Makes lessons of the model's own right answers too, from the second round on (of a single round: in it). Default false. */
  readonly fromAnswers?: boolean;
  /** With `fromAnswers`: answers to a question. Default 4. */
  readonly samples?: number;
  /** When an answer is right. Default `"number"`. */
  readonly match?: MatchRule;
  /** Of sampling and training. Default 0. */
  readonly seed?: number;
  /** Of one answer. Default 512. */
  readonly maxTokens?: number;
  readonly training?: TrainingSettings;
  readonly threads?: number;
  /** Of the corpus, for the data cards. Default: that of a licence file beside it. */
  readonly licence?: string;
  /** The command that makes it again, for the data cards. Default `"selfTeach"`. */
  readonly command?: string;
  /** The folder in which results of calls are kept. Default: none. */
  readonly cache?: string;
  /** Goes on with what is in `out`. Default false: what is there is refused. */
  readonly resume?: boolean;
  /** Ends it: what is under way stops as each stage does, and `resume` goes on. */
  readonly signal?: AbortSignal;
  /** Opens the model for a stage's work. Default: by its name, in this process. */
  readonly open?: (how: Opening) => Promise<LanguageModel>;
  /** As in `train`. */
  readonly openNetwork?: TrainOptions["openNetwork"];
}

/** How a stage wants its model. */
export interface Opening {
  readonly adapters: readonly { readonly file: string }[];
  /** As `localModel` has them. */
  readonly repeatable?: true;
  readonly contextSize?: number;
}

export const roundsDefaults = { rounds: 3, samples: 4 } as const;

/** @throws ToolwrightError `wrong-setting` */
export function checkRounds({ rounds, first, limit, samples, tasks, tools, corpus }: RoundsOptions): void {
  const whole = (name: string, value: number | undefined) => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
    throw wrong(`${name} is ${value}.`, "Give a whole number from 1.");
  };
  whole("rounds", rounds);
  whole("first", first);
  whole("limit", limit);
  whole("samples", samples);
  if (tasks.length === 0) throw wrong("There are no tasks to measure with.", "Name files of held-out questions.");
  if (tools.length === 0) throw wrong("There is no tool to teach.", "Name one or more.");
  if ([corpus].flat().includes("-") || tasks.includes("-")) {
    throw wrong("Standard input can be read once, and each round reads the corpus and the tasks.", "Put it into a file.");
  }
}

function wrong(message: string, remedy: string): ToolwrightError {
  return new ToolwrightError("wrong-setting", message, remedy, { exitCode: 2 });
}
