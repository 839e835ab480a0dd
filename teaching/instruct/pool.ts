import type { Draft } from "./draft.js";
import { instructionFault, TOO_ALIKE } from "./filter.js";
import type { Known } from "./instructions.js";
import { RougeIndex } from "./rouge.js";
import type { SeedTask } from "./seeds.js";

/** All instructions so far: what a new one must be unlike, and what is drawn into the next prompts. */
export class Pool {
  readonly seeds: readonly Known[];
  readonly generated: Known[] = [];
  readonly #seedIndex: RougeIndex;
  readonly #generatedIndex = new RougeIndex();
  readonly #texts: Set<string>;

  constructor(seeds: readonly SeedTask[]) {
    this.seeds = seeds;
    this.#seedIndex = new RougeIndex(seeds.map(({ instruction }) => instruction));
    this.#texts = new Set(seeds.map(({ instruction }) => instruction));
  }

  /** Takes an instruction, or says what is wrong with it. */
  offer(instruction: string): Pick<Draft, "rouge" | "fault" | "accepted"> {
    const fault = instructionFault(instruction);
    if (fault !== undefined) return { fault };
    if (this.#texts.has(instruction)) return { fault: "repeated" }; // Also where ROUGE-L sees nothing: it reads a–z and 0–9.
    const seeds = this.#seedIndex.nearest(instruction).score;
    const all = Math.max(seeds, this.#generatedIndex.nearest(instruction).score);
    const rouge = { seeds: rounded(seeds), all: rounded(all) };
    if (all >= TOO_ALIKE) return { rouge, fault: "alike" };
    return { rouge, accepted: this.#take(instruction) };
  }

  /** Takes what an earlier process has taken. */
  restore({ accepted, instruction }: Draft): void {
    if (accepted !== undefined) this.#take(instruction);
  }

  #take(instruction: string): number {
    this.#generatedIndex.add(instruction);
    this.#texts.add(instruction);
    const place = this.generated.length + 1;
    this.generated.push({ id: `accepted-${place}`, instruction });
    return place;
  }
}

/** To four digits after the point, for people who read the file. */
function rounded(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}
