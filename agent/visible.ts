import { MarkerParser } from "./marker.js";

/** What a blank before it would look wrong: another blank, a line's end, closing punctuation. */
const NO_BLANK_BEFORE = /[\s.,;:!?)\]}]/;

/**
 * The text as the user sees it, while it is being written: where a marker was taken out, the blank before it goes too if
 * nothing needs it, so that no double blanks and no empty lines remain. Holds back at most one blank.
 */
export class VisibleText {
  #blank = "";
  /** A marker was taken out and nothing visible has followed yet. */
  #cut = false;
  /** The last character that was shown, "" at the start. */
  #last = "";
  /** All of this, as it was before the last piece. */
  #before: { readonly blank: string; readonly cut: boolean; readonly last: string } = { blank: "", cut: false, last: "" };

  /** Takes in text between markers; gives what can be shown of it now. */
  text(piece: string): string {
    this.#before = { blank: this.#blank, cut: this.#cut, last: this.#last };
    const text = this.#cut ? this.#afterMarker(piece) : piece;
    if (text === "") return "";
    this.#cut = false;
    const whole = this.#blank + text;
    this.#blank = whole.endsWith(" ") ? " " : "";
    const shown = whole.slice(0, whole.length - this.#blank.length);
    this.#last = shown.at(-1) ?? this.#last;
    return shown;
  }

  /** The last piece, a blank of which nothing was shown, is taken back. */
  retreat(): void {
    ({ blank: this.#blank, cut: this.#cut, last: this.#last } = this.#before);
  }

  /** A marker stood here. */
  marker(): void {
    this.#cut = true;
  }

  /** The text is over; gives what was held back. */
  end(): string {
    return this.#cut ? "" : this.#blank;
  }

  /** The text after a marker, without the blanks that stood around it. */
  #afterMarker(piece: string): string {
    if (this.#blank !== "") {
      if (NO_BLANK_BEFORE.test(piece.charAt(0))) this.#blank = "";
      return piece;
    }
    const lineStart = this.#last === "" || this.#last === "\n";
    if (!lineStart && this.#last !== "(") return piece;
    const text = piece.replace(/^ +/, "");
    if (!lineStart || !text.startsWith("\n")) return text;
    this.#cut = false;
    return text.slice(1);
  }
}

/** A finished text without its markers, as the user sees it: `37*48 is [Calculator(37*48) → 1776] 1776.` is `37*48 is 1776.` */
export function stripMarkers(text: string, tools: Iterable<string>): string {
  const parser = new MarkerParser({ tools, mode: "read" });
  const visible = new VisibleText();
  let shown = "";
  for (const event of [...parser.feed(text), ...parser.end()]) {
    if (event.type === "text") shown += visible.text(event.text);
    else if (event.type === "call") visible.marker();
  }
  return shown + visible.end();
}
