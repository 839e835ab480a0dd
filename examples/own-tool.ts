// Tools of one's own: notes in a text file. Writing one changes something outside, so the agent asks first.
//   node dist/examples/own-tool.js [--model NAME] [--file notes.txt] "Remember that the bins go out on Tuesday."
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
    examples: [{ question: "Remember that Ann's birthday is in May.", text: "[Remember(Ann's birthday is in May.) → noted] I have noted it." }],
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
    examples: [{ question: "When is Ann's birthday?", text: "[Notes(birthday) → Ann's birthday is in May.] Ann's birthday is in May." }],
    cacheable: false, // The run may have written a note in between.
    run: async ({ subject }) => {
      const lines = (await readFile(file, "utf8")).split("\n");
      return lines.filter((line) => line.toLowerCase().includes(subject.toLowerCase())).join("; ") || `nothing about ${subject}`;
    },
  });

interface Options {
  readonly model: LanguageModel;
  readonly file: string;
  readonly question: string;
  readonly approve: Approve;
}

export async function main({ model, file, question, approve }: Options): Promise<Answer> {
  await using agent = createAgent({ model, tools: [remember(file), notes(file)], approve });
  return await agent.ask(question);
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const options = { model: { type: "string", default: "local" }, file: { type: "string", default: "notes.txt" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  await using model = await resolveModel(values.model);
  using terminal = createInterface({ input: process.stdin, output: process.stdout });
  const approve: Approve = async ({ tool, input }) => /^y/i.test(await terminal.question(`${tool}(${input})? [y/N] `));
  console.log((await main({ model, file: values.file, question: positionals.join(" "), approve })).answer);
}
