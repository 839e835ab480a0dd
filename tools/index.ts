// Tools: the interface, the built-in ones, LangChain tools in and out. Nothing here knows of models or the loop.
export type * from "./tool.js";
