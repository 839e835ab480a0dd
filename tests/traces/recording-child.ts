import { writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { ToolwrightError } from "../../errors.js";
import { recordTo } from "../../traces/recorder.js"; // Not the whole folder: the process is to start at once.

// A process that records, for tests that stop it or let two of them meet. Arguments: what to do, the trace.
const [what, file = ""] = process.argv.slice(2);

const say = (line: string): number => writeSync(1, `${line}\n`);

/** Records for ever, and says the number of each record once it is acknowledged. */
async function count(): Promise<void> {
  const recorder = await recordTo(file);
  for (;;) {
    const tape = recorder.tape();
    for (let i = 0; i < 20; i++) {
      const text = "x".repeat(Math.floor(Math.random() * (i === 7 ? 200_000 : 300)));
      const number = await tape.input("output", () => ({ number: counted, text }));
      tape.made("splice", { number: number.number });
      say(String(counted++));
    }
    await tape.end();
    await setTimeout(0);
  }
}
let counted = 0;

/** Writes until it cannot, then once more. */
async function fill(): Promise<void> {
  const recorder = await recordTo(file);
  const tape = recorder.tape();
  const codes: string[] = [];
  let records = 0;
  while (codes.length < 2) {
    try {
      tape.made("splice", { text: "x".repeat(100) });
      records++;
    } catch (error) {
      codes.push((error as ToolwrightError).code);
    }
  }
  say(`${codes[0]} after ${records} records; then ${codes[1]}`);
}

/** Opens, says how that went, and holds the trace until its input ends. */
async function hold(): Promise<void> {
  try {
    await using recorder = await recordTo(file);
    say("open");
    for await (const _ of process.stdin);
    await recorder.tape().end();
  } catch (error) {
    say((error as ToolwrightError).code);
    say((error as ToolwrightError).message);
  }
}

await { count, fill, hold }[what as "count" | "fill" | "hold"]();
