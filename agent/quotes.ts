const DIGIT = /[0-9]/;
const BLANK = /[ \t\r\n]/;
const WORD = /[\p{L}\p{N}_]/u;
/** After one of these (blanks aside) a value begins, so that an apostrophe can only be a quote. */
const BEFORE_VALUE = "(,:=[{";
/** What a backslash outside quotes takes its meaning from. Before anything else it is a plain character: `\d+` and `C:\temp` stay as they are. */
const ESCAPABLE = "()[]{}\"'";

/**
 * Follows quotes and escapes through the text of arguments, one UTF-16 unit at a time, without looking ahead.
 * - `"` opens a quote unless it stands after a letter or digit (`5" pipe`).
 * - `'` opens one only where a value begins, and not in an elided year (`'90s`); it closes one unless a letter or digit follows
 *   (`'it's'`). Anywhere else it is an apostrophe: `what's new`.
 * - A backslash escapes any character inside quotes, and parentheses, brackets and quotes outside.
 */
export class Quotes {
  #quote: "" | '"' | "'" = "";
  /** Of an apostrophe that may be a quote: just opened, with so many digits after it, or perhaps closed. */
  #opening = -1;
  #closing = false;
  #escaped = false;
  #previous = "";
  #beforeValue = true;

  /** Whether the next character, blanks aside, begins a value: at the start and after `( , : = [ {`. */
  get beforeValue(): boolean {
    return this.#quote === "" && this.#beforeValue;
  }

  /** Takes in a character; true when it means itself: neither quoted nor escaped, nor a quote that opens or closes. */
  plain(character: string): boolean {
    if (this.#opening >= 0) this.#open(character);
    if (this.#closing) this.#close(character);
    return this.#quote === "" ? this.#outside(character) : this.#inside(character);
  }

  #open(character: string): void {
    const digits = this.#opening;
    if (digits < 2 && DIGIT.test(character)) {
      this.#opening++;
      return;
    }
    this.#opening = -1;
    const apostrophe =
      digits === 0 ? BLANK.test(character) || character === ")" : digits === 2 && (character === "s" || BLANK.test(character));
    if (apostrophe) this.#leave();
  }

  #close(character: string): void {
    this.#closing = false;
    if (!WORD.test(character)) this.#leave();
  }

  #leave(): void {
    this.#previous = this.#quote;
    this.#quote = "";
    this.#beforeValue = false;
  }

  #inside(character: string): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === this.#quote) {
      if (character === '"') this.#leave();
      else {
        this.#closing = true;
        this.#opening = -1;
      }
    }
    return false;
  }

  #outside(character: string): boolean {
    const escaped = this.#escaped && ESCAPABLE.includes(character);
    this.#escaped = character === "\\";
    if (!escaped) {
      if (character === '"' && !WORD.test(this.#previous)) {
        this.#quote = '"';
        return false;
      }
      if (character === "'" && this.#beforeValue) {
        this.#quote = "'";
        this.#opening = 0;
        return false;
      }
    }
    this.#previous = character;
    if (!BLANK.test(character)) this.#beforeValue = !escaped && BEFORE_VALUE.includes(character);
    return !escaped;
  }
}
