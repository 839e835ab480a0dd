import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GGMLQuantizationType, GGUFValueType, gguf } from "@huggingface/gguf";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type GgufContent, type GgufTensor, ggufArray, ggufValue, writeGguf } from "../../engine/gguf.js";
import { ToolwrightError } from "../../errors.js";
import { tinyModel } from "../fixtures/tiny-model.js";

let folder: string;
let path: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolwright-gguf-"));
  path = join(folder, "file.gguf");
});
test.before.each(() => rm(path, { force: true }));
test.after(() => rm(folder, { recursive: true }));

const read = (file: string) => gguf(file, { allowLocalFile: true, typedMetadata: true });
const bytesOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const f32 = (name: string, shape: number[], data: GgufTensor["data"] = new Float32Array(shape.reduce((a, b) => a * b, 1))): GgufTensor => {
  return { name, shape, type: "F32", data };
};

/** What a tensor's data is on disk. */
async function storedData(file: string, name: string, length: number): Promise<Buffer> {
  const { tensorInfos, tensorDataOffset } = await read(file);
  const start = Number(tensorDataOffset + tensorInfos.find((tensor) => tensor.name === name)!.offset);
  return (await readFile(file)).subarray(start, start + length);
}

async function rejection(content: GgufContent, file = path): Promise<ToolwrightError> {
  const error = await writeGguf(file, content).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, ToolwrightError);
  return error as ToolwrightError;
}

test("metadata of every type reads back with its type and value", async () => {
  const metadata = {
    "a.u8": ggufValue("u8", 255),
    "a.i8": ggufValue("i8", -128),
    "a.u16": ggufValue("u16", 65535),
    "a.i16": ggufValue("i16", -32768),
    "a.u32": ggufValue("u32", 4294967295),
    "a.i32": ggufValue("i32", -2147483648),
    "a.f32": ggufValue("f32", Math.fround(1e-5)),
    "a.f64": ggufValue("f64", 0.1),
    "a.u64": ggufValue("u64", 18446744073709551615n),
    "a.i64": ggufValue("i64", -9223372036854775808n),
    "a.yes": ggufValue("bool", true),
    "a.no": ggufValue("bool", false),
    "a.string": ggufValue("string", "naïve → 日本 \u0000 \n"),
    "a.empty": ggufValue("string", ""),
    "b.u8": ggufArray("u8", [0, 255]),
    "b.i32": ggufArray("i32", [-1, 3, 1]),
    "b.f32": ggufArray("f32", [0.5, -Infinity]),
    "b.u64": ggufArray("u64", [0n, 1n]),
    "b.bool": ggufArray("bool", [true, false]),
    "b.string": ggufArray("string", ["Ġ [", "", "→"]),
    "b.empty": ggufArray("string", []),
  };
  await writeGguf(path, { metadata, tensors: [] });
  const { version, tensor_count, kv_count, ...kept } = (await read(path)).typedMetadata;
  assert.is(version.value, 3);
  assert.is(tensor_count.value, 0n);
  assert.is(kv_count.value, BigInt(Object.keys(metadata).length));
  assert.equal(kept, metadata);
  assert.equal(Object.keys(kept), Object.keys(metadata));
  assert.is(metadata["a.f64"].type, GGUFValueType.FLOAT64);
  assert.is(metadata["b.bool"].subType, GGUFValueType.BOOL);
});

test("an array may be longer than any vocabulary", async () => {
  const tokens = Array.from({ length: 300_000 }, (_, id) => `token ${id}`);
  await writeGguf(path, { metadata: { tokens: ggufArray("string", tokens) }, tensors: [] });
  assert.equal((await read(path)).typedMetadata["tokens"]!.value, tokens);
});

for (const alignment of [undefined, 8, 32, 256]) {
  test(`tensors start at multiples of ${alignment ?? "the default, 32,"} and keep name, shape, type and data`, async () => {
    const tensors: GgufTensor[] = [
      f32("odd", [3], Float32Array.of(1, 2, 3)),
      f32("matrix", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
      { name: "blocks", shape: [32, 1, 2, 1], type: "Q8_0", data: Buffer.alloc(68, 7) },
      { name: "last", shape: [1], type: "BF16", data: Uint8Array.of(0x80, 0x3f) },
    ];
    const metadata: GgufContent["metadata"] = alignment === undefined ? {} : { "general.alignment": ggufValue("u32", alignment) };
    await writeGguf(path, { metadata, tensors });
    const multiple = alignment ?? 32;
    const { tensorInfos, tensorDataOffset } = await read(path);
    assert.equal(
      tensorInfos.map(({ name, shape, dtype }) => ({ name, shape: shape.map(Number), type: GGMLQuantizationType[dtype] })),
      tensors.map(({ name, shape, type }) => ({ name, shape, type })),
    );
    assert.is(Number(tensorDataOffset) % multiple, 0);
    let offset = 0; // llama.cpp wants each tensor at the first multiple after the one before
    for (const { name, data } of tensors) {
      const bytes = data instanceof Float32Array ? bytesOf(data) : Buffer.from(data as Uint8Array);
      assert.is(Number(tensorInfos.find((tensor) => tensor.name === name)!.offset), offset);
      assert.equal(await storedData(path, name, bytes.length), bytes);
      offset += Math.ceil(bytes.length / multiple) * multiple;
    }
    assert.is((await readFile(path)).length, Number(tensorDataOffset) + offset);
  });
}

test("a view into a longer array is stored without its neighbours", async () => {
  const values = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  await writeGguf(path, { metadata: {}, tensors: [f32("x", [2], values), { name: "y", shape: [2], type: "F16", data: values }] });
  assert.equal(await storedData(path, "x", 8), bytesOf(Float32Array.of(1, 2)));
  assert.equal(await storedData(path, "y", 4), Buffer.from([0x00, 0x3c, 0x00, 0x40]));
});

test("a model that was read is written again byte for byte", async () => {
  const model = await tinyModel();
  const { typedMetadata, tensorInfos, tensorDataOffset } = await read(model);
  const { version, tensor_count, kv_count, ...metadata } = typedMetadata;
  await using file = await open(model);
  const tensors = tensorInfos.map(({ name, shape: ne, offset }): GgufTensor => {
    const shape = ne.map(Number);
    const data = async () => {
      const bytes = Buffer.alloc(4 * shape.reduce((a, b) => a * b, 1));
      await file.read(bytes, 0, bytes.length, Number(tensorDataOffset + offset));
      return bytes;
    };
    return { name, shape, type: "F32", data };
  });
  await writeGguf(path, { metadata, tensors });
  assert.ok((await readFile(path)).equals(await readFile(model)));
});

/** The value of a floating-point pattern by its definition; the first pattern of infinity as if the exponents went on. */
function decode(pattern: number, mantissaBits: number, bias: number): number {
  const exponent = pattern >> mantissaBits;
  const fraction = (pattern & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  return exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
}

/** The pattern nearest to a value, of two equally near the even one. */
function nearest(value: number, mantissaBits: number, bias: number, infinity: number): number {
  const magnitude = Math.abs(value);
  const sign = Object.is(Math.sign(value), -0) || value < 0 ? 0x8000 : 0;
  let low = 0;
  let high = infinity;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (decode(middle, mantissaBits, bias) <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - decode(low, mantissaBits, bias);
  const above = decode(high, mantissaBits, bias) - magnitude;
  return sign | (below < above || (below === above && low % 2 === 0) ? low : high);
}

const HALVES = [
  { type: "F16", mantissaBits: 10, bias: 15, infinity: 0x7c00, quiet: 0x7e00 },
  { type: "BF16", mantissaBits: 7, bias: 127, infinity: 0x7f80, quiet: 0x7fc0 },
] as const;

for (const { type, mantissaBits, bias, infinity, quiet } of HALVES) {
  const convert = async (values: Float32Array): Promise<Uint16Array> => {
    await writeGguf(path, { metadata: {}, tensors: [{ name: "x", shape: [values.length], type, data: values }] });
    return new Uint16Array(Uint8Array.from(await storedData(path, "x", 2 * values.length)).buffer);
  };

  test(`floats become the nearest ${type}, ties the even one`, async () => {
    const patterns = fc.uint32Array({ minLength: 500, maxLength: 2000 });
    const scaled = fc.float32Array({ minLength: 500, maxLength: 2000, min: -70000, max: 70000, noNaN: true });
    const values = fc.oneof(
      patterns.map((bits) => new Float32Array(bits.buffer)),
      scaled,
    );
    await fc.assert(
      fc.asyncProperty(values, async (array) => {
        const finite = array.map((value) => (Number.isFinite(value) ? value : 0));
        assert.equal(
          [...(await convert(finite))],
          [...finite].map((value) => nearest(value, mantissaBits, bias, infinity)),
        );
      }),
      { numRuns: 20 },
    );
  });

  test(`the middle between two ${type} values and its neighbours round as they must`, async () => {
    const middles = [0, 1, 2, 3, infinity >> 1, infinity - 2, infinity - 1].map((pattern) => {
      return (decode(pattern, mantissaBits, bias) + decode(pattern + 1, mantissaBits, bias)) / 2;
    });
    const bits = new Uint32Array(Float32Array.from(middles).buffer);
    const values = [...new Float32Array(Uint32Array.from([...bits].flatMap((middle) => [middle - 1, middle, middle + 1])).buffer)];
    const array = Float32Array.from(values.flatMap((value) => [value, -value]));
    assert.equal(
      [...(await convert(array))],
      [...array].map((value) => nearest(value, mantissaBits, bias, infinity)),
    );
  });

  test(`infinities, zeros and NaN stay what they are in ${type}`, async () => {
    const signalling = new Float32Array(Uint32Array.of(0x7f800001).buffer);
    const halves = await convert(Float32Array.of(Infinity, -Infinity, 0, -0, NaN));
    assert.equal([...halves], [infinity, 0x8000 | infinity, 0, 0x8000, quiet]);
    assert.ok((await convert(signalling))[0]! > infinity, "a NaN whose upper bits are those of infinity");
  });
}

test("data functions are called in turn, and the file appears only when it is whole", async () => {
  await writeFile(path, "before");
  const seen: string[] = [];
  const data = (name: string) => async () => {
    seen.push(`${name}: ${await readFile(path, "utf8")}`);
    return Float32Array.of(1);
  };
  await writeGguf(path, { metadata: {}, tensors: [f32("a", [1], data("a")), f32("b", [1], data("b"))] });
  assert.equal(seen, ["a: before", "b: before"]);
  assert.is((await read(path)).tensorInfos.length, 2);
  assert.equal(await readdir(folder), ["file.gguf"]);
});

test("a failure leaves the file as it was and nothing beside it", async () => {
  await writeFile(path, "before");
  const failure = new Error("the source is gone");
  const failing = f32("b", [1], () => Promise.reject(failure));
  const error = await writeGguf(path, { metadata: {}, tensors: [f32("a", [1]), failing] }).catch((reason: unknown) => reason);
  assert.is(error, failure);
  assert.is(await readFile(path, "utf8"), "before");
  assert.equal(await readdir(folder), ["file.gguf"]);
});

test("writers of the same file at once leave one whole file", async () => {
  const contents = [1, 2, 3].map((value) => ({ metadata: {}, tensors: [f32("x", [1000], new Float32Array(1000).fill(value))] }));
  await Promise.all(contents.map((content) => writeGguf(path, content)));
  const values = new Set(new Float32Array(Uint8Array.from(await storedData(path, "x", 4000)).buffer));
  assert.is(values.size, 1);
  assert.equal(await readdir(folder), ["file.gguf"]);
});

test("a file that cannot be written is an error that names it", async () => {
  const file = join(folder, "missing", "file.gguf");
  const error = await rejection({ metadata: {}, tensors: [] }, file);
  assert.is(error.code, "file-not-written");
  assert.ok(error.message.includes(file));
});

const BAD: { what: string; content: Partial<GgufContent>; says: RegExp }[] = [
  { what: "a u8 above 255", content: { metadata: { k: ggufValue("u8", 256) } }, says: /metadata k: 256 is no u8/ },
  { what: "a u32 below 0", content: { metadata: { k: ggufValue("u32", -1) } }, says: /-1 is no u32/ },
  { what: "an i32 with a fraction", content: { metadata: { k: ggufValue("i32", 1.5) } }, says: /1.5 is no i32/ },
  { what: "a u64 below 0", content: { metadata: { k: ggufValue("u64", -1n) } }, says: /-1 is no u64/ },
  { what: "an f32 out of range", content: { metadata: { k: ggufValue("f32", 1e300) } }, says: /is no f32/ },
  { what: "a number as a string", content: { metadata: { k: { type: 4, value: "5" } } }, says: /5 is no u32/ },
  { what: "a u64 that is no bigint", content: { metadata: { k: { type: 10, value: 5 } } }, says: /5 is no u64/ },
  { what: "a bad element", content: { metadata: { k: ggufArray("i8", [1, 128]) } }, says: /128 is no i8/ },
  { what: "an unknown type", content: { metadata: { k: { type: 99, value: 1 } } }, says: /99 is no type/ },
  { what: "an array without a type", content: { metadata: { k: { type: 9, value: [1] } } }, says: /metadata k: no array/ },
  { what: "an array of arrays", content: { metadata: { k: { type: 9, subType: 9, value: [[1]] } } }, says: /9 is no type/ },
  { what: "an empty key", content: { metadata: { "": ggufValue("u8", 1) } }, says: /key is empty/ },
  { what: "an alignment of 24", content: { metadata: { "general.alignment": ggufValue("u32", 24) } }, says: /24 is no u32 power of two/ },
  { what: "an alignment of type i32", content: { metadata: { "general.alignment": ggufValue("i32", 32) } }, says: /no u32 power of two/ },
  { what: "two tensors of one name", content: { tensors: [f32("x", [1]), f32("x", [2])] }, says: /two tensors are named x/ },
  { what: "a name of 64 bytes", content: { tensors: [f32(`${"→".repeat(21)}x`, [1])] }, says: /name is too long/ },
  { what: "five dimensions", content: { tensors: [f32("x", [1, 1, 1, 1, 1])] }, says: /shape \[1,1,1,1,1\]/ },
  { what: "no dimension", content: { tensors: [f32("x", [])] }, says: /shape \[\]/ },
  { what: "an empty dimension", content: { tensors: [f32("x", [0, 2])] }, says: /shape \[0,2\]/ },
  { what: "too few values", content: { tensors: [f32("x", [2, 2], new Float32Array(3))] }, says: /tensor x: 3 values are not .* \[2,2\]/ },
  { what: "too many bytes", content: { tensors: [f32("x", [1], new Uint8Array(5))] }, says: /5 bytes are not/ },
  { what: "a broken block", content: { tensors: [{ ...f32("x", [33]), type: "Q8_0" }] }, says: /row of 33 .* blocks of 32/ },
  { what: "values for Q8_0", content: { tensors: [{ ...f32("x", [32]), type: "Q8_0" }] }, says: /not converted/ },
];

for (const { what, content, says } of BAD) {
  test(`${what} is refused`, async () => {
    const error = await rejection({ metadata: {}, tensors: [], ...content });
    assert.is(error.code, "gguf-invalid");
    assert.match(error.message, says);
    assert.equal(await readdir(folder), []);
  });
}

test("a name of 63 bytes is taken", async () => {
  await writeGguf(path, { metadata: {}, tensors: [f32("→".repeat(21), [1])] });
  assert.is((await read(path)).tensorInfos[0]!.name, "→".repeat(21));
});

test.run();
