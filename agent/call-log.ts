import type { AgentEvent, CallRecord, UnmadeCalls } from "./events.js";

const KINDS = ["malformed", "unknown", "refused", "spared"] as const;

/** The calls of a run, as its events tell of them, in the order in which they were made; those of several chains chain by chain. */
export class CallLog {
  readonly #calls = new Map<string, CallRecord>();
  readonly #chains: (readonly CallRecord[] | undefined)[] = [];
  readonly #unmade = { malformed: 0, unknown: 0, refused: 0, spared: 0 };

  add(event: AgentEvent): void {
    if (event.type === "call") {
      const { id, tool, input, margin } = event;
      this.#calls.set(id, { tool, input, ms: 0, ...(margin === undefined ? {} : { margin }) });
    } else if (event.type === "result") {
      const { id, output, error, ms } = event;
      this.#calls.set(id, { ...this.#calls.get(id)!, ...(error === undefined ? { output } : { error }), ms });
      if (error !== undefined && ms === 0) this.#unmade.refused++; // The loop says 0 of a call that did not run.
    } else if (event.type === "chain") {
      this.#chains[event.index] = event.calls;
      for (const kind of KINDS) this.#unmade[kind] += event.unmade[kind];
    } else if (event.type === "spared") this.#unmade.spared++;
    else if (event.type === "error" && event.code === "call-unknown-tool") this.#unmade.unknown++;
    else if (event.type === "error" && event.code.startsWith("call-")) this.#unmade.malformed++;
  }

  get unmade(): UnmadeCalls {
    return { ...this.#unmade };
  }

  get calls(): readonly CallRecord[] {
    return [...this.#chains.flatMap((calls = []) => calls), ...this.#calls.values()];
  }
}
