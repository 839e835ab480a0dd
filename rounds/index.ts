// Rounds: teaching, training and evaluating one after the other, each round with the adapter of the one before; and lessons from a
// model's own right answers (expert iteration). Nothing here prints or reads options of a command line.
export {
  type AnswerEvent,
  type AnswerOptions,
  type AnswerParameters,
  answerQuestions,
  type FinishedQuestion,
  writeAnswers,
} from "./answers.js";
export { type AnswerCounts, lessonsFrom, type Sampled, sampledFrom } from "./lessons.js";
export { type RoundFigures, type RoundsParameters, roundsFormat, type SetFigures, type Stage, type TrainingSettings } from "./record.js";
export { type Ending, type RoundsEvent, type RoundsPaths, roundsPaths, selfTeach } from "./rounds.js";
export { type Opening, type RoundsOptions, roundsDefaults } from "./settings.js";
export { roundsRows } from "./table.js";
