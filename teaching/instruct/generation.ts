import { ToolwrightError } from "../../errors.js";
import type { GenerateOptions, LanguageModel, Message } from "../../models/index.js";

/** What is written longer than this is cut off: an endpoint may not keep to its limit of tokens. */
const LONGEST = 16_000;

export interface Request extends Pick<GenerateOptions, "temperature" | "topP" | "seed" | "maxTokens" | "grammar"> {
  readonly messages: readonly Message[];
  /** Messages at the beginning that all requests of a step share. */
  readonly shared?: number;
  /** How the answer begins; for models that continue. */
  readonly written?: string;
  /** Says when what is written is all that is wanted. Asked after what may end a line or a label. */
  readonly enough?: (text: string) => boolean;
}

export interface Reply {
  readonly text: string;
  /** False when it was cut off by a limit: its last item may not be whole. */
  readonly whole: boolean;
}

/**
 * What a model writes; an empty text that is not whole where its context cannot hold the request.
 * @throws ToolwrightError as `LanguageModel.open` and `Sequence.generate`, but for `context-full`
 */
export async function reply(model: LanguageModel, request: Request): Promise<Reply> {
  const { messages, shared, written, enough, ...options } = request;
  let text = "";
  try {
    await using sequence = await model.open({ messages, shared }, { written });
    for await (const delta of sequence.generate(options)) {
      if (delta.type === "text") text += delta.text;
      if (delta.type === "stop") return { text, whole: delta.reason !== "length" };
      if (delta.type === "text" && /[\n.:)]/.test(delta.text) && enough?.(text)) return { text, whole: true };
      if (text.length > LONGEST) break;
    }
  } catch (error) {
    if (!(error instanceof ToolwrightError) || error.code !== "context-full") throw error;
  }
  return { text: text.slice(0, LONGEST), whole: false };
}

/** Has a model hold what requests share; one that cannot hold things does nothing. */
export async function takeIn(model: LanguageModel, { messages, shared }: Pick<Request, "messages" | "shared">): Promise<void> {
  try {
    await (await model.open({ messages, shared })).close();
  } catch (error) {
    if (!(error instanceof ToolwrightError) || error.code !== "context-full") throw error; // The requests themselves will see.
  }
}

/** Works on so many items at once; the results are in the order of the items. Nothing new is begun once one has failed. */
export async function together<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/** Examples as turns of a conversation, as many from the first on as take no more than a share of the model's context. */
export function fitting<Example extends { readonly question: string; readonly answer: string }>(
  model: LanguageModel,
  examples: readonly Example[],
  share: number,
): Example[] {
  const room = share * (model.contextSize ?? Number.POSITIVE_INFINITY);
  const TURN = 8; // What a chat template puts around a message, in tokens.
  let tokens = 0;
  return examples.filter(({ question, answer }) => {
    tokens += model.countTokens(question) + model.countTokens(answer) + 2 * TURN;
    return tokens <= room;
  });
}

/** A conversation in which the examples were asked and answered, and then the question is asked. */
export function fewShot(
  instructions: string,
  examples: readonly { readonly question: string; readonly answer: string }[],
  question: string,
): Message[] {
  const turns = examples.flatMap(({ question: asked, answer }): Message[] => [
    { role: "user", content: asked },
    { role: "assistant", content: answer },
  ]);
  return [{ role: "system", content: instructions }, ...turns, { role: "user", content: question }];
}
