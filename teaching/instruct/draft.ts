// What a run records: every instruction that the model wrote, and what became of it.
import type { InstanceFault, InstructionFault } from "./filter.js";
import type { Instance } from "./seeds.js";

/** An instruction that the model wrote. */
export interface Draft {
  readonly batch: number;
  readonly instruction: string;
  /** Ids of the instructions that the model was shown: those of seeds, and `accepted-N`. */
  readonly seeds: readonly string[];
  /** ROUGE-L F with the nearest seed, and with the nearest of all instructions before; missing where another fault was found first. */
  readonly rouge?: { readonly seeds: number; readonly all: number };
  /** Why it was not taken. */
  readonly fault?: InstructionFault | "alike";
  /** Of one that was taken: its place among those, from 1. */
  readonly accepted?: number;
  readonly classification?: boolean;
  /** The model said neither yes nor no: taken for no classification. */
  readonly unclear?: true;
  readonly instances?: readonly Instance[];
  readonly dropped?: { readonly [fault in InstanceFault]?: number };
}

/** Whether it became a task: an instruction with at least one instance. */
export function isTask(draft: Draft): boolean {
  return draft.instances !== undefined && draft.instances.length > 0;
}
