// Whole processes, as a user starts them.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { recordTo } from "../index.js";
import { median, type Row } from "./measure.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = path.join(root, "dist/cli/main.js");

interface Finished {
  readonly ms: number;
  /** Until the first byte on standard output. */
  readonly first: number;
  readonly output: string;
  /** Peak resident memory, in MB; Linux only. */
  readonly memory?: number;
}

async function run(args: readonly string[], options: { measureMemory?: boolean } = {}): Promise<Finished> {
  const timed = options.measureMemory === true && existsSync("/usr/bin/time");
  const [command, ...rest] = timed ? ["/usr/bin/time", "-f", "%M", process.execPath, ...args] : [process.execPath, ...args];
  const started = performance.now();
  const child = spawn(command!, rest, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let first = Number.NaN;
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    if (output === "") first = performance.now() - started;
    output += chunk;
  });
  child.stderr.on("data", (chunk) => void (errors += chunk));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${errors}`);
  const memory = timed ? Number(errors.trim().split("\n").at(-1)) / 1024 : undefined;
  return { ms: performance.now() - started, first, output, memory };
}

async function several(times: number, args: readonly string[]): Promise<Finished[]> {
  await run(args);
  const all: Finished[] = [];
  for (let i = 0; i < times; i++) all.push(await run(args));
  return all;
}

export async function processRows(): Promise<Row[]> {
  return [await coldAsk(), await longTrace(), await idleImport()];
}

async function coldAsk(): Promise<Row> {
  const ask = path.join(root, "dist/bench/first-token.js");
  const runs = await several(5, [ask]);
  const first = median(runs.map(({ first }) => first));
  return {
    work: "`ask` from cold process to first token",
    against: "",
    wanted: "≤ 1.5 s with the demonstrations' state cached",
    measured: `${(first / 1000).toFixed(2)} s`,
    holds: first <= 1500,
    figures: { "slowest, s": +(Math.max(...runs.map(({ first }) => first)) / 1000).toFixed(2) },
  };
}

async function longTrace(): Promise<Row> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-bench-"));
  const file = path.join(folder, "long.jsonl");
  const recorder = await recordTo(file);
  const tape = recorder.tape();
  await tape.input("run", () => ({ question: "A long one", model: { name: "none" } }));
  for (let n = 0; n < 1_000_000; n++) tape.made("event", { n, type: "text", delta: "word " });
  await tape.end();
  await recorder.close();
  const { ms, memory } = await run([main, "trace", "show", file, "--tail", "5"], { measureMemory: true });
  await rm(folder, { recursive: true });
  return {
    work: "trace of 1,000,000 events: `trace show --tail 5`",
    against: "",
    wanted: "< 2 s, < 200 MB",
    measured: `${(ms / 1000).toFixed(2)} s, ${memory === undefined ? "? MB" : `${memory.toFixed(0)} MB`}`,
    holds: ms < 2000 && (memory === undefined || memory < 200),
    figures: {},
  };
}

async function idleImport(): Promise<Row> {
  const script = `const started = performance.now(); await import(${JSON.stringify(new URL("../index.js", import.meta.url).href)}); console.log(performance.now() - started);`;
  const runs = await several(5, ["--input-type=module", "-e", script]);
  const ms = median(runs.map(({ output }) => Number(output)));
  return {
    work: 'idle `import("toolwright")`',
    against: "",
    wanted: "< 150 ms; neither LangChain nor the engine loaded",
    measured: `${ms.toFixed(0)} ms`,
    holds: ms < 150,
    figures: {},
  };
}
