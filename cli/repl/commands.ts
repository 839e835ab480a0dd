import { strategies } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { adapterText } from "../adapters.js";
import { modelNames } from "../cached-models.js";
import type { ChatSession } from "../chat-session.js";
import { table } from "../terminal.js";

/** What a command works with. */
interface CommandContext {
  readonly session: ChatSession;
  readonly say: (text: string) => void;
  /** Asks the last question again. */
  readonly retry: () => Promise<void>;
  readonly quit: () => void;
  /** Fired by Ctrl-C while the command works. */
  readonly signal: AbortSignal;
}

interface SlashCommand {
  /** As the help shows it; in brackets when it may be left out. */
  readonly argument?: string;
  readonly help: string;
  /** What the argument may be, for completion. */
  readonly choices?: () => readonly string[];
  readonly run: (context: CommandContext, argument: string) => void | Promise<void>;
}

const commands: Readonly<Record<string, SlashCommand>> = {
  help: { help: "this list", run: ({ say }) => say(helpText()) },
  tools: {
    help: "the tools and what they are for",
    run: ({ session: { tools }, say }) =>
      say(tools.length === 0 ? "There are no tools." : table(tools.map(({ name, description }) => [name, description]))),
  },
  model: {
    argument: "[NAME]",
    help: "the model, or go on with another one",
    choices: modelNames,
    run: async ({ session, say, signal }, name) => {
      if (name !== "") await session.setModel(name, signal);
      say(modelText(session));
    },
  },
  strategy: {
    argument: "[NAME]",
    help: "how a question becomes a prompt",
    choices: () => strategies.map(({ name }) => name),
    run: ({ session, say }, name) => {
      if (name !== "") session.setStrategy(name);
      say(table(strategies.map((strategy) => [strategy.name === session.strategy ? "*" : " ", strategy.name, strategy.description])));
    },
  },
  trace: { help: "where this chat is recorded", run: ({ session, say }) => say(session.traceFile ?? "Nothing is recorded (--no-trace).") },
  retry: { help: "ask the last question again", run: ({ retry }) => retry() },
  undo: {
    help: "take the last question and its answer back",
    run: ({ session, say }) => {
      const question = session.undo();
      say(question === undefined ? "There is nothing to take back." : `Taken back: ${question}`);
    },
  },
  save: {
    argument: "FILE",
    help: "copy the trace of this chat",
    run: async ({ session, say }, file) => {
      await session.save(file);
      say(`Saved to ${file}.`);
    },
  },
  load: {
    argument: "FILE",
    help: "go on from the chat in a trace",
    run: async ({ session, say }, file) => {
      await session.load(file);
      const turns = session.history.length;
      say(`Going on after ${turns} ${turns === 1 ? "turn" : "turns"} of ${file}.`);
    },
  },
  stats: { help: "what this chat has taken so far", run: ({ session, say }) => say(statsText(session)) },
  quit: { help: "leave (also Ctrl-D)", run: ({ quit }) => quit() },
};

/** @throws ToolwrightError `wrong-use` for what is no command or lacks its argument; what the command throws */
export async function runCommand(line: string, context: CommandContext): Promise<void> {
  const [, name = "", argument = ""] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new ToolwrightError(
      "wrong-use",
      `There is no command /${name}.`,
      "/help lists them. For a question that begins with a slash, put a space before it.",
    );
  }
  if (argument === "" && command.argument !== undefined && !command.argument.startsWith("[")) {
    throw new ToolwrightError("wrong-use", `/${name} needs an argument.`, `Write /${name} ${command.argument}.`);
  }
  await command.run(context, argument);
}

/** What the beginning of a command may become. */
export function completions(line: string): string[] {
  const [, name, argument] = /^\/(\S*)(?: (.*))?$/.exec(line) ?? [];
  if (name === undefined) return [];
  if (argument === undefined) {
    const names = Object.keys(commands).filter((known) => known.startsWith(name));
    return names.map((known) => (commands[known]?.argument === undefined ? `/${known}` : `/${known} `));
  }
  const choices = (Object.hasOwn(commands, name) && commands[name]?.choices?.()) || [];
  return choices.filter((choice) => choice.startsWith(argument)).map((choice) => `/${name} ${choice}`);
}

function helpText(): string {
  const rows = Object.entries(commands).map(([name, { argument = "", help }]) => [`/${name} ${argument}`, help]);
  return `${table(rows)}\nCtrl-C stops an answer, twice it leaves. Tab completes commands.\nA line that ends with \\ goes on in the next one; what is pasted is one message.`;
}

function modelText({ model: { name, identity, contextSize } }: ChatSession): string {
  return [
    name,
    adapterText(identity),
    identity.storage,
    identity.runtime,
    contextSize === undefined ? undefined : `${contextSize} tokens of context`,
  ]
    .filter(Boolean)
    .join(", ");
}

function statsText({ stats: { turns, calls, input, cached, output, ms } }: ChatSession): string {
  const speed = ms > 0 ? ` (${((1000 * output) / ms).toFixed(0)} a second, tools included)` : "";
  return table([
    ["turns", String(turns)],
    ["calls", String(calls)],
    ["tokens taken in", `${input}, and ${cached} from kept states`],
    ["tokens written", `${output}${speed}`],
    ["time", `${(ms / 1000).toFixed(1)} s`],
  ]);
}
