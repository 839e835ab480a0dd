// Asks the fifty plain questions of data/plain-questions.jsonl, with tools and without, and prints what came of each.
//   node dist/bench/plain-questions.js [--adapter none] [--strategy few-shot] [--off] [--json]
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Answer, calculator, calendar, createAgent, localModel, messageOf, search } from "../index.js";

interface Question {
  readonly question: string;
  /** All accepted; a number must stand in the answer as a number. */
  readonly answer: string | readonly string[];
  readonly now: string;
}

const { values } = parseArgs({
  options: {
    adapter: { type: "string" },
    strategy: { type: "string" },
    off: { type: "boolean" },
    json: { type: "boolean" },
    model: { type: "string" },
  },
});
const questions: Question[] = readFileSync(new URL("../../data/plain-questions.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

/** Whether the answer says one of the accepted things; numbers are compared as numbers, to four significant digits. */
function right(answer: string, { answer: accepted }: Question): boolean {
  return [accepted].flat().some((wanted) => {
    if (!/^[\d.]+$/.test(wanted)) return answer.toLowerCase().includes(wanted.toLowerCase());
    const numbers = answer.replace(/(?<=\d),(?=\d{3})/g, "").match(/-?\d+(\.\d+)?/g) ?? [];
    return numbers.some((number) => Math.abs(Number(number) - Number(wanted)) <= 5e-4 * Number(wanted));
  });
}

await using model = await localModel({
  file: values.model,
  ...(values.adapter === undefined ? {} : { adapters: values.adapter === "none" ? [] : [{ file: values.adapter }] }),
});
await using agent = createAgent({
  model,
  tools: values.off ? [] : [calculator(), calendar(), search()],
  strategy: values.strategy,
  timeZone: "UTC",
});

const started = performance.now();
const results = await Promise.all(
  questions.map(async (question) => {
    const dated = createAgent({
      model,
      tools: agent.tools,
      strategy: values.strategy,
      timeZone: "UTC",
      now: () => new Date(`${question.now}T12:00:00Z`),
    });
    const given: Partial<Answer> = await dated.ask(question.question).catch((error) => ({ answer: `(${messageOf(error)})` }));
    return { ...question, given: given.answer ?? "", calls: given.calls ?? [], right: right(given.answer ?? "", question) };
  }),
);
const correct = results.filter((result) => result.right).length;
if (values.json) console.log(JSON.stringify({ correct, of: results.length, results }, null, 2));
else {
  console.log("| question | calls | answer | right |\n| --- | --- | --- | --- |");
  for (const { question, calls, given, right: ok } of results) {
    const made = calls.map(({ tool, input, output, error }) => `\`${tool}(${input})\` → ${output ?? `error: ${error}`}`).join("; ");
    console.log(`| ${question} | ${made} | ${given.replace(/\s+/g, " ").slice(0, 120)} | ${ok ? "yes" : "no"} |`);
  }
  console.log(`\n${correct} of ${results.length} right, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
