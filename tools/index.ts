// Tools: the interface, the built-in ones, LangChain tools in and out. Nothing here knows of models or the loop.
export { calculator } from "./calculator/index.js";
export { calendar } from "./calendar/index.js";
export { defineTool } from "./define.js";
export { search } from "./search/index.js";
export type * from "./tool.js";
