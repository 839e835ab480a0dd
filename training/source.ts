// The model that is trained: its file, and what reading texts takes of it.
import { basename } from "node:path";
import { loadModel } from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { chatTemplate, findModel, modelDigest } from "../models/index.js";
import type { ExampleModel } from "./example.js";

export interface Source extends AsyncDisposable {
  readonly file: string;
  readonly name: string;
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly architecture: string;
  readonly layers: number;
  /** Tokens that it was trained to hold. */
  readonly context: number;
  readonly licence?: string;
  readonly reader: ExampleModel;
}

/** Opens a model's vocabulary; its weights stay on disk. @throws ToolwrightError as `findModel` and `loadModel`; `model-invalid` */
export async function openSource(name: string, signal?: AbortSignal): Promise<Source> {
  const file = await findModel(name, { signal });
  const digest = await modelDigest(file, { signal });
  const model = await loadModel(file, { vocabularyOnly: true });
  const { info, tokenizer } = model;
  const template = chatTemplate(info.chatTemplate, tokenizer, () => undefined);
  const size = (key: string) => {
    const value = Number(info.metadata(`${info.architecture}.${key}`));
    if (value > 0) return value;
    throw new ToolwrightError("model-invalid", `${file} does not say its ${key}.`, "Give another model file.");
  };
  try {
    return {
      file,
      name: basename(file),
      digest,
      architecture: info.architecture,
      layers: size("block_count"),
      context: size("context_length"),
      licence: info.metadata("general.license"),
      reader: { tokenizer, render: template.render },
      [Symbol.asyncDispose]: () => model.close(),
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}
