import { readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { random } from "../../engine/index.js";
import { ToolwrightError } from "../../errors.js";
import { findModel } from "../../models/index.js";
import { type LoraShape, type Network, type NetworkOptions, openNetwork, type Pack, TARGETS } from "../../training/index.js";
import { goldenGradients, goldenModel, goldenValues } from "../fixtures/golden-gradients.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const TINY: LoraShape = { rank: 4, alpha: 8, targets: TARGETS, layers: [0, 3], dropout: 0 };
const EXACT: NetworkOptions = { weights: "F32", threads: 1, seed: 1 };

interface Text {
  readonly tokens: readonly number[];
  /** Of predicting each token from those before it. */
  readonly weights: readonly number[];
}

function packed(texts: readonly Text[]): Pack {
  const tokens = texts.flatMap((text) => text.tokens);
  let next = 0;
  const starts = texts.map(({ tokens: { length } }) => (next += length) - length);
  return {
    tokens: Int32Array.from(tokens),
    positions: Int32Array.from(texts.flatMap((text) => text.tokens.map((_, i) => i))),
    starts: Int32Array.from(starts),
    targets: Int32Array.from(texts.flatMap((text) => text.tokens.map((_, i) => text.tokens[i + 1] ?? 0))),
    weights: Float32Array.from(texts.flatMap((text) => text.tokens.map((_, i) => text.weights[i + 1] ?? 0))),
  };
}

/** Random texts over the tiny model's vocabulary. */
function texts(seed: number, ...lengths: readonly number[]): Text[] {
  const draw = random(seed);
  return lengths.map((length) => ({
    tokens: Array.from({ length }, () => Math.floor(draw() * 400)),
    weights: Array.from({ length }, (_, i) => (i > 0 && draw() < 0.7 ? 1 : 0)),
  }));
}

/** Random B, so that A has a gradient. */
function stir({ tensors }: Network, seed: number): void {
  const draw = random(seed);
  for (const { name, values } of tensors)
    if (name.endsWith("lora_b")) for (let i = 0; i < values.length; i++) values[i] = (draw() - 0.5) / 8;
}

function clear({ tensors }: Network): void {
  for (const { gradient } of tensors) gradient.fill(0);
}

const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));

/** How far `found` is from `expected`, as a share of the latter's length. */
function distance(found: Float32Array, expected: Float32Array): number {
  return norm(found.map((value, i) => value - expected[i]!)) / Math.max(norm(expected), Number.MIN_VALUE);
}

const gradientsOf = ({ tensors }: Network) => tensors.map(({ gradient }) => gradient.slice());

for (const [weights, bound] of [
  ["F32", 1e-3],
  ["BF16", 2e-2],
  ["Q8_0", 2e-2],
  ["Q8_0-once", 6e-2],
] as const) {
  test(`gradients are torch's on the tiny model and on two layers of the default one: ${weights} within ${bound}`, async () => {
    const { cases, gradients } = await goldenGradients();
    let place = 0;
    for (const one of cases) {
      const shape: LoraShape = { rank: one.rank, alpha: one.alpha, targets: TARGETS, layers: [0, one.layers], dropout: 0 };
      await using network = await openNetwork(await goldenModel(one), shape, { weights });
      assert.equal(network.information.weights, weights);
      for (const [i, { values }] of network.tensors.entries()) goldenValues(i, values);
      const { loss } = await network.accumulate(packed(one.examples), { scale: 1, seed: 1 });
      assert.ok(Math.abs(loss / one.loss - 1) < bound / 10, `${one.name}: loss ${loss}, torch's ${one.loss}`);
      assert.equal(
        network.tensors.map(({ name }) => name),
        one.tensors,
      );
      for (const { name, gradient } of network.tensors) {
        const far = distance(gradient, gradients.subarray(place, (place += gradient.length)));
        assert.ok(far <= bound, `${one.name}: ${name} is ${far} away`);
      }
    }
    assert.is(place, gradients.length);
  });
}

test("gradients are the loss's slopes", async () => {
  await using network = await openNetwork(await tinyModel(), TINY, EXACT);
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(fc.integer({ min: 2, max: 150 }), { minLength: 1, maxLength: 4 }), async (seed, lengths) => {
      stir(network, seed);
      clear(network);
      const pack = packed(texts(seed, ...lengths));
      const { weight } = await network.accumulate(pack, { scale: 1, seed });
      fc.pre(weight > 0);
      const draw = random(seed + 1);
      const { values, gradient } = network.tensors[Math.floor(draw() * network.tensors.length)]!;
      const length = norm(gradient);
      fc.pre(length > 1e-3);
      const start = values.slice();
      const at = async (step: number) => {
        values.set(start.map((value, i) => value + (step * gradient[i]!) / length));
        return (await network.loss(pack)).loss;
      };
      const STEP = 5e-3;
      const slope = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
      values.set(start);
      assert.ok(Math.abs(slope / length - 1) < 2e-2, `slope ${slope}, gradient ${length}`);
    }),
    { numRuns: 15 },
  );
});

test("many short texts are computed as one after the other is", async () => {
  const shape: LoraShape = { rank: 4, alpha: 8, targets: TARGETS, layers: [0, 30], dropout: 0 };
  await using network = await openNetwork(await findModel("local"), shape, { weights: "Q8_0-once" });
  const draw = random(4);
  const lengths = Array.from({ length: 120 }, () => 2 + Math.floor(draw() * 40 * draw() ** 2));
  const all = texts(4, ...lengths);
  const { loss, weight } = await network.accumulate(packed(all), { scale: 1, seed: 1 });
  const some = await Promise.all([all.slice(0, 45), all.slice(45)].map((part) => network.loss(packed(part))));
  assert.is(weight, some[0]!.weight + some[1]!.weight);
  assert.ok(Math.abs(loss / (some[0]!.loss + some[1]!.loss) - 1) < 1e-3);
});

test("in a long text a token is told from all before it and from none after", async () => {
  await using network = await openNetwork(await tinyModel(), TINY, EXACT);
  const tokens = [...texts(2, 150)[0]!.tokens];
  const weights = tokens.map((_, i) => (i === 131 ? 1 : 0));
  const { loss } = await network.loss(packed([{ tokens, weights }]));
  for (const place of [0, 63, 64, 100, 127, 128, 130, 132, 149]) {
    const changed = tokens.with(place, (tokens[place]! + 1) % 400);
    const other = await network.loss(packed([{ tokens: changed, weights }]));
    assert.is(other.loss !== loss, place < 131, `token ${place}`);
  }
});

test("a pack's loss and gradients are those of its examples alone, however many graphs it takes", async () => {
  await using network = await openNetwork(await tinyModel(), TINY, EXACT);
  stir(network, 1);
  const several = texts(2, 40, 17, 3, 200, 1, 300, 64, 16);
  const together = await network.accumulate(packed(several), { scale: 1, seed: 1 });
  const found = gradientsOf(network);
  clear(network);
  let loss = 0;
  for (const text of several) loss += (await network.accumulate(packed([text]), { scale: 1, seed: 1 })).loss;
  assert.ok(Math.abs(together.loss / loss - 1) < 1e-5);
  for (const [i, { name, gradient }] of network.tensors.entries()) assert.ok(distance(found[i]!, gradient) < 1e-4, name);
  assert.ok(Math.abs((await network.loss(packed(several))).loss / loss - 1) < 1e-5);
});

test("gradients add up, times the scale, with the same bytes for any number of threads", async () => {
  await using one = await openNetwork(await tinyModel(), TINY, EXACT);
  await using two = await openNetwork(await tinyModel(), TINY, { ...EXACT, threads: 2 });
  const pack = packed(texts(3, 30, 50));
  for (const network of [one, two]) {
    stir(network, 4);
    await network.accumulate(pack, { scale: 1, seed: 1 });
  }
  assert.equal(gradientsOf(one), gradientsOf(two));
  const once = gradientsOf(one);
  await one.accumulate(pack, { scale: 2, seed: 1 });
  for (const [i, { name, gradient }] of one.tensors.entries()) {
    const tripled = once[i]!.map((value) => 3 * value);
    assert.ok(distance(gradient, tripled) < 1e-6, name);
  }
});

test("what is not trained has no tensors, and the rest has the gradients that it has among all", async () => {
  const file = await tinyModel();
  const pack = packed(texts(5, 30, 50));
  await using all = await openNetwork(file, TINY, EXACT);
  await all.accumulate(pack, { scale: 1, seed: 1 });
  for (const [from, targets] of [
    [1, ["q", "v"]],
    [1, ["down"]],
    [2, ["down"]],
    [2, ["gate"]],
    [2, ["o"]],
    [0, ["k"]],
  ] as const) {
    await using some = await openNetwork(file, { ...TINY, targets, layers: [from, from + 1] }, EXACT);
    assert.is(some.tensors.length, 2 * targets.length);
    for (const { name, values } of some.tensors) values.set(all.tensors.find((tensor) => tensor.name === name)!.values);
    await some.accumulate(pack, { scale: 1, seed: 1 });
    // With B at zero the other tensors change nothing, so that B's gradients are the same with and without them.
    for (const { name, gradient } of some.tensors.filter((tensor) => tensor.name.endsWith("lora_b"))) {
      const among = all.tensors.find((tensor) => tensor.name === name)!.gradient;
      assert.ok(norm(among) > 0 && distance(gradient, among) < 1e-4, `${targets}: ${name}`);
    }
  }
});

test("dropout is drawn from the seed, keeps the mean and leaves the plain loss alone", async () => {
  const file = await tinyModel();
  await using network = await openNetwork(file, { ...TINY, dropout: 0.3 }, EXACT);
  await using plain = await openNetwork(file, TINY, EXACT);
  for (const one of [network, plain]) stir(one, 6);
  const pack = packed(texts(7, 60, 60));
  const { loss } = await plain.loss(pack);
  assert.is((await network.loss(pack)).loss, loss);
  const losses: number[] = [];
  for (let seed = 0; seed < 8; seed++) losses.push((await network.accumulate(pack, { scale: 0, seed })).loss);
  assert.is((await network.accumulate(pack, { scale: 0, seed: 3 })).loss, losses[3]);
  assert.is(new Set(losses).size, losses.length);
  const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length;
  assert.ok(Math.abs(mean / loss - 1) < 0.02, `${mean}, without dropout ${loss}`);

  await network.accumulate(pack, { scale: 1, seed: 3 });
  const { values, gradient } = network.tensors.find(({ name }) => name === "blk.1.attn_k.weight.lora_a")!;
  const start = values.slice();
  const found = gradient.slice();
  const at = async (step: number) => {
    values.set(start.map((value, i) => value + (step * found[i]!) / norm(found)));
    return (await network.accumulate(pack, { scale: 0, seed: 3 })).loss;
  };
  const slope = ((await at(5e-3)) - (await at(-5e-3))) / 1e-2;
  assert.ok(Math.abs(slope / norm(found) - 1) < 2e-2, `slope ${slope}, gradient ${norm(found)}`);
});

test("A begins with the seed's values and B with zeros, so that nothing changes yet", async () => {
  const file = await tinyModel();
  await using first = await openNetwork(file, TINY, { ...EXACT, seed: 5 });
  await using again = await openNetwork(file, TINY, { ...EXACT, seed: 5 });
  await using other = await openNetwork(file, TINY, { ...EXACT, seed: 6 });
  const values = (network: Network) => network.tensors.map((tensor) => tensor.values);
  assert.equal(values(first), values(again));
  assert.not.equal(values(first), values(other));
  for (const { name, values: own, shape } of first.tensors) {
    const most = Math.max(...own.map(Math.abs));
    assert.ok(name.endsWith("lora_b") ? most === 0 : most > 0 && most <= 1 / Math.sqrt(shape[0]), name);
  }
});

const refused = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof ToolwrightError) return `${error.code}: ${error.message} ${error.remedy}`;
    throw error;
  }
  return "nothing was refused";
};

test("a way to keep weights that there is not is refused", async () => {
  const wrong = { weights: "Q4_0" } as unknown as NetworkOptions;
  assert.match(await refused(async () => openNetwork(await tinyModel(), TINY, wrong)), /^weights-unknown: .*Q4_0\. .*auto or one of F32/);
});

test("a shape that does not fit the model is refused with what is wrong", async () => {
  const file = await tinyModel();
  for (const [change, words] of [
    [{ rank: 0 }, /^lora-invalid: The rank is 0\. .*64/],
    [{ rank: 65 }, /^lora-invalid: The rank is 65/],
    [{ alpha: 0 }, /^lora-invalid: Alpha is 0/],
    [{ targets: [] }, /^lora-invalid: The targets are none\. .*q, k, v, o, gate, up, down/],
    [{ targets: ["q", "q"] }, /^lora-invalid: The targets are q, q/],
    [{ layers: [1, 4] }, /^lora-invalid: The layers are 1 up to 4\. .*0 up to 3/],
    [{ layers: [2, 2] }, /^lora-invalid: The layers are 2 up to 2/],
    [{ dropout: 1 }, /^lora-invalid: The dropout is 1/],
  ] as const) {
    assert.match(await refused(() => openNetwork(file, { ...TINY, ...change } as LoraShape, EXACT)), words);
  }
});

test("a pack that does not fit the model is refused, and the network goes on", async () => {
  await using network = await openNetwork(await tinyModel(), TINY, EXACT);
  const good = packed(texts(8, 10, 10));
  const long = packed(texts(9, 2049));
  for (const [pack, words] of [
    [long, /^pack-invalid: An example has 2049 tokens, and the model was trained with 2048/],
    [{ ...good, tokens: good.tokens.map(() => 439) }, /^pack-invalid: A pack has the token 439, .* 439\./],
    [{ ...good, weights: good.weights.subarray(1) }, /^pack-invalid: A pack has 20 tokens and 20, 20, 19/],
    [{ ...good, starts: Int32Array.of(0, 20) }, /^pack-invalid: The examples of a pack start at 0, 20/],
    [{ ...good, weights: good.weights.map(() => Number.NaN) }, /^pack-invalid: .*weight/],
  ] as const) {
    assert.match(await refused(() => network.loss(pack)), words);
  }
  assert.ok((await network.loss(good)).loss > 0);
  const silent = { ...good, weights: new Float32Array(good.weights.length) };
  assert.equal(await network.accumulate(silent, { scale: 1, seed: 1 }), { loss: 0, weight: 0 });
});

test("an architecture that training does not know is named, with those that it knows", async () => {
  const bytes = await readFile(await tinyModel());
  const at = bytes.indexOf("llama");
  bytes.write("gemma", at);
  const file = path.join(os.tmpdir(), `toolwright-gemma-${process.pid}.gguf`);
  await writeFile(file, bytes);
  assert.match(
    await refused(() => openNetwork(file, TINY, EXACT)),
    /^architecture-unknown: .* is of the architecture gemma; training knows llama/,
  );
  await rm(file);
  assert.match(await refused(() => openNetwork(file, TINY, EXACT)), /^model-not-found/);
});

test("threads with a graph each find what one thread finds, and the same bytes each time", async () => {
  const file = await tinyModel();
  // The second pack is more than a graph's tokens, in each lane too.
  for (const pack of [packed(texts(5, 30, 9, 25, 14, 40)), packed(texts(100, 120, 110, 90, 100, 130))]) {
    const found: Float32Array[][] = [];
    for (const threads of [1, 2, 2]) {
      await using network = await openNetwork(file, TINY, { ...EXACT, threads });
      stir(network, 3);
      await network.accumulate(pack, { scale: 1, seed: 1 });
      found.push(gradientsOf(network));
    }
    const [alone, beside, again] = found as [Float32Array[], Float32Array[], Float32Array[]];
    for (const [i, gradient] of alone.entries()) assert.ok(distance(beside[i]!, gradient) < 1e-4, `tensor ${i}`);
    assert.equal(again, beside);
  }
});

test.run();
