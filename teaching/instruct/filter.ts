// Step 4: what is not taken, and why.
import type { Instance } from "./seeds.js";

/** An instruction as much like an earlier one as this, or more, is not new. */
export const TOO_ALIKE = 0.7;

const FEWEST_WORDS = 3;
const MOST_WORDS = 150;

/** What a model of text alone cannot do, as published. */
const KEYWORDS = /\b(?:images?|graphs?|pictures?|files?|maps?|draw|plots?|go to|videos?|audio|music|flowcharts?|diagrams?)\b/i;

/** Why an instruction is not taken, `"alike"` apart. */
export type InstructionFault = "too short" | "too long" | "keyword" | "punctuation" | "non-ASCII" | "program" | "repeated";

/** What is wrong with an instruction by itself. */
export function instructionFault(instruction: string): InstructionFault | undefined {
  const words = instruction.split(/\s+/).filter((word) => word !== "").length;
  if (words < FEWEST_WORDS) return "too short";
  if (words > MOST_WORDS) return "too long";
  if (KEYWORDS.test(instruction)) return "keyword";
  const first = instruction.codePointAt(0)!;
  if (first > 127) return "non-ASCII";
  if (!/[a-z0-9]/i.test(instruction[0]!)) return "punctuation";
  if (/^write a program\b/i.test(instruction)) return "program";
  return undefined;
}

/** Why an instance is not taken. */
export type InstanceFault = "no output" | "output is input" | "unfinished" | "duplicate" | "contradiction" | "no input" | "cut off";

/** The instances that are taken, in order, and how many are not, by reason. */
export function filterInstances(
  instances: readonly Instance[],
  isClassification: boolean,
): { readonly kept: Instance[]; readonly dropped: { [fault in InstanceFault]?: number } } {
  const dropped: { [fault in InstanceFault]?: number } = {};
  const kept: Instance[] = [];
  const outputs = new Map<string, Set<string>>();
  for (const { input, output } of instances) {
    if (!outputs.has(input)) outputs.set(input, new Set());
    if (output !== "") outputs.get(input)!.add(output);
  }
  for (const instance of instances) {
    const fault = instanceFault(instance, isClassification, kept, outputs.get(instance.input)!.size);
    if (fault === undefined) kept.push(instance);
    else dropped[fault] = (dropped[fault] ?? 0) + 1;
  }
  return { kept, dropped };
}

/** @param answers how many different outputs there are for the same input */
function instanceFault(
  { input, output }: Instance,
  isClassification: boolean,
  kept: readonly Instance[],
  answers: number,
): InstanceFault | undefined {
  if (output === "") return "no output";
  if (isClassification && input === "") return "no input"; // A label of nothing.
  if (input === output) return "output is input";
  if (input.endsWith(":") || output.endsWith(":")) return "unfinished";
  if (input !== "" && answers > 1) return "contradiction";
  if (kept.some((other) => other.input === input && other.output === output)) return "duplicate";
  return undefined;
}
