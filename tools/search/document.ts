/** A piece of running text under its headings, outermost first, joined by ` › `. */
export interface Block {
  readonly heading?: string;
  readonly text: string;
}

/** What a reader makes of a file: one document, or one a record. */
export interface Document {
  readonly title?: string;
  readonly url?: string;
  readonly blocks: readonly Block[];
}

/** Keeps track of the headings above a place in a document. */
export class HeadingPath {
  private readonly levels: { readonly level: number; readonly text: string }[] = [];

  /** @param level 1 to 6, as in `h1` to `h6` */
  enter(level: number, text: string): void {
    while ((this.levels.at(-1)?.level ?? 0) >= level) this.levels.pop();
    if (text !== "") this.levels.push({ level, text });
  }

  block(text: string): Block {
    return this.levels.length === 0 ? { text } : { heading: this.levels.map((each) => each.text).join(" › "), text };
  }
}

/** White space made single, none at the ends. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
