// What `selftaught` shows while it works: which stage of which round it is in, and then what that stage shows.
import type { RoundsEvent } from "../rounds/index.js";
import { AnswersProgress } from "./answers-progress.js";
import { EvalProgress } from "./eval-progress.js";
import { say } from "./output.js";
import { TeachProgress } from "./teach-progress.js";
import { TrainProgress } from "./train-progress.js";

export class RoundsProgress implements Disposable {
  readonly #corpus: readonly string[];
  #questions = 0;
  #teach: TeachProgress | undefined;
  #answers: AnswersProgress | undefined;
  #train: TrainProgress | undefined;
  #evaluate: EvalProgress | undefined;

  constructor(corpus: readonly string[]) {
    this.#corpus = corpus;
  }

  update(event: RoundsEvent): void {
    if (event.type === "start") {
      const { documents, leftOut, questions, done } = event;
      this.#questions = questions;
      say(`${documents} texts to teach on, ${questions} questions to measure with.`);
      if (leftOut > 0) say(`${leftOut} texts ask what the tasks ask, and are left out.`);
      if (done > 0) say(`${done === 1 ? "The base was" : `The base and ${done - 1} rounds were`} done already.`);
    } else if (event.type === "stage") {
      this[Symbol.dispose]();
      const { round, stage, documents } = event;
      const what = { teach: "teaching", answers: "answering for lessons", train: "training", evaluate: "evaluating" }[stage];
      say(`${round === 0 ? "Base" : `Round ${round}`}: ${what}`);
      if (stage === "teach") this.#teach = new TeachProgress(this.#corpus, { limit: documents });
      else if (stage === "answers") this.#answers = new AnswersProgress(documents);
      else if (stage === "train") this.#train = new TrainProgress("");
    } else if (event.type === "teach") this.#teach?.update(event.event);
    else if (event.type === "answers") this.#answers?.update(event.event);
    else if (event.type === "train") this.#train?.update(event.event);
    else if (event.type === "evaluate") {
      const { event: inner, before } = event;
      if (inner.type === "start") {
        this.#evaluate?.[Symbol.dispose]();
        this.#evaluate = new EvalProgress(`  ${inner.configuration.name}`, this.#questions, before);
      } else if (inner.type === "result") this.#evaluate?.update(inner.result);
    } else if (event.type === "round") {
      this[Symbol.dispose]();
      const { round, correct, n } = event.figures;
      say(`${round === 0 ? "Base" : `Round ${round}`}: ${correct} of ${n} right`);
    }
  }

  say(text: string): void {
    if (process.stderr.isTTY) process.stderr.write("\n"); // After a bar.
    say(text);
  }

  [Symbol.dispose](): void {
    for (const one of [this.#teach, this.#answers, this.#train, this.#evaluate]) one?.[Symbol.dispose]();
    this.#teach = this.#answers = this.#train = this.#evaluate = undefined;
  }
}
