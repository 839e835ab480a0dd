import { adapterName, perplexity, readTexts } from "../evaluation/index.js";
import type { EvalOptions } from "./eval.js";
import { adapterSets, modelsWith, whichOf } from "./eval-models.js";
import { print, printJson } from "./output.js";
import { table } from "./terminal.js";

/** Perplexity of texts with each adapter; changes are against the first. */
export async function measurePerplexity(files: readonly string[], options: EvalOptions, signal: AbortSignal): Promise<void> {
  const rows: string[][] = [["perplexity", "change", "nats/token", "tokens", "texts", "adapter"]];
  let first: number | undefined;
  const sets = adapterSets(options.adapter ?? ["none"]);
  for await (const { model, adapter } of modelsWith(sets, options, signal)) {
    const measured = await perplexity({ model, texts: readTexts(files, signal), window: options.window, overlap: options.overlap, signal });
    const name = (adapter?.map(adapterName).join("+") || "none") + whichOf(adapter, sets);
    const change = first === undefined ? 0 : measured.perplexity / first - 1;
    if (options.json) {
      const { texts, tokens, natsPerToken } = measured;
      await printJson({ adapter: name, texts, tokens, nats_per_token: natsPerToken, perplexity: measured.perplexity, change });
    }
    rows.push([
      measured.perplexity.toFixed(3),
      first === undefined ? "" : `${change > 0 ? "+" : ""}${(100 * change).toFixed(2)}%`,
      measured.natsPerToken.toFixed(4),
      String(measured.tokens),
      String(measured.texts),
      name,
    ]);
    first ??= measured.perplexity;
  }
  if (!options.json) await print(table(rows));
}
