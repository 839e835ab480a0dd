import { join } from "node:path";
import { type Command, Option } from "commander";
import { ToolwrightError } from "../errors.js";
import { type DatasetFormat, datasetFormats, exportDataset, readDataset } from "../teaching/index.js";
import { makeTools } from "./agent.js";
import { toolNames } from "./options.js";
import { print, say } from "./output.js";

const REASONS = {
  "no-question": "have no question, which this format wants",
  question: "have a question, and the file began with plain texts",
  "part-missing": "are parts of a record whose beginning is missing",
  "call-misfit": "have a call that does not fit the tool as it is now",
};

/** `teach export`: a dataset in another form, on standard output. */
export function defineExport(command: Command): void {
  command
    .description("a dataset in another form, on standard output")
    .argument("<folder>", "the dataset's folder")
    .addOption(new Option("-f, --format <name>", "TRL's, OpenAI's fine-tuning, or our own").choices(datasetFormats).default("trl-messages"))
    .action(async (folder: string, { format }: { format: DatasetFormat }) => {
      const tools = makeTools({ tools: toolNames });
      try {
        const lines = exportDataset(readDataset(join(folder, "dataset.jsonl")), format, tools);
        for (;;) {
          const { done, value } = await lines.next();
          if (!done) {
            await print(value);
            continue;
          }
          for (const [reason, count] of Object.entries(value.leftOut))
            say(`${count} texts are left out: they ${REASONS[reason as keyof typeof REASONS]}.`);
          if (value.lines === 0)
            throw new ToolwrightError("nothing-exported", `Nothing of ${folder} can be exported as ${format}.`, "Choose another --format.");
          return;
        }
      } finally {
        await Promise.all(tools.map((tool) => tool.close()));
      }
    });
}
