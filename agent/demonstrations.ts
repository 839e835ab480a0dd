import type { Message } from "../models/index.js";
import type { Example, Tool } from "../tools/index.js";

/** A question with its answer in which the calls stand with their results, taken from a tool's examples. */
export interface Demonstration {
  readonly tool: string;
  readonly question: string;
  readonly text: string;
}

/** The examples of the tools that are turns of a chat, in the tools' order. */
export function demonstrationsOf(tools: Iterable<Tool>): Demonstration[] {
  return Array.from(tools).flatMap(({ name, examples }) =>
    examples
      .filter((example): example is Example & { question: string } => example.question !== undefined)
      .map(({ question, text }) => ({ tool: name, question, text })),
  );
}

export function asMessages(demonstrations: readonly Pick<Demonstration, "question" | "text">[]): Message[] {
  return demonstrations.flatMap(({ question, text }) => [
    { role: "user" as const, content: question },
    { role: "assistant" as const, content: text },
  ]);
}

/**
 * The demonstrations whose questions are worded most like this one, the most similar last, where a model attends to it most.
 * Similarity is the cosine of TF-IDF vectors over words and pairs of neighbouring words; every number counts as the same word,
 * since it is the wording that tells which call is due.
 */
export function mostSimilar(question: string, demonstrations: readonly Demonstration[], count: number): Demonstration[] {
  const vectors = demonstrations.map((demonstration) => features(demonstration.question));
  const documents = new Map<string, number>();
  for (const vector of vectors) for (const feature of vector.keys()) documents.set(feature, (documents.get(feature) ?? 0) + 1);
  const weigh = (vector: ReadonlyMap<string, number>) =>
    new Map(
      Array.from(vector, ([feature, times]) => [feature, times * Math.log((1 + demonstrations.length) / (documents.get(feature) ?? 1))]),
    );
  const asked = weigh(features(question));
  return demonstrations
    .map((demonstration, index) => ({ demonstration, index, similarity: cosine(asked, weigh(vectors[index]!)) }))
    .sort((a, b) => b.similarity - a.similarity || a.index - b.index)
    .slice(0, count)
    .reverse()
    .map(({ demonstration }) => demonstration);
}

/** Words and pairs of neighbouring words, with how often they stand there; every number is the same word. */
export function features(text: string): Map<string, number> {
  const words =
    text
      .toLowerCase()
      .replace(/\d+([.,:/-]\d+)*/g, " # ")
      .match(/[\p{L}]+|[#%$€£+*×÷^/=-]/gu) ?? [];
  const counts = new Map<string, number>();
  const add = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  words.forEach((word, i) => {
    add(word);
    add(`${words[i - 1] ?? ""} ${word}`);
  });
  return counts;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let product = 0;
  for (const [feature, weight] of a) product += weight * (b.get(feature) ?? 0);
  return product === 0 ? 0 : product / (length(a) * length(b));
}

function length(vector: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const weight of vector.values()) sum += weight * weight;
  return Math.sqrt(sum);
}
