// Language models behind one interface: local files on the engine, endpoints, LangChain's, scripted ones for tests; finding and
// fetching model files. Nothing here knows of tools or agents.
export { findModel, type FindOptions, type Progress } from "./fetch.js";
export { type FolderName, folderPath, openFolder } from "./folders.js";
export { type LocalModel, type LocalModelOptions, localModel } from "./local.js";
export type * from "./model.js";
