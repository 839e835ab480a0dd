// Evaluation: tasks whose answers are known, asked under one or more configurations, judged, counted and compared; perplexity of plain
// text; the report. Nothing here prints or reads options of a command line.
export { mcnemar, numberInWords, numbersIn, sameNumber, type WrittenNumber } from "../agent/index.js";
export { bootstrapMean } from "./bootstrap.js";
export { type Comparison, compare, compareEach, type Side } from "./comparison.js";
export { type CostPoint, costCurves } from "./cost-curve.js";
export { type CostFit, fitCostWeight, type WeighedResult } from "./cost-fit.js";
export { adapterName, configurationOf, type EvaluateOptions, type EvaluationEvent, evaluate } from "./evaluate.js";
export { type Figures, figuresOf } from "./figures.js";
export { fillCell, type GridCell, type GridConfiguration, type GridEvent, type GridOptions, type GridSet } from "./grid.js";
export { type GridRow, gridPage, gridRows, verdict } from "./grid-page.js";
export { defaultMatch, type Match, type MatchRule, matchAnswer, matchRules } from "./match.js";
export { type MeasureOptions, measureStrategies, questionsFor } from "./measure.js";
export { defaultTypos, type ParaphraseOptions, paraphrased } from "./paraphrases.js";
export { type Perplexity, type PerplexityOptions, perplexity, readTexts } from "./perplexity.js";
export {
  type Configuration,
  format as resultsFormat,
  type Interval,
  type Parameters,
  type Result,
  type ResultCall,
  type Sitting,
  type Task,
  type WordingOf,
} from "./record.js";
export { type ReportOptions, reportPage } from "./report-page.js";
export { type ConfigurationResults, type Results, ResultsBuilder, ResultsFile, readResults } from "./results.js";
export { readTasks, surveyTasks, type TaskOptions } from "./tasks.js";
export { asGiven, type RuleFigures, type WordingFigures, wordingFiguresOf } from "./wording-figures.js";
export { type Wording, type WordingRule, wordingRules, wordingsOf } from "./wordings/index.js";
