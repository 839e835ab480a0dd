import { test } from "uvu";
import * as assert from "uvu/assert";
import { Threads } from "../../engine/threads.js";

/** Plays steps of 50 ms on a machine where `share` of each core is this process's; gives the threads of each step. */
function play(threads: Threads, steps: number, share: (now: number) => number, from = 0): number[] {
  const used: number[] = [];
  for (let now = from; used.length < steps; now += 50) {
    const count = threads.next(now);
    used.push(count);
    threads.took(count, 50, 50 * count * (count === 1 ? 1 : share(now)), now + 50);
  }
  return used;
}

test("all threads are used while they have their cores", () => {
  assert.equal(new Set(play(new Threads(4), 50, () => 0.97)), new Set([4]));
});

test("starved threads are halved, and all of them tried again, ever more rarely", () => {
  const used = play(new Threads(2), 400, () => 0.4);
  assert.ok(used.slice(0, 5).includes(1), "soon");
  const trials = used.slice(5).flatMap((count, i) => (count === 2 ? [i] : []));
  assert.ok(trials.length > 1 && trials.length < 8, `${trials.length} trials`);
  assert.ok(trials[1]! - trials[0]! < trials.at(-1)! - trials.at(-2)!);
});

test("they come back when the machine is free again", () => {
  const threads = new Threads(2);
  play(threads, 40, () => 0.4);
  assert.is(play(threads, 100, () => 0.98, 2000).at(-1), 2);
});

test("a step that is too short to be measured changes nothing", () => {
  const threads = new Threads(2);
  for (let i = 0; i < 20; i++) threads.took(2, 1, 0.1, i);
  assert.is(threads.next(100), 2);
});

test.run();
