import { noDigest, unseal } from "./chain.js";
import { changed, missing, torn } from "./damage.js";
import { linesFrom } from "./lines.js";

/** A line of a journal: what was appended, with its place and its digests. */
export type JournalLine = NonNullable<ReturnType<typeof unseal>>;

/**
 * The lines of a journal from its first on, each checked against the one before.
 * @param options.torn what becomes of a last line that its writer was stopped in: an error, or left out. Default: an error.
 * @throws ToolwrightError `trace-changed`, `trace-missing`, `trace-torn`
 */
export async function* readJournal(file: string, options: { readonly torn?: "refuse" | "leave" } = {}): AsyncGenerator<JournalLine> {
  let index = 0;
  let prev = noDigest;
  for await (const batch of linesFrom(file)) {
    for (const { bytes, ended } of batch) {
      const line = unseal(bytes);
      if (line === undefined) {
        if (ended) throw changed(file, index + 1);
        if (options.torn === "leave") return;
        throw torn(file, index + 1, bytes.length);
      }
      if (line.i > index) throw missing(file, index + 1, index, line.i - 1);
      if (line.i !== index || line.prev !== prev) throw changed(file, index + 1);
      yield line;
      index++;
      prev = line.digest;
    }
  }
}
