// Recite, then answer: the model recalls passages from its own memory, each with some temperature, answers from each of them, and the
// answer that comes most often is given (RECITE, Sun et al. 2023, arXiv 2210.01296). Nothing is looked up.
import { ToolwrightError } from "../../errors.js";
import { asMessages } from "../demonstrations.js";
import { noAnswer } from "../ensemble.js";
import { filled } from "../prompts.js";
import type { ChainStrategy, SeveralStrategy } from "../strategy.js";
import { paragraphs } from "./instructions.js";
import { defaultStrategy } from "./list.js";
import { firstSentence } from "./sentence.js";
import { voteOf } from "./vote.js";

/** A passage from memory: which page and section it might stand on, then its text. */
export const recitation: ChainStrategy = {
  name: "recitation",
  description: "a passage from the model's memory that the answer may be found in",
  prompt: ({ question, instructions, prompts: { recitation: book } }) => ({
    beginning: [{ role: "system", content: paragraphs(instructions, book.instruction) }, ...asMessages(book.demonstrations)],
    turn: [{ role: "user", content: question }],
  }),
  answer: (visible) => visible.trim(),
};

/** An answer out of the evidence that goes with the question. */
export const reader: ChainStrategy = {
  name: "reader",
  description: "an answer in a few words, out of a passage that goes with the question",
  prompt: ({ question, instructions, evidence = "", prompts: { reader: book } }) => ({
    beginning: [
      { role: "system", content: paragraphs(instructions, book.instruction) },
      ...asMessages(book.demonstrations.map((shown) => ({ question: filled(book.text, shown), text: shown.text }))),
    ],
    turn: [{ role: "user", content: filled(book.text, { evidence, question }) }],
  }),
  // Small models go on after the answer, with another one or with a question of their own.
  answer: (visible) => firstSentence(visible.trim().split("\n")[0]!),
};

export interface ReciteOptions {
  /** Recitations, 1 to 32. Default 20. */
  readonly samples?: number;
  /** Of the recitations, where the run has none. Default 0.7, the paper's. Answers are greedy. */
  readonly temperature?: number;
}

/** @throws ToolwrightError `invalid-option` */
export function recite({ samples = 20, temperature = 0.7 }: ReciteOptions = {}): SeveralStrategy {
  if (!Number.isInteger(samples) || samples < 1 || samples > 32) {
    throw new ToolwrightError("invalid-option", `recite with ${samples} recitations cannot be.`, "Ask for 1 to 32.", { exitCode: 2 });
  }
  const name = samples === 20 ? "recite" : `recite:${samples}`;
  return {
    name,
    description: `${samples} passages are recited from memory and answered from; that on which most agree is given`,
    chains: 2 * samples,
    least: 24,
    async *combine(ensemble) {
      const { settings } = ensemble;
      const recited = yield* ensemble.run(
        Array.from({ length: samples }, () => ({
          strategy: recitation,
          temperature: settings.temperature > 0 ? settings.temperature : temperature,
          tools: [],
        })),
      );
      // The same words need not be read twice, but count twice.
      const times = new Map<string, number>();
      for (const { answer } of recited) if (answer !== undefined) times.set(answer, (times.get(answer) ?? 0) + 1);
      const passages = [...times.keys()];
      if (passages.length === 0) {
        yield ensemble.event({
          type: "error",
          code: "nothing-recited",
          message: `None of the ${samples} recitations said anything; the question is answered without one.`,
          remedy: "Ask in other words, or use another strategy.",
          fatal: false,
        });
        const [alone] = yield* ensemble.run([{ strategy: defaultStrategy(settings.model, settings.tools), temperature: 0 }]);
        if (alone?.answer === undefined) throw noAnswer(name, [...recited, ...(alone ? [alone] : [])]);
        return { text: alone.answer, written: alone.written };
      }
      const weightOf = (index: number) => times.get(passages[index - samples]!)!;
      const answers = yield* ensemble.run(
        passages.map((evidence) => ({ strategy: reader, temperature: 0, evidence, tools: [] })),
        (ended) => {
          const had = ended.reduce((sum, { index }) => sum + weightOf(index), 0);
          return voteOf(ended, weightOf).settled(recited.filter(({ answer }) => answer !== undefined).length - had);
        },
      );
      const { winner } = voteOf(answers, weightOf);
      if (winner === undefined) throw noAnswer(name, answers);
      const { answer, votes, of } = winner;
      return { text: answer, written: answer, agreement: { votes, of } };
    },
  };
}
