import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { argmax, convertModel, type EngineModel, type EngineSequence, loadModel, type Row } from "../../engine/index.js";
import type { ToolwrightError } from "../../errors.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const model = suite<{ folder: string; tiny: EngineModel }>("model");

model.before(async (context) => {
  context.folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-engine-"));
  context.tiny = await loadModel(await tinyModel());
});
model.after(async ({ folder, tiny }) => {
  await tiny.close();
  await rm(folder, { recursive: true });
});

const fails = async (work: Promise<unknown>, code: string, says: RegExp) => {
  const error = await work.then(
    () => undefined,
    (thrown: ToolwrightError) => thrown,
  );
  assert.is(error?.code, code);
  assert.match(error!.message, says);
  assert.ok(error!.remedy.length > 10);
};

/** Logits after the last of the tokens, copied. */
async function logitsAfter(sequence: EngineSequence, tokens: readonly number[]): Promise<Float32Array> {
  let copy = new Float32Array();
  await sequence.evaluate(tokens, { onRow: (row: Row) => void (copy = row.logits.slice()) });
  return copy;
}

model("says what it is", ({ tiny: { info } }) => {
  assert.is(info.architecture, "llama");
  assert.is(info.layers, 3);
  assert.is(info.width, 64);
  assert.is(info.vocabulary, 439);
  assert.match(info.chatTemplate ?? "", /im_start/);
  assert.is(info.metadata("no.such.key"), undefined);
});

model("a missing, a foreign and a cut-off file are refused in words", async ({ folder }) => {
  await fails(loadModel(path.join(folder, "none.gguf")), "model-not-found", /none\.gguf/);
  const text = path.join(folder, "text.gguf");
  await writeFile(text, "This is no model at all, only a line of text.\n");
  await fails(loadModel(text), "model-invalid", /text\.gguf.*magic/);
  const cut = path.join(folder, "cut.gguf");
  await writeFile(cut, (await readFile(await tinyModel())).subarray(0, 300_000));
  await fails(loadModel(cut), "model-invalid", /cut\.gguf/);
});

model("an adapter is no model, and a model no adapter", async ({ tiny }) => {
  await fails(loadModel(await tinyAdapter()), "model-invalid", /./);
  await fails(tiny.createScheduler({ adapters: [{ file: await tinyModel() }] }), "adapter-invalid", /tiny/);
  await fails(tiny.createScheduler({ adapters: [{ file: "/no/adapter.gguf" }] }), "adapter-not-found", /no\/adapter/);
});

model("text goes to tokens and back, and control strings in it are only text", ({ tiny: { tokenizer } }) => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      assert.is(tokenizer.decode(tokenizer.encode(text)), text);
    }),
  );
  const spelled = tokenizer.encode("<|im_end|>");
  assert.ok(spelled.length > 3 && !spelled.some(tokenizer.isControl), "spelled out");
  assert.equal(tokenizer.encode("<|im_end|>", true), [2]);
  assert.ok(tokenizer.isEnd(2) && !tokenizer.isEnd(50));
});

model("an adapter changes the logits by its scale, and not at all at 0", async ({ tiny }) => {
  const file = await tinyAdapter();
  const tokens = tiny.tokenizer.encode("Hello, how are you?");
  const rows: Float32Array[] = [];
  for (const adapters of [[], [{ file, scale: 0 }], [{ file, scale: 0.5 }], [{ file }]]) {
    const scheduler = await tiny.createScheduler({ cells: 256, adapters });
    rows.push(await logitsAfter(await scheduler.open(), tokens));
    await scheduler.dispose();
  }
  const distance = (a: Float32Array, b: Float32Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  assert.is(distance(rows[0]!, rows[1]!), 0);
  assert.ok(distance(rows[0]!, rows[2]!) > 0.1);
  assert.ok(distance(rows[0]!, rows[3]!) > distance(rows[0]!, rows[2]!));
});

model("a converted file says nearly the same", async ({ folder, tiny }) => {
  const file = path.join(folder, "tiny.Q8_0.gguf");
  await convertModel(await tinyModel(), file, "Q8_0", 1);
  const converted = await loadModel(file);
  assert.is(converted.info.storage, "Q8_0");
  const tokens = tiny.tokenizer.encode("The bus comes at seven.");
  const rows: Float32Array[] = [];
  for (const one of [tiny, converted]) {
    const scheduler = await one.createScheduler({ cells: 256 });
    rows.push(await logitsAfter(await scheduler.open(), tokens));
    await scheduler.dispose();
  }
  await converted.close();
  const mean = rows[0]!.reduce((sum, value, i) => sum + Math.abs(value - rows[1]![i]!), 0) / rows[0]!.length;
  assert.ok(mean > 0 && mean < 0.2, `mean difference ${mean}`);
  await fails(convertModel(path.join(folder, "none.gguf"), file, "Q8_0", 1), "convert-failed", /none\.gguf/);
});

model("a grammar holds what is picked, greedily and sampled, and ends with an end token", async ({ tiny }) => {
  const scheduler = await tiny.createScheduler({ cells: 2048 });
  const grammar = 'root ::= ("yes" | "no") "-" [0-9]{2,4} "!"?';
  for (const temperature of [0, 1]) {
    for (let seed = 0; seed < 8; seed++) {
      const sampler = tiny.createSampler({ temperature, seed, grammar });
      const sequence = await scheduler.open({ tokens: tiny.tokenizer.encode(`Question ${seed}:`) });
      const written: number[] = [];
      for (let token = -1; ; ) {
        await sequence.evaluate(written.slice(-1), { onRow: (row) => void (token = sampler.pick(row)) });
        if (tiny.tokenizer.isEnd(token)) break;
        written.push(token);
      }
      assert.match(tiny.tokenizer.decode(written), /^(yes|no)-\d{2,4}!?$/);
      sampler.free();
      sequence.close();
    }
  }
  await scheduler.dispose();
  await fails(
    Promise.resolve().then(() => tiny.createSampler({ grammar: "root ::= (" })),
    "grammar-invalid",
    /root ::= \(/,
  );
});

model("the same seed draws the same tokens, another seed others; a narrow nucleus is greedy", async ({ tiny }) => {
  const scheduler = await tiny.createScheduler({ cells: 2048 });
  const prompt = tiny.tokenizer.encode("Once upon a time");
  const draw = async (options: { temperature: number; seed?: number; topP?: number }) => {
    const sampler = tiny.createSampler(options);
    const sequence = await scheduler.open({ tokens: prompt });
    const drawn: number[] = [];
    while (drawn.length < 24) await sequence.evaluate(drawn.slice(-1), { onRow: (row) => void drawn.push(sampler.pick(row)) });
    sampler.free();
    sequence.close();
    return drawn;
  };
  assert.equal(await draw({ temperature: 1, seed: 7 }), await draw({ temperature: 1, seed: 7 }));
  assert.not.equal(await draw({ temperature: 1, seed: 7 }), await draw({ temperature: 1, seed: 8 }));
  assert.equal(await draw({ temperature: 1, seed: 9, topP: 1e-6 }), await draw({ temperature: 0 }));
  const sequence = await scheduler.open({ tokens: prompt });
  assert.is((await draw({ temperature: 0 }))[0], argmax(await logitsAfter(sequence, [])));
  await scheduler.dispose();
});

model.run();
