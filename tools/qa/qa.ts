import { z } from "zod";
import { defineTool } from "../define.js";
import { type ToolModel, versionOf } from "../model.js";
import { type SearchOptions, type SearchResult, search, sentences } from "../search/index.js";
import type { Source, Tool } from "../tool.js";
import { examples } from "./examples.js";

export interface QuestionAnsweringOptions extends Pick<SearchOptions, "folder" | "cache" | "reference" | "onNote"> {
  /** Chooses among the answers that fit about as well. Default: the best by the rules. Closing the tool leaves it open. */
  readonly model?: ToolModel;
}

/** An answer as it stands in a source. */
export interface QuestionAnswer {
  /** A part of `sentence`, character for character. */
  readonly answer: string;
  /** A part of the source's text, character for character. */
  readonly sentence: string;
  /** As of the search tool, whose ids it has. */
  readonly source: Source;
}

const input = z.object({
  question: z.string().trim().min(1).max(1000).describe("A question in full, such as: Who built the harbour wall?"),
});

/** The question answering tool, which programs can ask by themselves too. */
export interface QuestionAnsweringTool extends Tool<typeof input> {
  /**
   * The answer, its sentence and its source; undefined where nothing fits well enough, and for what is answered with yes or no.
   * @throws ToolwrightError `folder-unreadable`, `reference-missing`, and what the model throws
   */
  answer(question: string, options?: { readonly signal?: AbortSignal }): Promise<QuestionAnswer | undefined>;
  /** The whole text of a source by its id, which has the answer's sentence in it. */
  open(id: string, options?: { readonly signal?: AbortSignal }): Promise<{ readonly source: Source; readonly text: string }>;
}

/** Passages that are looked through for each wording of the question. */
const PASSAGES = 8;

/**
 * The tool `QA`: `QA(Who built the harbour wall?)`. It answers English questions of who, when, where, how many and how much, how often,
 * why, what and which with words that stand in a document of a folder or in the offline reference. What it finds is as sure as its
 * words agree with the question's: it knows no synonyms.
 * @throws ToolwrightError `folder-not-found`
 */
export function questionAnswering({ model, ...options }: QuestionAnsweringOptions = {}): QuestionAnsweringTool {
  const finder = search(options);

  const answer: QuestionAnsweringTool["answer"] = async (asked, { signal } = {}) => {
    const { results } = await finder.find(asked, { limit: PASSAGES, signal });
    const [best] = results;
    const stated = best?.direct === true ? statedIn(best, (await finder.open(best.source.id, { signal })).text) : undefined;
    if (stated !== undefined) return stated;
    const [{ readQuestion }, { candidatesIn }, { verbForms }] = await Promise.all([
      import("./question.js"),
      import("./sentence.js"),
      import("./tokens.js"),
    ]);
    const question = await readQuestion(asked);
    if (question === undefined) return undefined;
    const found = new Map(results.map((result) => [result.source.id, result.source]));
    const more = async (query: string, limit: number) => {
      for (const { source } of (await finder.find(query, { limit, signal })).results)
        if (!found.has(source.id)) found.set(source.id, source);
    };
    const verbs = question.wanted.filter(({ verb }) => verb).map(({ lemmas }) => lemmas[0]);
    if (verbs.length > 0) await more(`${asked} ${(await verbForms(verbs)).join(" ")}`, PASSAGES);
    // The reference finds who invented something under "inventor", which "invent" begins.
    await more(question.wanted.map(({ lemmas }) => lemmas[0]).join(" ") || asked, PASSAGES);
    for (const name of question.names) await more(name, 1);
    const texts = await Promise.all(
      Array.from(found.values(), async (source) => ({
        source,
        title: source.title,
        text: (await finder.open(source.id, { signal })).text,
      })),
    );
    const candidates = await candidatesIn(question, texts);
    const taken = model === undefined ? candidates[0] : await (await import("./choice.js")).chosen(asked, candidates, model, signal);
    return taken && { answer: taken.answer, sentence: taken.sentence, source: taken.source };
  };

  const tool = defineTool({
    name: "QA",
    description: "Answers a question in the words of documents and a reference, with the sentence.",
    input,
    examples,
    // Measured on the questions of tests/fixtures/questions.ts (bench/answers.ts).
    cost: { milliseconds: 60, tokens: 60 },
    // As of the search tool: the first look at a large folder takes longest.
    timeout: 30_000,
    version: `1+${finder.version}${model === undefined ? "" : `+${versionOf(model)}`}`,
    run: async ({ question }, { signal }) => {
      const found = await answer(question, { signal });
      if (found === undefined) return { text: "not found", sources: [] };
      const { answer: value, sentence, source } = found;
      return { text: `${value}: "${sentence}" (${source.id})`, value, sources: [source] };
    },
  });
  return { ...tool, answer, open: finder.open, close: finder.close };
}

/** What the reference answers outright, as it stands there; of a definition the sentence up to its examples. */
function statedIn({ text, value, source }: SearchResult, whole: string): QuestionAnswer | undefined {
  if (value === undefined) return undefined;
  const stated = whole.includes(text) ? text : sentences(whole).find((each) => each.includes(value));
  const at = stated?.toLowerCase().indexOf(value.toLowerCase()) ?? -1;
  if (stated === undefined || at < 0) return undefined;
  const examples = stated.indexOf('. "', at);
  return { answer: stated.slice(at, at + value.length), sentence: examples < 0 ? stated : stated.slice(0, examples + 1), source };
}
