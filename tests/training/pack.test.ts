import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Course } from "../../training/course.js";
import { packing, packOf } from "../../training/pack.js";

const test = suite("packs");

const example = (length: number, first = 0) => ({
  tokens: Int32Array.from({ length }, (_, i) => first + i),
  weights: Float32Array.from({ length }, (_, i) => (i === 0 ? 0 : i)),
});

test("examples side by side: positions begin anew, targets are the next token, weights those of the targets", () => {
  const pack = packOf([example(3, 10), example(2, 20)]);
  assert.equal([...pack.tokens], [10, 11, 12, 20, 21]);
  assert.equal([...pack.positions], [0, 1, 2, 0, 1]);
  assert.equal([...pack.starts], [0, 3]);
  assert.equal([...pack.weights], [1, 2, 0, 1, 0]);
  assert.equal([pack.targets[0], pack.targets[1], pack.targets[3]], [11, 12, 21]);
});

test("every example is in one pack, no pack is too long, and the same seed gives the same packs", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 }),
      fc.integer({ min: 60, max: 200 }),
      fc.nat(),
      (lengths, size, seed) => {
        const packs = packing(lengths, size, seed);
        assert.equal(
          packs.flat().sort((a, b) => a - b),
          lengths.map((_, i) => i),
        );
        for (const members of packs) assert.ok(members.length > 0 && members.reduce((sum, i) => sum + lengths[i]!, 0) <= size);
        assert.equal(packing(lengths, size, seed), packs);
      },
    ),
  );
});

test("another seed gives another order; short texts fill their packs", () => {
  const lengths = Array.from({ length: 1000 }, (_, i) => 40 + ((i * 37) % 160));
  const packs = packing(lengths, 1024, 1);
  assert.is.not(JSON.stringify(packing(lengths, 1024, 2)), JSON.stringify(packs));
  const used = lengths.reduce((sum, length) => sum + length, 0) / (packs.length * 1024);
  assert.ok(used > 0.96, String(used));
});

const examples = Array.from({ length: 50 }, (_, i) => example(5 + (i % 7), 100 * i));
const settings = { pack: 32, batch: 2, seed: 3, epochs: 2 };
const firstsOf = (course: Course, step: number) =>
  course.batch(step).packs.flatMap(({ tokens, starts }) => Array.from(starts, (at) => tokens[at]!));

test("a course goes through all examples in each epoch, in another order, and any step can be asked for again", () => {
  const course = new Course(examples, settings);
  const epochs = [0, 1].map((epoch) =>
    Array.from({ length: course.steps }, (_, step) => step)
      .filter((step) => course.batch(step).epoch === epoch)
      .flatMap((step) => firstsOf(course, step)),
  );
  for (const epoch of epochs)
    assert.equal(
      [...epoch].sort((a, b) => a - b),
      examples.map(({ tokens }) => tokens[0]!),
    );
  assert.is.not(JSON.stringify(epochs[0]), JSON.stringify(epochs[1]));
  const again = new Course(examples, settings);
  for (const step of [course.steps - 1, 0, 3]) assert.equal(firstsOf(again, step), firstsOf(course, step));
});

test("half an epoch, and a number of steps that is more than one", () => {
  const { steps } = new Course(examples, { ...settings, epochs: 1 });
  assert.is(new Course(examples, { ...settings, epochs: 0.5 }).steps, Math.ceil(steps / 2));
  const long = new Course(examples, { ...settings, epochs: 1, steps: 2 * steps + 3 });
  assert.is(long.steps, 2 * steps + 3);
  assert.is(long.batch(2 * steps + 2).epoch, 2);
});

test.run();
