// Question answering: an answer that stands in the user's documents or the offline reference, with its sentence and its source.
export { type QuestionAnswer, type QuestionAnsweringOptions, type QuestionAnsweringTool, questionAnswering } from "./qa.js";
