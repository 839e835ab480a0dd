import { writeSync } from "node:fs";
import { messageOf, ToolwrightError } from "../../errors.js";
import type { TrainOptions } from "../../training/settings.js";
import { train } from "../../training/train.js";
import { smallNetwork, smallTraining } from "./small-training.js";

// A process that trains, for tests that stop it or let two of them meet. It says each event on a line, or the code and the sentence of
// what went wrong. SIGINT stops it with a checkpoint.

export interface ChildSettings {
  readonly options: Pick<TrainOptions, "dataset" | "out"> & Partial<TrainOptions>;
  /** Waits after this step until its input ends. */
  readonly hold?: number;
}

const { options, hold } = JSON.parse(process.argv[2] ?? "") as ChildSettings;
const say = (line: string): number => writeSync(1, `${line}\n`);

const interrupted = new AbortController();
process.on("SIGINT", () => interrupted.abort());

try {
  const openNetwork = await smallNetwork();
  for await (const event of train({ ...(await smallTraining({ ...options, openNetwork })), signal: interrupted.signal })) {
    say(event.type === "step" ? `step ${event.step}` : event.type === "done" ? `done ${event.reason} ${event.step}` : event.type);
    if (event.type === "step" && event.step === hold) for await (const _ of process.stdin);
  }
} catch (error) {
  say(error instanceof ToolwrightError ? `${error.code}: ${error.message} ${error.remedy}` : messageOf(error));
  process.exitCode = 1;
}
