// What one training text is: the tokens that the agent would see, and which of them the model is held to.
import type { Tokenizer } from "../engine/index.js";
import type { Message } from "../models/index.js";
import { type Lesson, type Piece, piecesOf } from "../teaching/index.js";

export interface Example {
  /** Those of the chat template included, and BOS where the model asks for one. */
  readonly tokens: Int32Array;
  /** `weights[i]` is the weight of −log p(tokens[i] | tokens before it): 0 carries no loss. The first is 0. */
  readonly weights: Float32Array;
}

/** Which tokens carry loss: all that the model writes, or its calls alone. */
export const losses = ["all", "calls"] as const;
export type LossOn = (typeof losses)[number];

/** What reading a text takes of a model. */
export interface ExampleModel {
  readonly tokenizer: Pick<Tokenizer, "encode" | "offsets" | "bos" | "eos" | "isEnd">;
  /** As `LocalModel.render`. */
  render(messages: readonly Message[], open: boolean): number[];
}

/** What of a lesson is trained on. */
export type LessonText = Pick<Lesson, "question" | "marked"> & { readonly calls: readonly { readonly tool: string }[] };

/** A lesson that answers a question. */
export type Turn = LessonText & { readonly question: string };

/**
 * A lesson as tokens. With a question it is a turn of the user and one of the assistant in the model's chat template, ended by the token
 * that ends the turn; without, plain text. As in a run of the agent, the text up to a call's `)`, the result that is spliced in and the
 * text after it are tokenised apart. Loss is on what the model writes, its end of turn included; none is on the question, the template
 * and the results. With `calls` it is on the calls: the token that begins one, the name, the arguments.
 */
export function exampleOf(lesson: LessonText, model: ExampleModel, loss: LossOn = "all"): Example {
  const { tokenizer } = model;
  const { question } = lesson;
  if (question !== undefined) return chatOf([{ ...lesson, question }], model, loss);
  const text = new ExampleText();
  if (tokenizer.bos !== undefined) text.add([tokenizer.bos], 0);
  for (const piece of pieces(lesson)) write(text, piece, tokenizer, loss);
  return text.example();
}

/** Lessons with questions as the turns of one chat, with the loss that each of them has alone. */
export function chatOf(lessons: readonly Turn[], model: ExampleModel, loss: LossOn = "all"): Example {
  const text = new ExampleText();
  let before: Message | undefined;
  for (const lesson of lessons) {
    const user: Message = { role: "user", content: lesson.question };
    const prompt = model.render([user], true);
    text.add(before === undefined ? prompt : nextTurn(model, before, user), 0);
    for (const piece of pieces(lesson)) write(text, piece, model.tokenizer, loss);
    const end = endOfTurn(model, user, prompt);
    if (end !== undefined) text.add([end], loss === "all" ? 1 : 0);
    before = user;
  }
  return text.example();
}

function pieces({ marked, calls }: LessonText): readonly Piece[] {
  return piecesOf(marked, new Set(calls.map(({ tool }) => tool)));
}

function write(text: ExampleText, { written, call, spliced }: Piece, tokenizer: ExampleModel["tokenizer"], loss: LossOn): void {
  const tokens = tokenizer.encode(written);
  if (loss === "all") text.add(tokens, 1);
  else {
    const from = call ?? written.length;
    const offsets = tokenizer.offsets(tokens);
    // A token that ends beyond where the call begins is of the call.
    for (const [i, token] of tokens.entries()) text.add([token], (offsets[i + 1] ?? written.length) > from ? 1 : 0);
  }
  if (spliced !== "") text.add(tokenizer.encode(spliced), 0);
}

/** The token by which the model's template ends the assistant's turn; for a template that writes none, the end of text. */
function endOfTurn({ tokenizer, render }: ExampleModel, user: Message, prompt: readonly number[]): number | undefined {
  const closed = render([user, { role: "assistant", content: "" }], false);
  let common = 0;
  while (common < prompt.length && closed[common] === prompt[common]) common++;
  return closed.slice(common).find((token) => tokenizer.isEnd(token)) ?? tokenizer.eos;
}

/** What the model's template writes from the end of an answer to the beginning of the next one, its end token left out. */
function nextTurn({ tokenizer, render }: ExampleModel, before: Message, user: Message): readonly number[] {
  const opened = render([before], true);
  const chat = render([before, { role: "assistant", content: "" }, user], true);
  const between = chat.slice(opened.length);
  return between[0] !== undefined && tokenizer.isEnd(between[0]) ? between.slice(1) : between;
}

class ExampleText {
  readonly #tokens: number[] = [];
  readonly #weights: number[] = [];

  add(tokens: readonly number[], weight: number): void {
    for (const token of tokens) {
      // Nothing comes before the first token that could foretell it.
      this.#weights.push(this.#tokens.length === 0 ? 0 : weight);
      this.#tokens.push(token);
    }
  }

  example(): Example {
    return { tokens: Int32Array.from(this.#tokens), weights: Float32Array.from(this.#weights) };
  }
}

/** The sum of an example's weights: the number of tokens that carry loss. */
export function lossWeight({ weights }: Pick<Example, "weights">): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
