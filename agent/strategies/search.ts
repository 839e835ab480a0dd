// Search, then answer: the question becomes queries, what they find is read, and the answer comes with sources whose quotes stand in them.
// The question itself is the first query; where it finds nothing, the model writes others, as it does in calls of its own. What a source
// only leads on to (the founder's name, where the founder's birthplace is asked for) is looked up as well.
import { ToolwrightError } from "../../errors.js";
import type { SearchResult, SearchTool, Source, Tool } from "../../tools/index.js";
import { parseArguments } from "../arguments.js";
import type { Conclusion, Ensemble } from "../ensemble.js";
import type { AgentEvent, EventBody, QuotedSource } from "../events.js";
import { MarkerParser } from "../marker.js";
import type { SeveralStrategy } from "../strategy.js";
import { stripMarkers } from "../visible.js";
import { defaultStrategy } from "./list.js";
import { reader } from "./recite.js";

/** Text that was found. */
export interface Passage {
  readonly source: Source;
  readonly text: string;
}

/** What a search came to. */
interface Finding {
  /** As it is shown in the trace. */
  readonly output: string;
  readonly found: readonly Passage[];
  /** A result that answers the query by itself, with the words of its source that say so. */
  readonly outright?: { readonly text: string; readonly source: QuotedSource };
}

/** Answers that are tried, each from more passages than the one before. */
const ROUNDS = 3;
/** Names in what was found that are looked up in turn. */
const LEADS = 3;
/** Tokens of an answer that the model gives by itself: its calls come early, where there are any. */
const OWN_TOKENS = 96;
/** Characters of a passage that are read. */
const LONGEST = 1_200;

/** The answer where nothing that was found supports one. */
export const NOT_FOUND = "not found";

export const searchFirst: SeveralStrategy = {
  name: "search",
  description: "what the question asks is looked up; the answer is read from what is found, and quoted",
  chains: ROUNDS + 1,
  least: 16,
  async *combine(ensemble) {
    const { question, settings } = ensemble;
    const tool = settings.tools.find(isSearch);
    if (tool === undefined) {
      throw new ToolwrightError(
        "strategy-needs-tool",
        "The strategy search looks things up, and the search tool is not among the tools.",
        "Give it search(), on the command line --tools search, or choose another strategy.",
        { exitCode: 2 },
      );
    }
    const passages = new Map<string, Passage>();
    const asked = new Set<string>();
    let unsupported = 0;
    const take = async function* (query: string, limit: number) {
      if (asked.has(query) && limit === 1) return; // More of the same is asked for by a higher limit.
      asked.add(query);
      const taken = yield* ensemble.look(tool, query, (signal) => find(tool, query, limit, signal));
      for (const passage of taken?.found ?? []) if (!passages.has(passage.source.id)) passages.set(passage.source.id, passage);
      return taken;
    };
    const first = yield* take(question, 1);
    if (first?.outright) return concluded(first.outright);
    if (first !== undefined && aboutOf(question, first.found).length === 0) {
      const own = yield* ownAnswer(ensemble, tool);
      for (const query of own.queries) {
        const { found = [], outright } = (yield* take(query, 1)) ?? {};
        if (outright && aboutOf(question, found).length > 0) return concluded(outright);
      }
      const source = supportOf(own.text, question, aboutOf(question, [...passages.values()]));
      if (source !== undefined) return concluded({ text: own.text, source });
      if (own.text !== "") unsupported++;
    }
    for (let round = 0; round < ROUNDS; round++) {
      const before = round === 0 ? 0 : passages.size;
      if (round > 0) yield* take(question, round + 1);
      if (passages.size === 0) break;
      const about = aboutOf(question, [...passages.values()]);
      const open = uncovered(question, about);
      if (open.length > 0) for (const lead of leadsIn(about, question)) yield* take(`${lead} ${open.join(" ")}`, 1);
      if (passages.size === before) continue;
      const found = aboutOf(question, [...passages.values()]);
      if (found.length === 0) continue;
      const evidence = found.map(({ text }) => text).join("\n\n");
      const [chain] = yield* ensemble.run([{ strategy: reader, temperature: 0, evidence, tools: [] }]);
      if (chain?.answer === undefined) continue;
      const calls = callsIn(chain.written, settings.tools);
      if (calls > 0) yield ensemble.event(callsNote(calls));
      const answer = withoutCalls(chain.answer, settings.tools);
      const source = supportOf(answer, question, found);
      if (source !== undefined) return concluded({ text: answer, source });
      unsupported++;
    }
    if (unsupported > 0) {
      yield ensemble.event({
        type: "error",
        code: "unsupported-answer",
        message: `${unsupported === 1 ? "An answer was" : `${unsupported} answers were`} left out: nothing that was found says so.`,
        remedy: "Ask in other words, or add documents.",
        fatal: false,
      });
    }
    return { text: NOT_FOUND, written: NOT_FOUND, sources: [] };
  },
};

function concluded({ text, source }: { readonly text: string; readonly source: QuotedSource }): Conclusion {
  return { text, written: text, sources: [source] };
}

/** What the model answers with its own strategy and no other tool, and what it looks up for that. */
async function* ownAnswer(
  ensemble: Ensemble,
  tool: SearchTool,
): AsyncGenerator<AgentEvent, { readonly text: string; readonly queries: readonly string[] }> {
  const strategy = defaultStrategy(ensemble.settings.model, [tool]);
  const [chain] = yield* ensemble.run([{ strategy, temperature: 0, tools: [tool], maxTokens: OWN_TOKENS }]);
  const words = new Set(tellingWords(ensemble.question));
  const queries = (chain?.calls ?? []).flatMap(({ input }) => {
    const read = parseArguments(input, tool);
    const query = read.ok && typeof read.args.query === "string" ? read.args.query : "";
    return tellingWords(query).some((word) => words.has(word)) ? [query] : []; // Others ask about something else.
  });
  return { text: withoutCalls(chain?.answer ?? "", ensemble.settings.tools), queries };
}

function withoutCalls(answer: string, tools: readonly Pick<Tool, "name">[]): string {
  const names = tools.map(({ name }) => name);
  return stripMarkers(answer, names).trim();
}

/** Calls in what the reader wrote: none of them is made, since it was asked to read. */
function callsIn(written: string, tools: readonly Pick<Tool, "name">[]): number {
  const parser = new MarkerParser({ tools: tools.map(({ name }) => name), mode: "read" });
  return [...parser.feed(written), ...parser.end()].filter(({ type }) => type !== "text").length;
}

function callsNote(calls: number): EventBody {
  return {
    type: "error",
    code: "calls-while-reading",
    message: `${calls === 1 ? "A call that the model wrote" : `${calls} calls that the model wrote`} while it read what was found ${calls === 1 ? "was" : "were"} not made.`,
    remedy: "A document may have told it to; look at its sources.",
    fatal: false,
  };
}

function isSearch(tool: Tool): tool is SearchTool {
  return "find" in tool && "open" in tool;
}

/** Whole passages, best first, and what of them is shown as the result of the query. */
async function find(tool: SearchTool, query: string, limit: number, signal: AbortSignal): Promise<Finding> {
  const { results } = await tool.find(query, { limit, signal });
  const opened = await Promise.all(
    results.map(async (result) => ({ result, whole: (await tool.open(result.source.id, { signal })).text })),
  );
  const found = opened.map(({ result: { source }, whole }) => ({ source, text: whole.slice(0, LONGEST) }));
  const output = found.map(({ source, text }) => `${source.title}: ${text}`).join(" | ");
  const outright = opened.map(({ result, whole }) => outrightOf(result, whole)).find((one) => one !== undefined);
  return { output: output === "" ? "nothing" : output, found, ...(outright ? { outright } : {}) };
}

/** A definition stands in its source without the word before it. @param whole the text of the source */
function outrightOf({ direct, text, value, source }: SearchResult, whole: string): Finding["outright"] {
  const said = value !== undefined && text.endsWith(`: ${value}`) ? [text, value] : [text];
  const quote = direct ? said.find((words) => whole.includes(words)) : undefined;
  return quote === undefined ? undefined : { text, source: { ...source, quote } };
}

/** Words that say nothing of what is asked. */
const EMPTY = new Set(
  "what which who whom whose where when how why in on at of the a an is was were are did do does has have had that by for from to with and or many much since it its be been".split(
    " ",
  ),
);

/** Names as they are written in English: words with a capital that stand together. One at the start of a sentence may be none. */
const NAMES = /\p{Lu}[\p{L}\p{M}'’-]+(?: \p{Lu}[\p{L}\p{M}'’-]+)*/gu;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

const wordsOf = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

const tellingWords = (text: string): string[] => wordsOf(text).filter((word) => !EMPTY.has(word));

/** The first letters of a word, which its forms have in common. */
const stem = (word: string): string => word.slice(0, Math.max(4, word.length - 3));

interface Name {
  readonly name: string;
  /** It is no name just because it is a question's first word, which has a capital anyway. */
  readonly sure: boolean;
}

/** The names in a question, without a word before them that says nothing ("Was Ida Karr …"). */
function namesIn(question: string): readonly Name[] {
  return [...question.matchAll(NAMES)].flatMap(({ 0: written, index }) => {
    const parts = written.split(" ");
    const from = parts.findIndex((part) => !EMPTY.has(part.toLowerCase()));
    return from < 0 ? [] : [{ name: parts.slice(from).join(" "), sure: index > 0 || from > 0 }];
  });
}

/** Words of the question, names left out, that the first passage, the one that fits best, says nothing of. */
export function uncovered(question: string, [best]: readonly Passage[]): readonly string[] {
  if (best === undefined) return [];
  const named = new Set(namesIn(question).flatMap(({ name }) => wordsOf(name)));
  const text = best.text.toLowerCase();
  return [...new Set(tellingWords(question))].filter((word) => !named.has(word) && !text.includes(stem(word)));
}

/** Names in the best passage that the question does not have: what it asks may be told where they are told of. */
export function leadsIn([best]: readonly Passage[], question: string): readonly string[] {
  const asked = new Set(wordsOf(question));
  const names = [...(best?.text ?? "").matchAll(NAMES)].map(([name]) => name);
  const fresh = names.filter((name) => !EMPTY.has(name.toLowerCase()) && wordsOf(name).some((word) => !asked.has(word)));
  return [...new Set(fresh)].slice(0, LEADS);
}

/**
 * The passages that are about what is asked: those that have a name of the question, and those whose title such a one names in turn. A
 * question without names is about all of them.
 */
export function aboutOf(question: string, passages: readonly Passage[]): readonly Passage[] {
  const texts = passages.map(({ source, text }) => `${source.title}\n${text}`.normalize("NFC").toLowerCase());
  const names = namesIn(question.normalize("NFC"))
    .map(({ name, sure }) => ({ name: name.toLowerCase(), sure }))
    .filter(({ name, sure }) => sure || texts.some((text) => text.includes(name)))
    .map(({ name }) => name);
  if (names.length === 0) return passages;
  const about = new Set(texts.flatMap((text, i) => (names.some((name) => text.includes(name)) ? [i] : [])));
  // What is added is gone through in turn.
  for (const from of about) {
    for (const [i, { source }] of passages.entries()) if (texts[from]!.includes(source.title.normalize("NFC").toLowerCase())) about.add(i);
  }
  return passages.filter((_, i) => about.has(i));
}

/**
 * The sentence that an answer stands on: of those that have what the answer says beyond the question, all its names and numbers and half of
 * all its words, the one that has most of the question too. Undefined where there is none.
 */
export function supportOf(answer: string, question: string, passages: readonly Passage[]): QuotedSource | undefined {
  const asked = new Set(wordsOf(question));
  const said = [...new Set(tellingWords(answer))].filter((word) => !asked.has(word));
  if (said.length === 0) return undefined;
  const exact = exactWords(answer, passages).filter((word) => said.includes(word));
  let best: { readonly source: Source; readonly quote: string; readonly score: number } | undefined;
  for (const { source, text } of passages) {
    for (const quote of sentencesOf(text)) {
      const words = new Set(wordsOf(quote));
      const held = said.filter((word) => words.has(word)).length / said.length;
      if (held < 0.5 || !exact.every((word) => words.has(word))) continue;
      const score = held + [...asked].filter((word) => words.has(word)).length / asked.size;
      if (best === undefined || score > best.score) best = { source, quote, score };
    }
  }
  return best && { ...best.source, quote: best.quote };
}

/** The numbers of an answer and its words with a capital; the first of them only if a passage has it so within a sentence. */
function exactWords(answer: string, passages: readonly Passage[]): readonly string[] {
  const words = answer.match(WORD) ?? [];
  const isName = (word: string) =>
    passages.some(({ text }) => new RegExp(String.raw`[\p{L}\p{N},] ${word}(?![\p{L}\p{N}])`, "u").test(text));
  return words
    .filter((word, at) => /\p{N}/u.test(word) || (/^\p{Lu}/u.test(word) && (at > 0 || isName(word))))
    .map((word) => word.toLowerCase());
}

function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => /\p{L}/u.test(sentence));
}
