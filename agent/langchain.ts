// The agent in LangChain: as a Runnable and as a tool. Reached through `toolwright/langchain` only: it loads LangChain.
import type { CallbackManager, CallbackManagerForToolRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import { type BaseMessage, coerceMessageLikeToMessage, HumanMessage } from "@langchain/core/messages";
import { getCallbackManagerForConfig, patchConfig, Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { z } from "zod";
import { ToolwrightError } from "../errors.js";
import type { Message } from "../models/index.js";
import type { Agent, Answer, Turn } from "./agent.js";
import { CallLog } from "./call-log.js";
import type { AgentEvent, CallRecord, Standing } from "./events.js";
import { failureOf } from "./failures.js";
import { isChoosing, isSeveral } from "./strategy.js";

/**
 * The agent as a LangChain Runnable, to stand in a chain where a chat model and its output parser would. In goes a question, or a prompt
 * or a list of messages whose last one asks; out comes the answer as a string. `stream` gives it in pieces as the model writes it, where
 * the answer is all that it writes; `batch` runs its inputs at the same time. The agent's calls are tool runs for callbacks, tracers and
 * `streamEvents`. `config.signal` and `config.timeout` stop the run, as does leaving the stream. Every run is independent: the messages are
 * all that it knows of a conversation.
 *
 * It throws what `agent.ask` throws, and ToolwrightError `langchain-input` for messages that an agent cannot take: a system message (its
 * words belong to `instructions` of `createAgent`), an image, a conversation that does not begin and end with the user's words.
 */
export function agentRunnable(agent: Agent): Runnable<BaseLanguageModelInput, string> {
  return new AgentRunnable(agent);
}

/** What `agentTool` gives beside the answer, as the message's artifact. */
export type AgentArtifact = Omit<Answer, "trace">;

/**
 * The agent as a tool for LangChain's agents, graphs and models. It takes `question` and gives the answer; the message's artifact has the
 * calls and what they took.
 * @param options `description` tells the other model what to ask this agent for
 */
export function agentTool(
  agent: Agent,
  { name, description }: { readonly name: string; readonly description: string },
): DynamicStructuredTool<z.ZodObject<{ question: z.ZodString }>> {
  const schema = z.object({ question: z.string().describe("The whole question: nothing of the conversation is known.") });
  return new DynamicStructuredTool({
    name,
    description,
    schema,
    responseFormat: "content_and_artifact",
    func: async ({ question }, runManager, config = {}): Promise<[string, AgentArtifact]> => {
      const artifact = await wholeOf(answering(agent, question, patchConfig(config, { callbacks: runManager?.getChild() })));
      return [artifact.answer, artifact];
    },
  });
}

class AgentRunnable extends Runnable<BaseLanguageModelInput, string> {
  override lc_namespace = ["toolwright"];
  readonly #agent: Agent;

  constructor(agent: Agent) {
    super();
    this.#agent = agent;
  }

  static override lc_name(): string {
    return "ToolwrightAgent";
  }

  override invoke(input: BaseLanguageModelInput, options?: Partial<RunnableConfig>): Promise<string> {
    return this._callWithConfig(
      async (given: BaseLanguageModelInput, config, runManager) => {
        const { answer } = await wholeOf(answering(this.#agent, given, patchConfig(config, { callbacks: runManager?.getChild() })));
        return answer;
      },
      input,
      options,
    );
  }

  override async *_streamIterator(input: BaseLanguageModelInput, options?: Partial<RunnableConfig>): AsyncGenerator<string> {
    const agent = this.#agent;
    async function* given() {
      yield input;
    }
    yield* this._transformStreamWithConfig(
      given(),
      async function* (inputs, runManager, config) {
        for await (const one of inputs) yield* answering(agent, one, patchConfig(config, { callbacks: runManager?.getChild() }));
      },
      options,
    );
  }
}

async function wholeOf(pieces: AsyncGenerator<string, AgentArtifact>): Promise<AgentArtifact> {
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return value;
  }
}

/** One run: pieces of text that make up the answer, then all of it. */
async function* answering(agent: Agent, input: BaseLanguageModelInput, config: RunnableConfig): AsyncGenerator<string, AgentArtifact> {
  const { question, history } = conversationOf(input);
  const { signal } = config;
  const calls = new Calls(await getCallbackManagerForConfig(config));
  const events = history.length === 0 ? agent.run(question, { signal }) : agent.chat({ history }).run(question, { signal });
  // After an abort LangChain does not come back to a stream: a run that waits to be asked for its next event is ended here.
  const end = () => void events.return(undefined).catch(() => {}); // Nobody is left to hear of a failure.
  signal?.addEventListener("abort", end, { once: true });
  const text = new TrimmedText();
  const { strategy } = agent;
  const streams = isSeveral(strategy) || !(isChoosing(strategy) || strategy.concludes);
  let answer = "";
  let standing: Standing = {};
  try {
    for await (const event of events) {
      await calls.follow(event);
      if (event.type === "text" && streams) yield* text.pieces(event.delta);
      else if (event.type === "answer") {
        const { agreement, sources } = event;
        answer = event.text;
        standing = { ...(agreement ? { agreement } : {}), ...(sources ? { sources } : {}) };
      } else if (event.type === "usage") {
        if (text.empty) yield answer;
        return { answer, ...standing, calls: calls.records, usage: event.usage, ms: event.ms };
      } else if (event.type === "error" && event.fatal) {
        throw failureOf(event);
      }
    }
    throw new ToolwrightError("aborted", "The run was stopped.", "Ask again to go on.", { cause: signal?.reason, exitCode: 130 });
  } finally {
    signal?.removeEventListener("abort", end);
    await calls.close();
  }
}

/** The calls of a run, and their tool runs under LangChain's callbacks. */
class Calls {
  readonly #callbacks: CallbackManager | undefined;
  readonly #open = new Map<string, CallbackManagerForToolRun | undefined>();
  readonly #log = new CallLog();

  constructor(callbacks: CallbackManager | undefined) {
    this.#callbacks = callbacks;
  }

  get records(): AgentArtifact["calls"] {
    return this.#log.calls;
  }

  async follow(event: AgentEvent): Promise<void> {
    this.#log.add(event);
    if (event.type === "call") this.#open.set(event.id, await this.#start(event));
    else if (event.type === "result") {
      const run = this.#open.get(event.id);
      this.#open.delete(event.id);
      await ended(run, event);
    } else if (event.type === "chain") {
      // A chain's calls are told when it has ended.
      for (const call of event.calls) await ended(await this.#start(call), call);
    }
  }

  #start({ tool, input }: Pick<CallRecord, "tool" | "input">): Promise<CallbackManagerForToolRun | undefined> {
    const serialized = { lc: 1, type: "not_implemented" as const, id: ["toolwright", "tools", tool] };
    return Promise.resolve(this.#callbacks?.handleToolStart(serialized, input, undefined, undefined, undefined, undefined, tool));
  }

  /** Ends what the run left open. */
  async close(): Promise<void> {
    for (const run of this.#open.values()) await run?.handleToolError(new Error("The run ended before the tool did."));
    this.#open.clear();
  }
}

async function ended(
  run: CallbackManagerForToolRun | undefined,
  { output, error }: { readonly output?: string; readonly error?: string },
): Promise<void> {
  await (error === undefined ? run?.handleToolEnd(output) : run?.handleToolError(new Error(error)));
}

/** Text without the white space around it, while it is being written. */
class TrimmedText {
  empty = true;
  #held = "";

  *pieces(delta: string): Generator<string> {
    const text = this.empty ? delta.trimStart() : this.#held + delta;
    const piece = text.trimEnd();
    this.#held = text.slice(piece.length);
    if (piece === "") return;
    this.empty = false;
    yield piece;
  }
}

function conversationOf(input: BaseLanguageModelInput): { readonly question: string; readonly history: readonly Turn[] } {
  const messages: Message[] = [];
  for (const message of messagesOf(input).map(textOf)) {
    const { role, content } = message;
    const last = messages.at(-1);
    // What a tool said, and the turn that called it, are in the answer that came of it.
    if (role === "tool" || (role === "assistant" && content === "")) continue;
    if (last?.role === role) messages[messages.length - 1] = { role, content: `${last.content}\n\n${content}` };
    else messages.push(message);
  }
  const asked = messages.pop();
  if (asked?.role !== "user") throw wrongInput("The last message is not the user's.", "End the messages with a question.");
  if (messages[0]?.role === "assistant") throw wrongInput("The first message is an answer.", "Begin the messages with a question.");
  const history: Turn[] = [];
  for (let i = 0; i < messages.length; i += 2) {
    const [question, answer] = [messages[i]!, messages[i + 1]!];
    history.push({ question: question.content, answer: answer.content, messages: [question, answer] });
  }
  return { question: asked.content, history };
}

function messagesOf(input: BaseLanguageModelInput): readonly BaseMessage[] {
  if (typeof input === "string") return [new HumanMessage(input)];
  return Array.isArray(input) ? input.map(coerceMessageLikeToMessage) : input.toChatMessages();
}

function textOf(message: BaseMessage): Message {
  switch (message.type) {
    case "human": {
      const other = Array.isArray(message.content) && message.content.find(({ type }) => type !== "text");
      if (other)
        throw wrongInput(`A message holds ${other.type}, and agents read text only.`, "Leave it out, or say in words what it shows.");
      return { role: "user", content: message.text };
    }
    case "ai":
      return { role: "assistant", content: message.text };
    case "tool":
      return { role: "tool", content: message.text };
    case "system":
      throw wrongInput("The messages hold a system message.", "Give its words to createAgent({ instructions }).");
    default:
      throw wrongInput(`The messages hold one of the type ${message.type}.`, "Give messages of the types human, ai and tool.");
  }
}

function wrongInput(message: string, remedy: string): ToolwrightError {
  return new ToolwrightError("langchain-input", message, remedy, { exitCode: 2 });
}
