import type { AgentEvent, CallRecord } from "./events.js";

/** The calls of a run, as its events tell of them, in the order in which they were made; those of several chains chain by chain. */
export class CallLog {
  readonly #calls = new Map<string, CallRecord>();
  readonly #chains: (readonly CallRecord[] | undefined)[] = [];

  add(event: AgentEvent): void {
    if (event.type === "call") this.#calls.set(event.id, { tool: event.tool, input: event.input, ms: 0 });
    else if (event.type === "result") {
      const { id, output, error, ms } = event;
      this.#calls.set(id, { ...this.#calls.get(id)!, ...(error === undefined ? { output } : { error }), ms });
    } else if (event.type === "chain") this.#chains[event.index] = event.calls;
  }

  get calls(): readonly CallRecord[] {
    return [...this.#chains.flatMap((calls = []) => calls), ...this.#calls.values()];
  }
}
