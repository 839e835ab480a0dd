import { type Call, readCall } from "./call.js";
import { Quotes } from "./quotes.js";

/** Sizes beyond which a call is text. */
export interface MarkerLimits {
  /** UTF-16 units between the outer parentheses. Default 4,096. */
  readonly input?: number;
  /** Parentheses open at once inside them. Default 16. */
  readonly depth?: number;
  /** UTF-16 units between the arrow and the `]`. Default 65,536. */
  readonly result?: number;
}

export interface MarkerParserOptions {
  /** Names of the registered tools. */
  readonly tools: Iterable<string>;
  /**
   * - `"generate"`: a model is writing; a call is complete at its closing `)`, and what follows is the runtime's to write
   * - `"read"`: finished text; a marker is complete at its `]`, with or without a result: `[Name(input)]`, `[Name(input) → result]`
   */
  readonly mode: "generate" | "read";
  readonly limits?: MarkerLimits;
}

/**
 * Why something that looked like a call is not one.
 * - `unknown-tool`: no tool has this name
 * - `malformed`: another call begins before this one has ended, or after the `)` comes neither `]` nor an arrow (read mode only)
 * - `unclosed`: the line or the text ends first
 * - `too-long`, `too-deep`: beyond a limit
 */
export type RejectionReason = "unknown-tool" | "malformed" | "unclosed" | "too-long" | "too-deep";

/** `start` and `end` are offsets, in UTF-16 units, in the whole text that the parser was given or told to skip. */
export type MarkerEvent =
  | { readonly type: "text"; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly type: "call";
      readonly call: Call;
      readonly start: number;
      readonly end: number;
      /** In read mode, when the marker has one: what stands after the arrow, trimmed. */
      readonly result?: string;
      /** In generate mode: how many characters of the chunk follow the call. They were not taken in: drop them, or feed them again. 0 in read mode. */
      readonly rest: number;
    }
  | {
      /** A report only: the same characters are text as well, given after this event as far as they were not given before. */
      readonly type: "rejected";
      readonly reason: RejectionReason;
      readonly tool: string;
      readonly text: string;
      readonly start: number;
      readonly end: number;
    };

/** A call whose name is registered and whose `(` is there. */
export interface PendingCall {
  readonly tool: string;
  /** The arguments so far. */
  readonly input: string;
  /** Offset of its `[`. */
  readonly start: number;
}

type State = "text" | "name" | "input" | "after" | "arrow" | "result";

const NAME_START = /[A-Za-z]/;
const NAME_CHARACTER = /[A-Za-z0-9_]/;
const LONGEST_NAME = 64;
const BLANK = /\s/;
const NEWLINE = /[\r\n]/;

/**
 * Finds calls to registered tools in text that arrives in pieces. Total: whatever is no call is text. Every chunking of a
 * text gives the same events once adjacent text is joined. Each character is looked at a bounded number of times.
 *
 * - A marker begins at a `[` at the start of the text, after white space, after `(` or right after another marker. Directly
 *   after anything else a bracket belongs to what stands before it: `x[Foo(1)]`, `[a][b]`, `![…](…)`.
 * - Text is held back only while it may still become a call: from such a `[` as long as what follows is the beginning of
 *   a registered name, and from its `(` until the call ends or fails.
 * - An unknown name is reported, at its `(`, when it looks like a tool's: at least two characters, and a capital at its
 *   head, a `_` in it, or the letters of a registered name in other case. `[see(1)` and `[f(x)]` are prose.
 * - A call stands on one line, unless its arguments are a JSON object (begin with `{`).
 * - Inside arguments ` [Name(` with a registered name, where no value begins, starts anew: the call before it never ended.
 *   In a result any `[` does so, since results are written without brackets.
 */
export class MarkerParser {
  readonly #generating: boolean;
  readonly #tools: ReadonlySet<string>;
  readonly #prefixes = new Set<string>();
  readonly #lowerCase = new Set<string>();
  readonly #limits: Required<MarkerLimits>;

  #state: State = "text";
  /** Text that was taken in and not yet given out; it begins at `#given`. */
  #buffer = "";
  #given = 0;
  #position = 0;
  /** The character before, "" at the start and right after a marker. */
  #previous = "";
  #steps = 0;
  #events: MarkerEvent[] = [];

  /** The name that is being read, and where its `[` stands. */
  #name = "";
  #nameStart = 0;
  /** In the state `input`: whether a name is being read there, too. */
  #restarting = false;

  #tool = "";
  #start = 0;
  #inputStart = 0;
  #inputEnd = 0;
  #resultStart: number | undefined;
  #quotes = new Quotes();
  #depth = 0;
  #json: boolean | undefined;

  constructor(options: MarkerParserOptions) {
    this.#generating = options.mode === "generate";
    this.#tools = new Set(options.tools);
    const { input = 4096, depth = 16, result = 65536 } = options.limits ?? {};
    this.#limits = { input, depth, result };
    for (const name of this.#tools) {
      this.#lowerCase.add(name.toLowerCase());
      for (let length = 1; length <= name.length; length++) this.#prefixes.add(name.slice(0, length));
    }
  }

  /** How many characters were taken in or skipped: the offset of the next one. */
  get position(): number {
    return this.#position;
  }

  /** How many characters were looked at, counting each look: at most a small multiple of `position`, whatever the text. */
  get steps(): number {
    return this.#steps;
  }

  /** The call whose arguments are being written: from here on the text can only be a call to this tool, or fail to be one. */
  get pending(): PendingCall | undefined {
    if (this.#state !== "input") return undefined;
    return { tool: this.#tool, input: this.#buffer.slice(this.#inputStart - this.#given), start: this.#start };
  }

  /** Takes in the next piece of the text. In generate mode it stops after a call; see `rest` there. */
  feed(chunk: string): MarkerEvent[] {
    const begin = this.#position;
    this.#buffer += chunk;
    for (let i = 0; i < chunk.length; i++) {
      if (this.#state === "text") {
        const bracket = chunk.indexOf("[", i);
        const passed = (bracket < 0 ? chunk.length : bracket) - i;
        if (passed > 0) this.#pass(chunk.charAt(i + passed - 1), passed);
        i += passed;
        if (bracket < 0) break;
      }
      const character = chunk.charAt(i);
      while (!this.#step(character)) this.#steps++;
      this.#pass(character, 1);
      const last = this.#events.at(-1);
      if (last?.type !== "call" || last.end !== this.#position) continue;
      this.#previous = "";
      if (this.#generating) {
        this.#buffer = "";
        this.#events[this.#events.length - 1] = { ...last, rest: begin + chunk.length - last.end };
        return this.#take();
      }
    }
    if (this.#state === "text" || (this.#state === "name" && !this.#viable)) this.#give(this.#position);
    return this.#take();
  }

  /** Passes over text that was put in after a call: it is never looked at. */
  skip(length: number): void {
    if (this.#given !== this.#position) throw new Error("skip: only after a call, not in the middle of text that is held back");
    this.#position += length;
    this.#given += length;
  }

  /**
   * Forgets what it was given from an offset on: a call that is pending, and at most blanks before it.
   * @param previous the character before
   */
  retreat(position: number, previous: string): void {
    this.#state = "text";
    this.#buffer = "";
    this.#position = this.#given = position;
    this.#previous = previous;
  }

  /** The text is over: what is held back is text, and a call that was open is reported. */
  end(): MarkerEvent[] {
    if (this.#state !== "text" && this.#state !== "name") this.#reject("unclosed");
    this.#state = "text";
    this.#give(this.#position);
    return this.#take();
  }

  /** Whether the name being read may still become a registered one. */
  get #viable(): boolean {
    return this.#name === "" ? this.#tools.size > 0 : this.#prefixes.has(this.#name);
  }

  #pass(last: string, length: number): void {
    this.#position += length;
    this.#steps += length;
    this.#previous = last;
  }

  /** Looks at the character at `#position`; false when the state has changed and it must be looked at again. */
  #step(character: string): boolean {
    switch (this.#state) {
      case "text":
        if (character === "[" && this.#atMarkerPosition()) this.#startName("name");
        return true;
      case "name":
        return this.#stepName(character);
      case "input":
        return this.#stepInput(character);
      case "after":
        if (character === "]") return this.#complete();
        if (character === "→") return this.#startResult();
        if (character === "-") this.#state = "arrow";
        else if (NEWLINE.test(character)) return this.#reject("unclosed");
        else if (!BLANK.test(character)) return this.#reject("malformed");
        else if (this.#position - this.#inputEnd > this.#limits.input) return this.#reject("too-long");
        return true;
      case "arrow":
        return character === ">" ? this.#startResult() : this.#reject("malformed");
      case "result":
        if (character === "]") return this.#complete();
        if (character === "[") return this.#reject("malformed");
        if (NEWLINE.test(character)) return this.#reject("unclosed");
        if (this.#position - (this.#resultStart ?? 0) >= this.#limits.result) return this.#reject("too-long");
        return true;
    }
  }

  #stepName(character: string): boolean {
    if (this.#extendName(character)) return true;
    if (character === "(" && this.#tools.has(this.#name)) {
      this.#startInput();
      return true;
    }
    if (character === "(" && this.#looksLikeTool()) {
      this.#give(this.#position);
      this.#report("unknown-tool", this.#name, `[${this.#name}(`, this.#nameStart);
    }
    this.#state = "text";
    return false;
  }

  #stepInput(character: string): boolean {
    if (this.#json === undefined && !BLANK.test(character)) this.#json = character === "{";
    if (NEWLINE.test(character) && this.#json !== true) return this.#reject("unclosed");

    const mayRestart = BLANK.test(this.#previous) && !this.#quotes.beforeValue;
    const plain = this.#quotes.plain(character);
    if (plain && character === "[" && mayRestart) {
      this.#startName("input");
    } else if (this.#restarting && !(this.#extendName(character) && this.#viable)) {
      this.#restarting = false;
      if (character === "(" && this.#tools.has(this.#name)) {
        this.#reportCall("malformed", this.#nameStart);
        this.#startInput();
        return true;
      }
    }

    if (plain && character === ")" && this.#depth === 0) return this.#closeInput();
    if (this.#position - this.#inputStart >= this.#limits.input) return this.#reject("too-long");
    if (plain && character === "(" && ++this.#depth > this.#limits.depth) return this.#reject("too-deep");
    if (plain && character === ")") this.#depth--;
    return true;
  }

  #atMarkerPosition(): boolean {
    return this.#previous === "" || this.#previous === "(" || BLANK.test(this.#previous);
  }

  #startName(state: "name" | "input"): void {
    if (state === "name") this.#give(this.#position);
    this.#state = state;
    this.#restarting = state === "input";
    this.#name = "";
    this.#nameStart = this.#position;
  }

  #extendName(character: string): boolean {
    const fits = (this.#name === "" ? NAME_START : NAME_CHARACTER).test(character) && this.#name.length < LONGEST_NAME;
    if (fits) this.#name += character;
    return fits;
  }

  #looksLikeTool(): boolean {
    const name = this.#name;
    return name.length > 1 && (/^[A-Z]/.test(name) || name.includes("_") || this.#lowerCase.has(name.toLowerCase()));
  }

  #startInput(): void {
    this.#state = "input";
    this.#restarting = false;
    this.#tool = this.#name;
    this.#start = this.#nameStart;
    this.#inputStart = this.#position + 1;
    this.#resultStart = undefined;
    this.#quotes = new Quotes();
    this.#depth = 0;
    this.#json = undefined;
  }

  #closeInput(): boolean {
    this.#inputEnd = this.#position;
    if (this.#generating) return this.#complete();
    this.#state = "after";
    return true;
  }

  #startResult(): boolean {
    this.#state = "result";
    this.#resultStart = this.#position + 1;
    return true;
  }

  /** The character at `#position` is the last of the call. */
  #complete(): boolean {
    this.#give(this.#start);
    const end = this.#position + 1;
    const input = this.#slice(this.#inputStart, this.#inputEnd);
    const result = this.#resultStart === undefined ? undefined : this.#slice(this.#resultStart, this.#position).trim();
    this.#steps += input.length;
    const call = readCall(this.#tool, input, this.#tools);
    this.#events.push({ type: "call", call, start: this.#start, end, ...(result === undefined ? {} : { result }), rest: 0 });
    this.#buffer = this.#buffer.slice(end - this.#given);
    this.#given = end;
    this.#state = "text";
    return true;
  }

  #reject(reason: RejectionReason): boolean {
    this.#reportCall(reason, this.#position);
    this.#state = "text";
    return false;
  }

  #reportCall(reason: RejectionReason, end: number): void {
    this.#give(this.#start);
    this.#report(reason, this.#tool, this.#slice(this.#start, end), this.#start);
    this.#give(end);
  }

  #report(reason: RejectionReason, tool: string, text: string, start: number): void {
    this.#events.push({ type: "rejected", reason, tool, text, start, end: start + text.length });
  }

  #slice(start: number, end: number): string {
    return this.#buffer.slice(start - this.#given, end - this.#given);
  }

  /** Gives out the text before the offset `end`. */
  #give(end: number): void {
    if (end <= this.#given) return;
    const text = this.#slice(this.#given, end);
    this.#events.push({ type: "text", text, start: this.#given, end });
    this.#buffer = this.#buffer.slice(end - this.#given);
    this.#given = end;
  }

  #take(): MarkerEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
