import { z } from "zod";
import { defineTool } from "../define.js";
import { type SearchOptions, type SearchResult, search, sentences } from "../search/index.js";
import type { Source, Tool } from "../tool.js";
import { readQuestion } from "./question.js";
import { candidatesIn, type Text } from "./sentence.js";

export interface QuestionAnsweringOptions extends Pick<SearchOptions, "folder" | "cache" | "reference" | "onNote"> {}

/** An answer as it stands in a source. */
export interface QuestionAnswer {
  /** A part of `sentence`, character for character. */
  readonly answer: string;
  /** A part of the source's text, character for character. */
  readonly sentence: string;
  readonly source: Source;
}

const input = z.object({ question: z.string().trim().min(1).max(1000).describe("A question in full, such as: Who built the harbour wall?") });

export interface QuestionAnsweringTool extends Tool<typeof input> {
  answer(question: string, options?: { readonly signal?: AbortSignal }): Promise<QuestionAnswer | undefined>;
}

const PASSAGES = 8;

export function questionAnswering(options: QuestionAnsweringOptions = {}): QuestionAnsweringTool {
  const finder = search(options);

  const textOf = async ({ source }: SearchResult, signal?: AbortSignal): Promise<Text<Source>> => {
    const { text } = await finder.open(source.id, { signal });
    return { source, title: source.title, text };
  };

  const answer: QuestionAnsweringTool["answer"] = async (asked, { signal } = {}) => {
    const { results } = await finder.find(asked, { limit: PASSAGES, signal });
    const [best] = results;
    if (best?.direct === true) {
      const stated = statedIn(best, (await textOf(best, signal)).text);
      if (stated !== undefined) return stated;
    }
    const question = await readQuestion(asked);
    if (question === undefined) return undefined;
    const found = [...results];
    for (const name of question.names) found.push(...(await finder.find(name, { limit: 1, signal })).results.filter(({ source }) => !found.some((other) => other.source.id === source.id)));
    const texts = await Promise.all(found.map((result) => textOf(result, signal)));
    return (await candidatesIn(question, texts))[0];
  };

  const tool = defineTool({
    name: "QA",
    description: "Answers a question from documents and a reference, in the words that stand there.",
    input,
    timeout: 30_000,
    run: async ({ question }, { signal }) => {
      const found = await answer(question, { signal });
      if (found === undefined) return { text: "not found" };
      return { text: `${found.answer} ("${found.sentence}", ${found.source.id})`, value: found.answer, sources: [found.source] };
    },
  });
  return { ...tool, answer, close: () => finder.close() };
}

/** What the reference answers outright, as it stands there. */
function statedIn({ text, value, source }: SearchResult, whole: string): QuestionAnswer | undefined {
  const sentence = whole.includes(text) ? text : sentences(whole).find((each) => value !== undefined && each.includes(value));
  const at = value === undefined ? -1 : (sentence ?? "").toLowerCase().indexOf(value.toLowerCase());
  return sentence === undefined || value === undefined || at < 0 ? undefined : { answer: sentence.slice(at, at + value.length), sentence, source };
}
