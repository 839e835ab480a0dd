import { writeSync } from "node:fs";
import { messageOf, ToolwrightError } from "../../errors.js";
import { type RoundsEvent, selfTeach } from "../../rounds/index.js";
import { smallRounds } from "./small-rounds.js";

// A process that goes through rounds, for tests that kill it. It says each event on a line, and waits for its end at the one that is
// named: `round 1`, `2 train step`.

const { folder, material, hold } = JSON.parse(process.argv[2] ?? "") as {
  folder: string;
  material: { corpus: string; tasks: string };
  hold?: string;
};

function named(event: RoundsEvent): string {
  if (event.type === "round") return `round ${event.figures.round}`;
  if (event.type === "stage") return `${event.round} stage ${event.stage}`;
  return "event" in event ? `${event.round} ${event.type} ${event.event.type}` : event.type;
}

try {
  for await (const event of selfTeach(await smallRounds(folder, material, { fromAnswers: true, samples: 2, resume: true }))) {
    writeSync(1, `${named(event)}\n`);
    if (named(event) === hold) for await (const _ of process.stdin);
  }
} catch (error) {
  writeSync(1, `${error instanceof ToolwrightError ? `${error.code}: ` : ""}${messageOf(error)}\n`);
  process.exitCode = 1;
}
