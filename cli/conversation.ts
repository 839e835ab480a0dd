import { constants, existsSync } from "node:fs";
import { copyFile, cp, truncate } from "node:fs/promises";
import type { Turn } from "../agent/index.js";
import { codeOf, messageOf, ToolwrightError } from "../errors.js";
import { type Drive, driveAgent, openTrace, replayTrace, type Trace } from "../traces/index.js";

/** A recorded chat, as its next run would go on from it. */
interface Conversation {
  readonly file: string;
  readonly turns: readonly Turn[];
  /** Where a last run begins that its process did not end, in bytes: a trace that is to be replayed cannot go on after that. */
  readonly cut?: number;
}

/**
 * Reads a chat by replaying it: that alone tells what its prompts had.
 * @throws ToolwrightError as `openTrace` and `replayTrace`
 */
export async function readConversation(file: string): Promise<Conversation> {
  const trace = await openTrace(file);
  let turns: readonly Turn[] = [];
  let going: string | undefined;
  const drive = driveAgent({ onTurns: (now) => (turns = [...now]) });
  const begin: Drive = async function* (run) {
    going = run.run;
    yield* drive(run);
    going = undefined;
  };
  try {
    for await (const _event of replayTrace(trace, { drive: begin })); // Nobody listens: it is the turns that are wanted.
  } catch (error) {
    if (!(error instanceof ToolwrightError && ["trace-unfinished", "trace-torn"].includes(error.code))) throw error;
  }
  return { file, turns, ...(going !== undefined && { cut: await startOf(trace, going) }) };
}

async function startOf(trace: Trace, run: string): Promise<number | undefined> {
  for await (const start of trace.runs()) if (start.run === run) return start.place.offset;
  return undefined;
}

/**
 * Copies a trace with what is kept beside it.
 * @param cut leaves out what comes after so many bytes
 * @throws ToolwrightError `trace-exists`, `trace-unwritable`
 */
export async function copyTrace(from: string, to: string, cut?: number): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    if (cut !== undefined) await truncate(to, cut);
    if (existsSync(`${from}.parts`)) await cp(`${from}.parts`, `${to}.parts`, { recursive: true });
  } catch (error) {
    const exists = codeOf(error) === "EEXIST";
    const message = exists ? `${to} exists already.` : `The trace cannot be copied to ${to}: ${messageOf(error)}`;
    throw new ToolwrightError(exists ? "trace-exists" : "trace-unwritable", message, "Name a new file in a folder that you may write to.", {
      cause: error,
    });
  }
}
