// Runs the calls of one run: checks them, asks for leave, keeps results and counts, all through the tape.
import { ToolwrightError } from "../errors.js";
import type { Tool, ToolContext } from "../tools/index.js";
import type { Budget } from "./budget.js";
import { type Node, type Outcome, readArguments, runTool, unlessAborted } from "./calls.js";
import type { CostBook } from "./cost.js";
import type { AgentEvent, EventBody } from "./events.js";
import type { Tape } from "./tape.js";

/** Asked before a tool with side effects runs; where several chains answer, perhaps by several at once. */
export type Approve = (call: {
  readonly tool: string;
  readonly input: string;
  readonly args: Readonly<Record<string, unknown>>;
}) => boolean | Promise<boolean>;

/** A call whose nested calls are done. `key` is the same for calls that give the same result; a refused one has none. */
interface Prepared {
  readonly node: Node;
  readonly key?: string;
  readonly args?: Record<string, unknown>;
  readonly refusal?: Outcome;
}

/** The same call this many times in one run is a loop. */
const REPEATS = 4;
/** UTF-8 bytes of one result that go into the text at most. */
const LONGEST_RESULT = 2000;

/** Results that several runs have in common: what one of them has called, the others need not call again. */
export interface SharedResults {
  /** By tool and arguments; only of tools that can be cached. */
  readonly results: Map<string, Promise<Outcome>>;
  /** Ends the calls, which one run's end does not. */
  readonly signal: AbortSignal;
}

/** What the calls of a run share. */
interface Given {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly approve?: Approve;
  readonly budget: Budget;
  readonly tape: Tape;
  readonly signal: AbortSignal;
  readonly context: Omit<ToolContext, "signal">;
  readonly event: (event: EventBody) => AgentEvent;
  readonly shared?: SharedResults;
  readonly costs: CostBook;
}

export class Dispatch {
  /** Calls so far, nested ones too. */
  calls = 0;
  /** A call was made again that the run had the result of. */
  repeated = false;
  lastOutput = "";
  readonly #given: Given;
  readonly #cache = new Map<string, Outcome>();
  readonly #times = new Map<string, number>();
  #bytes = 0;
  #failures = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  /** Runs the calls in waves: those whose nested calls are done, all at the same time. */
  async *execute(nodes: readonly Node[]): AsyncGenerator<AgentEvent> {
    for (const node of nodes) node.id = `c${this.calls++}`;
    if (this.calls > this.#given.budget.calls) throw overBudget("calls", `made more than ${this.#given.budget.calls} calls`);
    for (let waiting = [...nodes]; waiting.length > 0; waiting = waiting.filter(({ outcome }) => outcome === undefined)) {
      const wave = waiting.filter(({ parts }) => parts.every(({ outcome }) => outcome !== undefined));
      for (const { id, call, span, parent, margin } of wave) {
        yield this.#given.event({
          ...{ type: "call", id, tool: call.tool, input: call.input, span },
          ...(parent ? { within: parent.id } : {}),
          ...(margin === undefined ? {} : { margin }),
        });
      }
      const ready: Prepared[] = [];
      for (const node of wave) ready.push(await this.#prepare(node));
      // Started by the first result that is really taken, all at once; a replay starts none.
      let started: Map<string, Promise<Outcome>> | undefined;
      const start = () => (started ??= this.#startAll(ready));
      for (const [index, node] of wave.entries()) {
        const { key, refusal } = ready[index]!;
        const cached = key === undefined ? undefined : this.#cache.get(key);
        const outcome =
          refusal ?? cached ?? (await this.#given.tape.input("result", async () => ({ id: node.id, ...(await start().get(key!)!) })));
        node.outcome = outcome;
        const { output, error, ms } = outcome;
        if (output !== undefined) this.lastOutput = output;
        if (key !== undefined && output !== undefined) this.#cache.set(key, outcome);
        if (refusal === undefined && cached === undefined && !outcome.shared) this.#given.costs.add({ tool: node.call.tool, ms });
        const repeated = cached !== undefined && refusal === undefined;
        yield this.#given.event({
          type: "result",
          id: node.id,
          ...(error === undefined ? { output } : { error }),
          ms: repeated ? 0 : ms,
          cached: repeated,
        });
        if (repeated) this.repeated = true;
        if (error !== undefined && ++this.#failures > this.#given.budget.failures) {
          throw overBudget(
            "failures",
            `made ${this.#failures} calls that failed, the last one ${node.call.tool}(${node.call.input}): ${error}`,
          );
        }
      }
    }
  }

  /** Reads a call's arguments and asks for leave. `refusal`: it does not run. */
  async #prepare(node: Node): Promise<Prepared> {
    const { tool: name, input } = node.call;
    const tool = this.#given.tools.get(name);
    if (!tool)
      return { node, refusal: { error: `there is no tool ${name}; there are ${[...this.#given.tools.keys()].join(", ")}`, ms: 0 } };
    const read = readArguments(node, tool);
    if ("error" in read) return { node, refusal: { error: read.error, ms: 0 } };
    const key = `${name}\0${JSON.stringify(read.args)}`;
    const times = (this.#times.get(key) ?? 0) + 1;
    this.#times.set(key, times);
    if (times >= REPEATS) {
      throw new ToolwrightError(
        "repeating-calls",
        `The model made the call ${name}(${input}) ${times} times.`,
        "Ask in other words, or use another strategy or model.",
      );
    }
    if (tool.sideEffects) {
      const { approve } = this.#given;
      const call = { tool: name, input: read.text, args: read.args };
      const { approved } = await this.#given.tape.input("approval", async () => ({
        id: node.id,
        approved: (await approve?.(call)) === true,
      }));
      if (!approved) return { node, refusal: { error: "not approved by the user", ms: 0 } };
    }
    return { node, key: tool.cacheable ? key : `${key}\0${node.id}`, args: read.args };
  }

  #startAll(ready: readonly Prepared[]): Map<string, Promise<Outcome>> {
    const started = new Map<string, Promise<Outcome>>();
    for (const { node, key, args } of ready) {
      if (key === undefined || args === undefined || this.#cache.has(key) || started.has(key)) continue;
      const outcome = this.#run(this.#given.tools.get(node.call.tool)!, key, args);
      outcome.catch(() => {}); // Whoever takes it hears of it; for the others it must not end the process.
      started.set(key, outcome);
    }
    return started;
  }

  /** The tool's own run, or that of another chain. */
  async #run(tool: Tool, key: string, args: Record<string, unknown>): Promise<Outcome> {
    const { context, signal, shared } = this.#given;
    if (shared === undefined || !tool.cacheable || tool.sideEffects) return await runTool(tool, args, context, signal);
    const known = shared.results.get(key);
    if (known) return { ...(await unlessAborted(known, signal)), ms: 0, shared: true };
    const outcome = runTool(tool, args, context, shared.signal);
    shared.results.set(key, outcome);
    outcome.then(
      ({ error }) => error !== undefined && shared.results.delete(key), // Another chain may have better luck.
      () => shared.results.delete(key),
    );
    return await unlessAborted(outcome, signal);
  }

  /** As much of a result as may go into the text. */
  fitting(output: string): string {
    const room = Math.min(LONGEST_RESULT, this.#given.budget.bytes - this.#bytes);
    const bytes = Buffer.from(output);
    if (bytes.length <= room) {
      this.#bytes += bytes.length;
      return output;
    }
    this.#bytes += Math.max(0, room);
    // A character that was cut in two becomes a replacement character, which goes too.
    return `${bytes
      .subarray(0, Math.max(0, room))
      .toString("utf8")
      .replace(/\uFFFD$/, "")}…`;
  }
}

export function overBudget(what: keyof Budget, did: string): ToolwrightError {
  return new ToolwrightError(`budget-${what}`, `The run ${did}.`, `Ask for less, or raise budget.${what}.`);
}
