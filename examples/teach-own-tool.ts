// Self-teaching with a tool of one's own: texts that a call would have helped to write become texts with calls.
//   node dist/examples/teach-own-tool.js [--model NAME]
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { defineTool, type LanguageModel, localModel } from "toolwright";
import { type Lesson, type Passage, teach } from "toolwright/teaching";
import { z } from "zod";

const SIGNS = Object.entries({ M: 1000, CM: 900, D: 500, CD: 400, C: 100, XC: 90, L: 50, XL: 40, X: 10, IX: 9, V: 5, IV: 4, I: 1 });

const roman = defineTool({
  name: "Roman",
  description: "writes a number in Roman numerals",
  input: z.object({ number: z.int().min(1).max(3999) }),
  examples: [
    { text: "In Roman numerals 12 is [Roman(12) → XII] XII." },
    { text: "The stone says 1848, which is written [Roman(1848) → MDCCCXLVIII] MDCCCXLVIII." },
  ],
  run({ number }) {
    let text = "";
    let rest = number;
    for (const [sign, value] of SIGNS) for (; rest >= value; rest -= value) text += sign;
    return text;
  },
});

const texts = [
  "The church was built in 1764, and over the door the year is written MDCCLXIV.",
  "King Louis 14 signed as Louis XIV all his life.",
  "The film was made in 1987, in Roman numerals MCMLXXXVII, as its last picture says.",
];

async function* corpus(): AsyncGenerator<Passage> {
  for (const [document, text] of texts.entries())
    yield { document, part: 0, id: `text-${document}`, source: "the example", before: "", text };
}

export async function main({ model }: { readonly model: LanguageModel }): Promise<Lesson[]> {
  const lessons: Lesson[] = [];
  for await (const event of teach({ corpus: corpus(), tools: [{ tool: roman, tauS: 0, samples: 8 }], model })) {
    if (event.type === "passage") lessons.push(event.lesson);
  }
  return lessons;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values } = parseArgs({ options: { model: { type: "string", default: "local" } } });
  await using model = await localModel({ file: values.model, adapters: [], repeatable: true });
  for (const { marked, calls } of await main({ model })) {
    console.log(marked);
    for (const { input, output, margin } of calls) console.log(`  Roman(${input}) → ${output}: ${margin.toFixed(2)} nats less to learn`);
  }
}
