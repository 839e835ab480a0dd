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

/** @param chosen the same model in the storage type that the product runs it in on this machine */
export async function peerRow(shipped: string, chosen: string): Promise<Row> {
  const folder = await install();
  const [ours, exact] = [await scorer(chosen), await scorer(shipped)];
  const times = { ours: [] as number[], exact: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < 5; round++) {
    times.ours.push(await time(ours.score));
    times.exact.push(await time(exact.score));
    const { stdout } = await execute(process.execPath, [script, shipped], { cwd: folder });
    times.theirs.push(JSON.parse(stdout).scored_ms);
  }
  await ours.close();
  await exact.close();
  const ratio = (side: readonly number[]) => median(times.theirs.map((value, i) => value / side[i]!));
  return {
    work: "log-probabilities of 64 of 320 tokens",
    against: "node-llama-cpp 3.22.1, shipped file",
    wanted: "≥ 4 × faster",
    measured: `${ratio(times.ours).toFixed(1)} × as the product runs the file here; ${ratio(times.exact).toFixed(1)} × with \`--exact\``,
    holds: ratio(times.ours) >= 4,
    figures: {
      "ours, ms": +median(times.ours).toFixed(0),
      "ours with --exact, ms": +median(times.exact).toFixed(0),
      "node-llama-cpp, ms": +median(times.theirs).toFixed(0),
    },
  };
}

async function scorer(file: string): Promise<{ score: () => Promise<unknown>; close: () => Promise<void> }> {
  const model = await loadModel(file);
  const scheduler = await model.createScheduler({ cells: CELLS, threads: THREADS });
  const tokens = model.tokenizer.encode("Out of 1400 participants, 400 (or 29%) passed the test. ".repeat(20)).slice(0, 320);
  await score(scheduler, tokens);
  return { score: () => score(scheduler, tokens), close: () => model.close() };
}
