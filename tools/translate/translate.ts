import { z } from "zod";
import { ToolwrightError } from "../../errors.js";
import { defineTool } from "../define.js";
import { type ToolModel, versionOf } from "../model.js";
import type { Tool } from "../tool.js";
import { Bergamot } from "./bergamot.js";
import { modelsIn } from "./bergamot-models.js";
import { examples } from "./examples.js";
import { codeOf, languageOf, nameOf } from "./languages.js";

export interface TranslationOptions {
  /**
   * A folder of Bergamot's translation models, which run on this machine; needs the package `@browsermt/bergamot-translator`. They are
   * asked before `model`.
   */
  readonly folder?: string;
  /** A language model, for what the models of `folder` cannot translate. Closing the tool leaves it open. */
  readonly model?: ToolModel;
  /** The language into which texts are translated where the call names none: a code or an English name. Default `"en"`. */
  readonly to?: string;
}

const input = z.object({
  text: z.string().trim().min(1).max(1000).describe("A word or a phrase in any language"),
  to: z.string().optional().describe("The language to translate into, such as French"),
});

/**
 * The tool `MT`: `MT(sûreté)`, `MT(good morning, to: French)`. It tells the language of the text by itself.
 * @throws ToolwrightError `translator-missing` with neither `folder` nor `model`, `language-unknown`, and for a folder `folder-not-found`,
 *   `translation-models-missing`, `translation-model-invalid`, `bergamot-missing`; a call throws `language-unknown`,
 *   `language-not-translated`, `translation-model-invalid`, `translation-failed`, and what the model throws
 */
export function translation({ folder, model, to = "en" }: TranslationOptions = {}): Tool<typeof input> {
  const usual = codeOf(to);
  if (folder === undefined && model === undefined) {
    throw new ToolwrightError(
      "translator-missing",
      "There is nothing to translate with.",
      "Give translation({ folder }) with Bergamot's models, or translation({ model }).",
      { exitCode: 2 },
    );
  }
  const models = folder === undefined ? [] : modelsIn(folder);
  const bergamot = folder === undefined ? undefined : new Bergamot(models);

  const translate = async (text: string, target: string, signal: AbortSignal): Promise<string> => {
    const sources = bergamot?.sourcesFor(target) ?? new Set();
    if (bergamot !== undefined && sources.size > 0) {
      // With no other model at hand the languages that can be translated are the only ones that are looked for.
      const from = await languageOf(text, model === undefined ? new Set([...sources, target]) : undefined);
      if (from === target) return text;
      if (from !== undefined && sources.has(from)) return bergamot.translate(text, from, target);
    }
    if (model !== undefined) return (await import("./by-model.js")).translateByModel(text, target, model, signal);
    throw new ToolwrightError(
      "language-not-translated",
      `There is no translation model into ${nameOf(target)} for this text.`,
      `There are models for ${models.map((each) => `${nameOf(each.from)} to ${nameOf(each.to)}`).join(", ")}.`,
    );
  };

  const tool = defineTool({
    name: "MT",
    description: `Translates words and phrases into ${nameOf(usual)}, or into the language that is named.`,
    input,
    examples: usual === "en" ? examples : [],
    // With the default model, measured (bench/answers.ts): what it reads is mostly demonstrations. Bergamot's time is not known.
    cost: bergamot === undefined ? { milliseconds: 150, tokens: 165 } : { tokens: 15 },
    // A model's first use loads it.
    timeout: 30_000,
    version: ["1", usual, ...models.map(({ from, to }) => from + to), ...(model === undefined ? [] : [versionOf(model)])].join("+"),
    run: ({ text, to }, { signal }) => translate(text, to === undefined ? usual : codeOf(to), signal),
  });
  return { ...tool, close: async () => bergamot?.close() };
}
