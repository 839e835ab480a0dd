// Self-teaching: calls sampled into texts, run, weighed and kept; the datasets made of them; Self-Instruct. Nothing here prints or
// reads options of a command line, and nothing here trains.
export { type CallCache, openCallCache } from "./call-cache.js";
export { type CardInput, cardHead, cardInputs, fenced, markdownCode, markdownTable } from "./card.js";
export { readCorpus } from "./corpus.js";
export { datasetFile, datasetFormat, datasetLine, isDataset, readDataset } from "./dataset.js";
export { isUsed } from "./economy.js";
export { type Executed, type ExecuteOptions, executeCalls } from "./execute.js";
export { type DatasetFormat, datasetFormats, type Exported, type ExportedTool, exportDataset, wholeRecords } from "./export.js";
export { type Filtered, type FilterSettings, filterCalls } from "./filter.js";
export { calculatorHeuristic, calendarHeuristic, type Decision, everyPassage, type Heuristic } from "./heuristics.js";
export * from "./instruct/index.js";
export { isReadable, markerPlace, markText, type Piece, piecesOf } from "./marked.js";
export type { Beginning, LossOptions, LossRequest, Reading, SampledCalls, SampleRequest, TeachingModel } from "./model.js";
export { writeOutputs } from "./outputs.js";
export { type Beginnings, beginningsOf } from "./prompt.js";
export type * from "./record.js";
export { mergeShards, type Redone, type Refiltered, refilter } from "./redo.js";
export type { Report, RunFigures } from "./report.js";
export { type Proposal, type Proposals, type SampleSettings, sampleCalls } from "./sample.js";
export { planOf, type TeachTool, type ToolPlan } from "./settings.js";
export { type Entry, entriesOf, type PassageEntry, writeWhole } from "./store.js";
export { type TeachEvent, type TeachOptions, teach } from "./teach.js";
export { teachingModel } from "./teaching-model.js";
