// The loop: a question becomes a stream of events. Everything that comes from outside goes through the tape, everything that is
// made of it is told to the tape, so that the same code runs live, recorded and replayed.
import { setMaxListeners } from "node:events";
import { ToolwrightError } from "../errors.js";
import type { Delta, GenerateOptions, Message, NativeTool, Prompt, Sequence, Usage } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { type Call, formatMarker, formatResult, readCall } from "./call.js";
import { nodesOf } from "./calls.js";
import { Dispatch, overBudget } from "./dispatch.js";
import type { AgentEvent, EventBody, Span } from "./events.js";
import { asFailure, type Rejection, rejectionNote } from "./failures.js";
import { argumentsGrammar, callGrammar } from "./grammar.js";
import { MarkerParser } from "./marker.js";
import { linearInput, nativeTool } from "./native.js";
import { repetitionStart } from "./repetition.js";
import { promptDigest, type Start, startOf } from "./run-input.js";
import type { ChainSettings, Turn } from "./settings.js";
import type { PromptParts } from "./strategy.js";
import type { Tape } from "./tape.js";
import { VisibleText } from "./visible.js";

/** Why the model stopped speaking. */
type Stop =
  | { readonly kind: "call"; readonly call: Call; readonly span: Span; readonly drop: number }
  | { readonly kind: "native"; readonly calls: readonly { readonly id: string; readonly call: Call }[] }
  | { readonly kind: "end" };

/**
 * Answers one question. The stream ends with an `answer` and a `usage` event, or with a fatal `error`; it does not throw.
 * @returns the turn, for a chat's next prompt; undefined when the run failed
 */
export async function* run(question: string, settings: ChainSettings): AsyncGenerator<AgentEvent, Turn | undefined> {
  const run = new Run(settings);
  let left = true; // until shown otherwise, the consumer went away in the middle
  try {
    yield* run.begin(question);
    for (;;) {
      const stop = yield* run.speak();
      if (stop.kind === "end") break;
      yield* run.call(stop);
    }
    yield* run.finish();
    left = false;
    return run.turn();
  } catch (thrown) {
    left = false;
    if (thrown instanceof ToolwrightError && thrown.code === "run-left") return undefined;
    yield run.failed(thrown);
    return undefined;
  } finally {
    await run.close(left);
  }
}

/** Tokens that a call may begin with. */
const MARKER_STARTS = ["[", " ["];

class Run {
  readonly #settings: ChainSettings;
  readonly #tape: Tape;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #parser: MarkerParser;
  readonly #visible = new VisibleText();
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #started = performance.now();
  #start!: Start;
  #dispatch!: Dispatch;
  #prompt!: Prompt;
  /** What of the prompt is this turn's. */
  #own: readonly Message[] = [];
  #answer = "";
  #sequence: Sequence | undefined;
  #pieces: AsyncIterableIterator<Delta> | undefined;
  /** The assistant's turn with all that was spliced in. */
  #text = "";
  /** What the user sees of it. */
  #shown = "";
  #grammar: string | undefined;
  /** The token that may have begun a call: what stood before it, and how likely it was, as log odds. */
  #begun: { readonly at: number; readonly blank: boolean; readonly margin: number } | undefined;
  /** Of the call that is being written. */
  #margin: number | undefined;
  /** A call was not worth its cost: the next token begins none. */
  #spared = false;
  /** Whether top-k may start a call: not right after a result, and not again once it only repeated one. */
  #mayPrefer = true;
  #checkedAt = 0;
  #events = 0;
  #tokens = 0;

  constructor(settings: ChainSettings) {
    this.#settings = settings;
    this.#tape = settings.tape;
    this.#tools = new Map(settings.tools.map((tool) => [tool.name, tool]));
    this.#parser = new MarkerParser({ tools: settings.protocol === "marker" ? this.#tools.keys() : [], mode: "generate" });
    const { milliseconds } = settings.budget;
    this.#timer = setTimeout(() => this.#abort.abort(overBudget("milliseconds", `took longer than ${milliseconds} ms`)), milliseconds);
    this.#timer.unref();
    // Every call that runs listens to the run's signal, and every run to its caller's, however many there are.
    setMaxListeners(0, this.#abort.signal, ...(settings.signal ? [settings.signal] : []));
    settings.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (settings.signal?.aborted) this.#onAbort();
  }

  readonly #onAbort = () => {
    const remedy = "Ask again to go on.";
    this.#abort.abort(
      new ToolwrightError("aborted", "The run was stopped.", remedy, { cause: this.#settings.signal?.reason, exitCode: 130 }),
    );
  };

  /** Settles what the run starts from and builds its prompt. */
  async *begin(question: string): AsyncGenerator<AgentEvent> {
    const { tools, protocol, budget } = this.#settings;
    this.#start = await startOf(question, this.#settings);
    this.#dispatch = new Dispatch({
      tools: this.#tools,
      approve: this.#settings.approve,
      budget,
      tape: this.#tape,
      signal: this.#abort.signal,
      context: { now: new Date(this.#start.now), timeZone: this.#start.timeZone },
      event: (event) => this.#event(event),
      shared: this.#settings.shared,
      costs: this.#settings.costs,
    });
    const history = await this.#fittingHistory();
    const { beginning, turn } = this.#parts(history);
    this.#own = turn;
    this.#prompt = {
      messages: [...beginning, ...history, ...turn],
      shared: beginning.length,
      ...(protocol === "native" ? { tools: tools.map(nativeTool) satisfies NativeTool[] } : {}),
    };
    this.#tape.made("prompt", {
      digest: promptDigest(this.#prompt),
      messages: this.#prompt.messages.length,
      shared: this.#prompt.shared ?? 0,
    });
  }

  /** The prompt's parts; under the native protocol tools are no part of its text. */
  #parts(history: readonly Message[]): PromptParts {
    const { strategy, protocol, instructions, prompts, evidence } = this.#settings;
    const tools = protocol === "native" ? [] : this.#settings.tools;
    return strategy.prompt({ question: this.#start.question, tools, instructions, history, evidence, prompts });
  }

  /** The latest turns of the chat that fit the context; what the prompt shares with others stays in front of them. */
  async #fittingHistory(): Promise<readonly Message[]> {
    const { model, history, budget } = this.#settings;
    if (history.length === 0) return [];
    const { keep } = await this.#tape.input("limit", () => {
      if (model.contextSize === undefined) return { keep: history.length };
      // A template adds a few tokens to every turn.
      const size = (messages: readonly Message[]) => messages.reduce((sum, message) => sum + model.countTokens(message.content) + 8, 0);
      const bare = this.#parts([]);
      let room = model.contextSize - size(bare.beginning) - size(bare.turn) - budget.tokens;
      let kept = 0;
      while (kept < history.length) {
        room -= size(history[history.length - 1 - kept]!.messages);
        if (room < 0) break;
        kept++;
      }
      return { keep: kept };
    });
    return history.slice(history.length - keep).flatMap(({ messages }) => messages);
  }

  /** Lets the model write until it calls or ends. */
  async *speak(): AsyncGenerator<AgentEvent, Stop> {
    for (;;) {
      const delta = await this.#pull();
      if (delta.type === "calls") {
        await this.#restart();
        const calls = delta.calls.map(({ id, tool, input }) => ({
          id,
          call: readCall(tool, linearInput(input, this.#tools.get(tool)), new Set()),
        }));
        return { kind: "native", calls };
      }
      if (delta.type === "stop") {
        await this.#restart();
        if (delta.reason === "preferred") this.#grammar = callGrammar(this.#settings.tools);
        else if (delta.reason === "grammar") this.#grammar = undefined;
        else {
          if (delta.reason === "length")
            yield this.#note("length", `The answer was cut at ${this.#settings.budget.tokens} tokens.`, "Raise maxTokens.");
          return { kind: "end" };
        }
        continue;
      }
      this.#tokens += delta.tokens;
      if (delta.margin !== undefined) this.#begun = { at: this.#text.length, blank: delta.text.startsWith(" "), margin: delta.margin };
      this.#spared = false;
      this.#text += delta.text;
      this.#mayPrefer = !this.#dispatch.repeated;
      for (const event of this.#parser.feed(delta.text)) {
        if (event.type === "text") yield* this.#show(this.#visible.text(event.text));
        else if (event.type === "rejected") {
          if (this.#grammar !== undefined) await this.#restart();
          this.#grammar = undefined; // What it held the model to is text now.
          yield this.#rejected(event);
        } else {
          await this.#restart();
          return { kind: "call", call: event.call, span: [event.start, event.end], drop: event.rest };
        }
      }
      if (await this.#repeats()) {
        yield this.#note("repetition", "The model began to repeat itself and was stopped.", "Ask in other words, or use a larger model.");
        return { kind: "end" };
      }
      const spared = await this.#spare();
      if (spared) yield spared;
      else await this.#followGrammar();
    }
  }

  /** The next delta, from the model or the record. */
  async #pull(): Promise<Delta> {
    let live = false;
    const delta = await this.#tape.input("output", async () => {
      live = true;
      try {
        await this.#resume();
        const { value } = await this.#pieces!.next();
        return value as Delta;
      } catch (error) {
        throw this.#abort.signal.aborted ? this.#abort.signal.reason : error;
      }
    });
    if (!live) {
      await this.#resume();
      this.#sequence!.accept?.(delta);
    }
    return delta;
  }

  async #resume(): Promise<void> {
    const { model, temperature, topK, costWeight, margins, budget } = this.#settings;
    this.#sequence ??= await model.open(this.#prompt, { signal: this.#abort.signal });
    if (this.#pieces) return;
    const prefer =
      topK > 1 && this.#mayPrefer && this.#grammar === undefined && this.#settings.protocol === "marker" && this.#tools.size > 0;
    const options: GenerateOptions = {
      temperature,
      seed: this.#start.seed,
      maxTokens: budget.tokens - this.#tokens,
      signal: this.#abort.signal,
      ...(this.#grammar === undefined ? {} : { grammar: this.#grammar }),
      ...((costWeight > 0 || margins) && this.#grammar === undefined && this.#tools.size > 0 ? { watch: MARKER_STARTS } : {}),
      ...(this.#spared ? { avoid: MARKER_STARTS } : {}),
      ...(prefer ? { prefer: { texts: /(^|\s)$/.test(this.#text) ? MARKER_STARTS : [" ["], k: topK } } : {}),
    };
    this.#pieces = this.#sequence.generate(options);
  }

  /** Leaves the model where its last delta ended; the next pull asks anew, with other options. */
  async #restart(): Promise<void> {
    await this.#pieces?.return?.();
    this.#pieces = undefined;
  }

  /** Takes a call back that has just got its name and is not worth its cost. */
  async #spare(): Promise<AgentEvent | undefined> {
    const { pending } = this.#parser;
    const begun = this.#begun;
    if (pending === undefined || begun === undefined) return undefined;
    this.#begun = undefined;
    this.#margin = undefined;
    if (begun.at + Number(begun.blank) !== pending.start) return undefined; // That bracket began something else.
    this.#margin = begun.margin;
    const cost = this.#start.costs?.[pending.tool] ?? 0;
    const { costWeight } = this.#settings;
    if (costWeight === 0 || begun.margin > costWeight * cost) return undefined;
    await this.#restart();
    const splice = { drop: this.#text.length - begun.at, text: "", results: [] };
    this.#tape.made("splice", splice);
    this.#sequence!.splice(splice);
    this.#text = this.#text.slice(0, begun.at);
    this.#parser.retreat(begun.at, this.#text.at(-1) ?? "");
    if (begun.blank) this.#visible.retreat();
    this.#grammar = undefined;
    this.#spared = true;
    return this.#event({ type: "spared", tool: pending.tool, margin: begun.margin, cost });
  }

  /** From `[Name(` on, what the model writes is held to the tool's arguments. */
  async #followGrammar(): Promise<void> {
    if (this.#grammar !== undefined || !this.#settings.model.can.grammar) return;
    const { pending } = this.#parser;
    if (pending === undefined) return;
    // A token may have brought the first of the arguments with the parenthesis; where they fit no grammar, the schema will say so.
    this.#grammar = argumentsGrammar(this.#tools.get(pending.tool)!, pending.input);
    if (this.#grammar !== undefined) await this.#restart();
  }

  /** Runs what was called and splices the results in. */
  async *call(stop: Exclude<Stop, { kind: "end" }>): AsyncGenerator<AgentEvent> {
    this.#grammar = undefined;
    this.#mayPrefer = false;
    const margin = this.#margin;
    this.#margin = undefined;
    const drop = stop.kind === "call" ? stop.drop : 0;
    this.#text = this.#text.slice(0, this.#text.length - drop);
    const here: Span = [this.#text.length, this.#text.length];
    const trees =
      stop.kind === "call"
        ? [nodesOf(stop.call, stop.span, { margin })]
        : stop.calls.map(({ id, call }) => nodesOf(call, here, { nativeId: id }));
    yield* this.#dispatch.execute(trees.flat());
    const roots = trees.map((nodes) => nodes.at(-1)!);
    const results = roots.map(({ id, nativeId, call, outcome }) => {
      const output = this.#dispatch.fitting(outcome!.error === undefined ? outcome!.output! : `error: ${outcome!.error}`);
      return { id: nativeId ?? id, marker: formatMarker(call, output), output, failed: outcome!.error !== undefined };
    });
    const text = stop.kind === "call" ? ` → ${formatResult(results[0]!.output)}]` : "";
    this.#tape.made("splice", { drop, text, results });
    this.#sequence!.splice({ drop, text, results });
    this.#text += text;
    this.#parser.skip(text.length);
    this.#visible.marker();
  }

  /** What was held back, then the answer and what it took. */
  async *finish(): AsyncGenerator<AgentEvent> {
    for (const event of this.#parser.end()) {
      if (event.type === "text") yield* this.#show(this.#visible.text(event.text));
      else if (event.type === "rejected") yield this.#rejected(event);
    }
    yield* this.#show(this.#visible.end());
    // Where it called and left it at that, the result is the answer.
    this.#answer = this.#settings.strategy.answer(this.#shown, this.#settings.prompts) || this.#dispatch.lastOutput;
    if (this.#answer === "") {
      throw new ToolwrightError("empty-answer", "The model answered nothing.", "Ask in other words, or use another strategy or model.");
    }
    yield this.#event({ type: "answer", text: this.#answer });
    const none: Usage = { input: 0, cached: 0, output: 0 };
    const { usage, ms } = await this.#tape.input("usage", () => ({
      usage: this.#sequence?.usage ?? none,
      ms: Math.round(performance.now() - this.#started),
    }));
    yield this.#event({ type: "usage", usage, calls: this.#dispatch.calls, ms });
  }

  turn(): Turn {
    return { question: this.#start.question, answer: this.#answer, messages: [...this.#own, this.#sequence!.message()] };
  }

  failed(thrown: unknown): AgentEvent {
    return this.#event({ type: "error", ...asFailure(thrown), fatal: true });
  }

  /** @param left the consumer went away before the run had ended */
  async close(left: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#settings.signal?.removeEventListener("abort", this.#onAbort);
    try {
      if (left) {
        this.#abort.abort(new ToolwrightError("aborted", "The run was left.", "Ask again to go on.", { exitCode: 130 }));
        await this.#tape.input("abort", () => ({ reason: "left" }));
      }
      await this.#restart();
      if (this.#sequence) this.#settings.onUsage?.(this.#sequence.usage);
      await this.#sequence?.close({ keep: this.#settings.keep && !left });
    } finally {
      await this.#tape.end();
    }
  }

  async #repeats(): Promise<boolean> {
    if (this.#shown.length - this.#checkedAt < 32) return false;
    this.#checkedAt = this.#shown.length;
    const start = repetitionStart(this.#shown);
    if (start === undefined) return false;
    await this.#restart();
    return true;
  }

  *#show(text: string): Generator<AgentEvent> {
    if (text === "") return;
    this.#shown += text;
    yield this.#event({ type: "text", delta: text });
  }

  #rejected({ reason, tool, text }: Rejection): AgentEvent {
    return this.#event(rejectionNote({ reason, tool, text }, this.#tools.keys()));
  }

  #note(code: string, message: string, remedy: string): AgentEvent {
    return this.#event({ type: "error", code, message, remedy, fatal: false });
  }

  #event(event: EventBody): AgentEvent {
    const numbered: AgentEvent = { n: this.#events++, ...event };
    this.#tape.made("event", numbered);
    return numbered;
  }
}
