// The data card of lessons from a model's own answers.
import { type CardInput, cardHead, fenced, markdownCode, markdownTable } from "../teaching/index.js";
import type { AnswerParameters } from "./answers.js";
import type { AnswerCounts } from "./lessons.js";

/** In Markdown, with the head that the Hugging Face hub reads. The same answers give the same bytes. */
export function answersCard({
  parameters,
  questions,
  counts,
  corpus,
  command,
}: {
  readonly parameters: AnswerParameters;
  readonly questions: number;
  readonly counts: AnswerCounts;
  readonly corpus: readonly CardInput[];
  readonly command: string;
}): string {
  const { model, tools, samples, temperature, most, match, seed, version } = parameters;
  const adapters = model.adapters?.map(({ digest, scale }) => `${markdownCode(digest)} at ${scale}`) ?? [];
  const number = (value: number) => value.toLocaleString("en-US");
  return `${cardHead(counts.kept, corpus)}
# A model's right answers, with its calls to ${tools.map(({ name }) => name).join(", ")}

Questions whose answers are known were answered by a language model with tools running. Of the answers that were right, those are
kept in which every call ran and its result was used. Nobody has read them one by one.

## Counts

${markdownTable([
  ["", "count"],
  ["questions", number(questions)],
  ["answers sampled", number(counts.answers)],
  ["right", number(counts.right)],
  ["left out: no call in it", number(counts.callFree)],
  ["left out: a call failed, was cut off or stood in another", number(counts.unsound)],
  ["left out: the result of a call was not used", number(counts.unused)],
  [`kept: distinct ones, at most ${most} a question`, number(counts.kept)],
])}

## Source of the questions

${markdownTable([["corpus", "licence"], ...corpus.map(({ name, licence }) => [markdownCode(name), licence ?? "not stated"])])}

## How it was made

${markdownTable([
  ["", ""],
  ["model", model.name],
  ...(model.digest === undefined ? [] : [["its file's SHA-256", markdownCode(model.digest)]]),
  ...(adapters.length === 0 ? [] : [["adapters", adapters.join(", ")]]),
  ["answers to a question, temperature, seed", `${samples}, ${temperature}, ${seed}`],
  ["an answer is right by", match],
  ["toolwright", version],
])}

${fenced(command, "sh")}

\`dataset.jsonl\` is in the format that \`docs/dataset-format.md\` of toolwright describes. A call's margin is 0: nothing was weighed.
`;
}
