// Language models behind one interface: local files on the engine, endpoints, LangChain's, scripted ones for tests; finding and
// fetching model files. Nothing here knows of tools or agents.

import type { LocalModel, LocalModelOptions } from "./local.js";
import type { MergeOptions } from "./merge.js";
import type { StorageChoice } from "./storage.js";
import type { TensorFile } from "./tensor-file.js";

export { type AdapterDescription, adapterFiles, isAdapter, readAdapter, shippedAdapter } from "./adapter.js";
export { type CompletionsModelOptions, completionsModel } from "./completions.js";
export { hashFile, modelDigest } from "./digest.js";
export { defaultModel, type Fetchable, type FindOptions, findModel, type Progress } from "./fetch.js";
export { type FolderName, folderPath, openFolder } from "./folders.js";
export { checkGguf } from "./gguf.js";
export { type ChatModelOptions, chatModel } from "./langchain.js";
export type { LocalModel, LocalModelOptions } from "./local.js";
export type { MergeOptions } from "./merge.js";
export type * from "./model.js";
export { type ResolveOptions, resolveModel } from "./names.js";
export { type OpenAIModelOptions, openaiModel } from "./openai.js";
export { type Script, type ScriptedModel, type ScriptedOptions, type ScriptStep, scriptedModel } from "./scripted.js";
export type { Measured, StorageChoice } from "./storage.js";
export { type ChatTemplate, chatTemplate } from "./template.js";
export type { StoredTensor, TensorFile } from "./tensor-file.js";

/**
 * Loads a model file into this process; fetches the default one, and converts it to this CPU's fastest storage type, on first use.
 * @throws ToolwrightError `model-not-found`, `model-invalid`, `model-not-fetched`, `engine-missing`, `adapter-*`, `folder-not-writable`
 */
export async function localModel(options: LocalModelOptions = {}): Promise<LocalModel> {
  const local = await import("./local.js"); // The native library loads with the first local model, not before.
  return local.localModel(options);
}

/**
 * The storage type that was chosen for a model on this machine, with the figures, and the file that holds them: without it, the next use
 * chooses anew. Undefined before the first use, and where the engine is missing.
 * @param digest SHA-256 of the model's source file; @param threads default: those of `localModel`
 */
export async function storageChoice(digest: string, threads?: number): Promise<(StorageChoice & { readonly note: string }) | undefined> {
  const storage = await import("./storage.js");
  return await storage.storageChoice(digest, threads);
}

/**
 * Writes a model file whose weights have an adapter's changes in them: W + alpha / rank · B·A, reckoned in 32 bits. All else is kept;
 * what the adapter says of itself is added to the metadata.
 * @param out the new file
 * @throws ToolwrightError `adapter-*`, `model-not-found`, `model-invalid`, `convert-failed`, `file-not-written`, `wrong-use`
 */
export async function mergeAdapter(model: string, adapter: string, out: string, options: MergeOptions = {}): Promise<void> {
  const merge = await import("./merge.js");
  await merge.mergeAdapter(model, adapter, out, options);
}

/**
 * The tensors of a GGUF file, and its metadata of single values.
 * @throws ToolwrightError `model-not-found`, `model-unreadable`, `model-invalid` (no whole GGUF file)
 */
export async function readTensorFile(path: string): Promise<TensorFile> {
  const files = await import("./tensor-file.js");
  return files.readTensorFile(path);
}
