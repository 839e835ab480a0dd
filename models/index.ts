// Language models behind one interface: local files on the engine, endpoints, LangChain's, scripted ones for tests; finding and
// fetching model files. Nothing here knows of tools or agents.

export { modelDigest } from "./digest.js";
export { defaultModel, type Fetchable, type FindOptions, findModel, type Progress } from "./fetch.js";
export { type FolderName, folderPath, openFolder } from "./folders.js";
export { type ChatModelOptions, chatModel } from "./langchain.js";
export { type LocalModel, type LocalModelOptions, localModel } from "./local.js";
export type * from "./model.js";
export { type ResolveOptions, resolveModel } from "./names.js";
export { type OpenAIModelOptions, openaiModel } from "./openai.js";
export { type Script, type ScriptedModel, type ScriptedOptions, type ScriptStep, scriptedModel } from "./scripted.js";
