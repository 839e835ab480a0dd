// One question, several ways of answering it.
//   node dist/examples/strategies.js [--model NAME] "Rosa has 156 stamps, 12 on each page. How many pages are there?"
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Answer, calculator, createAgent, type LanguageModel, recite, resolveModel, selfConsistency } from "toolwright";

const ways = ["few-shot", "chain-of-thought", selfConsistency({ samples: 8 }), recite({ samples: 5 })] as const;

export async function main(model: LanguageModel, question: string): Promise<ReadonlyMap<string, Answer>> {
  await using agent = createAgent({ model, tools: [calculator()], temperature: 0, seed: 1 });
  const answers = new Map<string, Answer>();
  for (const strategy of ways) {
    answers.set(typeof strategy === "string" ? strategy : strategy.name, await agent.ask(question, { strategy }));
  }
  return answers;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values, positionals } = parseArgs({ options: { model: { type: "string", default: "local" } }, allowPositionals: true });
  await using model = await resolveModel(values.model);
  for (const [name, { answer, agreement }] of await main(model, positionals.join(" "))) {
    console.log(`${name}: ${answer}${agreement ? ` (${agreement.votes} of ${agreement.of} agree)` : ""}`);
  }
}
