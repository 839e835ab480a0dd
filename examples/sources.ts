// An answer with its source: the question is looked up in a folder, read by the model, and quoted.
//   node dist/examples/sources.js notes [--model NAME] "Who was the teacher of the founder of the school?"
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createAgent, type LanguageModel, resolveModel, search } from "toolwright";

export async function main(model: LanguageModel, folder: string, question: string): Promise<string> {
  await using agent = createAgent({ model, tools: [search({ folder, reference: false })], strategy: "search" });
  const { answer, sources = [] } = await agent.ask(question);
  return [answer, ...sources.map(({ title, quote }, i) => `[${i + 1}] ${title}: "${quote}"`)].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values, positionals } = parseArgs({ options: { model: { type: "string", default: "local" } }, allowPositionals: true });
  const [folder = ".", ...words] = positionals;
  await using model = await resolveModel(values.model);
  console.log(await main(model, folder, words.join(" ")));
}
