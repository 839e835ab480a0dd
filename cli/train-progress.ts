// What `train` shows while it works: the loss, how fast, and how long it will take.
import { Presets, SingleBar } from "cli-progress";
import type { TrainEvent } from "../training/index.js";
import { say } from "./output.js";

/** Without a terminal a line comes at most this often, in milliseconds. */
const LINE_EVERY = 15_000;

/** A line with a new validation comes sooner. */
const VALIDATION_EVERY = 5_000;

/** Weight of the newest loss in the mean that is shown. */
const NEWEST = 1 / 10;

export class TrainProgress implements Disposable {
  readonly #name: string;
  #bar: SingleBar | undefined;
  #said = performance.now();
  /** The last step that a line was about. */
  #told = 0;
  #steps = 0;
  #step = 0;
  #loss: number | undefined;
  #validation: number | undefined;
  /** Tokens and seconds of this process's steps, validations and checkpoints between them included. */
  #tokens = 0;
  #started = performance.now();
  #before = 0;

  /** @param name tells several trainings apart; empty for one */
  constructor(name: string) {
    this.#name = name;
  }

  update(event: TrainEvent): void {
    if (event.type === "start") this.#start(event);
    else if (event.type === "step") {
      this.#step = event.step;
      this.#tokens += event.tokens;
      this.#loss = this.#loss === undefined ? event.loss : this.#loss + NEWEST * (event.loss - this.#loss);
      if (this.#bar) this.#bar.update(this.#step, this.#shown());
      else if (performance.now() - this.#said > LINE_EVERY) this.#line();
    } else if (event.type === "validation") {
      this.#validation = event.loss;
      if (this.#bar) this.#bar.update(this.#step, this.#shown());
      else if (performance.now() - this.#said > VALIDATION_EVERY) this.#line();
    } else if (event.type === "done" && !this.#bar && event.step > this.#told) this.#line();
  }

  say(text: string): void {
    if (this.#bar) process.stderr.write("\n");
    say(text);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #start({ parameters, counts, done }: Extract<TrainEvent, { type: "start" }>): void {
    this.#steps = parameters.steps;
    this.#step = this.#before = this.#told = done;
    this.#started = performance.now();
    const named = this.#name === "" ? "" : `${this.#name}: `;
    const parts = [`${counts.examples} texts with ${counts.calls} calls`, `${counts.tokens} tokens, ${counts.lossTokens} carry loss`];
    if (counts.validation > 0) parts.push(`${counts.validation} kept for validation`);
    say(`${named}${parts.join("; ")}. ${parameters.steps} steps, weights ${parameters.weights}.`);
    if (counts.cut > 0) say(`${counts.cut} texts are longer than ${parameters.pack} tokens: their beginnings are used.`);
    if (counts.tooLong > 0) say(`${counts.tooLong} records are longer than ${parameters.pack} tokens and are left out.`);
    if (counts.silent > 0) say(`${counts.silent} lessons have nothing to learn from and are left out.`);
    if (done > 0) say(`${done} steps were done already.`);
    if (!process.stderr.isTTY) return;
    const format = `  ${named}{bar} {value}/{total}  loss {loss}  {validation}{rate} tokens/s  {left}`;
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 20, etaBuffer: 1 }, Presets.shades_classic);
    this.#bar.start(this.#steps, done, this.#shown());
  }

  #line(): void {
    this.#said = performance.now();
    this.#told = this.#step;
    const { loss, validation, rate, left } = this.#shown();
    const named = this.#name === "" ? "" : `${this.#name}: `;
    const parts = [`step ${this.#step} of ${this.#steps}`, `loss ${loss}`, validation.trim(), `${rate} tokens/s`, left];
    say(named + parts.filter((part) => part !== "").join(", "));
  }

  #shown() {
    const minutes = (performance.now() - this.#started) / 60_000;
    const done = this.#step - this.#before;
    const left = done <= 0 ? undefined : ((this.#steps - this.#step) * minutes) / done;
    return {
      loss: this.#loss === undefined ? "–" : this.#loss.toFixed(3),
      validation: this.#validation === undefined ? "" : `validation ${this.#validation.toFixed(3)}  `,
      rate: done <= 0 ? "–" : String(Math.round(this.#tokens / (minutes * 60))),
      left:
        left === undefined || this.#step === this.#steps
          ? ""
          : left < 1
            ? "under a minute left"
            : left < 90
              ? `${Math.ceil(left)} min left`
              : `${(left / 60).toFixed(1)} h left`,
    };
  }
}
