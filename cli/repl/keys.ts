import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";

const INTERRUPT = "\x03";
/** Bracketed paste (xterm's DEC private mode 2004): the terminal puts these around what is pasted. */
const PASTE_MODE_ON = "\x1b[?2004h";
const PASTE_MODE_OFF = "\x1b[?2004l";
const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";

/** Stands for a line break inside a message while it is edited on one line. */
export const LINE_BREAK = "↵";

/**
 * Stands between the terminal and readline. While nobody asks for a line, what is typed waits here, so that it neither disturbs an
 * answer nor is lost, and Ctrl-C is told at once. What is pasted reaches readline as one line.
 */
export class Keys {
  /** What readline reads. */
  readonly input: ReadStream;
  /** Ctrl-C, while nobody asks for a line. */
  onInterrupt: () => void = () => {};
  readonly #terminal: ReadStream;
  readonly #display: NodeJS.WriteStream;
  readonly #through = new PassThrough({ encoding: "utf8" });
  #held = "";
  #open = false;
  #keyTaken: ((key: string) => void) | undefined;

  constructor(terminal: ReadStream, display: NodeJS.WriteStream) {
    this.#terminal = terminal;
    this.#display = display;
    const setRawMode = (raw: boolean) => terminal.setRawMode(raw);
    this.input = Object.assign(this.#through, { isTTY: true, isRaw: false, setRawMode }) as unknown as ReadStream;
    terminal.setEncoding("utf8");
    terminal.on("data", this.#take);
    terminal.on("end", this.#end);
    display.write(PASTE_MODE_ON);
  }

  /** Lets one line through. */
  open(): void {
    this.#open = true;
    this.#passOn();
  }

  /** The next key that is pressed from now on; what was typed before does not count. */
  key(): Promise<string> {
    return new Promise((resolve) => {
      this.#keyTaken = resolve;
    });
  }

  /** Leaves the terminal as it was. */
  close(): void {
    this.#terminal.off("data", this.#take);
    this.#terminal.off("end", this.#end);
    this.#terminal.pause();
    this.#display.write(PASTE_MODE_OFF);
  }

  readonly #take = (typed: string): void => {
    const takeKey = this.#keyTaken;
    this.#keyTaken = undefined;
    takeKey?.(typed);
    if (!this.#open && typed.includes(INTERRUPT) && !typed.includes(PASTE_START)) {
      this.#held = "";
      this.onInterrupt();
    } else if (takeKey === undefined) {
      this.#held += typed;
      this.#passOn();
    }
  };

  readonly #end = (): void => void this.#through.end();

  #passOn(): void {
    while (this.#open && this.#held !== "") {
      const start = this.#held.indexOf(PASTE_START);
      if (start === 0) {
        const end = this.#held.indexOf(PASTE_END);
        if (end < 0) return; // The rest is on its way.
        this.#through.write(onOneLine(this.#held.slice(PASTE_START.length, end)));
        this.#held = this.#held.slice(end + PASTE_END.length);
        continue;
      }
      const typed = start < 0 ? this.#held.slice(0, this.#held.length - beginningAtEnd(this.#held)) : this.#held.slice(0, start);
      if (typed === "") return;
      const lineEnd = typed.search(/[\r\n]/);
      const passed = lineEnd < 0 ? typed : typed.slice(0, lineEnd + 1);
      this.#held = this.#held.slice(passed.length);
      if (lineEnd >= 0) this.#open = false;
      this.#through.write(passed);
    }
  }
}

/** How many characters at the end may be the beginning of a paste's mark that arrives in pieces. A lone escape is the key. */
function beginningAtEnd(text: string): number {
  for (let length = PASTE_START.length - 1; length > 1; length--) {
    if (text.endsWith(PASTE_START.slice(0, length))) return length;
  }
  return 0;
}

/** Tabs would ask readline for completions, and control characters would be keys. */
function onOneLine(pasted: string): string {
  const lines = pasted.replace(/\r\n?/g, "\n").replace(/\n+$/, "").replaceAll("\t", "    ");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return lines.replaceAll("\n", LINE_BREAK).replace(/[\x00-\x1f\x7f-\x9f]/g, "");
}
