import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type AgentEvent,
  type Answer,
  type Approve,
  type Chat,
  defaultStrategy,
  type RunOptions,
  strategyNamed,
  type Turn,
} from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { type CreateAgentOptions, createAgent } from "../index.js";
import { folderPath, type LanguageModel } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { agentSettings, makeTools, newTraceFile, openModelFor, tracePlace } from "./agent.js";
import { copyTrace, readConversation } from "./conversation.js";
import { measureOnce } from "./measure.js";
import type { AnswerOptions, TraceOption } from "./options.js";

export interface ChatOptions extends AnswerOptions, TraceOption {
  /** Goes on with the last chat. */
  readonly continue?: true;
}

/** What a chat has taken so far: tokens, and milliseconds. */
interface ChatStats {
  turns: number;
  calls: number;
  input: number;
  cached: number;
  output: number;
  ms: number;
}

interface Parts {
  readonly options: ChatOptions;
  readonly settings: Omit<CreateAgentOptions, "model" | "tools" | "trace">;
  readonly tools: readonly Tool[];
  readonly model: LanguageModel;
  readonly traceFile?: string;
  readonly history: readonly Turn[];
}

/** A chat whose model, strategy and past can be changed while it goes on. All of it is one trace, unless another one is loaded. */
export class ChatSession implements AsyncDisposable {
  readonly stats: ChatStats = { turns: 0, calls: 0, input: 0, cached: 0, output: 0, ms: 0 };
  readonly tools: readonly Tool[];
  readonly temperature: number;
  /** Asked before a tool with side effects runs; without it such a tool is refused. */
  approve: Approve | undefined;
  readonly #options: ChatOptions;
  readonly #settings: Parts["settings"];
  #model: LanguageModel;
  /** Undefined until one is chosen: the model's own. */
  #strategy: string | undefined;
  #traceFile: string | undefined;
  #chat: Chat;

  /** @throws ToolwrightError whatever is wrong with an option, the model or the trace that is to be continued */
  static async open(options: ChatOptions, signal: AbortSignal): Promise<ChatSession> {
    const settings = await agentSettings(options);
    const tools = await makeTools(options);
    const { traceFile, history } = await beginning(options);
    const model = await openModelFor(tools, options, signal);
    await measureOnce(settings, { model, tools, prompts: settings.prompts, signal });
    return new ChatSession({ options, settings, tools, model, traceFile, history });
  }

  constructor({ options, settings, tools, model, traceFile, history }: Parts) {
    this.#options = options;
    this.#settings = settings;
    this.tools = tools;
    this.temperature = settings.temperature ?? 0;
    this.#strategy = options.strategy;
    this.#model = model;
    this.#traceFile = traceFile;
    this.#chat = this.#begin(history, model);
  }

  get model(): LanguageModel {
    return this.#model;
  }

  get strategy(): string {
    return this.#strategy ?? defaultStrategy(this.#model, this.tools).name;
  }

  /** The trace's path; undefined when nothing is recorded. The file is there once the first question was asked. */
  get traceFile(): string | undefined {
    return this.#traceFile;
  }

  get history(): readonly Turn[] {
    return this.#chat.history;
  }

  async *run(question: string, options: RunOptions): AsyncGenerator<AgentEvent> {
    for await (const event of this.#chat.run(question, { strategy: this.strategy, ...options })) {
      if (event.type === "usage") this.#count(event);
      yield event;
    }
  }

  async ask(question: string, options: RunOptions): Promise<Answer> {
    return this.#chat.ask(question, { strategy: this.strategy, ...options });
  }

  /** Takes the last question and its answer back. @returns that question */
  undo(): string | undefined {
    return this.#chat.undo();
  }

  /** @throws ToolwrightError `unknown-strategy` */
  setStrategy(name: string): void {
    this.#strategy = strategyNamed(name).name;
  }

  /** Goes on with another model; when it cannot be opened, the chat stays as it was. */
  async setModel(name: string, signal: AbortSignal): Promise<void> {
    const model = await openModelFor(this.tools, { ...this.#options, model: name }, signal);
    try {
      await this.#restart(this.history, model);
    } catch (error) {
      await model.close();
      throw error;
    }
    await this.#model.close();
    this.#model = model;
  }

  /** Goes on from a recorded chat. What follows is recorded to a copy of it, so that the whole can be replayed. */
  async load(file: string): Promise<void> {
    const { turns, cut } = await readConversation(file);
    if (this.#traceFile !== undefined) {
      const copy = newTraceFile(dirname(this.#traceFile), "chat");
      await copyTrace(file, copy, cut);
      this.#traceFile = copy;
    }
    await this.#restart(turns);
  }

  /** Copies the trace. @throws ToolwrightError `trace-exists`, `trace-unwritable`, `nothing-recorded` */
  async save(file: string): Promise<void> {
    if (this.#traceFile === undefined || !existsSync(this.#traceFile)) {
      throw new ToolwrightError(
        "nothing-recorded",
        "Nothing of this chat has been recorded.",
        "Ask something first, and start without --no-trace.",
      );
    }
    await copyTrace(this.#traceFile, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#chat.close();
    } finally {
      await Promise.all(this.tools.map((tool) => tool.close()));
      await this.#model.close();
    }
  }

  async #restart(history: readonly Turn[], model = this.#model): Promise<void> {
    const next = this.#begin(history, model);
    await this.#chat.close();
    this.#chat = next;
  }

  #begin(history: readonly Turn[], model: LanguageModel): Chat {
    const approve: Approve = async (call) => (await this.approve?.(call)) ?? false;
    const agent = createAgent({ ...this.#settings, model, tools: this.tools, approve });
    return agent.chat({ trace: this.#traceFile, history });
  }

  #count({ usage, calls, ms }: Extract<AgentEvent, { type: "usage" }>): void {
    this.stats.turns++;
    this.stats.calls += calls;
    this.stats.input += usage.input;
    this.stats.cached += usage.cached;
    this.stats.output += usage.output;
    this.stats.ms += ms;
  }
}

/** Where a chat is recorded, and the turns that it begins with. */
async function beginning(options: ChatOptions): Promise<Pick<Parts, "traceFile" | "history">> {
  const place = tracePlace(options);
  const folder = place !== undefined && "folder" in place ? place.folder : folderPath("traces");
  const given = place !== undefined && "file" in place ? place.file : undefined;
  if (!options.continue) return { traceFile: place && (given ?? newTraceFile(folder, "chat")), history: [] };
  const { file, turns, cut } = await readConversation(given ?? (await lastChat(folder)));
  if (place === undefined || cut === undefined) return { traceFile: place && file, history: turns };
  const whole = newTraceFile(dirname(file), "chat");
  await copyTrace(file, whole, cut);
  return { traceFile: whole, history: turns };
}

/** @throws ToolwrightError `no-chat` */
async function lastChat(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  // Names begin with the date.
  const last = names
    .filter((name) => name.endsWith(".jsonl") && name.includes("-chat-"))
    .sort()
    .at(-1);
  if (last !== undefined) return join(folder, last);
  throw new ToolwrightError("no-chat", `There is no chat to continue in ${folder}.`, "Start one without --continue.", { exitCode: 2 });
}
