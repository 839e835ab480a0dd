import { createInterface, type Interface } from "node:readline";
import type { ReadStream } from "node:tty";
import { Keys, LINE_BREAK } from "./keys.js";

/** Ctrl-C twice within this time leaves. */
const TWICE_MS = 1000;
const HISTORY_LENGTH = 1000;
const CONTINUED = "… ";

interface LineInputOptions {
  readonly terminal: ReadStream;
  /** Where prompts and what is typed are shown. */
  readonly display: NodeJS.WriteStream;
  /** Earlier entries, the newest first. */
  readonly history: readonly string[];
  /** What a line may become. */
  readonly complete: (line: string) => string[];
  /** Told each line once it is entered. */
  readonly onEntry: (line: string) => void;
}

type Line = { readonly text: string } | "interrupted" | "over";

/** Messages typed at a terminal: edited, pasted, taken from the history, continued over several lines. */
export class LineInput implements Disposable {
  /** Ctrl-C while no message is asked for. */
  onInterrupt: () => void = () => {};
  readonly #display: NodeJS.WriteStream;
  readonly #keys: Keys;
  readonly #lines: Interface;
  #take: (line: Line) => void = () => {};
  #interruptedAt = Number.NEGATIVE_INFINITY;
  #over = false;

  constructor({ terminal, display, history, complete, onEntry }: LineInputOptions) {
    this.#display = display;
    this.#keys = new Keys(terminal, display);
    this.#keys.onInterrupt = () => {
      this.#over ||= this.#isSecondInterrupt();
      this.onInterrupt();
    };
    this.#lines = createInterface({
      input: this.#keys.input,
      output: display,
      history: [...history],
      historySize: HISTORY_LENGTH,
      removeHistoryDuplicates: true,
      crlfDelay: Number.POSITIVE_INFINITY,
      completer: (line: string) => [complete(line), line],
    });
    this.#lines.on("line", (text) => {
      if (text.trim() !== "") onEntry(text);
      this.#take({ text });
    });
    this.#lines.on("SIGINT", () => {
      this.#over ||= this.#isSecondInterrupt();
      this.#take("interrupted");
    });
    this.#lines.on("close", () => this.end());
  }

  /** The next message; undefined when whoever types wants to leave, or has gone. A line that ends with a backslash goes on. */
  async read(prompt: string): Promise<string | undefined> {
    let begun = "";
    for (;;) {
      const line = await this.#line(begun === "" ? prompt : CONTINUED);
      if (line === "interrupted" && (begun !== "" || this.#lines.line !== "")) {
        begun = "";
        this.#clear();
      } else if (line === "interrupted" || line === "over") {
        this.#display.write("\n");
        return undefined;
      } else if (line.text.endsWith("\\")) begun += `${line.text.slice(0, -1)}\n`;
      else return (begun + line.text).replaceAll(LINE_BREAK, "\n");
    }
  }

  /** Asks for leave. Anything but the key y means no. */
  async confirm(question: string): Promise<boolean> {
    this.#display.write(`${question} [y/N] `);
    const yes = /^y$/i.test(await this.#keys.key());
    this.#display.write(yes ? "yes\n" : "no\n");
    return yes;
  }

  /** The message that is being asked for is not going to come. */
  end(): void {
    this.#over = true;
    this.#take("over");
  }

  [Symbol.dispose](): void {
    this.#lines.close();
    this.#keys.close();
  }

  async #line(prompt: string): Promise<Line> {
    if (this.#over) return "over";
    this.#lines.setPrompt(prompt);
    this.#lines.prompt();
    const line = new Promise<Line>((resolve) => {
      this.#take = resolve;
    });
    this.#keys.open();
    const taken = await line;
    return this.#over ? "over" : taken;
  }

  #clear(): void {
    this.#lines.write(null, { ctrl: true, name: "e" });
    this.#lines.write(null, { ctrl: true, name: "u" });
  }

  #isSecondInterrupt(): boolean {
    const before = this.#interruptedAt;
    this.#interruptedAt = performance.now();
    return this.#interruptedAt - before < TWICE_MS;
  }
}
