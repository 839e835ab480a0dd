// Self-teaching as one stream of events: passages in, lessons out, each passage exactly once.
import { createHash } from "node:crypto";
import { messageOf, ToolwrightError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { openCallCache } from "./call-cache.js";
import { readCorpus } from "./corpus.js";
import { type PassageSettings, teachPassage } from "./lesson.js";
import type { TeachingModel } from "./model.js";
import type { Candidate, Figures, Lesson, Parameters, Passage, SetAside } from "./record.js";
import { parametersOf, planOf, type TeachTool, type ToolPlan } from "./settings.js";
import { type Entry, entriesOf, format, TeachingStore } from "./store.js";
import { teachingModel } from "./teaching-model.js";
import { version } from "./version.js";

export interface TeachOptions {
  /** Files, folders, `"-"` for standard input; or passages. */
  readonly corpus: string | readonly string[] | AsyncIterable<Passage | SetAside>;
  readonly tools: readonly (TeachTool | TeachTool["tool"])[];
  /** As `teachingModel` takes it, or what that gave. */
  readonly model: LanguageModel | TeachingModel;
  /** The folder of the dataset's journal. Default: none, the events are all there is. */
  readonly out?: string;
  /** Goes on where the journal in `out` ends. Default false. */
  readonly resume?: boolean;
  /**
   * Where a call stands while it is weighed: in its place in the text, after demonstrations of what a call is for, or before the text, as
   * published. Default `"splice"`; with `published`, `"before"`.
   */
  readonly placement?: "before" | "splice";
  /** The algorithm to the letter, nothing saved. Default false. */
  readonly published?: boolean;
  /** Most tokens before a position that are read when a call is weighed. Default: all. */
  readonly context?: number;
  /** As in `readCorpus`. */
  readonly as?: "chat" | "text";
  /** Default 0. */
  readonly seed?: number;
  /** Most tokens of a passage, and of what is read before it. Default 384 and 64. */
  readonly window?: number;
  readonly overlap?: number;
  readonly limit?: number;
  readonly shard?: { readonly index: number; readonly of: number };
  /** The clock of texts without a date. Default: the beginning of 2025, the same for every run. */
  readonly now?: Date;
  /** IANA name. Default `"UTC"`. */
  readonly timeZone?: string;
  /** The folder in which results of calls are kept. Default: none. */
  readonly cache?: string;
  /** Ends the run after the document at hand. */
  readonly signal?: AbortSignal;
}

export type TeachEvent =
  /** How much was there already. */
  | { readonly type: "start"; readonly parameters: Parameters; readonly done: number }
  | {
      readonly type: "passage";
      readonly lesson: Lesson;
      readonly candidates: readonly Candidate[];
      readonly figures: { readonly [tool: string]: Figures };
    }
  | ({ readonly type: "set-aside" } & SetAside)
  /** `complete`: the corpus is at its end; otherwise the signal ended the run. */
  | { readonly type: "end"; readonly complete: boolean };

/** Default for texts that do not say when they were written. */
const CLOCK = new Date("2025-01-01T12:00:00Z");

/** These are about one document; any other failure would meet the next one too. */
const OF_A_DOCUMENT = new Set(["context-full", "passage-too-long", "bad-option", "template-failed"]);

/** What decides the dataset besides the corpus, from options and the model. */
export function parametersFor(options: TeachOptions, plans: readonly ToolPlan[]): Parameters {
  const { model, published = false, context, as, seed = 0, window = 384, overlap = 64, shard } = options;
  return {
    model: model.identity,
    tools: plans.map(parametersOf),
    placement: options.placement ?? (published ? "before" : "splice"),
    economy: !published,
    ...(context === undefined || published ? {} : { context }),
    ...(as === undefined ? {} : { as }),
    seed,
    window,
    overlap,
    ...(shard === undefined ? {} : { shard }),
    format,
    version,
  };
}

/**
 * Teaches a model's own judgement of calls: for each passage of the corpus, calls are sampled, run and weighed, and those that help
 * are put into the text. With `out` each passage is in the journal before its event comes.
 * @throws ToolwrightError as `readCorpus`, `TeachingStore.open`, `planOf`; `corpus-changed` when a resumed corpus is not the same;
 *   what the model or the disk throws. Nothing that was done is lost: `resume` goes on.
 */
export async function* teach(options: TeachOptions): AsyncGenerator<TeachEvent> {
  const { out, signal, limit, shard, now = CLOCK, timeZone = "UTC" } = options;
  const model = "losses" in options.model ? options.model : await teachingModel(options.model);
  const seed = options.seed ?? 0;
  const plans = options.tools.map((tool) => planOf("run" in tool ? { tool } : tool, seed));
  const parameters = parametersFor(options, plans);
  const store = out === undefined ? undefined : await TeachingStore.open(out, parameters, { resume: options.resume ?? false });
  try {
    const done = out === undefined ? new Map<string, string>() : await doneIn(out);
    yield { type: "start", parameters, done: done.size };
    const settings: PassageSettings = {
      economy: parameters.economy,
      placement: parameters.placement,
      context: parameters.context,
      seed,
      now,
      timeZone,
      cache: openCallCache(options.cache),
    };
    const { window, overlap, as } = parameters;
    const corpus = isCorpus(options.corpus)
      ? options.corpus
      : readCorpus(options.corpus, { countTokens: (text) => model.countTokens(text), window, overlap, as, limit, shard });
    let at = -1;
    let lost: number | undefined; // a document whose rest is set aside
    for await (const item of corpus) {
      if (signal?.aborted && item.document !== at) {
        yield { type: "end", complete: false };
        return;
      }
      at = item.document;
      if (item.document === lost) continue;
      const key = keyOf(item);
      const known = done.get(key);
      if (known !== undefined) {
        if (known === "set-aside") lost = item.document;
        else if ("text" in item && known !== digestOf(item)) throw changed(item);
        continue;
      }
      if ("code" in item) {
        store?.append({ kind: "set-aside", part: -1, ...item });
        yield { type: "set-aside", ...item };
        continue;
      }
      const entry = await passageEntry(model, plans, item, settings);
      if (entry.kind === "set-aside") lost = item.document;
      store?.append(entry);
      if (entry.kind === "passage") {
        const { lesson, candidates, figures } = entry;
        yield { type: "passage", lesson, candidates, figures };
      } else if (entry.kind === "set-aside") {
        const { kind: _kind, part: _part, ...rest } = entry;
        yield { type: "set-aside", ...rest };
      }
    }
    if (!done.has("end")) store?.append({ kind: "end", documents: at + 1 });
    yield { type: "end", complete: true };
  } finally {
    await store?.close();
  }
}

async function passageEntry(model: TeachingModel, plans: readonly ToolPlan[], passage: Passage, settings: PassageSettings): Promise<Entry> {
  const { document, part, id, source } = passage;
  try {
    const { lesson, candidates, figures } = await teachPassage(model, plans, passage, settings);
    return { kind: "passage", document, part, lesson, candidates, figures: Object.fromEntries(figures) };
  } catch (error) {
    if (!(error instanceof ToolwrightError) || !OF_A_DOCUMENT.has(error.code)) throw error;
    return { kind: "set-aside", document, part, id, source, code: error.code, message: messageOf(error) };
  }
}

/** What is done: by passage the digest of its text, or `"set-aside"`; `"end"` where the corpus was at its end. */
async function doneIn(folder: string): Promise<Map<string, string>> {
  const done = new Map<string, string>();
  for await (const entry of entriesOf(folder)) {
    if (entry.kind === "end") done.set("end", "");
    else if (entry.kind === "set-aside") done.set(`${entry.document}.${entry.part}`, "set-aside");
    else done.set(keyOf(entry), digestOf(entry.lesson));
  }
  return done;
}

function keyOf(item: { readonly document: number; readonly part?: number }): string {
  return `${item.document}.${item.part ?? -1}`;
}

function digestOf({ question, text }: { readonly question?: string; readonly text: string }): string {
  return createHash("sha256")
    .update(JSON.stringify([question ?? null, text]))
    .digest("base64url")
    .slice(0, 16);
}

function changed({ source }: Passage): ToolwrightError {
  return new ToolwrightError(
    "corpus-changed",
    `${source} is not the text that was taught before.`,
    "Resume with the same corpus, or teach the new one into another folder.",
    { exitCode: 2 },
  );
}

function isCorpus(corpus: TeachOptions["corpus"]): corpus is AsyncIterable<Passage | SetAside> {
  return typeof corpus !== "string" && !Array.isArray(corpus);
}
