// What question answering and translation get right of the sets in tests/fixtures, with a model and without, and what of a set's phrases
// the language is told of. The figures of docs/tools.md.
//   node dist/bench/answers.js [--model NAME]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { questionAnswering, resolveModel, translation } from "../index.js";
import { isOneOf } from "../tests/fixtures/compared.js";
import { phrases } from "../tests/fixtures/phrases.js";
import { questions } from "../tests/fixtures/questions.js";
import { languageOf } from "../tools/translate/languages.js";

const { values } = parseArgs({ options: { model: { type: "string", default: "local" } } });
const folder = fileURLToPath(new URL("../../tests/fixtures/qa", import.meta.url));
const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };

/** Runs something for each of a list, and prints how often it was right and what it took. */
async function tally<T>(what: string, items: readonly T[], isRight: (item: T) => Promise<boolean>): Promise<void> {
  const start = process.cpuUsage();
  let right = 0;
  for (const item of items) if (await isRight(item)) right += 1;
  const { user } = process.cpuUsage(start);
  console.log(`${what}: ${right} of ${items.length}, ${(user / 1000 / items.length).toFixed(0)} ms of CPU each`);
}

await using model = await resolveModel(values.model, { adapters: [] });
for (const chooser of [undefined, model]) {
  const tool = questionAnswering({ folder, cache: false, model: chooser });
  for (const seen of [true, false]) {
    const set = questions.filter((question) => question.seen === seen);
    const what = `QA, ${chooser === undefined ? "by the rules" : `${chooser.name} choosing`}, ${seen ? "questions developed with" : "others"}`;
    await tally(what, set, async ({ question, answers }) => {
      const found = await tool.answer(question);
      return found === undefined ? answers.length === 0 : isOneOf(found.answer, answers);
    });
  }
  await tool.close();
}
const tool = translation({ model });
await tally(`MT into English by ${model.name}`, phrases, async ({ text, english }) =>
  isOneOf((await tool.run({ text }, context)).text, english),
);
await tool.close();
await tally("language of a phrase", phrases, async ({ from, text }) => (await languageOf(text)) === from);
