// Self-teaching as one stream of events: passages in, lessons out, each passage exactly once.
import { messageOf, ToolwrightError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { version } from "../version.js";
import { openCallCache } from "./call-cache.js";
import { readCorpus } from "./corpus.js";
import { Done } from "./done.js";
import { type PassageSettings, teachPassage } from "./lesson.js";
import type { TeachingModel } from "./model.js";
import type { Candidate, Figures, Lesson, Parameters, Passage, SetAside } from "./record.js";
import { parametersOf, planOf, type TeachTool, type ToolPlan } from "./settings.js";
import { type Entry, format, TeachingStore } from "./store.js";
import { teachingModel } from "./teaching-model.js";

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
  /** The algorithm to the letter: other defaults for `placement`, `economy` and `related`, and no `context`. Default false. */
  readonly published?: boolean;
  /** Leaves out work that cannot change what is kept. Default true; with `published`, false. */
  readonly economy?: boolean;
  /**
   * Keeps only calls whose result has the word or number that follows, so that the result can be what helped. Default true; with
   * `published`, false.
   */
  readonly related?: boolean;
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
  /** How many documents and passages were there already; of the last document perhaps not all. */
  | { readonly type: "start"; readonly parameters: Parameters; readonly documents: number; readonly done: number }
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
function parametersFor(options: TeachOptions, plans: readonly ToolPlan[]): Parameters {
  const { model, published = false, context, as, seed = 0, window = 384, overlap = 64, shard, now = CLOCK, timeZone = "UTC" } = options;
  return {
    model: model.identity,
    tools: plans.map(parametersOf),
    placement: options.placement ?? (published ? "before" : "splice"),
    economy: options.economy ?? !published,
    related: options.related ?? !published,
    ...(context === undefined || published ? {} : { context }),
    ...(as === undefined ? {} : { as }),
    seed,
    now: now.toISOString(),
    timeZone,
    window,
    overlap,
    ...(shard === undefined ? {} : { shard }),
    format,
    version: version(),
  };
}

/**
 * Teaches a model's own judgement of calls: for each passage of the corpus, calls are sampled, run and weighed, and those that help
 * are put into the text. With `out` each passage is in the journal before its event comes.
 * @throws ToolwrightError as `readCorpus`, `TeachingStore.open`, `planOf`; `corpus-changed` when a resumed corpus is not the same;
 *   what the model or the disk throws. Nothing that was done is lost: `resume` goes on.
 */
export async function* teach(options: TeachOptions): AsyncGenerator<TeachEvent> {
  const { out, signal, limit, shard } = options;
  const model = "losses" in options.model ? options.model : await teachingModel(options.model);
  const seed = options.seed ?? 0;
  const plans = options.tools.map((tool) => planOf("run" in tool ? { tool } : tool, seed));
  const parameters = parametersFor(options, plans);
  const { window, overlap, as } = parameters;
  const reading = new AbortController();
  const corpus = isCorpus(options.corpus)
    ? options.corpus
    : readCorpus(options.corpus, {
        countTokens: (text) => model.countTokens(text),
        window,
        overlap,
        as,
        limit,
        shard,
        signal: reading.signal,
      });
  const items = corpus[Symbol.asyncIterator]();
  // Standard input may keep a reader waiting for ever: a stop is heard there too, and not in the middle of work.
  const take = async (): Promise<IteratorResult<Passage | SetAside>> => {
    const stop = () => reading.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await items.next();
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
  let store: TeachingStore | undefined;
  let done: Done | undefined;
  try {
    // What is wrong with the corpus as a whole shows in its first item; then nothing has been written yet.
    let next = await take();
    store = out === undefined ? undefined : await TeachingStore.open(out, parameters, { resume: options.resume ?? false });
    done = await Done.in(out);
    yield { type: "start", parameters, documents: done.documents, done: done.passages };
    const settings: PassageSettings = {
      economy: parameters.economy,
      related: parameters.related,
      placement: parameters.placement,
      context: parameters.context,
      seed,
      now: new Date(parameters.now),
      timeZone: parameters.timeZone,
      cache: openCallCache(options.cache),
    };
    let at = -1;
    let ended = done.ended;
    for (; !next.done; next = await take()) {
      const item = next.value;
      if (signal?.aborted && item.document !== at) {
        yield { type: "end", complete: false };
        return;
      }
      at = item.document;
      if (await done.has(item)) continue;
      ended = false;
      const entry = "code" in item ? asideEntry(item, -1) : await passageEntry(model, plans, item, settings, store);
      if (entry.kind === "set-aside") {
        done.lose(item.document);
        store?.append(entry);
      }
      yield eventOf(entry);
    }
    done.end();
    if (!ended) store?.append({ kind: "end", documents: at + 1 });
    yield { type: "end", complete: true };
  } catch (error) {
    if (store === undefined || !reading.signal.aborted) throw error;
    yield { type: "end", complete: false };
  } finally {
    await items.return?.();
    await done?.close();
    await store?.close();
  }
}

type PassageEntry = Extract<Entry, { kind: "passage" }>;
type AsideEntry = Extract<Entry, { kind: "set-aside" }>;

/** Teaches a passage and puts it into the journal; or says why that cannot be done. */
async function passageEntry(
  model: TeachingModel,
  plans: readonly ToolPlan[],
  passage: Passage,
  settings: PassageSettings,
  store: TeachingStore | undefined,
): Promise<PassageEntry | AsideEntry> {
  const { document, part, id, source } = passage;
  try {
    const { lesson, candidates, figures } = await teachPassage(model, plans, passage, settings);
    const entry: PassageEntry = { kind: "passage", document, part, lesson, candidates, figures: Object.fromEntries(figures) };
    store?.append(entry);
    return entry;
  } catch (error) {
    if (!(error instanceof ToolwrightError) || !OF_A_DOCUMENT.has(error.code)) throw error;
    return asideEntry({ document, id, source, code: error.code, message: messageOf(error) }, part);
  }
}

/** Characters of a text that is told, not taught on: an id may be as long as a line. */
const TOLD = 1000;

function asideEntry({ document, id, source, code, message }: SetAside, part: number): AsideEntry {
  const short = (text: string) => (text.length <= TOLD ? text : `${text.slice(0, TOLD).replace(/[\ud800-\udbff]$/, "")}…`);
  return { kind: "set-aside", document, part, id: short(id), source: short(source), code, message: short(message) };
}

function eventOf(entry: PassageEntry | AsideEntry): TeachEvent {
  if (entry.kind === "passage") {
    const { lesson, candidates, figures } = entry;
    return { type: "passage", lesson, candidates, figures };
  }
  const { kind: _kind, part: _part, ...rest } = entry;
  return { type: "set-aside", ...rest };
}

function isCorpus(corpus: TeachOptions["corpus"]): corpus is AsyncIterable<Passage | SetAside> {
  return typeof corpus !== "string" && !Array.isArray(corpus);
}
