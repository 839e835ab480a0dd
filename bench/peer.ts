// node-llama-cpp, the library a Node user would pick, on the file as it is shipped.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadModel } from "../engine/index.js";
import { folderPath } from "../index.js";
import { CELLS, score, THREADS } from "./engine.js";
import { median, type Row, time } from "./measure.js";

const execute = promisify(execFile);
const script = fileURLToPath(new URL("../../bench/peers/node_llama_cpp_score.mjs", import.meta.url));

/** Installs the peer once, outside of the project: its optional packages for GPUs would be 700 MB. */
async function install(): Promise<string> {
  const folder = path.join(path.dirname(folderPath("models")), "peers", "node-llama-cpp-3.22.1");
  if (existsSync(path.join(folder, "ready"))) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), "{}");
  const npm = (...args: string[]) => execute("npm", args, { cwd: folder });
  await npm("install", "--no-optional", "--ignore-scripts", "node-llama-cpp@3.22.1");
  await npm("install", `@node-llama-cpp/${process.platform}-${process.arch}@3.22.1`);
  await writeFile(path.join(folder, "ready"), "");
  return folder;
}

export async function peerRow(shipped: string): Promise<Row> {
  const folder = await install();
  const model = await loadModel(shipped);
  const scheduler = await model.createScheduler({ cells: CELLS, threads: THREADS });
  const tokens = model.tokenizer.encode("Out of 1400 participants, 400 (or 29%) passed the test. ".repeat(20)).slice(0, 320);
  await score(scheduler, tokens);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 5; round++) {
    ours.push(await time(() => score(scheduler, tokens)));
    const { stdout } = await execute(process.execPath, [script, shipped], { cwd: folder });
    theirs.push(JSON.parse(stdout).scored_ms);
  }
  await model.close();
  const ratio = median(theirs.map((value, i) => value / ours[i]!));
  return {
    work: "the same",
    against: "node-llama-cpp 3.22.1, shipped file",
    wanted: "≥ 4 × faster",
    measured: `${ratio.toFixed(1)} ×`,
    holds: ratio >= 4,
    figures: { "ours, ms": +median(ours).toFixed(0), "node-llama-cpp, ms": +median(theirs).toFixed(0) },
  };
}
