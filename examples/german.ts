// Prompts in another language: chain of thought in German. The prompts are those of examples/prompts-german.
//   node dist/examples/german.js [--model NAME] "Ein Zug hat 8 Wagen mit je 46 Plätzen. Wie viele Plätze hat er?"
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Answer, calculator, createAgent, type LanguageModel, readPrompts, resolveModel } from "toolwright";

// Built, this file is in dist/examples; the prompts are where they were written.
const folder = fileURLToPath(new URL("../../examples/prompts-german", import.meta.url));

export async function main(model: LanguageModel, question: string): Promise<Answer> {
  await using agent = createAgent({ model, tools: [calculator()], strategy: "chain-of-thought", prompts: readPrompts(folder) });
  return await agent.ask(question);
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values, positionals } = parseArgs({ options: { model: { type: "string", default: "local" } }, allowPositionals: true });
  await using model = await resolveModel(values.model);
  console.log((await main(model, positionals.join(" "))).answer);
}
