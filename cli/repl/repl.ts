// The chat at a terminal. Answers go to stdout; the prompt and everything else go to stderr, where that is a terminal too.
import { failureOf, type RunOptions } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { adapterText } from "../adapters.js";
import type { ChatSession } from "../chat-session.js";
import { reportFailure } from "../failure.js";
import { RunView } from "../run-view.js";
import { oneLine, printable, styles } from "../terminal.js";
import { completions, runCommand } from "./commands.js";
import { History } from "./history.js";
import { LineInput } from "./line-input.js";

const PROMPT = "> ";
/** At temperature 0 the same question gets the same answer: a retry samples. */
const RETRY_TEMPERATURE = 0.7;

/** Talks until the person leaves. @param signal ends it from outside */
export async function repl(session: ChatSession, signal: AbortSignal): Promise<void> {
  const display = process.stderr.isTTY ? process.stderr : process.stdout;
  const history = new History();
  using input = new LineInput({
    terminal: process.stdin,
    display,
    history: await history.load(),
    complete: completions,
    onEntry: (line) => void history.add(line),
  });
  signal.addEventListener("abort", () => {
    input.onInterrupt();
    input.end();
  });
  session.approve = ({ tool, input: written }) => input.confirm(`  ${tool}(${oneLine(written)}) has effects outside. Run it?`);
  await new Repl(session, input, display).talk();
}

class Repl {
  readonly #session: ChatSession;
  readonly #input: LineInput;
  readonly #display: NodeJS.WriteStream;
  /** The last question, when it was not answered: the chat does not know it then. */
  #unanswered: string | undefined;
  /** Model and strategy of the last answer. */
  #lastBy: string | undefined;

  constructor(session: ChatSession, input: LineInput, display: NodeJS.WriteStream) {
    this.#session = session;
    this.#input = input;
    this.#display = display;
  }

  async talk(): Promise<void> {
    this.#greet();
    for (;;) {
      const message = await this.#input.read(PROMPT);
      if (message === undefined) return;
      if (message.trim() === "") continue;
      if (message.startsWith("/")) await this.#stoppable((signal) => this.#command(message, signal));
      else await this.#answer(message.trim());
    }
  }

  #greet(): void {
    const { model, strategy, tools, history } = this.#session;
    const { dim, bold } = styles(this.#display);
    const names = tools.map(({ name }) => name).join(", ");
    const adapters = adapterText(model.identity);
    const about = [...(adapters === undefined ? [] : [adapters]), strategy, names === "" ? "no tools" : names];
    this.#display.write(`${bold(model.name)} ${dim(about.map((part) => `· ${part}`).join(" "))}\n`);
    if (history.length > 0) this.#say(`Going on after: ${oneLine(history.at(-1)?.question ?? "", 60)}`);
    this.#display.write(`${dim("/help lists commands, Ctrl-C stops an answer, Ctrl-D leaves.")}\n\n`);
  }

  async #command(line: string, signal: AbortSignal): Promise<void> {
    await runCommand(line, {
      session: this.#session,
      say: (text) => this.#say(text),
      retry: () => this.#retry(),
      quit: () => this.#input.end(),
      signal,
    });
  }

  async #retry(): Promise<void> {
    const question = this.#unanswered ?? this.#session.undo();
    if (question === undefined) return this.#say("Nothing has been asked yet.");
    const same = this.#lastBy === this.#by() && this.#session.temperature === 0;
    await this.#answer(question, same ? { temperature: RETRY_TEMPERATURE } : {});
  }

  async #answer(question: string, options: RunOptions = {}): Promise<void> {
    this.#unanswered = question;
    this.#lastBy = this.#by();
    await this.#stoppable(async (signal) => {
      using view = new RunView();
      for await (const event of this.#session.run(question, { ...options, signal })) {
        view.show(event);
        if (event.type === "usage") this.#unanswered = undefined;
        if (event.type === "error" && event.fatal) throw failureOf(event);
      }
    });
    this.#display.write("\n");
  }

  #by(): string {
    return `${this.#session.model.name} ${this.#session.strategy}`;
  }

  /** Does something that Ctrl-C stops. What goes wrong is said, and the chat goes on. */
  async #stoppable(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    this.#input.onInterrupt = () => controller.abort();
    try {
      await work(controller.signal);
    } catch (error) {
      if (controller.signal.aborted && error instanceof ToolwrightError && error.exitCode === 130) this.#say("Stopped.");
      else reportFailure(error);
    } finally {
      this.#input.onInterrupt = () => {};
    }
  }

  #say(text: string): void {
    this.#display.write(`${styles(this.#display).dim(printable(text).trimEnd())}\n`);
  }
}
