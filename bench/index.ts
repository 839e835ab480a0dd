// Every figure of the README: `npm run bench` prints the table, with --json the figures behind it. Close other work while it runs.
//   npm run bench -- [--json] [--only engine,peer,agent,loop,process,eval,strategies,teach,growth,training] [--documents 20] [--published 4]
//     [--questions 50] [--adapter FILE.gguf]
import os from "node:os";
import { parseArgs } from "node:util";
import { findModel, localModel } from "../index.js";
import { agentRows, overheadRow } from "./agent.js";
import { engineRows } from "./engine.js";
import { evalRow } from "./eval.js";
import type { Row } from "./measure.js";
import { peerRow } from "./peer.js";
import { processRows } from "./process.js";
import { strategyRows } from "./strategies.js";
import { growthRow, teachRows } from "./teach.js";
import { trainingRows } from "./training.js";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    only: { type: "string" },
    /** Of GSM8K, for teaching; and as many of them by the published algorithm, which takes many times as long. */
    documents: { type: "string", default: "20" },
    published: { type: "string", default: "4" },
    /** Of the plain ones, for eval; and the adapter that it runs with. */
    questions: { type: "string", default: "50" },
    adapter: { type: "string" },
  },
});
const wanted = values.only?.split(",");
const shipped = await findModel("local");
const chosen = await localModel();
const { file } = chosen.info;
const { storage } = chosen.identity;
await chosen.close();

const parts: Record<string, () => Promise<Row[]>> = {
  engine: () => engineRows(file),
  peer: async () => [await peerRow(shipped, file)],
  agent: () => agentRows(file),
  loop: async () => [await overheadRow()],
  process: processRows,
  eval: async () => [await evalRow(shipped, Number(values.questions), values.adapter)],
  strategies: () => strategyRows(shipped),
  teach: () => teachRows(file, Number(values.documents), Number(values.published)),
  growth: async () => [await growthRow()],
  training: () => trainingRows(shipped),
};
const rows: Row[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (wanted && !wanted.includes(name)) continue;
  if (!values.json) process.stderr.write(`${name} …\n`);
  rows.push(...(await part()));
}
const machine = `${os.cpus()[0]?.model.trim()}, ${os.availableParallelism()} cores, ${process.platform}-${process.arch}, Node ${process.version}, default model as ${storage}`;
if (values.json) console.log(JSON.stringify({ machine, date: new Date().toISOString().slice(0, 10), rows }, null, 2));
else {
  console.log(`${machine}\n\n| work | against | at least | measured | |\n| --- | --- | --- | --- | --- |`);
  for (const { work, against, wanted: bound, measured, holds, figures } of rows) {
    const details = Object.entries(figures).map(([name, value]) => `${name}: ${value}`);
    console.log(
      `| ${work} | ${against} | ${bound} | ${measured}${details.length ? ` (${details.join("; ")})` : ""} | ${holds ? "holds" : "**misses**"} |`,
    );
  }
}
