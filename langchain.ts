// What `import … from "toolwright/langchain"` gives: tools and agents in and out of LangChain, and its chat models as ours.
export { type AgentArtifact, agentRunnable, agentTool } from "./agent/langchain.js";
export { type ChatModelOptions, chatModel } from "./models/langchain.js";
export { type FromLangChainOptions, fromLangChain, type LangChainTool, toLangChain } from "./tools/langchain.js";
