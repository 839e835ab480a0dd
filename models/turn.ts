import type { Delta, Message, NativeCall, Splice } from "./model.js";

const GO_ON = "Go on with your answer from exactly where it stopped. Do not repeat what you wrote.";

/**
 * The assistant's turn of a model that cannot go on with its own text. Each splice ends a piece of the turn: the piece goes back as
 * the assistant's message, and the results follow as tool messages where the calls were native, as a user's message otherwise.
 */
export class Turn {
  readonly #prompt: readonly Message[];
  readonly #pieces: Message[] = [];
  readonly #callIds = new Set<string>();
  #piece = "";
  #calls: readonly NativeCall[] = [];
  #written: string;
  #message: Message | undefined;

  constructor(prompt: readonly Message[], written = "") {
    this.#prompt = prompt;
    this.#written = written;
  }

  /** The whole turn as one text, what was spliced in included. */
  get written(): string {
    return this.#written;
  }

  write(text: string): void {
    this.#piece += text;
    this.#written += text;
    this.#message = undefined;
  }

  /** Takes in what the model wrote. */
  accept(delta: Delta): void {
    if (delta.type === "text") this.write(delta.text);
    else if (delta.type === "calls") this.call(delta.calls);
  }

  call(calls: readonly NativeCall[]): void {
    this.#calls = calls;
    for (const { id } of calls) this.#callIds.add(id);
  }

  splice({ drop, text, results }: Splice): void {
    if (drop > this.#piece.length) throw new RangeError(`cannot drop ${drop} of ${this.#piece.length} characters`);
    this.#piece = this.#piece.slice(0, this.#piece.length - drop);
    this.#written = this.#written.slice(0, this.#written.length - drop) + text;
    this.#message = undefined;
    this.#endPiece();
    const native = results.filter(({ id }) => this.#callIds.has(id));
    const marked = results.filter(({ id }) => !this.#callIds.has(id));
    for (const { id, output } of native) this.#pieces.push({ role: "tool", content: output, callId: id });
    if (marked.length > 0) this.#pieces.push({ role: "user", content: inWords(marked) });
  }

  /** What the model is to be asked with: the prompt, the pieces of the turn and their results. */
  request(): readonly Message[] {
    const goOn: Message[] = this.#piece !== "" && this.#calls.length === 0 ? [{ role: "user", content: GO_ON }] : [];
    return [...this.#prompt.flatMap(spelledOut), ...this.#pieces, ...this.#openPiece(), ...goOn];
  }

  /** The turn as one message; the same object until the turn grows. */
  message(): Message {
    if (this.#message === undefined) {
      this.#message = { role: "assistant", content: this.#written };
      if (this.#callIds.size > 0) SPELLED_OUT.set(this.#message, [...this.#pieces, ...this.#openPiece()]);
    }
    return this.#message;
  }

  copy(): Turn {
    const copy = new Turn(this.#prompt, this.#written);
    copy.#pieces.push(...this.#pieces);
    for (const id of this.#callIds) copy.#callIds.add(id);
    copy.#piece = this.#piece;
    copy.#calls = this.#calls;
    return copy;
  }

  #endPiece(): void {
    this.#pieces.push(...this.#openPiece());
    this.#piece = "";
    this.#calls = [];
  }

  #openPiece(): Message[] {
    if (this.#calls.length > 0) return [{ role: "assistant", content: this.#piece, calls: this.#calls }];
    return this.#piece === "" ? [] : [{ role: "assistant", content: this.#piece }];
  }
}

/** Turns with native calls as endpoints want to see them again: calls and results as messages of their own. */
const SPELLED_OUT = new WeakMap<Message, readonly Message[]>();

function spelledOut(message: Message): readonly Message[] {
  return SPELLED_OUT.get(message) ?? [message];
}

function inWords(results: Splice["results"]): string {
  const what = results.length === 1 ? "The result of your call" : "The results of your calls";
  return `${what}:\n${results.map(({ marker }) => marker).join("\n")}\n${GO_ON}`;
}
