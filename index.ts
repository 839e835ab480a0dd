// What `import … from "toolwright"` gives. Nothing heavy loads before it is used: not the engine, not LangChain.
import { type Agent, type AgentOptions, createAgent as createAgentWith, type Chat, type ChatOptions, type Recorder } from "./agent/index.js";
import { recordIn, recordTo } from "./traces/index.js";

export * from "./agent/index.js";
export { messageOf, ToolwrightError } from "./errors.js";
export * from "./models/index.js";
export * from "./tools/index.js";
export * from "./traces/index.js";

/** As `AgentOptions`, with a folder for the traces in place of a recorder if you like: one file a run. */
export interface CreateAgentOptions extends Omit<AgentOptions, "trace"> {
  readonly trace?: string | Recorder;
}

export interface TracedAgent extends Agent {
  /** `trace` may be a file: the whole chat goes into it. */
  chat(options?: Omit<ChatOptions, "trace"> & { readonly trace?: string | Recorder }): Chat;
}
