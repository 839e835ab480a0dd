// What `teach` shows while it works: documents, candidates, what was kept, how fast, and how long it will take.
import { Presets, SingleBar } from "cli-progress";
import { readCorpus, type TeachEvent } from "../teaching/index.js";
import { say } from "./output.js";

/** Without a terminal a line comes at most this often, in milliseconds. */
const LINE_EVERY = 15_000;

interface Counted {
  readonly limit?: number;
  readonly shard?: { readonly index: number; readonly of: number };
}

export class TeachProgress implements Disposable {
  readonly #bar: SingleBar | undefined;
  readonly #counting = new AbortController();
  #total: number | undefined;
  #started = performance.now();
  #said = performance.now();
  /** Documents that were done when this process began do not count for its speed. */
  #before = 0;
  #document = -1;
  #documents = 0;
  #candidates = 0;
  #kept = 0;

  constructor(corpus: readonly string[], options: Counted) {
    if (process.stderr.isTTY) {
      const format = "  {bar} {value}/{all} documents  {candidates} candidates  {kept} kept  {rate}/min  {left}";
      this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 20, etaBuffer: 1 }, Presets.shades_classic);
      this.#bar.start(options.limit ?? 1, 0, this.#shown());
    }
    void this.#count(corpus, options);
  }

  update(event: TeachEvent): void {
    if (event.type === "start") {
      this.#started = performance.now();
      this.#before = event.documents;
      this.#documents = event.documents;
      if (event.done > 0) this.say(`${event.done} texts were done already.`);
    } else if (event.type === "passage") {
      if (event.lesson.document !== this.#document) this.#documents++;
      this.#document = event.lesson.document;
      this.#candidates += event.candidates.length;
      this.#kept += event.lesson.calls.length;
    } else if (event.type === "set-aside") {
      if (event.document !== this.#document) this.#documents++;
      this.#document = event.document;
    }
    if (this.#bar) {
      this.#bar.setTotal(Math.max(this.#total ?? 0, this.#documents, 1));
      this.#bar.update(this.#documents, this.#shown());
    } else if (event.type === "end" || performance.now() - this.#said > LINE_EVERY) {
      this.#said = performance.now();
      const { all, candidates, kept, rate, left } = this.#shown();
      const now = [`${this.#documents} of ${all} documents`, `${candidates} candidates`, `${kept} kept`, `${rate} a minute`];
      if (event.type !== "end" && left !== "") now.push(left);
      say(now.join(", "));
    }
  }

  say(text: string): void {
    if (this.#bar) process.stderr.write("\n");
    say(text);
  }

  [Symbol.dispose](): void {
    this.#counting.abort();
    this.#bar?.stop();
  }

  #shown() {
    const done = this.#documents - this.#before;
    const minutes = (performance.now() - this.#started) / 60_000;
    const left = this.#total === undefined || done <= 0 ? undefined : ((this.#total - this.#documents) * minutes) / done;
    return {
      all: this.#total ?? "?",
      candidates: this.#candidates,
      kept: this.#kept,
      rate: done <= 0 ? "–" : (done / minutes).toFixed(done / minutes < 10 ? 1 : 0),
      left:
        left === undefined
          ? ""
          : left < 1
            ? "under a minute left"
            : left < 90
              ? `${Math.ceil(left)} min left`
              : `${(left / 60).toFixed(1)} h left`,
    };
  }

  /** How many documents there are, found out beside the work; of standard input nobody knows. */
  async #count(corpus: readonly string[], { limit, shard }: Counted): Promise<void> {
    if (corpus.includes("-")) return;
    let last = -1;
    let count = 0;
    try {
      const sizes = { countTokens: () => 1, window: 4096, overlap: 0 };
      for await (const { document } of readCorpus(corpus, { ...sizes, limit, shard, signal: this.#counting.signal })) {
        if (document !== last) count++;
        last = document;
      }
      this.#total = count;
    } catch {
      // Whatever is wrong with the corpus, the work itself meets and says it.
    }
  }
}
