// Measuring strategies, for `auto` and for `--cost-weight fit`: once for a model with its tools.
import { bestOf, defaultStrategy, type MeasuredStrategies, measuredFor, type PromptBook, shippedPrompts } from "../agent/index.js";
import { measureStrategies, questionsFor } from "../evaluation/index.js";
import type { LanguageModel } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { adapterText } from "./adapters.js";
import { say } from "./output.js";
import { table } from "./terminal.js";

interface Given {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  readonly prompts?: PromptBook;
  /** Names. Default: those of `measureStrategies`. */
  readonly strategies?: readonly string[];
  readonly signal: AbortSignal;
}

/** Measures unless it was done before. @param options what was asked for: only `auto` and `fit` go by figures */
export async function measureOnce(
  { strategy, costWeight }: { readonly strategy?: string | object; readonly costWeight?: number | "fit" },
  given: Given,
): Promise<void> {
  if (strategy !== "auto" && costWeight !== "fit") return;
  if (measuredFor({ ...given, prompts: given.prompts ?? shippedPrompts() }) === undefined) await measureAloud(given);
}

/** Measures, and says of each kind of question which strategy `auto` will take. */
export async function measureAloud({ model, tools, prompts, strategies, signal }: Given): Promise<void> {
  const adapters = adapterText(model.identity);
  const each = questionsFor(tools).length;
  say(`Measuring how strategies do with ${model.name}${adapters === undefined ? "" : `, ${adapters}`}, once: ${each} questions for each.`);
  let last: string | undefined;
  const onResult = (strategy: string) => {
    if (strategy !== last) say(`  ${strategy}`);
    last = strategy;
  };
  const { table: figures, file } = await measureStrategies({ model, tools, prompts, strategies, signal, onResult });
  say(measuredText(figures, defaultStrategy(model, tools).name));
  say(`Kept in ${file}`);
}

/** Right answers by kind, which strategy `auto` takes for it, and which ones for none. */
function measuredText({ kinds, costWeights }: MeasuredStrategies, preferred: string): string {
  const names = [...new Set(Object.values(kinds).flatMap((figures) => Object.keys(figures)))];
  const rows = Object.entries(kinds).map(([kind, figures]) => [
    kind,
    ...names.map((name) => (figures[name] ? `${figures[name].right} of ${figures[name].of}` : "–")),
    bestOf({ kinds }, kind, preferred),
  ]);
  const taken = new Set(rows.map((row) => row.at(-1)));
  const unused = names.filter((name) => !taken.has(name));
  const weights = Object.entries(costWeights).map(([name, weight]) => `${name} ${weight.toFixed(2)}`);
  return [
    table([["", ...names, "auto takes"], ...rows]).trimEnd(),
    ...(unused.length > 0 ? [`Clearly better at nothing, and so not used by auto: ${unused.join(", ")}.`] : []),
    ...(weights.length > 0 ? [`What a call must be worth (--cost-weight fit): ${weights.join(", ")}.`] : []),
  ].join("\n");
}
