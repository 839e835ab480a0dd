import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { defaultStrategy } from "../../agent/index.js";
import { type GgufTensor, type GgufValue, ggufValue, writeGguf } from "../../engine/gguf.js";
import { createAgent, type LocalModel, localModel, readAdapter } from "../../index.js";
import { engineTeachingModel } from "../../teaching/engine-model.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { refusal } from "./asking.js";

const adapter = suite<{ folder: string; digest: string }>("adapters");

adapter.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "toolwright-adapter-"));
  context.digest = createHash("sha256")
    .update(await readFile(await tinyModel()))
    .digest("hex");
});
adapter.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

const exact = async (adapters?: readonly { readonly file: string; readonly scale?: number }[]) =>
  localModel({ file: await tinyModel(), exact: true, contextSize: 512, adapters });
const scoreOf = async (model: LocalModel) => (await model.score("How many", " days until the answer?")).logprobs;
const near = (a: readonly number[], b: readonly number[], bound: number) => a.every((value, i) => Math.abs(value - b[i]!) < bound);

adapter("a file says what it changes, and on what it was trained", async ({ digest }) => {
  const file = await tinyAdapter({
    rank: 8,
    targets: ["attn_v", "ffn_down", "attn_q"],
    metadata: {
      "general.name": "sums",
      "general.license": "apache-2.0",
      "toolwright.base.digest": digest,
      "toolwright.base.name": "tiny",
      "toolwright.dataset.digest": "d".repeat(64),
      "toolwright.strategy": "direct",
      "toolwright.tools": "Calculator,Search",
      "toolwright.parameters": '{"rate":0.001}',
      "toolwright.version": "0.1.0",
    },
  });
  const bytes = await readFile(file);
  assert.equal(await readAdapter(file), {
    file,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
    name: "sums",
    architecture: "llama",
    rank: 8,
    alpha: 16,
    targets: ["q", "v", "down"],
    layers: [0, 3],
    base: { sha256: digest, name: "tiny" },
    dataset: "d".repeat(64),
    strategy: "direct",
    tools: ["Calculator", "Search"],
    parameters: { rate: 0.001 },
    version: "0.1.0",
    licence: "apache-2.0",
  });
});

adapter("one that others made says less, and loads", async () => {
  const file = await tinyAdapter();
  const { base, strategy, parameters, rank } = await readAdapter(file);
  assert.equal({ base, strategy, parameters, rank }, { base: undefined, strategy: undefined, parameters: undefined, rank: 4 });
  await using model = await exact([{ file }]);
  assert.is(model.strategy, undefined);
});

adapter("one of another base is refused, with both names", async () => {
  const file = await tinyAdapter({ metadata: { "toolwright.base.digest": "ab".repeat(32), "toolwright.base.name": "Elsewhere-1B.gguf" } });
  const error = await refusal(exact([{ file }]));
  assert.is(error.code, "adapter-mismatch");
  assert.match(error.message, /tiny-adapter\.gguf was trained on Elsewhere-1B\.gguf \(SHA-256 abab.*and tiny\.gguf/);
  assert.match(error.remedy, /--adapter none/);
});

const matrix = (name: string, shape: readonly number[]): GgufTensor => ({
  name,
  shape,
  type: "F32",
  data: new Float32Array(shape.reduce((a, b) => a * b)),
});
const pair = (name: string, columns: number, rows: number, ranks: readonly [number, number] = [2, 2]) => [
  matrix(`${name}.lora_a`, [columns, ranks[0]]),
  matrix(`${name}.lora_b`, [ranks[1], rows]),
];
const lora: Readonly<Record<string, GgufValue>> = {
  "general.type": ggufValue("string", "adapter"),
  "general.architecture": ggufValue("string", "llama"),
  "adapter.type": ggufValue("string", "lora"),
  "adapter.lora.alpha": ggufValue("f32", 4),
};
const query = "blk.0.attn_q.weight";

for (const [what, content, code, says] of [
  ["no file", undefined, "adapter-not-found", /no adapter file/],
  ["no GGUF", "Hello", "adapter-invalid", /does not begin with GGUF/],
  ["a model", "model", "adapter-invalid", /it is a model/],
  ["one of another kind", { ...lora, "adapter.type": ggufValue("string", "ia3") }, "adapter-invalid", /of the kind ia3/],
  // These two would end the process in the library.
  ["an alpha that is a whole number", { ...lora, "adapter.lora.alpha": ggufValue("u32", 4) }, "adapter-invalid", /alpha is no f32/],
  ["a type that is a number", { ...lora, "general.type": ggufValue("u32", 1) }, "adapter-invalid", /type is no string/],
  [
    "one of another architecture",
    { ...lora, "general.architecture": ggufValue("string", "qwen2") },
    "adapter-mismatch",
    /qwen2.*tiny.*llama/,
  ],
  [
    "matrices of two ranks",
    pair(query, 64, 64, [2, 3]),
    "adapter-invalid",
    /blk\.0\.attn_q\.weight do not fit: A is of rank 2, B of rank 3/,
  ],
  ["half a pair", pair(query, 64, 64).slice(0, 1), "adapter-invalid", /blk\.0\.attn_q\.weight has no lora_b/],
  ["nothing that is changed", [matrix("x", [4])], "adapter-invalid", /changes nothing/],
  ["matrices of another size", pair(query, 32, 64), "adapter-invalid", /attn_q\.weight' has incorrect shape/],
  ["a layer that is not there", pair("blk.9.attn_q.weight", 64, 64), "adapter-invalid", /blk\.9.*does not exist/],
] as const) {
  adapter(`${what}: a clear line`, async ({ folder }) => {
    const file = join(folder, `${what.replaceAll(" ", "-")}.gguf`);
    if (Array.isArray(content)) await writeGguf(file, { metadata: lora, tensors: content as readonly GgufTensor[] });
    else if (typeof content === "object") await writeGguf(file, { metadata: content as typeof lora, tensors: pair(query, 64, 64) });
    else if (content !== undefined) await writeFile(file, content === "model" ? await readFile(await tinyModel()) : content);
    const error = await refusal(exact([{ file }]));
    assert.is(error.code, code, error.message);
    assert.match(error.message, says);
    assert.match(error.message, new RegExp(what.replaceAll(" ", "-")), "it names the file");
  });
}

adapter("an embedding that is the output layer too cannot be changed", async ({ folder }) => {
  const { tensors, metadata } = {
    tensors: [matrix("token_embd.weight", [64, 8])],
    metadata: { "general.architecture": lora["general.architecture"]! },
  };
  const tied = join(folder, "tied.gguf");
  await writeGguf(tied, { metadata, tensors });
  const file = join(folder, "embedding.gguf");
  await writeGguf(file, {
    metadata: lora,
    tensors: [matrix("token_embd.weight.lora_a", [2, 8]), matrix("token_embd.weight.lora_b", [2, 64])],
  });
  const error = await refusal(localModel({ file: tied, exact: true, adapters: [{ file }] }));
  assert.is(error.code, "adapter-mismatch");
  assert.match(error.message, /embedding/);
});

adapter("several have their scales, and add up", async () => {
  const [one, two] = [await tinyAdapter({ seed: 1, strength: 0.1 }), await tinyAdapter({ seed: 2, strength: 0.1 })];
  await using both = await exact([{ file: one, scale: 0.5 }, { file: two }]);
  await using turned = await both.withAdapters([
    { file: two, scale: 1 },
    { file: one, scale: 0.5 },
  ]);
  await using first = await both.withAdapters([{ file: one, scale: 0.5 }]);
  const scores = await scoreOf(both);
  assert.ok(near(scores, await scoreOf(turned), 0.01));
  assert.not.ok(near(scores, await scoreOf(first), 0.01));
  assert.equal(
    both.identity.adapters?.map(({ scale }) => scale),
    [0.5, 1],
  );
});

adapter("base and adapter stand side by side on one set of weights, and work at once", async () => {
  const file = await tinyAdapter();
  await using alone = await exact([]);
  await using own = await exact([{ file }]);
  const base = await exact([]);
  const adapted = await base.withAdapters([{ file }]);
  assert.is(adapted.engine, base.engine);
  assert.is(base.identity.adapters, undefined);
  assert.equal(adapted.identity, own.identity);
  const [plain, changed] = await Promise.all([scoreOf(base), scoreOf(adapted)]);
  assert.ok(near(plain, await scoreOf(alone), 0.01));
  assert.ok(near(changed, await scoreOf(own), 0.01));
  assert.not.ok(near(plain, changed, 0.1));

  await base.close();
  assert.ok(near(await scoreOf(adapted), changed, 0.01), "the first one was closed, and the weights are still there");
  assert.is((await refusal(base.withAdapters([]))).code, "engine-closed");
  const again = await adapted.withAdapters([]);
  assert.ok(near(await scoreOf(again), plain, 0.01));
  const busy = Array.from({ length: 20 }, () => scoreOf(again).catch(() => "closed"));
  await Promise.all([adapted.close(), adapted.close(), again.close(), again.close()]);
  assert.is((await Promise.all(busy)).length, 20, "each ends, one way or the other");
});

adapter("a model with other adapters takes another's place on the same weights", async () => {
  const file = await tinyAdapter();
  const base = await exact([]);
  const plain = await scoreOf(base);
  await using adapted = await base.withAdapters([{ file }], { instead: true });
  assert.is(adapted.engine, base.engine);
  assert.is((await refusal(base.withAdapters([]))).code, "engine-closed");
  assert.not.ok(near(plain, await scoreOf(adapted), 0.1));
});

adapter("a companion that cannot be opened leaves the model as it was", async ({ folder }) => {
  await using model = await exact([]);
  const before = await scoreOf(model);
  const deeper = join(folder, "deeper.gguf");
  await writeGguf(deeper, { metadata: lora, tensors: pair("blk.7.attn_q.weight", 64, 64) });
  assert.is((await refusal(model.withAdapters([{ file: "/no/adapter.gguf" }]))).code, "adapter-not-found");
  assert.is((await refusal(model.withAdapters([{ file: deeper }]))).code, "adapter-invalid"); // Only the engine sees that.
  assert.ok(near(await scoreOf(model), before, 0.01));
});

adapter("a file that is written anew is read anew", async ({ folder }) => {
  const file = join(folder, "rounds.gguf");
  await writeFile(file, await readFile(await tinyAdapter({ seed: 1 })));
  await using model = await exact([{ file }]);
  const first = await scoreOf(model);
  await writeFile(file, await readFile(await tinyAdapter({ seed: 2, rank: 5 })));
  await using next = await model.withAdapters([{ file }]);
  await using fresh = await exact([{ file }]);
  const second = await scoreOf(next);
  assert.not.ok(near(first, second, 0.1));
  assert.ok(near(second, await scoreOf(fresh), 0.01));
});

adapter("what an adapter was trained for is the agent's strategy, unless one is given", async () => {
  const file = await tinyAdapter({ metadata: { "toolwright.strategy": "direct" } });
  await using model = await exact([{ file }]);
  await using base = await model.withAdapters([]);
  assert.is(model.strategy, "direct");
  const recorded = async (from: LocalModel, strategy?: string) => {
    const seen: unknown[] = [];
    const tape = {
      input: async <T>(kind: string, take: () => T | Promise<T>) => {
        const value = await take();
        if (kind === "run") seen.push((value as { options: { strategy: string } }).options.strategy);
        return value;
      },
      made: () => {},
      branch: () => tape,
      end: async () => {},
    };
    for await (const _ of createAgent({ model: from, strategy, maxTokens: 2 }).run("Hello?", { tape }));
    return seen;
  };
  assert.equal(await recorded(model), ["direct"]);
  assert.equal(await recorded(model, "zero-shot"), ["zero-shot"]);
  assert.equal(await recorded(base), ["few-shot"]);
});

adapter("an adapter that names its tools gives its strategy to agents that have no others, and to teaching with them", async () => {
  const file = await tinyAdapter({ metadata: { "toolwright.strategy": "direct", "toolwright.tools": "Calculator,Calendar" } });
  await using model = await exact([{ file }]);
  assert.equal(model.taught, ["Calculator", "Calendar"]);
  const tool = (name: string) => ({ name });
  assert.is(defaultStrategy(model, [tool("Calendar")]).name, "direct");
  assert.is(defaultStrategy(model, []).name, "direct");
  assert.is(defaultStrategy(model, [tool("Calendar"), tool("Weather")]).name, "few-shot");
  const teaching = engineTeachingModel(model);
  assert.ok(teaching.trainedFor("Calculator"));
  assert.not.ok(teaching.trainedFor("Weather"));
  await using chatty = await model.withAdapters([
    { file: await tinyAdapter({ metadata: { "toolwright.strategy": "direct", "toolwright.tools": "" } }) },
  ]);
  assert.is(defaultStrategy(chatty, []).name, "direct");
  assert.is(defaultStrategy(chatty, [tool("Calendar")]).name, "few-shot");
});

adapter("the adapter that comes with the default model gives way where nobody chose it", async () => {
  await using model = await localModel();
  assert.is(model.adapters.length, 1);
  const plain = (await model.untaught!()) as LocalModel;
  assert.equal(plain.adapters, []);
  assert.is(await model.untaught!(), plain);
  assert.is(plain.strategy, undefined);
  await using chosen = await localModel({ adapters: model.adapters });
  assert.is(chosen.untaught, undefined);
});

adapter("a strategy that is not known here is told", async () => {
  await using model = await exact([{ file: await tinyAdapter({ metadata: { "toolwright.strategy": "dreaming" } }) }]);
  assert.throws(() => createAgent({ model }), /dreaming/);
  createAgent({ model, strategy: "direct" });
});

adapter.run();
