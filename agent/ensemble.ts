// Several chains for one question: each is a run of its own, under its own strategy and seed. What came of them is recorded as an
// input of the run that they belong to, so that its replay needs none of them.
import { setMaxListeners } from "node:events";
import { ToolwrightError } from "../errors.js";
import type { Message, Usage } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { chainTokens } from "./budget.js";
import { CallLog } from "./call-log.js";
import { inTime } from "./calls.js";
import { overBudget, type SharedResults } from "./dispatch.js";
import type { AgentEvent, ChainResult, EventBody, Standing } from "./events.js";
import { asFailure, failureOf, isOwnFailure } from "./failures.js";
import { run } from "./loop.js";
import { type Start, startOf } from "./run-input.js";
import type { ChainSettings, RunSettings, Turn } from "./settings.js";
import { type ChainStrategy, isSeveral, type SeveralStrategy } from "./strategy.js";
import type { Tape } from "./tape.js";

/** A chain to be run. */
export interface ChainRequest {
  readonly strategy: ChainStrategy;
  /** Default: that of the run. */
  readonly temperature?: number;
  /** What it is to answer from. */
  readonly evidence?: string;
  /** Default: those of the run. */
  readonly tools?: readonly Tool[];
  /** What it may write at most. Default, and never more: its share of the run's budget. */
  readonly maxTokens?: number;
}

/** What came of all chains. */
export interface Conclusion extends Standing {
  readonly text: string;
  /** The assistant's turn in a chat. */
  readonly written: string;
}

type Settings = RunSettings & { readonly strategy: SeveralStrategy };

/**
 * Answers one question with several chains. As `run` of one chain, it ends with an `answer` and a `usage` event or with a fatal `error`.
 * @returns the turn, for a chat's next prompt; undefined when the run failed
 */
async function* runSeveral(question: string, settings: Settings): AsyncGenerator<AgentEvent, Turn | undefined> {
  const ensemble = new Ensemble(settings);
  let left = true;
  try {
    await ensemble.begin(question);
    const conclusion = yield* settings.strategy.combine(ensemble);
    const turn = yield* ensemble.finish(conclusion);
    left = false;
    return turn;
  } catch (thrown) {
    left = false;
    if (thrown instanceof ToolwrightError && thrown.code === "run-left") return undefined;
    yield ensemble.event({ type: "error", ...asFailure(thrown), fatal: true });
    return undefined;
  } finally {
    await ensemble.close(left);
  }
}

/** The chains of a run, as its strategy sees them. */
export class Ensemble {
  readonly settings: Settings;
  readonly #abort = new AbortController();
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #shared: SharedResults;
  /** Runs that have not been waited for. */
  readonly #going = new Set<Promise<unknown>>();
  #start!: Start;
  #events = 0;
  #chains = 0;
  #calls = 0;
  #looks = 0;
  /** Of each chain. */
  #tokens = 0;
  #usage: Usage = { input: 0, cached: 0, output: 0 };

  constructor(settings: Settings) {
    this.settings = settings;
    this.#shared = { results: new Map(), signal: this.#abort.signal };
    const { milliseconds } = settings.budget;
    this.#timer = setTimeout(() => this.#abort.abort(overBudget("milliseconds", `took longer than ${milliseconds} ms`)), milliseconds);
    this.#timer.unref();
    // Every chain listens to this run's signal, and every run to its caller's, however many there are.
    setMaxListeners(0, this.#abort.signal, ...(settings.signal ? [settings.signal] : []));
    settings.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (settings.signal?.aborted) this.#onAbort();
  }

  get question(): string {
    return this.#start.question;
  }

  readonly #onAbort = () => {
    const cause = this.settings.signal?.reason;
    this.#abort.abort(new ToolwrightError("aborted", "The run was stopped.", "Ask again to go on.", { cause, exitCode: 130 }));
  };

  /** @throws ToolwrightError `budget-too-small` */
  async begin(question: string): Promise<void> {
    this.#start = await startOf(question, this.settings);
    this.#tokens = chainTokens(this.settings.strategy, this.settings.budget, this.settings.maxTokens);
  }

  /**
   * Runs chains at the same time, and says of each what came of it when it has ended. The first of them computes what their prompts begin
   * with, the others share it.
   * @param enough asked after each chain that answered: the others are not waited for any more
   * @returns those that ended, in their order
   * @throws ToolwrightError the first failure that is no chain's own
   */
  async *run(
    requests: readonly ChainRequest[],
    enough: (ended: readonly ChainResult[]) => boolean = () => false,
  ): AsyncGenerator<AgentEvent, readonly ChainResult[]> {
    const first = this.#chains;
    this.#chains += requests.length;
    const ended: ChainResult[] = [];
    const waiting = new Map(requests.map((request, place) => [first + place, request]));
    const stop = new AbortController();
    let going: Going | undefined;
    try {
      while (waiting.size > 0 && !enough(ended)) {
        const result = await this.settings.tape.input("chain", async () => {
          going ??= this.#startAll(waiting, AbortSignal.any([this.#abort.signal, stop.signal]));
          return await going();
        });
        waiting.delete(result.index);
        ended.push(result);
        this.#calls += result.calls.length;
        yield this.event({ type: "chain", ...result });
      }
    } finally {
      stop.abort(new ToolwrightError("not-needed", "The other chains have settled the answer.", "Nothing is to be done."));
    }
    return ended.sort((a, b) => a.index - b.index);
  }

  /**
   * Asks a tool itself, as a call that the reader of the run sees. What it takes is recorded: plain JSON, `output` what is shown of it.
   * @returns undefined where the tool failed
   */
  async *look<Taken extends { readonly output: string }>(
    tool: Pick<Tool, "name" | "timeout">,
    input: string,
    take: (signal: AbortSignal) => Promise<Taken>,
  ): AsyncGenerator<AgentEvent, Taken | undefined> {
    const id = `c${this.#calls++}`;
    yield this.event({ type: "call", id, tool: tool.name, input, span: [0, 0] });
    if (this.#looks++ >= this.settings.budget.calls) throw overBudget("calls", `made more than ${this.settings.budget.calls} calls`);
    const { value, error, ms } = await this.settings.tape.input("result", async () => ({
      id,
      ...(await inTime(tool.timeout, this.#abort.signal, take)),
    }));
    yield this.event({ type: "result", id, ...(error === undefined ? { output: value!.output } : { error }), ms, cached: false });
    return value;
  }

  event(event: EventBody): AgentEvent {
    const numbered: AgentEvent = { n: this.#events++, ...event };
    this.settings.tape.made("event", numbered);
    return numbered;
  }

  async *finish({ text, written, ...standing }: Conclusion): AsyncGenerator<AgentEvent, Turn> {
    yield this.event({ type: "answer", text, ...standing });
    const { usage, ms } = await this.settings.tape.input("usage", async () => {
      await Promise.allSettled(this.#going); // Those that were stopped have taken something too.
      return { usage: this.#usage, ms: Math.round(performance.now() - this.#started) };
    });
    yield this.event({ type: "usage", usage, calls: this.#calls, ms });
    const messages: readonly Message[] = [
      { role: "user", content: this.question },
      { role: "assistant", content: written },
    ];
    return { question: this.question, answer: text, messages };
  }

  /** @param left the consumer went away before the run had ended */
  async close(left: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.settings.signal?.removeEventListener("abort", this.#onAbort);
    try {
      if (left) {
        this.#abort.abort(new ToolwrightError("aborted", "The run was left.", "Ask again to go on.", { exitCode: 130 }));
        await this.settings.tape.input("abort", () => ({ reason: "left" }));
      }
      await Promise.allSettled(this.#going);
    } finally {
      await this.settings.tape.end();
    }
  }

  #startAll(requests: ReadonlyMap<number, ChainRequest>, signal: AbortSignal): Going {
    const ended: (() => ChainResult)[] = [];
    let wake = () => {};
    const start = (index: number, request: ChainRequest, onRead: () => void) => {
      const running = this.#one(index, request, signal, onRead)
        .then(
          (result) => ended.push(() => result),
          (error: unknown) =>
            ended.push(() => {
              throw error;
            }),
        )
        .finally(() => {
          onRead();
          this.#going.delete(running);
          wake();
        });
      this.#going.add(running);
    };
    const [head, ...rest] = requests;
    let begun = false;
    const others = () => {
      if (begun || signal.aborted) return;
      begun = true;
      for (const [index, request] of rest) start(index, request, () => {});
    };
    if (head) start(...head, others);
    if (!this.settings.model.can.fork) others(); // Nothing is shared that would be worth waiting for.
    return async () => {
      while (ended.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return ended.shift()!();
    };
  }

  /** @param onRead called when the model has read the prompt */
  async #one(index: number, request: ChainRequest, signal: AbortSignal, onRead: () => void): Promise<ChainResult> {
    const { settings } = this;
    const {
      strategy,
      temperature = settings.temperature,
      evidence = settings.evidence,
      tools = settings.tools,
      maxTokens = this.#tokens,
    } = request;
    const own: ChainSettings = {
      ...settings,
      strategy,
      temperature,
      seed: seedOf(this.#start.seed, index),
      tools,
      budget: { ...settings.budget, tokens: Math.min(maxTokens, this.#tokens) },
      clock: () => new Date(this.#start.now),
      tape: listening(settings.tape.branch(index), onRead),
      signal,
      given: undefined,
      keep: false,
      evidence,
      chain: index,
      shared: this.#shared,
      onUsage: (usage) => this.#count(usage),
    };
    const log = new CallLog();
    let [answer, usage]: [string | undefined, Usage] = [undefined, { input: 0, cached: 0, output: 0 }];
    let error: ChainResult["error"];
    let failure: ToolwrightError | undefined;
    const events = run(this.question, own);
    for (;;) {
      const next = await events.next();
      if (next.done) {
        if (failure !== undefined) throw this.#abort.signal.aborted ? this.#abort.signal.reason : failure;
        const written = next.value?.messages.at(-1)?.content ?? "";
        return {
          index,
          strategy: strategy.name,
          ...(error ? { error } : { answer }),
          written,
          calls: log.calls,
          unmade: log.unmade,
          usage,
        };
      }
      const event = next.value;
      log.add(event);
      if (event.type === "answer") answer = event.text;
      else if (event.type === "usage") usage = event.usage;
      else if (event.type === "error" && event.fatal) {
        failure = isOwnFailure(event.code) ? undefined : failureOf(event);
        error = { code: event.code, message: event.message };
      }
    }
  }

  #count({ input, cached, output }: Usage): void {
    this.#usage = { input: this.#usage.input + input, cached: this.#usage.cached + cached, output: this.#usage.output + output };
  }
}

/** The next chain that has ended. @throws what it failed by */
type Going = () => Promise<ChainResult>;

/** Of a chain: neighbouring runs and chains have nothing in common. */
function seedOf(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ (index + 0x9e3779b9), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The same tape, heard. */
function listening(tape: Tape, onOutput: () => void): Tape {
  return {
    input: async (kind, take) => {
      const value = await tape.input(kind, take);
      if (kind === "output") onOutput();
      return value;
    },
    made: (kind, value) => tape.made(kind, value),
    branch: (index) => tape.branch(index),
    end: () => tape.end(),
  };
}

/** What every chain failed by, when none answered. */
export function noAnswer(strategy: string, chains: readonly ChainResult[]): ToolwrightError {
  const why = chains.find(({ error }) => error !== undefined)?.error;
  return new ToolwrightError(
    "empty-answer",
    `None of the ${chains.length} chains of ${strategy} answered${why === undefined ? "" : `; the first: ${why.message}`}.`,
    "Ask in other words, or use another strategy or model.",
  );
}

/** Runs a question under its strategy, whichever kind it is. */
export function runQuestion(question: string, settings: RunSettings): AsyncGenerator<AgentEvent, Turn | undefined> {
  const { strategy } = settings;
  return isSeveral(strategy) ? runSeveral(question, { ...settings, strategy }) : run(question, { ...settings, strategy });
}
