// A process that teaches so many documents with the tiny model and says how long it took and how much memory it held: for bench/teach.ts.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { defineTool, localModel } from "../index.js";
import { entriesOf, type Parameters, type Passage, teach, writeOutputs } from "../teaching/index.js";
import { tinyModel } from "../tests/fixtures/tiny-model.js";

const documents = Number(process.argv[2]);
const tool = defineTool({
  name: "Add",
  description: "Adds.",
  input: z.object({ numbers: z.string() }),
  examples: [{ text: "2 and 3 is [Add(2+3) → 5] 5." }],
  run: ({ numbers }) => String(numbers.length),
});

async function* corpus(from: number, count: number): AsyncGenerator<Passage> {
  for (let document = from; document < from + count; document++) {
    const id = `text ${document}`;
    yield { document, part: 0, id, source: id, before: "", text: `The answer to question ${document % 97} is 12 and 7 are 19 of it.` };
  }
}

// One thread: the model is so small that two would only wait for each other.
const model = await localModel({ file: await tinyModel(), exact: true, repeatable: true, threads: 1 });
const folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-growth-"));
const options = { tools: [{ tool, tauS: 0, tauF: 0.01, topK: 2, samples: 2 }], model };
const run = async (out: string, from: number, count: number): Promise<void> => {
  const started = new Date();
  let parameters: Parameters | undefined;
  for await (const event of teach({ ...options, corpus: corpus(from, count), out })) {
    if (event.type === "start") parameters = event.parameters;
  }
  if (parameters === undefined) throw new Error("teach did not start");
  await writeOutputs(out, () => entriesOf(out), { parameters, corpus: [{ name: "made" }], command: "bench", started, seconds: 0 });
};
await run(path.join(folder, "warm"), 100_000, 20); // What is compiled and loaded once is not what grows.
const started = performance.now();
await run(path.join(folder, "out"), 0, documents);
const ms = performance.now() - started;
globalThis.gc?.();
const { heapUsed, external, arrayBuffers } = process.memoryUsage();
console.log(JSON.stringify({ ms, megabytes: (heapUsed + external + arrayBuffers) / 2 ** 20 }));
await model.close();
await rm(folder, { recursive: true });
