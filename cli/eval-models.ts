// The models that an evaluation compares: one model, with one set of adapters after the other.
import { existsSync } from "node:fs";
import path from "node:path";
import { ToolwrightError } from "../errors.js";
import { adapterName } from "../evaluation/index.js";
import type { LanguageModel, LocalModel } from "../models/index.js";
import { openModel } from "./agent.js";

/** Files of adapters, none for the base; undefined: the model as it comes. */
export type AdapterSet = readonly string[] | undefined;

/** The sets that `--adapter` names, each once. @throws ToolwrightError `wrong-use` for a file that is not there */
export function adapterSets(names: readonly string[] | undefined): readonly AdapterSet[] {
  if (names === undefined) return [undefined];
  for (const name of names) {
    if (name !== "none" && !existsSync(name)) {
      throw new ToolwrightError("wrong-use", `There is no adapter ${name}.`, "Name a GGUF file, or none.", { exitCode: 2 });
    }
  }
  return [...new Set(names)].map((name) => (name === "none" ? [] : [name]));
}

/** Which of the adapters with the same file name it is, ` (FOLDER)`; nothing where the name is enough. */
export function whichOf(adapter: AdapterSet, sets: readonly AdapterSet[]): string {
  const names = (set: AdapterSet) => set?.map(adapterName).join();
  const alike = adapter !== undefined && sets.filter((set) => names(set) === names(adapter)).length > 1;
  return alike ? ` (${adapter.map((file) => path.dirname(file)).join(", ")})` : "";
}

/**
 * The model with each set of adapters in turn; each is closed when the next one's turn comes. A local model's weights are loaded once.
 * Ends early when the signal aborts.
 * @throws ToolwrightError as `openModel`
 */
export async function* modelsWith(
  sets: readonly AdapterSet[],
  options: Omit<Parameters<typeof openModel>[0], "adapter">,
  signal: AbortSignal,
): AsyncGenerator<{ readonly model: LanguageModel; readonly adapter: AdapterSet }> {
  let model: LanguageModel | undefined;
  try {
    for (const adapter of sets) {
      if (signal.aborted) return;
      if (model !== undefined && adapter !== undefined && isLocal(model)) {
        model = await model.withAdapters(
          adapter.map((file) => ({ file })),
          { instead: true },
        );
      } else {
        await model?.close();
        model = await openModel({ ...options, adapter }, signal);
      }
      yield { model, adapter };
    }
  } finally {
    await model?.close();
  }
}

function isLocal(model: LanguageModel): model is LocalModel {
  return "withAdapters" in model;
}
