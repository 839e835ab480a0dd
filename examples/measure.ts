// Measures with questions of one's own: in several wordings, then under several weights on the cost of calls.
//   node dist/examples/measure.js [--model NAME] TASKS.jsonl
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { calculator, type LanguageModel, resolveModel } from "toolwright";
import {
  type ConfigurationResults,
  costCurves,
  type EvaluateOptions,
  evaluate,
  paraphrased,
  type Result,
  readTasks,
  wordingFiguresOf,
} from "toolwright/evaluation";

/** Asks all of them. */
async function asked(options: EvaluateOptions): Promise<ConfigurationResults> {
  const results: Result[] = [];
  let configuration: ConfigurationResults["configuration"] | undefined;
  for await (const event of evaluate(options)) {
    if (event.type === "start") configuration = event.configuration;
    else if (event.type === "result") results.push(event.result);
  }
  return { configuration: configuration!, results, sittings: [] };
}

export async function main(model: LanguageModel, file: string): Promise<string[]> {
  const common = { model, tools: [calculator()], strategy: "few-shot", maxTokens: 60 };
  const lines: string[] = [];

  const { results } = await asked({ ...common, tasks: paraphrased(readTasks(file), { seed: 1 }) });
  const wordings = wordingFiguresOf(results);
  if (wordings !== undefined) {
    lines.push(`Right in every wording: ${wordings.always} of ${wordings.questions} questions.`);
    for (const { rule, n, correct } of wordings.rules) lines.push(`  ${rule}: ${correct} of ${n} right`);
  }

  // What is marked as needless ("needless": true) should go without a call; the others should keep their answers.
  const weighed: ConfigurationResults[] = [];
  for (const costWeight of model.can.ranks ? [0, 0.01, 3] : [])
    weighed.push(await asked({ ...common, tasks: readTasks(file), costWeight }));
  for (const points of costCurves(weighed)) {
    for (const { weight, needless, needlessCalled, due, right } of points) {
      lines.push(`Weight ${weight}: a call in ${needlessCalled} of ${needless} needless questions, ${right} of ${due} others right.`);
    }
  }
  return lines;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values, positionals } = parseArgs({ options: { model: { type: "string", default: "local" } }, allowPositionals: true });
  await using model = await resolveModel(values.model);
  for (const line of await main(model, positionals[0] ?? "tasks.jsonl")) console.log(line);
}
