// Tools: the interface, the built-in ones, LangChain tools in and out. Nothing here knows of models or the loop.
export { type CalculatorOptions, calculator } from "./calculator/index.js";
export { type CalendarOptions, calendar } from "./calendar/index.js";
export { defineTool } from "./define.js";
export type { ToolModel, ToolTurn } from "./model.js";
export { type QuestionAnswer, type QuestionAnsweringOptions, type QuestionAnsweringTool, questionAnswering } from "./qa/index.js";
export {
  type Found,
  fromWindows1252,
  type IndexReport,
  type OpenedSource,
  type SearchOptions,
  type SearchResult,
  type SearchTool,
  type Skipped,
  search,
} from "./search/index.js";
export type * from "./tool.js";
export { type TranslationOptions, translation } from "./translate/index.js";
