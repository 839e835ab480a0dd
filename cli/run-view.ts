import type { AgentEvent } from "../agent/index.js";
import { columnsOf, oneLine, printable, styles } from "./terminal.js";

type CallEvent = Extract<AgentEvent, { type: "call" }>;
type AnswerEvent = Extract<AgentEvent, { type: "answer" }>;
type ChainEvent = Extract<AgentEvent, { type: "chain" }>;
type ResultEvent = Extract<AgentEvent, { type: "result" }>;

/** Characters of a call, and of its result, on a line that is not a terminal's. */
const LONGEST = 500;
const ERASE_LINE = "\r\x1b[K";
/** Text whose characters are one column each, so that its width is known: the Latin blocks and common punctuation. */
const NARROW = /^[\x20-\x7e\xa0-\u024f\u2010-\u2027\u20ac]*$/;

/**
 * Shows runs to a person: text and answers on stdout, calls and notes dimmed on stderr. On a terminal the text appears as it is
 * written, and a call that is made in the middle of a line of it is shown above that line; elsewhere stdout gets the answer alone.
 */
export class RunView implements Disposable {
  readonly #out = process.stdout;
  readonly #err = process.stderr;
  readonly #streams = process.stdout.isTTY === true;
  /** Both are, as a rule, the same terminal. */
  readonly #sameTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;
  readonly #calls = new Map<string, CallEvent>();
  /** What has been shown of the answer, and the part of it that stands on the line where the cursor is. */
  #shown = "";
  #line = "";
  /** The line where the cursor is shows what is going on, and is going to be replaced. */
  #pending = false;

  constructor() {
    if (this.#sameTerminal) this.#showPending("…");
  }

  /** Takes in the next event. A fatal error is left to whoever ends the run. */
  show(event: AgentEvent): void {
    if (event.type === "text") this.#text(event.delta);
    else if (event.type === "call") this.#call(event);
    else if (event.type === "result") this.#result(event);
    else if (event.type === "spared") this.#above(`  ⚙ ${event.tool} was not worth its cost`);
    else if (event.type === "chain") this.#above(chainText(event, columnsOf(this.#err)));
    else if (event.type === "answer") this.#answer(event);
    else if (event.type === "error" && !event.fatal) this.#above(`  ! ${oneLine(event.message)}`);
  }

  /** After a run, however it ended: the cursor stands at the start of a line then. */
  [Symbol.dispose](): void {
    this.#erasePending();
    if (this.#line !== "") this.#out.write("\n");
    this.#line = this.#shown = "";
    this.#calls.clear();
  }

  #text(delta: string): void {
    if (!this.#streams) return;
    this.#erasePending();
    const text = this.#shown === "" ? printable(delta).trimStart() : printable(delta);
    if (text === "") return;
    this.#out.write(text);
    this.#shown += text;
    this.#line = (this.#line + text).slice((this.#line + text).lastIndexOf("\n") + 1);
  }

  #call(call: CallEvent): void {
    this.#calls.set(call.id, call);
    if (!this.#sameTerminal) return;
    this.#makeRoom();
    this.#showPending(callText(call, undefined, columnsOf(this.#err)));
  }

  #result(result: ResultEvent): void {
    const call = this.#calls.get(result.id);
    if (call !== undefined) this.#above(callText(call, result, columnsOf(this.#err)));
  }

  #answer({ text, agreement, sources = [] }: AnswerEvent): void {
    const answer = printable(text).trim();
    this.#erasePending();
    if (!this.#streams) this.#out.write(`${text}\n`);
    else if (!this.#shown.trimEnd().endsWith(answer)) {
      if (this.#line !== "") this.#out.write("\n");
      this.#line = "";
      this.#out.write(`${answer}\n`);
    }
    for (const [place, { id, title, quote }] of sources.entries()) this.#above(`  [${place + 1}] ${title}: “${oneLine(quote)}” (${id})`);
    if (agreement) this.#above(`  ${agreement.votes} of ${agreement.of} agree`);
  }

  /** Writes a line to stderr, above the line of text that is going on. */
  #above(line: string): void {
    this.#makeRoom();
    this.#err.write(`${styles(this.#err).dim(line)}\n`);
    this.#erasePending();
    if (this.#line !== "") this.#out.write(this.#line);
  }

  /** Takes away what stands on the cursor's line, to be written again below. What is too long for that stays, and its line ends. */
  #makeRoom(): void {
    if (!this.#sameTerminal) return;
    const movable = NARROW.test(this.#line) && this.#line.length < (columnsOf(this.#out) ?? 0);
    if (this.#pending || movable) this.#out.write(ERASE_LINE);
    else {
      this.#out.write("\n");
      this.#line = "";
    }
    this.#pending = false;
  }

  #showPending(text: string): void {
    this.#err.write(styles(this.#err).dim(text));
    this.#pending = true;
  }

  #erasePending(): void {
    if (!this.#pending) return;
    this.#pending = false;
    this.#out.write(ERASE_LINE + this.#line);
  }
}

/** `  ⚙ Calculator(37*48) → 1776  1.2 ms`, on one line of at most `columns`. */
function callText({ tool, input, within }: CallEvent, result: ResultEvent | undefined, columns = 2 * LONGEST): string {
  const start = `${within === undefined ? "  " : "    "}⚙ ${tool}(`;
  const end = result === undefined ? " …" : `  ${result.cached ? "known already" : duration(result.ms)}`;
  const arrow = result === undefined ? ")" : result.error === undefined ? ") → " : ") failed: ";
  // A line that fills the last column makes some terminals wrap.
  const room = Math.max(20, columns - 1 - start.length - arrow.length - end.length);
  const written = oneLine(input, result === undefined ? room : Math.min(LONGEST, Math.max(10, Math.floor(room / 2))));
  const given =
    result === undefined ? "" : oneLine(result.error ?? result.output ?? "", Math.min(LONGEST, room - Array.from(written).length));
  return `${start}${written}${arrow}${given}${end}`;
}

/** `  3. direct: It is 1776.  ⚙ Calculator(37*48) → 1776`, on one line of at most `columns`. */
function chainText({ index, strategy, answer, error, calls }: ChainEvent, columns = 2 * LONGEST): string {
  const start = `  ${index + 1}. ${strategy}: `;
  const made = calls.map(({ tool, input, output, error: failed }) => `⚙ ${tool}(${input}) → ${failed ?? output}`).join("  ");
  const said = error === undefined ? (answer ?? "") : `! ${error.message}`;
  return start + oneLine(made === "" ? said : `${said}  ${made}`, Math.max(20, columns - 1 - start.length));
}

function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
