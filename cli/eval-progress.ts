// What `eval` shows while it works: questions, right answers, how fast, and how long it will take.
import { Presets, SingleBar } from "cli-progress";
import type { Result } from "../evaluation/index.js";
import { say } from "./output.js";

/** Without a terminal a line comes at most this often, in milliseconds. */
const LINE_EVERY = 15_000;

export class EvalProgress implements Disposable {
  readonly #bar: SingleBar | undefined;
  readonly #total: number;
  readonly #started = performance.now();
  #said = performance.now();
  #done = 0;
  #correct = 0;
  #calls = 0;

  /**
   * @param before questions that have their results already
   * @param what is counted. Default: questions
   */
  constructor(configuration: string, total: number, before: number, what: "questions" | "wordings" = "questions") {
    this.#total = Math.max(0, total - before);
    say(
      before > 0
        ? `${configuration}: ${Math.min(before, total)} of ${total} ${what} were done already.`
        : `${configuration}: ${total} ${what}`,
    );
    if (!process.stderr.isTTY || this.#total === 0) return;
    const format = "  {bar} {value}/{total}  {right} right  {calls} calls  {rate}/min  {left}";
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 20, etaBuffer: 1 }, Presets.shades_classic);
    this.#bar.start(this.#total, 0, this.#shown());
  }

  update({ correct, calls }: Result): void {
    this.#done++;
    this.#correct += Number(correct);
    this.#calls += calls.length;
    this.#bar?.update(this.#done, this.#shown());
    if (this.#bar || performance.now() - this.#said < LINE_EVERY) return;
    this.#said = performance.now();
    const { right, calls: made, rate, left } = this.#shown();
    say(`  ${this.#done} of ${this.#total}, ${right} right, ${made} calls, ${rate} a minute, ${left}`);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }

  #shown() {
    const minutes = (performance.now() - this.#started) / 60_000;
    const left = this.#done === 0 ? undefined : ((this.#total - this.#done) * minutes) / this.#done;
    return {
      right: this.#done === 0 ? "–" : `${((100 * this.#correct) / this.#done).toFixed(1)}%`,
      calls: this.#calls,
      rate: this.#done === 0 ? "–" : (this.#done / minutes).toFixed(0),
      left: left === undefined ? "" : left < 1 ? "under a minute left" : `${Math.ceil(left)} min left`,
    };
  }
}
