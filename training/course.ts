// In which order examples are trained on: a function of the examples and the seed, so that a place in it is a step's number.
import { random } from "../engine/index.js";
import type { Example } from "./example.js";
import { type Pack, packing, packOf } from "./pack.js";

export interface CourseSettings {
  /** Most tokens of a pack. */
  readonly pack: number;
  /** Packs of a step. */
  readonly batch: number;
  readonly seed: number;
  /** How often all examples are gone through; the last time may be a part of one. */
  readonly epochs: number;
  /** In place of epochs. */
  readonly steps?: number;
}

/** What one step learns from. */
export interface Batch {
  /** From 0. */
  readonly epoch: number;
  readonly packs: readonly Pack[];
}

/** 32 bits that depend on all the numbers. */
export function seedOf(...numbers: readonly number[]): number {
  return numbers.reduce((seed, number) => Math.floor(random(seed ^ number)() * 2 ** 32), 0x7001);
}

/** All steps of a training. Each epoch packs the examples anew; a step is `batch` packs, the last of an epoch perhaps fewer. */
export class Course {
  readonly steps: number;
  readonly #examples: readonly Example[];
  readonly #settings: CourseSettings;
  readonly #lengths: readonly number[];
  /** The first step of each epoch, from 0. */
  readonly #begins: number[] = [];
  #current: { readonly epoch: number; readonly packs: readonly (readonly number[])[] } | undefined;

  constructor(examples: readonly Example[], settings: CourseSettings) {
    this.#examples = examples;
    this.#settings = settings;
    this.#lengths = examples.map(({ tokens }) => tokens.length);
    let steps = 0;
    let epoch = 0;
    const wanted = settings.steps ?? Number.POSITIVE_INFINITY;
    const epochs = settings.steps === undefined ? settings.epochs : Number.POSITIVE_INFINITY;
    for (; epoch < epochs && steps < wanted; epoch++) {
      this.#begins.push(steps);
      const all = Math.ceil(this.#packs(epoch).length / settings.batch);
      steps += epochs - epoch < 1 ? Math.ceil(all * (epochs - epoch)) : all;
    }
    this.steps = Math.min(steps, wanted);
  }

  /** @param step from 0 */
  batch(step: number): Batch {
    const epoch = this.#begins.findLastIndex((first) => first <= step);
    const first = (step - this.#begins[epoch]!) * this.#settings.batch;
    const packs = this.#packs(epoch).slice(first, first + this.#settings.batch);
    return { epoch, packs: packs.map((members) => packOf(members.map((index) => this.#examples[index]!))) };
  }

  #packs(epoch: number): readonly (readonly number[])[] {
    if (this.#current?.epoch !== epoch) {
      this.#current = { epoch, packs: packing(this.#lengths, this.#settings.pack, seedOf(this.#settings.seed, epoch)) };
    }
    return this.#current.packs;
  }
}

/** Examples in packs, in their order: what validation reads. */
export function packsInOrder(examples: readonly Example[], size: number): readonly Pack[] {
  const lengths = examples.map(({ tokens }) => tokens.length);
  return packing(lengths, size).map((members) => packOf(members.map((index) => examples[index]!)));
}
