// Language models behind one interface: local files on the engine, endpoints, LangChain's, scripted ones for tests; finding and
// fetching model files. Nothing here knows of tools or agents.
export type * from "./model.js";
