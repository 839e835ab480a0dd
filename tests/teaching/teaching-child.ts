import { writeSync } from "node:fs";
import { messageOf, ToolwrightError } from "../../errors.js";
import { teach } from "../../teaching/teach.js";
import { hashingModel, outputs, smallTeaching, tinyTeachingModel } from "./small-teaching.js";

// A process that teaches, for tests that stop it or let two of them meet. It says each event on a line, then that the outputs are
// written; or the code and the sentence of what went wrong. SIGINT ends it after the document at hand.

export interface ChildSettings {
  readonly corpus: string;
  readonly out: string;
  readonly model: "tiny" | "hashing";
  readonly resume?: boolean;
  /** Of the hashing model, milliseconds. */
  readonly delay?: number;
  /** Waits after this many passages until its input ends. */
  readonly hold?: number;
}

const { corpus, out, model, resume, delay, hold } = JSON.parse(process.argv[2] ?? "") as ChildSettings;
const say = (line: string): number => writeSync(1, `${line}\n`);

const interrupted = new AbortController();
process.on("SIGINT", () => interrupted.abort());

const local = model === "tiny" ? await tinyTeachingModel() : undefined;
try {
  let passages = 0;
  const options = smallTeaching({ corpus, out, resume, model: local ?? hashingModel({ delay }), signal: interrupted.signal });
  for await (const event of teach(options)) {
    say(event.type === "end" ? `end ${event.complete}` : event.type);
    if (event.type === "passage" && ++passages === hold) for await (const _ of process.stdin);
  }
  await outputs(out);
  say("written");
} catch (error) {
  say(error instanceof ToolwrightError ? `${error.code}: ${error.message} ${error.remedy}` : messageOf(error));
  process.exitCode = 1;
} finally {
  await local?.close();
}
