import { complete, type ToolModel, type ToolTurn } from "../model.js";
import { fold } from "../search/index.js";
import type { Candidate } from "./sentence.js";

/** Candidates that a model chooses among have at least this share of the best one's score. */
const CLOSE = 0.8;
const MOST = 6;
const LONGEST_ANSWER = 100;

const FERRY = "Text: The ferry to Skerrow was launched in 1958 by Ada Finch and carries 40 cars.";
const DEMONSTRATIONS: readonly ToolTurn[] = [
  { role: "user", content: `${FERRY}\nQuestion: Who launched the ferry?` },
  { role: "assistant", content: "Ada Finch" },
  { role: "user", content: `${FERRY}\nQuestion: How many cars does the ferry take?` },
  { role: "assistant", content: "40 cars" },
];

/**
 * The candidate that the model takes for the answer, of those that are about as good as the best one. Its output is held to them by a
 * grammar where it can be; otherwise it writes freely, and what is no candidate leaves the choice as it was.
 * @param candidates best first
 */
export async function chosen<Source>(
  question: string,
  candidates: readonly Candidate<Source>[],
  model: ToolModel,
  signal?: AbortSignal,
): Promise<Candidate<Source> | undefined> {
  const [best] = candidates;
  const close = candidates.filter(({ score }) => score >= CLOSE * (best?.score ?? 0));
  const distinct = [...new Map(close.toReversed().map((candidate) => [candidate.answer, candidate])).values()].reverse().slice(0, MOST);
  if (distinct.length < 2) return best;
  const text = [...new Set(distinct.map(({ sentence }) => sentence))].join(" ");
  const turns: readonly ToolTurn[] = [...DEMONSTRATIONS, { role: "user", content: `Text: ${text}\nQuestion: ${question}` }];
  const grammar = model.can.grammar ? `root ::= ${distinct.map(({ answer }) => JSON.stringify(answer)).join(" | ")}` : undefined;
  const written = fold(await complete(model, turns, { maxTokens: LONGEST_ANSWER, grammar, signal })).replace(/^[\s"']+|[\s"'.]+$/g, "");
  return distinct.find(({ answer }) => fold(answer) === written) ?? best;
}
