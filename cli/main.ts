#!/usr/bin/env node
// The command line. Each command has a file of its own, which is loaded when the command is asked for: what is not used costs nothing.
// Nothing imports this folder.
import { Command, CommanderError } from "commander";
import { codeOf, ToolwrightError } from "../errors.js";
import { version } from "../version.js";
import { reportFailure } from "./failure.js";
import { endQuietlyOnBrokenPipe } from "./output.js";

/** What a command's file exports: fills in the command's arguments, options and work. */
interface CommandFile {
  readonly define: (command: Command) => void;
}

const commands: readonly (readonly [name: string, summary: string, load: () => Promise<CommandFile>])[] = [
  ["chat", "talk with a model that calls tools", () => import("./chat.js")],
  ["ask", "answer one question", () => import("./ask.js")],
  ["replay", "show a recorded run again, without model and tools", () => import("./replay.js")],
  ["trace", "list, show, compare and export recorded runs", () => import("./trace.js")],
  ["teach", "put calls into texts where they help the model", () => import("./teach.js")],
  ["train", "train an adapter on what was taught", () => import("./train.js")],
  ["eval", "how well questions are answered; configurations side by side", () => import("./eval.js")],
  ["compare", "strategies, adapters and models on sets of questions", () => import("./compare.js")],
  ["selftaught", "teach, train, eval, and again with what was learned", () => import("./selftaught.js")],
  ["score", "exact log-probabilities of texts", () => import("./score.js")],
  ["instruct", "new tasks from seed tasks, after Self-Instruct", () => import("./instruct.js")],
  ["model", "list, fetch and describe model files", () => import("./model.js")],
  ["doctor", "what this machine has, what works, and what to do about the rest", () => import("./doctor.js")],
];

async function main(args: readonly string[]): Promise<void> {
  loadDotEnv();
  const program = new Command("toolwright")
    .description("An agent that calls tools: a small model on this machine, traces that replay.")
    .version(version(), "-V, --version")
    .helpCommand("help [command]", "show the help of a command")
    .showHelpAfterError("See `toolwright help`.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "toolwright: ")) });
  const asked = args[0] === "help" ? args[1] : args[0];
  for (const [name, summary, load] of commands) {
    const command = program.command(name).description(summary);
    if (name === asked) (await load()).define(command.showHelpAfterError(`See \`toolwright help ${name}\`.`));
  }
  if (args.length === 0) {
    program.outputHelp({ error: true });
    process.exitCode = 2;
    return;
  }
  await program.parseAsync(args, { from: "user" });
}

/** Settings of the working folder; what the environment has already stays. */
function loadDotEnv(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw new ToolwrightError("wrong-setting", `.env cannot be read: ${(error as Error).message}`, "Make it readable, or remove it.", {
      cause: error,
      exitCode: 2,
    });
  }
}

endQuietlyOnBrokenPipe();
try {
  await main(process.argv.slice(2));
} catch (error) {
  // commander has printed its own, be it a mistake or the help that was asked for.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = reportFailure(error);
}
