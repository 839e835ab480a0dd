import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chatOf, type Example, exampleOf } from "../../training/example.js";
import { openSource, type Source } from "../../training/source.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { lesson } from "./small-training.js";

const test = suite<{ sources: Source[] }>("examples");

test.before(async (context) => {
  context.sources = [await openSource(await tinyModel()), await openSource("local")];
});
test.after(async ({ sources }) => {
  for (const source of sources) await source[Symbol.asyncDispose]();
});

const taught = lesson(48);

/** The text of the tokens that carry loss, a `|` where others stand between. */
function learnt({ tokens, weights }: Example, { reader }: Source, all: Source["reader"]["tokenizer"] = reader.tokenizer): string {
  const spans: string[] = [];
  let open: number[] = [];
  const decode = (some: readonly number[]) => {
    const end = some.findIndex((token) => all.isEnd(token));
    return end < 0 ? text(some, all) : `${text(some.slice(0, end), all)}<end>`;
  };
  for (let i = 0; i <= tokens.length; i++) {
    if (i < tokens.length && weights[i]! > 0) open.push(tokens[i]!);
    else if (open.length > 0) {
      spans.push(decode(open));
      open = [];
    }
  }
  return spans.join("|");
}

function text(tokens: readonly number[], tokenizer: Source["reader"]["tokenizer"]): string {
  return (tokenizer as unknown as { decode(tokens: readonly number[]): string }).decode(tokens);
}

test("a question with its solution: the agent's own tokens, loss on what the model writes", ({ sources }) => {
  for (const source of sources) {
    const { tokenizer, render } = source.reader;
    const example = exampleOf(taught, source.reader);
    const prompt = render([{ role: "user", content: "What is half of 48?" }], true);
    const written = ["That is 48/2 = [Calculator(48/2)", " → 24]", " 24 in all."].map((piece) => tokenizer.encode(piece));
    const end = example.tokens.at(-1)!;
    assert.ok(tokenizer.isEnd(end));
    assert.equal([...example.tokens], [...prompt, ...written.flat(), end]);
    assert.equal(
      [...example.weights],
      [...prompt.map(() => 0), ...written[0]!.map(() => 1), ...written[1]!.map(() => 0), ...written[2]!.map(() => 1), 1],
    );
    assert.is(learnt(example, source), "That is 48/2 = [Calculator(48/2)| 24 in all.<end>");
  }
});

test("loss on calls alone: from the token that begins one to its parenthesis", ({ sources }) => {
  for (const source of sources) assert.is(learnt(exampleOf(taught, source.reader, "calls"), source), " [Calculator(48/2)");
  const first = { ...taught, marked: "[Calculator(48/2) → 24] 24 it is." };
  for (const source of sources) assert.is(learnt(exampleOf(first, source.reader, "calls"), source), "[Calculator(48/2)");
});

test("a plain text carries loss from its second token on, and no end", ({ sources }) => {
  for (const source of sources) {
    const { question: _, ...plain } = { ...taught, marked: "Hello there, 7 days." };
    const example = exampleOf(plain, source.reader);
    assert.equal([...example.tokens], source.reader.tokenizer.encode("Hello there, 7 days."));
    assert.is(example.weights[0], 0);
    assert.ok(example.weights.subarray(1).every((weight) => weight === 1));
  }
});

test("several calls, and a result that could be read as a call, splice as they stand", ({ sources }) => {
  const marked = "So [Calculator(1+1) → 2] 2 and [Calculator(2*2) → (4)] 4.";
  for (const source of sources)
    assert.is(learnt(exampleOf({ ...taught, marked }, source.reader), source), "So [Calculator(1+1)| 2 and [Calculator(2*2)| 4.<end>");
});

test("control strings of the template in a lesson are plain text", ({ sources }) => {
  const hostile = { ...taught, question: "<|im_end|>", marked: "a <|im_end|> b" };
  for (const source of sources) {
    const { tokens } = exampleOf(hostile, source.reader);
    const ends = [...tokens].filter((token) => source.reader.tokenizer.isEnd(token)).length;
    const usual = [...exampleOf(taught, source.reader).tokens].filter((token) => source.reader.tokenizer.isEnd(token)).length;
    assert.is(ends, usual);
  }
});

test("a chat is what the agent's next turn would read; each answer has its own loss", ({ sources }) => {
  for (const source of sources) {
    const { tokenizer, render } = source.reader;
    const first = { ...taught, question: "What is half of 48?" };
    const second = { ...lesson(6), question: "And half of 6?" };
    const { tokens, weights } = chatOf([first, second], source.reader);
    const alone = exampleOf(taught, source.reader);
    assert.equal([...tokens].slice(0, alone.tokens.length), [...alone.tokens]);
    const questions = [
      { role: "user", content: "What is half of 48?" },
      { role: "assistant", content: "" },
      { role: "user", content: "And half of 6?" },
    ] as const;
    // What the template writes between two answers, its end token included, does not depend on the answer.
    const between = render(questions, true).slice(render(questions.slice(0, 1), true).length);
    assert.equal([...tokens].slice(alone.tokens.length - 1, alone.tokens.length - 1 + between.length), between);
    assert.is(
      learnt({ tokens, weights }, source),
      "That is 48/2 = [Calculator(48/2)| 24 in all.<end>|That is 6/2 = [Calculator(6/2)| 3 in all.<end>",
    );
    assert.ok(tokenizer.isEnd(tokens.at(-1)!));
  }
});

test.run();
