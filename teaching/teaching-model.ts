import { ToolwrightError } from "../errors.js";
import type { LanguageModel, LocalModel, ScoringModel } from "../models/index.js";
import type { TeachingModel } from "./model.js";

/**
 * A model to teach with: one in this process on its engine, which it should have been opened with `repeatable` for, any other that
 * scores by a request for each text. The model stays the caller's to close.
 * @throws ToolwrightError `unsupported` for one that cannot score
 */
export async function teachingModel(model: LanguageModel): Promise<TeachingModel> {
  if (isLocal(model)) {
    const { engineTeachingModel } = await import("./engine-model.js");
    return engineTeachingModel(model);
  }
  if (isScoring(model)) {
    const { scoringTeachingModel } = await import("./scoring-model.js");
    return scoringTeachingModel(model);
  }
  throw new ToolwrightError(
    "unsupported",
    `${model.name} cannot score texts (score: false), which weighing calls needs.`,
    "Use a local model, or completions:NAME for a server that returns prompt log-probabilities.",
    { exitCode: 2 },
  );
}

function isScoring(model: LanguageModel): model is ScoringModel {
  return model.can.score;
}

function isLocal(model: LanguageModel): model is LocalModel {
  return "scheduler" in model && "engine" in model;
}
