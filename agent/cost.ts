// What calls cost, so that one is made only where it is worth that.
import type { Cost, Tool } from "../tools/index.js";
import type { CallRecord } from "./events.js";

/** What a second is worth, in the unit of `costOf`: a second itself; a token that a tool takes; a US dollar. */
const SECONDS = { milliseconds: 0.001, tokens: 0.02, money: 100 } as const satisfies Record<keyof Cost, number>;

/** A cost as one number, in seconds: a token stands for 0.02 of them, which is what the default model takes for one, a dollar for 100. */
export function costOf({ milliseconds = 0, tokens = 0, money = 0 }: Cost): number {
  return milliseconds * SECONDS.milliseconds + tokens * SECONDS.tokens + money * SECONDS.money;
}

/** Calls of a tool after which its time is what they took; the first ones may start something. */
const ENOUGH = 5;
/** The latest calls that count. */
const KEPT = 32;

/** What calls of each tool cost: as their tools declare it, and, for the time, what they took when enough of them have run. */
export class CostBook {
  readonly #tools: readonly Tool[];
  /** Milliseconds of the latest calls. */
  readonly #taken = new Map<string, number[]>();

  constructor(tools: readonly Tool[]) {
    this.#tools = tools;
  }

  /** Counts a call that has run. */
  add({ tool, ms }: Pick<CallRecord, "tool" | "ms">): void {
    const taken = this.#taken.get(tool) ?? [];
    taken.push(ms);
    if (taken.length > KEPT) taken.shift();
    this.#taken.set(tool, taken);
  }

  /** By tool, in seconds. */
  get costs(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#tools.map(({ name, cost }) => {
        const taken = this.#taken.get(name) ?? [];
        return [name, costOf(taken.length < ENOUGH ? cost : { ...cost, milliseconds: median(taken) })];
      }),
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
