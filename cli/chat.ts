import { createInterface } from "node:readline";
import type { Command } from "commander";
import { failureOf } from "../agent/index.js";
import { jsonAnswer } from "./ask.js";
import { type ChatOptions, ChatSession } from "./chat-session.js";
import { reportFailure } from "./failure.js";
import { interruption } from "./interruption.js";
import { answerOptions, type JsonOption, jsonOption, traceOption } from "./options.js";
import { printJson } from "./output.js";
import { repl } from "./repl/repl.js";
import { RunView } from "./run-view.js";

export function define(command: Command): void {
  jsonOption(command, "take a question a line from standard input, and print each answer as `ask --json` does");
  command.option("-c, --continue", "go on with the last chat");
  traceOption(answerOptions(command)).action(chat);
}

async function chat(options: ChatOptions & JsonOption): Promise<void> {
  const signal = interruption();
  await using session = await ChatSession.open(options, signal);
  const atTerminal = process.stdin.isTTY && (process.stderr.isTTY || process.stdout.isTTY);
  if (atTerminal && !options.json) await repl(session, signal);
  else await answerLines(session, options, signal);
  if (signal.aborted) process.exitCode = 130;
}

/** Each line is a turn. One that fails says so on stderr, and the next one has its turn. */
async function answerLines(session: ChatSession, { json }: JsonOption, signal: AbortSignal): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
    const question = line.replace(/^\ufeff/, "").trim();
    if (question === "") continue;
    try {
      if (json) await printJson(jsonAnswer(await session.ask(question, { signal })));
      else await show(session, question, signal);
    } catch (error) {
      reportFailure(error);
      process.exitCode = 1;
    }
    if (signal.aborted) break;
  }
}

/** @throws ToolwrightError what the run ended with */
async function show(session: ChatSession, question: string, signal: AbortSignal): Promise<void> {
  using view = new RunView();
  for await (const event of session.run(question, { signal })) {
    view.show(event);
    if (event.type === "error" && event.fatal) throw failureOf(event);
  }
}
