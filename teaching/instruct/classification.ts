// Step 2: is an instruction a classification task? Those get their instances the other way round, label first.
import type { LanguageModel } from "../../models/index.js";
import type { Draws } from "./draws.js";
import { fewShot, fitting, type Reply, type Request } from "./generation.js";
import type { SeedTask } from "./seeds.js";

/** Examples in context, as published. */
const CLASSIFICATION = 12;
const OTHERS = 19;
/** Of the context, at most this share is for the examples. */
const SHARE = 0.5;

const INSTRUCTIONS =
  "You are shown tasks. A task is a classification when its answer is one of a few labels that are fixed beforehand, such as yes or no, " +
  "a topic out of a list, or the number of a choice. Say for each task whether it is one: Yes or No.";

export interface ClassificationExample {
  readonly question: string;
  readonly answer: "Yes" | "No";
}

/** 12 classification seeds and 19 others in random order, or as many of them as half of the context holds. */
export function classificationExamples(model: LanguageModel, seeds: readonly SeedTask[], draws: Draws): ClassificationExample[] {
  const drawn = [
    ...draws.sample(
      seeds.filter(({ isClassification }) => isClassification),
      CLASSIFICATION,
    ),
    ...draws.sample(
      seeds.filter(({ isClassification }) => !isClassification),
      OTHERS,
    ),
  ];
  const examples = draws.sample(drawn, drawn.length).map(({ instruction, isClassification }): ClassificationExample => {
    return { question: question(instruction), answer: isClassification ? "Yes" : "No" };
  });
  return fitting(model, examples, SHARE);
}

export function classificationRequest(model: LanguageModel, instruction: string, examples: readonly ClassificationExample[]): Request {
  const messages = fewShot(INSTRUCTIONS, examples, question(instruction));
  return {
    messages,
    shared: messages.length - 1,
    temperature: 0,
    maxTokens: 16,
    grammar: model.can.grammar ? 'root ::= "Yes" | "No"' : undefined,
  };
}

/** @returns undefined when the model says neither yes nor no */
export function readClassification({ text }: Reply): boolean | undefined {
  const word = /\b(yes|no)\b/i.exec(text)?.[1]?.toLowerCase();
  return word === undefined ? undefined : word === "yes";
}

function question(instruction: string): string {
  return `Task: ${instruction}\nIs it a classification?`;
}
