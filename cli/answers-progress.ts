// What is shown while questions are answered for lessons.
import { Presets, SingleBar } from "cli-progress";
import type { AnswerEvent } from "../rounds/index.js";
import { say } from "./output.js";

/** Without a terminal a line comes at most this often, in milliseconds. */
const LINE_EVERY = 15_000;

export class AnswersProgress implements Disposable {
  readonly #bar: SingleBar | undefined;
  #started = performance.now();
  #said = performance.now();
  #done = 0;
  #right = 0;
  #answers = 0;
  #lessons = 0;

  /** @param most questions, where that is known */
  constructor(most: number | undefined) {
    if (!process.stderr.isTTY) return;
    const format = "  {bar} {value} questions  {right} of {answers} right  {lessons} lessons  {rate}/min";
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 20 }, Presets.shades_classic);
    this.#bar.start(most ?? 1, 0, this.#shown());
  }

  update(event: AnswerEvent): void {
    if (event.type === "start") {
      this.#started = performance.now();
      if (event.done > 0) this.say(`${event.done} questions were done already.`);
    } else if (event.type === "question") {
      this.#done++;
      this.#right += event.counts.right;
      this.#answers += event.counts.answers;
      this.#lessons += event.counts.kept;
    }
    if (this.#bar) {
      this.#bar.setTotal(Math.max(this.#bar.getTotal(), this.#done));
      this.#bar.update(this.#done, this.#shown());
    } else if (event.type === "end" || performance.now() - this.#said > LINE_EVERY) {
      this.#said = performance.now();
      const { right, answers, lessons, rate } = this.#shown();
      say(`${this.#done} questions, ${right} of ${answers} answers right, ${lessons} lessons, ${rate} a minute`);
    }
  }

  say(text: string): void {
    if (this.#bar) process.stderr.write("\n");
    say(text);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }

  #shown() {
    const minutes = (performance.now() - this.#started) / 60_000;
    return { right: this.#right, answers: this.#answers, lessons: this.#lessons, rate: (this.#done / minutes).toFixed(0) };
  }
}
