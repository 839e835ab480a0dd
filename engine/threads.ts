// How many threads a step should use. llama.cpp's threads wait for each other after every operation, spinning: on a machine that is
// busy with other work, one of them is without a core now and then, and all wait. With two threads on two cores beside two busy
// processes a step takes twenty times as long; with one it only takes its share.

/** Below this share of the cores that they asked for, threads hold each other up. */
const STARVED = 0.75;
/** Steps shorter than this, in milliseconds, say nothing. */
const SHORT = 5;
const FIRST_TRIAL = 500;
const LAST_TRIAL = 30_000;

/** Halves the threads when steps are starved of cores, and tries all of them again after a while, ever more rarely. */
export class Threads {
  readonly #most: number;
  #count: number;
  #share = 1;
  #trialAt = 0;
  #pause = FIRST_TRIAL;
  #trying = false;

  constructor(most: number) {
    this.#most = most;
    this.#count = most;
  }

  /** For the next step. @param now milliseconds of a steady clock */
  next(now: number): number {
    if (this.#count < this.#most && now >= this.#trialAt) {
      this.#trying = true;
      return this.#most;
    }
    return this.#count;
  }

  /** Tells what a step with `threads` took. @param cpu milliseconds of all cores that this process used meanwhile */
  took(threads: number, wall: number, cpu: number, now: number): void {
    if (wall < SHORT) return;
    const share = cpu / (wall * threads);
    if (this.#trying) {
      this.#trying = false;
      if (share >= STARVED) {
        this.#count = this.#most;
        this.#share = 1;
        this.#pause = FIRST_TRIAL;
      } else {
        this.#pause = Math.min(2 * this.#pause, LAST_TRIAL);
        this.#trialAt = now + this.#pause;
      }
      return;
    }
    this.#share += (share - this.#share) * 0.5;
    if (this.#share < STARVED && threads > 1) {
      this.#count = Math.ceil(threads / 2);
      this.#share = 1;
      this.#trialAt = now + this.#pause;
    }
  }
}
