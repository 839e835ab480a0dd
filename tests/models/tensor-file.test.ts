import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { quantize } from "../../engine/ggml.js";
import { ggufValue, writeGguf } from "../../engine/gguf.js";
import type { ToolwrightError } from "../../errors.js";
import { readTensorFile } from "../../models/index.js";
import { randomValues } from "../fixtures/tiny-model.js";
import { inFolder } from "../training/small-training.js";

const test = suite("tensors of GGUF files");

/** IEEE 754 binary16. */
function fromF16(half: number): number {
  const [exponent, fraction] = [(half >>> 10) & 0x1f, half & 0x3ff];
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 0x1f
        ? fraction
          ? Number.NaN
          : Infinity
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return half & 0x8000 ? -size : size;
}

test(
  "are read as the numbers that they are, whatever they are stored as; with the single values of the metadata",
  inFolder(async (folder) => {
    const file = join(folder, "t.gguf");
    const halves = Uint16Array.from({ length: 65536 }, (_, half) => half);
    const values = randomValues(1, 192, 1);
    const bytes = (of: Uint16Array) => new Uint8Array(of.buffer);
    await writeGguf(file, {
      metadata: { "general.name": ggufValue("string", "t"), "a.count": ggufValue("u32", 7), "a.half": ggufValue("f32", 0.5) },
      tensors: [
        { name: "odd", shape: [3], type: "F32", data: values.subarray(0, 3) }, // What follows is aligned.
        { name: "f16", shape: [256, 256], type: "F16", data: bytes(halves) },
        { name: "bf16", shape: [65536], type: "BF16", data: bytes(halves) },
        { name: "q8", shape: [64, 3], type: "Q8_0", data: await quantize("Q8_0", values, 64) },
      ],
    });
    const { metadata, tensors } = await readTensorFile(file);
    assert.equal(
      [...metadata].map(([key, { value }]) => [key, value]),
      [
        ["general.name", "t"],
        ["a.count", 7],
        ["a.half", 0.5],
      ],
    );
    assert.equal(
      [...tensors].map(([name, { shape }]) => [name, shape.join()]),
      [
        ["odd", "3"],
        ["f16", "256,256"],
        ["bf16", "65536"],
        ["q8", "64,3"],
      ],
    );
    const read = (name: string) => tensors.get(name)!.read();
    assert.equal(await read("odd"), values.subarray(0, 3));
    assert.ok((await read("f16")).every((value, half) => Object.is(value, fromF16(half))));
    const upper = new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
    assert.ok((await read("bf16")).every((value, half) => Object.is(value, upper[half])));
    const scale = Math.max(...values.map(Math.abs)) / 127;
    assert.ok((await read("q8")).every((value, i) => Math.abs(value - values[i]!) <= 0.51 * scale));
  }),
);

test(
  "a type that is no number, and a file that has become shorter, are told",
  inFolder(async (folder) => {
    const file = join(folder, "t.gguf");
    await writeGguf(file, { metadata: {}, tensors: [{ name: "w", shape: [64], type: "F32", data: randomValues(1, 64, 1) }] });
    const whole = await readFile(file);
    const refused = (reading: Promise<unknown>) =>
      reading.then(
        () => "nothing",
        ({ code }: ToolwrightError) => code,
      );
    const opened = (await readTensorFile(file)).tensors.get("w")!;
    await writeFile(file, whole.subarray(0, whole.length - 4));
    assert.is(await refused(opened.read()), "model-invalid");
    const integers = Buffer.from(whole);
    integers.writeUInt32LE(26, integers.indexOf("w") + 1 + 4 + 8); // After its name, dimensions and size.
    await writeFile(file, integers);
    assert.is(await refused((await readTensorFile(file)).tensors.get("w")!.read()), "unsupported");
  }),
);

test.run();
