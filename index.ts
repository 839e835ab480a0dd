// What `import … from "toolwright"` gives. Nothing heavy loads before it is used: not the engine, not LangChain.
import {
  type Agent,
  type AgentOptions,
  type Chat,
  type ChatOptions,
  createAgent as createAgentWith,
  type Recorder,
} from "./agent/index.js";
import { recordIn, recordTo } from "./traces/index.js";

export * from "./agent/index.js";
export { messageOf, ToolwrightError } from "./errors.js";
export * from "./models/index.js";
export * from "./tools/index.js";
export type { RecordingTape } from "./traces/index.js";
export * from "./traces/index.js";

/** As the agent's own options, with a path in place of a recorder if you like. */
export interface CreateAgentOptions extends Omit<AgentOptions, "trace"> {
  /** A folder: one trace a run is written there. Default: none. */
  readonly trace?: string | Recorder;
}

/** An agent whose chats may be given the path of a trace. */
export interface TracingAgent extends Agent {
  /** @param options `trace`: a file that the whole chat goes into; closed by the chat's `close` */
  chat(options?: Omit<ChatOptions, "trace"> & { readonly trace?: string | Recorder }): Chat;
}

/**
 * An agent that answers questions with tools.
 * @throws ToolwrightError `tool-twice`, `unknown-strategy`, `unsupported`, `invalid-option`
 */
export function createAgent(options: CreateAgentOptions): TracingAgent {
  const { trace } = options;
  const agent = createAgentWith({ ...options, trace: typeof trace === "string" ? recordIn(trace) : trace });
  const chat = agent.chat.bind(agent);
  return Object.assign(agent, {
    chat: (chatOptions: Parameters<TracingAgent["chat"]>[0] = {}) => {
      const file = chatOptions.trace;
      return chat({ ...chatOptions, trace: typeof file === "string" ? recordLater(file) : file });
    },
  });
}

/** A recorder whose file is opened, and locked, by the first run. */
function recordLater(file: string): Recorder {
  let opened: ReturnType<typeof recordTo> | undefined;
  return {
    tape: async () => (await (opened ??= recordTo(file))).tape(),
    close: async () => (await opened)?.close(),
  };
}
