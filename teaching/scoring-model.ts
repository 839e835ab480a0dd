// Teaching on a model that scores and continues plain text, such as one behind a completions endpoint: a request for each text.
import { argumentsGrammar, MarkerParser } from "../agent/index.js";
import type { Message, ScoringModel } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { leads, spliced } from "./marked.js";
import {
  type Beginning,
  LONGEST_CALL,
  type LossOptions,
  type LossRequest,
  placed,
  type Reading,
  type SampledCalls,
  type SampleRequest,
  type TeachingModel,
  trainedFor,
} from "./model.js";
import { turns } from "./turns.js";

/** Requests that are under way at the same time. */
const AT_ONCE = 16;
/** Where a model does not say how long its texts may be. */
const USUAL_CONTEXT = 4096;

/**
 * @param model whose server has the texts' beginnings in its cache, if anything; conversations are written as `Question:` and `Answer:`,
 *   since no chat template is at hand
 */
export function scoringTeachingModel(model: ScoringModel): TeachingModel {
  let tokens = 0;
  const inTurn = turns(AT_ONCE);
  const score: ScoringModel["score"] = (prefix, text, options) =>
    inTurn(async () => {
      const scores = await model.score(prefix, text, options);
      tokens += model.countTokens(prefix) + scores.logprobs.length;
      // A first token that nothing comes before has no probability: it counts for nothing, as on the engine.
      return { ...scores, logprobs: scores.logprobs.map((logprob) => (Number.isNaN(logprob) ? 0 : logprob)) };
    });

  return {
    identity: model.identity,
    contextSize: model.contextSize ?? USUAL_CONTEXT,
    trainedFor: (tool) => trainedFor(model, tool),
    countTokens: (text) => model.countTokens(text),
    prepare: async () => {},
    async read(beginning, text, { marker, signal }): Promise<Reading> {
      const scores = await score(plain(beginning), text, { signal, ...(marker && { alternatives: [" [", "["] }) });
      const { offsets, logprobs, alternatives } = scores;
      if (!marker) return { offsets, logprobs };
      return {
        offsets,
        logprobs,
        marker: offsets.map((offset, index) => Math.exp(alternatives![index]![leads(text, offset) ? 1 : 0]!)),
      };
    },
    async sample(
      beginning,
      text,
      requests: readonly SampleRequest[],
      { tool, enough, longest = LONGEST_CALL, signal },
    ): Promise<SampledCalls[]> {
      const before = plain(beginning);
      const grammar = model.can.grammar ? argumentsGrammar(tool) : undefined;
      return await Promise.all(
        requests.map(async ({ at, seeds }) => {
          const start = before + text.slice(0, at) + placed(text, at, `[${tool.name}(`);
          const distinct = new Set<string>();
          let cut = 0;
          const inputs = await Promise.all(
            seeds.map((seed) =>
              inTurn(async () => {
                if (distinct.size >= enough) {
                  cut++;
                  return undefined;
                }
                const input = await callAfter(model, start, tool, { grammar, seed, maxTokens: longest, signal });
                if (input !== undefined) distinct.add(input);
                return input;
              }),
            ),
          );
          return { inputs, cut, sharedTokens: 0 };
        }),
      );
    },
    async losses(beginning, text, requests: readonly LossRequest[], { placement, count, context, share, signal }: LossOptions) {
      const before = plain(beginning);
      const asked = new Map<string, Promise<readonly number[]>>();
      return await Promise.all(
        requests.map(async ({ marker, at, from, to }, index) => {
          // Where the tokens before the position are not known, four characters stand for each.
          const start = context === undefined ? 0 : Math.max(0, from - 4 * context);
          const splice = placement === "splice" && marker !== "";
          const head = splice
            ? text.slice(start, at) + spliced(text, at, marker) + text.slice(at, from)
            : (marker === "" ? "" : `${marker} `) + text.slice(start, from);
          const prefix = before + head;
          const key = share ? `${from}\0${prefix}` : String(index);
          let logprobs = asked.get(key);
          if (logprobs === undefined) {
            logprobs = score(prefix, text.slice(from, to), { signal }).then((scores) => scores.logprobs);
            asked.set(key, logprobs);
          }
          return (await logprobs).slice(0, count);
        }),
      );
    },
    get tokens() {
      return tokens;
    },
    release() {},
  };
}

/** The arguments of the call that the text goes on with; undefined where it does not end as one. */
async function callAfter(
  model: ScoringModel,
  start: string,
  tool: Pick<Tool, "name">,
  options: { readonly grammar?: string; readonly seed: number; readonly maxTokens: number; readonly signal?: AbortSignal },
): Promise<string | undefined> {
  const parser = new MarkerParser({ tools: [tool.name], mode: "generate" });
  parser.feed(`[${tool.name}(`);
  const sequence = await model.openText(start, { signal: options.signal });
  try {
    for await (const delta of sequence.generate({ temperature: 1, ...options })) {
      if (delta.type !== "text") continue;
      const event = parser.feed(delta.text).at(-1);
      if (event?.type === "call") return event.call.input;
      if (event !== undefined) return undefined; // No call any more.
    }
    return undefined;
  } finally {
    await sequence.close();
  }
}

function plain(beginning: Beginning): string {
  if ("text" in beginning) return beginning.text;
  const turn = ({ role, content }: Message) =>
    role === "system" ? `${content}\n\n` : role === "user" ? `Question: ${content}\n` : `Answer: ${content}\n\n`;
  return `${beginning.messages.map(turn).join("")}Answer: ${beginning.written ?? ""}`;
}
