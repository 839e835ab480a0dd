import { type Command, Option } from "commander";
import { ToolwrightError } from "../errors.js";
import { scriptedModel } from "../models/index.js";
import {
  type DatasetFormat,
  datasetFile,
  datasetFormats,
  type Exported,
  exportDataset,
  readDataset,
  writeWhole,
} from "../teaching/index.js";
import { translation } from "../tools/index.js";
import { makeTools } from "./agent.js";
import { usualTools } from "./options.js";
import { print, say } from "./output.js";

const REASONS: Readonly<Record<keyof Exported["leftOut"], string>> = {
  "no-question": "have no question, which this format wants",
  question: "have a question, and the file began with plain texts",
  "part-missing": "are parts of a record whose beginning is missing",
  "call-misfit": "have a call that does not fit the tool as it is now",
};

/** `teach export`: a dataset in the form that other trainers read. */
export function defineExport(command: Command): void {
  command
    .description("a dataset in the form that other trainers read")
    .argument("<folder>", "the dataset's folder")
    .addOption(new Option("-f, --format <name>", "TRL's, OpenAI's fine-tuning, or our own").choices(datasetFormats).default("trl-messages"))
    .option("-o, --out <file>", "the file; - is standard output")
    .action(async (folder: string, { format }: { format: DatasetFormat }, sub: Command) => {
      // `teach` itself has read --out, and insists on it.
      const { out } = sub.optsWithGlobals<{ out: string }>();
      // The calls are read, not run: what there is to translate with does not matter.
      const tools = [...(await makeTools({ tools: [...usualTools, "qa"] })), translation({ model: scriptedModel([]) })];
      let exported: Exported | undefined;
      const lines = async function* () {
        exported = yield* exportDataset(readDataset(datasetFile(folder)), format, tools);
      };
      try {
        if (out === "-") for await (const line of lines()) await print(line);
        else await writeWhole(out, lines());
      } finally {
        await Promise.all(tools.map((tool) => tool.close()));
      }
      const { lines: count = 0, leftOut = {} } = exported ?? {};
      for (const [reason, texts] of Object.entries(leftOut))
        say(`${texts} texts are left out: they ${REASONS[reason as keyof typeof REASONS]}.`);
      if (count === 0) throw new ToolwrightError("nothing-exported", `${folder} has nothing for ${format}.`, "Choose another --format.");
      if (out !== "-") await print(`${count} lines: ${out}\n`);
    });
}
