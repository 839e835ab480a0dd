// An agent in a LangChain chain: a prompt template before it, a step of one's own behind it, a LangChain tool among its tools.
//   node dist/examples/langchain-chain.js [--model NAME]
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableSequence } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { calculator, createAgent, type LanguageModel, resolveModel } from "toolwright";
import { agentRunnable, fromLangChain } from "toolwright/langchain";
import { z } from "zod";

const population = tool(({ city }) => CITIES[city.toLowerCase()] ?? `no figure for ${city}`, {
  name: "Population",
  description: "how many people live in a city",
  schema: z.object({ city: z.string() }),
});

const CITIES: Readonly<Record<string, string>> = { paris: "2,103,000", oslo: "717,700", lisbon: "567,100" };

/** LangChain's tools have no demonstrations; with one a small model knows how to call them. */
const examples = [{ question: "How many people live in Rome?", text: "[Population(Rome) → 2,755,000] 2,755,000 people live in Rome." }];

export async function main({ model }: { readonly model: LanguageModel }): Promise<string[]> {
  await using agent = createAgent({ model, tools: [calculator(), fromLangChain(population, { examples })] });
  const chain = RunnableSequence.from<{ question: string }, string>([
    ChatPromptTemplate.fromMessages([["human", "{question}"]]),
    agentRunnable(agent),
    (answer: string) => `→ ${answer}`,
  ]);
  return chain.batch(["How many people live in Paris?", "What is 15% of 1,234?"].map((question) => ({ question })));
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values } = parseArgs({ options: { model: { type: "string", default: "local" } } });
  await using model = await resolveModel(values.model);
  for (const answer of await main({ model })) console.log(answer);
}
