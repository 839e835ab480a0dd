import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gguf } from "@huggingface/gguf";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeGguf } from "../../engine/gguf.js";
import { type AdapterSetting, convertModel, loadModel, logSumExp } from "../../engine/index.js";
import { findModel, mergeAdapter } from "../../models/index.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { refusal } from "./asking.js";

const merge = suite<{ folder: string }>("merging");
const ALL = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
const TEXT = "How many days until the answer? What is 37 * 48?";

merge.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "toolwright-merge-"));
});
merge.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

/** Log-probabilities of a text's tokens, with all of the vocabulary beside each. Keys and values are not rounded to 16 bits. */
async function logprobs(file: string, adapters: readonly AdapterSetting[] = []): Promise<number[]> {
  const model = await loadModel(file);
  try {
    const scheduler = await model.createScheduler({ cells: 256, threads: 2, cacheType: "F32", adapters });
    const tokens = model.tokenizer.encode(TEXT);
    const sequence = await scheduler.open();
    const values: number[] = [];
    await sequence.evaluate(tokens, {
      outputs: tokens.length,
      onRow: ({ logits }) => {
        const sum = logSumExp(logits);
        for (const logit of logits) values.push(logit - sum);
      },
    });
    return values;
  } finally {
    await model.close();
  }
}

const largest = (a: readonly number[], b: readonly number[]) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

merge("a merged model says what the model with its adapter says", async ({ folder }) => {
  const base = await tinyModel();
  const adapter = await tinyAdapter({ targets: ALL, rank: 3 });
  const out = join(folder, "merged.gguf");
  await mergeAdapter(base, adapter, out, { storage: "F32" });
  const together = await logprobs(base, [{ file: adapter }]);
  assert.ok(largest(await logprobs(out), together) < 1e-4, `${largest(await logprobs(out), together)} nats`);
  assert.ok(largest(await logprobs(base), together) > 0.1, "the adapter changes something");
});

merge("of the real model too, whatever it is stored as", async ({ folder }) => {
  const base = await findModel("local");
  const plain = join(folder, "plain.gguf");
  await convertModel(base, plain, "F32", 2);
  const adapter = await tinyAdapter({ base, rank: 4, targets: ["attn_q", "attn_v", "ffn_down"], strength: 0.02 });
  const out = join(folder, "real.gguf");
  await mergeAdapter(base, adapter, out, { storage: "F32" });
  const [alone, together, merged] = [await logprobs(plain), await logprobs(plain, [{ file: adapter }]), await logprobs(out)];
  assert.ok(largest(merged, together) < 1e-3, `${largest(merged, together)} nats`);
  assert.ok(largest(alone, together) > 0.05, `${largest(alone, together)} nats`);
  await Promise.all([rm(plain), rm(out)]);
});

merge("all else of the file is kept, and what the adapter says of itself is added", async ({ folder }) => {
  const base = await tinyModel();
  const digest = createHash("sha256")
    .update(await readFile(base))
    .digest("hex");
  const adapter = await tinyAdapter({
    metadata: { "toolwright.base.digest": digest, "toolwright.strategy": "direct", "general.name": "sums" },
  });
  const out = join(folder, "told.gguf");
  await mergeAdapter(base, adapter, out, { storage: "F32" });
  const before = await gguf(base, { allowLocalFile: true, typedMetadata: true });
  const after = await gguf(out, { allowLocalFile: true, typedMetadata: true });
  const { kv_count: _, "general.name": name, ...kept } = before.typedMetadata;
  for (const [key, value] of Object.entries(kept)) assert.equal(after.typedMetadata[key as "version"], value, key);
  const { metadata } = after as { metadata: Record<string, unknown> };
  assert.is(metadata["general.name"], `${name!.value} + sums`);
  assert.is(metadata["toolwright.base.digest"], digest);
  assert.is(metadata["toolwright.strategy"], "direct");
  assert.match(String(metadata["toolwright.adapter.digest"]), /^[0-9a-f]{64}$/);
  const shapes = (file: typeof before) =>
    file.tensorInfos.map(({ name, shape }) => ({ name, shape })).sort((a, b) => (a.name < b.name ? -1 : 1));
  assert.equal(shapes(after), shapes(before));
});

merge("any storage type, and matrices of 16 bits", async ({ folder }) => {
  const base = await tinyModel();
  const adapter = await tinyAdapter({ rank: 3, strength: 0.2 });
  const exact = join(folder, "exact.gguf");
  await mergeAdapter(base, adapter, exact, { storage: "F32" });
  const whole = await logprobs(exact);
  for (const [storage, bound] of [
    ["F16", 0.05],
    ["BF16", 0.3],
    ["Q8_0", 0.3],
    ["Q4_1", 4],
  ] as const) {
    const out = join(folder, `${storage}.gguf`);
    await mergeAdapter(base, adapter, out, { storage });
    const off = largest(await logprobs(out), whole);
    assert.ok(off > 0 && off < bound, `${storage}: ${off} nats`);
    const { metadata } = await gguf(out, { allowLocalFile: true });
    assert.is((metadata as Record<string, unknown>)["tokenizer.ggml.model"], "gpt2");
  }
  const { typedMetadata, tensorInfos, tensorDataOffset } = await gguf(adapter, { allowLocalFile: true, typedMetadata: true });
  const { version: _v, tensor_count: _t, kv_count: _k, ...metadata } = typedMetadata;
  const bytes = await readFile(adapter);
  for (const [type, bound] of [
    ["F16", 0.01],
    ["BF16", 0.1],
  ] as const) {
    const halves = join(folder, `adapter.${type}.gguf`);
    await writeGguf(halves, {
      metadata,
      tensors: tensorInfos.map(({ name, shape, offset }) => {
        const sizes = shape.map(Number);
        const at = Number(tensorDataOffset + offset);
        const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * sizes[0]! * sizes[1]!));
        return { name, shape: sizes, type, data: values };
      }),
    });
    const out = join(folder, `of-${type}.gguf`);
    await mergeAdapter(base, halves, out, { storage: "F32" });
    const off = largest(await logprobs(out), whole);
    assert.ok(off > 0 && off < bound, `${type}: ${off} nats`);
  }
});

merge("what does not fit is refused, and nothing is left behind", async ({ folder }) => {
  const place = join(folder, "empty");
  await mergeAdapter(await tinyModel(), await tinyAdapter(), join(place, "x.gguf")).then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, "file-not-written"),
  );
  const base = join(folder, "base.gguf");
  await writeFile(base, await readFile(await tinyModel()));
  const before = await readdir(folder);
  const other = await tinyAdapter({ metadata: { "toolwright.base.digest": "0".repeat(64), "toolwright.base.name": "another model" } });
  const wide = await tinyAdapter({ base: await findModel("local"), rank: 2 });
  for (const [adapter, out, code, message] of [
    [other, join(folder, "no.gguf"), "adapter-mismatch", /another model.*base\.gguf/],
    [wide, join(folder, "no.gguf"), "adapter-mismatch", /blk\.\d+\.attn_[qv]\.weight as 576 × \d+.*has it as 64 × \d+/],
    [base, join(folder, "no.gguf"), "adapter-invalid", /is a model/],
    [await tinyAdapter(), base, "wrong-use", /overwrite/],
  ] as const) {
    const error = await refusal(mergeAdapter(base, adapter, out, { storage: "F32" }));
    assert.is(error.code, code);
    assert.match(error.message, message);
  }
  assert.equal(await readdir(folder), before);
});

merge.run();
