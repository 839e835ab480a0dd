// Tools of one's own: notes in a text file. Writing one changes something outside, so the agent asks first.
//   node dist/examples/own-tool.js [--model NAME] "Remember that the bins go out on Tuesday."
import { appendFile, readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Answer, type Approve, createAgent, defineTool, type LanguageModel, resolveModel } from "toolwright";
import { z } from "zod";

const remember = (file: string) =>
  defineTool({
    name: "Remember",
    description: "writes a note down",
    input: z.object({ note: z.string() }),
    examples: [
      { question: "Remember that Ann's birthday is in May.", text: "[Remember(Ann's birthday is in May.) → noted] I have noted it." },
    ],
    sideEffects: true,
    run: async ({ note }) => {
      await appendFile(file, `${note}\n`);
      return "noted";
    },
  });

const notes = (file: string) =>
  defineTool({
    name: "Notes",
    description: "finds notes about a subject",
    input: z.object({ subject: z.string() }),
    examples: [
      { question: "When is Ann's birthday?", text: "[Notes(birthday) → Ann's birthday is in May.] Ann's birthday is in May." },
      { question: "When does the train leave?", text: "[Notes(train) → The train leaves at 8.] The train leaves at 8." },
    ],
    cacheable: false, // The run may have written a note in between.
    run: async ({ subject }) => {
      const lines = (await readFile(file, { encoding: "utf8", flag: "a+" })).split("\n");
      return lines.filter((line) => line.toLowerCase().includes(subject.toLowerCase())).join("; ") || `nothing about ${subject}`;
    },
  });

type Options = { readonly model: LanguageModel; readonly file: string; readonly question: string; readonly approve: Approve };

export async function main({ model, file, question, approve }: Options): Promise<Answer> {
  await using agent = createAgent({ model, tools: [remember(file), notes(file)], approve });
  return await agent.ask(question);
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values, positionals } = parseArgs({ options: { model: { type: "string", default: "local" } }, allowPositionals: true });
  await using model = await resolveModel(values.model);
  const approve: Approve = async ({ tool, input }) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const reply = await terminal.question(`${tool}(${input})? [y/N] `);
    terminal.close();
    return /^y/i.test(reply);
  };
  console.log((await main({ model, file: "notes.txt", question: positionals.join(" "), approve })).answer);
}
