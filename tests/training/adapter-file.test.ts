import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gguf } from "@huggingface/gguf";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hashFile, localModel } from "../../models/index.js";
import { type AdapterOrigin, readAdapterFile, writeAdapter } from "../../training/adapter-file.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { randomValues, tinyModel } from "../fixtures/tiny-model.js";
import { rejected } from "../teaching/small-tools.js";
import { inFolder } from "./small-training.js";

const test = suite("adapter files");

const origin: AdapterOrigin = {
  architecture: "llama",
  base: { digest: "ab".repeat(32), name: "tiny.gguf" },
  dataset: "cd".repeat(32),
  strategy: "direct",
  tools: ["Calculator"],
  parameters: { seed: 1 },
  version: "0.1.0",
  licence: "apache-2.0",
};

const pair = (name: string, seed: number, scale = 1) => [
  { name: `${name}.lora_a`, shape: [64, 4] as const, values: randomValues(seed, 256, scale / 8) },
  { name: `${name}.lora_b`, shape: [4, 64] as const, values: randomValues(seed + 1, 256, scale / 2) },
];
const tensors = [0, 1, 2].flatMap((layer) => pair(`blk.${layer}.attn_q.weight`, 10 * layer));

test(
  "llama.cpp loads it, and it changes what the model says as the same values in another file do",
  inFolder(async (folder) => {
    const theirs = await tinyAdapter();
    const { shape, values } = await readAdapterFile(theirs);
    const file = join(folder, "a.gguf");
    await writeAdapter(
      file,
      [...values].map(([name, tensor]) => ({ name, shape: [tensor.shape[0]!, tensor.shape[1]!], values: tensor.values })),
      shape.alpha,
      { ...origin, base: { digest: await hashFile(await tinyModel()), name: "tiny.gguf" } },
    );
    const score = async (adapters: readonly string[]) => {
      await using model = await localModel({
        file: await tinyModel(),
        exact: true,
        threads: 1,
        adapters: adapters.map((one) => ({ file: one })),
      });
      return (await model.score("", "What is the answer")).logprobs.slice(1);
    };
    const [base, ours, other] = [await score([]), await score([file]), await score([theirs])];
    ours.forEach((logprob, i) => {
      assert.ok(Math.abs(logprob - other[i]!) < 0.02, `${logprob} ${other[i]}`);
      assert.ok(Math.abs(logprob - base[i]!) > 0.05, `${logprob} ${base[i]}`);
    });
  }),
);

test(
  "the same values give the same bytes; what it was made of is in its metadata",
  inFolder(async (folder) => {
    const [a, b] = [join(folder, "a.gguf"), join(folder, "b.gguf")];
    for (const file of [a, b]) await writeAdapter(file, tensors, 8, origin);
    assert.ok((await readFile(a)).equals(await readFile(b)));
    const { metadata } = await gguf(a, { allowLocalFile: true });
    assert.equal(Object.fromEntries(Object.entries(metadata).filter(([key]) => /^(general|adapter|toolwright)/.test(key))), {
      "general.type": "adapter",
      "general.architecture": "llama",
      "adapter.type": "lora",
      "adapter.lora.alpha": 8,
      "general.license": "apache-2.0",
      "toolwright.base.digest": "ab".repeat(32),
      "toolwright.base.name": "tiny.gguf",
      "toolwright.dataset.digest": "cd".repeat(32),
      "toolwright.strategy": "direct",
      "toolwright.tools": "Calculator",
      "toolwright.parameters": '{"seed":1}',
      "toolwright.version": "0.1.0",
    });
  }),
);

test(
  "read back: F16 within its rounding, F32 exactly where F16 cannot hold the values",
  inFolder(async (folder) => {
    const file = join(folder, "a.gguf");
    const large = pair("blk.0.attn_q.weight", 1, 1e6);
    const small = pair("blk.1.attn_q.weight", 5, 1e-6);
    const usual = pair("blk.2.attn_q.weight", 9);
    await writeAdapter(file, [...large, ...small, ...usual], 8, origin);
    const { tensorInfos } = await gguf(file, { allowLocalFile: true });
    assert.equal(
      tensorInfos.map(({ dtype }) => dtype),
      [0, 0, 0, 0, 1, 1],
    );
    const { shape, values, description } = await readAdapterFile(file);
    assert.equal(shape, { rank: 4, alpha: 8, targets: ["q"], layers: [0, 3] });
    assert.equal(description.base, { sha256: origin.base.digest, name: origin.base.name });
    for (const { name, values: given } of [...large, ...small]) assert.equal(values.get(name)!.values, given);
    for (const { name, values: given } of usual) {
      const found = values.get(name)!.values;
      for (const [i, value] of given.entries()) assert.ok(Math.abs(found[i]! - value) <= Math.abs(value) * 2 ** -11 + 2 ** -25);
    }
  }),
);

test(
  "one that says no alpha is started from as it works: B·A as it is",
  inFolder(async (folder) => {
    const file = join(folder, "a.gguf");
    await writeAdapter(file, tensors, 0, origin);
    assert.equal((await readAdapterFile(file)).shape, { rank: 4, alpha: 4, targets: ["q"], layers: [0, 3] });
  }),
);

test(
  "what cannot be started from is refused, and why",
  inFolder(async (folder) => {
    const refused = async (file: string) => String(await rejected(readAdapterFile(file)));
    assert.match(await refused(join(folder, "none.gguf")), /There is no adapter file/);
    await writeFile(join(folder, "text.gguf"), "no model at all");
    assert.match(await refused(join(folder, "text.gguf")), /no usable GGUF file/);
    assert.match(await refused(await tinyModel()), /tiny\.gguf is no LoRA adapter that can be used: it is a model/);
    const odd = join(folder, "odd.gguf");
    await writeAdapter(odd, pair("blk.0.other.weight", 1), 8, origin);
    assert.match(await refused(odd), /it changes other; q, k, v, o, gate, up, down are trained/);
    await writeAdapter(odd, tensors.slice(0, -1), 8, origin);
    assert.match(await refused(odd), /blk\.2\.attn_q\.weight has no lora_b/);
    await writeAdapter(odd, [...tensors.slice(0, 2), ...tensors.slice(4)], 8, origin);
    assert.match(await refused(odd), /not every one of its layers has the same matrices/);
    const wider = [
      { name: "blk.1.attn_q.weight.lora_a", shape: [64, 5] as const, values: randomValues(1, 320, 1) },
      { name: "blk.1.attn_q.weight.lora_b", shape: [5, 64] as const, values: randomValues(2, 320, 1) },
    ];
    await writeAdapter(odd, [...tensors.slice(0, 2), ...wider], 8, origin);
    assert.match(await refused(odd), /its tensors have several ranks/);
  }),
);

test.run();
