// What is done of a corpus, held against the corpus while that is read again: a beginning of it, in the same order.
import { ToolwrightError } from "../errors.js";
import type { Lesson, Passage, SetAside } from "./record.js";
import { type Entry, entriesOf } from "./store.js";

type Item = Passage | SetAside;

export class Done {
  /** Of those that a journal has. */
  readonly documents: number;
  readonly passages: number;
  /** The journal's last word is that the corpus was at its end. */
  readonly ended: boolean;
  readonly #entries: AsyncGenerator<Entry> | undefined;
  #next: Exclude<Entry, { kind: "end" }> | undefined;
  /** A document whose rest is set aside. */
  #lost: number | undefined;

  private constructor(counts: Pick<Done, "documents" | "passages" | "ended">, entries?: AsyncGenerator<Entry>) {
    this.documents = counts.documents;
    this.passages = counts.passages;
    this.ended = counts.ended;
    this.#entries = entries;
  }

  /** @param folder undefined: nothing is done. @throws ToolwrightError as reading a journal does */
  static async in(folder: string | undefined): Promise<Done> {
    const counts = { documents: 0, passages: 0, ended: false };
    if (folder === undefined) return new Done(counts);
    let document = -1;
    for await (const entry of entriesOf(folder)) {
      counts.ended = entry.kind === "end";
      if (entry.kind === "end") continue;
      if (entry.document !== document) counts.documents++;
      document = entry.document;
      if (entry.kind === "passage") counts.passages++;
    }
    const done = new Done(counts, entriesOf(folder));
    await done.#advance();
    return done;
  }

  /**
   * Whether there is nothing to do for the next item of the corpus. To be asked for each in order, and nothing written before it says no.
   * A document that was set aside stays so, whatever it holds now.
   * @throws ToolwrightError `corpus-changed`
   */
  async has(item: Item): Promise<boolean> {
    if (item.document === this.#lost) return true;
    const entry = this.#next;
    if (entry === undefined) return false;
    if (entry.document !== item.document || (entry.kind === "passage" && !isThat(entry.lesson, item))) {
      throw changed(`${item.source} is not the text that was taught before.`);
    }
    if (entry.kind === "set-aside") this.lose(item.document);
    await this.#advance();
    return true;
  }

  /** What else there is of the document has nothing to do. */
  lose(document: number): void {
    this.#lost = document;
  }

  /** @throws ToolwrightError `corpus-changed` when the corpus ended before what is done of it */
  end(): void {
    if (this.#next !== undefined) throw changed(`The corpus, or its --limit, ends before ${sourceOf(this.#next)}, which was done before.`);
  }

  async close(): Promise<void> {
    await this.#entries?.return(undefined);
  }

  async #advance(): Promise<void> {
    for (;;) {
      const next = await this.#entries?.next();
      this.#next = undefined;
      if (next === undefined || next.done) return;
      if (next.value.kind === "end") continue; // More documents were asked for afterwards.
      this.#next = next.value;
      return;
    }
  }
}

/** Whether an item is the passage that a lesson was made of, as far as the lesson shows. */
function isThat(lesson: Lesson, item: Item): boolean {
  const told = ({ part, id, source, question, text, date, meta }: Omit<Passage, "before">) =>
    JSON.stringify([part, id, source, question, text, date, meta]);
  return "text" in item && told(lesson) === told(item);
}

function sourceOf(entry: Exclude<Entry, { kind: "end" }>): string {
  return entry.kind === "passage" ? entry.lesson.source : entry.source;
}

function changed(message: string): ToolwrightError {
  return new ToolwrightError("corpus-changed", message, "Resume with the same corpus, or teach the new one into another folder.", {
    exitCode: 2,
  });
}
